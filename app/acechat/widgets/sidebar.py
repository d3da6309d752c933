"""The sidebar: all conversations, and what can be done with them."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import cached_property
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import Input, OptionList, Static

from acechat.bindings import bindings_for
from acechat.models import Conversation
from acechat.widgets.rows import ConversationList

TITLE = "Conversations"
"""What stands over the list while nothing is chosen in it."""


class _Button(Static, can_focus=False):
    """A word that can be clicked."""

    class Clicked(Message):
        """It was clicked."""

        def __init__(self, button: "_Button") -> None:
            super().__init__()
            self.button = button

        @property
        def control(self) -> "_Button":
            """The word that was clicked."""
            return self.button

    def on_click(self, event: events.Click) -> None:
        """Tell the sidebar."""
        event.stop()
        self.post_message(self.Clicked(self))


class _Filter(Input):
    """The field that narrows the list."""

    virtual_size = Reactive(Size(0, 0), repaint=False)
    """How long the text is. A longer text moves no other widget: nothing is laid out anew."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down", "to_list", show=False),
    ]

    class Left(Message):
        """The user is done with it, or wants to have everything back."""

        def __init__(self, *, cleared: bool) -> None:
            super().__init__()
            self.cleared = cleared

    def action_leave(self) -> None:
        """Drop the filter."""
        self.post_message(self.Left(cleared=True))

    def action_to_list(self) -> None:
        """Go on in the list, keeping the filter."""
        self.post_message(self.Left(cleared=False))


class _Request(Message):
    """Something shall be done with a conversation."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__()
        self.conversation_id = conversation_id
        """Which one."""


class _RequestForSeveral(Message):
    """Something shall be done with one conversation or more."""

    def __init__(self, *conversation_ids: str) -> None:
        super().__init__()
        self.conversation_ids = conversation_ids
        """Which ones, in the order of the list."""


class _FilterText(Message):
    """Something shall be done with what was typed into the filter."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        """What was typed, trimmed; empty where everything shall be shown."""


class Sidebar(Vertical):
    """Lists conversations under headings. It asks the screen for everything it does."""

    BINDINGS = bindings_for("sidebar")

    class Opened(_Request):
        """A conversation shall be opened."""

    class RenameRequested(_Request):
        """A conversation shall get another title."""

    class PinRequested(_Request):
        """A conversation shall be pinned, or not be pinned any more."""

    class ArchiveRequested(_RequestForSeveral):
        """Conversations shall leave the list, and stay in the search."""

    class DeleteRequested(_RequestForSeveral):
        """Conversations shall be deleted."""

    class NewRequested(Message):
        """A new conversation shall begin."""

    class UndoRequested(Message):
        """The conversation that was deleted last shall come back."""

    class EndReached(Message):
        """The last row came into view: there may be more to show."""

    class FilterChanged(_FilterText):
        """Only conversations whose titles hold a text shall be shown."""

    class FilterTaken(_FilterText):
        """The one that is highlighted then shall be opened; the list may not be as far yet."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._told_filter = ""

    def compose(self) -> ComposeResult:
        """Lay out title, filter and list."""
        with Horizontal(id="sidebar-top"):
            yield Static(TITLE, id="sidebar-title")
            yield _Button("+ new", id="sidebar-new")
        with Horizontal(id="sidebar-search"):
            yield _Button("/ filter", id="sidebar-hint")

    # Made when they are first needed, which is after the first paint.

    @cached_property
    def _list(self) -> ConversationList:
        listed = ConversationList(id="sidebar-list")
        self.mount(listed)
        return listed

    @cached_property
    def _filter(self) -> _Filter:
        typed = _Filter(placeholder="filter by title", id="sidebar-filter")
        self.query_one("#sidebar-search").mount(Static("/ ", id="sidebar-slash"), typed)
        return typed

    # What the screen tells it.

    def show(
        self,
        conversations: Sequence[Conversation],
        *,
        opened: str | None,
        streaming: Collection[str],
        today: date,
    ) -> None:
        """Show `conversations`; the highlight and the scroll position stay where they were."""
        self._list.show(
            conversations,
            opened=opened,
            streaming=streaming,
            today=today,
            nothing="no title matches" if self.filter_text else "nothing here yet",
        )

    def set_streaming(self, ids: Collection[str]) -> None:
        """Mark the conversations whose answer is running."""
        self._list.set_streaming(ids)

    def mark(self, conversation: Conversation) -> bool:
        """Show what has become of one conversation; return whether it is in the list.

        Where its place changes, because it rises or is pinned, `show` is needed.
        """
        return self._list.mark(conversation)

    def focus_list(self) -> None:
        """Put the keyboard on the list."""
        self._list.focus()

    # What the screen asks it.

    @property
    def filter_text(self) -> str:
        """What titles must hold to be shown; empty where there is no filter."""
        return self._filter.value.strip() if self.query(_Filter) else ""

    @property
    def highlighted(self) -> str | None:
        """The id of the conversation that the keyboard is on."""
        return self._list.current

    # Commands.

    def action_open(self) -> None:
        """Open the highlighted conversation."""
        self._ask(self.Opened)

    def action_rename(self) -> None:
        """Ask for another title."""
        self._ask(self.RenameRequested)

    def action_pin(self) -> None:
        """Pin the highlighted conversation, or unpin it."""
        self._ask(self.PinRequested)

    def action_archive(self) -> None:
        """Archive the chosen conversations, or the highlighted one."""
        self._ask_for_several(self.ArchiveRequested)

    def action_delete(self) -> None:
        """Delete the chosen conversations, or the highlighted one."""
        self._ask_for_several(self.DeleteRequested)

    def action_choose(self) -> None:
        """Choose the highlighted conversation beside others, or not any more."""
        self._list.choose()

    def action_choose_next(self, step: int) -> None:
        """Choose the highlighted conversation and the next one, or for -1 the one before."""
        self._list.choose_next(step)

    def action_undo(self) -> None:
        """Bring the deleted conversation back."""
        self.post_message(self.UndoRequested())

    def action_filter(self) -> None:
        """Open the filter."""
        self.add_class("-filtering")
        self._filter.focus()

    def _ask(self, request: type[_Request]) -> None:
        if (conversation_id := self.highlighted) is not None:
            self.post_message(request(conversation_id))

    def _ask_for_several(self, request: type[_RequestForSeveral]) -> None:
        if asked := self._list.chosen or tuple(filter(None, (self.highlighted,))):
            self.post_message(request(*asked))

    # Events of the parts.

    @on(OptionList.OptionSelected)
    def _row_clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_open()

    @on(OptionList.OptionHighlighted)
    def _row_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()

    @on(ConversationList.Chosen)
    def _chosen(self, event: ConversationList.Chosen) -> None:
        event.stop()
        title = f"{event.count:,} chosen" if event.count else TITLE
        self.query_one("#sidebar-title", Static).update(title)

    @on(ConversationList.EndReached)
    def _end_reached(self, event: ConversationList.EndReached) -> None:
        event.stop()
        self.post_message(self.EndReached())

    @on(_Button.Clicked, "#sidebar-new")
    def _new_clicked(self) -> None:
        self.post_message(self.NewRequested())

    @on(_Button.Clicked, "#sidebar-hint")
    def _hint_clicked(self) -> None:
        self.action_filter()

    @on(Input.Changed)
    def _filter_typed(self, event: Input.Changed) -> None:
        event.stop()
        self._tell_filter()

    @on(Input.Submitted)
    def _filter_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._told_filter = self.filter_text
        self.post_message(self.FilterTaken(self.filter_text))

    @on(_Filter.Left)
    def _filter_left(self, event: _Filter.Left) -> None:
        event.stop()
        if event.cleared:
            self._filter.clear()
            self._tell_filter()
        if not self.filter_text:
            self.remove_class("-filtering")
        self._list.focus()

    def _tell_filter(self) -> None:
        if self.filter_text != self._told_filter:
            self._told_filter = self.filter_text
            self.post_message(self.FilterChanged(self.filter_text))
