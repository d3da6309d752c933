"""A text that is always one line."""

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

ELLIPSIS = "…"


class OneLine(Visual):
    """A plain text in one line, cut with an ellipsis where it is too long.

    A list asks each of its rows how high it is before it shows the first: `Content` lays its text
    out for that, which was most of the work of a list of 500.
    """

    def __init__(self, text: str) -> None:
        self.plain = text
        """The whole text, without line breaks and control characters."""

    def __str__(self) -> str:
        return self.plain

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        """Draw the text, at most `width` cells of it."""
        text = self.plain
        if cell_len(text) > width:
            text = set_cell_size(text, width - 1) + ELLIPSIS if width > 0 else ""
        return [Strip([Segment(text, style.rich_style)])]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return the cells of the whole text."""
        return cell_len(self.plain)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return one line."""
        return 1
