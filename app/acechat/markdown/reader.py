"""Reading a text that grows, a bounded amount at a time."""

from acechat.clean import clean
from acechat.markdown.blocks import LOOK_AHEAD, MAX_LINE, Scanner
from acechat.markdown.shapes import Block

SCAN_EFFORT = 2000
"""How much text one call reads at most: about 10 ms."""


class Reader:
    """Text on its way into blocks."""

    __slots__ = ("_at", "_breaks", "_guess", "_incoming", "_scanner", "_source", "done", "fresh")

    def __init__(self, text: str, *, breaks: bool) -> None:
        self._breaks = breaks
        self._incoming = [text]
        self._source = ""
        self._at = 0
        self._scanner: Scanner | None = None
        self._guess = (-1, 0, 0)
        self.done = False
        """The whole text was read, and it is complete."""
        self.fresh = True
        """Something came since `read` was called."""

    def append(self, text: str) -> None:
        """Add what has arrived."""
        self._incoming.append(text)
        self.fresh = True

    @property
    def started(self) -> bool:
        """Something was read."""
        return self._scanner is not None

    @property
    def scanner(self) -> Scanner:
        """The blocks and what they define."""
        if self._scanner is None:
            self._scanner = Scanner(breaks=self._breaks)
        return self._scanner

    @property
    def blocks(self) -> list[Block]:
        """All blocks so far."""
        return self.scanner.blocks

    @property
    def pending(self) -> bool:
        """There is text that is to be read at the next call."""
        return not self.done and (
            bool(self._incoming)
            or self._source.find("\n", self._at) >= 0
            or len(self._source) - self._at >= MAX_LINE + LOOK_AHEAD
        )

    def read(self, *, complete: bool) -> int:
        """Read on, a bounded amount.

        Args:
            complete: nothing will be appended.

        Returns:
            From which block on blocks are new or changed.
        """
        scanner = self.scanner
        self.fresh = False
        unchanged = scanner.closed
        if self._incoming:
            self._source = self._source[self._at :] + clean("".join(self._incoming))
            self._at = 0
            self._incoming.clear()
        self._scan(scanner)
        if self.pending:
            # What the end looks like is not worth knowing: more text is at hand.
            scanner.rewind()
        elif not complete:
            scanner.peek(self._source[self._at :])
        else:
            if self._at < len(self._source):
                scanner.feed(self._source[self._at :])
            scanner.finish()
            self._source, self._at, self.done = "", 0, True
        return unchanged

    def rows_ahead(self, width: int) -> int:
        """Guess how many rows the text takes that was not read yet."""
        if self._scanner is not None and not self.pending:
            return 0
        size = len(self._source) - self._at + sum(len(part) for part in self._incoming)
        if self._guess[:2] != (size, width):
            text = self._source[self._at :] + "".join(self._incoming)
            lines = text.count("\n") + 1
            # A character of three bytes is two cells wide more often than not.
            cells = (len(text) + len(text.encode(errors="replace")) + 1) // 2
            rows = max(lines, cells // width + lines // 2) if text else 0
            self._guess = (size, width, rows)
        return self._guess[2]

    def _scan(self, scanner: Scanner) -> None:
        source = self._source
        limit = scanner.effort + SCAN_EFFORT
        while scanner.effort < limit:
            end = source.find("\n", self._at)
            if (end if end >= 0 else len(source)) - self._at >= MAX_LINE + LOOK_AHEAD:
                self._at = scanner.feed_part(source, self._at)
            elif end < 0:
                return
            else:
                scanner.feed(source[self._at : end])
                self._at = end + 1
