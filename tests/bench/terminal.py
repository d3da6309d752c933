"""A pseudo terminal with a program in it: typed into, watched and measured from outside."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.children import end_with_parent, signal_group
from bench.emulated import Screen

COLUMNS = 120
ROWS = 40
PATIENCE = 60.0
"""Seconds after which something that should appear is given up."""

_READ_BYTES = 1 << 16

_HEED_SECONDS = 1.0
"""How often a long wait is taken up anew: a signal that comes just before Python begins to wait is
heeded only when it has waited."""


class NeverSeen(Exception):
    """What was waited for did not appear; the text says what was on the screen instead."""


class Terminal:
    """A program that runs in a terminal of 120 columns and 40 rows. Everything is read at once."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self.screen = Screen(COLUMNS, ROWS)
        self.started_at = 0.0
        """When the program was started, by the monotonic clock, in seconds."""
        self.read_at = 0.0
        """When something was last read from it."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._master = master
        self.started_at = time.monotonic()
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(environ),
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509  The bench has a single thread.
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process of the program."""
        return self._process.pid

    # Typing and looking.

    def types(self, keys: str) -> float:
        """Type keys; return when."""
        at = time.monotonic()
        os.write(self._master, keys.encode())
        return at

    def pump(self, seconds: float) -> bool:
        """Read once, waiting at most so long; return whether there was something."""
        ready, _, _ = select.select([self._master], [], [], max(0.0, seconds))
        if not ready:
            return False
        try:
            read = os.read(self._master, _READ_BYTES)
        except OSError:
            # Linux says so when the last program in the terminal has ended.
            read = b""
        if not read:
            raise NeverSeen(f"the program has ended\n{self.text}")
        self.read_at = time.monotonic()
        self.screen.feed(read)
        return True

    def until(self, what: str, condition: Callable[[], bool], patience: float = PATIENCE) -> float:
        """Read until `condition()` holds; return when what made it hold was read.

        Raises:
            NeverSeen: it does not hold after `patience` seconds, or the program has ended.
        """
        deadline = time.monotonic() + patience
        while not condition():
            left = deadline - time.monotonic()
            if left < 0:
                raise NeverSeen(f"never saw {what}\n{self.text}")
            self.pump(min(left, _HEED_SECONDS))
        return self.read_at

    def sees(self, text: str, patience: float = PATIENCE) -> float:
        """Read until `text` is on the screen; return when it was read.

        Raises:
            NeverSeen: it does not come.
        """
        return self.until(repr(text), lambda: self.screen.shows(text), patience)

    def rests(self, seconds: float) -> None:
        """Go on reading for so long."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.pump(min(left, _HEED_SECONDS))

    def settles(self, quiet: float = 0.3, patience: float = PATIENCE) -> None:
        """Go on reading until nothing has come for `quiet` seconds."""
        deadline = time.monotonic() + patience
        while self.pump(quiet) and time.monotonic() < deadline:
            pass

    @property
    def text(self) -> str:
        """Everything on the screen."""
        return "\n".join(row.rstrip() for row in self.screen.rows)

    # Measuring.

    def cpu_seconds(self) -> float:
        """Return the processor time that the program's own threads have taken."""
        nanoseconds = 0
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            nanoseconds += int((task / "schedstat").read_text().split()[0])
        return nanoseconds / 1e9

    def memory_mb(self) -> float:
        """Return the resident memory of the program alone, in megabytes of 1,000,000 bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    # The end.

    def close(self) -> None:
        """End the program, whatever it does, and what it started."""
        try:
            signal_group(self.pid, signal.SIGTERM)
            self._ended(patience=5.0)
        finally:
            # It will not end, or has left others behind, or the bench was interrupted once more.
            signal_group(self.pid, signal.SIGKILL)
            self._ended(patience=5.0)
            os.close(self._master)

    def _ended(self, patience: float) -> bool:
        deadline = time.monotonic() + patience
        while self._process.poll() is None:
            # Its last words must be read, or it waits for the terminal to take them.
            try:
                self.pump(0.01)
            except NeverSeen:
                # Its terminal is gone, so there is nothing left to read.
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(0.01)
            if time.monotonic() >= deadline:
                return self._process.poll() is not None
        return True
