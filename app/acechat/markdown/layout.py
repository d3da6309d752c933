"""Where lines are drawn: widths, styles, and what stands at their left."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.style import Style

from acechat.markdown.inline import CODE, EMPHASIS, LINK, MUTED, STRIKE, STRONG, Marked
from acechat.markdown.lines import Run, width_of
from acechat.markdown.palette import Palette
from acechat.markdown.shapes import Block, Container, Item, Quote

MIN_WIDTH = 8
"""Cells that text is given at least, however narrow the screen or deep the lists."""
BULLETS = "•◦▪"
"""The bullets of lists inside each other."""
BAR = "▏ "
"""What stands at the left of a quotation."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """What stands at the left of a block's lines."""

    first: tuple[Run, ...]
    """Before the first line: the bars, indents and markers."""
    rest: tuple[Run, ...]
    """Before the other lines."""
    cells: int
    """How wide either is."""
    first_lead: int
    """How many characters before the first line copying leaves out."""
    rest_lead: int
    """How many characters before the other lines copying leaves out."""


@dataclass(slots=True)
class Layout:
    """How wide lines may be, and in which styles."""

    width: int
    """Cells that code and tables may take."""
    text_width: int
    """Cells that running text may take."""
    palette: Palette
    """The styles."""
    breaks: bool = False
    """A newline in running text ends the line."""
    folds: bool = True
    """Long lines of code go on in the next row; otherwise they go on behind the frame."""
    shift: int = 0
    """By how many cells such code is moved to the left, where it is wide enough."""
    colours: bool = True
    """Code is highlighted."""
    _styles: dict[tuple[Style, int], Style] = field(
        default_factory=dict[tuple[Style, int], Style], repr=False, compare=False
    )

    def style(self, base: Style, marks: int) -> Style:
        """Return `base` with the styles of `marks` laid over it."""
        if not marks:
            return base
        key = (base, marks)
        style = self._styles.get(key)
        if style is None:
            palette = self.palette
            style = base
            for mark, over in (
                (MUTED, palette.muted),
                (CODE, palette.code),
                (STRONG, palette.strong),
                (EMPHASIS, palette.emphasis),
                (STRIKE, palette.strike),
                (LINK, palette.link),
            ):
                if marks & mark:
                    style += over
            self._styles[key] = style
        return style

    def paint(self, marked: Marked, base: Style) -> list[tuple[int, int, Style]]:
        """Return the whole text of `marked` as spans with a style, in order."""
        return fill(
            len(marked.text),
            [(start, end, self.style(base, marks)) for start, end, marks in marked.spans],
            base,
        )

    def prefix(self, block: Block, room: int) -> Prefix:
        """Return what stands at the left of `block`, leaving its text `MIN_WIDTH` of `room`."""
        first: list[Run] = []
        rest: list[Run] = []
        cells = first_lead = rest_lead = 0
        marker_at = -1
        for index, container in enumerate(block.containers):
            opened = index >= block.shared and isinstance(container, Item)
            run = self._run(container, opened=opened)
            size = width_of(run[0])
            if room - cells - size < MIN_WIDTH:
                break
            cells += size
            if opened and marker_at < 0:
                marker_at = first_lead
            first.append(run)
            first_lead += len(run[0])
            blank = self._run(container, opened=False)
            rest.append(blank)
            rest_lead += len(blank[0])
        if marker_at >= 0:
            # Markers are copied, with the indent that shows how deep they are.
            bars = 0
            for container, run in zip(block.containers, first, strict=False):
                if not isinstance(container, Quote):
                    break
                bars += len(run[0])
            first_lead = bars
        return Prefix(tuple(first), tuple(rest), cells, first_lead, rest_lead)

    def room(self, containers: tuple[Container, ...], width: int) -> int:
        """Return the cells that are left of `width` inside lists and quotations."""
        for container in containers:
            size = width_of(self._run(container, opened=False)[0])
            if width - size < MIN_WIDTH:
                break
            width -= size
        return width

    def gap(self, block: Block) -> tuple[Run, ...]:
        """Return what stands on the blank row before `block`: the bars that go on."""
        runs = [self._run(container, opened=False) for container in block.containers]
        runs = runs[: block.shared]
        while runs and not runs[-1][0].strip():
            runs.pop()
        return tuple(runs)

    def _run(self, container: Container, *, opened: bool) -> Run:
        palette = self.palette
        if isinstance(container, Quote):
            return BAR, palette.quote
        shape = container.shape
        if container.task:
            marker = container.task.lower()
        elif shape.digits:
            marker = f"{container.number}{container.marker}".rjust(shape.digits + 1)
        else:
            marker = BULLETS[shape.depth % len(BULLETS)]
        if opened:
            return f"{marker} ", palette.marker
        return " " * (len(marker) + 1), palette.text


def fill(
    length: int, spans: Sequence[tuple[int, int, Style]], base: Style
) -> list[tuple[int, int, Style]]:
    """Return `spans` with the gaps between them, up to `length`, in the style `base`."""
    filled: list[tuple[int, int, Style]] = []
    position = 0
    for start, end, style in spans:
        if start > position:
            filled.append((position, start, base))
        filled.append((start, end, style))
        position = end
    if position < length:
        filled.append((position, length, base))
    return filled


class Cutter:
    """Cuts lines out of a painted text, from the beginning to the end."""

    def __init__(self, text: str, spans: Sequence[tuple[int, int, Style]]) -> None:
        self._text = text
        self._spans = spans
        self._index = 0

    def cut(self, start: int, end: int) -> list[Run]:
        """Return the text between two places; `start` is never before the last one."""
        spans, text = self._spans, self._text
        index = self._index
        while index < len(spans) and spans[index][1] <= start:
            index += 1
        self._index = index
        runs: list[Run] = []
        while start < end and index < len(spans):
            stop = min(end, spans[index][1])
            runs.append((text[start:stop], spans[index][2]))
            start = stop
            index += 1
        return runs
