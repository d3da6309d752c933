"""The program's hold on the terminal: it never waits for one that is gone."""

from __future__ import annotations

import os
import sys
from queue import Full
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.drivers._writer_thread import WriterThread

PATIENCE_SECONDS = 0.1
"""How long a write waits for a slow terminal before it looks whether there still is one."""

GONE_SECONDS = 1.0
"""How long the last writes may take when the program ends."""


def driver_class() -> type[Driver] | None:
    """Return the class of the driver, or None where Textual's own serves: on Windows."""
    if sys.platform == "win32":
        return None
    from textual.drivers.linux_driver import LinuxDriver

    class SteadyDriver(LinuxDriver):
        """Textual's driver, but for three things.

        A terminal that was closed ends the thread that writes to it. The queue before that thread
        is then never emptied, and whoever writes waits for ever, deaf to all signals.

        A terminal that is closed also sends SIGCONT, upon which Textual starts to use the terminal
        once more: with a second thread that reads, which nothing ends.

        And the mouse can be taken or left while the program runs.
        """

        def _sigcont_application(self, *signal: object) -> None:
            if not os.isatty(self.fileno):
                return
            if not self._must_signal_resume:
                # Stopped by a signal that no program hears of: what runs ends before it starts.
                self.suspend_application_mode()
            super()._sigcont_application(*signal)  # pyright: ignore[reportUnknownMemberType]

        def write(self, data: str) -> None:
            """Write to the terminal, or to nobody where it is gone."""
            if self._writer_thread is not None:
                _put(self._writer_thread, data)

        def close(self) -> None:
            """Let the last writes out."""
            writer, self._writer_thread = self._writer_thread, None
            if writer is not None:
                _put(writer, None)
                writer.join(GONE_SECONDS)

        def take_mouse(self, wanted: bool) -> None:  # noqa: FBT001
            """Take the mouse, or leave it to the terminal and its own selection."""
            self._mouse = True
            if wanted:
                self._enable_mouse_support()
            else:
                self._disable_mouse_support()
            # What is on when the program ends or is suspended is switched off then.
            self._mouse = wanted

    return SteadyDriver


def _put(writer: WriterThread, data: str | None) -> None:
    while writer.is_alive():
        try:
            writer._queue.put(data, timeout=PATIENCE_SECONDS)  # pyright: ignore[reportPrivateUsage]
        except Full:
            continue
        return
