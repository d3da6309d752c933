"""A token that occurs nowhere else, and where it is found after everything was done with it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from acechat.connection import PLATFORM_VARIABLE
from acechat.tokens import ACCOUNT_VARIABLE
from faults import FaultServer, complete, line, refusing, stream
from journeys.at_the_api import API_TOKEN, BASE_URL
from terminals import ROOT, Terminal, at_a_terminal

CANARY = "5e1fc0ffee5e1fc0ffee5e1fc0ffee42"

SPY = """#!/bin/sh
tr '\\0' '\\n' </proc/$$/environ >>"{folder}/spied"
echo "$0 $*" >>"{folder}/spied"
case "$1" in *.md) echo "from the editor" >"$1";; esac
"""
"""Stands in for every program that is started: writes down what it was given."""

BROKEN = """
from acechat.screens.turns import Turns
def broken(self, chat, turn, event):
    hidden_local = chat.api._token
    raise RuntimeError("token " + chat.api._token)
Turns._show = broken
"""


class Watch:
    """Keeps what the processes of the program were started with."""

    def __init__(self, terminal: Terminal) -> None:
        self._root = terminal.process.pid
        self.arguments: dict[int, bytes] = {}
        self.environments: dict[int, bytes] = {}

    def look(self) -> None:
        """Look at the program and all that it has started by now."""
        for pid in (self._root, *self._below(self._root)):
            with suppress(OSError):
                self.arguments[pid] = Path(f"/proc/{pid}/cmdline").read_bytes()
                if pid != self._root:
                    # The program itself was given the token by whoever started it.
                    self.environments[pid] = Path(f"/proc/{pid}/environ").read_bytes()

    def _below(self, pid: int) -> list[int]:
        found: list[int] = []
        with suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                for child in map(int, (task / "children").read_text().split()):
                    found += [child, *self._below(child)]
        return found


def spies(folder: Path) -> dict[str, str]:
    """Make programs that write down what they are given; return the variables that lead there."""
    folder.mkdir()
    for name in ("editor", "xclip", "xsel", "wl-copy", "xdg-open"):
        (folder / name).write_text(SPY.format(folder=folder))
        (folder / name).chmod(0o755)
    path = os.pathsep.join((str(folder), os.environ["PATH"]))
    return {"PATH": path, "EDITOR": str(folder / "editor"), "DISPLAY": ":99"}


def commands(environ: Mapping[str, str], folder: Path) -> None:
    """Run the commands that look and write; keep what they print."""
    folder.mkdir()
    for number, words in enumerate(
        (
            ["ask", "Why?"],
            ["doctor"],
            ["doctor", "--json"],
            ["paths"],
            ["list", "--json"],
            ["export", "--all", "--format", "jsonl", "-o", str(folder / "all.jsonl")],
            ["export", "--all", "--format", "markdown", "-o", str(folder / "all.md")],
        )
    ):
        done = subprocess.run(
            [sys.executable, "-m", "acechat", *words],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env={**environ, "PYTHONPATH": str(ROOT / "app"), "LANG": "C.UTF-8"},
            check=False,
        )
        (folder / f"said-{number}").write_bytes(done.stdout + done.stderr)


def holding(folder: Path) -> set[str]:
    """Return the files under `folder` in which the token stands."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)) for path in found if CANARY.encode() in path.read_bytes()}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("source", ["environment", "file"])
async def test_the_token_is_found_nowhere_but_in_the_requests(source: str, tmp_path: Path) -> None:
    echo = {"code": CANARY, "message": f"bad token {CANARY}"}
    everywhere = refusing("400 Bad Request", f"x-trace-id: {CANARY}", error=echo, trace_id=CANARY)
    home = tmp_path / "home"
    tools = spies(tmp_path / "tools")
    async with FaultServer(complete(stream("stolen"))) as thief:
        redirect = refusing("307 Temporary Redirect", f"location: {thief.url}/aichat")
        script = [
            complete(stream("It ", "is blue.")),
            everywhere,
            complete([*stream("half"), line(error=echo, trace_id=CANARY)]),
            redirect,
            complete(stream("in the end")),
        ]
        async with FaultServer(script) as server:
            environ = {
                **tools,
                BASE_URL: server.url,
            }
            if source == "environment":
                environ[API_TOKEN] = CANARY
            debugging = {"TEXTUAL_LOG": str(tmp_path / "textual.log")}
            async with at_a_terminal(home, environ | debugging) as opened:
                watch = Watch(opened)
                if source == "file":
                    await enters_the_token(opened)
                await opened.sees("answers.")
                for number, sign in enumerate(("is blue.", "••••", "cut off", "not followed"), 1):
                    opened.types(f"Q{number}")
                    await opened.sees(f"> Q{number}")
                    await opened.presses("enter")
                    await opened.until("an answer", lambda n=number: len(server.requests) == n)
                    await opened.sees(sign)
                    watch.look()
                await opened.presses("ctrl+g")
                await opened.sees("from the editor")
                await opened.presses("ctrl+y", "f2")
                await opened.sees("Settings")
                watch.look()
                await opened.presses("escape", "ctrl+q")
                assert await opened.gone() == 0
            written = opened.written
            seen = [*watch.arguments.values(), *watch.environments.values()]

            # A mistake of our own, with the token in its message and among its variables.
            async with at_a_terminal(home, environ, patch=BROKEN) as opened:
                await opened.sees("answers.")
                opened.types("Q5")
                await opened.sees("> Q5")
                await opened.presses("enter")
                assert await opened.gone() == 1
            written += opened.written
            known = {"ACECHAT_HOME": str(home), "TERM": "xterm-256color", **environ}
            # On a thread: the server that they ask runs here.
            await asyncio.to_thread(commands, known, tmp_path / "commands")
        assert thief.connections == 0

    assert len(server.requests) >= 6
    assert {r.headers["authorization"] for r in server.requests} == {f"Bearer {CANARY}"}
    for request in server.requests:
        told = [request.path, request.body.decode()]
        told += [value for name, value in request.headers.items() if name != "authorization"]
        assert not [text for text in told if CANARY in text]
    assert CANARY.encode() not in written
    assert not [each for each in seen if CANARY.encode() in each]
    assert holding(tmp_path) == (set() if source == "environment" else {"home/token"})
    # Textual's own log would have every key and every paste in it.
    assert not (tmp_path / "textual.log").exists()
    # There was something to look through.
    assert b"from the editor" not in (tmp_path / "tools" / "spied").read_bytes()
    assert b"/editor " in (tmp_path / "tools" / "spied").read_bytes()
    log = (home / "acechat.log").read_text()
    assert log.count("turn ") >= 3
    assert "RuntimeError" in log
    assert (tmp_path / "commands" / "all.jsonl").stat().st_size


def unbroken(screen: str) -> str:
    """Return what stands beside the list, without the breaks of its rows."""
    return "".join(row.partition("┃")[2].strip() for row in screen.splitlines())


@pytest.mark.timeout(120)
async def test_the_account_token_is_found_nowhere_but_at_the_platform(tmp_path: Path) -> None:
    account = "platform-v1-" + CANARY * 2
    home, report = tmp_path / "home", tmp_path / "report.txt"
    home.mkdir()
    (home / "config.toml").write_text("public_uploads = true\n")
    report.write_text("text")
    tools = spies(tmp_path / "tools")
    echo = refusing("401 Unauthorized", f"x-trace-id: {account}", detail=f"bad {account}")
    async with (
        FaultServer(complete(stream("It ", "is blue."))) as api,
        FaultServer(echo) as platform,
    ):
        environ = {
            **tools,
            BASE_URL: api.url,
            PLATFORM_VARIABLE: platform.url,
            API_TOKEN: "0123456789abcdef0123456789abcdef",
            ACCOUNT_VARIABLE: account,
        }
        async with at_a_terminal(home, environ) as opened:
            watch = Watch(opened)
            await opened.sees("answers.")
            opened.types(f"/file {report}")
            # Enter behind half of it would lead elsewhere.
            await opened.until("the whole path", lambda: str(report) in unbroken(opened.screen))
            await opened.presses("enter")
            await opened.sees("account token", "from the environment variable")
            watch.look()
            await opened.presses("escape")
            await opened.sees("tries again")
            await opened.presses("escape", "ctrl+g")
            await opened.sees("from the editor")
            watch.look()
            await opened.presses("ctrl+q")
            assert await opened.gone() == 0
    assert {r.headers["authorization"] for r in platform.requests} == {f"Bearer {account}"}
    assert platform.requests
    assert CANARY not in repr(api.requests)
    assert CANARY.encode() not in opened.written
    seen = [*watch.arguments.values(), *watch.environments.values()]
    assert not [each for each in seen if CANARY.encode() in each]
    assert holding(tmp_path) == set()
    assert b"/editor " in (tmp_path / "tools" / "spied").read_bytes()


async def enters_the_token(opened: Terminal) -> None:
    """Start without a token, and type one into the settings."""
    await opened.sees("on this machine answers")
    await opened.presses("f2")
    await opened.sees("This conversation")
    await opened.presses("down", "down", "down")
    await opened.sees("paste a token", "test it", "companies need it")
    await opened.presses("enter", *CANARY, "enter")
    await opened.sees("••••ee42")
    await opened.presses("escape")


@pytest.mark.timeout(120)
async def test_the_embedded_server_is_not_told_the_token(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text('server = "embedded"\n')
    async with at_a_terminal(home, {API_TOKEN: CANARY}) as opened:
        await opened.sees("on this machine answers")
        watch = Watch(opened)
        opened.types("Which keys are there?")
        await opened.sees("> Which keys")
        await opened.presses("enter")
        await opened.sees("done in")
        watch.look()
        await opened.presses("ctrl+q")
        assert await opened.gone() == 0
    assert any(b"acechat.server" in arguments for arguments in watch.arguments.values())
    assert watch.environments
    for each in (*watch.arguments.values(), *watch.environments.values()):
        assert CANARY.encode() not in each
    assert holding(home) == set()
    assert CANARY.encode() not in opened.written
