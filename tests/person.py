"""A person at the program: types, presses keys, and looks until something is on the screen."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from acechat.app import ChatApp
from acechat.paths import find_paths
from acechat.settings_file import read_settings
from acechat.start import ScreenOptions

PATIENCE = 20.0
"""Seconds after which a person gives up; the machine may be busy."""


class Person:
    """Uses one running program."""

    def __init__(self, app: ChatApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def screen(self) -> str:
        """Everything on the screen, as text."""
        compositor = self.app.screen._compositor
        below = [screen._compositor for screen in self.app._background_screens]
        rows = ["".join(s.text for s in strip) for strip in compositor.render_strips()]
        behind = [
            "".join(s.text for s in strip) for each in below for strip in each.render_strips()
        ]
        toasts = [str(note.message) for note in self.app._notifications]
        return "\n".join([*rows, *behind, *toasts])

    async def until(self, what: str, condition: Callable[[], object]) -> None:
        """Wait until `condition()` holds."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not condition():
            if self.app._exception is not None:
                raise self.app._exception
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"never: {what}\n{self.screen}")
            await self.pilot.pause(0.01)

    async def sees(self, *texts: str) -> None:
        """Wait until all of `texts` are on the screen."""
        await self.until(f"sees {texts}", lambda: all(text in self.screen for text in texts))

    async def sees_no(self, text: str) -> None:
        """Wait until `text` is not on the screen."""
        await self.until(f"sees no {text!r}", lambda: text not in self.screen)

    async def presses(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)

    async def types(self, text: str) -> None:
        """Type a text."""
        names = {" ": "space", "/": "slash", "\n": "ctrl+j"}
        await self.pilot.press(*(names.get(letter, letter) for letter in text))

    async def asks(self, question: str) -> None:
        """Type a question and send it."""
        await self.types(question)
        await self.presses("enter")


@asynccontextmanager
async def at_the_program(
    home: Path,
    *,
    environ: Mapping[str, str] | None = None,
    options: ScreenOptions | None = None,
    size: tuple[int, int] = (120, 40),
) -> AsyncGenerator[Person]:
    """Start the real program with all its files in `home`, and leave it at the end."""
    environ = {"ACECHAT_HOME": str(home), "TERM": "xterm-256color", **(environ or {})}
    paths = find_paths(environ)
    app = ChatApp(options or ScreenOptions(), read_settings(paths.settings), paths, environ)
    try:
        async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
            try:
                yield Person(app, pilot)
            finally:
                # As at the end of a real run: what is under way is given up before the screen goes.
                app.chat_screen.stop_looking()
                # An answer that is stopped has its end shown by another worker.
                while workers := [worker for worker in app.workers if not worker.is_finished]:
                    for worker in workers:
                        worker.cancel()
                    await asyncio.gather(
                        *(worker.wait() for worker in workers), return_exceptions=True
                    )
    finally:
        # The program freezes what it has loaded, for it is alone in its process and ends with it.
        # Here hundreds follow each other in one, and none may leave its memory behind.
        gc.unfreeze()
