"""What is shown while the texts of all conversations are put together for a file."""

import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from acechat.errors import StoreError
from acechat.screens.panel import Hint, Panel

NOTE_SECONDS = 0.1
"""How often the count is shown anew: each time the panel is laid out."""


class GatherScreen(Panel[list[str]]):
    """Takes texts one by one and counts them; the result is all of them, or None.

    It is None where the user leaves before the end, or where `failure` says why it cannot go on.
    """

    def __init__(self, texts: AsyncGenerator[str, None]) -> None:
        """Gather `texts`, one of each conversation; each is made aside from the event loop."""
        super().__init__("Exporting all conversations")
        self._texts = texts
        self.failure: StoreError | None = None
        """Why not all could be read."""

    def body(self) -> Iterator[Widget]:
        """What becomes of it."""
        yield Static(Content("The file is written when all are gathered."))

    def hints(self) -> tuple[Hint, ...]:
        """It can be left at any time."""
        return (Hint("esc", "leave, and write nothing", "leave"),)

    def on_mount(self) -> None:
        """Begin."""
        self.run_worker(self._gather, group="gather")

    async def _gather(self) -> None:
        parts: list[str] = []
        told = float("-inf")
        try:
            async with aclosing(self._texts) as texts:
                async for text in texts:
                    parts.append(text)
                    if time.monotonic() - told > NOTE_SECONDS:
                        self.note(f"{len(parts):,} so far")
                        told = time.monotonic()
        except StoreError as error:
            self.failure = error
            self.leave()
            return
        self.dismiss(parts)
