"""Keys that come faster than what they act on is built: they end nothing that should go on."""

from pathlib import Path

import pytest

from faults import FaultServer, complete, stream
from journeys.at_the_api import environ_for
from terminals import KEYS, Terminal, at_a_terminal

DIALOGS = ("f1", "f2", "f4", "f6", "f7", "ctrl+p")


async def is_usable(terminal: Terminal) -> None:
    """Leave what is open until what is typed stands in the prompt."""
    for _ in range(40):
        # The first one may only clear what was typed into a field.
        await terminal.presses("escape", "escape", "x")
        if "> x" in terminal.screen:
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
