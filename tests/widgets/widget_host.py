"""A small application around one widget: keys in, messages out."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

from textual import on
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

from acechat.stylesheets import stylesheets
from acechat.themes import THEMES
from acechat.widgets.prompt import Prompt
from acechat.widgets.sidebar import Sidebar
from acechat.widgets.status import StatusLine

Said = TypeVar("Said", bound=Message)


class Host(App[None]):
    """Shows widgets with the real style sheets and keeps what they say."""

    CSS_PATH = stylesheets()
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, *widgets: Widget, theme: str = "acechat-dark") -> None:
        super().__init__()
        self._widgets = widgets
        self._theme_name = theme
        self.heard: list[Message] = []
        self.copied: list[str] = []

    def compose(self) -> ComposeResult:
        yield from self._widgets

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._theme_name

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)

    @on(Prompt.Submitted)
    @on(Prompt.CommandEntered)
    @on(Prompt.DraftChanged)
    @on(Prompt.Refused)
    @on(Prompt.TakenBack)
    @on(Sidebar.Opened)
    @on(Sidebar.RenameRequested)
    @on(Sidebar.PinRequested)
    @on(Sidebar.ArchiveRequested)
    @on(Sidebar.DeleteRequested)
    @on(Sidebar.NewRequested)
    @on(Sidebar.UndoRequested)
    @on(Sidebar.FilterChanged)
    @on(Sidebar.FilterTaken)
    @on(Sidebar.EndReached)
    @on(StatusLine.Pressed)
    def _hear(self, message: Message) -> None:
        self.heard.append(message)

    def said(self, kind: type[Said]) -> list[Said]:
        """The messages of one kind, in their order."""
        return [message for message in self.heard if isinstance(message, kind)]

    def rows(self, widget: Widget) -> list[str]:
        """What a widget shows, row by row, without its border."""
        region = widget.content_region
        screen = self.screen._compositor.render_strips()
        return [
            screen[y].crop(region.x, region.right).text.rstrip()
            for y in range(region.y, region.bottom)
        ]


@asynccontextmanager
async def hosted(
    *widgets: Widget,
    size: tuple[int, int] = (80, 24),
    theme: str = "acechat-dark",
    keys: Mapping[str, str] | None = None,
) -> AsyncGenerator[tuple[Host, Pilot[None]]]:
    """Run a `Host` around `widgets`."""
    host = Host(*widgets, theme=theme)
    async with host.run_test(size=size, notifications=True, tooltips=True) as pilot:
        host.set_keymap(keys or {})
        await pilot.pause()
        yield host, pilot
