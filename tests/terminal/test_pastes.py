"""Pastes through a real terminal: nothing in them is a key, and a large one is a chip."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from acechat.store.conversations import ConversationStore
from faults import FaultServer, complete, stream
from hostile import ALL
from journeys.at_the_api import environ_for
from terminals import Terminal, at_a_terminal

MEGABYTE = "rm -rf / " * 116_509 + "\x1b\r" * 8
"""1.0 MB on one line, with escape characters and returns at its end."""


@asynccontextmanager
async def at_the_prompt(home: Path) -> AsyncGenerator[tuple[Terminal, FaultServer]]:
    async with (
        FaultServer(complete(stream("fine"))) as server,
        at_a_terminal(home, environ_for(server)) as terminal,
    ):
        await terminal.sees("answers.")
        yield terminal, server
        assert terminal.audit.strange == []
        assert not server.requests
        await terminal.presses("ctrl+q")
        assert await terminal.gone() == 0
        terminal.is_restored()


async def draft_in(home: Path) -> str:
    store = await ConversationStore.open(home / "conversations.db")
    draft = await store.draft("")
    await store.close()
    return draft


@pytest.mark.parametrize(
    ("pasted", "shown"),
    [
        ("one\x1b\rtwo\rthree", "one␛\ntwo\nthree"),
        ("\x1b\rrm -rf ~\r", "␛\nrm -rf ~\n"),
        ("\x1b" * 40 + "\r", "␛" * 40 + "\n"),
        ("a\x1b[201", "a␛[201"),
        ("\x1b[13u\x1b[13;1u\r\x1bOM", "␛[13u␛[13;1u\n␛OM"),
        ("\x11\x03\x04\x1a", "␑␃␄␚"),
        ("x\x1b[200~\ry", "x␛[200~\ny"),
    ],
    ids=["ESC", "ESC first", "only ESC", "half an end", "keys", "control keys", "a beginning"],
)
async def test_a_paste_sends_nothing(pasted: str, shown: str, tmp_path: Path) -> None:
    async with at_the_prompt(tmp_path) as (terminal, _):
        terminal.pastes(f"before {pasted}")
        await terminal.sees("> before")
        terminal.types("end")
        await terminal.sees("end")
    assert await draft_in(tmp_path) == f"before {shown}end"


async def test_everything_hostile_is_pasted_as_letters(tmp_path: Path) -> None:
    async with at_the_prompt(tmp_path) as (terminal, _):
        for key, there in {"f4": "narrow", "f7": "esc done", "ctrl+p": "narrow"}.items():
            await terminal.presses(key)
            await terminal.sees(there)
            terminal.pastes(ALL)
            await terminal.sees_no(there if there == "narrow" else "https://…")
            await terminal.presses("escape", "escape", "escape")
            await terminal.sees("Ask anything")
        terminal.pastes(ALL)
        await terminal.sees("> ␛[5;8m␛[999;999H")


async def test_a_paste_in_pieces_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    async with at_the_prompt(tmp_path) as (terminal, _):
        for piece in ("\x1b[20", "0~one", "\x1b", "\rtwo\udcff\x1b[2", "01~"):
            terminal.types(piece)
            await terminal.presses("")
        await terminal.sees("> one␛", "two\ufffd")
        terminal.types("\udcff")
        await terminal.sees("two\ufffd\ufffd")


async def test_a_megabyte_is_a_chip_and_kept_as_a_draft(tmp_path: Path) -> None:
    async with at_the_prompt(tmp_path) as (terminal, _):
        terminal.pastes(MEGABYTE)
        await terminal.sees("[1.0 MB pasted, 9 lines]")
        terminal.types(" what is this?")
        await terminal.sees("9 lines] what is this?")
    draft = await draft_in(tmp_path)
    assert draft == MEGABYTE.replace("\x1b", "␛").replace("\r", "\n") + " what is this?"
    async with at_the_prompt(tmp_path) as (terminal, _):
        await terminal.sees("[1.0 MB pasted, 9 lines]")


async def test_a_terminal_that_ends_without_a_signal_ends_the_program(tmp_path: Path) -> None:
    ignoring = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    async with (
        FaultServer(complete(stream("fine"))) as server,
        at_a_terminal(tmp_path, environ_for(server), patch=ignoring) as terminal,
    ):
        await terminal.sees("answers.")
        terminal.types("half")
        await terminal.sees("> half")
        terminal.closes()
        await terminal.gone()
    assert await draft_in(tmp_path) == "half"
