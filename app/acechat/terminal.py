"""The program's hold on the terminal: it never waits for one that is gone."""

from __future__ import annotations

import os
import selectors
import signal
from asyncio import Future, ensure_future
from collections.abc import Awaitable, Callable
from queue import Full
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.drivers._writer_thread import WriterThread
    from textual.message import Message

PATIENCE_SECONDS = 0.1
"""How long a write waits for a slow terminal before it looks whether there still is one."""

LOOK_SECONDS = 0.1
"""How often the thread that reads looks whether it should end, and whether Escape was meant."""

READ_BYTES = 65_536
"""What is read at a time; a paste of 1 MB then comes in 16 pieces."""

GONE_SECONDS = 1.0
"""How long the last writes may take when the program ends."""


def driver_class(  # noqa: C901 - it counts the class as a part of this
    keep: Callable[[], Awaitable[None]],
) -> type[Driver]:
    """Return the class of the driver.

    Args:
        keep: Stores what is to be safe before the program is stopped: it may never go on.
    """
    from textual.drivers.linux_driver import LinuxDriver

    class SteadyDriver(LinuxDriver):
        """Textual's driver, but for six things.

        A terminal that was closed ends the thread that writes to it. The queue before that thread
        is then never emptied, and whoever writes waits for ever, deaf to all signals.

        A terminal that is closed also sends SIGCONT, upon which Textual starts to use the terminal
        once more: with a second thread that reads, which nothing ends.

        A paste stays whole, whatever it holds, and no byte that comes in ends the program.

        The end of what comes in does: where no signal tells of it, nobody else would.

        The mouse can be taken or left while the program runs.

        And being stopped waits for whatever runs at that moment, and for what is to be kept: the
        signal may come while the lock is held of the queue to which the end of the screen is to be
        written.
        """

        _stopping: Future[None] | None = None

        def _sigtstp_application(self, *signal: object) -> None:
            if self._auto_restart:
                self._loop.call_soon_threadsafe(self._stop)
            else:
                # Another program has the terminal, and is stopped with this one.
                super()._sigtstp_application(*signal)  # pyright: ignore[reportUnknownMemberType]

        def _stop(self) -> None:
            if self._stopping is None or self._stopping.done():
                self._stopping = ensure_future(self._keep_and_stop())

        async def _keep_and_stop(self) -> None:
            await keep()
            super()._sigtstp_application()  # pyright: ignore[reportUnknownMemberType]

        def _sigcont_application(self, *signal: object) -> None:
            if self._auto_restart and os.isatty(self.fileno):
                self._loop.call_soon_threadsafe(self._go_on)

        def _go_on(self) -> None:
            if not self._must_signal_resume:
                # Stopped by a signal that no program hears of: what runs ends before it starts.
                self.suspend_application_mode()
                self._must_signal_resume = True
            self.resume_application_mode()

        def run_input_thread(self) -> None:
            """Read what comes in until the program ends, or the terminal is gone."""
            _pass_on(self.fileno, self.process_message, self.exit_event)

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


def has_shell() -> bool:
    """Return whether a shell is there that can bring a stopped program back."""
    return os.getsid(os.getppid()) == os.getsid(0)


def _pass_on(terminal: int, take: Callable[[Message], None], over: Event) -> None:
    """Give `take` what comes in from `terminal` until `over` is set.

    Where it ends before, the process is told as by a terminal that was closed.
    """
    from acechat.keyboard import Keyboard

    keyboard = Keyboard()
    with selectors.SelectSelector() as selector:
        selector.register(terminal, selectors.EVENT_READ)
        while not over.is_set():
            if selector.select(LOOK_SECONDS):
                if not (data := _read(terminal)):
                    os.kill(os.getpid(), signal.SIGHUP)
                    return
                for message in keyboard.read(data):
                    take(message)
            for message in keyboard.tick():
                take(message)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, READ_BYTES)
    except OSError:
        return b""


def _put(writer: WriterThread, data: str | None) -> None:
    while writer.is_alive():
        try:
            writer._queue.put(data, timeout=PATIENCE_SECONDS)  # pyright: ignore[reportPrivateUsage]
        except Full:
            continue
        return
