"""A line on standard error that counts seconds while nothing else happens."""

import asyncio
import sys

from acechat.clock import now


class Clock:
    """Counts on a terminal, and is silent everywhere else."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._width = 0

    def show(self, word: str) -> None:
        """Begin to count after `word`."""
        self.hide()
        if sys.stderr.isatty():
            self._task = asyncio.create_task(self._count(word, now()))

    def hide(self) -> None:
        """Stop and leave the line empty."""
        if self._task is None:
            return
        self._task.cancel()
        self._task = None
        self._write("")
        self._write("\r")
        self._width = 0

    async def _count(self, word: str, begin: float) -> None:
        while True:
            self._write(f"{word} {now() - begin:.0f} s")
            await asyncio.sleep(1)

    def _write(self, text: str) -> None:
        # Spaces and a carriage return work on every terminal, an escape sequence does not.
        line = text if text == "\r" else f"\r{text.ljust(self._width)}"
        self._width = max(self._width, len(text))
        sys.stderr.write(line)
        sys.stderr.flush()
