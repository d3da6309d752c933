"""The one block at the end of a text that may still grow."""

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from acechat.markdown.inline import Marked
from acechat.markdown.lines import width_of
from acechat.markdown.shapes import Cells, Code, CodeShape, Container, Table, TableShape

MAX_TEXT = 3000
"""Characters after which running text is cut into blocks: markup costs 2.5 ms for each 1,000."""
MAX_CODE = 3000
"""Characters of a slice of code: what a lexer reads in one go, however odd the text."""
CODE_LINES = (24, 48)
"""A slice of code ends at the first blank line after so many lines, at the latest after so many.

Blank lines are where a lexer is most often in no comment and no string.
"""
TABLE_ROWS = 12
"""Rows of a slice of a table."""

_CODE_END = re.compile(r" {0,3}(`+|~+)[ \t]*$")
_DELIMITERS = re.compile(r"[-:|][-:| \t]*$")
_BAR = re.compile(r"(?<!\\)\|")
_DELIMITER = re.compile(r":?-+:?$")


Mark = tuple[int, ...]
"""What a leaf's shape was like before more was added to try something."""


class Head(NamedTuple):
    """Where a block stands: the first three fields of every block."""

    containers: tuple[Container, ...]
    """What it stands in."""
    shared: int
    """How many of those the block before it stands in too."""
    gap: int
    """Blank rows before it."""


@dataclass(slots=True)
class ParagraphLeaf:
    """Running text that may go on."""

    head: Head
    """Where it stands."""
    lines: list[str] = field(default_factory=list[str])
    """Its lines so far."""
    size: int = 0
    """Their characters."""
    continued: bool = False
    """The beginning of the text was cut off as a block of its own."""

    @property
    def text(self) -> str:
        """The source so far."""
        return "\n".join(self.lines).strip(" \t\n")

    @property
    def is_full(self) -> bool:
        """The text so far is to be a block of its own before more is added."""
        return self.size >= MAX_TEXT

    def add(self, text: str, *, goes_on: bool) -> None:
        """Add a line, or more of the last line."""
        if goes_on and self.lines:
            self.lines[-1] += text
        else:
            self.lines.append(text)
        self.size += len(text)

    def cut(self, *, goes_on: bool, breaks: bool) -> tuple[str, str]:
        """Take the text so far, and what stands between it and the rest."""
        ending = " " if self.lines[-1].endswith(" ") else ""
        join = ending if goes_on else "\n" if breaks else " "
        text = self.text
        self.lines = []
        self.size = 0
        self.continued = True
        return text, join

    def header(self, columns: int) -> str | None:
        """Return the last line if it can be the header of a table with so many columns."""
        line = self.lines[-1]
        stripped = line.strip(" \t")
        if "|" not in line or line.startswith("    ") or len(split_row(stripped)) != columns:
            return None
        return stripped

    def copy(self) -> "ParagraphLeaf":
        """Return a leaf that can grow on its own."""
        return replace(self, lines=list(self.lines))

    def mark(self) -> Mark:
        """Return what `back_to` needs: nothing, a paragraph shares no shape."""
        return ()

    def back_to(self, mark: Mark) -> None:
        """Undo what was done to the shape since `mark`."""


@dataclass(slots=True)
class CodeLeaf:
    """Code that may go on."""

    head: Head
    """Where the slice stands."""
    shape: CodeShape
    """The whole."""
    fence: str
    """The opening fence; empty where the code is indented."""
    indent: int
    """The spaces before the opening fence."""
    lines: list[str] = field(default_factory=list[str])
    """The lines of the open slice."""
    size: int = 0
    """Their characters."""
    index: int = 0
    """Which slice is open."""
    blanks: list[str] = field(default_factory=list[str])
    """Blank lines that belong to indented code only if more of it follows."""

    def closes(self, line: str) -> bool:
        """Tell whether `line` is the closing fence."""
        end = _CODE_END.match(line)
        return end is not None and end[1].startswith(self.fence)

    def takes(self, line: str) -> bool:
        """Tell whether `line` goes on with indented code."""
        return line.startswith("    ") or not line.strip(" \t")

    def inner(self, line: str) -> str:
        """Return a line of fenced code without the indent of its fence."""
        body = line.lstrip(" \t")
        space = line[: len(line) - len(body)]
        if "\t" in space[: self.indent]:
            space = space.expandtabs(4)
        return space[min(self.indent, len(space)) :] + body

    def keeps_back(self, line: str) -> bool:
        """Keep a blank line of indented code until more follows."""
        if self.fence or line.strip(" \t"):
            return False
        self.blanks.append(line)
        return True

    def take_blanks(self) -> list[str]:
        """Return the lines that were kept back."""
        blanks, self.blanks = self.blanks, []
        return blanks

    def is_full(self, *, goes_on: bool) -> bool:
        """The slice is to be closed before another line, or more of its last line, is added."""
        if self.size >= MAX_CODE:
            return True
        few, many = CODE_LINES
        count = len(self.lines)
        return not goes_on and (count >= many or (count >= few and not self.lines[-1].strip()))

    def add(self, text: str, *, goes_on: bool) -> None:
        """Add a line, or more of the last line."""
        if goes_on and self.lines:
            self.lines[-1] += text
        else:
            self.lines.append(text)
        self.size += len(text)
        self.shape.widest = max(self.shape.widest, width_of(self.lines[-1].expandtabs(4)))

    def block(self, *, last: bool, cut: bool = False, open: bool = False) -> Code:
        """Return the open slice as a block."""
        block = Code(*self.head, self.shape, self.index, tuple(self.lines), last, cut, open)
        self.shape.slices.append(block.source)
        return block

    def next(self, head: Head) -> None:
        """Begin the next slice."""
        self.head = head
        self.lines = []
        self.size = 0
        self.index += 1

    def copy(self) -> "CodeLeaf":
        """Return a leaf that can grow on its own, though it shares the shape."""
        return replace(self, lines=list(self.lines), blanks=list(self.blanks))

    def mark(self) -> Mark:
        """Return what `back_to` needs."""
        return self.shape.widest, len(self.shape.slices)

    def back_to(self, mark: Mark) -> None:
        """Undo what was done to the shape since `mark`."""
        self.shape.widest, count = mark
        del self.shape.slices[count:]


@dataclass(slots=True)
class TableLeaf:
    """A table that may go on."""

    head: Head
    """Where the slice stands."""
    shape: TableShape
    """The whole."""
    header: Cells | None = None
    """The header, in the first slice."""
    rows: list[Cells] = field(default_factory=list[Cells])
    """The rows of the open slice."""
    links: int = 0
    """The numbered links in the open slice."""

    @property
    def is_full(self) -> bool:
        """The slice is to be closed before another row is added."""
        return len(self.rows) >= TABLE_ROWS

    def widen(self, column: int, cell: Marked) -> None:
        """Make a column as wide as `cell`."""
        cells = max(width_of(line) for line in cell.text.split("\n"))
        self.shape.natural[column] = max(self.shape.natural[column], cells)

    def block(self) -> Table:
        """Return the open slice as a block."""
        return Table(*self.head, self.shape, self.header, tuple(self.rows))

    def next(self, head: Head) -> None:
        """Begin the next slice."""
        self.head = head
        self.header = None
        self.rows = []
        self.links = 0

    def copy(self) -> "TableLeaf":
        """Return a leaf that can grow on its own, though it shares the shape."""
        return replace(self, rows=list(self.rows))

    def mark(self) -> Mark:
        """Return what `back_to` needs."""
        return tuple(self.shape.natural)

    def back_to(self, mark: Mark) -> None:
        """Undo what was done to the shape since `mark`."""
        self.shape.natural[:] = mark


Leaf = ParagraphLeaf | CodeLeaf | TableLeaf


def alignments(line: str) -> tuple[str, ...]:
    """Return the alignments a delimiter row gives its columns; none where it is no such row."""
    if not _DELIMITERS.match(line) or (line[0] == "-" and line[1:2] in {" ", "\t", ""}):
        return ()
    if len(line) < 2:
        return ()
    parts = line.split("|")
    aligns: list[str] = []
    for index, part in enumerate(parts):
        rule = part.strip(" \t")
        if not rule:
            if index in {0, len(parts) - 1}:
                continue
            return ()
        if not _DELIMITER.match(rule):
            return ()
        right = rule.endswith(":")
        left = rule.startswith(":")
        aligns.append("center" if left and right else "right" if right else "left")
    return tuple(aligns)


def split_row(line: str) -> list[str]:
    """Return the cells of a row: what stands between bars that have no backslash before them."""
    cells = _BAR.split(line.strip(" \t"))
    if not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        del cells[-1]
    return [cell.strip(" \t").replace("\\|", "|") for cell in cells]
