"""Finding words in what is seen of a message: in any case, with or without accents."""

import html
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from acechat.markdown.lines import Line

_ACCENTS = range(0x300, 0x370)
"""Combining accents. Marks of other scripts are letters of a kind: か is not が."""

_MARKUP = str.maketrans("", "", "*_~`\\")
"""What may stand inside a word of the source, and is not seen."""


class _Folding(dict[int, str]):
    """What each character is to be compared as, filled as characters come."""

    def __missing__(self, point: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(point))
        kept = "".join(part for part in parts if ord(part) not in _ACCENTS)
        folded = unicodedata.normalize("NFC", kept).casefold()
        self[point] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return `text` as it is compared: without case and accents, full-width letters as others."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


class Needle:
    """What is looked for."""

    def __init__(self, text: str) -> None:
        self.text = fold(text).strip()
        """It, folded; nothing is found where this is empty."""
        self._words = [word.translate(_MARKUP) for word in self.text.split()]

    def may_be_in(self, source: str) -> bool:
        """Tell whether it may be seen where `source` is, quickly.

        Only what the screen adds to the source, such as the numbers of a list, is missed.
        """
        folded = fold(source)
        if all(word in folded for word in self._words):
            return True
        if "&" in folded:
            folded = fold(html.unescape(source))
        folded = folded.translate(_MARKUP)
        return all(word in folded for word in self._words)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the characters of `text` where it is, from the beginning on."""
        if not self.text:
            return
        folded = fold(text)
        at = folded.find(self.text)
        if at < 0:
            return
        # Where characters fold to more or fewer than one, places differ from each other.
        ends = None if text.isascii() else list(accumulate(len(fold(each)) for each in text))
        while at >= 0:
            end = at + len(self.text)
            if ends is None:
                yield at, end
            else:
                # Accents that follow belong to it, and so does the whole of a letter like ß.
                last = max(bisect_right(ends, end), bisect_right(ends, end - 1) + 1)
                yield bisect_right(ends, at), last
            at = folded.find(self.text, end)

    def count(self, lines: Sequence[Line]) -> int:
        """Return how many places `matches` finds in the lines of a block."""
        if not self.text:
            return 0
        return fold("".join(line.content() + line.join for line in lines)).count(self.text)


class Match(NamedTuple):
    """One place in the lines of a block."""

    offset: int
    """How far into the block it is, as `Document.locate` counts."""
    line: int
    """Its line."""
    within: int
    """How many characters come before it in that line, those out of sight among them."""
    spans: tuple[tuple[int, int, int], ...]
    """The line, start and end of each of its pieces that can be seen."""


class _Piece(NamedTuple):
    """A stretch of a block's text, and where it is seen."""

    first: int
    """Where it begins in the text."""
    last: int
    """Where it ends."""
    line: int
    """Its line."""
    start: int
    """The character of the line where it begins; -1 where it lies out of sight."""


def matches(lines: Sequence[Line], needle: Needle) -> list[Match]:
    """Return where `needle` is in the lines of a block, also across breaks made by wrapping."""
    pieces: list[_Piece] = []
    parts: list[str] = []
    starts: list[int] = []
    offsets = [0]
    length = 0
    for number, line in enumerate(lines):
        starts.append(length)
        offsets.append(offsets[-1] + line.advance)
        for text, start in _pieces(line):
            pieces.append(_Piece(length, length + len(text), number, start))
            parts.append(text)
            length += len(text)
        parts.append(line.join)
        length += len(line.join)
    text = "".join(parts)
    firsts = [piece.first for piece in pieces]
    found: list[Match] = []
    for start, end in needle.spans(text):
        number = bisect_right(starts, start) - 1
        spans: list[tuple[int, int, int]] = []
        for piece in pieces[bisect_right(firsts, start) - 1 : bisect_right(firsts, end - 1)]:
            shift = piece.start - piece.first
            first, last = max(start, piece.first), min(end, piece.last)
            if piece.start >= 0 and first < last:
                spans.append((piece.line, first + shift, last + shift))
        within = start - starts[number]
        found.append(Match(offsets[number] + within, number, within, tuple(spans)))
    return found


def _pieces(line: Line) -> Iterator[tuple[str, int]]:
    """Yield the text of a line in order, and where it is seen: no frames, no numbers of links."""
    text = line.text
    if line.hidden[0]:
        yield line.hidden[0], -1
    start, end = line.lead, len(text) - line.trail
    for first, after in line.notes:
        if start < first:
            yield text[start:first], start
        start = max(start, after)
    if start < end:
        yield text[start:end], start
    if line.hidden[1]:
        yield line.hidden[1], -1
