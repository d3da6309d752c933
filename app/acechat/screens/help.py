"""The help screen: every command and its keys, from the one table."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Grid, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from acechat.clean import clean_line
from acechat.commands import BY_ID, COMMANDS, Command, Place, keys_of
from acechat.key_names import key_label
from acechat.screens.panel import Hint, Panel

_PLACES: tuple[tuple[Place, str], ...] = (
    ("anywhere", "anywhere"),
    ("prompt", "in the prompt"),
    ("transcript", "in the transcript"),
    ("compare", "in a comparison"),
    ("sidebar", "in the conversations"),
)


def all_keys(command: Command, overrides: Mapping[str, str]) -> str:
    """Return all keys of `command` as users write them, or nothing where it has none."""
    labels = (key_label(key) for key in keys_of(command, overrides).split(",") if key.strip())
    return "  ".join(labels)


class HelpScreen(Panel[None]):
    """All commands by place, and where the manual is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll('scroll_down')", show=False),
        Binding("k", "scroll('scroll_up')", show=False),
        Binding("f1,q", "leave", show=False),
    ]

    def __init__(self, overrides: Mapping[str, str], manual: str) -> None:
        """Show the keys in force; `manual` says where more is to be read."""
        super().__init__("Help")
        self._overrides = overrides
        self._manual = manual

    def body(self) -> Iterator[Widget]:
        """One scrolling text."""
        with VerticalScroll():
            for place, title in _PLACES:
                yield Static(Content(title), classes="place")
                with Grid():
                    yield from self._rows(place)
            yield Static(Content("more"), classes="place")
            yield Static(Content(clean_line(self._manual)), classes="manual")

    def hints(self) -> tuple[Hint, ...]:
        """Scroll and close."""
        return (Hint("↑↓", "scroll"), Hint("esc", "close", "leave"))

    def action_scroll(self, action: str) -> None:
        """Scroll as j and k do elsewhere."""
        scroll = self.query_one(VerticalScroll)
        (scroll.scroll_down if action == "scroll_down" else scroll.scroll_up)()

    def _rows(self, place: Place) -> Iterator[Static]:
        for command in COMMANDS:
            if command.place == place:
                keys = all_keys(command, self._overrides)
                yield Static(
                    Content(keys or self._by_palette()), classes="" if keys else "-unbound"
                )
                yield Static(Content(command.title))

    def _by_palette(self) -> str:
        """What stands for the key of a command that has none."""
        palette = key_label(keys_of(BY_ID["app.palette"], self._overrides))
        return f"{palette} …" if palette else ""
