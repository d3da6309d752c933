"""Bytes in any cut become whole lines, split at the newline byte and nowhere else.

U+2028, U+2029 and U+0085 may stand unescaped inside a JSON string (`api.md` section 3), so text is
never split: only bytes are.
"""

from acechat.errors import TOO_LARGE, BadStream

MAX_LINE = 32 * 1024 * 1024
"""Bytes of one line; an answer of 32 MB is far beyond what any model writes."""

_BOM = b"\xef\xbb\xbf"


class NdjsonDecoder:
    """Collects pieces until a line is whole. Each byte is looked at once, whatever the cut."""

    def __init__(self, max_line: int = MAX_LINE) -> None:
        self._max_line = max_line
        self._pieces: list[bytes] = []
        self._size = 0
        self._at_start = True

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that `data` completes, without line ends and without blank lines.

        Raises:
            BadStream: a line is longer than the cap.
        """
        *whole, rest = data.split(b"\n")
        lines: list[bytes] = []
        for end in whole:
            self._keep(end)
            if line := self._take():
                lines.append(line)
        if rest:
            self._keep(rest)
        return lines

    def flush(self) -> bytes | None:
        """Return what stands behind the last newline, or None where nothing does."""
        return self._take() or None

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._max_line:
            limit = f"{self._max_line / 1024 / 1024:g} MB"
            raise BadStream(f"a line of the answer is larger than {limit}", code=TOO_LARGE)
        if piece:
            self._pieces.append(piece)

    def _take(self) -> bytes:
        line = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces = []
        self._size = 0
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(_BOM)
        line = line.removesuffix(b"\r")
        return b"" if line.isspace() else line
