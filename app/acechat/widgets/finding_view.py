"""Finding words in the messages: marking them, and going from one place to the next."""

from functools import partial

from textual.message import Message

from acechat.markdown.seek import Found
from acechat.widgets.entries import Entry, Place
from acechat.widgets.entry_view import EntryView
from acechat.widgets.seeker import Marks, Seeker, Tally

ABOVE = 3
"""Which part of the view is left above a place that was gone to: a third."""


class FindingView(EntryView):
    """Marks words in the rows in view, and goes to them wherever they are."""

    _seeker: Seeker | None = None
    _origin: tuple[Entry, Place] | None = None

    class Told(Message):
        """More is known of the places where the words are."""

        def __init__(self, tally: Tally) -> None:
            super().__init__()
            self.tally = tally
            """All that is known."""

    # What the screen tells it.

    def mark(self, text: str, message_id: str = "") -> None:
        """Mark `text` wherever it is seen, and go to the place nearest to where marking began.

        What is found is told by `Told`.

        Args:
            text: An empty one marks nothing.
            message_id: The message whose first place is gone to instead; nowhere is gone to where
                it has none.
        """
        self._stop_looking()
        only = next((each for each in self._entries if each.message.id == message_id), None)
        if only is not None:
            self._origin = only, (0, 0)
        if self._origin is None and self._entries:
            index = self._visible()[0]
            row = max(self.scroll_offset.y - self._tops[index], 0)
            self._origin = self._entries[index], self._entries[index].locate(row)
        if text.strip():
            self._seeker = Seeker(text)
            self.run_worker(partial(self._find, self._seeker, only=only), group="find")
        self._settle()

    def next_match(self, step: int) -> bool:
        """Go to the next place, or for -1 to the one before; False where nothing is marked."""
        if self._seeker is None:
            return False
        self.run_worker(partial(self._find, self._seeker, step), group="find")
        return True

    def unmark(self) -> None:
        """Mark nothing any more; what is being read stays where it is."""
        self._stop_looking()
        self._origin = None
        self._settle()

    def _stop_looking(self) -> None:
        if self._seeker is not None:
            self._seeker.over = True
            self._seeker = None

    # Looking.

    async def _find(self, seeker: Seeker, step: int = 0, only: Entry | None = None) -> None:
        async with seeker.turn:
            # Messages may come and go while it is looked for.
            entries = list(self._entries)
            if step and seeker.here is not None:
                found = await seeker.next(entries, step)
            else:
                found = await seeker.nearest(entries, *self._from())
            if found is not None:
                await seeker.read_to(*found)
            if seeker.over:
                return
            if found is not None and found[0] in self._entries and only in (None, found[0]):
                self._go(seeker, *found)
                self.post_message(self.Told(seeker.tally(self._entries)))
        self._count(seeker)

    def _from(self) -> tuple[int, Place]:
        """Return where to look from."""
        if self._origin is not None and self._origin[0] in self._entries:
            entry, place = self._origin
            return self._entries.index(entry), place
        return 0, (0, 0)

    def _count(self, seeker: Seeker) -> None:
        async def count() -> None:
            async for _ in seeker.count(list(self._entries)):
                if not seeker.over:
                    self.post_message(self.Told(seeker.tally(self._entries)))

        self.run_worker(count, group="count", exclusive=True)

    def _go(self, seeker: Seeker, entry: Entry, found: Found) -> None:
        """Show a place that was found; a third of the view is left above it."""
        index = self._entries.index(entry)
        seeker.here = entry, found
        self._hold_now()
        place = found.block, found.offset
        row = entry.row_of(place)
        column = seeker.column(entry, found)
        if column is not None:
            self._drop_selection()
            entry.show_code(column)
        # The message may have been read for the first time just now.
        self._measure((index,))
        top = self.scroll_offset.y
        if not top <= self._tops[index] + row < top + self.size.height:
            self.following = False
            self._held = index, place, self.size.height // ABOVE
        self.focused_message = index
        self._settle()

    def _marks(self, entry: Entry, row: int) -> Marks:
        return () if self._seeker is None else self._seeker.marks(entry, row)

    # What becomes of the messages meanwhile.

    def _text_changed(self, entry: Entry) -> None:
        """Look again in a message whose text is another one now."""
        if self._seeker is not None:
            self._seeker.forget(entry)
            self._count(self._seeker)

    def _put(self, entries: list[Entry]) -> None:
        """Show these entries, from their end, and look for the same words in them."""
        super()._put(entries)
        if self._seeker is not None:
            self._origin = self._seeker.here = None
            self._seeker.forget()
            self._count(self._seeker)

    def _append(self, entry: Entry, *, follow: bool) -> None:
        """Show one more entry, and go to it."""
        super()._append(entry, follow=follow)
        self._text_changed(entry)

    def _remove(self, index: int) -> None:
        """Take an entry away; what is being read stays where it is."""
        entry = self._entries[index]
        super()._remove(index)
        self._text_changed(entry)

    def relook(self) -> None:
        """Take the present width, theme, day and keys."""
        before = self.look
        super().relook()
        if self._seeker is not None and self.look != before:
            self._seeker.unplaced()
