"""The real program in a real terminal: tmux, the keyboard, and what is on the screen."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

PATIENCE = 30.0
"""Seconds to wait for something to appear."""


class Terminal:
    """A terminal of its own, and a program in it."""

    def __init__(self, home: Path, columns: int, rows: int) -> None:
        self.name = f"acechat-{uuid4().hex}"
        self._environ = {**os.environ, "ACECHAT_HOME": str(home), "LANG": "C.UTF-8"}
        for variable in ("ACEDATACLOUD_API_TOKEN", "ACEDATACLOUD_API_BASE_URL", "NO_COLOR"):
            self._environ.pop(variable, None)
        # Tests side by side have these two, and they would go before the size of the terminal.
        for variable in ("COLUMNS", "LINES"):
            self._environ.pop(variable, None)
        program = f"{sys.executable} -m acechat; echo gone with $?; exec cat"
        self._tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), program)

    def _tmux(self, *words: str) -> str:
        command = ["tmux", "-L", self.name, "-f", "/dev/null", *words]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env=self._environ
        )
        return done.stdout

    @property
    def screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def types(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)

    def presses(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def resizes(self, columns: int, rows: int) -> None:
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def sees(self, *texts: str, never: str = "") -> str:
        deadline = time.monotonic() + PATIENCE
        while True:
            screen = self.screen
            if all(text in screen for text in texts) and not (never and never in screen):
                return screen
            assert time.monotonic() < deadline, f"never saw {texts}:\n{screen}"

    def sees_match(self, pattern: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not re.search(pattern, self.screen):
            assert time.monotonic() < deadline, f"never saw {pattern}:\n{self.screen}"

    def close(self) -> None:
        self._tmux("kill-server")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path, 100, 30)
    yield opened
    opened.close()


def test_a_day_in_a_real_terminal(terminal: Terminal, tmp_path: Path) -> None:
    terminal.sees("No token yet", "Ask anything")
    terminal.types("How do I switch the model?")
    terminal.sees("> How do I switch the model?")
    terminal.presses("Enter")
    terminal.sees("guide ·", "F4", "done in")

    # A new line, in every terminal, and a question in another script.
    terminal.presses("F4")
    terminal.sees("on this machine")
    terminal.types("sample")
    terminal.presses("Enter")
    terminal.sees("the next question goes to sample")
    terminal.types("30 words")
    terminal.presses("C-j")
    terminal.types("杭州的天气")
    terminal.sees("杭州的天气")
    terminal.presses("Enter")
    terminal.sees_match(r"sample · \d\d:\d\d · [\d.]+ s")

    terminal.resizes(60, 20)
    terminal.sees("sample ·", never="Conversations")
    terminal.resizes(120, 40)
    terminal.sees("Conversations", "sample ·")

    terminal.presses("C-q")
    terminal.sees("gone with 0", never="Conversations")

    told = subprocess.run(
        [sys.executable, "-m", "acechat", "export", "--all", "--format", "jsonl"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "ACECHAT_HOME": str(tmp_path)},
    )
    (line,) = told.stdout.splitlines()
    kept = json.loads(line)
    assert kept["title"] == "How do I switch the model?"
    assert [message["status"] for message in kept["messages"]] == ["complete"] * 4
    assert [message["model"] for message in kept["messages"]] == ["guide"] * 2 + ["sample"] * 2
    assert kept["messages"][2]["text"] == "30 words\n杭州的天气"
