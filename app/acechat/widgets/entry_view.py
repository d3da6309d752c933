"""The rows of messages on the screen: drawn once, drawn again when they change, selected."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region
from textual.reactive import reactive
from textual.selection import Selection
from textual.strip import Strip

from acechat.markdown.highlight import languages_in, load_lexers
from acechat.markdown.lines import Line
from acechat.widgets.entries import Entry
from acechat.widgets.look import COMPONENTS, MARGIN, Look
from acechat.widgets.pace import Pace, later
from acechat.widgets.reading import ReadingView
from acechat.widgets.seeker import Marks
from acechat.widgets.selecting import (
    block_at,
    encode,
    painted,
    reach,
    selected_text,
    span_of,
    targets,
    word_at,
)

COLOURS_SECONDS = 0.2
"""After so long a conversation is painted, and what colours its code is loaded."""

NEW_TEXT = " ↓ new text below "
"""The notice in the last row while text arrives out of view."""


class _Drawn(NamedTuple):
    """All that the drawing of a row depends on."""

    look: Look
    """The styles."""
    line: Line | None
    """What it says; None under the last message."""
    badge: bool = False
    """It carries the notice about new text."""
    focused: bool = False
    """The keyboard is on its message."""
    caret: int | None = None
    """The cell at which text goes on to arrive."""
    span: tuple[int, int] | None = None
    """The characters that are selected."""
    marks: Marks = ()
    """The characters that are what is being looked for."""


@dataclass(slots=True)
class _Row:
    """A row of the view as it was drawn last."""

    index: int
    """Its message."""
    row: int
    """Which of the message's rows it is."""
    drawn: _Drawn
    """What the drawing shows."""
    strip: Strip
    """The drawing."""


class EntryView(ReadingView):
    """Draws the rows in view, and lets the mouse select their text."""

    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENTS
    ALLOW_SELECT = True

    focused_message: reactive[int | None] = reactive[int | None](None, init=False)
    """The index of the message that the keyboard is on."""

    _rows: Sequence[_Row] = ()
    _selected: Selection | None = None
    _unseen = False
    # Where choosing several messages began; it ends where the keyboard is.
    _anchor: Entry | None = None
    # Languages of code whose colours are being loaded.
    _loading: frozenset[str] = frozenset()

    # Entries.

    def _put(self, entries: list[Entry]) -> None:
        """Show these entries, from their end; nothing of those before them is left."""
        self.screen.clear_selection()
        self._selected = None
        self._rows = ()
        self._unseen = False
        self._anchor = None
        super()._put(entries)
        self.focused_message = None
        later(self, COLOURS_SECONDS, self._foresee_colours)

    def _remove(self, index: int) -> None:
        """Take an entry away; the keyboard stays on its message, or goes to the one before."""
        self.screen.clear_selection()
        self._selected = None
        focused = self.focused_message
        super()._remove(index)
        if focused is not None and focused >= index:
            self.focused_message = max(focused - 1, 0) if self._entries else None

    def _foresee_colours(self) -> None:
        # Before the reader comes to code: it should not be seen to take its colours.
        if texts := [entry.source for entry in self._entries]:
            self.run_worker(partial(self._foresee, texts), group="colours")

    async def _foresee(self, texts: list[str]) -> None:
        self._load_colours(await asyncio.to_thread(languages_in, texts))

    def _load_colours(self, languages: Collection[str]) -> None:
        if missing := frozenset(languages) - self._loading:
            self._loading |= missing
            self.run_worker(partial(self._colour, missing), group="colours")

    async def _colour(self, languages: frozenset[str]) -> None:
        """Load what colours code in these languages while keys go on, and show it in colours."""
        await asyncio.to_thread(load_lexers, languages)
        self._loading -= languages
        for entry in self._kept:
            entry.document.recolour()
        self._settle()

    @property
    def _chosen(self) -> range:
        """The messages that the keyboard has chosen: the one it is on, or all up to it."""
        on = self.focused_message
        if on is None:
            return range(0)
        begin = self._entries.index(self._anchor) if self._anchor in self._entries else on
        return range(min(begin, on), max(begin, on) + 1)

    # Painting.

    def _redraw(self) -> None:
        """Draw those rows again that are not as they were drawn."""
        before = self._rows
        self._rows = self._look_at(self.scroll_offset.y, self.size.height)
        visible = self._visible()
        for entry in self._entries[visible.start : visible.stop]:
            self._load_colours(entry.document.uncoloured)
        changed = [
            y
            for y, row in enumerate(self._rows)
            if y >= len(before) or row.strip is not before[y].strip
        ]
        if changed:
            height = changed[-1] - changed[0] + 1
            self.refresh(Region(0, changed[0], self.size.width, height))

    def _look_at(self, top: int, height: int) -> list[_Row]:
        """Return the rows in view, each as it was drawn before if it is still the same."""
        old = {(row.index, row.row): row for row in self._rows}
        look = self.look
        badge = height - 1 if self._has_badge else -1
        chosen = self._chosen if self.has_focus else range(0)
        rows: list[_Row] = []

        def show(index: int, row: int, drawn: _Drawn) -> None:
            kept = old.get((index, row))
            if kept is None or kept.drawn != drawn:
                kept = _Row(index, row, drawn, self._strip(index, row, drawn))
            rows.append(kept)

        while len(rows) < height:
            index = self._entry_at(top + len(rows))
            if index == len(self._entries):
                drawn = _Drawn(look, None, len(rows) == badge)
                show(index, top + len(rows) - self._tops[index], drawn)
                continue
            entry = self._entries[index]
            first = top + len(rows) - self._tops[index]
            apart = self._heights[index] - 1
            caret_row, caret = entry.caret or (-1, 0)
            focused = index in chosen
            last = min(apart + 1, first + height - len(rows))
            for row, line in enumerate(entry.bare(first, last), first):
                span = None
                if self._selected is not None:
                    span = span_of(line, self._selected, encode(index, entry.locate(row)))
                drawn = _Drawn(
                    look,
                    line,
                    len(rows) == badge,
                    focused and row != apart,
                    caret if row == caret_row else None,
                    span,
                    self._marks(entry, row),
                )
                show(index, row, drawn)
        return rows

    def _marks(self, entry: Entry, row: int) -> Marks:
        """Return where a row holds what is being looked for."""
        return ()

    def _strip(self, index: int, row: int, drawn: _Drawn) -> Strip:
        look, width = drawn.look, self.size.width
        ground = look.base + look.styles.focus_tint if drawn.focused else look.base
        segments: list[Segment] = []
        if drawn.line is not None:
            gutter, *segments = self._entries[index].dressed(
                row, drawn.line, focused=drawn.focused, caret=drawn.caret
            )
            styles = look.styles
            for start, end, here in drawn.marks:
                style = styles.match_here if here else styles.match
                segments = painted(segments, (start, end), style)
            if drawn.span is not None:
                segments = painted(segments, drawn.span, look.selection)
            segments.insert(0, gutter)
        strip = Strip(
            [Segment(text, ground if own is None else ground + own) for text, own, _ in segments]
        ).adjust_cell_length(width, ground)
        if drawn.badge:
            badge = Strip([Segment(NEW_TEXT, look.styles.badge)])
            start, end = self._badge_cells
            strip = Strip.join([strip.crop(0, start), badge, strip.crop(end)]).crop(0, width)
        return strip

    @property
    def _has_badge(self) -> bool:
        return self._unseen and self.scroll_offset.y < self.max_scroll_y

    @property
    def _badge_cells(self) -> tuple[int, int]:
        """Where in the last row the notice about new text begins and ends."""
        end = max(self.look.width - MARGIN, len(NEW_TEXT))
        return end - len(NEW_TEXT), end

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint rows as they were drawn.

        The view has no border, padding or tint, so that nothing is left to be laid round or over
        them: Textual would take half of the time that a new line costs to find that out.
        """
        ground = self.background_colors[1]
        rows, width = self._rows, self.size.width
        strips: list[Strip] = []
        for y in crop.line_range:
            strip = rows[y].strip if y < len(rows) else Strip.blank(width, self.look.base)
            for line_filter in self.get_line_filters():
                strip = strip.apply_filter(line_filter, ground)
            strips.append(strip)
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Return what each cell of a row means, for a press of the mouse."""
        if not 0 <= y < len(self._rows):
            return Strip.blank(self.size.width, self.look.base)
        return targets(self._rows[y].drawn.line, self._number(y), self.size.width)

    # Selection.

    def _number(self, y: int) -> int:
        """Return the number that stands for the row at `y` of the view in a selection."""
        row = self._rows[y]
        if row.index >= len(self._entries):
            return encode(len(self._entries), (0, 0))
        return encode(row.index, self._entries[row.index].locate(row.row))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return what the mouse selected, without the breaks and frames of the screen."""
        if not self._entries:
            return None
        selection = self._whole(selection)
        text = "".join(selected_text(self._entries, selection))
        self._was_read(self._entries, selection)
        return text, "\n"

    async def read_selection(self) -> str:
        """Return the same, however long it is, while keys and the stream go on."""
        selection, entries = self.text_selection, list(self._entries)
        if selection is None or not entries:
            return ""
        selection = self._whole(selection)
        pace = Pace()
        parts: list[str] = []
        for part in selected_text(entries, selection):
            parts.append(part)
            await pace.step()
        self._was_read(entries, selection)
        return "".join(parts)

    def _whole(self, selection: Selection) -> Selection:
        """Return a selection with its ends, where one lies in another widget."""
        if (selection.start is None) == (selection.end is None):
            return selection
        return self._selected or self._bounded(selection)

    def _was_read(self, entries: Sequence[Entry], selection: Selection) -> None:
        first, last = reach(entries, selection)
        self._became_exact(entries[first : last + 1])

    def selection_updated(self, selection: Selection | None) -> None:
        """Show the selection."""
        self._selected = None if selection is None else self._bounded(selection)
        self._settle()

    def _bounded(self, selection: Selection) -> Selection:
        """Let a selection that begins or ends in another widget end at the edge of the view."""
        start, end = selection
        if (start is None) == (end is None) or not self._rows:
            return selection
        last = self._rows[-1].drawn.line
        return Selection(
            start or Offset(0, self._number(0)),
            end or Offset(len(last.text) if last else 0, self._number(len(self._rows) - 1)),
        )

    def relook(self) -> None:
        """Take the present width, theme, day and keys."""
        before = self.look
        super().relook()
        if (self.look.width, self.look.folds) != (before.width, before.folds):
            # Its characters are counted in rows that are gone.
            self._drop_selection()

    def _drop_selection(self) -> None:
        if self._selected is not None:
            self.screen.clear_selection()

    def on_click(self, event: events.Click) -> None:
        """Take the message that is pressed; by two clicks select a word, by three a block."""
        if event.chain == 1:
            if self.text_selection is None:
                self._take(event.x, event.y)
            return
        # By default, Textual selects all there is.
        event.prevent_default()
        if not 0 <= event.y < len(self._rows):
            return
        row = self._rows[event.y]
        _, pressed = self.screen.get_widget_and_offset_at(event.screen_x, event.screen_y)
        if row.index >= len(self._entries) or row.drawn.line is None or pressed is None:
            return
        if event.chain == 2:
            word = word_at(row.drawn.line, pressed.x)
            if word is None:
                return
            selection = Selection(Offset(word[0], pressed.y), Offset(word[1], pressed.y))
        else:
            selection = block_at(self._entries[row.index], row.index, row.row)
        self.screen.selections = {self: selection}

    def _take(self, x: int, y: int) -> None:
        """Put the keyboard on the message that was pressed, or go to the new text."""
        start, end = self._badge_cells
        if self._has_badge and y == self.size.height - 1 and start <= x < end:
            self.follow()
        elif y < len(self._rows) and self._rows[y].index < len(self._entries):
            self.focused_message = self._rows[y].index

    # Events.

    def watch_following(self, following: bool) -> None:  # noqa: FBT001
        """Drop the notice about new text when the end is in view."""
        super().watch_following(following)
        if following:
            self._unseen = False

    def watch_focused_message(self) -> None:
        """Show which message the keyboard is on."""
        self._settle()

    def watch_has_focus(self, has_focus: bool) -> None:  # noqa: FBT001
        """Put the keyboard on the last message in view, unless it is on one already."""
        super().watch_has_focus(has_focus)
        if has_focus and self.focused_message is None and self._entries:
            self.focused_message = self._visible()[-1]
        self._settle()
