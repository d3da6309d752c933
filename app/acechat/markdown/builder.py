"""Building blocks: what is open, and what becomes of it when it is closed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from acechat.markdown.inline import may_link, parse, take_definitions
from acechat.markdown.leaves import CodeLeaf, Head, Leaf, Mark, ParagraphLeaf, TableLeaf, split_row
from acechat.markdown.shapes import (
    Block,
    CodeShape,
    Container,
    Heading,
    Item,
    Marker,
    Paragraph,
    Table,
    TableShape,
)

_FOOTNOTE = re.compile(r"^ *\[\^", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _State:
    """Everything that reading one more line may change."""

    blocks: int
    stack: tuple[Container, ...]
    filled: tuple[bool, ...]
    leaf: Leaf | None
    blank: bool
    midline: bool
    emptied: Container | None
    codes: int
    links: int
    references: dict[str, Mapping[str, str]]
    shape: Mark


class Builder:
    """The blocks of a text, the containers and the leaf that are open at its end."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.blocks: list[Block] = []
        """All blocks so far; those from `closed` on can still change."""
        self.closed: int = 0
        """How many blocks no later line can change."""
        self.effort: int = 0
        """How much was read so far; one is about 5 µs on a slow machine."""
        self.references: dict[str, Mapping[str, str]] = {}
        """The link targets that were defined so far."""
        self.links: int = 0
        """How many links with a number the blocks hold."""
        self.codes: list[CodeShape] = []
        """Every block of code so far, also the open one."""
        self._breaks = breaks
        self._stack: list[Container] = []
        self._filled: list[bool] = []
        self._leaf: Leaf | None = None
        self._blank = False
        self._midline = False
        self._emptied: Container | None = None
        self._saved: _State | None = None

    # ---- opening ---------------------------------------------------------------------------

    def _push(self, container: Container) -> None:
        if self._filled:
            self._filled[-1] = True
        self._stack.append(container)
        self._filled.append(False)

    def _open_code(self, fence: str, indent: int, info: str) -> None:
        head = self._begin()
        language = info.split(maxsplit=1)[0] if info else ""
        shape = CodeShape(len(self.blocks), len(self.codes) + 1, language, head.containers)
        self.codes.append(shape)
        self._leaf = CodeLeaf(head, shape, fence, indent)

    def _open_indented(self, text: str, matched: int) -> None:
        self._close_unmatched(matched)
        self._open_code("", 0, "")
        assert isinstance(self._leaf, CodeLeaf)
        self._add_code(self._leaf, text)

    def _open_table(self, leaf: ParagraphLeaf, header: str, aligns: tuple[str, ...]) -> None:
        if len(leaf.lines) > 1 or leaf.continued:
            leaf.lines.pop()
            self._close_leaf(last=True)
            head = self._begin()
        else:
            head = leaf.head
        shape = TableShape(len(self.blocks), aligns, head.containers, [0] * len(aligns))
        table = TableLeaf(head, shape)
        self._leaf = table
        table.header = self._measured(table, split_row(header))

    # ---- growing ---------------------------------------------------------------------------

    def _add_text(self, leaf: ParagraphLeaf, text: str, *, goes_on: bool = False) -> None:
        if leaf.is_full:
            self._emit(Paragraph(*leaf.head, *leaf.cut(goes_on=goes_on, breaks=self._breaks)))
            leaf.head = self._following(leaf.head)
        leaf.add(text, goes_on=goes_on)

    def _add_code(self, leaf: CodeLeaf, text: str, *, goes_on: bool = False) -> None:
        if leaf.keeps_back(text):
            return
        for line in leaf.take_blanks():
            self._add_code_line(leaf, line, goes_on=False)
        self._add_code_line(leaf, text, goes_on=goes_on)

    def _add_code_line(self, leaf: CodeLeaf, text: str, *, goes_on: bool) -> None:
        if leaf.is_full(goes_on=goes_on):
            self._emit(leaf.block(last=False, cut=goes_on))
            leaf.next(self._following(leaf.head))
        leaf.add(text, goes_on=goes_on)

    def _add_row(self, leaf: TableLeaf, row: list[str]) -> None:
        if leaf.is_full:
            self._emit(leaf.block())
            leaf.next(self._following(leaf.head))
        leaf.rows.append(self._measured(leaf, row))

    def _measured(self, leaf: TableLeaf, row: list[str]) -> tuple[str, ...]:
        count = len(leaf.shape.natural)
        cells = (*row[:count], *[""] * (count - len(row)))
        for index, cell in enumerate(cells):
            inline = parse(cell, self.references)
            self.effort += 1 + len(cell) // 2 * bool(inline.spans)
            leaf.widen(index, inline.numbered(self.links + leaf.links))
            leaf.links += len(inline.anchors)
        return cells

    # ---- closing ---------------------------------------------------------------------------

    def _begin(self) -> Head:
        """Return where the next block stands."""
        containers = tuple(self._stack)
        before = self.blocks[-1].containers if self.blocks else ()
        shared = 0
        for left, right in zip(before, containers, strict=False):
            if left is not right:
                break
            shared += 1
        gap = self._gap(len(before), shared, containers)
        self._blank = False
        self._filled = [True] * len(self._filled)
        self._emptied = None
        return Head(containers, shared, gap)

    def _gap(self, before: int, shared: int, containers: tuple[Container, ...]) -> int:
        if not self.blocks:
            return 0
        if self._blank:
            return 1
        if shared < len(containers):
            return 0 if isinstance(containers[shared], Item) else 1
        inside = bool(containers) and isinstance(containers[-1], Item)
        return 0 if inside and before == shared else 1

    def _following(self, head: Head) -> Head:
        return Head(head.containers, len(head.containers), 0)

    def _emit(self, block: Block) -> None:
        block.link = self.links
        if isinstance(block, Paragraph | Heading):
            block.links = self._count(block.text)
        elif isinstance(block, Table) and isinstance(self._leaf, TableLeaf):
            block.links = self._leaf.links
        self.links += block.links
        self.blocks.append(block)
        if self._saved is None:
            self.closed = len(self.blocks)

    def _count(self, text: str) -> int:
        if not may_link(text):
            return 0
        self.effort += len(text) // 2
        return len(parse(text, self.references, breaks=self._breaks).anchors)

    def _without_definitions(self, leaf: ParagraphLeaf) -> str:
        text = leaf.text
        if not text.startswith("[") or leaf.continued:
            return text
        # A footnote looks like the definition of a link to its first word.
        note = _FOOTNOTE.search(text)
        head, tail = (text[: note.start()], text[note.start() :]) if note else (text, "")
        rest = take_definitions(head, self.references).strip() if head else ""
        return f"{rest}\n{tail}".strip("\n")

    def _close_leaf(self, *, last: bool) -> None:
        leaf = self._leaf
        if isinstance(leaf, ParagraphLeaf):
            text = self._without_definitions(leaf)
            if text:
                self._emit(Paragraph(*leaf.head, text))
            elif leaf.head.shared < len(leaf.head.containers):
                # An item that holds definitions only is still an item.
                self._emit(Marker(*leaf.head))
            else:
                self._blank = self._blank or leaf.head.gap > 0
        elif isinstance(leaf, CodeLeaf):
            self._emit(leaf.block(last=last, open=not last))
        elif isinstance(leaf, TableLeaf):
            self._emit(leaf.block())
        self._leaf = None

    def _close_unmatched(self, matched: int) -> None:
        self._close_leaf(last=True)
        self._pop_to(matched)

    def _pop_to(self, depth: int) -> None:
        while len(self._stack) > depth:
            if not self._filled[-1] and isinstance(self._stack[-1], Item):
                self._emit(Marker(*self._begin()))
            self._stack.pop()
            self._filled.pop()

    # ---- looking ahead ---------------------------------------------------------------------

    def _back(self) -> None:
        if self._saved is not None:
            self._restore(self._saved)
            self._saved = None

    def _save(self) -> _State:
        leaf = self._leaf
        state = _State(
            len(self.blocks),
            tuple(self._stack),
            tuple(self._filled),
            leaf,
            self._blank,
            self._midline,
            self._emptied,
            len(self.codes),
            self.links,
            self.references,
            leaf.mark() if leaf else (),
        )
        if leaf:
            self._leaf = leaf.copy()
        self.references = dict(self.references)
        return state

    def _restore(self, state: _State) -> None:
        del self.blocks[state.blocks :]
        del self.codes[state.codes :]
        self._stack = list(state.stack)
        self._filled = list(state.filled)
        self._leaf = state.leaf
        self._blank = state.blank
        self._midline = state.midline
        self._emptied = state.emptied
        self.links = state.links
        self.references = state.references
        if state.leaf:
            state.leaf.back_to(state.shape)
