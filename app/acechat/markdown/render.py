"""Blocks to lines."""

from rich.style import Style

from acechat.markdown.code import BORDERS, code_lines, is_wide, overflow
from acechat.markdown.highlight import MAX_HIGHLIGHTED_LINE
from acechat.markdown.inline import References, parse
from acechat.markdown.layout import Cutter, Layout
from acechat.markdown.lines import Line, line_of
from acechat.markdown.shapes import (
    Block,
    Code,
    CodeShape,
    Heading,
    Marker,
    Paragraph,
    Rule,
    Shape,
    Table,
    TableShape,
)
from acechat.markdown.table import columns_of, table_lines
from acechat.markdown.wrap import wrap

RULE_WIDTH = 24
"""Cells of a thematic break."""


def render(block: Block, layout: Layout, references: References) -> list[Line]:
    """Return the lines of `block`, without the blank row before it."""
    palette = layout.palette
    match block:
        case Paragraph():
            return _text(block, block.text, block.join, palette.text, layout, references)
        case Heading():
            style = palette.heading if block.level < 3 else palette.subheading
            return _text(block, block.text, "\n", palette.text + style, layout, references)
        case Code():
            return code_lines(block, layout)
        case Table():
            return table_lines(block, layout, references)
        case Rule():
            prefix = layout.prefix(block, layout.text_width)
            rule = "─" * min(RULE_WIDTH, layout.text_width - prefix.cells)
            lead = sum(len(text) for text, _ in prefix.first) + len(rule)
            return [line_of([*prefix.first, (rule, palette.rule)], lead=lead)]
        case Marker():
            prefix = layout.prefix(block, layout.text_width)
            return [line_of(prefix.first, lead=prefix.first_lead)]
        case _:
            raise AssertionError(block)


def gap_line(block: Block, layout: Layout) -> Line:
    """Return the blank row before `block`, with the bars of the quotations that go on."""
    runs = layout.gap(block)
    return line_of(runs, lead=sum(len(text) for text, _ in runs))


def stamp(shape: Shape, layout: Layout) -> object:
    """Return what the lines of a shape's earlier blocks depend on."""
    match shape:
        case CodeShape():
            return is_wide(shape, layout), min(layout.shift, overflow(shape, layout))
        case TableShape():
            return columns_of(shape, layout)
        case _:
            return shape.digits


def estimate(block: Block, layout: Layout) -> int:
    """Return about how many lines `block` takes, at least one."""
    match block:
        case Paragraph() | Heading():
            room = layout.room(block.containers, layout.text_width)
            # A character of three bytes is two cells wide more often than not.
            cells = (len(block.text) + len(block.text.encode()) + 1) // 2
            breaks = block.text.count("\n") if layout.breaks else 0
            return max(1, -(-cells // room)) + breaks
        case Code():
            wide = is_wide(block.shape, layout)
            width = layout.width if wide else layout.text_width
            inner = max(layout.room(block.containers, width) - BORDERS, 1)
            folds = 0
            if block.shape.widest > inner:
                shortest = 0 if layout.folds else MAX_HIGHLIGHTED_LINE
                long = [len(line) for line in block.lines if len(line) > shortest]
                folds = sum((length - 1) // inner for length in long)
            return max(1, len(block.lines) + folds + (block.index == 0) + block.last)
        case Table():
            return max(1, len(block.rows) + (2 if block.header is not None else 0))
        case _:
            return 1


def _text(
    block: Block, source: str, join: str, base: Style, layout: Layout, references: References
) -> list[Line]:
    marked = parse(source, references, breaks=layout.breaks).numbered(block.link)
    prefix = layout.prefix(block, layout.text_width)
    cutter = Cutter(marked.text, layout.paint(marked, base))
    pieces = wrap(marked.text, layout.text_width - prefix.cells)
    before, lead = prefix.first, prefix.first_lead
    offset = sum(len(text) for text, _ in before)
    lines: list[Line] = []
    for index, (start, end, between) in enumerate(pieces):
        notes = tuple(
            (max(first, start) - start + offset, min(last, end) - start + offset)
            for first, last in marked.notes
            if first < end and last > start
        )
        lines.append(
            line_of(
                [*before, *cutter.cut(start, end)],
                join=between if index < len(pieces) - 1 else join,
                lead=lead,
                notes=notes,
            )
        )
        before, lead = prefix.rest, prefix.rest_lead
        offset = prefix.rest_lead
    return lines
