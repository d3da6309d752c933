"""Long work in steps: keys and the stream go between them."""

import asyncio
import time
from collections.abc import Callable

from textual.widget import Widget

STEP_SECONDS = 0.01
"""How long work goes on before others get their turn."""

BREATH_SECONDS = 0.001
"""How long it waits for them."""


def later(widget: Widget, seconds: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
    """Let a widget call `callback` after some seconds, if it is still there then.

    This stands for `set_timer` everywhere: a timer of Textual that rings once never does so where
    the machine holds the program up for longer than that at the moment it begins, because it takes
    the ringing for missed.

    Returns:
        What ends the waiting with `cancel`.
    """

    def ring() -> None:
        if widget.is_attached:
            callback()

    return asyncio.get_running_loop().call_later(seconds, widget.call_later, ring)


class Pace:
    """Counts the time since others had their turn."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    async def step(self) -> None:
        """Let others have their turn, if it is time for that."""
        if time.monotonic() - self._began > STEP_SECONDS:
            # Not for no time at all: the loop would come back before it looks at the keyboard.
            await asyncio.sleep(BREATH_SECONDS)
            self._began = time.monotonic()
