"""What a person sees on a terminal: the rows that are left when all output was carried out."""

import re
from collections.abc import Iterable

from rich.cells import cell_len

from escapes import Kind, Piece

_PLACE = re.compile(r"\x1b\[(?:(\d+);(\d+))?H")
_ALTERNATE = "\x1b[?1049h"


class Display:
    """Rows of cells, written to as a terminal would; only what the full screen uses."""

    def __init__(self, columns: int, rows: int) -> None:
        self._size = (columns, rows)
        self._cells: list[list[str]] = []
        self._row = self._column = 0
        self._clear()

    def _clear(self) -> None:
        columns, rows = self._size
        self._cells = [[" "] * columns for _ in range(rows)]
        self._row = self._column = 0

    def resize(self, columns: int, rows: int) -> None:
        """Take another size; the program draws everything anew."""
        self._size = (columns, rows)
        self._clear()

    @property
    def rows(self) -> list[str]:
        """The rows, without the blanks at their ends."""
        return ["".join(row).rstrip() for row in self._cells]

    @property
    def text(self) -> str:
        """All rows."""
        return "\n".join(self.rows)

    def find(self, text: str) -> tuple[int, int] | None:
        """Return column and row of the first place, from 1, where `text` stands."""
        for number, row in enumerate(self._cells, 1):
            # A cell behind a wide letter is empty: places are counted in cells.
            line = "".join(cell or "\0" for cell in row)
            if (at := line.replace("\0", "").find(text)) >= 0:
                seen = -1
                for column, cell in enumerate(row, 1):
                    seen += len(cell)
                    if seen >= at:
                        return column, number
        return None

    def write(self, pieces: Iterable[Piece]) -> None:
        """Carry out more of the output."""
        for piece in pieces:
            if piece.kind is Kind.TEXT:
                for letter in piece.raw:
                    self._put(letter)
            elif piece.raw == "\r":
                self._column = 0
            elif piece.raw == "\n":
                self._row = min(self._row + 1, self._size[1] - 1)
            elif piece.raw == _ALTERNATE:
                self._clear()
            elif found := _PLACE.fullmatch(piece.raw):
                self._row = min(int(found[1] or 1), self._size[1]) - 1
                self._column = min(int(found[2] or 1), self._size[0]) - 1

    def _put(self, letter: str) -> None:
        width = cell_len(letter)
        row = self._cells[self._row]
        if width == 0:
            if self._column:
                row[self._column - 1] += letter
            return
        if self._column + width > self._size[0]:
            return
        row[self._column] = letter
        for behind in range(self._column + 1, self._column + width):
            row[behind] = ""
        self._column += width
