"""Copying: through the terminal and through the machine's own clipboard, each where it can work.

Run as a program, it is the child that asks the machine's clipboard: its tools write to the
terminal when they fail, and some never return.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from acechat.clean import clean

TERMINAL_BYTES = 74_994
"""UTF-8 bytes that fit into an OSC 52 sequence of 100,000 bytes, the least that terminals take."""

NATIVE_SECONDS = 3.0
"""How long the machine's clipboard may take: a remote display can be far away."""

NO_CLIPBOARD_TERMINALS = frozenset({"", "dumb", "linux", "vt100", "vt220"})
"""Values of TERM that know no OSC 52."""


@dataclass(frozen=True, slots=True)
class CopyResult:
    """What became of a text that was copied."""

    sentence: str
    """What the user is told: what truly happened."""
    offered_file: bool
    """Nothing is sure to have taken it, so a file should be offered."""


async def copy(
    text: str,
    *,
    write_osc52: Callable[[str], None],
    environ: Mapping[str, str],
    native: Callable[[str], bool] | None = None,
    platform: str = sys.platform,
) -> CopyResult:
    """Copy `text` wherever it can be copied to, and say what happened.

    Args:
        text: the text, as it is in the model; it is cleaned here.
        write_osc52: hands a text to the terminal.
        environ: the environment of this process.
        native: puts a text into the machine's clipboard and tells whether it is there.
        platform: the name of the operating system, as in `sys.platform`.
    """
    cleaned = clean(text)
    size = len(cleaned.encode())
    known = environ.get("TERM_PROGRAM") != "Apple_Terminal"
    can_send = known and environ.get("TERM", "") not in NO_CLIPBOARD_TERMINALS
    fits = size <= TERMINAL_BYTES
    if can_send and fits:
        write_osc52(cleaned)
    if is_local(environ, platform) and await asyncio.to_thread(native or native_copy, cleaned):
        return CopyResult("copied", offered_file=False)
    if can_send and fits:
        return CopyResult(_sent_sentence(environ), offered_file=False)
    if can_send:
        return CopyResult("too long for the terminal; save it to a file", offered_file=True)
    return CopyResult("no clipboard here; save it to a file", offered_file=True)


def _sent_sentence(environ: Mapping[str, str]) -> str:
    if environ.get("TMUX"):
        return "sent to the terminal; tmux passes it on with set-clipboard on"
    return "sent to the terminal"


def is_local(environ: Mapping[str, str], platform: str) -> bool:
    """Tell whether the machine's clipboard is the one before which the user sits."""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return False
    if platform == "darwin":
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def native_copy(text: str) -> bool:
    """Put `text` into the machine's clipboard; return whether it can be read back from there."""
    folder = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH"))))
    try:
        child = subprocess.Popen(
            # -P: a module that happens to lie in the current folder is not ours.
            [sys.executable, "-P", "-m", "acechat.clipboard"],
            stdin=subprocess.PIPE,
            # A tool may stay behind to serve the clipboard: a pipe to it would never end.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": path},
        )
    except OSError:
        return False
    with child:
        try:
            child.communicate(text.encode(), timeout=NATIVE_SECONDS)
        except subprocess.TimeoutExpired:
            # The tool that hangs is in the same session as the child that waits for it.
            # On macOS nobody may end a group of which only what has ended already is left.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            return False
    return child.returncode == 0


def _take() -> int:
    import pyperclip

    text = sys.stdin.buffer.read().decode()
    try:
        pyperclip.copy(text)
        # Some clipboards add a newline at the end, or take one away.
        taken = pyperclip.paste().rstrip("\n") == text.rstrip("\n")
    except (pyperclip.PyperclipException, OSError, UnicodeError):
        return 1
    return 0 if taken else 1


if __name__ == "__main__":
    sys.exit(_take())
