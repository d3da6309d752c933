"""Several conversations at once: chosen in the list, or older than a date."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from acechat.store.conversations import ConversationStore
from faults import FaultServer, complete, held, stream
from journeys.at_the_api import at_the_api, ended
from person import Person
from store.samples import Clock, ask

BLUE = complete(stream("It is blue."))
T = TypeVar("T")

YEAR = 365 * 24 * 3600.0


async def fill(home: Path, *titles: str, seconds_ago: float = 0.0) -> None:
    """Store a conversation for each title, the last one the newest."""
    store = await ConversationStore.open(home / "conversations.db")
    if seconds_ago:
        store._clock = Clock(store._clock() - seconds_ago)
    for title in titles:
        await ask(store, title)
    await store.close()


def titles(person: Person) -> list[str]:
    return [conversation.title for conversation in person.app.chat_screen.shelf.listed]


async def on_the_list(person: Person) -> None:
    await person.sees("Today")
    person.app.chat_screen.sidebar.focus_list()
    await person.presses("home")


async def test_chosen_conversations_are_deleted_and_come_back_together(tmp_path: Path) -> None:
    await fill(tmp_path, "one", "two", "three", "four")
    async with FaultServer(BLUE) as server, at_the_api(tmp_path, server) as person:
        await on_the_list(person)
        await person.presses("space", "space", "down", "x")
        await person.sees("3 chosen", "✓ four", "✓ three", "✓ one")
        await person.presses("d")
        await person.sees("deleted 3 conversations, u in the list brings them back")
        assert titles(person) == ["two"]
        await person.sees("Conversations")
        await person.presses("u")
        await person.sees("brought back")
        assert titles(person) == ["four", "three", "two", "one"]
        await person.presses("home", "shift+down", "a")
        await person.sees("archived 2 conversations, u in the list brings them back")
        assert titles(person) == ["two", "one"]
        await person.presses("u")
        await person.until("all are back", lambda: len(titles(person)) == 4)


async def test_answers_that_arrive_in_chosen_conversations_are_stopped_after_a_question(
    tmp_path: Path,
) -> None:
    await fill(tmp_path, "one", "two")
    script = [held(*stream("It is ", "blue.")[:1])]
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        await person.sees("Today")
        await person.asks("Why?")
        await person.sees("It is▍")
        await person.until("all are listed", lambda: len(titles(person)) == 3)
        await on_the_list(person)
        await person.presses("space", "space", "d")
        await person.sees("An answer is arriving there. Stop it and delete all 2?")
        await person.presses("n")
        await person.sees_no("Stop it and delete")
        assert len(titles(person)) == 3
        await person.presses("d")
        await person.sees("Stop it and delete all 2")
        await person.presses("y")
        await person.sees("deleted 2 conversations")
        assert titles(person) == ["one"]
        assert not person.app.chat_screen.turns.streaming
        assert person.app.chat_screen.messages == []


async def test_all_older_than_a_date_are_counted_deleted_and_brought_back(tmp_path: Path) -> None:
    await fill(tmp_path, "old one", "old two", seconds_ago=YEAR)
    await fill(tmp_path, "new")
    async with FaultServer(BLUE) as server, at_the_api(tmp_path, server) as person:
        await person.sees("Today", "old one")
        await person.types("/delete-older 2y")
        await person.presses("enter")
        await person.sees("Delete old conversations", "a date is like 2026-11-01", "not “2y”")
        await person.presses("enter", "backspace", "backspace")
        await person.sees("Pinned conversations always stay.")
        await person.types("900d")
        await person.sees("No conversation was last used before")
        await person.presses("enter")
        await person.sees("nothing is that old")
        await person.presses("backspace", "backspace", "backspace", "backspace")
        # Without waiting for the number.
        await person.types("90d")
        await person.presses("enter")
        await person.sees("deleted 2 conversations, u in the list brings them back")
        assert titles(person) == ["new"]
        person.app.chat_screen.sidebar.focus_list()
        await person.presses("u")
        await person.until("all are back", lambda: len(titles(person)) == 3)


async def test_the_open_conversation_can_be_among_them(tmp_path: Path) -> None:
    await fill(tmp_path, "old", seconds_ago=YEAR)
    async with (
        FaultServer(BLUE) as server,
        at_the_api(tmp_path, server, newest=True) as person,
    ):
        await person.sees("because")
        await person.types("/delete-older 90d")
        await person.presses("enter")
        await person.sees("1 conversation was last used before", "Pinned ones stay.")
        await person.presses("enter")
        await person.sees("deleted “old”, u in the list brings it back", "nothing here yet")
        assert person.app.chat_screen.messages == []
        await person.asks("Why?")
        await ended(person)


async def test_ten_thousand_go_and_come_back_in_one_step_each(tmp_path: Path) -> None:
    await fill(tmp_path, "new")
    store = await ConversationStore.open(tmp_path / "conversations.db")

    def many(connection: sqlite3.Connection) -> None:
        connection.executemany(
            "INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?, ?, 1, 1)",
            [(f"{number:032x}", f"old {number}") for number in range(10_000)],
        )

    await store._database.write(many)
    await store.close()
    async with FaultServer(BLUE) as server, at_the_api(tmp_path, server) as person:
        await person.sees("Today")
        written: list[object] = []
        store = person.app._store
        assert store is not None
        write = store._database.write

        async def counted(work: Callable[[sqlite3.Connection], T], **how: bool) -> T:
            written.append(work)
            return await write(work, **how)

        store._database.write = counted  # pyright: ignore[reportAttributeAccessIssue]
        await person.types("/delete-older 90d")
        await person.presses("enter")
        await person.sees("10,000 conversations were last used before")
        written.clear()
        await person.presses("enter")
        await person.sees("deleted 10,000 conversations")
        assert titles(person) == ["new"]
        person.app.chat_screen.sidebar.focus_list()
        await person.presses("u")
        await person.sees("brought back")
        # Drafts are kept meanwhile; nothing is written once a conversation.
        assert len(written) < 10
        assert len(titles(person)) > 100
