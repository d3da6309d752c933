"""Blocks of code as lines, in a thin frame."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from rich.style import Style

from acechat.markdown.highlight import MAX_HIGHLIGHTED_LINE, highlight
from acechat.markdown.layout import Cutter, Layout, fill
from acechat.markdown.lines import Line, Run, line_of, width_of
from acechat.markdown.shapes import Code, CodeShape
from acechat.markdown.wrap import fold, window

BORDERS = 4
"""Cells that the two sides of a frame take."""
MIN_FRAME = 16
"""Cells under which code stands without a frame."""
TAB = 4
"""Cells of a tab."""

GOES_ON = ("‹", "›")
"""In the place of a frame's side behind which the line goes on."""

Spans = list[tuple[int, int, Style]]


class _Row(NamedTuple):
    """One row inside a frame."""

    text: str
    spans: Spans
    join: str
    hidden: tuple[str, str] = ("", "")
    blank: int = 0
    """Cells at the left in which half of a character would stand."""


def is_wide(shape: CodeShape, layout: Layout) -> bool:
    """Tell whether the frame is wider than running text: some line would not fit into that."""
    room = layout.room(shape.containers, layout.text_width)
    return layout.width > layout.text_width and shape.widest > room - BORDERS


def overflow(shape: CodeShape, layout: Layout) -> int:
    """Return by how many cells code can be moved to the left until its longest line ends."""
    full = layout.width if is_wide(shape, layout) else layout.text_width
    frame = layout.room(shape.containers, full)
    if layout.folds or frame < MIN_FRAME:
        return 0
    return max(0, shape.widest - (frame - BORDERS))


def code_lines(block: Code, layout: Layout) -> list[Line]:
    """Return the lines of a slice of code; the first and the last slice carry the frame's ends."""
    full = layout.width if is_wide(block.shape, layout) else layout.text_width
    prefix = layout.prefix(block, full)
    frame = full - prefix.cells
    lines: list[Line] = []
    before = prefix.first
    if frame < MIN_FRAME:
        for row in _rows(block, layout, frame, folds=True):
            runs = [*before, *Cutter(row.text, row.spans).cut(0, len(row.text))]
            lines.append(line_of(runs, join=row.join, lead=_length(before)))
            before = prefix.rest
        return lines
    if block.index == 0:
        lines.append(_top(block.shape, before, frame, layout))
        before = prefix.rest
    palette = layout.palette
    inner = frame - BORDERS
    side, more = palette.frame, palette.muted
    for text, spans, join, hidden, blank in _rows(block, layout, inner, folds=layout.folds):
        pad = inner - blank - width_of(text)
        left = (f"{GOES_ON[0]} ", more) if hidden[0] else ("│ ", side)
        right = (f" {GOES_ON[1]}", more) if hidden[1] else (" │", side)
        runs: list[Run] = [
            *before,
            left,
            (" " * blank, palette.fence),
            *Cutter(text, spans).cut(0, len(text)),
            (" " * pad, palette.fence),
            right,
        ]
        lead = _length(before) + 2 + blank
        lines.append(line_of(runs, join=join, lead=lead, trail=pad + 2, hidden=hidden))
        before = prefix.rest
    if block.last:
        if block.lines:
            lines[-1] = replace(lines[-1], join="")
        bottom: list[Run] = [*before, (f"╰{'─' * (frame - 2)}╯", palette.frame)]
        lines.append(line_of(bottom, lead=_length(bottom)))
    return lines


def _length(runs: tuple[Run, ...] | list[Run]) -> int:
    return sum(len(text) for text, _ in runs)


def _rows(block: Code, layout: Layout, width: int, *, folds: bool) -> Iterator[_Row]:
    """Yield each row inside the frame, `width` cells wide.

    Very long lines go on in the next row in any case: nobody reads data by moving it to and fro.
    """
    base = layout.palette.fence
    skip = min(layout.shift, max(block.shape.widest - width, 0))
    spans = highlight(block, layout.palette) if layout.colours else []
    position = first = 0
    for number, source in enumerate(block.lines):
        stop = position + len(source)
        while first < len(spans) and spans[first][1] <= position:
            first += 1
        own: Spans = []
        index = first
        while index < len(spans) and spans[index][0] < stop:
            start, end, style = spans[index]
            own.append((max(start, position) - position, min(end, stop) - position, base + style))
            index += 1
        position = stop + 1
        text, own = _without_tabs(source, fill(len(source), own, base))
        goes_on = block.cut and number == len(block.lines) - 1
        if not folds and len(text) <= MAX_HIGHLIGHTED_LINE:
            start, end, blank = window(text, skip, width)
            hidden = (text[:start], text[end:])
            join = "" if goes_on else "\n"
            yield _Row(text[start:end], _between(own, start, end), join, hidden, blank)
            continue
        pieces = fold(text, width)
        for index, (start, end, _) in enumerate(pieces):
            join = "" if goes_on or index < len(pieces) - 1 else "\n"
            yield _Row(text[start:end], _between(own, start, end), join)


def _between(spans: Spans, start: int, end: int) -> Spans:
    return [
        (max(first, start) - start, min(last, end) - start, style)
        for first, last, style in spans
        if first < end and last > start
    ]


def _top(shape: CodeShape, before: tuple[Run, ...], frame: int, layout: Layout) -> Line:
    palette = layout.palette
    number = f" c {shape.number} "
    room = frame - len(number) - BORDERS
    label = ""
    if shape.language and room > 0:
        _, end, _ = fold(shape.language, room)[0]
        label = f" {shape.language[:end]} "
    rule = "─" * (frame - 2 - width_of(label) - len(number))
    runs: list[Run] = [
        *before,
        ("╭", palette.frame),
        (label, palette.muted),
        (rule, palette.frame),
        (number, palette.muted),
        ("╮", palette.frame),
    ]
    return line_of(runs, join="", lead=_length(runs))


def _without_tabs(text: str, spans: Spans) -> tuple[str, Spans]:
    """Return a line with its tabs made spaces."""
    if "\t" not in text:
        return text, spans
    parts: list[str] = []
    moved: Spans = []
    column = length = 0
    for start, end, style in spans:
        first = length
        for character in text[start:end]:
            piece = " " * (TAB - column % TAB) if character == "\t" else character
            column += width_of(piece)
            length += len(piece)
            parts.append(piece)
        moved.append((first, length, style))
    return "".join(parts), moved
