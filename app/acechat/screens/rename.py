"""A prompt for one line, such as the title of a conversation."""

from collections.abc import Iterator

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from acechat.clean import clean_line
from acechat.screens.panel import Hint, LineInput, Panel, Reason


class LineScreen(Panel[str]):
    """Ask for one line; the result is what was typed, never empty, or None."""

    def __init__(
        self, title: str, text: str = "", *, placeholder: str = "", missing: str = "type something"
    ) -> None:
        """Ask under `title`, starting from `text`; `missing` is said where nothing was typed."""
        super().__init__(title)
        self._text = clean_line(text)
        self._placeholder = placeholder
        self._missing = missing

    def body(self) -> Iterator[Widget]:
        """The line, with the cursor at its end."""
        yield LineInput(self._text, placeholder=self._placeholder)
        yield Reason()

    def on_mount(self) -> None:
        """Show the end of a long line, where the cursor is."""
        line = self.query_one(LineInput)
        self.call_after_refresh(lambda: line.scroll_to(x=line.max_scroll_x, animate=False))

    def hints(self) -> tuple[Hint, ...]:
        """Enter takes the line."""
        return (Hint("⏎", "take", "take"), Hint("esc", "leave", "leave"))

    def action_take(self) -> None:
        """Close with what stands in the line."""
        if text := clean_line(self.query_one(LineInput).value):
            self.dismiss(text)
        else:
            self.query_one(Reason).show(self._missing)

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one(Reason).show("")


class RenameScreen(LineScreen):
    """Ask for the title of a conversation."""

    def __init__(self, title: str) -> None:
        super().__init__(
            "Rename the conversation", title, placeholder="a title", missing="type a title"
        )
