"""The program and the reference programs: how each is started."""

import os
import sys
from pathlib import Path

from bench.server import TESTS
from bench.terminal import Terminal

ACECHAT = str(Path(sys.executable).with_name("acechat"))
PLACEHOLDER = "Ask anything"
"""What the empty prompt says, here as in the references."""

_HERE = Path(__file__).parent


def environ(home: Path, url: str, probe: Path | None = None) -> dict[str, str]:
    """Return an environment of its own for a program.

    Args:
        home: A folder for everything that it keeps.
        url: Where the server is.
        probe: A file for what holds its event loop up; nothing is watched where it is None.
    """
    made = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "ACECHAT_HOME": str(home),
        "ACEDATACLOUD_API_TOKEN": "none-is-needed",
        "ACEDATACLOUD_API_BASE_URL": url,
    }
    if probe is not None:
        made |= {"PYTHONPATH": str(_HERE / "probe"), "BENCH_PROBE_FILE": str(probe)}
    return made


def acechat(home: Path, url: str, *, probe: Path | None = None) -> Terminal:
    """Start the program."""
    return Terminal([ACECHAT], environ(home, url, probe))


def bare_app(home: Path) -> Terminal:
    """Start the smallest app with a prompt."""
    return Terminal([sys.executable, str(_HERE / "starting_reference.py")], environ(home, ""))


def streaming_app(home: Path, url: str) -> Terminal:
    """Start the smallest app that streams Markdown."""
    command = [sys.executable, str(_HERE / "streaming_reference.py"), url]
    return Terminal(command, environ(home, url))


def reading(url: str, question: str) -> list[str]:
    """Return the command that only reads an answer."""
    return [sys.executable, str(TESTS / "bench" / "reading_reference.py"), url, question]
