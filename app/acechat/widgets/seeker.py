"""Looking for words in messages that may never have been seen, in short steps."""

import asyncio
import time
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from acechat.markdown.lines import Line, width_of
from acechat.markdown.needle import Needle, matches
from acechat.markdown.seek import Found, count, seek
from acechat.widgets.entries import Entry, Place
from acechat.widgets.pace import Pace

Marks = tuple[tuple[int, int, bool], ...]
"""Where a row holds what is looked for: start, end, and whether that is the place gone to."""

TELL_SECONDS = 0.1
"""How often the number of places is told while it grows."""

MAX_BLOCK = 1 << 30
"""More blocks than any message has."""

KEPT_BLOCKS = 300
"""Of how many blocks the marks are kept: more than are ever in view."""

_Span = tuple[int, int, int]
"""Start and end in a row, and which place of the block it belongs to."""

FROM_THE_TOP = "from the top again"
FROM_THE_END = "from the end again"


@dataclass(frozen=True, slots=True)
class Tally:
    """What is known of the places where the words are."""

    position: int | None = None
    """The number of the place that was gone to, from 1, where it is known yet."""
    total: int = 0
    """How many places were found so far."""
    complete: bool = False
    """There are no more."""
    note: str = ""
    """That the end of the conversation was passed on the way."""

    @property
    def words(self) -> str:
        """The same as a reader is told it."""
        if self.complete and not self.total:
            return "not found"
        if not self.complete and not self.total:
            return "looking …"
        counted = str(self.total) if self.complete else f"{self.total} so far"
        place = counted if self.position is None else f"{self.position} of {counted}"
        return f"{place} · {self.note}" if self.note else place


class Seeker:
    """Looks for one text. Messages are read for that one by one, and forgotten again."""

    def __init__(self, text: str) -> None:
        self.needle = Needle(text)
        """What is looked for."""
        self.here: tuple[Entry, Found] | None = None
        """The place that was gone to."""
        self.turn = asyncio.Lock()
        """Held while the next place is looked for: keys wait for each other."""
        self.over = False
        """Nobody looks for it any more: what goes on ends soon, and its result is of no use."""
        self._note = ""
        self._pace = Pace()
        self._counts: dict[Entry, int] = {}
        self._places: tuple[Entry, list[Found]] | None = None
        self._blocks: dict[tuple[Entry, int], tuple[list[Line], dict[int, list[_Span]]]] = {}

    def forget(self, entry: Entry | None = None) -> None:
        """Forget what was found in a message, because its text has changed, or in all of them."""
        if entry is None:
            self._counts.clear()
        else:
            self._counts.pop(entry, None)
        if self._places is not None and entry in (None, self._places[0]):
            self._places = None

    def unplaced(self) -> None:
        """Forget which place is which: they are told apart by rows, and those have changed."""
        self._places = None
        self._blocks.clear()

    # Going from place to place.

    async def nearest(
        self, entries: Sequence[Entry], index: int, place: Place
    ) -> tuple[Entry, Found] | None:
        """Return the first place from a row on, or the last one before it."""
        # The row may stand under the text.
        block = place[0] if place[0] >= 0 else MAX_BLOCK
        for at in range(index, len(entries)):
            async for some in self._seek(entries[at], block if at == index else 0):
                first = self._first_from(some, place) if at == index else 0
                if first < len(some):
                    # The rest of a long message is not waited for.
                    return entries[at], some[first]
        for at in range(index, -1, -1):
            places = await self._places_of(entries[at])
            last = (self._first_from(places, place) if at == index else len(places)) - 1
            if last >= 0:
                return entries[at], places[last]
        return None

    def _first_from(self, places: Sequence[Found], place: Place) -> int:
        """Return the first of `places` from a row on; their number where there is none."""
        if place[0] < 0:
            return len(places)
        return bisect_left(places, place, key=lambda found: (found.block, found.offset))

    async def next(self, entries: Sequence[Entry], step: int) -> tuple[Entry, Found] | None:
        """Return the place after the one that was gone to, or before it for -1."""
        if self.here is None or self.here[0] not in entries:
            return await self.nearest(entries, 0, (0, 0))
        entry, here = self.here
        self._note = ""
        begin = entries.index(entry)
        places = await self._places_of(entry)
        beside = bisect_right(places, here) if step > 0 else bisect_left(places, here) - 1
        if 0 <= beside < len(places):
            return entry, places[beside]
        for distance in range(1, len(entries) + 1):
            at = begin + step * distance
            other = entries[at % len(entries)]
            if places := await self._places_of(other):
                if not 0 <= at < len(entries):
                    self._note = FROM_THE_TOP if step > 0 else FROM_THE_END
                return other, places[0 if step > 0 else -1]
        return None

    async def read_to(self, entry: Entry, found: Found) -> None:
        """Read a message as far as a place in it: until now, only a copy of it was read."""
        while not self.over and entry.document.blocks <= found.block and entry.document.read_on():
            await self._pace.step()

    async def _places_of(self, entry: Entry) -> list[Found]:
        if self._places is not None and self._places[0] is entry:
            return self._places[1]
        places = [found async for some in self._seek(entry) for found in some]
        self._counts[entry] = len(places)
        if places:
            self._places = entry, places
        return places

    async def _seek(self, entry: Entry, first: int = 0) -> AsyncIterator[list[Found]]:
        """Yield the places in a message, from a block on, where there may be some."""
        if await self._may_be_in(entry):
            for some in seek(entry.to_seek_in(), self.needle, first):
                await self._pace.step()
                if self.over:
                    return
                yield some

    async def _may_be_in(self, entry: Entry) -> bool:
        await self._pace.step()
        known = self._counts.get(entry)
        return not self.over and known != 0 and self.needle.may_be_in(entry.source)

    # Counting.

    async def count(self, entries: Sequence[Entry]) -> AsyncIterator[None]:
        """Count all places; comes back from time to time, and at the end."""
        told = time.monotonic()
        for entry in entries:
            if self.here is not None and entry is self.here[0]:
                # Its place among them is told, too.
                await self._places_of(entry)
            elif entry not in self._counts:
                self._counts[entry] = await self._count_in(entry)
            if time.monotonic() - told > TELL_SECONDS:
                yield
                told = time.monotonic()
        yield

    async def _count_in(self, entry: Entry) -> int:
        total = 0
        if await self._may_be_in(entry):
            for some in count(entry.to_seek_in(), self.needle):
                await self._pace.step()
                if self.over:
                    break
                total += some
        return total

    def tally(self, entries: Sequence[Entry]) -> Tally:
        """Return what is known by now."""
        counts = [self._counts.get(entry) for entry in entries]
        total = sum(count or 0 for count in counts)
        position = None
        if self.here is not None and self._places is not None and self.here[0] is self._places[0]:
            entry, here = self.here
            before = counts[: entries.index(entry)] if entry in entries else [None]
            if None not in before:
                position = sum(count or 0 for count in before)
                position += bisect_left(self._places[1], here) + 1
        return Tally(position, total, None not in counts, self._note)

    # Marks.

    def marks(self, entry: Entry, row: int) -> Marks:
        """Return where a row of a message holds what is looked for."""
        document = entry.document
        if row >= document.height:
            return ()
        block, number = document.block_at(row)
        if number < 0 or block >= document.blocks:
            return ()
        lines = document.block_lines(block)
        known = self._blocks.get((entry, block))
        if known is None or known[0] is not lines:
            known = lines, self._spans(lines)
            if len(self._blocks) >= KEPT_BLOCKS:
                self._blocks.clear()
            self._blocks[entry, block] = known
        here = self.here
        current = here[1][:2] if here is not None and here[0] is entry else None
        return tuple(
            (start, end, (block, each) == current) for start, end, each in known[1].get(number, ())
        )

    def _spans(self, lines: Sequence[Line]) -> dict[int, list[_Span]]:
        spans: dict[int, list[_Span]] = {}
        for number, match in enumerate(matches(lines, self.needle)):
            for line, start, end in match.spans:
                spans.setdefault(line, []).append((start, end, number))
        return spans

    def column(self, entry: Entry, found: Found) -> int | None:
        """Return the cells before a place that lies behind the frame of its code, else None."""
        if found.block >= entry.document.blocks:
            # The text was replaced meanwhile.
            return None
        lines = entry.document.block_lines(found.block)
        here = matches(lines, self.needle)
        if found.number >= len(here) or here[found.number].spans:
            return None
        match = here[found.number]
        return width_of(lines[match.line].content()[: match.within])
