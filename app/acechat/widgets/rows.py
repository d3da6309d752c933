"""The list inside the sidebar: headings, one row a conversation, and their marks."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from acechat.clean import clean_line
from acechat.models import Conversation, Status
from acechat.widgets.grouping import grouped
from acechat.widgets.header import UNTITLED
from acechat.widgets.host import host_of
from acechat.widgets.one_line import OneLine

PULSE_SECONDS = 1.0
"""How often the mark of a running answer changes."""

MARK_CELLS = 2
"""The columns of the mark: one cell and a space. A mark never moves a title."""

_Row = tuple[str | None, str]
"""The id and the title of a conversation, or None and a heading."""

_FAILED = frozenset({Status.FAILED, Status.INTERRUPTED})


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands before a title."""

    sign: str
    """One cell wide in every terminal."""
    style: str
    """The component class that colours it."""


NO_MARK = Mark(" ", "")
STREAMING = Mark("◌", "conversation-list--streaming")
PULSE = Mark("◍", "conversation-list--streaming")
FAILED = Mark("!", "conversation-list--failed")
UNREAD = Mark("●", "conversation-list--unread")
OPENED = Mark("▸", "conversation-list--opened")
PINNED = Mark("▪", "conversation-list--pinned")
CHOSEN = Mark("✓", "conversation-list--chosen")


class ConversationList(OptionList, inherit_bindings=False):
    """Conversations under headings.

    Marks are drawn over the rows, so that a change of one draws one line and builds nothing.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "conversation-list--streaming",
        "conversation-list--failed",
        "conversation-list--unread",
        "conversation-list--opened",
        "conversation-list--pinned",
        "conversation-list--chosen",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor_up", show=False),
        Binding("down", "cursor_down", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("escape", "choose_none", show=False),
    ]

    virtual_size = Reactive(Size(0, 0), repaint=False)
    """How long the list is. It scrolls, so that nothing is laid out anew."""

    auto_links = Reactive(default=False)
    """No row holds a link: looking for one would be a sixth of drawing it."""

    class EndReached(Message):
        """The last row came into view."""

    class Chosen(Message):
        """More conversations are chosen, or fewer."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.count = count
            """How many."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._conversations: dict[str, Conversation] = {}
        self._rows: list[_Row] = []
        self._opened: str | None = None
        self._chosen: frozenset[str] = frozenset()
        self._gone_to: str | None = None
        self._streaming: frozenset[str] = frozenset()
        self._pulse: Timer | None = None
        self._turned = False
        self._end_told = 0

    @property
    def current(self) -> str | None:
        """The id of the highlighted conversation."""
        option = self.highlighted_option
        return option.id if option is not None else None

    def show(
        self,
        conversations: Sequence[Conversation],
        *,
        opened: str | None,
        streaming: Collection[str],
        today: date,
        nothing: str,
    ) -> None:
        """Show `conversations`; the highlight and the scroll position stay where they were.

        While the keyboard is elsewhere, the highlight goes to another one that is opened.

        Args:
            conversations: what is shown, in any order.
            opened: the id of the open one.
            streaming: the ids of those whose answer is running.
            today: the day that the headings are counted from.
            nothing: what is said where there are none.
        """
        self._conversations = {each.id: each for each in conversations}
        self._opened = opened
        rows = list(_rows(conversations, today)) or [(None, nothing)]
        before, self._rows = self._rows, rows
        if self._rows == before:
            if self.current is None:
                self._highlight(opened)
        elif before and self.current is not None and rows[: len(before)] == before:
            # The next page came: what stands already stays as it is.
            self.add_options(map(_option, rows[len(before) :]))
        else:
            self._rebuild()
        if opened != self._gone_to and opened in self._conversations:
            self._gone_to = opened
            if not self.has_focus:
                self._highlight(opened)
        self.set_streaming(streaming)
        # What is out of sight is not kept chosen: nobody would see what a key does to it.
        self._choose(self._chosen & self._conversations.keys())
        self.refresh()

    def _rebuild(self) -> None:
        kept, index, scroll = self.current, self.highlighted, self.scroll_offset.y
        self.set_options(map(_option, self._rows))
        if kept is not None and kept in self._conversations:
            self.highlighted = self.get_option_index(kept)
        elif kept is not None and index is not None:
            # The row is gone: the one that came into its place is the next to be looked at.
            self._highlight_near(index)
        else:
            self._highlight(self._opened)
            return
        self.scroll_to(y=scroll, animate=False, immediate=True, force=True)

    def _highlight(self, conversation_id: str | None) -> None:
        """Highlight a conversation, or the first one."""
        if conversation_id is not None and conversation_id in self._conversations:
            self.highlighted = self.get_option_index(conversation_id)
        elif self._conversations:
            self.action_first()

    def _highlight_near(self, index: int) -> None:
        enabled = [at for at, option in enumerate(self.options) if not option.disabled]
        if enabled:
            after = (at for at in enabled if at >= index)
            self.highlighted = next(after, enabled[-1])

    # Several at once.

    @property
    def chosen(self) -> tuple[str, ...]:
        """The ids of the chosen conversations, in the order of the list."""
        return tuple(each for each, _ in self._rows if each in self._chosen)

    def choose(self) -> None:
        """Choose the highlighted conversation, or not any more, and go to the next one."""
        if (current := self.current) is not None:
            self._choose(self._chosen ^ {current})
            self._step(1)

    def choose_next(self, step: int) -> None:
        """Go to the next conversation, or for -1 to the one before, and choose both.

        Where that one is chosen already, the one that is left is chosen no more.
        """
        before = self.current
        if before is None or not self._step(step) or (current := self.current) is None:
            return
        both = {before, current}
        self._choose(self._chosen - {before} if both <= self._chosen else self._chosen | both)

    def action_choose_none(self) -> None:
        """Choose nothing any more."""
        self._choose(frozenset())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Escape to others while nothing is chosen."""
        return bool(self._chosen) if action == "choose_none" else True

    def _choose(self, chosen: frozenset[str]) -> None:
        changed = self._chosen ^ chosen
        self._chosen = chosen
        for each in changed:
            self._draw(each)
        if changed:
            self.post_message(self.Chosen(len(chosen)))

    def _step(self, step: int) -> bool:
        """Highlight the conversation beside; return whether there is one."""
        at = self.highlighted or 0
        beside = range(at + 1, self.option_count) if step > 0 else range(at - 1, -1, -1)
        following = next((index for index in beside if not self.options[index].disabled), None)
        if following is not None:
            self.highlighted = following
        return following is not None

    # Marks.

    @property
    def pulsing(self) -> bool:
        """The marks of running answers are turning: a timer runs."""
        return self._pulse is not None

    def set_streaming(self, ids: Collection[str]) -> None:
        """Mark the conversations whose answer is running."""
        changed = self._streaming ^ frozenset(ids)
        self._streaming = frozenset(ids)
        for each in changed:
            self._draw(each)
        if self._streaming and self._pulse is None and host_of(self).animation_level != "none":
            self._pulse = self.set_interval(PULSE_SECONDS, self._turn)
        elif not self._streaming and self._pulse is not None:
            self._pulse.stop()
            self._pulse = None
            self._turned = False

    def mark(self, conversation: Conversation) -> bool:
        """Show what has become of one conversation; return whether it is in the list.

        Its place does not change: where it rises or is pinned, `show` is needed.
        """
        before = self._conversations.get(conversation.id)
        if before is None:
            return False
        self._conversations[conversation.id] = replace(
            conversation, updated_at=before.updated_at, pinned=before.pinned
        )
        if before.title != conversation.title:
            self.replace_option_prompt(conversation.id, _title(conversation.title))
            self._rows = []
        self._draw(conversation.id)
        return True

    def mark_of(self, conversation_id: str) -> Mark:
        """Return the one mark of a conversation: what is most worth knowing about it."""
        conversation = self._conversations[conversation_id]
        if conversation_id in self._chosen:
            return CHOSEN
        if conversation_id in self._streaming:
            return PULSE if self._turned else STREAMING
        if conversation_id == self._opened:
            # What is open is seen: it needs no mark for news.
            return OPENED
        if conversation.status in _FAILED:
            return FAILED
        if conversation.unread:
            return UNREAD
        return PINNED if conversation.pinned else NO_MARK

    def _turn(self) -> None:
        self._turned = not self._turned
        for each in self._streaming:
            self._draw(each)

    def _draw(self, conversation_id: str) -> None:
        if conversation_id in self._conversations:
            index = self.get_option_index(conversation_id)
            # One option is one line here: titles are cut, never wrapped.
            self.refresh_line(index - self.scroll_offset.y)

    def render_line(self, y: int) -> Strip:
        """Draw a row with its mark."""
        strip = super().render_line(y)
        index = self.scroll_offset.y + y
        if index >= self.option_count:
            return strip
        option_id = self.options[index].id
        if option_id is None or option_id not in self._conversations:
            return strip
        mark = self.mark_of(option_id)
        if mark is NO_MARK:
            return strip
        base = next((segment.style for segment in strip if segment.style), None)
        style = self.get_component_rich_style(mark.style, partial=True)
        if index == self.highlighted and self.has_focus:
            style = style.without_color
        sign = Strip([Segment(mark.sign, base + style if base else style)], 1)
        if option_id == self._opened:
            bold = self.get_component_rich_style("conversation-list--opened", partial=True)
            title = strip.crop(MARK_CELLS)
            strip = Strip.join([strip.crop(0, MARK_CELLS), title.apply_style(bold.without_color)])
        return Strip.join([sign, strip.crop(1)])

    # The end.

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell once when the last row is in view."""
        super().watch_scroll_y(old_value, new_value)
        count = len(self._conversations)
        if new_value > old_value and new_value >= self.max_scroll_y and self._end_told != count:
            self._end_told = count
            self.post_message(self.EndReached())


def _rows(conversations: Sequence[Conversation], today: date) -> Iterator[_Row]:
    """Yield headings, the blanks before them, and what stands under them."""
    blank = False
    for name, members in grouped(conversations, today):
        if blank:
            yield None, ""
        blank = True
        yield None, name
        yield from ((each.id, each.title) for each in members)


def _option(row: _Row) -> Option:
    conversation_id, text = row
    if conversation_id is None:
        return Option(OneLine(text), disabled=True)
    return Option(_title(text), id=conversation_id)


def _title(title: str) -> OneLine:
    return OneLine(" " * MARK_CELLS + (clean_line(title) or UNTITLED))
