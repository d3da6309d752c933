"""A screen that knows what a Textual program has drawn on it: positions and text, no colours."""

import codecs
import re
import unicodedata

_PIECES = re.compile(
    r"\x1b\[([0-9;:?<>=!$ ]*)([@-~])"  # CSI
    r"|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC, DCS, APC, PM, SOS
    r"|\x1b[()*+#%].|\x1b[^\[\]P_^X]"
    r"|([\r\n\b\t])"
    r"|([^\x1b\r\n\b\t]+)"
)
_OPEN = re.compile(r"\x1b(?:\[[0-9;:?<>=!$ ]*|[\]P_^X][^\x07\x1b]*\x1b?|[()*+#%]?)\Z")
"""An escape sequence of which the end has not come yet."""


class Screen:
    """Rows of text, written by escape sequences that place the cursor."""

    def __init__(self, columns: int, rows: int) -> None:
        self._columns = columns
        self._cells = [[" "] * columns for _ in range(rows)]
        self._texts = [" " * columns] * rows
        self._changed: set[int] = set()
        self._x = 0
        self._y = 0
        self._rest = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    @property
    def rows(self) -> list[str]:
        """The text of each row; the second cell of a wide character holds nothing."""
        for y in self._changed:
            self._texts[y] = "".join(self._cells[y])
        self._changed.clear()
        return self._texts

    def shows(self, text: str) -> bool:
        """Whether `text` stands in one of the rows."""
        return any(text in row for row in self.rows)

    def feed(self, data: bytes) -> None:
        """Draw what the program has written."""
        text = self._rest + self._decoder.decode(data)
        self._rest = ""
        if (unfinished := _OPEN.search(text)) is not None:
            self._rest = unfinished.group()
            text = text[: unfinished.start()]
        for piece in _PIECES.finditer(text):
            written = piece.group(4)
            if written is not None:
                self._write(written)
            elif piece.group(2) is not None:
                self._obey(piece.group(1), piece.group(2))
            elif piece.group(3) is not None:
                self._control(piece.group(3))

    def _write(self, text: str) -> None:
        row = self._cells[self._y]
        self._changed.add(self._y)
        if text.isascii():
            room = self._columns - self._x
            row[self._x : self._x + len(text)] = text[:room]
            self._x = min(self._columns, self._x + len(text))
            return
        for character in text:
            width = _width(character)
            if self._x + width > self._columns:
                break
            if not width:
                continue
            row[self._x] = character
            if width > 1:
                row[self._x + 1] = ""
            self._x += width

    def _control(self, character: str) -> None:
        if character == "\r":
            self._x = 0
        elif character == "\n":
            self._y = min(len(self._cells) - 1, self._y + 1)
        elif character == "\b":
            self._x = max(0, self._x - 1)

    def _obey(self, parameters: str, final: str) -> None:
        if final == "H":
            row, _, column = parameters.partition(";")
            self._y = min(len(self._cells), int(row or 1)) - 1
            self._x = min(self._columns, int(column or 1)) - 1
        elif final == "J":
            for y, row in enumerate(self._cells):
                row[:] = " " * self._columns
                self._changed.add(y)
        elif final == "K":
            row = self._cells[self._y]
            row[self._x :] = " " * (self._columns - self._x)
            self._changed.add(self._y)
        elif final == "C":
            self._x = min(self._columns - 1, self._x + int(parameters or 1))


def _width(character: str) -> int:
    if character < "\u0300":
        return 1
    if unicodedata.combining(character) or character in "\u200b\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
