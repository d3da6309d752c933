"""How long to wait, whom to ask, and whether the token is taken."""

import pytest
from asking import api_of, failing

from acechat.client.api import HttpChatApi
from acechat.client.timeouts import Timeouts
from acechat.errors import MAX_MESSAGE, Rejected, TimedOut
from faults import (
    Behaviour,
    Exchange,
    FaultServer,
    held,
    refusing,
    whole,
)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (["retry-after: 7"], 7.0),
        (["retry-after: 1.5"], 1.5),
        (["retry-after: 86400"], 86400.0),
        (
            [
                "date: Wed, 21 Oct 2026 07:28:00 GMT",
                "retry-after: Wed, 21 Oct 2026 07:28:30 GMT",
            ],
            30.0,
        ),
        (
            [
                "date: Wed, 21 Oct 2026 07:28:00 -0000",
                "retry-after: Wed, 21 Oct 2026 07:28:30 GMT",
            ],
            30.0,
        ),
        (["retry-after: Wed, 21 Oct 2015 07:28:00 GMT"], 0.0),
        (["retry-after: Wed, 21 Oct 2015 07:28:00 -0000"], 0.0),
        (["retry-after: -3"], 0.0),
        (["retry-after: soon"], None),
        (["retry-after: nan"], None),
        (["retry-after: inf"], None),
        ([], None),
    ],
)
async def test_retry_after(headers: list[str], seconds: float | None) -> None:
    behave = refusing("429 Too Many Requests", *headers, error={"code": "too_many_requests"})
    async with FaultServer(behave) as server:
        error = await failing(api_of(server))
    assert isinstance(error, Rejected)
    assert error.retry_after == seconds
    assert not error.charged


@pytest.mark.parametrize("header", ["x-trace-id", "X-Request-ID", "trace-id"])
async def test_a_trace_id_from_the_headers(header: str) -> None:
    async with FaultServer(whole(b"", "502 Bad Gateway", f"{header}: t-1")) as server:
        error = await failing(api_of(server))
    assert (error.trace_id, error.charged) == ("t-1", True)


async def test_the_words_of_an_error_that_never_end_are_read_only_so_far() -> None:
    sent = 0

    async def behave(exchange: Exchange) -> None:
        nonlocal sent
        await exchange.head("400 Bad Request", "transfer-encoding: chunked", kind="text/plain")
        for _ in range(1_000):
            await exchange.chunk(b"word " * 13_000)
            sent += 1
        await exchange.end()

    async with FaultServer(behave) as server:
        error = await failing(api_of(server))
        await server.left.wait()
    assert isinstance(error, Rejected)
    assert error.message.startswith("word word")
    # The rest is what the network holds: far from all of 65 MB.
    assert sent < 500


async def test_an_error_whose_words_do_not_come_is_told_all_the_same() -> None:
    async def behave(exchange: Exchange) -> None:
        await exchange.head("403 Forbidden", "content-length: 100")
        await exchange.closed()

    async with FaultServer(behave) as server:
        error = await failing(api_of(server, timeouts=Timeouts(check=0.1)))
    assert error.message == "the server refused the question"


async def test_the_words_of_an_error_are_shown_only_so_far() -> None:
    said = {"code": "c" * 1_000, "message": "word " * 1_000}
    async with FaultServer(refusing("400 Bad Request", error=said)) as server:
        error = await failing(api_of(server))
    assert error.message == ("word " * 100)[: MAX_MESSAGE - 1] + "…"
    assert len(error.code) < MAX_MESSAGE


@pytest.mark.parametrize("said", ["x" * 1_000, "x" * (MAX_MESSAGE - 1) + "."])
def test_that_it_may_have_been_charged_is_said_however_long_the_error_is(said: str) -> None:
    failure = Rejected(said, code="api_error", status=500).failure
    assert len(failure.message) <= MAX_MESSAGE
    assert failure.message.endswith("x; it may have been charged.")


async def checking(api: HttpChatApi) -> str:
    try:
        return await api.check()
    finally:
        await api.aclose()


async def test_check_costs_nothing() -> None:
    async with FaultServer(whole(b'{"items": [], "count": 0}')) as server:
        assert await checking(api_of(server)) == "the server takes this token"
    (request,) = server.requests
    assert request.path == "/aichat2/conversations"
    assert request.fields == {"action": "retrieve_batch", "limit": 1}


@pytest.mark.parametrize(
    ("status", "code"),
    [("401 No", "invalid_token"), ("400 No", "token_mismatched"), ("403 No", "token_expired")],
)
async def test_check_refused(status: str, code: str) -> None:
    async with FaultServer(refusing(status, error={"code": code, "message": "no"})) as server:
        with pytest.raises(Rejected) as caught:
            await checking(api_of(server))
    assert caught.value.code == code


async def test_check_refused_in_a_200() -> None:
    async with FaultServer(whole(b'{"error": {"code": "invalid_token"}}')) as server:
        with pytest.raises(Rejected):
            await checking(api_of(server))


async def test_check_on_a_server_that_does_not_know_the_call() -> None:
    behave = refusing("404 Not Found", error={"code": "not_found", "message": "No such path."})
    async with FaultServer(behave) as server:
        said = await checking(api_of(server))
    assert said == ("127.0.0.1 was reached and did not refuse the token; it said: No such path")


async def test_check_on_a_web_page() -> None:
    async with FaultServer(whole(b"<html><body>Hi</body></html>", kind="text/html")) as server:
        said = await checking(api_of(server))
    assert said == "127.0.0.1 answers with a web page; check the base URL"


async def test_check_of_a_silent_server() -> None:
    async with FaultServer(held(head=False)) as server:
        with pytest.raises(TimedOut):
            await checking(api_of(server, timeouts=Timeouts(check=0.1)))


@pytest.mark.parametrize(
    "behave", [whole(b"OK"), whole(b""), held()], ids=["text", "empty", "slow"]
)
async def test_check_that_proves_nothing_says_so(behave: Behaviour) -> None:
    async with FaultServer(behave) as server:
        said = await checking(api_of(server, timeouts=Timeouts(check=0.1)))
    assert said == "127.0.0.1 was reached and did not refuse the token"
