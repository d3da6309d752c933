"""One message as lines, drawn when they are first seen."""

from dataclasses import dataclass
from functools import lru_cache

from acechat.markdown.code import overflow
from acechat.markdown.highlight import catch_up
from acechat.markdown.inline import parse
from acechat.markdown.layout import MIN_WIDTH, Layout
from acechat.markdown.leaves import MAX_CODE
from acechat.markdown.lines import Line, line_of, width_of
from acechat.markdown.links import Link
from acechat.markdown.palette import Palette
from acechat.markdown.reader import Reader
from acechat.markdown.render import gap_line
from acechat.markdown.rows import Rows
from acechat.markdown.shapes import Block, Code, CodeShape, effort_of, texts_of

RENDER_EFFORT = 3000
"""How much source one call draws at most, in characters: 10 ms where it is dense with markup."""
READ_EFFORT = 1500
"""What reading on once takes from that."""


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A block of code, as it is to be copied."""

    number: int
    """Its number in the message, from 1."""
    language: str
    """The word after the fence."""
    text: str
    """Its exact source, without the last newline."""
    row: int
    """Its first row."""


class Document:
    """The text of a message as terminal lines.

    Text may be appended; only what is not closed is then read and drawn again. Blocks are drawn
    when `line` or `render_rows` comes to them, and their heights are guessed until then.
    """

    __slots__ = ("_breaks", "_complete", "_parts", "_reader", "_rows")

    def __init__(self, text: str = "", *, complete: bool = True, breaks: bool = False) -> None:
        """Take the text so far.

        Args:
            text: the source.
            complete: nothing follows it.
            breaks: a newline ends the line, as in text that a person types.
        """
        self._breaks = breaks
        self._complete = complete
        self._parts = [text]
        self._reader = Reader(text, breaks=breaks)
        self._rows = Rows(_layout(80, 80, _PLAIN, breaks))

    # ---- text ------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The raw source."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0]

    @property
    def complete(self) -> bool:
        """Nothing follows the text."""
        return self._complete

    @property
    def renders(self) -> int:
        """How many blocks were drawn so far."""
        return self._rows.drawn

    def append(self, delta: str) -> None:
        """Add what has arrived."""
        if self._complete:
            raise ValueError("the text is complete")
        if delta:
            self._parts.append(delta)
            self._reader.append(delta)

    def replace(self, text: str) -> None:
        """Put `text` in the place of everything."""
        if text != self.text:
            self._parts = [text]
            self._reader = Reader(text, breaks=self._breaks)
            rows = Rows(self._rows.layout)
            rows.drawn = self._rows.drawn
            self._rows = rows

    def finish(self, text: str | None = None) -> None:
        """Close the text: nothing follows.

        Args:
            text: the whole text, where it may differ from what was appended.
        """
        if text is not None:
            self.replace(text)
        if not self._complete:
            self._complete = True
            self._reader.fresh = True

    # ---- layout ----------------------------------------------------------------------------

    def set_layout(
        self,
        width: int,
        text_width: int,
        palette: Palette,
        *,
        folds: bool = True,
        shift: int = 0,
        colours: bool = True,
    ) -> None:
        """Say how wide lines may be, and in which styles; what was drawn otherwise is forgotten.

        Args:
            width: the cells that code and tables may take, at least 8.
            text_width: the cells that running text may take.
            palette: the styles.
            folds: long lines of code go on in the next row, not behind their frame.
            shift: by how many cells code that does not fold is moved to the left.
            colours: code is highlighted, which costs more than all the rest.
        """
        width = max(width, MIN_WIDTH)
        text_width = max(min(text_width, width), MIN_WIDTH)
        layout = _layout(width, text_width, palette, self._breaks, folds, shift, colours)
        if self._rows.layout != layout:
            self._rows.lay_out(layout)

    @property
    def overflow(self) -> int:
        """By how many cells code can be moved to the left until its longest line ends."""
        codes = self._reader.scanner.codes
        return max((overflow(shape, self._rows.layout) for shape in codes), default=0)

    @property
    def uncoloured(self) -> set[str]:
        """Languages of code that was drawn before what colours it was loaded: `recolour` then."""
        return self._rows.uncoloured

    def recolour(self) -> None:
        """Let code be drawn again that can have its colours now."""
        self._rows.recolour()

    # ---- rows ------------------------------------------------------------------------------

    @property
    def height(self) -> int:
        """How many rows there are; a guess for blocks that were not drawn yet."""
        if self._reader.fresh and self._reader.started:
            self._read()
        return self._rows.height + self._ahead()

    def render_rows(self, first: int, last: int) -> bool:
        """Draw the blocks that overlap the rows from `first` to before `last`.

        One call does a bounded amount of work.

        Returns:
            Whether heights or positions changed, or not everything was drawn yet. Ask again then.
        """
        changed = self._read() if self._reader.fresh else False
        rows = self._rows
        left = RENDER_EFFORT
        index = rows.find(first)
        while rows.top(index) < last:
            known = index < len(rows.entries)
            if known and rows.entries[index].lines is not None:
                index += 1
                continue
            if not known and not self._reader.pending:
                break
            if left <= 0:
                return True
            if known:
                block = rows.entries[index].block
                if isinstance(block, Code) and catch_up(block):
                    left -= MAX_CODE
                    changed = True
                    continue
                left -= effort_of(block)
                changed = self._draw(index) or changed
                index += 1
            else:
                left -= READ_EFFORT
                changed = self._read()
        return changed

    def line(self, row: int) -> Line:
        """Return the line at `row`; an empty one where there is none, or none was read yet."""
        index, offset = self._at(row)
        if index >= len(self._rows.entries):
            return line_of([])
        if offset < 0:
            return gap_line(self._rows.entries[index].block, self._rows.layout)
        return self._lines(index)[offset]

    def lines(self, first: int, last: int) -> list[Line]:
        """Return the lines at the rows from `first` to before `last`, blank ones where none are."""
        found: list[Line] = []
        while (row := first + len(found)) < last:
            index, offset = self._at(row)
            if offset < 0 or index >= len(self._rows.entries):
                found.append(self.line(row))
            else:
                found += self._lines(index)[offset : offset + last - row]
        return found

    # ---- blocks ----------------------------------------------------------------------------

    @property
    def blocks(self) -> int:
        """How many blocks were read so far."""
        return len(self._rows.entries)

    def block(self, index: int) -> Block:
        """Return a block that was read."""
        return self._rows.entries[index].block

    def block_at(self, row: int) -> tuple[int, int]:
        """Return the block at `row`, and which of its lines that is; -1 for a row before it."""
        return self._at(row)

    def block_lines(self, index: int) -> list[Line]:
        """Return the lines of a block that was read, without the blank rows before it."""
        return self._lines(index)

    def forget(self, index: int) -> None:
        """Forget the lines of a block, but not how many there are."""
        self._rows.forget(index)

    # ---- places ----------------------------------------------------------------------------

    def locate(self, row: int) -> tuple[int, int]:
        """Return the block and the place in it at `row`.

        A place survives changes of guessed heights and of the layout; `row_of` finds it again.
        """
        index, offset = self._at(row)
        if index >= len(self._rows.entries) or offset < 0:
            return index, offset
        return index, sum(line.advance for line in self._lines(index)[:offset])

    def row_of(self, block: int, offset: int) -> int:
        """Return the row where a place that `locate` named is now."""
        if self._reader.fresh:
            self._read()
        rows = self._rows
        if block >= len(rows.entries):
            last = max(rows.height + self._ahead() - 1, 0)
            return min(rows.height + max(offset, 0), last)
        lines = self._lines(block)
        if offset < 0 or not lines:
            return rows.top(block)
        for index, line in enumerate(lines):
            offset -= line.advance
            if offset < 0:
                return rows.first_line(block) + index
        return rows.first_line(block) + len(lines) - 1

    def caret(self) -> tuple[int, int]:
        """Return row and cell just after the last character of the text."""
        if self._reader.fresh:
            self._read()
        index = len(self._rows.entries) - 1
        if index < 0:
            return 0, 0
        lines = self._lines(index)
        if not lines:
            return self._rows.top(index), 0
        # The end of a frame holds no text.
        written = (at for at in reversed(range(len(lines))) if lines[at].lead < len(lines[at].text))
        last = next(written, 0)
        text = lines[last].text
        cell = width_of(text[: len(text) - lines[last].trail])
        return self._rows.first_line(index) + last, cell

    # ---- what is in it ---------------------------------------------------------------------

    def codes(self) -> list[CodeBlock]:
        """Return the blocks of code, in order; reads the whole text."""
        self._read_all()
        parts: dict[CodeShape, list[str]] = {}
        for entry in self._rows.entries:
            if isinstance(entry.block, Code):
                parts.setdefault(entry.block.shape, []).append(entry.block.source)
        return [
            CodeBlock(
                shape.number,
                shape.language,
                "".join(sources).removesuffix("\n"),
                self._rows.first_line(shape.first),
            )
            for shape, sources in parts.items()
        ]

    def links(self) -> list[Link]:
        """Return the links that may be opened, in order; reads the whole text."""
        self._read_all()
        references = self._reader.scanner.references
        links: list[Link] = []
        for index, entry in enumerate(self._rows.entries):
            if not entry.block.links:
                continue
            row = self._rows.first_line(index)
            number = entry.block.link
            for text in texts_of(entry.block):
                for anchor in parse(text, references, breaks=self._breaks).anchors:
                    number += 1
                    links.append(Link(number, anchor.label, anchor.url, row))
        return links

    # ---- reading and drawing ---------------------------------------------------------------

    def read_on(self) -> bool:
        """Read on, a bounded amount; tell whether more of the text is to be read."""
        if self._reader.fresh or self._reader.pending:
            self._read()
        return self._reader.pending

    def _ahead(self) -> int:
        return self._reader.rows_ahead(self._rows.layout.text_width)

    def _read_all(self) -> None:
        while self._reader.fresh or self._reader.pending:
            self._read()

    def _read(self) -> bool:
        """Read on, a bounded amount; tell that blocks may have changed."""
        reader = self._reader
        if not reader.done:
            first = reader.read(complete=self._complete)
            self._rows.take(reader.blocks[first:], first)
            if reader.done:
                self._rows.resolve(reader.scanner.references)
        reader.fresh = False
        return True

    def _at(self, row: int) -> tuple[int, int]:
        """Return the entry at `row`, drawn, and which of its lines that is; -1 for a blank row."""
        if self._reader.fresh:
            self._read()
        row = max(row, 0)
        rows = self._rows
        while True:
            index = rows.find(row)
            if index < len(rows.entries):
                if rows.entries[index].lines is not None or not self._draw(index):
                    return index, max(row - rows.first_line(index), -1)
            elif self._reader.pending:
                self._read()
                if rows.find(row) == len(rows.entries):
                    return len(rows.entries), row - rows.height
            else:
                return index, row - rows.height

    def _lines(self, index: int) -> list[Line]:
        entry = self._rows.entries[index]
        if entry.lines is None:
            self._draw(index)
        assert entry.lines is not None
        return entry.lines

    def _draw(self, index: int) -> bool:
        return self._rows.draw(index, self._reader.scanner.references)


# Messages share their layout, and with it the styles that were put together for it.
_layout = lru_cache(maxsize=16)(Layout)
_PLAIN = Palette()
