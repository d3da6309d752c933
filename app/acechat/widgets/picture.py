"""An image, drawn in the halves of cells."""

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from acechat.files import CELL, Drawn

_UPPER_HALF = "▀"


class Picture(Widget):
    """Shows an image; takes no room while there is none."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._strips: list[Strip] = []

    def show(self, drawn: Drawn | None) -> None:
        """Show an image, or none."""
        self._strips = [] if drawn is None else [*map(_strip, _lines(drawn))]
        self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as the image."""
        return self._strips[0].cell_length if self._strips else 0

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as the image."""
        return len(self._strips)

    def render_line(self, y: int) -> Strip:
        """One line of cells."""
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)


def _lines(drawn: Drawn) -> list[bytes]:
    length = drawn.columns * CELL
    return [drawn.cells[at : at + length] for at in range(0, len(drawn.cells), length)]


def _strip(line: bytes) -> Strip:
    segments: list[Segment] = []
    for at in range(0, len(line), CELL):
        upper, lower = (Color.from_rgb(*line[at + half : at + half + 3]) for half in (0, 3))
        segments.append(Segment(_UPPER_HALF, Style(color=upper, bgcolor=lower)))
    return Strip(segments, len(segments))
