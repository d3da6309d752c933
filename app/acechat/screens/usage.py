"""The screen of numbers: what was asked, of whom, and how long the answers took."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from acechat.clean import clean_line
from acechat.models import Usage
from acechat.screens.panel import Hint, Panel
from acechat.services.usage import UsageRow, asked, rows

_CHART = ".numbers--chart"
_MUTED = ".numbers--muted"
_MODEL_WIDTH = 24
_HEADER = ("asked", "first", "whole")
_WIDTHS = (6, 8, 8)


class Numbers(Static):
    """A text whose explanations are muted and whose charts are in the accent."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"numbers--chart", "numbers--muted"}


class UsageScreen(Panel[None]):
    """For each model of the last thirty days: a chart of the days, and the middle times."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "leave", show=False)]

    def __init__(self, usage: Usage, today: date) -> None:
        super().__init__("Statistics", asked(usage))
        self._rows = rows(usage, today)

    def body(self) -> Iterator[Widget]:
        """One scrolling text."""
        with VerticalScroll():
            if not self._rows:
                yield Numbers(Content("Nothing was asked in these days."))
            else:
                yield Numbers(Content("\n").join(_lines(self._rows)))

    def hints(self) -> tuple[Hint, ...]:
        """Scroll and close."""
        return (Hint("↑↓", "scroll"), Hint("esc", "close", "leave"))


def _lines(found: Sequence[UsageRow]) -> Iterator[Content]:
    """Yield two lines for each model: its name and numbers, then its chart."""
    words = "".join(f"{word:>{width}}" for word, width in zip(_HEADER, _WIDTHS, strict=True))
    yield Content.assemble((f"{'model':<{_MODEL_WIDTH}}{words}", _MUTED))
    for row in found:
        numbers = (f"{row.answers:,}", row.first or "–", row.took or "–")
        shown = "".join(f"{each:>{width}}" for each, width in zip(numbers, _WIDTHS, strict=True))
        name = Content(clean_line(row.model)).truncate(_MODEL_WIDTH - 1, ellipsis=True)
        yield Content.assemble(name.pad_right(_MODEL_WIDTH - name.cell_length), shown)
        unfinished = f"  {row.unfinished} unfinished" if row.unfinished else ""
        yield Content.assemble((row.chart, _CHART), (unfinished, _MUTED))
