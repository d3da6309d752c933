"""Finding words in the open conversation, with the keys that readers know from other programs."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from acechat.clipboard import CopyResult
from acechat.models import Conversation, Message, Role, Status, new_id
from acechat.store.conversations import ConversationStore
from faults import FaultServer, complete, stream
from journeys.at_the_api import at_the_api
from person import Person

TALK = [
    ("Où est le café?", "Le **ca**fé est ici."),
    *((f"Question {number}", "Some words.\n\n" * 20) for number in range(30)),
    ("Another café?", "No."),
]


@asynccontextmanager
async def reading(home: Path) -> AsyncGenerator[Person]:
    """Open a conversation that is kept, and one that is not, and read in the first."""
    store = await ConversationStore.open(home / "conversations.db")
    key = new_id()
    for asked, answered in TALK:
        row = Message(new_id(), key, Role.ASSISTANT, "", model="gpt-5.1")
        question = Message(new_id(), key, Role.USER, asked)
        await store.begin_turn(Conversation(key), question, row)
        await store.finish_turn(replace(row, text=answered, status=Status.COMPLETE), unread=False)
    await store.close()
    async with FaultServer(complete(stream("-"))) as server, at_the_api(home, server) as person:
        await person.sees("Today", "Où est")
        await person.presses("f3", "f3")
        await person.app.chat_screen.open_conversation(key)
        await person.sees("Another café?")
        await person.presses("tab")
        yield person


async def test_words_are_found_as_they_are_typed_and_stepped_through(tmp_path: Path) -> None:
    async with reading(tmp_path) as person:
        screen = person.app.chat_screen
        await person.presses("/")
        await person.sees("find in this conversation")
        await person.types("cafe")
        await person.sees("3 of 3")
        await person.presses("down")
        await person.sees("1 of 3 · from the top again", "Où est le café?")
        await person.presses("enter", "n")
        await person.sees("2 of 3")
        assert screen.focused is screen.transcript
        await person.presses("N", "N")
        await person.sees("3 of 3 · from the end again", "Another café?")
        await person.presses("escape")
        await person.sees_no("of 3")
        assert screen.focused is screen.transcript
        assert "Another café?" in person.screen
        await person.presses("n")
        await person.sees("/ finds words in this conversation")


async def test_the_words_of_the_last_time_can_be_taken_or_typed_over(tmp_path: Path) -> None:
    async with reading(tmp_path) as person:
        await person.presses("/")
        await person.types("nowhere")
        await person.sees("not found")
        await person.presses("escape", "/")
        await person.sees("nowhere", "not found")
        await person.types("no.")
        await person.sees("1 of 1")


async def test_escape_in_the_prompt_and_another_conversation_end_it(tmp_path: Path) -> None:
    async with reading(tmp_path) as person:
        screen = person.app.chat_screen
        await person.presses("/")
        await person.types("cafe")
        await person.sees("of 3")
        await person.presses("ctrl+n")
        await person.sees_no("of 3")
        assert screen.focused is screen.prompt
        assert not screen.transcript.next_match(1)


async def test_chosen_messages_are_copied_as_their_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading(tmp_path) as person:
        copied: list[str] = []

        async def copier(text: str) -> CopyResult:
            copied.append(text)
            return CopyResult("copied", offered_file=False)

        screen = person.app.chat_screen
        monkeypatch.setattr(screen, "copier", copier)
        await person.presses("g", "shift+down", "y")
        await person.sees("2 messages: copied")
        assert copied == ["Où est le café?\n\nLe **ca**fé est ici."]
        await person.presses("v", "down", "escape")
        assert len(screen.transcript.chosen) == 1
        assert screen.focused is screen.transcript


async def test_a_conversation_without_messages_has_nothing_to_find_in(tmp_path: Path) -> None:
    async with FaultServer(complete(stream("-"))) as server, at_the_api(tmp_path, server) as person:
        await person.until("ready", lambda: person.app.chat_screen.is_open)
        await person.app.chat_screen.action_find()
        await person.sees("there is nothing to find in yet")
