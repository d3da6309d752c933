"""Breaking text into lines by cells, never inside a character."""

import re
import unicodedata
from collections.abc import Iterator

from rich.cells import cell_len, split_graphemes

Piece = tuple[int, int, str]
"""Start and end of a line in its text, and the text between it and the next line."""

WIDE = re.compile(r"[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\U00020000-\U0003fffd]")
"""Chinese and Japanese characters: a line may end after each of them."""

_SIMPLE = re.compile(
    r"[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u038a\u0391-\u03a1"
    r"\u03a3-\u0482\u2010-\u2027\u2030-\u205e\u20a0-\u20c0\u2500-\u25fc]*"
)
"""Text in which every character takes one cell and none belongs to the one before it."""

_OPENING = "（「『【〔〈《〖“‘｛［"
_CLOSING = "、。，．・：；？！）」』】〕〉》〗’”…ー々％｝］,.!?;:)\\]}"
_MARKS = "\u0300-\u036f\u200d\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef"
_WIDE_CLASS = WIDE.pattern[1:-1]
_PIECES = re.compile(
    rf" +|[{_OPENING}]*[{_WIDE_CLASS}](?:[{_CLOSING}{_MARKS}])*|[^ {_WIDE_CLASS}]+"
)
"""Spaces, a wide character with the punctuation that stays with it, or a word."""


def wrap(text: str, width: int) -> list[Piece]:
    """Break `text` into lines of at most `width` cells; newlines in it end a line too."""
    lines: list[Piece] = []
    start = 0
    while True:
        end = text.find("\n", start)
        part = text[start:] if end < 0 else text[start:end]
        broken = _wrap_simple(part, width) if is_simple(part) else _wrap_cells(part, width)
        lines += [(start + first, start + last, join) for first, last, join in broken]
        if end < 0:
            return lines
        first, last, _ = lines[-1]
        lines[-1] = (first, last, "\n")
        start = end + 1


def fold(text: str, width: int) -> list[Piece]:
    """Cut `text` every `width` cells, wherever that is, but never inside a character."""
    if is_simple(text):
        if len(text) <= width:
            return [(0, len(text), "")]
        return [(start, min(start + width, len(text)), "") for start in range(0, len(text), width)]
    lines: list[Piece] = []
    start = used = end = 0
    for first, last, cells in graphemes(text):
        if used + cells > width and used:
            lines.append((start, first, ""))
            start, used = first, 0
        used += cells
        end = last
    lines.append((start, end, ""))
    return lines


def window(text: str, skip: int, width: int) -> tuple[int, int, int]:
    """Return which characters of `text` are seen in `width` cells after the first `skip` ones.

    Returns:
        Start, end, and how many cells stay blank at the left: half of a wide character does.
    """
    if is_simple(text):
        return min(skip, len(text)), min(skip + width, len(text)), 0
    start, column, blank = -1, 0, 0
    for first, _, cells in graphemes(text):
        if start < 0 and column >= skip:
            start, blank = first, column - skip
        if start >= 0 and column + cells > skip + width:
            return start, first, blank
        column += cells
    return (len(text) if start < 0 else start), len(text), blank


def is_simple(text: str) -> bool:
    """Tell whether every character of `text` takes exactly one cell."""
    return text.isascii() or _SIMPLE.fullmatch(text) is not None


def graphemes(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and cells of what a reader sees as one character."""
    spans, _ = split_graphemes(text)
    index = 0
    while index < len(spans):
        start, end, cells = spans[index]
        index += 1
        if _is_flag_half(text[start]) and index < len(spans) and _is_flag_half(text[end]):
            end, cells = spans[index][1], cells + spans[index][2]
            index += 1
        yield start, end, cells


def safe_cut(text: str, position: int) -> int:
    """Return the last place at or before `position` where `text` may be cut in two."""
    # No character that is written in practice is longer than this.
    for place in range(position, max(position - 32, 0), -1):
        character = text[place]
        joined = (
            character == "\u200d"
            or text[place - 1] == "\u200d"
            or unicodedata.category(character) in {"Mn", "Me", "Mc"}
            or "\U0001f3fb" <= character <= "\U0001f3ff"
            or "\U000e0000" <= character <= "\U000e007f"
            or (_is_flag_half(character) and _is_flag_half(text[place - 1]))
        )
        if not joined:
            return place
    return position


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _wrap_simple(text: str, width: int) -> list[Piece]:
    lines: list[Piece] = []
    start, total = 0, len(text)
    while total - start > width:
        cut = text.rfind(" ", start + 1, start + width + 1)
        if cut < 0:
            lines.append((start, start + width, ""))
            start += width
            continue
        after = cut
        while after < total and text[after] == " ":
            after += 1
        while cut > start and text[cut - 1] == " ":
            cut -= 1
        if after == total:
            break
        lines.append((start, cut, text[cut:after]))
        start = after
    lines.append((start, max(start, len(text.rstrip(" "))), ""))
    return lines


def _wrap_cells(text: str, width: int) -> list[Piece]:
    lines: list[Piece] = []
    start = end = used = 0
    # `end` is where the line's content ends, `used` counts cells up to the piece at hand.
    for piece in _PIECES.finditer(text):
        word = piece.group()
        if word[0] == " ":
            used += len(word)
            continue
        cells = cell_len(word)
        if used + cells > width and end > start:
            lines.append((start, end, text[end : piece.start()]))
            start = piece.start()
            used = 0
        if cells > width:
            folded = fold(word, width)
            base = piece.start()
            lines += [(base + first, base + last, "") for first, last, _ in folded[:-1]]
            start = base + folded[-1][0]
            cells = cell_len(text[start : piece.end()])
            used = 0
        used += cells
        end = piece.end()
    lines.append((start, max(start, end), ""))
    return lines
