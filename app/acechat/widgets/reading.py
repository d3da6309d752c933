"""The reader's place among messages whose heights become known only when they are seen."""

import asyncio
import time
from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date
from itertools import accumulate
from typing import ClassVar

from textual.events import MouseScrollDown
from textual.geometry import Size
from textual.reactive import Reactive, reactive
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp

from acechat.widgets.entries import Entry, Place
from acechat.widgets.look import Look, look_of
from acechat.widgets.pace import BREATH_SECONDS, later

SETTLE_SECONDS = 0.02
"""How long rows are drawn at once; keys go between that and the rest."""

KEPT = 60
"""How many messages keep their rows after they were in view: some screens full."""


class ReadingView(ScrollView):
    """Scrolls over entries, and follows their end while the reader is there.

    Rows are drawn when they are first seen; the heights of unseen messages are guesses that become
    exact without moving the row at the top of the view.
    """

    SIGNED: ClassVar[bool] = True
    """Whether a line under each answer says whose it is."""

    virtual_size = Reactive(Size(0, 0), repaint=False)
    """How large everything is. A longer text moves no other widget: nothing is laid out anew."""

    following: reactive[bool] = reactive(default=True, init=False)
    """The end of the text is in view and stays in view while text arrives."""

    def __init__(
        self,
        *,
        key_of: Callable[[str], str],
        title_of: Callable[[str], str],
        today: Callable[[], date],
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._key_of = key_of
        self._title_of = title_of
        self._today = today
        self._entries: list[Entry] = []
        self._heights: list[int] = []
        self._tops: list[int] = [0]
        # Messages that keep their rows, the one seen last at the end.
        self._kept: dict[Entry, None] = {}
        self._look: Look | None = None
        # The row that stays where it is, and how many rows stand above it in the view.
        self._held: tuple[int, Place, int] | None = None
        self._settling = False
        # A message is put in its place; the end may come into view by that.
        self._standing = False
        self._folds = True
        # Not all that is in view could be drawn at once.
        self._rest: asyncio.TimerHandle | None = None

    # Entries.

    def _put(self, entries: list[Entry]) -> None:
        """Show these entries, from their end."""
        self._entries = entries
        self._kept.clear()
        self._held = None
        self.following = True
        self._measure()

    def _append(self, entry: Entry, *, follow: bool) -> None:
        """Show one more entry, and go to it where the end is to be followed."""
        self._entries.append(entry)
        self._heights.append(0)
        if follow:
            self.following = True
        self._measure((self._last,))

    def _remove(self, index: int) -> None:
        """Take an entry away; what is being read stays where it is."""
        self._hold_now()
        self._kept.pop(self._entries.pop(index), None)
        if self._held is not None and self._held[0] >= index:
            held, place, above = self._held
            self._held = (held - 1, place, above) if held > index else None
        self._measure()
        self._settle()

    def _stand(self, index: int, above: int) -> None:
        """Put the first row of a message below `above` rows of the view, as far as that goes."""
        self.following = False
        self._held = index, self._entries[index].locate(0), above
        self._standing = True
        self._settle()

    def _changed(self, *indexes: int) -> None:
        """Show entries again that may look different."""
        began = time.monotonic()
        self._hold_now()
        if self.following:
            # Drawn first, the end is where it is; guessed first, it would go there and back.
            for index in indexes:
                entry = self._entries[index]
                entry.prepare(self.scroll_offset.y - self._tops[index], entry.height)
        self._measure(indexes)
        self._settle(began)

    def _became_exact(self, entries: Iterable[Entry]) -> None:
        """Take the heights of entries that were read, as far as they are still shown."""
        read = set(entries)
        self._changed(*(index for index, entry in enumerate(self._entries) if entry in read))

    @property
    def _last(self) -> int:
        return len(self._entries) - 1

    @abstractmethod
    def _redraw(self) -> None:
        """Draw what has changed in the view."""

    # Layout.

    @property
    def look(self) -> Look:
        """How messages are drawn."""
        if self._look is None:
            self._look = self._make_look()
        return self._look

    def _make_look(self) -> Look:
        return look_of(
            self,
            today=self._today(),
            key_of=self._key_of,
            title_of=self._title_of,
            folds=self._folds,
            signed=self.SIGNED,
        )

    def relook(self) -> None:
        """Take the present width, theme, day and keys; what is being read stays where it is."""
        look = self._make_look()
        if look != self._look:
            self._hold_now()
            self._look = look
            visible = self._visible() if self._entries else range(0)
            for index, entry in enumerate(self._entries):
                entry.relayout(look, visible=index in visible)
            self._measure()
        self._settle()

    def _measure(self, changed: Iterable[int] | None = None) -> None:
        """Add up the heights, of which those of some messages may have changed, or all."""
        if changed is None:
            self._heights = [entry.height for entry in self._entries]
            first = 0
        else:
            first = len(self._heights)
            for index in changed:
                self._heights[index] = self._entries[index].height
                first = min(first, index)
        self._tops[first:] = accumulate(self._heights[first:], initial=self._tops[first])
        self.virtual_size = Size(self.look.width, self._tops[-1])

    def watch_virtual_size(self, size: Size) -> None:
        """Let the scrollbar show how much there is; where the view is, is settled afterwards."""
        settling, self._settling = self._settling, True
        self._scroll_update(size)
        self._settling = settling

    def _entry_at(self, row: int) -> int:
        """Return the index of the message that a row belongs to; their number after the last."""
        return bisect_right(self._tops, row) - 1

    def _hold_now(self) -> None:
        """Remember which row is at the top of the view, unless one is being held already."""
        if self._held is None and self._entries and not self.following:
            self._hold_row(self.scroll_offset.y, 0)

    def _hold_row(self, row: int, above: int) -> None:
        index = min(self._entry_at(row), len(self._entries) - 1)
        self._held = index, self._entries[index].locate(row - self._tops[index]), above

    def _settle(self, began: float | None = None) -> None:
        """Draw what is in view, and keep the held row, or the end, where it is.

        Args:
            began: When drawing began, in seconds of the monotonic clock; now if not given.
        """
        if self._settling or not self.size.height:
            return
        if self._rest is not None:
            # Its time is used up for now; the rest sees to this too.
            self._hold_now()
            return
        self._settling = True
        try:
            self._hold_now()
            began = time.monotonic() if began is None else began
            self._scroll_to_held()
            while more := self._prepare_visible():
                self._scroll_to_held()
                if time.monotonic() - began > SETTLE_SECONDS:
                    break
        finally:
            self._settling = False
        if more:
            # Not a message to itself at once: only time lets keys and the stream go first.
            self._rest = later(self, BREATH_SECONDS, self._settle_rest)
            return
        if self._held is not None and self._held[2]:
            self._held = None
        if self._standing:
            self._standing = False
            self.following = self.scroll_offset.y >= self.max_scroll_y
        self._redraw()

    def _settle_rest(self) -> None:
        self._rest = None
        self._settle()

    def _scroll_to_held(self) -> None:
        if self.following or self._held is None:
            row = self.max_scroll_y
        else:
            index, place, above = self._held
            row = self._tops[index] + self._entries[index].row_of(place) - above
            row = min(max(row, 0), self.max_scroll_y)
        # Part of a row may be on its way in, while a selection scrolls the view.
        if row != self.scroll_offset.y:
            self.scroll_y = row
        # Where the view gave way, the wheel would begin to turn from where it was.
        self.scroll_target_y = row

    def _visible(self) -> range:
        """Return the indexes of the messages in view."""
        last = len(self._entries) - 1
        top = self.scroll_offset.y
        bottom = max(top, top + self.size.height - 1)
        return range(min(self._entry_at(top), last), min(self._entry_at(bottom), last) + 1)

    def _prepare_visible(self) -> bool:
        """Draw the messages in view; return whether anything may have moved by it."""
        if not self._entries:
            return False
        top = self.scroll_offset.y
        bottom = top + self.size.height
        visible = self._visible()
        changed = [
            index
            for index in visible
            if self._entries[index].prepare(top - self._tops[index], bottom - self._tops[index])
            or self._entries[index].height != self._heights[index]
        ]
        self._keep(visible)
        if changed:
            self._measure(changed)
        return bool(changed)

    def _keep(self, visible: range) -> None:
        """Let messages that were not in view for long give the memory of their rows back."""
        for index in visible:
            entry = self._entries[index]
            self._kept.pop(entry, None)
            self._kept[entry] = None
        while len(self._kept) > max(KEPT, len(visible)):
            oldest = next(iter(self._kept))
            del self._kept[oldest]
            oldest.forget()

    # Events.

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the end while it is in view; draw what has come into view."""
        super().watch_scroll_y(old_value, new_value)
        old, new = round(old_value), round(new_value)
        # A view that must give way, because it grew or the text shrank, was not scrolled.
        if self._settling or old == new or old > self.max_scroll_y or not self.size.height:
            return
        self.following = new >= self.max_scroll_y
        self._held = None
        if not self.following and 0 < old - new < self.size.height:
            # What comes into view above may turn out higher or lower than was thought.
            self._hold_row(old, old - new)
        self._settle()

    def watch_following(self, following: bool) -> None:  # noqa: FBT001
        """Hold no row while the end is followed."""
        if following:
            self._held = None

    def on_resize(self) -> None:
        """Wrap anew."""
        self.relook()

    def notify_style_update(self) -> None:
        """Take new colours when the theme changes."""
        super().notify_style_update()
        if self._look is not None:
            # The styles of the parts of a widget are set after its own.
            self.call_next(self._take_styles)

    def _take_styles(self) -> None:
        if self.is_attached:
            self.relook()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Follow the end when it is in view and the reader turns on towards it."""
        if not event.shift and self.scroll_offset.y >= self.max_scroll_y:
            self.follow()

    def on_scroll_to(self, event: ScrollTo) -> None:
        """Go where the scrollbar was drawn to, at once."""
        event.prevent_default()
        self.scroll_to(y=event.y, animate=False)

    def on_scroll_up(self, event: ScrollUp) -> None:
        """Go a page up: the scrollbar was pressed above its handle."""
        event.prevent_default()
        self.page(-1)

    def on_scroll_down(self, event: ScrollDown) -> None:
        """Go a page down: the scrollbar was pressed below its handle."""
        event.prevent_default()
        self.page(1)

    # Moving.

    def follow(self) -> None:
        """Go to the end and stay there while text arrives."""
        self.following = True
        self._settle()

    def page(self, direction: int) -> None:
        """Move by one page, up for -1 and down for 1, with two rows of both pages in view."""
        if direction > 0 and self.scroll_offset.y >= self.max_scroll_y:
            self.follow()
            return
        step = max(1, self.size.height - 2)
        self.scroll_to(y=self.scroll_offset.y + direction * step, animate=False)

    def action_page_up(self) -> None:
        """Go a page up."""
        self.page(-1)

    def action_page_down(self) -> None:
        """Go a page down."""
        self.page(1)
