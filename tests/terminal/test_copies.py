"""Copying on a real terminal: what is sent, what is said about it, and never a part of it."""

import base64
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from acechat.clean import clean
from acechat.clipboard import TERMINAL_BYTES
from faults import FaultServer, complete, line
from hostile import ALL
from journeys.at_the_api import environ_for
from terminals import Terminal, at_a_terminal

SHORT = "A short answer. "
LONG = "word " * (TERMINAL_BYTES // 5 + 1)
"""A little more than fits into one sequence."""


@asynccontextmanager
async def answered(home: Path, said: str, environ: dict[str, str]) -> AsyncGenerator[Terminal]:
    """Ask, and get this answer."""
    async with (
        FaultServer(complete([line(answer=said, delta_answer=said)])) as server,
        at_a_terminal(home, environ_for(server) | environ) as terminal,
    ):
        await terminal.sees("answers.")
        terminal.types("Why?")
        await terminal.sees("> Why?")
        await terminal.presses("enter")
        await terminal.sees("done in")
        yield terminal
        assert terminal.audit.strange == []
        await terminal.presses("ctrl+q")
        assert await terminal.gone() == 0


def copied(terminal: Terminal) -> list[str]:
    """Return every text that was sent to the terminal's clipboard."""
    found = re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", terminal.written)
    return [base64.b64decode(each).decode() for each in found]


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({}, "answer: sent to the terminal"),
        ({"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22", "DISPLAY": ":9"}, "sent to the terminal"),
        ({"TMUX": "/tmp/tmux-0/default,1,0", "TERM": "tmux-256color"}, "set-clipboard on"),
    ],
    ids=["a terminal", "SSH", "tmux"],
)
async def test_an_answer_goes_to_the_terminal(
    environ: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    async with answered(tmp_path, SHORT + ALL, environ) as terminal:
        terminal.audit.copies = 1
        await terminal.presses("ctrl+y")
        await terminal.until("what was done", lambda: sentence in one_line(terminal.screen))
        assert copied(terminal) == [clean(SHORT + ALL)]


def one_line(screen: str) -> str:
    """Return a screen without the breaks and frames that its texts were given."""
    return " ".join(screen.replace("┃", " ").replace("▌", " ").split())


@pytest.mark.parametrize(
    ("said", "environ", "why"),
    [
        (LONG, {}, "too long for the terminal"),
        (LONG, {"SSH_TTY": "/dev/pts/1"}, "too long for the terminal"),
        (SHORT, {"TERM": "linux"}, "no clipboard here"),
        (SHORT, {"TERM_PROGRAM": "Apple_Terminal"}, "no clipboard here"),
    ],
    ids=["too long", "too long over SSH", "a console", "a terminal without"],
)
async def test_what_cannot_be_copied_is_offered_as_a_file(
    said: str, environ: dict[str, str], why: str, tmp_path: Path
) -> None:
    async with answered(tmp_path, said, {"HOME": str(tmp_path), **environ}) as terminal:
        await terminal.presses("ctrl+y")
        await terminal.sees("Save to a file", "answer.md")
        await terminal.until("why", lambda: why in one_line(terminal.screen))
        assert copied(terminal) == []
        await terminal.presses("enter")
        await terminal.sees("saved as")
        assert (tmp_path / "answer.md").read_text(encoding="utf-8") == said


async def test_nothing_is_copied_unasked(tmp_path: Path) -> None:
    async with answered(tmp_path, SHORT + ALL, {}) as terminal:
        await terminal.presses("tab", "up", "down")
        terminal.clicks(40, 4)
        terminal.clicks(40, 4)
        await terminal.presses("escape")
        await terminal.sees("⏎ send")
        assert copied(terminal) == []
