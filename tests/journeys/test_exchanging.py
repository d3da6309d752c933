"""Conversations that go to files and come from them, and machines that share a folder."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from acechat.export import to_markdown
from acechat.jsonl import to_jsonl
from acechat.store.conversations import ConversationStore
from acechat.sync import sync
from faults import FaultServer, complete, stream
from journeys.at_the_api import at_the_api, ended, environ_for, kept
from person import PATIENCE, Person
from store.samples import ask
from terminals import at_a_terminal

BLUE = complete(stream("It is blue."))


async def fill(home: Path, *titles: str) -> str:
    """Store a conversation for each title; return all of them as JSON lines."""
    store = await ConversationStore.open(home / "conversations.db")
    for title in titles:
        await ask(store, title)
    lines = "".join([to_jsonl(whole) async for whole in store.wholes()])
    await store.close()
    return lines


def titles(person: Person) -> set[str]:
    return {conversation.title for conversation in person.app.chat_screen.shelf.listed}


async def test_one_conversation_or_all_are_saved_in_either_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    home = tmp_path / "home"
    lines = await fill(home, "one", "two")
    async with FaultServer(BLUE) as server, at_the_api(home, server) as person:
        # Nothing was said yet: only all of them can be saved.
        await person.types("/export")
        await person.presses("enter")
        await person.sees("Save to a file", "conversations.md", "● all")
        await person.presses("down", "left")
        await person.sees("nothing was said in this conversation yet", "● all")
        await person.presses("down", "right")
        await person.sees("conversations.jsonl", "● JSON lines")
        await person.presses("up", "up", "enter")
        await person.sees("saved as")
        assert (tmp_path / "conversations.jsonl").read_text() == lines
        await person.app.chat_screen.open_conversation(
            next(c.id for c in person.app.chat_screen.shelf.listed if c.title == "one")
        )
        await person.app.chat_screen.run_action("screen.save_conversation")
        await person.sees("one.md", "● this conversation", "● Markdown")
        await person.presses("enter")
        await person.until("it is there", (tmp_path / "one.md").exists)
        assert "# one" in (tmp_path / "one.md").read_text()
        await person.types(f"/export {tmp_path}/own.jsonl")
        await person.presses("enter")
        await person.until("it is there", (tmp_path / "own.jsonl").exists)
        assert (tmp_path / "own.jsonl").read_text() in lines
        await person.types(f"/export {tmp_path}/own.jsonl")
        await person.presses("enter")
        await person.sees("Put this in its place?")
        await person.presses("escape")


async def test_exporting_all_holds_nothing_up_and_can_be_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    home = tmp_path / "home"
    await fill(home, "one", "two", "three")
    gate = threading.Semaphore(1)

    def slowly(*told: Any) -> str:
        # On the event loop this would hold up what the test looks at.
        assert gate.acquire(timeout=PATIENCE)
        return to_markdown(*told)

    monkeypatch.setattr("acechat.export.to_markdown", slowly)
    async with FaultServer(BLUE) as server, at_the_api(home, server) as person:
        for leaves in (True, False):
            await person.app.chat_screen.run_action("screen.save_conversation")
            await person.sees("Save to a file", "conversations.md")
            await person.presses("enter")
            await person.sees("Exporting all conversations", " so far", "write nothing")
            if leaves:
                await person.presses("escape")
                await person.sees_no("Exporting all conversations")
                gate.release()
                gate.release()
        assert not (tmp_path / "conversations.md").exists()
        gate.release()
        gate.release()
        await person.sees("saved as")
    written = (tmp_path / "conversations.md").read_text()
    assert written.count("\n# ") == 3


async def test_a_file_is_brought_in_from_the_screen(tmp_path: Path) -> None:
    lines = await fill(tmp_path / "there", "one", "two")
    file = tmp_path / "there.jsonl"
    file.write_text(lines + "nonsense\n")
    async with FaultServer(BLUE) as server, at_the_api(tmp_path / "here", server) as person:
        await person.sees("nothing here yet")
        await person.types("/import")
        await person.presses("enter")
        await person.sees("Bring in conversations from a file")
        await person.types("nowhere")
        await person.presses("enter")
        await person.sees("there is no such file")
        await person.presses("escape")
        await person.sees_no("Bring in conversations")
        await person.types(f"/import {file}")
        await person.presses("enter")
        await person.sees(
            "conversations: 2 new, 0 changed, 0 as they were; messages: 4 new; not taken in: ",
            "line 3: this is not JSON",
        )
        await person.until("both are listed", lambda: titles(person) == {"one", "two"})
        person.app.clear_notifications()
        await person.types(f"/import {tmp_path}/gone")
        await person.presses("enter")
        await person.sees("gone cannot be read: No such file or directory")


async def test_what_another_machine_wrote_is_there_after_the_start(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    await fill(tmp_path / "there", "from there")
    there = await ConversationStore.open(tmp_path / "there" / "conversations.db")
    await sync(there, shared, tmp_path / "there" / "sync.json")
    home = tmp_path / "here"
    home.mkdir()
    (home / "config.toml").write_text(f'sync_folder = "{shared}"\n')
    async with FaultServer(BLUE) as server, at_the_api(home, server) as person:
        await person.sees("1 new and 0 changed conversations brought in, 0 deleted, 0 written")
        await person.sees("from there")
        await person.asks("from here")
        await ended(person)
        await person.types("/sync")
        await person.presses("enter")
        await person.sees("0 new and 0 changed conversations brought in, 0 deleted, 1 written")
        assert (await sync(there, shared, tmp_path / "there" / "sync.json")).new == 1
        # What goes on there is shown here, in the conversation that is open.
        (conversation,) = [c for c in await there.conversations() if c.title == "from here"]
        await ask(there, "and there", "as well", conversation)
        await sync(there, shared, tmp_path / "there" / "sync.json")
        await person.types("/sync")
        await person.presses("enter")
        await person.sees("1 changed conversations", "and there", "as well")
    await there.close()
    assert {each.title for each, _ in await kept(home)} == {"from here", "from there"}


async def test_a_folder_that_is_not_there_is_one_sentence_and_nothing_else_waits(
    tmp_path: Path,
) -> None:
    (tmp_path / "config.toml").write_text(f'sync_folder = "{tmp_path}/unmounted"\n')
    async with FaultServer(BLUE) as server, at_the_api(tmp_path, server) as person:
        await person.sees(f"not synced: {tmp_path}/unmounted is not a folder; make it first")
        await person.asks("Why?")
        await ended(person)


async def test_without_a_folder_the_setting_is_shown(tmp_path: Path) -> None:
    async with FaultServer(BLUE) as server, at_the_api(tmp_path, server) as person:
        await person.types("/sync")
        await person.presses("enter")
        await person.sees("set a sync folder first", "sync folder")


@pytest.mark.timeout(60)
async def test_a_folder_that_does_not_answer_holds_up_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'sync_folder = "{tmp_path}"\n')
    # It stands for a network folder that never answers: longer than the test may last.
    patch = "import time; from acechat import sync; sync._look = lambda *_: time.sleep(3600)"
    async with (
        FaultServer(BLUE) as server,
        at_a_terminal(tmp_path, environ_for(server), patch=patch) as terminal,
    ):
        await terminal.sees("answers.")
        terminal.types("Why?")
        await terminal.sees("> Why?")
        await terminal.presses("enter")
        await terminal.sees("It is blue.", "done in")
        await terminal.presses("ctrl+q")
        assert await asyncio.wait_for(terminal.gone(), 10) == 0
