"""One line on the screen, and what copying takes from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

Run = tuple[str, Style]
"""A piece of text in one style."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line on the screen, as wide as its content."""

    segments: tuple[Segment, ...]
    """What is drawn."""
    cells: int
    """How wide it is."""
    join: str = "\n"
    """What copying puts between this line and the next: soft wraps are undone."""
    lead: int = 0
    """How many characters at the left are decoration: frame, indent, quote bar."""
    trail: int = 0
    """How many characters at the right are decoration."""
    notes: tuple[tuple[int, int], ...] = ()
    """Spans of characters in between that are decoration: the numbers of links."""
    hidden: tuple[str, str] = ("", "")
    """What of the line lies out of sight, at its left and at its right."""

    @property
    def strip(self) -> Strip:
        """A new strip of what is drawn.

        A strip is thirty times as big as a line, so lines are kept and strips are made for those
        that are on the screen.
        """
        return Strip(self.segments, self.cells)

    @property
    def text(self) -> str:
        """All characters of the line, decoration included."""
        return "".join([segment.text for segment in self.segments])

    def content(self, start: int = 0, end: int | None = None) -> str:
        """Return the characters from `start` to `end`, without decoration: what copying takes.

        From its very beginning or to its very end, that is with what lies out of sight there.
        """
        before, after = self.hidden
        seen = self._seen(start, end)
        return (before if start == 0 else "") + seen + (after if end is None else "")

    def _seen(self, start: int, end: int | None) -> str:
        text = self.text
        last = len(text) - self.trail
        start = max(start, self.lead)
        end = last if end is None else min(end, last)
        if start >= end:
            return ""
        if not self.notes:
            return text[start:end]
        parts: list[str] = []
        for first, after in self.notes:
            if first >= end:
                break
            if first > start:
                parts.append(text[start:first])
            start = max(start, after)
        if start < end:
            parts.append(text[start:end])
        return "".join(parts)

    @property
    def advance(self) -> int:
        """How far the line moves a reading position: its content, or one where it has none."""
        hidden = sum(map(len, self.hidden))
        return len(self.text) - self.lead - self.trail + hidden + len(self.join) or 1


def width_of(text: str) -> int:
    """Return how many cells `text` takes."""
    return len(text) if text.isascii() else cell_len(text)


def line_of(
    runs: Sequence[Run],
    *,
    join: str = "\n",
    lead: int = 0,
    trail: int = 0,
    notes: tuple[tuple[int, int], ...] = (),
    hidden: tuple[str, str] = ("", ""),
) -> Line:
    """Return the line made of `runs`; runs without text are left out."""
    segments = tuple([Segment(text, style) for text, style in runs if text])
    cells = sum([width_of(segment.text) for segment in segments])
    return Line(segments, cells, join, lead, trail, notes, hidden)
