"""`acechat delete`: what is older than a date, after a question."""

import asyncio
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from acechat.__main__ import main
from acechat.store.conversations import ConversationStore
from store.samples import Clock, ask

Capture = pytest.CaptureFixture[str]


class Terminal(io.StringIO):
    """A person who answers."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def file(home: Path) -> Path:
    """Keep two old conversations, a pinned old one and a new one."""

    async def make() -> None:
        store = await ConversationStore.open(home / "conversations.db", clock=Clock(1_000_000.0))
        pinned = await ask(store, "pinned")
        await store.save_conversation(replace(pinned, pinned=True), was=pinned)
        for title in ("old secret", "old one"):
            await ask(store, title)
        await store.close()
        store = await ConversationStore.open(home / "conversations.db")
        await ask(store, "new")
        await store.close()

    asyncio.run(make())
    return home / "conversations.db"


def left(file: Path) -> set[str]:
    async def read() -> set[str]:
        store = await ConversationStore.open(file)
        found = {conversation.title for conversation in await store.conversations()}
        await store.close()
        return found

    return asyncio.run(read())


def test_it_says_how_many_and_that_nothing_brings_them_back_and_asks(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("\n"))
    assert main(["delete", "--older-than", "90d"]) == 0
    said = capsys.readouterr().out
    assert "archived ones too and pinned ones not: 2.\nThey cannot be brought back." in said
    assert said.endswith("nothing was deleted\n")
    assert len(left(file)) == 4
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert main(["delete", "--older-than", "90d"]) == 0
    assert capsys.readouterr().out.endswith("conversations deleted: 2\n")
    assert left(file) == {"pinned", "new"}
    assert b"secret" not in file.read_bytes()


def test_without_anybody_to_ask_it_takes_a_word_more(file: Path, capsys: Capture) -> None:
    assert main(["delete", "--older-than", "1970-01-01"]) == 0
    assert capsys.readouterr().out == "nothing is that old\n"
    assert main(["delete", "--older-than", "today"]) == 2
    assert capsys.readouterr().err == (
        "acechat: nobody can be asked here; --yes deletes without asking\n"
    )
    assert len(left(file)) == 4
    assert main(["delete", "--older-than", "today", "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"deleted": 2}
    assert left(file) == {"pinned", "new"}


def test_what_is_no_date_is_named(file: Path, capsys: Capture) -> None:
    assert main(["delete", "--older-than", "long ago"]) == 2
    assert "a date is like 2026-11-01, yesterday or 7d, not “long ago”" in capsys.readouterr().err


def test_without_conversations_no_file_is_made(home: Path, capsys: Capture) -> None:
    assert main(["delete", "--older-than", "90d"]) == 0
    assert capsys.readouterr().out == "nothing is that old\n"
    assert not home.exists()


def test_what_is_used_while_it_asks_stays(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    async def go_on() -> None:
        store = await ConversationStore.open(file)
        (old,) = (each for each in await store.conversations() if each.title == "old secret")
        await ask(store, "and now?", conversation=old)
        await store.close()

    class Busy(Terminal):
        def readline(self, *_: object) -> str:
            asyncio.run(go_on())
            return "y\n"

    monkeypatch.setattr("sys.stdin", Busy())
    assert main(["delete", "--older-than", "90d"]) == 0
    assert capsys.readouterr().out.endswith("conversations deleted: 1\n")
    assert left(file) == {"pinned", "old secret", "new"}
