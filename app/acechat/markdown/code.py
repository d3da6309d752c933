"""Blocks of code as lines, in a thin frame."""

from collections.abc import Iterator
from dataclasses import replace

from rich.style import Style

from acechat.markdown.highlight import highlight
from acechat.markdown.layout import Cutter, Layout, fill
from acechat.markdown.lines import Line, Run, line_of, width_of
from acechat.markdown.shapes import Code, CodeShape
from acechat.markdown.wrap import fold

BORDERS = 4
"""Cells that the two sides of a frame take."""
MIN_FRAME = 16
"""Cells under which code stands without a frame."""
TAB = 4
"""Cells of a tab."""

Spans = list[tuple[int, int, Style]]


def is_wide(shape: CodeShape, layout: Layout) -> bool:
    """Tell whether the frame is wider than running text: some line would not fit into that."""
    room = layout.room(shape.containers, layout.text_width)
    return layout.width > layout.text_width and shape.widest > room - BORDERS


def code_lines(block: Code, layout: Layout) -> list[Line]:
    """Return the lines of a slice of code; the first and the last slice carry the frame's ends."""
    full = layout.width if is_wide(block.shape, layout) else layout.text_width
    prefix = layout.prefix(block, full)
    frame = full - prefix.cells
    lines: list[Line] = []
    before = prefix.first
    if frame < MIN_FRAME:
        for text, spans, join in _folded(block, layout, frame):
            runs = [*before, *Cutter(text, spans).cut(0, len(text))]
            lines.append(line_of(runs, join=join, lead=_length(before)))
            before = prefix.rest
        return lines
    if block.index == 0:
        lines.append(_top(block.shape, before, frame, layout))
        before = prefix.rest
    palette = layout.palette
    side = ("│ ", palette.frame)
    inner = frame - BORDERS
    for text, spans, join in _folded(block, layout, inner):
        pad = inner - width_of(text)
        end: list[Run] = [(" " * pad, palette.fence), (" │", palette.frame)]
        runs = [*before, side, *Cutter(text, spans).cut(0, len(text)), *end]
        lines.append(line_of(runs, join=join, lead=_length(before) + 2, trail=pad + 2))
        before = prefix.rest
    if block.last:
        if block.lines:
            lines[-1] = replace(lines[-1], join="")
        bottom: list[Run] = [*before, (f"╰{'─' * (frame - 2)}╯", palette.frame)]
        lines.append(line_of(bottom, lead=_length(bottom)))
    return lines


def _length(runs: tuple[Run, ...] | list[Run]) -> int:
    return sum(len(text) for text, _ in runs)


def _folded(block: Code, layout: Layout, width: int) -> Iterator[tuple[str, Spans, str]]:
    """Yield text, styles and join of each row inside the frame."""
    base = layout.palette.fence
    spans = highlight(block, layout.palette)
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
        pieces = fold(text, width)
        goes_on = block.cut and number == len(block.lines) - 1
        for index, (start, end, _) in enumerate(pieces):
            join = "" if goes_on or index < len(pieces) - 1 else "\n"
            yield text[start:end], _between(own, start, end), join


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
