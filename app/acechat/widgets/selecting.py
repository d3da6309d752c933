"""Mouse selection in the transcript: where a press lands, painting, and reading what is selected.

Textual keeps a selection as two offsets: `x` counts the characters of a row, `y` the rows. Here
`y` is not the number of the row, which changes whenever the height of a message above becomes
known: it names message, block and place in the block, in one number that grows downwards.
"""

import re
from collections.abc import Iterator, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset
from textual.selection import Selection
from textual.strip import Strip

from acechat.clean import clean
from acechat.markdown.lines import Line
from acechat.markdown.wrap import graphemes, is_simple
from acechat.widgets.entries import Entry, Place
from acechat.widgets.look import GUTTER

_BITS = 32
"""Of block and place each: no text is that long."""

_UNDER = (1 << _BITS) - 1
"""Stands for the block of the rows under a message's text."""

ROWS_AT_ONCE = 100
"""How many rows of a selection are drawn before they are read."""

_WORD = re.compile(r"[~/$@#-]*\w(?:[\w.:/@~%&=?#+'’-]*[\w/])?")
"""What a double click takes: words, and names, numbers, paths and addresses as a whole."""


def encode(index: int, place: Place) -> int:
    """Return the number that stands for a row: the message's index, and `Entry.locate`'s name."""
    block, offset = place
    block = _UNDER if block < 0 else block
    return ((index << _BITS) + block << _BITS) + offset + 1


def decode(number: int) -> tuple[int, Place]:
    """Return what `encode` was given."""
    rest, offset = number >> _BITS, (number & _UNDER) - 1
    index, block = rest >> _BITS, rest & _UNDER
    return index, (-1 if block == _UNDER else block, offset)


def targets(line: Line | None, number: int, width: int) -> Strip:
    """Return a row that tells for each cell which character a press on it means.

    Textual counts the characters of a segment, and would take half of a wide one for the next
    one; so where one character is not one cell, every cell is a segment of its own.
    """
    text = "" if line is None else line.text
    cells = [(0, 1)] * GUTTER
    if is_simple(text):
        cells.append((0, len(text)))
    else:
        cells += [(start, 1) for start, _, size in graphemes(text) for _ in range(size)]
    cells.append((len(text), width))
    return Strip(
        [
            Segment(" " * size, Style.from_meta({"offset": (start, number)}))
            for start, size in cells
            if size
        ]
    ).crop(0, width)


def span_of(line: Line, selection: Selection, number: int) -> tuple[int, int] | None:
    """Return which characters of a row are selected, decoration left out; None where none is."""
    span = selection.get_span(number)
    if span is None:
        return None
    text = line.text
    start, end = span
    end = len(text) if end == -1 else min(end, len(text))
    if not is_simple(text):
        # A selection never takes half of what is seen as one character.
        for first, last, _ in graphemes(text):
            if first < start < last:
                start = first
            if first < end < last:
                end = last
    start, end = max(start, line.lead), min(end, len(text) - line.trail)
    return (start, end) if start < end else None


def painted(segments: Sequence[Segment], span: tuple[int, int], style: Style) -> list[Segment]:
    """Return `segments` with `style` laid over the characters of `span`."""
    lit: list[Segment] = []
    position = 0
    for text, own, _ in segments:
        first = min(max(span[0] - position, 0), len(text))
        last = min(max(span[1] - position, first), len(text))
        over = style if own is None else own + style
        for piece, look in ((text[:first], own), (text[first:last], over), (text[last:], own)):
            if piece:
                lit.append(Segment(piece, look))
        position += len(text)
    return lit


def word_at(line: Line, at: int) -> tuple[int, int] | None:
    """Return the word that holds the character at `at`, or None where there is none."""
    for found in _WORD.finditer(line.text, line.lead, len(line.text) - line.trail):
        if found.start() <= at < found.end():
            return found.span()
    return None


def block_at(entry: Entry, index: int, row: int) -> Selection:
    """Return the selection of the paragraph, the code or the table at a row of `entry`."""
    block = entry.locate(row)[0]

    def belongs(row: int) -> bool:
        # The blank row before a block has no place in it.
        found, place = entry.locate(row)
        return found == block and place >= 0

    first = last = row
    while first > 0 and belongs(first - 1):
        first -= 1
    while last + 1 < entry.height and belongs(last + 1):
        last += 1
    end = len(entry.bare(last, last + 1)[0].text)
    return Selection(
        Offset(0, encode(index, entry.locate(first))),
        Offset(end, encode(index, entry.locate(last))),
    )


def selected_text(entries: Sequence[Entry], selection: Selection) -> Iterator[str]:
    """Yield the text under a selection: no gutters, no frames, no breaks made by wrapping.

    A selection without ends covers everything, and gives the source of all messages. Nothing may
    be yielded for a while: each piece is little work, so that others can have their turn between.
    """
    if selection.start is None and selection.end is None:
        for index, entry in enumerate(entries):
            yield "\n\n" if index else ""
            yield clean(entry.source)
        return
    first, last = reach(entries, selection)
    between = ""
    for index in range(first, last + 1):
        entry = entries[index]
        top = 0
        while top < entry.height:
            while entry.prepare(top, top + ROWS_AT_ONCE):
                yield ""
            end = min(top + ROWS_AT_ONCE, entry.height)
            for row, line in enumerate(entry.bare(top, end), top):
                number = encode(index, entry.locate(row))
                if (span := selection.get_span(number)) is None:
                    continue
                yield between
                yield _content(line, span, span_of(line, selection, number))
                between = line.join
            top += ROWS_AT_ONCE


def _content(line: Line, span: tuple[int, int], cut: tuple[int, int] | None) -> str:
    """Return what is selected of a row.

    A selection that comes from the row before, or goes on in the next, also takes what lies out of
    sight between them.
    """
    if cut is None:
        return line.content() if span == (0, -1) else ""
    start, end = cut
    return line.content(0 if span[0] == 0 else start, None if span[1] == -1 else end)


def reach(entries: Sequence[Entry], selection: Selection) -> tuple[int, int]:
    """Return the first and the last message that a selection touches."""
    first = 0 if selection.start is None else decode(selection.start.y)[0]
    last = len(entries) if selection.end is None else decode(selection.end.y)[0]
    return first, min(last, len(entries) - 1)
