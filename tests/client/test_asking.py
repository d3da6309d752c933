"""What goes out, when it is told, and how it is left."""

import asyncio
import gzip
import socket
import subprocess
import sys
from contextlib import aclosing

import pytest
from asking import GOOD, OPTIONS, api_of, ask, failing

from acechat.client.api import HttpChatApi
from acechat.client.timeouts import Timeouts
from acechat.errors import Interrupted, TimedOut, Unreachable
from acechat.events import BytesCame, ConversationOpened, RequestSent, TextDelta
from acechat.models import ChatOptions
from fakes import sleeping, stopping
from fault_rows import TOKEN
from faults import (
    SERVER_ID,
    FaultServer,
    complete,
    held,
    stream,
    typed,
    whole,
)


async def test_first_question_carries_only_what_is_set() -> None:
    async with FaultServer(GOOD) as server:
        events = await ask(api_of(server), "Hello?\n🌍")
    assert events == [
        RequestSent(),
        ConversationOpened(SERVER_ID),
        TextDelta("Hel"),
        TextDelta("lo"),
    ]
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/aichat/conversations")
    assert request.fields == {"model": "gpt-5.1", "question": "Hello?\n🌍", "stateful": True}
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept"] == "application/x-ndjson"
    assert request.headers["accept-encoding"] == "identity"


async def test_later_question_carries_everything() -> None:
    options = ChatOptions("grok-3", "Be terse.", ("https://a.example/x.png",), False, False)
    async with FaultServer(complete(typed("Hi"))) as server:
        api = HttpChatApi(server.url + "/ ", f" {TOKEN}\n", endpoint="aichat2")
        await ask(api, "And?", options, on="s-1")
    (request,) = server.requests
    assert request.path == "/aichat2/conversations"
    assert request.headers["accept"] == "application/json"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.fields == {
        "model": "grok-3",
        "question": "And?",
        "stateful": False,
        "id": "s-1",
        "preset": "Be terse.",
        "references": ["https://a.example/x.png"],
    }


async def test_a_question_with_half_a_surrogate_pair_is_sent_readable() -> None:
    async with FaultServer(GOOD) as server:
        await ask(api_of(server), "a\ud83d b\ud83d\ude00")
    assert server.requests[0].fields["question"] == "a\ufffd b😀"


async def test_sent_is_told_while_the_server_is_silent() -> None:
    async with (
        FaultServer(held(after=stream("Hi"), head=False)) as server,
        aclosing(api_of(server).stream("Hello?", OPTIONS, None)) as events,
    ):
        assert await anext(events) == RequestSent()
        server.gate.set()
        assert await anext(events) == ConversationOpened(SERVER_ID)
        assert await anext(events) == TextDelta("Hi")
    assert len(server.requests) == 1


async def test_each_line_is_told_as_it_comes() -> None:
    first, second = stream("Hel", "lo")
    async with (
        FaultServer(held(first, after=[second])) as server,
        aclosing(api_of(server).stream("Hello?", OPTIONS, None)) as events,
    ):
        seen = [await anext(events) for _ in range(3)]
        assert seen[-1] == TextDelta("Hel")
        server.gate.set()
        assert [event async for event in events] == [TextDelta("lo")]


async def test_no_connection_is_used_twice() -> None:
    async with FaultServer(GOOD, keeps=True) as server:
        api = api_of(server)
        for _ in range(2):
            async for _ in api.stream("Hello?", OPTIONS, None):
                pass
        await api.aclose()
        assert (server.connections, len(server.requests)) == (2, 2)


async def test_two_questions_run_side_by_side() -> None:
    async with FaultServer([held(after=stream("one"), head=False), GOOD]) as server:
        api = api_of(server)
        slow = asyncio.create_task(ask(api))
        await server.asked.wait()
        async for _ in api.stream("Hello?", OPTIONS, None):
            pass
        assert not slow.done()
        server.gate.set()
        assert TextDelta("one") in await slow


async def test_a_typed_answer_ends_at_its_end_mark_though_the_body_goes_on() -> None:
    async with FaultServer(held(*typed("Hel", "lo"))) as server:
        events = await asyncio.wait_for(ask(api_of(server)), 15)
        await server.left.wait()
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["Hel", "lo"]


def test_the_server_has_a_name() -> None:
    base = "https://api.acedata.cloud"
    assert HttpChatApi(base + "/", TOKEN, endpoint="aichat2").server == base + "/aichat2"
    named = HttpChatApi("http://127.0.0.1:1", TOKEN, endpoint="aichat", server="embedded/aichat")
    assert named.server == "embedded/aichat"


async def test_closing_while_waiting_closes_the_connection() -> None:
    async with FaultServer(held(head=False)) as server:
        events = api_of(server).stream("Hello?", OPTIONS, None)
        assert await anext(events) == RequestSent()
        await events.aclose()
        await server.left.wait()


async def test_closing_in_mid_stream_closes_the_connection() -> None:
    async with FaultServer(held(*stream("Hel"))) as server:
        async with aclosing(api_of(server).stream("Hello?", OPTIONS, None)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    break
        await server.left.wait()


@pytest.mark.parametrize("head", [False, True], ids=["waiting", "reading"])
async def test_cancelling_closes_the_connection(head: bool) -> None:
    async with FaultServer(held(head=head)) as server:
        api = api_of(server)
        asking = asyncio.create_task(ask(api))
        await server.asked.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await server.left.wait()


@pytest.mark.parametrize("times", [2, 3, 4, 5])
async def test_cancelling_again_and_again_closes_the_connection(times: int) -> None:
    async with FaultServer(held(*stream("Hel"))) as server:
        api, reading = api_of(server), asyncio.Event()

        async def follow() -> None:
            async for event in api.stream("Hello?", OPTIONS, None):
                if isinstance(event, TextDelta):
                    # Once what is next is waited for.
                    asyncio.get_running_loop().call_later(0.05, reading.set)

        asking = asyncio.create_task(follow())
        await reading.wait()
        for _ in range(times):
            asking.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await asking
        await server.left.wait()


async def test_silence_before_the_first_byte() -> None:
    async with FaultServer(held(head=False)) as server:
        error = await failing(api_of(server, timeouts=Timeouts(first_byte=0.1)))
        await server.left.wait()
    assert isinstance(error, TimedOut)
    assert error.charged
    assert error.message == "no answer from 127.0.0.1 within 0.1 s"


async def test_silence_behind_the_head() -> None:
    async with FaultServer(held()) as server:
        error = await failing(api_of(server, timeouts=Timeouts(first_byte=0.1, between=0.05)))
    assert isinstance(error, TimedOut)


async def test_an_answer_may_take_longer_to_begin_than_a_connection() -> None:
    async with FaultServer(held(head=False, after=stream("Hello"))) as server:
        api = api_of(server, timeouts=Timeouts(connect=0.05, first_byte=60.0))
        asked = asyncio.create_task(ask(api))
        await server.asked.wait()
        # Longer than a connection may take: what must not happen has no end to wait for.
        await asyncio.sleep(0.2)
        server.gate.set()
        assert TextDelta("Hello") in await asked


async def test_an_answer_may_take_minutes_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    sleep = sleeping(monkeypatch)
    async with FaultServer(held(head=False, after=stream("Hello"))) as server:
        api = api_of(server, timeouts=Timeouts(awake=0.01, look=0.02))
        asked = asyncio.create_task(ask(api))
        await server.asked.wait()
        # A sleep counts as silence, so that this one has lasted for nine minutes.
        sleep(540.0)
        await asyncio.sleep(0.2)
        server.gate.set()
        assert TextDelta("Hello") in await asked


async def test_a_server_that_does_not_take_the_question() -> None:
    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await left.wait()
        writer.close()

    left = asyncio.Event()
    # What is not read stays in the sender's buffers only while they have room for it.
    listening = await asyncio.start_server(deaf, "127.0.0.1", 0, limit=1024)
    host, port = listening.sockets[0].getsockname()
    timeouts = Timeouts(write=0.1)
    api = HttpChatApi(f"http://{host}:{port}", TOKEN, endpoint="aichat", timeouts=timeouts)
    error = await failing(api, "x" * 30_000_000)
    left.set()
    listening.close()
    assert isinstance(error, TimedOut)
    assert error.message == "127.0.0.1 did not take the question"
    assert error.charged


async def test_silence_in_mid_stream() -> None:
    async with FaultServer(held(*stream("Hel"))) as server:
        events = api_of(server, timeouts=Timeouts(between=0.1)).stream("Hello?", OPTIONS, None)
        seen = [await anext(events) for _ in range(3)]
        with pytest.raises(Interrupted, match=r"no data for 0\.1 s") as caught:
            await asyncio.wait_for(anext(events), 15)
        await server.left.wait()
    assert seen[-1] == TextDelta("Hel")
    assert caught.value.code == "cut_off"


async def test_a_packed_answer_is_cut_off_where_only_the_end_of_the_packing_is_missing() -> None:
    packed = gzip.compress(b"".join(stream("Hel", "lo")))[:-4]
    async with FaultServer(whole(packed, "200 OK", "content-encoding: gzip")) as server:
        caught = await failing(api_of(server))
    assert isinstance(caught, Interrupted)
    assert "compressed answer was cut off" in caught.message


async def test_something_that_holds_no_text_yet_is_told_as_a_sign_of_life() -> None:
    first, second = stream("Hel", "lo")
    async with (
        FaultServer(held(first, second[:9], after=[second[9:]])) as server,
        aclosing(api_of(server).stream("Hello?", OPTIONS, None)) as events,
    ):
        seen = [await anext(events) for _ in range(4)]
        assert seen[-2:] == [TextDelta("Hel"), BytesCame()]
        server.gate.set()
        assert [event async for event in events if event != BytesCame()] == [TextDelta("lo")]


@pytest.mark.parametrize("received", [False, True], ids=["before a byte", "in mid-stream"])
async def test_a_sleep_of_the_machine_counts_as_silence(
    received: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleep = sleeping(monkeypatch)
    timeouts = Timeouts(awake=0.05, look=0.05)
    behave = held(*stream("Hel")) if received else held(head=False)
    async with (
        FaultServer(behave) as server,
        aclosing(api_of(server, timeouts=timeouts).stream("Hello?", OPTIONS, None)) as events,
    ):
        while not isinstance(await anext(events), TextDelta if received else RequestSent):
            pass
        going_on = asyncio.ensure_future(anext(events))
        # A nap that is noticed, and then an hour.
        sleep(30.0)
        await asyncio.sleep(0.2)
        assert not going_on.done()
        sleep(3600.0)
        with pytest.raises(Interrupted if received else TimedOut):
            await asyncio.wait_for(going_on, 10)
        await server.left.wait()


async def test_what_came_in_a_sleep_is_read_and_a_nap_cuts_nothing_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sleep = sleeping(monkeypatch)
    timeouts = Timeouts(awake=30, look=0.02)
    first, *rest = stream("Hel", "lo")
    async with (
        FaultServer(held(first, after=rest)) as server,
        aclosing(api_of(server, timeouts=timeouts).stream("Hello?", OPTIONS, None)) as events,
    ):
        seen = [await anext(events) for _ in range(3)]
        assert seen[-1] == TextDelta("Hel")
        going_on = asyncio.ensure_future(anext(events))
        for seconds in (60.0, 3600.0):
            sleep(seconds)
            await asyncio.sleep(0.1)
        assert not going_on.done()
        server.gate.set()
        assert await going_on == TextDelta("lo")


async def test_what_came_while_the_program_was_stopped_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop = stopping(monkeypatch)
    timeouts = Timeouts(awake=30, look=0.05)
    first, *rest = stream("Hel", "lo")
    async with (
        FaultServer(held(first, after=rest)) as server,
        aclosing(api_of(server, timeouts=timeouts).stream("Hello?", OPTIONS, None)) as events,
    ):
        while not isinstance(await anext(events), TextDelta):
            pass
        going_on = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0.01)
        stop(3600.0)
        await asyncio.sleep(0.1)
        assert not going_on.done()
        server.gate.set()
        assert await going_on == TextDelta("lo")


async def test_a_stop_of_the_program_counts_as_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = stopping(monkeypatch)
    timeouts = Timeouts(awake=0.05, look=0.05)
    async with (
        FaultServer(held(*stream("Hel"))) as server,
        aclosing(api_of(server, timeouts=timeouts).stream("Hello?", OPTIONS, None)) as events,
    ):
        while not isinstance(await anext(events), TextDelta):
            pass
        going_on = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0.01)
        stop(3600.0)
        with pytest.raises(Interrupted):
            await asyncio.wait_for(going_on, 10)
        await server.left.wait()


async def test_a_server_that_never_finishes_tls_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        api = HttpChatApi(url, TOKEN, endpoint="aichat", timeouts=Timeouts(connect=0.1))
        error = await failing(api)
    assert isinstance(error, Unreachable)
    assert error.retryable
    assert error.message == "cannot reach 127.0.0.1: no connection within 0.1 s"


def test_nothing_heavy_is_imported_to_make_one() -> None:
    program = (
        "import sys; from acechat.client.api import HttpChatApi;"
        "HttpChatApi('https://api.acedata.cloud', 'x', endpoint='aichat');"
        "heavy = {'httpx', 'httpcore', 'anyio', 'textual', 'sqlite3'};"
        "sys.exit(' '.join(heavy & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert result.stderr.strip() == ""


async def test_it_can_be_made_ready_before_the_first_question() -> None:
    async with FaultServer(GOOD) as server:
        api = api_of(server)
        await api.prepare()
        assert server.connections == 0
        assert TextDelta("lo") in await ask(api)
