"""A small application that shows one screen and keeps what comes out of it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from textual import on
from textual.app import App
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES

from acechat.screens.presets import PresetScreen
from acechat.screens.settings import SettingsScreen
from acechat.stylesheets import stylesheets
from acechat.themes import THEMES


class PanelHost(App[None]):
    """Pushes a screen; `results` are what it was dismissed with, `heard` what it posted."""

    CSS_PATH = stylesheets()  # pyright: ignore[reportAssignmentType]

    def __init__(self, shown: Screen[Any], theme: str = "textual-dark") -> None:
        super().__init__()
        self.shown = shown
        self.results: list[object] = []
        self.heard: list[Message] = []
        for ours in THEMES:
            self.register_theme(ours)
        self.theme = theme

    def on_mount(self) -> None:
        self.push_screen(self.shown, self.results.append)

    @on(PresetScreen.LibraryChanged)
    @on(SettingsScreen.Changed)
    @on(SettingsScreen.ConversationChanged)
    @on(SettingsScreen.TokenEntered)
    @on(SettingsScreen.TokenForgotten)
    def keep(self, message: Message) -> None:
        self.heard.append(message)

    @property
    def text(self) -> str:
        """What is on the terminal, line by line."""
        strips = self.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)


SIZES = ((120, 40), (80, 24), (60, 20))
"""The terminals that the design names."""

LOOKS = ("textual-dark", "textual-light", "ansi-dark", *(theme.name for theme in THEMES))
"""Themes of every kind."""

assert set(LOOKS[:3]) <= set(BUILTIN_THEMES)

TERMINALS = [(LOOKS[0], size) for size in SIZES] + [(look, SIZES[1]) for look in LOOKS[1:]]
"""Every size in one theme, and every theme in one size."""


@asynccontextmanager
async def showing(
    screen: Screen[Any], size: tuple[int, int] = (80, 24), theme: str = "textual-dark"
) -> AsyncGenerator[tuple[PanelHost, Pilot[None]]]:
    """Run a host with everything switched on that could go wrong over a hostile text."""
    app = PanelHost(screen, theme)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        yield app, pilot


async def type_text(pilot: Pilot[None], text: str) -> None:
    """Press the keys of `text`."""
    names = {" ": "space", "/": "slash", ":": "colon", ".": "full_stop", "-": "minus", "+": "plus"}
    await pilot.press(*(names.get(letter, letter) for letter in text))


HOSTILE = "[/x] [@click=app.quit]go[/] \x1b]52;c;aGk=\x07 \x9b2J \u202egnp"
"""Markup that would end the application, and sequences that would reach the terminal."""


def assert_inert(text: str) -> None:
    """Nothing in `text` can act on a terminal."""
    bad = [letter for letter in text if letter != "\n" and not letter.isprintable()]
    assert not bad
