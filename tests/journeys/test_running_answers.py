"""Answers while they arrive: sent once, stopped at once, never in the wrong place, never lost."""

import asyncio
import time
from pathlib import Path

import pytest

from acechat.errors import StoreError
from acechat.models import Status
from acechat.store.conversations import ConversationStore
from fakes import sleeping
from faults import FaultServer, complete, cut, held, in_three, stream
from journeys.at_the_api import at_the_api, ended, environ_for, kept
from person import PATIENCE, Person, at_the_program

FIRST, *REST = stream("It is ", "blue.")
BLUE = complete([FIRST, *REST])
FULL = StoreError("the conversations cannot be written: the disk is full")


class Failing:
    """A method of the store that fails until it is told not to."""

    def __init__(self, patch: pytest.MonkeyPatch, name: str) -> None:
        self.calls = 0
        self.works = False
        before = getattr(ConversationStore, name)

        async def method(*words: object, **named: object) -> object:
            self.calls += 1
            if not self.works:
                raise FULL
            return await before(*words, **named)

        patch.setattr(ConversationStore, name, method)


async def test_enter_twice_is_one_request(tmp_path: Path) -> None:
    async with (
        FaultServer([held(FIRST, after=REST), BLUE]) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.types("Why?")
        # Before anything can be stored, and after that.
        person.app.chat_screen.prompt.action_send()
        await person.presses("enter", "enter", "f5", "enter", "f8")
        await person.sees("It is▍")
        server.gate.set()
        await ended(person)
        await person.sees("It is blue.", "done in", "> Ask anything")
        # What had been taken to wait would go before this.
        await person.asks("And?")
        await ended(person, 2)
        assert [request.fields["question"] for request in server.requests] == ["Why?", "And?"]
    ((_, messages),) = await kept(tmp_path)
    assert [m.text for m in messages] == ["Why?", "It is blue.", "And?", "It is blue."]


async def test_sending_again_twice_is_one_request(tmp_path: Path) -> None:
    async with (
        FaultServer([cut([]), held(FIRST, after=REST), BLUE]) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks("Why?")
        await ended(person)
        screen = person.app.chat_screen
        screen.action_again()
        screen.action_again()
        screen.action_rebuild()
        await person.sees("It is▍")
        server.gate.set()
        await ended(person)
        await person.sees("It is blue.", "done in")
        assert len(server.requests) == 2
        assert not screen.turns.streaming
    ((_, messages),) = await kept(tmp_path)
    assert [m.text for m in messages] == ["Why?", "It is blue."]


async def test_what_is_started_and_stopped_in_one_breath_can_be_asked_again(
    tmp_path: Path,
) -> None:
    async with FaultServer(BLUE) as server, at_the_api(tmp_path, server) as person:
        screen = person.app.chat_screen
        screen.turns.ask("Why?")
        assert screen.turns.stop(screen.conversation.id)
        await person.until("free again", lambda: not screen.prompt.busy)
        await person.asks("Why?")
        await person.sees("It is blue.", "done in")


@pytest.mark.parametrize("received", [False, True], ids=["before a byte", "in mid-stream"])
async def test_escape_stops_at_once(received: bool, tmp_path: Path) -> None:
    behave = held(FIRST, after=REST) if received else held(head=False)
    async with FaultServer([behave, BLUE]) as server, at_the_api(tmp_path, server) as person:
        await person.asks("Why?")
        await server.asked.wait()
        if received:
            await person.sees("It is▍")
        pressed = time.monotonic()
        await person.presses("escape")
        await asyncio.wait_for(server.left.wait(), 5)
        # It takes some 50 ms; the promise is 0.2 s, and this machine may be busy.
        assert time.monotonic() - pressed < 1.0
        await person.sees("stopped after")
        ((_, messages),) = await kept(tmp_path)
        text = "It is " if received else ""
        assert [(m.text, m.status) for m in messages[1:]] == [(text, Status.STOPPED)]
        await person.presses("f5")
        await person.sees("It is blue.", "done in")
        assert len(server.requests) == 2


async def test_a_silence_in_the_middle_is_told_and_so_is_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleep = sleeping(monkeypatch)
    async with (
        FaultServer(held(FIRST, after=REST)) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks("Why?")
        await person.sees("It is▍", "receiving")
        sleep(30.0)
        await person.sees("It is▍", "· no data for 3", " s · esc stops")
        # The status line says it, too.
        await person.until("both", lambda: person.screen.count("no data for") == 2)
        server.gate.set()
        answer = await ended(person)
        await person.sees("It is blue.", "done in")
        assert answer.seconds is not None
        assert answer.seconds >= 30
        assert len(server.requests) == 1


async def test_a_long_wait_for_the_first_text_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleep = sleeping(monkeypatch)
    async with (
        FaultServer(held(after=[FIRST, *REST])) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks("Why?")
        await person.sees("· waiting")
        sleep(3.0)
        await person.sees("· waiting · ", " s ")
        await person.until("both", lambda: person.screen.count("waiting") == 2)
        sleep(30.0)
        await person.sees("· reasoning models can take minutes · esc stops")
        server.gate.set()
        await ended(person)
        await person.sees("It is blue.", "done in")


async def test_an_answer_grows_while_another_conversation_is_looked_at(tmp_path: Path) -> None:
    go_on = asyncio.Event()
    async with (
        FaultServer([in_three(go_on), BLUE]) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks("Count")
        await person.sees("one▍")
        counting = person.app.chat_screen.conversation.id
        await person.presses("ctrl+n")
        await person.sees_no("one▍")
        await person.asks("Why?")
        await person.sees("It is blue.", "done in")
        go_on.set()
        turns = person.app.chat_screen.turns
        assert turns.streaming == {counting}
        await person.until("more text", lambda: text_of(person, counting) == "one two ")
        assert "two" not in person.screen
        await person.app.chat_screen.open_conversation(counting)
        await person.sees("one two▍", "receiving")
        await person.sees_no("It is blue.")
        await person.sees_no("done in")
        server.gate.set()
        await person.sees("one two three", "done in")
    found = {c.title: [m.text for m in messages] for c, messages in await kept(tmp_path)}
    assert found == {"Count": ["Count", "one two three"], "Why?": ["Why?", "It is blue."]}


def text_of(person: Person, conversation_id: str) -> str:
    chat = person.app.chat_screen.chat
    assert chat is not None
    return chat.turns[conversation_id][0].text


async def test_a_conversation_whose_answer_arrives_is_deleted_after_a_question(
    tmp_path: Path,
) -> None:
    async with (
        FaultServer(held(FIRST, after=REST)) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks("Why?")
        await person.sees("It is▍")
        await person.presses("f3", "f3", "d")
        await person.sees("An answer is arriving here. Stop it and delete the conversation?")
        await person.presses("escape")
        await person.sees_no("An answer is arriving here.")
        assert person.app.chat_screen.turns.streaming
        await person.presses("f3", "f3", "d")
        await person.sees("An answer is arriving here.")
        await person.presses("y")
        await person.sees("deleted “Why?”", "nothing here yet", "new conversation")
        await asyncio.wait_for(server.left.wait(), 5)
        server.gate.set()
        await person.presses("ctrl+n")
        await person.sees("nothing here yet")
        # What is told is that it is deleted, and nothing else.
        assert [str(note.message)[:7] for note in person.app._notifications] == ["deleted"]
        assert not person.app.chat_screen.turns.streaming
    assert await kept(tmp_path) == []


# The store in trouble.


async def test_a_question_that_cannot_be_stored_is_not_sent_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Failing(monkeypatch, "begin_turn")
    async with FaultServer(BLUE) as server, at_the_api(tmp_path, server) as person:
        await person.asks("Why?")
        await person.sees(f"not sent: {FULL}", "> Why?")
        assert server.connections == 0
        begin.works = True
        await person.presses("enter")
        await person.sees("It is blue.", "done in")
        assert "> Why?" not in person.screen


async def test_what_cannot_be_stored_while_it_arrives_is_told_once_and_stored_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acechat.services.checkpoints.CHECKPOINT_SECONDS", 0.0)
    names = ("open_server_conversation", "checkpoint", "finish_turn")
    failing = [Failing(monkeypatch, name) for name in names]
    deltas = stream(*(f"word{number} " for number in range(30)))
    async with (
        FaultServer([complete(deltas), BLUE]) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks("Count")
        await ended(person)
        await person.sees(f"not stored at present: {FULL}", "word0 ", "word29", "done in")
        told = [str(note.message) for note in person.app._notifications]
        assert len([each for each in told if each.startswith("not stored")]) <= 2, told
        ((conversation, messages),) = await kept(tmp_path)
        assert (conversation.server_id, messages[1].status) == (None, Status.STREAMING)
        # The next question would be without its conversation, so it waits for the store.
        await person.asks("Why?")
        await person.sees(f"not sent: {FULL}", "> Why?")
        for each in failing:
            each.works = True
        await person.sees("the answer is stored now")
        ((conversation, messages),) = await kept(tmp_path)
        assert conversation.server_id == server.requests[0].fields.get("id", conversation.server_id)
        assert (messages[1].status, messages[1].text[-7:]) == (Status.COMPLETE, "word29 ")
        await person.presses("enter")
        await person.sees("It is blue.", "done in")
        assert server.requests[1].fields["id"] == conversation.server_id


async def test_text_before_a_silence_is_stored_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acechat.services.checkpoints.CHECKPOINT_SECONDS", 0.2)
    async with (
        FaultServer(held(FIRST, after=REST)) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks("Why?")
        await person.sees("It is▍")
        stored = ""
        async with asyncio.timeout(PATIENCE):
            while not stored:
                ((_, messages),) = await kept(tmp_path)
                stored = messages[1].text
        assert stored == "It is "
        server.gate.set()
        await ended(person)


async def test_a_store_in_trouble_takes_no_key_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FaultServer(BLUE) as server, at_the_api(tmp_path, server) as person:
        await person.asks("Why?")
        await ended(person)
        for name in ("recent_models", "save_draft", "save_conversation", "changed", "draft"):
            Failing(monkeypatch, name)
        await person.presses("f2")
        await person.sees("This conversation")
        await person.presses("enter", "enter")
        await person.sees("type to narrow")
        await person.presses("down", "down", "enter")
        await person.sees(f"not saved: {FULL}")
        await person.presses("escape")
        await person.types("half a question")
        await person.sees(str(FULL))
        await person.presses("ctrl+n")
        assert person.app._exception is None
        await person.sees("It is blue.", "half a question")
        await person.presses("ctrl+q")
        await person.until("gone", lambda: not person.app.is_running)
    assert person.app._exception is None
    assert person.app.return_code == 0


async def test_what_was_typed_before_the_store_was_read_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = asyncio.Event()
    opening = ConversationStore.open

    async def slow(path: Path) -> ConversationStore:
        await ready.wait()
        return await opening(path)

    monkeypatch.setattr(ConversationStore, "open", slow)
    async with (
        FaultServer(BLUE) as server,
        at_the_program(tmp_path, environ=environ_for(server)) as person,
    ):
        await person.asks("Why?")
        await person.sees("one moment, the conversations are being opened", "> Why?")
        ready.set()
        await person.until("a connection", lambda: person.app.chat_screen.connection)
        await person.sees("> Why?")
        await person.presses("enter")
        await person.sees("It is blue.", "done in")
    monkeypatch.undo()
    ((_, messages),) = await kept(tmp_path)
    assert [m.text for m in messages] == ["Why?", "It is blue."]
