"""Text to blocks, line by line: what is closed stays as it is, whatever text follows.

The block structure of CommonMark and of GitHub's tables can be read one line at a time. `Scanner`
does that: `feed` takes the next line, `blocks` are those that no later line can change, and `peek`
tells how the text would end if nothing followed. Raw HTML is text.
"""

import re

from acechat.markdown.builder import Builder
from acechat.markdown.leaves import (
    CodeLeaf,
    ParagraphLeaf,
    TableLeaf,
    alignments,
    split_row,
)
from acechat.markdown.shapes import (
    Heading,
    Item,
    ListShape,
    Quote,
    Rule,
)
from acechat.markdown.wrap import safe_cut

MAX_DEPTH = 10
"""Lists and quotations inside each other; what is deeper is text."""
MAX_LINE = 1500
"""Characters of a line that are read at once; a longer one is cut, best at a space."""
CUT_BACK = 200
"""How far before that the space may be."""
LOOK_AHEAD = 64
"""A line is cut when it is longer than `MAX_LINE` by this, so that a cut never leaves a crumb."""

_ATX = re.compile(r"(#{1,6})(?:[ \t]+|$)(.*)", re.DOTALL)
_FENCE = re.compile(r"(`{3,})([^`]*)$|(~{3,})(.*)$")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_SETEXT = re.compile(r"(?:=+|-+)[ \t]*$")
_ITEM = re.compile(r"([-+*]|(\d{1,9})([.)]))(?: +|$)")
_TASK = re.compile(r"\[[ xX]\](?= +\S)")
_UNDECIDED = re.compile(r"(?:[-+*_=#>|:`~ \t]*+|[ \t]*+(?:[-+*>][ \t]++)*+\d{1,9}[.)]?[ \t]*+)$")
"""The beginning of a line that does not yet tell what the line is."""
_UNDECIDED_IN_CODE = re.compile(r"[ \t>]*+(?:`++|~++)?[ \t]*+$")
"""The same between fences, where a line is code or the end of it."""


class Scanner(Builder):
    """Reads a text line by line and keeps the blocks that are closed."""

    def feed(self, line: str) -> None:
        """Read the next line, or the rest of a line, without its newline."""
        self._back()
        self._read(line)
        self._midline = False

    def feed_part(self, text: str, start: int) -> int:
        """Read the first part of the line that begins at `start` and is too long to read at once.

        Returns:
            Where the rest of the line begins.
        """
        self._back()
        cut = text.rfind(" ", start + MAX_LINE - CUT_BACK, start + MAX_LINE) + 1
        if cut <= start:
            cut = safe_cut(text, start + MAX_LINE)
        self._read(text[start:cut])
        self._midline = True
        return cut

    def finish(self) -> None:
        """Close everything: no line follows."""
        self._back()
        self._close_leaf(last=True)
        self._pop_to(0)
        self.closed = len(self.blocks)

    def peek(self, partial: str) -> None:
        """Add the blocks after the closed ones, as if the text ended with `partial`.

        The beginning of a line that can still become anything is left out. The next call undoes
        what this one did.
        """
        self._back()
        self._saved = self._save()
        if partial and not self._is_undecided(partial):
            self._read(partial)
        self._close_leaf(last=False)
        self._pop_to(0)

    def rewind(self) -> None:
        """Undo the last `peek`."""
        self._back()

    # ---- what comes next -------------------------------------------------------------------

    def _read(self, line: str) -> None:
        self.effort += 1 + len(line) // 100
        if self._midline:
            self._continue_line(line)
            return
        leaf = self._leaf
        if "\t" in line and not (isinstance(leaf, CodeLeaf) and leaf.fence):
            line = line.expandtabs(4)
        rest, matched = self._match(line)
        if isinstance(leaf, CodeLeaf) and matched == len(self._stack):
            if leaf.fence:
                if leaf.closes(rest):
                    self._close_leaf(last=True)
                else:
                    self._add_code(leaf, leaf.inner(rest))
                return
            if leaf.takes(rest):
                self._add_code(leaf, rest[4:])
                return
        if isinstance(leaf, CodeLeaf):
            self._close_leaf(last=True)
        self._structure(rest.expandtabs(4) if "\t" in rest else rest, matched)

    def _match(self, line: str) -> tuple[str, int]:
        """Go through the open containers; return what is left of the line, and how many go on."""
        rest = line
        for index, container in enumerate(self._stack):
            stripped = rest.lstrip(" \t")
            indent = len(rest) - len(stripped)
            if "\t" in rest[:indent]:
                rest = rest[:indent].expandtabs(4) + stripped
                indent = len(rest) - len(stripped)
            if isinstance(container, Quote):
                if indent > 3 or not stripped.startswith(">"):
                    return rest, index
                rest = stripped[1:].removeprefix(" ")
            elif not stripped:
                if not self._filled[index]:
                    return rest, index
                rest = rest[container.indent :]
            elif indent >= container.indent:
                rest = rest[container.indent :]
            else:
                return rest, index
        return rest, len(self._stack)

    def _structure(self, rest: str, matched: int) -> None:
        """Open what the line opens, then take its text."""
        whole = matched == len(self._stack)
        paragraph = isinstance(self._leaf, ParagraphLeaf)
        while True:
            stripped = rest.lstrip(" ")
            indent = len(rest) - len(stripped)
            if not stripped:
                break
            if indent >= 4:
                if paragraph:
                    break
                self._open_indented(rest[4:], matched)
                return
            if paragraph and whole and self._underlines(stripped):
                return
            if self._is_leaf_of_its_own(stripped, indent, matched):
                return
            opened = self._open_container(stripped, indent, matched, interrupts=paragraph and whole)
            if opened is None:
                break
            rest, whole, paragraph = opened, True, False
            matched = len(self._stack)
        self._take_text(rest, stripped, matched, paragraph=paragraph)

    def _take_text(self, rest: str, stripped: str, matched: int, *, paragraph: bool) -> None:
        whole = matched == len(self._stack)
        if not stripped:
            if isinstance(self._leaf, ParagraphLeaf | TableLeaf):
                self._close_leaf(last=True)
            empty = matched < len(self._stack) and not self._filled[matched]
            left = self._stack[matched] if empty else None
            self._pop_to(matched)
            # A list goes on after an item without content, though a blank line ends the item.
            self._emptied = left or self._emptied
            # The line on which an item begins is not blank, even where nothing follows the marker.
            self._blank = self._blank or not (self._filled and not self._filled[-1])
            return
        leaf = self._leaf
        if isinstance(leaf, ParagraphLeaf) and paragraph:
            # Where containers are missing in front of it, the line lazily continues the text.
            self._add_text(leaf, rest)
            return
        if isinstance(leaf, TableLeaf) and whole and len(rest) - len(stripped) < 4:
            self._add_row(leaf, split_row(stripped))
            return
        self._close_unmatched(matched)
        leaf = ParagraphLeaf(self._begin())
        self._leaf = leaf
        self._add_text(leaf, rest)

    # ---- opening ---------------------------------------------------------------------------

    def _underlines(self, stripped: str) -> bool:
        """Make a table or a heading of the open paragraph, if the line says so."""
        leaf = self._leaf
        if not isinstance(leaf, ParagraphLeaf) or not leaf.lines:
            return False
        if stripped[0] in "|-:" and (aligns := alignments(stripped)):
            header = leaf.header(len(aligns))
            if header is not None:
                self._open_table(leaf, header, aligns)
                return True
        if stripped[0] in "=-" and not leaf.continued and _SETEXT.match(stripped):
            text = self._without_definitions(leaf)
            if not text:
                leaf.lines = []
                return False
            self._leaf = None
            self._emit(Heading(*leaf.head, text, 1 if stripped[0] == "=" else 2))
            return True
        return False

    def _is_leaf_of_its_own(self, stripped: str, indent: int, matched: int) -> bool:
        first = stripped[0]
        if first == "#" and (heading := _ATX.match(stripped)):
            self._close_unmatched(matched)
            text = heading[2].strip(" \t")
            bare = text.rstrip("#")
            if not bare or bare[-1] in " \t":
                text = bare.rstrip(" \t")
            self._emit(Heading(*self._begin(), text, len(heading[1])))
            return True
        if first in "`~" and (fence := _FENCE.match(stripped)):
            self._close_unmatched(matched)
            info = (fence[2] if fence[1] else fence[4]).strip(" \t")
            self._open_code(fence[1] or fence[3], indent, info)
            return True
        if first in "*-_" and _RULE.match(stripped):
            self._close_unmatched(matched)
            self._emit(Rule(*self._begin()))
            return True
        return False

    def _open_container(
        self, stripped: str, indent: int, matched: int, *, interrupts: bool
    ) -> str | None:
        """Open a quotation or an item; return the rest of the line, None where it opens neither."""
        if matched >= MAX_DEPTH:
            return None
        if stripped[0] == ">":
            self._close_unmatched(matched)
            self._push(Quote())
            return stripped[1:].removeprefix(" ")
        item = _ITEM.match(stripped)
        if item is None:
            return None
        after = stripped[item.end() :]
        if interrupts and (not after or (item[2] is not None and int(item[2]) != 1)):
            return None
        self._open_item(item, indent, matched, after)
        container = self._stack[-1]
        assert isinstance(container, Item)
        rest = stripped[container.indent - indent :]
        return rest.removeprefix(container.task) if container.task else rest

    def _open_item(self, item: re.Match[str], indent: int, matched: int, after: str) -> None:
        self.effort += 1
        marker = item[3] or item[1]
        sibling = self._stack[matched] if matched < len(self._stack) else self._emptied
        self._close_unmatched(matched)
        ordered = item[2] is not None
        if isinstance(sibling, Item) and sibling.marker == marker:
            shape = sibling.shape
            number = sibling.number + 1 if ordered else 0
        else:
            depth = sum(isinstance(container, Item) for container in self._stack)
            shape = ListShape(len(self.blocks), depth=depth)
            number = int(item[2]) if ordered else 0
        if ordered:
            shape.digits = max(shape.digits, len(str(number)))
        spaces = item.end() - len(item[1])
        if not after or spaces > 4:
            spaces = 1
        task = _TASK.match(after) if not ordered and after else None
        self._push(
            Item(shape, marker, number, indent + len(item[1]) + spaces, task[0] if task else "")
        )

    # ---- the rest of a long line -----------------------------------------------------------

    def _continue_line(self, text: str) -> None:
        leaf = self._leaf
        if isinstance(leaf, CodeLeaf):
            self._add_code(leaf, text, goes_on=True)
            return
        if not isinstance(leaf, ParagraphLeaf):
            self._close_leaf(last=True)
            leaf = ParagraphLeaf(self._begin())
            self._leaf = leaf
        self._add_text(leaf, text, goes_on=True)

    def _is_undecided(self, partial: str) -> bool:
        if self._midline:
            return False
        if isinstance(self._leaf, CodeLeaf) and self._leaf.fence:
            return _UNDECIDED_IN_CODE.match(partial) is not None
        return _UNDECIDED.match(partial) is not None
