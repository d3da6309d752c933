"""What a message is made of: blocks, the lists and quotations around them, what they share.

A block is small, whatever the size of the list, the code or the table it belongs to: long code and
long tables are several blocks that share a shape. So no block is expensive to draw, and a text that
grows touches its last block only.
"""

from dataclasses import dataclass, field

Cells = tuple[str, ...]
"""The source text of one row of a table."""


@dataclass(slots=True, eq=False)
class ListShape:
    """What the items of one list share."""

    first: int
    """The index of the list's first block."""
    digits: int = 0
    """The digits of its largest number so far; 0 where it has bullets."""
    depth: int = 0
    """How many lists it stands in."""


@dataclass(frozen=True, slots=True, eq=False)
class Quote:
    """A quotation around blocks."""


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One item of a list, around blocks."""

    shape: ListShape
    """The list."""
    marker: str
    """What was typed: the bullet, or the character after the number."""
    number: int
    """The number shown; 0 where the list has bullets."""
    indent: int
    """How far the source of its content is indented."""
    task: str = ""
    """The box of a task, `[ ]` or `[x]`."""


Container = Quote | Item


@dataclass(slots=True, eq=False)
class CodeShape:
    """One block of code, however many slices it is drawn in."""

    first: int
    """The index of its first block."""
    number: int
    """Its number in the message, from 1."""
    language: str
    """The word after the fence."""
    containers: tuple["Container", ...] = ()
    """The lists and quotations around it."""
    widest: int = 0
    """The cells of its widest line so far."""
    slices: list[str] = field(default_factory=list[str])
    """The source of every slice that is closed, with its newlines."""
    states: dict[int, tuple[str, ...]] = field(default_factory=dict[int, tuple[str, ...]])
    """The state of the lexer before a slice, where it is known."""


@dataclass(slots=True, eq=False)
class TableShape:
    """One table, however many slices it is drawn in."""

    first: int
    """The index of its first block."""
    aligns: tuple[str, ...]
    """`left`, `right` or `center` for each column."""
    containers: tuple["Container", ...] = ()
    """The lists and quotations around it."""
    natural: list[int] = field(default_factory=list[int])
    """The cells that the widest cell of each column needs so far."""


Shape = ListShape | CodeShape | TableShape


@dataclass(slots=True)
class Block:
    """A piece of a message that is drawn at once."""

    containers: tuple[Container, ...]
    """The lists and quotations around it, from the outside."""
    shared: int
    """How many of them the block before it stands in too."""
    gap: int
    """Blank rows before it."""
    link: int = field(default=0, compare=False, kw_only=True)
    """How many numbered links come before it in the message."""
    links: int = field(default=0, compare=False, kw_only=True)
    """How many numbered links it holds."""


@dataclass(slots=True)
class Paragraph(Block):
    """Running text."""

    text: str
    """Its source."""
    join: str = "\n"
    """What stands between it and the next block; not a newline where a long text was cut."""


@dataclass(slots=True)
class Heading(Block):
    """A heading."""

    text: str
    """Its source."""
    level: int
    """From 1 to 6."""


@dataclass(slots=True)
class Rule(Block):
    """A thematic break."""


@dataclass(slots=True)
class Marker(Block):
    """An item of a list that holds nothing."""


@dataclass(slots=True)
class Code(Block):
    """A slice of a block of code."""

    shape: CodeShape
    """The whole."""
    index: int
    """Which slice it is, from 0."""
    lines: tuple[str, ...]
    """Its source."""
    last: bool
    """The code ends here."""
    cut: bool
    """The last line goes on in the next slice."""
    open: bool
    """More may be added to this slice."""

    @property
    def source(self) -> str:
        """Its source, with a newline after each line that ends in it."""
        return "\n".join(self.lines) + ("" if self.cut or not self.lines else "\n")


@dataclass(slots=True)
class Table(Block):
    """A slice of a table."""

    shape: TableShape
    """The whole."""
    header: Cells | None
    """The header row, in the first slice."""
    rows: tuple[Cells, ...]
    """Its rows."""


def texts_of(block: Block) -> list[str]:
    """Return the sources of a block that may hold markup."""
    match block:
        case Paragraph() | Heading():
            return [block.text]
        case Table():
            return [cell for row in (block.header or (), *block.rows) for cell in row]
        case _:
            return []


def effort_of(block: Block) -> int:
    """Return what drawing a block costs, in characters."""
    if isinstance(block, Code):
        return sum(len(line) + 40 for line in block.lines)
    return 100 + sum(len(text) + 20 for text in texts_of(block))
