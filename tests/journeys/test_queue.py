"""Questions that are asked while an answer is arriving: they wait, and are never sent unasked."""

from pathlib import Path

import pytest

from acechat.store.conversations import ConversationStore
from faults import Behaviour, Exchange, FaultServer, cut, refusing, stream
from journeys.at_the_api import at_the_api, ended, kept, shown_messages
from journeys.gates import Gates
from journeys.test_running_answers import FULL, Failing
from person import Person

QUEUED = "queued · sent when this answer ends · ↑ takes it back"
NOT_WELL = "the answer did not end well, so what was queued is in the prompt again"


async def in_queue(home: Path) -> list[str]:
    """Return what waits on disk, in all conversations."""
    store = await ConversationStore.open(home / "conversations.db")
    texts = [q.text for c in await store.conversations() for q in await store.queued(c.id)]
    await store.close()
    return texts


async def is_answering(person: Person, question: str) -> None:
    """Ask something, and wait until the answer is arriving."""
    await person.asks(question)
    await person.sees(f"on {question} so far▍")


async def test_questions_wait_for_the_answer_and_are_sent_one_by_one(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await is_answering(person, "one")
        await person.sees("⏎ queue")
        await person.types("two")
        await person.presses("enter", "enter", "enter")
        await person.sees(QUEUED, "> Ask anything")
        await person.asks("/ref https://example.com/a.png")
        await person.sees("image goes with the next question")
        await person.asks("three")
        await person.sees("queued · sent when this answer ends", "queued · ↑ takes it back")
        assert await in_queue(tmp_path) == ["two", "three"]
        assert gates.asked == ["one"]
        gates.let("one")
        await person.sees("on two so far▍", "three")
        assert await in_queue(tmp_path) == ["three"]
        await person.types("a draft")
        gates.let("two", "three")
        await ended(person, 3)
        await person.sees_no("queued")
        await person.sees("> a draft")
        assert gates.asked == ["one", "two", "three"]
        assert [request.fields.get("references") for request in server.requests] == [
            None,
            None,
            ["https://example.com/a.png"],
        ]
    ((_, messages),) = await kept(tmp_path)
    assert [m.text for m in messages][::2] == ["one", "two", "three"]
    assert await in_queue(tmp_path) == []


async def test_a_stopped_answer_sends_nothing_more(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await is_answering(person, "one")
        await person.asks("two")
        await person.asks("three")
        await person.until("both wait", lambda: person.screen.count("queued") >= 2)
        await person.types("four")
        await person.presses("escape")
        await person.sees("stopped after", NOT_WELL)
        assert person.app.chat_screen.prompt.draft == "two\n\nthree\n\nfour"
        await person.sees_no("takes it back")
        assert gates.asked == ["one"]
    assert await in_queue(tmp_path) == []


BUSY = {"error": {"code": "api_error", "message": "It broke."}}


@pytest.mark.parametrize(
    "ending", [cut(stream("on one so far")), refusing("500 Broken", **BUSY)], ids=["cut", "failed"]
)
async def test_an_answer_that_fails_sends_nothing_more(ending: Behaviour, tmp_path: Path) -> None:
    async def behave(exchange: Exchange) -> None:
        await exchange.gate_or_closed()
        await ending(exchange)

    async with FaultServer(behave) as server, at_the_api(tmp_path, server) as person:
        await person.asks("one")
        await server.asked.wait()
        await person.asks("two")
        await person.sees(QUEUED)
        server.gate.set()
        await person.sees(NOT_WELL, "> two")
        await ended(person)
        assert len(server.requests) == 1


async def test_up_in_an_empty_prompt_takes_the_newest_back(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await is_answering(person, "one")
        await person.asks("two")
        await person.asks("//three")
        await person.until("both wait", lambda: person.screen.count("queued") >= 2)
        await person.presses("up")
        await person.sees("> //three", QUEUED)
        assert await in_queue(tmp_path) == ["two"]
        gates.let("one", "two")
        await ended(person, 2)
        await person.sees("> //three")
        assert gates.asked == ["one", "two"]


async def test_what_waits_is_sent_while_another_conversation_is_looked_at(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await is_answering(person, "one")
        first = person.app.chat_screen.conversation.id
        await person.asks("two")
        await person.sees(QUEUED)
        await person.presses("ctrl+n")
        await person.sees_no("queued")
        await person.types("a draft")
        gates.let("one")
        await person.until("the second is asked", lambda: gates.asked == ["one", "two"])
        gates.let("two")
        await person.sees("● one")
        await person.sees("> a draft")
        assert not shown_messages(person)
        await person.app.chat_screen.open_conversation(first)
        await person.sees("on two so far, and the end")
        # And one that must not be sent becomes the draft there.
        await is_answering(person, "three")
        await person.asks("four")
        await person.sees(QUEUED)
        await person.presses("ctrl+n")
        await person.sees("> a draft")
        person.app.chat_screen.turns.stop(first)
        await person.sees("the answer in “one” did not end well; what was queued is a draft there")
        await person.app.chat_screen.open_conversation(first)
        await person.sees("> four", "stopped after")
        assert gates.asked == ["one", "two", "three"]


async def test_what_waited_when_the_program_ended_is_in_the_prompt(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server:
        async with at_the_api(tmp_path, server) as person:
            await is_answering(person, "one")
            gates.let("one")
            await ended(person)
        ((conversation, _),) = await kept(tmp_path)
        store = await ConversationStore.open(tmp_path / "conversations.db")
        await store.enqueue(conversation.id, "two", ())
        await store.save_draft(conversation.id, "three")
        await store.close()
        async with at_the_api(tmp_path, server, newest=True) as person:
            await person.sees("> two", "three")
            await person.sees("what was queued here when the program ended is in the prompt again")
            assert person.app.chat_screen.prompt.draft == "two\n\nthree"
        assert gates.asked == ["one"]
    assert await in_queue(tmp_path) == []


async def test_quitting_keeps_what_waits(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server:
        async with at_the_api(tmp_path, server) as person:
            await is_answering(person, "one")
            await person.asks("two")
            await person.sees(QUEUED)
            await person.presses("ctrl+q")
            await person.until("gone", lambda: not person.app.is_running)
        async with at_the_api(tmp_path, server, newest=True) as person:
            await person.sees("> two", "stopped after")
        assert gates.asked == ["one"]


async def test_what_cannot_be_kept_waiting_stays_in_the_prompt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await is_answering(person, "one")
        enqueue = Failing(monkeypatch, "enqueue")
        await person.asks("two")
        await person.sees(str(FULL), "> two")
        enqueue.works = True
        begin = Failing(monkeypatch, "begin_turn")
        await person.types("!")
        await person.presses("enter")
        await person.sees(QUEUED)
        gates.let("one")
        # It could be kept waiting, but not be asked: it comes back, and is not tried again.
        await person.sees(f"not sent: {FULL}", "> two!")
        assert begin.calls == 1
        assert gates.asked == ["one"]


async def test_what_is_taken_back_in_another_window_is_not_sent(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await is_answering(person, "one")
        await person.asks("two")
        await person.sees(QUEUED)
        store = await ConversationStore.open(tmp_path / "conversations.db")
        (conversation,) = await store.conversations()
        # While the answer is arriving, somebody waits for its end.
        assert await store.take_back(conversation.id, idle=True) == []
        assert [each.text for each in await store.take_back(conversation.id)] == ["two"]
        await store.close()
        gates.let("one")
        await person.sees("not sent: this question was taken back")
        await person.sees_no("queued")
        assert gates.asked == ["one"]


async def test_a_deleted_conversation_asks_no_more(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await is_answering(person, "one")
        await person.asks("two")
        await person.sees(QUEUED)
        await person.presses("f3", "f3", "d")
        await person.sees("An answer is arriving here.")
        await person.presses("y")
        await person.sees("deleted “one”", "nothing here yet")
        await person.presses("f3", "f3", "u")
        await person.sees("Today")
        await person.app.chat_screen.open_conversation(person.app.chat_screen.shelf.listed[0].id)
        await person.sees("> two", "stopped after")
        assert gates.asked == ["one"]
