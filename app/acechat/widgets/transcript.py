"""The transcript: one widget on the line API that shows all messages of a conversation.

Nothing is mounted for a message, so that its cost does not grow with the conversation.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar

from textual.timer import Timer

from acechat.bindings import bindings_for
from acechat.markdown.document import CodeBlock, Link
from acechat.models import Message, Turn
from acechat.widgets.entries import Entry
from acechat.widgets.entry_view import EntryView

Found = TypeVar("Found")

PAINT_SECONDS = 0.05
"""The open end of a running answer is drawn at most 20 times a second."""

CLOCK_SECONDS = 1.0
"""How often the label of a running answer counts on."""


def local_today() -> date:
    """Return the day it is where the user is."""
    return datetime.now().astimezone().date()


class Transcript(EntryView, can_focus=True):
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
        self._paint_timer: Timer | None = None
        self._owed = False
        self._clock: Timer | None = None

    # What the screen tells it.

    def show(self, messages: Sequence[Message], turn: Turn | None = None) -> None:
        """Show a conversation from its end; `turn` is its running turn."""
        look = self._current_look()
        self._entries = []
        for message in messages:
            running = turn if turn is not None and message.id == turn.answer.id else None
            entry = Entry(message, look, running)
            if running is not None:
                entry.document.replace(running.text)
            self._entries.append(entry)
        self._by_id = {entry.message.id: entry for entry in self._entries}
        self.focused_message = None
        self._unseen = False
        self.following = True
        self.screen.clear_selection()
        self._measure()
        self._settle(to_end=True)
        self._run_clock()
        self.refresh()

    def add(self, message: Message, turn: Turn | None = None) -> None:
        """Show one more message at the end and go there."""
        entry = Entry(message, self._current_look(), turn)
        self._entries.append(entry)
        self._by_id[message.id] = entry
        self.following = True
        self._measure()
        self._settle(to_end=True)
        self._run_clock()
        self.refresh()

    def take_away(self, message_id: str) -> None:
        """Take a message away: an answer that another takes the place of."""
        if entry := self._by_id.pop(message_id, None):
            self._entries.remove(entry)
            self.focused_message = None
            self._measure()
            self._settle()
            self.refresh()

    def extend(self, message_id: str, text: str) -> None:
        """Add text to a running answer; it is drawn within `PAINT_SECONDS`."""
        if entry := self._by_id.get(message_id):
            entry.document.append(text)
            self._paint_soon()

    def rewrite(self, message_id: str, text: str) -> None:
        """Put `text` in the place of a running answer's text so far."""
        if entry := self._by_id.get(message_id):
            entry.document.replace(text)
            self._paint_soon()

    def retry(self, message_id: str, at: float | None) -> None:
        """Count down to the monotonic time at which the question is sent again."""
        if entry := self._by_id.get(message_id):
            entry.retry_at = at
            self._paint_soon()

    def finish(self, message: Message) -> None:
        """Show the final answer in the place of the running one."""
        if entry := self._by_id.get(message.id):
            entry.finish(message)
            self._run_clock()
            self._paint()

    # What the screen asks it.

    @property
    def current(self) -> Entry | None:
        """The message that the keyboard is on, or the last one."""
        if not self._entries:
            return None
        if self.focused_message is None:
            return self._entries[-1]
        return self._entries[self.focused_message]

    def entry(self, message_id: str) -> Entry | None:
        """Return the message with this id."""
        return self._by_id.get(message_id)

    def codes(self) -> list[CodeBlock]:
        """The code blocks of the current message, or of the last message that has some."""
        return self._nearest(lambda entry: entry.document.codes())

    def links(self) -> list[Link]:
        """The links of the current message, or of the last message that has some."""
        return self._nearest(lambda entry: entry.document.links())

    def _nearest(self, of: Callable[[Entry], list[Found]]) -> list[Found]:
        if self.focused_message is not None:
            return of(self._entries[self.focused_message])
        for entry in reversed(self._entries):
            if found := of(entry):
                return found
        return []

    # Painting.

    def _paint_soon(self) -> None:
        if self._paint_timer is None:
            self._paint()
            self._paint_timer = self.set_timer(PAINT_SECONDS, self._paint_again)
            self._owed = False
        else:
            self._owed = True

    def _paint_again(self) -> None:
        self._paint_timer = None
        if self._owed:
            self._paint_soon()

    def _paint(self) -> None:
        if not self._entries:
            return
        if not self.following:
            self._unseen = True
        place = self._place()
        for entry in self._entries[-2:]:
            entry.refresh_words()
        self._measure(max(0, len(self._entries) - 2))
        self._settle(place)
        self.refresh()

    def _run_clock(self) -> None:
        """Tick once a second while an answer is running, and not otherwise."""
        running = any(entry.turn is not None for entry in self._entries)
        if running and self._clock is None:
            self._clock = self.set_interval(CLOCK_SECONDS, self._paint)
        elif not running and self._clock is not None:
            self._clock.stop()
            self._clock = None

    # Events.

    def watch_following(self, following: bool) -> None:  # noqa: FBT001
        """Tell the screen, and drop the notice about new text at the end."""
        if following:
            self._unseen = False
        self.post_message(self.FollowChanged(following=following))

    def watch_focused_message(self) -> None:
        """Show which message the keyboard is on."""
        self.refresh()

    def on_focus(self) -> None:
        """Put the keyboard on the last message at first."""
        if self.focused_message is None and self._entries:
            self.focused_message = len(self._entries) - 1
        self.refresh()

    def on_blur(self) -> None:
        """Show no message as focused."""
        self.refresh()

    # Actions.

    def action_previous(self) -> None:
        """Put the keyboard on the message before."""
        self._focus_message(-1)

    def action_next(self) -> None:
        """Put the keyboard on the message after."""
        self._focus_message(1)

    def action_first(self) -> None:
        """Go to the first message."""
        if self._entries:
            self.focused_message = 0
            self.scroll_to(y=0, animate=False)

    def action_last(self) -> None:
        """Go to the end of the last message and follow it."""
        if self._entries:
            self.focused_message = len(self._entries) - 1
            self.follow()

    def _focus_message(self, step: int) -> None:
        if not self._entries:
            return
        last = len(self._entries) - 1
        index = last if self.focused_message is None else self.focused_message
        top, bottom = self._tops[index], self._tops[index + 1]
        view_top, view_bottom = self.scroll_offset.y, self.scroll_offset.y + self.size.height
        # A message longer than the view is read to its end before the next one is taken.
        if step > 0 and bottom > view_bottom and top <= view_top:
            self.page(1)
            return
        if step < 0 and top < view_top and bottom >= view_bottom:
            self.page(-1)
            return
        self.focused_message = min(max(index + step, 0), last)
        self._show_focused(at_end=step < 0)

    def _show_focused(self, *, at_end: bool) -> None:
        """Bring the focused message into view; a long one by its end or its beginning."""
        assert self.focused_message is not None
        top, bottom = self._tops[self.focused_message], self._tops[self.focused_message + 1]
        view_top, height = self.scroll_offset.y, self.size.height
        if bottom - top > height:
            row = bottom - height if at_end else top
        elif top < view_top:
            row = top
        elif bottom > view_top + height:
            row = bottom - height
        else:
            return
        self.scroll_to(y=row, animate=False)
