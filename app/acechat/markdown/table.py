"""Tables as lines: a header, a rule under it, columns with space between them."""

from collections.abc import Sequence

from rich.style import Style

from acechat.markdown.inline import Marked, References, parse
from acechat.markdown.layout import Cutter, Layout
from acechat.markdown.lines import Line, Run, line_of, width_of
from acechat.markdown.shapes import Cells, Table, TableShape
from acechat.markdown.wrap import wrap

GAP = 2
"""Cells between two columns."""
MIN_COLUMN = 6
"""Cells that a column which does not fit is given at least; where that is too much, the table is
shown as its source."""


def columns_of(shape: TableShape, layout: Layout) -> tuple[int, ...]:
    """Return the cells of each column; none where the table is to be shown as its source."""
    natural = shape.natural
    room = layout.room(shape.containers, layout.width) - GAP * (len(natural) - 1)
    if sum(natural) <= room:
        return tuple(max(cells, 1) for cells in natural)
    if sum(min(cells, MIN_COLUMN) for cells in natural) > room:
        return ()
    # Columns narrower than a fair share keep their width and leave the rest to the others.
    widths = [0] * len(natural)
    order = sorted(range(len(natural)), key=lambda index: natural[index])
    for place, index in enumerate(order):
        widths[index] = max(1, min(natural[index], room // (len(order) - place)))
        room -= widths[index]
    return tuple(widths)


def table_lines(block: Table, layout: Layout, references: References) -> list[Line]:
    """Return the lines of a slice of a table; the first slice carries the header."""
    palette = layout.palette
    widths = columns_of(block.shape, layout)
    prefix = layout.prefix(block, layout.width)
    before, lead = prefix.first, prefix.first_lead
    lines: list[Line] = []
    link = block.link
    rows: list[tuple[Cells, Style]] = [(row, palette.text) for row in block.rows]
    if block.header is not None:
        rows.insert(0, (block.header, palette.text + palette.table_header))
    for number, (row, base) in enumerate(rows):
        cells: list[Marked] = []
        for cell in row:
            inline = parse(cell, references)
            cells.append(inline.numbered(link))
            link += len(inline.anchors)
        room = layout.width - prefix.cells
        for runs, join, notes in (
            _row(cells, base, widths, block.shape.aligns, layout)
            if widths
            else _source(row, base, room)
        ):
            offset = sum(len(text) for text, _ in before)
            moved = tuple((first + offset, last + offset) for first, last in notes)
            lines.append(line_of([*before, *runs], join=join, lead=lead, notes=moved))
            before, lead = prefix.rest, prefix.rest_lead
        if number == 0 and block.header is not None and widths:
            rule = (" " * GAP).join("─" * width for width in widths)
            runs = [*before, (rule, palette.frame)]
            lines.append(line_of(runs, join="", lead=sum(len(text) for text, _ in runs)))
    return lines


_Row = tuple[list[Run], str, list[tuple[int, int]]]


def _source(row: Cells, base: Style, room: int) -> list[_Row]:
    text = "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
    pieces = wrap(text, room)
    return [
        ([(text[start:end], base)], join if index < len(pieces) - 1 else "\n", [])
        for index, (start, end, join) in enumerate(pieces)
    ]


def _row(
    cells: Sequence[Marked],
    base: Style,
    widths: Sequence[int],
    aligns: Sequence[str],
    layout: Layout,
) -> list[_Row]:
    wrapped = [wrap(cell.text, width) for cell, width in zip(cells, widths, strict=True)]
    cutters = [Cutter(cell.text, layout.paint(cell, base)) for cell in cells]
    rows: list[_Row] = []
    for level in range(max(len(pieces) for pieces in wrapped)):
        runs: list[Run] = []
        notes: list[tuple[int, int]] = []
        length = owed = 0
        for cell, pieces, cutter, width, align in zip(
            cells, wrapped, cutters, widths, aligns, strict=True
        ):
            start, end, _ = pieces[level] if level < len(pieces) else (0, 0, "")
            text = cell.text[start:end]
            spare = width - width_of(text)
            left = spare if align == "right" else spare // 2 if align == "center" else 0
            if text:
                # Spaces are written only when something follows them.
                runs.append((" " * (owed + left), base))
                length += owed + left
                owed = 0
                notes += [
                    (max(first, start) - start + length, min(last, end) - start + length)
                    for first, last in cell.notes
                    if first < end and last > start
                ]
                runs += cutter.cut(start, end)
                length += end - start
                owed = spare - left + GAP
            else:
                owed += width + GAP
        rows.append((runs, "\n", notes))
    return rows
