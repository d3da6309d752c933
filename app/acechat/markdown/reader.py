"""Reading a text that grows, a bounded amount at a time."""

from acechat.clean import clean
from acechat.markdown.blocks import LOOK_AHEAD, MAX_LINE, Scanner
from acechat.markdown.shapes import Block

SCAN_EFFORT = 1000
"""How much text one call reads at most: about 5 ms."""
CLEAN_AT_ONCE = 100_000
"""Characters that are cleaned at once: 5 ms where they are Chinese, 0.1 ms where they are ASCII."""


class Reader:
    """Text on its way into blocks."""

    __slots__ = (
        "_at",
        "_breaks",
        "_guess",
        "_incoming",
        "_scanner",
        "_source",
        "_waiting",
        "done",
        "fresh",
    )

    def __init__(self, text: str, *, breaks: bool) -> None:
        self._breaks = breaks
        self._incoming = [text]
        # What came, from the first character on that was not cleaned yet.
        self._waiting = ""
        self._source = ""
        self._at = 0
        self._scanner: Scanner | None = None
        # How many characters wait to be read, the width, and the rows they were guessed to take.
        self._guess = (0, 0, 0.0)
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
            or bool(self._waiting)
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
        self._take()
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
        self._gather()
        size = len(self._source) - self._at + len(self._waiting)
        known, for_width, rate = self._guess
        if size > known or for_width != width:
            text = self._source[self._at :] + self._waiting
            lines = text.count("\n") + 1
            # A character of three bytes is two cells wide more often than not.
            cells = (len(text) + len(text.encode(errors="replace")) + 1) // 2
            rate = max(lines, cells // width + lines // 2) / size if size else 0.0
            self._guess = (size, width, rate)
        # What is left of it is as dense as the whole was: it is not counted again at every step.
        return round(size * rate)

    def _gather(self) -> None:
        if self._incoming:
            self._waiting += "".join(self._incoming)
            self._incoming.clear()

    def _take(self) -> None:
        """Clean more of what came, once the text that is ready to be read runs short."""
        self._gather()
        if self._waiting and len(self._source) - self._at < CLEAN_AT_ONCE:
            ready = clean(self._waiting[:CLEAN_AT_ONCE])
            self._waiting = self._waiting[CLEAN_AT_ONCE:]
            self._source = self._source[self._at :] + ready
            self._at = 0

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
