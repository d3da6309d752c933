"""Copying: what is tried, and that the sentence says what happened."""

import os
import stat
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from acechat.clipboard import (
    TERMINAL_BYTES,
    CopyResult,
    copy,
    is_local,
    native_copy,
)

PLAIN = {"TERM": "xterm-256color"}
DESKTOP = {**PLAIN, "DISPLAY": ":0"}
SSH = {**DESKTOP, "SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}


class Machine:
    """A terminal and a clipboard that keep what they get."""

    def __init__(self, *, native: bool = True) -> None:
        self.sent: list[str] = []
        self.taken: list[str] = []
        self.threads: list[threading.Thread] = []
        self._native = native

    def take(self, text: str) -> bool:
        self.taken.append(text)
        self.threads.append(threading.current_thread())
        return self._native

    async def copy(self, text: str, environ: Mapping[str, str]) -> CopyResult:
        return await copy(
            text,
            write_osc52=self.sent.append,
            environ=environ,
            native=self.take,
            platform="linux",
        )


async def test_copied_is_said_only_when_the_machine_has_it() -> None:
    machine = Machine()
    assert await machine.copy("hi", DESKTOP) == CopyResult("copied", offered_file=False)
    assert machine.sent == machine.taken == ["hi"]
    assert machine.threads != [threading.main_thread()]


async def test_a_clipboard_that_did_not_take_it_is_not_believed() -> None:
    machine = Machine(native=False)
    result = await machine.copy("hi", DESKTOP)
    assert result == CopyResult("sent to the terminal", offered_file=False)


@pytest.mark.parametrize("environ", [SSH, {**DESKTOP, "SSH_TTY": "/dev/pts/1"}, PLAIN])
async def test_a_clipboard_elsewhere_is_left_alone(environ: dict[str, str]) -> None:
    machine = Machine()
    result = await machine.copy("hi", environ)
    assert result == CopyResult("sent to the terminal", offered_file=False)
    assert not machine.taken


async def test_tmux_gets_it_plain_and_its_condition_is_named() -> None:
    machine = Machine()
    result = await machine.copy("hi", {**SSH, "TMUX": "/tmp/tmux-0/default,1,0"})
    assert machine.sent == ["hi"]
    assert result.sentence.startswith("sent to the terminal")
    assert "set-clipboard" in result.sentence


@pytest.mark.parametrize("text", ["x" * (TERMINAL_BYTES + 1), "杭" * (TERMINAL_BYTES // 3 + 1)])
async def test_what_is_too_long_for_the_terminal_is_not_sent_in_part(text: str) -> None:
    machine = Machine()
    result = await machine.copy(text, SSH)
    assert not machine.sent
    assert result.offered_file
    assert "too long" in result.sentence
    assert (await machine.copy(text, DESKTOP)).sentence == "copied"


async def test_the_longest_text_that_fits_is_sent() -> None:
    machine = Machine()
    result = await machine.copy("x" * TERMINAL_BYTES, SSH)
    assert result == CopyResult("sent to the terminal", offered_file=False)
    # As OSC 52 it is `ESC ] 52 ; c ;`, base64 and BEL.
    assert 7 + 4 * -(-TERMINAL_BYTES // 3) + 1 <= 100_000


@pytest.mark.parametrize(
    "environ",
    [{}, {"TERM": "linux"}, {"TERM": "dumb"}, {**SSH, "TERM_PROGRAM": "Apple_Terminal"}],
)
async def test_where_nothing_works_a_file_is_offered(environ: dict[str, str]) -> None:
    machine = Machine()
    result = await machine.copy("hi", environ)
    assert not machine.sent
    assert not machine.taken
    assert result.offered_file
    assert "file" in result.sentence


async def test_what_is_copied_is_clean() -> None:
    machine = Machine()
    await machine.copy("a\x1b[201~rm -rf\u202e\n\tb", DESKTOP)
    assert machine.sent == machine.taken == ["a␛[201~rm -rf\n\tb"]


@pytest.mark.parametrize(
    ("environ", "platform", "local"),
    [
        ({}, "darwin", True),
        ({"SSH_TTY": "x"}, "darwin", False),
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ""}, "linux", False),
    ],
)
def test_where_the_user_sits(environ: dict[str, str], platform: str, local: bool) -> None:
    assert is_local(environ, platform) is local


KEEP = 'cat > "$KEPT"'
GIVE = 'cat "$KEPT"'


def tools(folder: Path, keep: str, give: str) -> None:
    """Make the tools of X11 and of macOS, which run `keep` to copy and `give` to paste."""
    scripts = {
        "xclip": f'case "$*" in *-o*) {give};; *) {keep};; esac',
        "pbcopy": keep,
        "pbpaste": give,
    }
    for name, script in scripts.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which clipboard tools are looked for first."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("DISPLAY", ":99")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("KEPT", str(tmp_path / "kept"))
    return tmp_path / "bin"


def test_a_clipboard_that_gives_the_text_back_has_it(folder: Path) -> None:
    tools(folder, KEEP, GIVE)
    assert native_copy("héllo 杭州\nmore")
    assert (folder.parent / "kept").read_text(encoding="utf-8") == "héllo 杭州\nmore"


def test_a_tool_that_fails_in_silence_is_found_out(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    failing = 'echo "Error: cannot open display" >&2; echo noise; exit 1'
    tools(folder, failing, failing)
    assert not native_copy("hello")
    assert capfd.readouterr() == ("", "")


def test_a_tool_that_keeps_something_else_is_found_out(folder: Path) -> None:
    tools(folder, 'head -c 2 > "$KEPT"', GIVE)
    assert not native_copy("hello")


def test_a_tool_that_never_returns_is_ended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acechat.clipboard.NATIVE_SECONDS", 0.5)
    tools(folder, 'echo $$ > "$KEPT"; exec sleep 30', GIVE)
    assert not native_copy("hello")
    pid = int((folder.parent / "kept").read_text(encoding="utf-8"))
    deadline = time.monotonic() + 30
    while alive(pid) and time.monotonic() < deadline:
        os.sched_yield()
    assert not alive(pid)


def test_a_tool_that_ends_just_then_is_no_fault(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(group: int, number: int) -> None:
        killpg(group, number)
        raise PermissionError

    killpg = os.killpg
    monkeypatch.setattr("acechat.clipboard.NATIVE_SECONDS", 0.5)
    monkeypatch.setattr(os, "killpg", ended)
    tools(folder, "exec sleep 30", GIVE)
    assert not native_copy("hello")


def test_nothing_in_the_current_folder_is_run(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools(folder, KEEP, GIVE)
    for name in ("pyperclip", "signal", "acechat"):
        (tmp_path / f"{name}.py").write_text("import os\nos._exit(3)\n")
    monkeypatch.chdir(tmp_path)
    assert native_copy("hello")


def alive(pid: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


def test_a_tool_that_stays_to_serve_the_clipboard_is_not_waited_for(folder: Path) -> None:
    tools(folder, f"{KEEP}; sleep 2 &", GIVE)
    began = time.monotonic()
    assert native_copy("hello")
    assert time.monotonic() - began < 2
