"""The server on this machine: one is enough, however often the settings change."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from acechat.screens.settings import SettingsScreen
from acechat.server.process import EmbeddedServer, Served
from person import at_the_program


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The process ids of all servers that were started."""
    started: list[int] = []
    start = EmbeddedServer.start

    async def noted(self: EmbeddedServer) -> Served:
        served = await start(self)
        assert self._child is not None
        started.append(self._child.pid)
        return served

    monkeypatch.setattr(EmbeddedServer, "start", noted)
    return started


def alive(processes: list[int]) -> list[int]:
    """Return those that still run; one that ended has been waited for."""
    found: list[int] = []
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, 0)
            found.append(process)
    return found


async def test_a_server_that_nobody_asks_any_more_ends(
    tmp_path: Path, processes: list[int]
) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        await person.presses("f2")
        await person.until("open", lambda: isinstance(person.app.screen, SettingsScreen))
        screen = person.app.screen
        assert isinstance(screen, SettingsScreen)
        await person.presses("down", "down", "down")
        await person.until("the section", lambda: screen.field("endpoint"))
        field = screen.field("endpoint")
        assert field is not None
        field.control.focus()
        for count, key in enumerate(("right", "left"), 2):
            await person.presses(key)
            await person.until("another one", lambda count=count: len(processes) == count)
            await person.until("the one before ends", lambda: alive(processes) == processes[-1:])
