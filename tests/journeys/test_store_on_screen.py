"""What a user sees of trouble with the file of conversations, and what they lose: nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from acechat.models import Status
from acechat.store import thread
from acechat.store.conversations import ConversationStore
from acechat.store.migrations import STEPS
from faults import FaultServer, complete, held, stream
from journeys.at_the_api import at_the_api, ended, environ_for, kept
from person import Person
from store.samples import ask
from store.test_store_busy import held as locked
from store.test_store_damage import kill, root, spoil
from terminals import at_a_terminal

BLUE = complete(stream("It is blue."))
FIRST, *REST = stream("It is ", "blue.")


async def fill(home: Path) -> Path:
    """Store three conversations; return the file."""
    file = home / "conversations.db"
    store = await ConversationStore.open(file)
    for number in range(3):
        await ask(store, f"question {number}", f"answer {number}")
    await store.close()
    return file


async def leave_room(person: Person, pages: int) -> None:
    """Let the disk have room for so many more pages of 4 KB."""
    store = person.app._store
    assert store is not None

    def limit(connection: sqlite3.Connection) -> None:
        count: tuple[int] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {count[0] + pages}")

    await store._database.read(limit)


# The disk is full.


async def test_a_question_that_does_not_fit_on_the_disk_stays_in_the_prompt(
    tmp_path: Path,
) -> None:
    async with FaultServer(BLUE) as server, at_the_api(tmp_path, server) as person:
        await leave_room(person, 0)
        long = "Why? " * 2000
        person.app.chat_screen.prompt.load(long)
        await person.presses("enter")
        await person.sees("not sent: the conversations cannot be written: the disk is full")
        assert person.app.chat_screen.prompt.draft == long
        assert server.connections == 0
        assert await kept(tmp_path) == []
        await leave_room(person, 1000)
        await person.presses("enter")
        await person.sees("It is blue.", "done in")
    ((_, messages),) = await kept(tmp_path)
    assert [m.text for m in messages] == [long, "It is blue."]


async def test_an_answer_goes_on_where_the_disk_is_full_and_is_stored_when_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acechat.services.checkpoints.CHECKPOINT_SECONDS", 0.05)
    words = [f"word{number} " * 400 for number in range(8)]
    first, *rest = stream(*words)
    async with (
        FaultServer(held(first, after=rest)) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks("Count")
        await person.sees("word0")
        await leave_room(person, 0)
        server.gate.set()
        await ended(person)
        await person.sees("not stored at present: ", "the disk is full", "word7", "done in")
        told = [str(note.message) for note in person.app._notifications]
        assert len([each for each in told if each.startswith("not stored")]) <= 2, told
        ((_, messages),) = await kept(tmp_path)
        assert messages[1].status is Status.STREAMING
        await leave_room(person, 1000)
        await person.sees("the answer is stored now")
    ((_, messages),) = await kept(tmp_path)
    assert (messages[1].status, messages[1].text) == (Status.COMPLETE, "".join(words))


# Another program holds the file.


async def test_a_question_waits_for_the_store_and_is_sent_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FaultServer(BLUE) as server, at_the_api(tmp_path, server) as person:
        monkeypatch.setattr(thread, "BUSY_SECONDS", 0.3)
        with locked(tmp_path / "conversations.db"):
            await person.asks("Why?")
            await person.sees("store busy", "trying again, esc stops it", "> Why?")
            assert server.connections == 0
        await person.sees("It is blue.", "done in")
        assert len(server.requests) == 1
    ((_, messages),) = await kept(tmp_path)
    assert [m.text for m in messages] == ["Why?", "It is blue."]


@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
async def test_escape_ends_the_wait_for_the_store_and_nothing_was_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    async with FaultServer(BLUE) as server, at_the_api(tmp_path, server) as person:
        monkeypatch.setattr(thread, "BUSY_SECONDS", 3600.0)
        with locked(tmp_path / "conversations.db", how):  # pyright: ignore[reportArgumentType]
            await person.asks("Why?")
            await person.until("it waits", lambda: person.app.chat_screen.prompt.busy)
            await person.sees("storing ") if how == "IMMEDIATE" else None
            await person.presses("escape")
            await person.until("it ends", lambda: not person.app.chat_screen.prompt.busy)
            assert person.app.chat_screen.prompt.draft == "Why?"
        assert server.connections == 0
    assert await kept(tmp_path) == []


async def test_an_answer_is_shown_to_its_end_while_another_program_holds_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acechat.services.checkpoints.CHECKPOINT_SECONDS", 0.05)
    async with (
        FaultServer(held(FIRST, after=REST)) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks("Why?")
        await person.sees("It is▍")
        monkeypatch.setattr(thread, "BUSY_SECONDS", 3600.0)
        with locked(tmp_path / "conversations.db"):
            server.gate.set()
            await person.sees("It is blue.")
        await ended(person)
    ((_, messages),) = await kept(tmp_path)
    assert (messages[1].status, messages[1].text) == (Status.COMPLETE, "It is blue.")


async def test_escape_stops_an_answer_while_another_program_holds_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acechat.services.checkpoints.CHECKPOINT_SECONDS", 0.05)
    async with (
        FaultServer(held(FIRST, after=REST)) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks("Why?")
        await person.sees("It is▍")
        monkeypatch.setattr(thread, "BUSY_SECONDS", 3600.0)
        with locked(tmp_path / "conversations.db"):
            await person.presses("escape")
            await person.sees("stopped after", "not stored at present; it is tried again")
        await person.sees("the answer is stored now")
    ((_, messages),) = await kept(tmp_path)
    assert (messages[1].status, messages[1].text) == (Status.STOPPED, "It is ")


async def test_leaving_waits_for_no_other_program_and_says_what_was_not_kept(
    tmp_path: Path,
) -> None:
    patch = "from acechat.store import thread; thread.BUSY_SECONDS = 3600.0"
    file = tmp_path / "conversations.db"
    async with (
        FaultServer(held(FIRST, after=REST)) as server,
        at_a_terminal(tmp_path, environ_for(server), patch=patch) as terminal,
    ):
        await terminal.sees("answers.")
        terminal.types("Why?")
        await terminal.sees("> Why?")
        await terminal.presses("enter")
        await terminal.sees("It is")
        with locked(file):
            terminal.types("half")
            await terminal.sees("half")
            await terminal.presses("ctrl+q")
            assert await terminal.gone() == 0
            said = terminal.written.rpartition(b"\x1b[?1049l")[2].decode()
        assert (
            "acechat: the end of an answer and what was typed could not be kept: the "
            "conversations cannot be written: store busy"
        ) in " ".join(said.split())
    ((_, messages),) = await kept(tmp_path)
    assert messages[0].text == "Why?"
    assert messages[1].status is Status.INTERRUPTED


async def test_leaving_while_the_store_is_being_opened_waits_for_no_other_program(
    tmp_path: Path,
) -> None:
    patch = "from acechat.store import thread; thread.BUSY_SECONDS = 3600.0"
    file = await fill(tmp_path)
    async with FaultServer(BLUE) as server:
        with locked(file, "EXCLUSIVE"):
            async with at_a_terminal(tmp_path, environ_for(server), patch=patch) as terminal:
                await terminal.sees("Ask anything")
                await terminal.presses("ctrl+q")
                assert await terminal.gone() == 0


# The file is damaged, or only read.


async def test_what_was_saved_of_a_damaged_file_is_told_on_the_screen(tmp_path: Path) -> None:
    file = await fill(tmp_path)
    spoil(file, root(file, "messages_in_order"))
    kill(file)
    async with FaultServer(BLUE) as server, at_the_api(tmp_path, server) as person:
        await person.sees(
            "question 0",
            f"{file} was damaged (",
            "saved: conversations 3, messages 6, drafts 0; nothing was lost",
            f"the damaged file is {file}.damaged-",
        )
        await person.asks("Why?")
        await person.sees("It is blue.", "done in")


async def test_a_newer_file_is_shown_and_nothing_is_written_into_it(tmp_path: Path) -> None:
    file = await fill(tmp_path)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE conversations SET unread = 1")
        connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
        connection.commit()
    before = (tmp_path / "conversations.db").read_bytes()
    why = f"{file} was written by a newer acechat, so this one only reads it"
    async with FaultServer(BLUE) as server, at_the_api(tmp_path, server) as person:
        await person.sees(why, "question 0")
        # What is said may lie over the prompt.
        person.app.clear_notifications()
        await person.sees("Read-only: nothing can be asked or changed here")
        await person.presses("f3", "f3", "enter")
        await person.sees("answer 2")
        await person.asks("Why?")
        await person.sees(f"not sent: the conversations cannot be written: {why}", "> Why?")
        assert server.connections == 0
        # Another conversation and back: what is typed is still there.
        await person.presses("ctrl+n")
        await person.sees_no("> Why?")
        opened = next(c for c in person.app.chat_screen.shelf.listed if c.title == "question 2")
        await person.app.chat_screen.open_conversation(opened.id)
        await person.sees("> Why?", "answer 2")
        await person.presses("ctrl+q")
        await person.until("it leaves", lambda: person.app._exit)
        said = [str(each) for each in person.app._exit_renderables]
        assert said == [f"acechat: what was typed could not be kept: {why}"]
    assert (tmp_path / "conversations.db").read_bytes() == before


async def test_the_backup_of_the_day_is_made_while_the_program_runs(tmp_path: Path) -> None:
    await fill(tmp_path)
    async with FaultServer(BLUE) as server, at_the_api(tmp_path, server) as person:
        folder = tmp_path / "backups"
        await person.until("a backup", lambda: list(folder.glob("conversations-*.db")))
        assert person.app.is_running
