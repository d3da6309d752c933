"""The rows of a message: which block is where, and its lines once they were drawn."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from acechat.markdown.highlight import is_loaded
from acechat.markdown.inline import References, may_link, parse
from acechat.markdown.layout import Layout
from acechat.markdown.lines import Line
from acechat.markdown.render import estimate, render, stamp
from acechat.markdown.shapes import Block, Code, Item, Shape, Table, effort_of, texts_of

RESOLVE_EFFORT = 16000
"""How much is read again when links are defined after they were used, in characters."""


@dataclass(slots=True)
class Entry:
    """A block and its lines."""

    block: Block
    """The block."""
    rows: int
    """How many lines it has; a guess until they were drawn."""
    lines: list[Line] | None = None
    """Its lines, where they were drawn and kept."""

    @property
    def height(self) -> int:
        """Its rows, with the blank rows before it."""
        return self.rows + self.block.gap if self.rows else 0


class Rows:
    """Blocks one under the other."""

    __slots__ = ("_known", "_stamps", "_tops", "drawn", "entries", "layout", "uncoloured")

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        """How lines are drawn."""
        self.entries: list[Entry] = []
        """The blocks, from the top."""
        self.drawn = 0
        """How many blocks were drawn so far."""
        self.uncoloured: set[str] = set()
        """Languages of code that was drawn before what colours it was loaded."""
        # `_tops` holds the first row of each entry up to the one numbered `_known`.
        self._tops = [0]
        self._known = 0
        self._stamps: dict[Shape, object] = {}

    def lay_out(self, layout: Layout) -> None:
        """Take another layout; forget what was drawn for the old one and looks different now."""
        old, self.layout = self.layout, layout
        resized = (old.width, old.text_width) != (layout.width, layout.text_width)
        refolded = old.folds != layout.folds
        restyled = resized or old.palette != layout.palette
        for entry in self.entries:
            is_code = isinstance(entry.block, Code)
            if restyled or is_code:
                entry.lines = None
            if resized or (refolded and is_code):
                entry.rows = estimate(entry.block, layout)
        if resized or refolded:
            self._known = 0
        self._stamps = {shape: stamp(shape, layout) for shape in self._stamps}

    def take(self, blocks: Sequence[Block], first: int) -> None:
        """Put `blocks` in the place of the entries from `first` on, and of what they make stale."""
        old = self.entries[first:]
        del self.entries[first:]
        for index, block in enumerate(blocks):
            if index < len(old) and old[index].block == block:
                entry = old[index]
                entry.block = block
            else:
                entry = Entry(block, estimate(block, self.layout))
            self.entries.append(entry)
        self._known = min(self._known, first)
        self._check_shapes()

    def _check_shapes(self) -> None:
        """Forget lists, code and tables that look different since they grew."""
        stamps = {shape: stamp(shape, self.layout) for shape in self._stamps}
        for shape, now in stamps.items():
            if now != self._stamps[shape]:
                for index in range(shape.first, len(self.entries)):
                    if shape in _shapes(self.entries[index].block):
                        self.forget(index)
        # Only what the last block belongs to can still grow.
        self._stamps = {
            shape: stamp(shape, self.layout)
            for entry in self.entries[-1:]
            for shape in _shapes(entry.block)
        }

    def forget(self, index: int) -> None:
        """Forget the lines of an entry, and that their number is known."""
        self.entries[index].lines = None

    def draw(self, index: int, references: References) -> bool:
        """Draw an entry; tell whether it is not as high as was thought."""
        entry = self.entries[index]
        block = entry.block
        entry.lines = render(block, self.layout, references)
        self.drawn += 1
        if isinstance(block, Code) and self.layout.colours and not is_loaded(block.shape.language):
            self.uncoloured.add(block.shape.language)
        if entry.rows == len(entry.lines):
            return False
        entry.rows = len(entry.lines)
        self._known = min(self._known, index)
        return True

    def recolour(self) -> None:
        """Forget the lines of code that can have its colours now."""
        for index, entry in enumerate(self.entries):
            if isinstance(entry.block, Code) and entry.block.shape.language in self.uncoloured:
                self.forget(index)
        self.uncoloured.clear()

    def resolve(self, references: References) -> None:
        """Read those texts again that may use a link target defined after them."""
        if not references:
            return
        left = RESOLVE_EFFORT
        total = 0
        for index, entry in enumerate(self.entries):
            block = entry.block
            texts = texts_of(block)
            count = block.links
            if left > 0 and any("[" in text for text in texts):
                left -= effort_of(block)
                count = sum(
                    len(parse(text, references, breaks=self.layout.breaks).anchors)
                    for text in texts
                    if may_link(text)
                )
                self.forget(index)
            elif count and block.link != total:
                self.forget(index)
            block.link, block.links = total, count
            total += count

    def top(self, index: int) -> int:
        """Return the first row of an entry, that of the blank rows before it."""
        tops = self._tops
        if self._known < index:
            del tops[self._known + 1 :]
            row = tops[-1]
            for entry in self.entries[self._known : index]:
                row += entry.height
                tops.append(row)
            self._known = index
        return tops[index]

    def first_line(self, index: int) -> int:
        """Return the row of an entry's first line."""
        return self.top(index) + self.entries[index].block.gap

    @property
    def height(self) -> int:
        """All rows."""
        return self.top(len(self.entries))

    def find(self, row: int) -> int:
        """Return the entry at `row`; the number of entries where there is none."""
        if row >= self.height:
            return len(self.entries)
        return bisect_right(self._tops, max(row, 0), 0, len(self.entries)) - 1


def _shapes(block: Block) -> list[Shape]:
    shapes: list[Shape] = [
        container.shape for container in block.containers if isinstance(container, Item)
    ]
    if isinstance(block, Code | Table):
        shapes.append(block.shape)
    return shapes
