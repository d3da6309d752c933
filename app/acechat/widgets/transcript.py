"""The transcript: one widget on the line API that shows all messages of a conversation.

Nothing is mounted for a message, so that its cost does not grow with the conversation.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from textual import events
from textual.timer import Timer

from acechat.bindings import bindings_for
from acechat.markdown.document import CodeBlock, Document, Link
from acechat.models import Message, Role, Turn
from acechat.widgets.entries import Entry
from acechat.widgets.finding_view import FindingView
from acechat.widgets.grouping import local_today
from acechat.widgets.labels import SEPARATOR
from acechat.widgets.pace import Pace, later

Found = TypeVar("Found")

PAINT_SECONDS = 0.05
"""The open end of a running answer is drawn at most 20 times a second."""

CLOCK_SECONDS = 1.0
"""How often the label of a running answer counts on."""

LOOK_BACK = 50
"""In how many messages, from the end, code and links are looked for."""

SHIFT_CELLS = 8
"""By how much a key moves code that is wider than its frame; the wheel by half of that."""

_ROUNDS = 8
"""What comes into view can change where a message is; that settles in two or three rounds."""


class Transcript(FindingView, can_focus=True):
    """Shows the messages of a conversation, and its running answer as it grows."""

    BINDINGS = bindings_for("transcript")
    FOCUS_ON_CLICK = False

    def __init__(
        self,
        *,
        key_of: Callable[[str], str],
        title_of: Callable[[str], str],
        today: Callable[[], date] = local_today,
        id: str | None = None,
    ) -> None:
        """Make an empty transcript.

        Args:
            key_of: The label of a command's key, by the command's id.
            title_of: The short title of a command, by its id.
            today: The day it is, for the times of messages.
            id: The widget's id.
        """
        super().__init__(key_of=key_of, title_of=title_of, today=today, id=id)
        self._by_id: dict[str, Entry] = {}
        self._references: tuple[str, ...] = ()
        self._beginning = ""
        self._branches: Mapping[str, int] = {}
        self._streaming: Entry | None = None
        self._paint_timer: asyncio.TimerHandle | None = None
        self._owed = False
        self._clock: Timer | None = None

    # What the screen tells it.

    def set_branches(self, beginning: str, branches: Mapping[str, int]) -> None:
        """Take what stands at the beginning, and how many branches there are by message id.

        It is shown with the next messages.
        """
        self._beginning = beginning
        self._branches = branches

    def show(
        self, messages: Sequence[Message], turn: Turn | None = None, place: int | None = None
    ) -> None:
        """Show a conversation from its end.

        Args:
            messages: What was said.
            turn: The running turn.
            place: The index of a message that is shown where the one before it in that place
                stood in the view, with the keyboard on it.
        """
        above = 0 if place is None else max(0, self._tops[place] - self.scroll_offset.y)
        on = (
            None if self.focused_message is None else self._entries[self.focused_message].message.id
        )
        self._references = ()
        self._streaming = None
        self._put(
            [self._entry_of(message, turn, first=not n) for n, message in enumerate(messages)]
        )
        self._by_id = {entry.message.id: entry for entry in self._entries}
        if place is not None:
            self.focused_message = place
        elif on in self._by_id:
            # It was read anew, because another window has changed it.
            self.focused_message = self._entries.index(self._by_id[on])
        elif self.has_focus and self._entries:
            self.focused_message = self._last
        self._run_clock()
        self.relook()
        if place is not None:
            self._stand(place, above)

    def add(self, message: Message, turn: Turn | None = None, *, go: bool = True) -> None:
        """Show one more message at the end; `go` there, or only say that it is there."""
        entry = self._entry_of(message, turn)
        self._by_id[message.id] = entry
        if not go:
            self._hold_now()
            self._unseen = True
        self._append(entry, follow=go)
        self._run_clock()
        # It may be another day than when the last one was added.
        self.relook()

    def _entry_of(self, message: Message, turn: Turn | None, *, first: bool = False) -> Entry:
        """Return the message as it is shown behind those before it."""
        running = turn if turn is not None and message.id == turn.answer.id else None
        count = self._branches.get(message.id, 0)
        notes = (
            self._beginning if first else "",
            f"{count} branch{'es' if count > 1 else ''}" if count else "",
        )
        note = SEPARATOR.join(filter(None, notes))
        entry = Entry(message, self.look, before=self._references, note=note, turn=running)
        if message.role is Role.USER:
            self._references = message.references
        if running is not None:
            self._streaming = entry
        return entry

    def take_away(self, message_id: str) -> None:
        """Take a message away: an answer that another takes the place of."""
        if entry := self._by_id.pop(message_id, None):
            self._arrives_no_more(entry)
            self._remove(self._entries.index(entry))

    def extend(self, message_id: str, text: str) -> None:
        """Add text to a running answer; it is drawn within `PAINT_SECONDS`."""
        if entry := self._arriving(message_id):
            entry.append(text)
            self._text_came()

    def rewrite(self, message_id: str, text: str) -> None:
        """Put `text` in the place of a running answer's text so far."""
        if entry := self._arriving(message_id):
            entry.replace(text)
            self._text_came()

    def finish(self, message: Message) -> None:
        """Show the final answer in the place of the running one."""
        if entry := self._by_id.get(message.id):
            self._unseen |= not self.following and message.text != entry.source
            entry.finish(message)
            self._arrives_no_more(entry)
            self._changed(self._entries.index(entry))
            self._text_changed(entry)

    def _arrives_no_more(self, entry: Entry) -> None:
        if entry is self._streaming:
            self._streaming = None
            self._run_clock()

    def _arriving(self, message_id: str) -> Entry | None:
        running = self._streaming
        return running if running is not None and running.message.id == message_id else None

    # What the screen asks it.

    @property
    def current(self) -> Entry | None:
        """The message that the keyboard is on, or the last one."""
        return self._entries[self._current] if self._entries else None

    @property
    def _current(self) -> int:
        return self._last if self._on is None else self._on

    @property
    def _on(self) -> int | None:
        """The index of the message that the keyboard is on now."""
        return self.focused_message if self.screen.focused is self else None

    @property
    def chosen(self) -> list[Entry]:
        """The messages that the keyboard has chosen; the current one where it is on none."""
        if self._on is None:
            return self._entries[-1:]
        return [self._entries[index] for index in self._chosen]

    def unchoose(self) -> bool:
        """Choose no more than the message that the keyboard is on; False where that is so."""
        if self._anchor is None:
            return False
        self._anchor = None
        self._settle()
        return True

    def focus_message(self, message_id: str) -> bool:
        """Put the keyboard on a message and bring it into view; False where it is not shown."""
        entry = self._by_id.get(message_id)
        if entry is None:
            return False
        index = self._entries.index(entry)
        self.focused_message = index
        self.focus()
        self._show(index, from_end=False)
        return True

    def entry(self, message_id: str) -> Entry | None:
        """Return the message with this id."""
        return self._by_id.get(message_id)

    async def codes(self) -> list[CodeBlock]:
        """The code blocks of the current message, or of the last message that has some."""
        return await self._nearest(Document.codes)

    async def links(self) -> list[Link]:
        """The links of the current message, or of the last message that has some."""
        return await self._nearest(Document.links)

    async def _nearest(self, of: Callable[[Document], list[Found]]) -> list[Found]:
        last = self._last
        searched = range(last, max(last - LOOK_BACK, -1), -1) if self._on is None else [self._on]
        pace = Pace()
        for entry in [self._entries[index] for index in searched]:
            while entry.document.read_on():
                await pace.step()
            await pace.step()
            found = of(entry.document)
            # Reading the text may have made its height exact.
            self._became_exact([entry])
            if found:
                return found
        return []

    # Painting.

    def _text_came(self) -> None:
        self._unseen |= not self.following
        if self._paint_timer is None:
            self._paint()
        else:
            self._owed = True

    def _paint(self) -> None:
        self._owed = False
        self._paint_timer = later(self, PAINT_SECONDS, self._paint_owed)
        self.count_on()

    def _paint_owed(self) -> None:
        self._paint_timer = None
        if self._owed:
            self._paint()

    def count_on(self) -> None:
        """Show the running answer, and what it waits for, as they are now."""
        if self._streaming is not None:
            self._streaming.count_on()
            self._changed(self._entries.index(self._streaming))

    def _run_clock(self) -> None:
        """Tick once a second while an answer is running, and not otherwise."""
        if self._streaming is not None and self._clock is None:
            self._clock = self.set_interval(CLOCK_SECONDS, self.count_on)
        elif self._streaming is None and self._clock is not None:
            self._clock.stop()
            self._clock = None

    def _shift(self, index: int, cells: int) -> None:
        """Move code that is wider than its frame, to the left for more than 0."""
        if 0 <= index <= self._last and self._entries[index].shift_code(cells):
            # Its characters are counted in rows that are gone.
            self._drop_selection()
            self._changed(index)

    def _wheel(self, event: events.MouseEvent, cells: int) -> None:
        if 0 <= event.y < len(self._rows):
            self._shift(self._rows[event.y].index, cells)
        event.stop()
        event.prevent_default()

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Show what of long lines of code lies further right."""
        self._wheel(event, SHIFT_CELLS // 2)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Show what of long lines of code lies further left."""
        self._wheel(event, -SHIFT_CELLS // 2)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Do so with shift held, for wheels that turn one way only."""
        if event.shift:
            self._wheel(event, SHIFT_CELLS // 2)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Do so with shift held, for wheels that turn one way only."""
        if event.shift:
            self._wheel(event, -SHIFT_CELLS // 2)

    # Actions.

    def action_previous(self) -> None:
        """Put the keyboard on the message before."""
        self._step(-1)

    def action_next(self) -> None:
        """Put the keyboard on the message after."""
        self._step(1)

    def action_choose(self) -> None:
        """Begin to choose messages, up to where the keyboard goes; or leave it."""
        if not self.unchoose():
            self._anchor = self.current
            self._settle()

    def action_choose_previous(self) -> None:
        """Choose the message before, too."""
        self._anchor = self._anchor or self.current
        self._step(-1)

    def action_choose_next(self) -> None:
        """Choose the message after, too."""
        self._anchor = self._anchor or self.current
        self._step(1)

    def action_first(self) -> None:
        """Go to the first message."""
        if self._entries:
            self.focused_message = 0
            self.scroll_to(y=0, animate=False)

    def action_last(self) -> None:
        """Go to the end of the last message and follow it."""
        if self._entries:
            self.focused_message = self._last
            self.follow()

    def action_wrap(self) -> None:
        """Let long lines of code go on in the next row, or behind their frame."""
        self._folds = not self._folds
        self.relook()

    def action_code_left(self) -> None:
        """Show what of long lines of code lies further left."""
        self._shift(self._current, -SHIFT_CELLS)

    def action_code_right(self) -> None:
        """Show what of long lines of code lies further right."""
        self._shift(self._current, SHIFT_CELLS)

    def _step(self, step: int) -> None:
        """Put the keyboard on the next message, once the one it is on has been read to its end."""
        if not self._entries:
            return
        visible = self._visible()
        index = self.focused_message
        if index is None or index not in visible:
            # The reader has gone elsewhere, and goes on from there.
            self.focused_message = visible[0 if step > 0 else -1]
            return
        view_top, height = self.scroll_offset.y, self.size.height
        top, bottom = self._tops[index], self._tops[index + 1]
        unread = bottom > view_top + height if step > 0 else top < view_top
        if unread and bottom - top > height:
            self.page(step)
        elif 0 <= index + step <= self._last:
            self.focused_message = index + step
            self._show(index + step, from_end=step < 0)
        elif step > 0:
            self.follow()

    def _show(self, index: int, *, from_end: bool) -> None:
        """Bring a message into view; a long one by its end or its beginning."""
        for _ in range(_ROUNDS):
            top, bottom = self._tops[index], self._tops[index + 1]
            view_top, height = self.scroll_offset.y, self.size.height
            if bottom - top > height:
                row = bottom - height if from_end else top
            else:
                row = min(max(view_top, bottom - height), top)
            if row == view_top:
                return
            # What comes into view may turn out higher or lower than was thought.
            self.scroll_to(y=row, animate=False)
