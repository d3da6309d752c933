"""The real program in a pseudo-terminal: keys go in, and every byte that comes out is kept.

    async with at_a_terminal(home, environ_for(server)) as opened:
        await opened.sees("Ask anything")
        opened.types("Why?")
        await opened.presses("enter")

Nothing but Python is needed for it, so it runs wherever the tests do.
"""

import asyncio
import fcntl
import os
import struct
import subprocess
import sys
import termios
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from display import Display
from escapes import Audit, OutputParser

ROOT = Path(__file__).parents[1]
PATIENCE = 30.0
"""Seconds after which something that should have happened never will."""

KEY_SECONDS = 0.05
"""Between two keys: five times what the prompt takes for a burst."""

SIZE = (100, 30)
"""Columns and rows."""

START = """
import fcntl, runpy, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
{patch}
runpy.run_module("acechat", run_name="__main__", alter_sys=True)
"""
"""The program, on the terminal that it was given."""

KEYS = {
    "enter": "\r",
    # As the Kitty protocol has it, for which the program asks: a bare one is held back for 0.1 s.
    "escape": "\x1b[27u",
    "tab": "\t",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "delete": "\x1b[3~",
    **{f"f{number}": f"\x1bO{letter}" for number, letter in enumerate("PQRS", 1)},
    **{
        f"f{number}": f"\x1b[{code}~"
        for number, code in enumerate((15, 17, 18, 19, 20, 21, 23, 24), 5)
    },
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in map(chr, range(97, 123))},
}
"""What a terminal sends for a key."""

ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
}
"""What a terminal says when it is asked: it knows synchronised updates, and nothing newer."""

RESTORED = {
    "the alternate screen is left": (b"\x1b[?1049h", b"\x1b[?1049l"),
    "the cursor is shown": (b"\x1b[?25l", b"\x1b[?25h"),
    "mouse clicks are off": (b"\x1b[?1000h", b"\x1b[?1000l"),
    "mouse moves are off": (b"\x1b[?1003h", b"\x1b[?1003l"),
    "bracketed paste is off": (b"\x1b[?2004h", b"\x1b[?2004l"),
    "focus reports are off": (b"\x1b[?1004h", b"\x1b[?1004l"),
}


class Terminal:
    """A terminal, and the program in it."""

    def __init__(
        self,
        home: Path,
        environ: Mapping[str, str],
        arguments: Sequence[str] = (),
        *,
        patch: str = "",
        size: tuple[int, int] = SIZE,
    ) -> None:
        self.keys, self._line = os.openpty()
        os.set_blocking(self.keys, False)
        self.display = Display(*size)
        self.audit = Audit(*size)
        self._resize(*size)
        self._modes = termios.tcgetattr(self._line)
        self._parser = OutputParser()
        self._asked = b""
        self._unsent = b""
        self._more = asyncio.Event()
        self.written = b""
        """Every byte that came out."""
        self.arrivals: list[tuple[float, int]] = []
        """When output came, in seconds of the monotonic clock, and how long `written` was then."""
        known = {"PATH", "HOME", "TMPDIR"}
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-c", START.format(patch=patch), *arguments],
            stdin=self._line,
            stdout=self._line,
            stderr=self._line,
            start_new_session=True,
            env={
                **{name: value for name, value in os.environ.items() if name in known},
                "PYTHONPATH": str(ROOT / "app"),
                "TERM": "xterm-256color",
                "LANG": "C.UTF-8",
                "ACECHAT_HOME": str(home),
                **environ,
            },
        )
        asyncio.get_running_loop().add_reader(self.keys, self.read)

    # The keyboard and the mouse.

    def types(self, text: str) -> None:
        """Send letters, or any sequence as it is."""
        self._send(text.encode("utf-8", "surrogateescape"))

    async def presses(self, *keys: str) -> None:
        """Send keys by their names, as slowly as a hand: faster ones are taken for a paste."""
        for key in keys:
            await asyncio.sleep(KEY_SECONDS)
            self.types(KEYS.get(key, key))

    def pastes(self, text: str) -> None:
        """Paste as a terminal does that brackets what is pasted; line ends become CR."""
        self.types(f"\x1b[200~{text}\x1b[201~")

    def points(self, column: int, row: int) -> None:
        """Move the mouse to a cell, counted from 1."""
        self.types(f"\x1b[<35;{column};{row}M")

    def clicks(self, column: int, row: int) -> None:
        """Click on a cell, counted from 1."""
        self.points(column, row)
        self.types(f"\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m")

    def _send(self, data: bytes) -> None:
        self._unsent += data
        self._flush()

    def _flush(self) -> None:
        """Send as much as the program takes; the rest follows when it has read."""
        loop = asyncio.get_running_loop()
        loop.remove_writer(self.keys)
        while self._unsent:
            try:
                self._unsent = self._unsent[os.write(self.keys, self._unsent) :]
            except BlockingIOError:
                loop.add_writer(self.keys, self._flush)
                return
            except OSError:
                self._unsent = b""

    # The screen.

    def resizes(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self._resize(columns, rows)
        self.display.resize(columns, rows)

    def _resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._line, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.audit.columns = max(columns, self.audit.columns)
        self.audit.rows = max(rows, self.audit.rows)

    @property
    def screen(self) -> str:
        """What is on the screen."""
        return self.display.text

    def read(self) -> None:
        """Take what has come out."""
        if self.keys < 0:
            return
        try:
            while more := os.read(self.keys, 65536):
                self.written += more
                self.arrivals.append((time.monotonic(), len(self.written)))
                self._answer(more)
                pieces = self._parser.feed(more)
                self.audit.look(pieces)
                self.display.write(pieces)
        except BlockingIOError:
            pass
        except OSError:
            # The program is gone, and nobody else has the line open.
            asyncio.get_running_loop().remove_reader(self.keys)
        self._more.set()

    def _answer(self, more: bytes) -> None:
        self._asked += more
        for question, answer in ANSWERS.items():
            if question in self._asked:
                self._asked = b""
                self._send(answer)
        self._asked = self._asked[-16:]

    async def until(self, what: str, condition: Callable[[], object]) -> None:
        """Wait until `condition()` holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, (
                f"never: {what}\n{self.screen}\n{self.written[-500:]!r}"
            )
            self._more.clear()
            # Not everything that is waited for comes with output. `wait_for` of Python 3.11 would
            # now and then swallow the caller's own time-out.
            with suppress(TimeoutError):
                async with asyncio.timeout(0.02):
                    await self._more.wait()

    async def sees(self, *texts: str) -> None:
        """Wait until all of `texts` are on the screen."""
        await self.until(f"sees {texts}", lambda: all(text in self.screen for text in texts))

    async def sees_no(self, text: str) -> None:
        """Wait until `text` is not on the screen."""
        await self.until(f"sees no {text!r}", lambda: text not in self.screen)

    async def wrote(self, text: str) -> None:
        """Wait until `text` has been written, on the screen or after it was left."""
        await self.until(f"wrote {text}", lambda: text.encode() in self.written)

    # The end.

    def closes(self) -> None:
        """Close the window."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(self.keys)
        loop.remove_writer(self.keys)
        os.close(self._line)
        os.close(self.keys)
        self.keys = -1

    async def gone(self) -> int:
        """Wait for the end of the program and return its exit code."""
        await self.until("the end", lambda: self.process.poll() is not None)
        self.read()
        return self.process.returncode

    def is_restored(self) -> None:
        """Check that the terminal is as it was before the program."""
        for what, (on, off) in RESTORED.items():
            assert self.written.rfind(off) > self.written.rfind(on) >= 0, what
        assert termios.tcgetattr(self._line) == self._modes, "the modes of the line are as before"

    def close(self) -> None:
        """End the program, if it still runs, and close the window."""
        self.process.kill()
        self.process.wait()
        if self.keys >= 0:
            self.closes()


@asynccontextmanager
async def at_a_terminal(
    home: Path,
    environ: Mapping[str, str],
    *arguments: str,
    patch: str = "",
    size: tuple[int, int] = SIZE,
) -> AsyncGenerator[Terminal]:
    """Start the program in a terminal of its own, with all its files in `home`."""
    opened = Terminal(home, environ, arguments, patch=patch, size=size)
    try:
        yield opened
    finally:
        opened.close()
