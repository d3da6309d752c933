"""Keys that come faster than what they act on is built: they end nothing that should go on."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from faults import FaultServer, complete, refusing, stream
from journeys.at_the_api import environ_for
from terminals import KEYS, Terminal, at_a_terminal

DIALOGS = ("f1", "f2", "ctrl+p")


async def is_usable(terminal: Terminal) -> None:
    """Leave what is open until what is typed stands in the prompt."""
    for _ in range(40):
        # The first one may only clear what was typed into a field.
        await terminal.presses("escape", "escape", "x")
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await terminal.sees("> x")
            return
    raise AssertionError(f"the prompt takes no letters\n{terminal.screen}")


@pytest.mark.parametrize("key", DIALOGS)
async def test_a_dialog_that_is_left_before_it_is_there(key: str, tmp_path: Path) -> None:
    async with (
        FaultServer(complete(stream("fine"))) as server,
        at_a_terminal(tmp_path, environ_for(server)) as terminal,
    ):
        await terminal.sees("answers.")
        for _ in range(5):
            terminal.types(KEYS[key] + KEYS["escape"])
            terminal.types(KEYS[key] + KEYS["up"] + KEYS["escape"] * 2)
        await is_usable(terminal)
        terminal.types(KEYS[key] + KEYS["ctrl+q"])
        assert await terminal.gone() == 0
        terminal.is_restored()


async def test_a_dialog_over_a_dialog(tmp_path: Path) -> None:
    async with (
        FaultServer(complete(stream("fine"))) as server,
        at_a_terminal(tmp_path, environ_for(server)) as terminal,
    ):
        await terminal.sees("answers.")
        await terminal.presses("ctrl+p")
        await terminal.sees("type to narrow")
        for below, above in (("f4", "ctrl+p"), ("f2", "f1"), ("ctrl+p", "f2"), ("f2", "f4")):
            await terminal.presses(below, above, "escape", "escape", "escape")
        await is_usable(terminal)
        await terminal.presses("ctrl+q")
        assert await terminal.gone() == 0


@asynccontextmanager
async def asked(folder: Path, *questions: str, patch: str = "") -> AsyncGenerator[Terminal]:
    """Start the program, with what `patch` changes of it, and ask it some questions, or none."""
    async with (
        FaultServer(complete(stream("fine"))) as server,
        at_a_terminal(folder, environ_for(server), patch=patch) as terminal,
    ):
        await terminal.sees("answers.")
        for question in questions:
            terminal.types(question)
            await terminal.sees(f"> {question}")
            await terminal.presses("enter")
            await terminal.sees("done in", "> Ask anything")
        yield terminal


@pytest.mark.parametrize("key", ["f4", "ctrl+p", "ctrl+f"])
async def test_letters_behind_a_key_are_for_the_dialog_that_it_opens(
    key: str, tmp_path: Path
) -> None:
    async with asked(tmp_path) as terminal:
        for _ in range(3):
            terminal.types(KEYS[key] + "xyzzy")
            await terminal.sees("xyzzy")
            # The first one may only empty the field; what follows is for the prompt.
            terminal.types(KEYS["escape"] * 2 + "after")
            await terminal.sees("> after")
            assert "xyzzy" not in terminal.screen
            terminal.types(KEYS["backspace"] * 5)
            await terminal.sees("> Ask anything")


async def test_letters_behind_enter_are_for_the_conversation_that_it_opens(tmp_path: Path) -> None:
    async with asked(tmp_path, "First?") as terminal:
        await terminal.presses("ctrl+n")
        await terminal.sees("Questions to try")
        await terminal.presses("f3", "f3")
        await terminal.sees("d delete")
        # To the list these are commands: delete, archive, pin, rename.
        terminal.types(KEYS["enter"] + "dapr")
        await terminal.sees("> dapr", "▌ First?", "▸ First?")


SLOW_DRAFTS = """
import asyncio
from acechat.services.library import Library
draft = Library.draft
async def slow(self, place):
    await asyncio.sleep(0.3)
    return await draft(self, place)
Library.draft = slow
"""
"""A store that takes longer than it does for the next letters to come."""


async def test_letters_behind_e_are_for_the_question_that_is_edited(tmp_path: Path) -> None:
    async with asked(tmp_path, "First?", patch=SLOW_DRAFTS) as terminal:
        await terminal.presses("tab")
        await terminal.sees("o open link")
        terminal.types("e already")
        await terminal.sees("editing your question", "> First? already")


async def test_a_paste_behind_a_key_is_for_the_field_that_it_leads_to(tmp_path: Path) -> None:
    async with (
        FaultServer(refusing("401 Unauthorized", error={"code": "invalid_token"})) as server,
        at_a_terminal(tmp_path, environ_for(server)) as terminal,
    ):
        await terminal.sees("answers.")
        terminal.types("Why?")
        await terminal.sees("> Why?")
        await terminal.presses("enter")
        await terminal.sees("invalid_token", "Ask anything")
        terminal.types(KEYS["f2"] + "\x1b[200~abcdefghijkl\x1b[201~")
        await terminal.sees("•" * 12)
        assert "abcdefghijkl" not in terminal.screen
        await terminal.presses("escape", "down", "down", "down")
        # What is pasted behind Enter goes to what Enter has taken, and is not taken with it.
        terminal.types("/a" + KEYS["enter"] + "\x1b[200~/b\x1b[201~")
        await terminal.sees("https://api.acedata.cloud/a/b")
        terminal.types(KEYS["escape"])
        await terminal.sees_no("/a/b")
        assert "https://api.acedata.cloud/a" in terminal.screen


BUSY = """
import asyncio, os, pathlib
from acechat.typed_ahead import TypedAhead
follow = TypedAhead.was_followed
def late(self, event):
    asyncio.get_running_loop().call_later(0.2, follow, self, event)
TypedAhead.was_followed = late
pass_on = TypedAhead._pass_on
async def noted(self, event):
    with pathlib.Path(os.environ["ACECHAT_HOME"], "keys").open("a") as keys:
        keys.write(f"{event.key} {type(self._app.screen).__name__}\\n")
    await pass_on(self, event)
TypedAhead._pass_on = noted
"""
"""A machine on which what a key leads to takes more than half a second; it notes who gets a key."""


async def test_a_key_behind_escape_is_for_what_is_there_when_that_was_left(tmp_path: Path) -> None:
    async with asked(tmp_path, patch=BUSY) as terminal:
        terminal.types(KEYS["f1"])
        await terminal.sees("stop the answer, or close what is")
        terminal.types(KEYS["escape"] * 2 + KEYS["f2"])
        await terminal.sees("This conversation", "New conversations")
        # A dialog that is on its way out may take a key along.
        keys = (tmp_path / "keys").read_text(encoding="utf-8").split("\n")
        assert keys[:4] == [
            "f1 ChatScreen",
            "escape HelpScreen",
            "escape HelpScreen",
            "f2 ChatScreen",
        ]


SLOW_STORE = """
import asyncio
from acechat.services.library import Library
async def recent_models(self, limit=8):
    await asyncio.Event().wait()
Library.recent_models = recent_models
"""


async def test_keys_do_not_wait_for_ever(tmp_path: Path) -> None:
    async with asked(tmp_path, patch=SLOW_STORE) as terminal:
        terminal.types(KEYS["f4"] + "some words")
        await terminal.sees("> some words")
        terminal.types(" more")
        await terminal.sees("> some words more")
        await terminal.presses("ctrl+q")
        assert await terminal.gone() == 0
