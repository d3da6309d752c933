"""Words of a temporary conversation, and that they are found in no file afterwards."""

import os
import signal
from pathlib import Path

import pytest

from faults import FaultServer, complete, held, refusing, stream
from journeys.at_the_api import environ_for
from terminals import Terminal, at_a_terminal

CANARY = "nightingale-5e1fc0ffee"


def holding(folder: Path) -> set[str]:
    """Return the files under `folder` that hold the word, in whatever encoding it may be."""
    words = [CANARY.encode(), CANARY.encode("utf-16-le"), CANARY[:11].encode()]
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder))
        for path in found
        if any(word in path.read_bytes() for word in words)
    }


async def says(terminal: Terminal, text: str) -> None:
    terminal.types(text)
    await terminal.sees(f"> {text}")
    await terminal.presses("enter")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("end", ["quit", "kill", "left"])
async def test_nothing_of_it_is_on_disk_however_the_program_ends(tmp_path: Path, end: str) -> None:
    first, *rest = stream(f"{CANARY} ", "sings.")
    echo = {"code": "bad_request", "message": f"no {CANARY} here"}
    script = [
        complete(stream(f"A {CANARY} it is.")),
        refusing("400 Bad Request", error=echo),
        held(first, after=rest),
        complete(stream("kept")),
    ]
    async with (
        FaultServer(script) as server,
        at_a_terminal(tmp_path, environ_for(server)) as terminal,
    ):
        await terminal.sees("answers.")
        await terminal.presses("f10")
        await terminal.sees("temporary conversation")
        await says(terminal, f"Who is {CANARY}1")
        await terminal.sees("it is.", "done in")
        await says(terminal, f"What {CANARY}2")
        await terminal.sees("here", "failed")
        # An answer that is arriving, for longer than it takes to store one; and a draft.
        await says(terminal, f"Then {CANARY}3")
        await terminal.sees("receiving")
        await says(terminal, f"Later {CANARY}4")
        terminal.types(f"draft {CANARY}")
        await terminal.sees(f"draft {CANARY}", "receiving · 3 s")
        assert holding(tmp_path) == set()
        if end == "kill":
            os.kill(terminal.process.pid, signal.SIGKILL)
        elif end == "left":
            await terminal.presses("ctrl+n")
            await terminal.sees("ends now")
            await terminal.presses("e")
            await terminal.sees("new conversation")
            await says(terminal, "and another one")
            await terminal.sees("kept", "done in")
            await terminal.presses("ctrl+q")
        else:
            await terminal.presses("ctrl+q")
        await terminal.gone()
    assert holding(tmp_path) == set()
    assert (tmp_path / "conversations.db").stat().st_size
    # The next start finds nothing that it would have to settle or to index.
    async with (
        FaultServer(complete(stream("-"))) as server,
        at_a_terminal(tmp_path, environ_for(server)) as terminal,
    ):
        await terminal.sees("answers.", "and another one" if end == "left" else "nothing here")
        await terminal.presses("ctrl+q")
        assert await terminal.gone() == 0
    assert holding(tmp_path) == set()


@pytest.mark.timeout(120)
async def test_the_server_on_this_machine_keeps_nothing_of_it_either(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('server = "embedded"\n')
    async with at_a_terminal(tmp_path, {}) as terminal:
        await terminal.sees("on this machine answers")
        await terminal.presses("f10")
        await terminal.sees("temporary conversation")
        for number in range(2):
            await says(terminal, f"{CANARY}{number}: which keys are there?")
            await terminal.sees("done in")
        await terminal.presses("ctrl+q")
        assert await terminal.gone() == 0
    assert holding(tmp_path) == set()
