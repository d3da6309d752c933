"""Rows of messages in a scrolling view: rendered when seen, never moving what is being read."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from itertools import accumulate
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message as TextualMessage
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from acechat.markdown.palette import Palette
from acechat.widgets.entries import Entry, Look
from acechat.widgets.selecting import painted, selected_text

_SETTLE_ROUNDS = 8
"""Rendering what is visible can bring other messages into view; it settles in two or three."""

NEW_TEXT = " ↓ new text below "

_STYLES = ("bar", "focus", "focus-tint", "label", "error-bar", "error-text", "key", "badge")

_PREFIX = "entry-view--"

Place = tuple[int, tuple[int, int]]
"""A message by its index, and a row of it as `Entry.locate` names it."""


class EntryView(ScrollView):
    """Shows entries, and follows their end while the reader is there.

    Rows are rendered when they are first seen; the heights of unseen messages are estimates that
    become exact without moving the row at the top of the view.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"{_PREFIX}{field.name.replace('_', '-')}" for field in fields(Palette)),
        *(f"{_PREFIX}{name}" for name in _STYLES),
    }
    ALLOW_SELECT = True

    class FollowChanged(TextualMessage):
        """The reader left the end of the text, or came back to it."""

        def __init__(self, *, following: bool) -> None:
            super().__init__()
            self.following = following
            """The end is in view and is followed."""

    following: reactive[bool] = reactive(default=True, init=False)
    """The end of the text is in view and stays in view while text arrives."""

    focused_message: reactive[int | None] = reactive[int | None](None, init=False)
    """The index of the message that the keyboard is on."""

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
        self._tops: list[int] = [0]
        self._look: Look | None = None
        self._settling = False
        self._unseen = False

    # Layout.

    def _current_look(self) -> Look:
        if self._look is None:
            self._look = self._make_look()
        return self._look

    def _make_look(self) -> Look:
        ground = self.background_colors[1]

        def style(name: str) -> Style:
            styles = self.get_component_styles(f"{_PREFIX}{name}")
            colour, back = None, None
            if styles.has_rule("color"):
                # Rich knows no transparency: a faint colour is mixed with what lies under it.
                colour = (ground + styles.color).rich_color
            if styles.has_rule("background"):
                back = (ground + styles.background).rich_color
            return Style.combine((Style(color=colour, bgcolor=back), styles.text_style))

        palette = Palette(**{f.name: style(f.name.replace("_", "-")) for f in fields(Palette)})
        return Look(
            width=self.scrollable_content_region.width,
            palette=palette,
            bar=style("bar"),
            focus=style("focus"),
            focus_tint=style("focus-tint"),
            label=style("label"),
            error_bar=style("error-bar"),
            error_text=style("error-text"),
            key=style("key"),
            today=self._today(),
            key_of=self._key_of,
            title_of=self._title_of,
        )

    def _relayout(self) -> None:
        """Take the present width and theme, keeping what is being read where it is."""
        place = self._place()
        self._look = self._make_look()
        for entry in self._entries:
            entry.relayout(self._look)
        self._measure()
        self._settle(place)
        self.refresh()

    def _measure(self, first: int = 0) -> None:
        """Add up the heights from entry `first` on."""
        heights = (entry.height for entry in self._entries[first:])
        self._tops[first:] = accumulate(heights, initial=self._tops[first])
        self.virtual_size = Size(self.scrollable_content_region.width, self._tops[-1])

    def _entry_at(self, row: int) -> int:
        """Return the index of the entry that a row belongs to."""
        return min(bisect_right(self._tops, row) - 1, len(self._entries) - 1)

    def _place(self) -> Place | None:
        """Name the row at the top of the view, or None where the end is followed."""
        if self.following or not self._entries:
            return None
        row = self.scroll_offset.y
        index = self._entry_at(row)
        return index, self._entries[index].locate(row - self._tops[index])

    def _settle(self, place: Place | None = None, *, to_end: bool = False) -> None:
        """Render what is visible, and keep the top row, or the end, where it is."""
        if self._settling or not self._entries or not self.size.height:
            return
        if place is None and not to_end:
            place = self._place()
        self._settling = True
        try:
            for _ in range(_SETTLE_ROUNDS):
                self._hold(place)
                if not self._render_visible():
                    break
            self._hold(place)
        finally:
            self._settling = False

    def _hold(self, place: Place | None) -> None:
        if place is None:
            row = self.max_scroll_y
        else:
            index, inner = place
            row = min(self.max_scroll_y, self._tops[index] + self._entries[index].row_of(inner))
        self.scroll_target_y = row
        self.scroll_y = row

    def _render_visible(self) -> bool:
        """Render the visible rows; return whether any height changed by it."""
        top = self.scroll_offset.y
        bottom = top + self.size.height
        first = index = self._entry_at(top)
        changed = False
        while index < len(self._entries) and self._tops[index] < bottom:
            start = self._tops[index]
            changed |= self._entries[index].prepare(top - start, bottom - start)
            index += 1
        if changed:
            self._measure(first)
        return changed

    # Painting.

    def render_line(self, y: int) -> Strip:
        """Return one row of the view."""
        row = self.scroll_offset.y + y
        look, width = self._current_look(), self.size.width
        base = self.rich_style
        if not self._entries or row >= self._tops[-1]:
            return Strip.blank(width, base)
        index = self._entry_at(row)
        focused = self.has_focus and index == self.focused_message
        line = self._entries[index].line(row - self._tops[index], focused=focused)
        strip = line.strip
        if (selection := self.text_selection) is not None:
            lit = self.screen.get_component_rich_style("screen--selection")
            strip = painted(strip, selection.get_span(row), lit)
        strip = strip.extend_cell_length(width, base).crop(0, width)
        if focused:
            strip = strip.apply_style(look.focus_tint)
        if self._unseen and not self.following and y == self.size.height - 1:
            strip = self._with_badge(strip, width)
        return strip.apply_style(base).apply_offsets(0, row)

    def _with_badge(self, strip: Strip, width: int) -> Strip:
        badge = Strip([Segment(NEW_TEXT, self.get_component_rich_style(f"{_PREFIX}badge"))])
        return Strip.join([strip.crop(0, width - badge.cell_length), badge])

    # Selection.

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return what the mouse selected, without the breaks and frames of the screen."""
        if not self._entries:
            return None
        return selected_text(self._entries, self._tops, selection), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show the selection."""
        self.refresh()

    # Events.

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the end while it is in view; render what has come into view."""
        super().watch_scroll_y(old_value, new_value)
        if not self._settling:
            self.following = new_value >= self.max_scroll_y
            self._settle()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap anew."""
        self._relayout()

    def notify_style_update(self) -> None:
        """Take new colours when the theme changes."""
        super().notify_style_update()
        if self._look is not None:
            self._relayout()

    # Moving.

    def follow(self) -> None:
        """Go to the end and stay there while text arrives."""
        self.following = True
        self._settle(to_end=True)

    def page(self, direction: int) -> None:
        """Move by one page, up for -1 and down for 1, with two rows of both pages in view."""
        step = max(1, self.size.height - 2)
        self.scroll_to(y=self.scroll_offset.y + direction * step, animate=False)
