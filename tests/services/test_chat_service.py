"""Turns: what is stored, in which order, and what the user hears of it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import pytest

from acechat.errors import (
    NOT_SENT,
    OTHER_SERVER,
    PROGRAM_FAILED,
    Interrupted,
    Rejected,
    StoreBusy,
    StoreError,
    UnknownConversation,
    Unreachable,
)
from acechat.events import (
    ConversationOpened,
    NotKept,
    QuestionWaits,
    RequestSent,
    RetryScheduled,
    StreamFlawed,
    TextDelta,
    TextReplaced,
    TurnEvent,
    TurnFinished,
    TurnStarted,
)
from acechat.models import ChatOptions, Conversation, Countdown, Message, Phase, Role, Status
from acechat.services.chat import ChatService
from acechat.services.retrying import TRIES
from acechat.waiting import AT_ONCE
from fakes import FakeApi, FakeStore, Step

OPTIONS = ChatOptions("gpt-5.1", preset="Be brief.", references=("https://a.test/x.png",))
NEW = Conversation(id="c1")


def service(store: FakeStore, *scripts: Sequence[Step]) -> tuple[ChatService, FakeApi]:
    api = FakeApi(*scripts)
    return ChatService(store, api, jitter=lambda: 0.0), api


async def drain(events: AsyncGenerator[TurnEvent, None]) -> list[TurnEvent]:
    async with aclosing(events):
        return [event async for event in events]


async def test_an_answer_is_stored_whole_with_what_it_was_asked_with() -> None:
    store = FakeStore()
    chat, api = service(
        store,
        [RequestSent(), ConversationOpened("s1"), TextDelta("Hel"), TextDelta("lo")],
    )
    events = await drain(chat.ask(NEW, "Hi there\nand more", OPTIONS))
    question, answer = store.rows["c1"]
    assert (question.role, question.text) == (Role.USER, "Hi there\nand more")
    assert (question.model, question.preset, question.references) == (
        "gpt-5.1",
        "Be brief.",
        ("https://a.test/x.png",),
    )
    assert (answer.text, answer.status, answer.error) == ("Hello", Status.COMPLETE, None)
    assert answer.seconds is not None
    assert events[-1] == TurnFinished(answer)
    assert store.kept["c1"].title == "Hi there"
    assert [asked.server_id for asked in api.asked] == [None]
    assert chat.turns == {}


async def test_the_question_is_on_disk_before_anything_is_sent() -> None:
    store = FakeStore()
    seen: list[list[str]] = []
    chat, _ = service(store, [lambda: seen.append(list(store.log)), TextDelta("x")])
    await drain(chat.ask(NEW, "Q", OPTIONS))
    assert seen == [["begin"]]


async def test_nothing_is_sent_when_the_question_cannot_be_stored() -> None:
    store = FakeStore(failing={"begin": StoreError("the disk is full")})
    chat, api = service(store, [TextDelta("x")])
    with pytest.raises(StoreError, match="disk is full"):
        await drain(chat.ask(NEW, "Q", OPTIONS))
    assert api.asked == []
    assert chat.turns == {}


async def test_the_next_question_carries_the_servers_id() -> None:
    store = FakeStore()
    chat, api = service(
        store,
        [ConversationOpened("s1"), TextDelta("A")],
        [ConversationOpened("s1"), TextDelta("B")],
    )
    await drain(chat.ask(NEW, "one", OPTIONS))
    await drain(chat.ask(store.kept["c1"], "two", ChatOptions("grok-3")))
    assert [(asked.server_id, asked.options.model) for asked in api.asked] == [
        (None, "gpt-5.1"),
        ("s1", "grok-3"),
    ]
    assert [message.text for message in store.rows["c1"]] == ["one", "A", "two", "B"]


async def test_the_servers_id_is_stored_with_the_first_line() -> None:
    store = FakeStore()
    hold = asyncio.Event()
    chat, api = service(store, [ConversationOpened("s1"), TextDelta("A"), hold])
    task = asyncio.create_task(drain(chat.ask(NEW, "one", OPTIONS)))
    await api.waiting.wait()
    assert store.kept["c1"].server_id == "s1"
    hold.set()
    await task


async def test_an_id_never_goes_to_another_server() -> None:
    store = FakeStore()
    chat, api = service(store)
    elsewhere = Conversation(id="c1", server_id="s1", server="embedded/aichat")
    events = await drain(chat.ask(elsewhere, "Q", OPTIONS))
    assert api.asked == []
    finished = events[-1]
    assert isinstance(finished, TurnFinished)
    assert finished.answer.status is Status.FAILED
    assert finished.answer.error is not None
    assert finished.answer.error.code == OTHER_SERVER
    assert [message.text for message in store.rows["c1"]] == ["Q", ""]


async def test_a_rebuilt_conversation_carries_the_transcript_and_no_id() -> None:
    store = FakeStore()
    chat, api = service(
        store,
        [ConversationOpened("s1"), TextDelta("first answer")],
        [Rejected("unknown conversation", code="not_found", status=404)],
        [ConversationOpened("s2"), TextDelta("second answer")],
    )
    await drain(chat.ask(NEW, "first question", OPTIONS))
    await drain(chat.ask(store.kept["c1"], "second question", OPTIONS))
    question, failed = store.rows["c1"][2:]
    assert failed.status is Status.FAILED
    await drain(
        chat.ask(store.kept["c1"], "", OPTIONS, again=question, replaces=failed.id, rebuild=True)
    )
    sent = api.asked[-1]
    assert sent.server_id is None
    assert sent.question.index("first question") < sent.question.index("first answer")
    assert sent.question.endswith("second question")
    assert store.kept["c1"].server_id == "s2"
    assert [message.text for message in store.rows["c1"]] == [
        "first question",
        "first answer",
        "second question",
        "second answer",
    ]


@pytest.mark.parametrize("way", ["close", "cancel"])
async def test_a_stopped_answer_keeps_its_text(way: str) -> None:
    store = FakeStore()
    chat, api = service(store, [TextDelta("half an"), asyncio.Event()])
    if way == "close":
        events = chat.ask(NEW, "Q", OPTIONS)
        async for event in events:
            if isinstance(event, TextDelta):
                break
        await events.aclose()
    else:
        task = asyncio.create_task(drain(chat.ask(NEW, "Q", OPTIONS)))
        await api.waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    answer = store.rows["c1"][1]
    assert (answer.text, answer.status) == ("half an", Status.STOPPED)
    assert api.closed == 1
    assert chat.turns == {}


async def test_stopping_while_the_question_is_being_stored_leaves_no_streaming_row() -> None:
    store = FakeStore()
    chat, api = service(store, [TextDelta("never")])
    task = asyncio.create_task(drain(chat.ask(NEW, "Q", OPTIONS)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert api.asked == []
    assert store.rows == {}
    assert chat.turns == {}


async def test_a_broken_connection_keeps_text_and_reason() -> None:
    store = FakeStore()
    chat, _ = service(store, [TextDelta("half"), Interrupted("the connection broke")])
    await drain(chat.ask(NEW, "Q", OPTIONS))
    answer = store.rows["c1"][1]
    assert (answer.text, answer.status) == ("half", Status.INTERRUPTED)
    assert answer.error is not None
    assert answer.error.message == "the connection broke; it may have been charged."


async def test_an_error_before_any_text_is_a_failed_answer_with_its_trace() -> None:
    store = FakeStore()
    chat, api = service(store, [Rejected("no balance", code="used_up", status=403, trace_id="t-1")])
    await drain(chat.ask(NEW, "Q", OPTIONS))
    answer = store.rows["c1"][1]
    assert answer.status is Status.FAILED
    assert answer.error is not None
    assert (answer.error.code, answer.error.trace_id) == ("used_up", "t-1")
    assert len(api.asked) == 1


async def test_only_what_was_surely_not_taken_is_sent_again() -> None:
    store = FakeStore()
    refused = Unreachable("cannot reach api.test", retryable=True)
    busy = Rejected("slow down", code="too_many_requests", status=429, retry_after=0.0)
    chat, api = service(store, [refused], [busy], [TextDelta("there")])
    events = await drain(chat.ask(NEW, "Q", OPTIONS))
    retries = [event for event in events if isinstance(event, RetryScheduled)]
    assert [(retry.attempt, retry.attempts) for retry in retries] == [(2, TRIES), (3, TRIES)]
    assert len(api.asked) == TRIES
    assert store.rows["c1"][1].text == "there"


@pytest.mark.parametrize(
    "error",
    [
        Unreachable("the certificate is not trusted", retryable=False),
        Rejected("broken", code="api_error", status=500),
        Rejected("bad gateway", code="http_502", status=502),
        Rejected("wait a day", code="too_many_requests", status=429, retry_after=86_400.0),
        Interrupted("no reply", code="no_reply"),
    ],
)
async def test_nothing_else_is_ever_sent_twice(error: Exception) -> None:
    store = FakeStore()
    chat, api = service(store, [error])
    await drain(chat.ask(NEW, "Q", OPTIONS))
    assert len(api.asked) == 1
    assert store.rows["c1"][1].status is Status.FAILED


async def test_what_has_been_answered_in_part_is_never_sent_again() -> None:
    store = FakeStore()
    busy = Rejected("slow down", code="too_many_requests", status=429, retry_after=0.0)
    chat, api = service(store, [RequestSent(), TextDelta("so far"), busy], [TextDelta("again")])
    await drain(chat.ask(NEW, "Q", OPTIONS))
    assert len(api.asked) == 1
    answer = store.rows["c1"][1]
    assert (answer.text, answer.status) == ("so far", Status.INTERRUPTED)


async def test_what_is_waited_for_is_told_until_it_is_sent_again() -> None:
    busy = Rejected("slow down", code="too_many_requests", status=429, retry_after=0.0)
    api = FakeApi([busy], [RequestSent(), TextDelta("there")])
    chat = ChatService(FakeStore(), api, monotonic=lambda: 100.0)
    seen: list[tuple[Phase, Countdown | None]] = []
    async with aclosing(chat.ask(NEW, "Q", OPTIONS)) as events:
        async for event in events:
            if isinstance(event, (RetryScheduled, RequestSent)):
                (turn,) = chat.turns["c1"]
                seen.append((turn.phase, turn.countdown))
    assert seen == [
        (Phase.RETRYING, Countdown(100.0, busy.failure, 2, TRIES)),
        (Phase.WAITING, None),
    ]


async def test_it_gives_up_after_the_last_try() -> None:
    store = FakeStore()
    refused = Unreachable("cannot reach api.test", retryable=True)
    chat, api = service(store, *[[refused]] * TRIES)
    await drain(chat.ask(NEW, "Q", OPTIONS))
    assert len(api.asked) == TRIES
    assert store.rows["c1"][1].status is Status.FAILED


async def test_a_second_question_is_refused_while_an_answer_arrives() -> None:
    store = FakeStore()
    hold = asyncio.Event()
    chat, api = service(store, [TextDelta("A"), hold])
    task = asyncio.create_task(drain(chat.ask(NEW, "one", OPTIONS)))
    await api.waiting.wait()
    with pytest.raises(StoreError, match="still arriving"):
        await drain(chat.ask(NEW, "two", OPTIONS))
    hold.set()
    await task
    assert [message.text for message in store.rows["c1"]] == ["one", "A"]


async def test_two_conversations_answer_at_the_same_time() -> None:
    store = FakeStore()
    hold = asyncio.Event()
    chat, api = service(store, [hold, TextDelta("slow")], [TextDelta("quick")])
    task = asyncio.create_task(drain(chat.ask(NEW, "one", OPTIONS)))
    await api.waiting.wait()
    await drain(chat.ask(Conversation(id="c2"), "two", OPTIONS))
    assert store.rows["c2"][1].text == "quick"
    assert set(chat.turns) == {"c1"}
    hold.set()
    await task


async def test_the_fifth_waits_and_its_time_begins_when_it_is_sent() -> None:
    store = FakeStore()
    hold = asyncio.Event()
    now = 0.0
    api = FakeApi(*[[TextDelta("A"), hold]] * AT_ONCE, [TextDelta("B")])
    chat = ChatService(store, api, monotonic=lambda: now)
    names = [f"c{number}" for number in range(AT_ONCE + 1)]
    tasks = [
        asyncio.create_task(drain(chat.ask(Conversation(id=name), "Q", OPTIONS))) for name in names
    ]
    for _ in range(20):
        # Nothing takes longer with these fakes.
        await asyncio.sleep(0)
    ((waiting,),) = [turns for name, turns in chat.turns.items() if name == names[-1]]
    assert waiting.phase is Phase.IN_LINE
    stored = store.rows[names[-1]][1]
    assert (stored.status, stored.error and stored.error.code) == (Status.STREAMING, NOT_SENT)
    assert len(api.asked) == AT_ONCE
    now = 60.0
    hold.set()
    await asyncio.gather(*tasks)
    assert store.log.index("leave_line") < store.log.index("finish", store.log.index("leave_line"))
    answer = store.rows[names[-1]][1]
    assert (answer.text, answer.status, answer.error) == ("B", Status.COMPLETE, None)
    assert answer.seconds == 0.0
    assert chat.turns == {}


async def test_partial_text_is_stored_each_second_and_not_more_often() -> None:
    store = FakeStore()
    now = 0.0

    def later(by: float) -> None:
        nonlocal now
        now += by

    api = FakeApi(
        [
            TextDelta("a"),
            TextDelta("b"),
            lambda: later(1.0),
            TextDelta("c"),
            TextDelta("d"),
            lambda: later(1.0),
            TextDelta("e"),
        ]
    )
    chat = ChatService(store, api, monotonic=lambda: now)
    await drain(chat.ask(NEW, "Q", OPTIONS))
    assert store.log.count("checkpoint") == 2


async def test_a_full_disk_in_mid_stream_loses_nothing_that_arrives() -> None:
    store = FakeStore(failing={"server_id": StoreError("the disk is full")})
    chat, _ = service(store, [ConversationOpened("s1"), TextDelta("all of it")])
    events = await drain(chat.ask(NEW, "Q", OPTIONS))
    assert NotKept("the disk is full") in events
    assert store.rows["c1"][1].text == "all of it"


async def test_a_rewritten_answer_replaces_what_was_shown() -> None:
    store = FakeStore()
    chat, _ = service(store, [TextDelta("wrong"), TextReplaced("right"), TextDelta("!")])
    await drain(chat.ask(NEW, "Q", OPTIONS))
    assert store.rows["c1"][1].text == "right!"


async def test_an_answer_with_an_unreadable_part_says_so() -> None:
    store = FakeStore()
    chat, _ = service(store, [TextDelta("a"), StreamFlawed("one line was unreadable")])
    await drain(chat.ask(NEW, "Q", OPTIONS))
    answer = store.rows["c1"][1]
    assert answer.status is Status.COMPLETE
    assert answer.error is not None
    assert answer.error.message == "one line was unreadable"


async def test_sending_again_asks_the_same_stored_question_once_more() -> None:
    store = FakeStore()
    chat, api = service(
        store, [Rejected("x", code="api_error", status=500)], [TextDelta("now it works")]
    )
    await drain(chat.ask(NEW, "Q", OPTIONS))
    question, failed = store.rows["c1"]
    events = await drain(
        chat.ask(store.kept["c1"], "", OPTIONS, again=question, replaces=failed.id)
    )
    assert isinstance(events[0], TurnStarted)
    assert [asked.question for asked in api.asked] == ["Q", "Q"]
    rows: list[Message] = store.rows["c1"]
    assert [message.text for message in rows] == ["Q", "now it works"]


async def test_a_mistake_of_our_own_is_no_stop() -> None:
    store = FakeStore()
    chat, _ = service(store, [TextDelta("Half"), RuntimeError("a mistake")])
    with pytest.raises(RuntimeError):
        await drain(chat.ask(NEW, "Q", OPTIONS))
    answer = store.rows["c1"][-1]
    assert (answer.text, answer.status) == ("Half", Status.INTERRUPTED)
    assert answer.error is not None
    assert answer.error.code == PROGRAM_FAILED


async def test_a_transcript_that_cannot_be_read_is_a_failure_and_no_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = FakeStore()
    chat, api = service(store, [TextDelta("x")])

    async def unreadable(conversation_id: str) -> list[Message]:
        raise StoreError("the conversations cannot be read: the disk reports an error")

    monkeypatch.setattr(store, "messages", unreadable)
    events = await drain(chat.ask(NEW, "Q", OPTIONS))
    answer = store.rows["c1"][-1]
    assert events[-1] == TurnFinished(answer)
    assert answer.status is Status.FAILED
    assert answer.error is not None
    assert answer.error.message.startswith("not sent: the conversations cannot be read")
    assert api.asked == []


async def test_a_question_waits_for_the_end_of_another_that_cannot_be_stored_yet() -> None:
    store = FakeStore(failing={"finish": StoreBusy("store busy")})
    chat, api = service(store, [TextDelta("one")], [TextDelta("two")])
    await drain(chat.ask(NEW, "Q", OPTIONS))
    async with aclosing(chat.ask(Conversation("c2"), "R", OPTIONS)) as events:
        assert await anext(events) == QuestionWaits("store busy")
        assert len(api.asked) == 1
        store.failing.clear()
        assert isinstance([event async for event in events][-1], TurnFinished)
    assert [store.rows[key][-1].text for key in ("c1", "c2")] == ["one", "two"]


async def test_the_last_id_is_kept_where_the_store_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    store, end = FakeStore(), asyncio.Event()
    chat, api = service(store, [ConversationOpened("s1"), ConversationOpened("s2"), end])
    at_work, may_end, is_kept = asyncio.Event(), asyncio.Event(), asyncio.Event()
    write = store.open_server_conversation

    async def slow(answer_id: str, server_id: str, server: str) -> None:
        at_work.set()
        await may_end.wait()
        await write(answer_id, server_id, server)
        if server_id == "s2":
            is_kept.set()

    monkeypatch.setattr(store, "open_server_conversation", slow)
    turn = asyncio.create_task(drain(chat.ask(NEW, "Q", OPTIONS)))
    await at_work.wait()
    await api.waiting.wait()
    may_end.set()
    # Nothing else comes: it is kept all the same, and not only at the end.
    await is_kept.wait()
    assert store.kept["c1"].server_id == "s2"
    end.set()
    await turn


async def test_text_that_comes_while_the_store_is_at_work_is_kept_before_a_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, more, end = FakeStore(), asyncio.Event(), asyncio.Event()
    chat, api = service(store, [TextDelta("One "), more, TextDelta("two"), end])
    at_work, may_end, is_kept = asyncio.Event(), asyncio.Event(), asyncio.Event()
    write = store.checkpoint

    async def slow(answer_id: str, text: str) -> None:
        at_work.set()
        await may_end.wait()
        await write(answer_id, text)
        if text == "One two":
            is_kept.set()

    monkeypatch.setattr(store, "checkpoint", slow)
    turn = asyncio.create_task(drain(chat.ask(NEW, "Q", OPTIONS)))
    await at_work.wait()
    api.waiting.clear()
    more.set()
    await api.waiting.wait()
    may_end.set()
    await is_kept.wait()
    assert store.rows["c1"][-1].text == "One two"
    end.set()
    await turn


async def test_an_end_that_has_no_conversation_any_more_holds_no_question_up() -> None:
    store = FakeStore(failing={"finish": UnknownConversation("this conversation has ended")})
    chat, _ = service(store, [TextDelta("one")], [TextDelta("two")])
    await drain(chat.ask(NEW, "Q", OPTIONS))
    assert chat.is_unstored("c1")
    assert await chat.store_ends() == 1
    assert not chat.is_unstored("c1")
    store.failing.clear()
    events = await drain(chat.ask(Conversation("c2"), "R", OPTIONS))
    assert isinstance(events[-1], TurnFinished)
    assert store.rows["c2"][-1].text == "two"
