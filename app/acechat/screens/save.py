"""The prompts for the name of a file to save to."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from acechat.clean import clean_line
from acechat.paths import at_home
from acechat.screens.fields import OneOf
from acechat.screens.panel import Hint, LineInput, Panel, Reason
from acechat.screens.rename import LineScreen

MARKDOWN, JSON_LINES = ".md", ".jsonl"
"""The suffixes of the two forms."""

ALL = "conversations"
"""The name of a file with all conversations."""


class SaveScreen(LineScreen):
    """Ask for a file; the result is its path, in a folder that exists, or None."""

    def __init__(self, suggested: Path) -> None:
        super().__init__(
            "Save to a file", str(suggested), placeholder="a path", missing="type a path"
        )

    def action_take(self) -> None:
        """Close with the path, or say why nothing can be saved there."""
        reason = _refusal(at_home(self.query_one(LineInput).value.strip()))
        if reason:
            self.query_one(Reason).show(reason)
        else:
            super().action_take()


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be saved, and where."""

    path: str
    suffix: str
    """The form: that of Markdown or of JSON lines, whatever the path ends with."""
    everything: bool
    """All conversations, and not only the open one."""


class ExportScreen(Panel[Export]):
    """Ask what of the conversations is saved, in which form, and where."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, folder: Path, name: str) -> None:
        """Ask.

        Args:
            folder: Where the suggested file is.
            name: Its name for the open conversation, without a suffix; empty where there is
                nothing in it yet.
        """
        super().__init__("Save to a file")
        self._folder = folder
        self._name = name
        self._what = OneOf((("this", "this conversation"), ("all", "all")))
        self._what.value = "this" if name else "all"
        self._form = OneOf(((MARKDOWN, "Markdown"), (JSON_LINES, "JSON lines")))
        self._form.value = MARKDOWN
        self._path = LineInput(self._suggested, placeholder="a path")

    @property
    def _suggested(self) -> str:
        name = ALL if self._what.value == "all" else self._name
        return str(self._folder / f"{name}{self._form.value}")

    def body(self) -> Iterator[Widget]:
        """The file, and what goes into it."""
        yield self._path
        yield Reason()
        for label, control in (("what", self._what), ("form", self._form)):
            with Horizontal(classes="choice"):
                yield Static(label, classes="label")
                yield control

    def hints(self) -> tuple[Hint, ...]:
        """Enter in the path saves."""
        return (
            Hint("⏎", "save", "take"),
            Hint("↑↓", "what and form"),
            Hint("←→", "change"),
            Hint("esc", "leave", "leave"),
        )

    def on_mount(self) -> None:
        """Show the end of a long path, where the cursor is."""
        line = self._path
        self.call_after_refresh(lambda: line.scroll_to(x=line.max_scroll_x, animate=False))

    @on(OneOf.Changed)
    def _chosen(self, event: OneOf.Changed) -> None:
        event.stop()
        if event.control is self._what and not self._name:
            self._what.value = "all"
            self.query_one(Reason).show("nothing was said in this conversation yet")
            return
        # A path of the user's own keeps all but its suffix.
        typed, stem = self._path.value, self._path.value
        for suffix in (MARKDOWN, JSON_LINES):
            stem = stem.removesuffix(suffix)
        ours = {str(self._folder / name) for name in (ALL, self._name)}
        self._path.value = self._suggested if stem in ours else stem + self._form.value
        if typed != self._path.value:
            self._path.cursor_position = len(self._path.value)

    @on(LineInput.Submitted)
    def _enter(self, event: LineInput.Submitted) -> None:
        event.stop()
        self.action_take()

    @on(LineInput.Changed)
    def _typed(self, event: LineInput.Changed) -> None:
        event.stop()
        self.query_one(Reason).show("")

    def action_take(self) -> None:
        """Close with what was chosen, or say why nothing can be saved there."""
        path = clean_line(self._path.value)
        reason = _refusal(at_home(path)) if path else "type a path"
        if reason:
            self.query_one(Reason).show(reason)
        else:
            self.dismiss(Export(path, self._form.value, self._what.value == "all"))


def _refusal(path: Path) -> str:
    """Return why there can be no file at `path`, or nothing."""
    try:
        if path.is_dir():
            return "this is a folder; add a name"
        return "" if path.parent.is_dir() else "there is no such folder"
    except OSError as error:
        return f"nothing can be saved there: {error.strerror}"
