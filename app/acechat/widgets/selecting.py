"""Mouse selection in the transcript: painting it, and reading the text under it.

A selection is in rows of the whole transcript and characters of a row as it is drawn.
"""

from bisect import bisect_right
from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.selection import Selection
from textual.strip import Strip

from acechat.clean import clean
from acechat.widgets.entries import Entry


def painted(strip: Strip, span: tuple[int, int] | None, style: Style) -> Strip:
    """Return `strip` with `style` laid over the characters of `span`; -1 is the row's end."""
    if span is None:
        return strip
    start, end = span
    segments: list[Segment] = []
    position = 0
    for text, own, _ in strip:
        first = min(max(start - position, 0), len(text))
        last = len(text) if end == -1 else min(max(end - position, first), len(text))
        lit = style if own is None else own + style
        for piece, look in ((text[:first], own), (text[first:last], lit), (text[last:], own)):
            if piece:
                segments.append(Segment(piece, look))
        position += len(text)
    return Strip(segments, strip.cell_length)


def selected_text(entries: Sequence[Entry], tops: Sequence[int], selection: Selection) -> str:
    """Return the text under a selection: no gutters, no frames, no breaks made by wrapping.

    A selection without ends covers everything, and gives the source of all messages.
    """
    if selection.start is None and selection.end is None:
        return "\n\n".join(clean(entry.source) for entry in entries)
    first = 0 if selection.start is None else max(0, selection.start.y)
    last = tops[-1] - 1 if selection.end is None else min(selection.end.y, tops[-1] - 1)
    parts: list[str] = []
    for row in range(first, last + 1):
        index = min(bisect_right(tops, row) - 1, len(entries) - 1)
        line = entries[index].line(row - tops[index], focused=False)
        span = selection.get_span(row)
        if span is None:
            continue
        start, end = span
        parts.append(line.content(start, None if end == -1 else end))
        if row < last:
            parts.append(line.join)
    return "".join(parts)
