"""The prompt: where questions and `/` commands are written."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events, on
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import EditResult, Location

from acechat.bindings import bindings_for
from acechat.slash import Call, Mistake, parse
from acechat.widgets.completing import Completing
from acechat.widgets.editing import EDITING
from acechat.widgets.host import host_of
from acechat.widgets.pace import later
from acechat.widgets.pastes import Burst, Pastes, may_be_path, pasted_text
from acechat.widgets.recall import Recall

PLACEHOLDER = "Ask anything, / for commands"
"""What an empty prompt says."""

DRAFT_SECONDS = 0.5
"""How long typing must rest before the draft is handed on."""

REPEAT_SECONDS = 1.0
"""Enter on a text that was just sent does nothing for this long, unless the text changes."""

_SIGN = "> "


class Prompt(Completing, inherit_bindings=False):
    """A text area of one to ten lines that sends questions and calls `/` commands.

    All keys are handled in the order in which they arrive: a binding that is looked up by the
    application would overtake the characters that were typed just before it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"prompt--sign"}
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("prompt"), *EDITING]

    busy: reactive[bool] = reactive(default=False, toggle_class="-busy")
    """An answer is arriving: a question waits until it has ended."""

    has_queue = False
    """Questions wait; up takes the newest back into an empty prompt."""

    note: reactive[str] = reactive("", init=False)
    """What is being written where it is no new question; empty where it is one."""

    class Submitted(Message):
        """The user asks. The text stays in the prompt until `clear` is called."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text
            """The question, with all pastes in full."""

    class CommandEntered(Message):
        """The user calls a `/` command. The prompt is empty already."""

        def __init__(self, name: str, argument: str) -> None:
            super().__init__()
            self.name = name
            """The name of a command in `acechat.slash.SLASH_COMMANDS`."""
            self.argument = argument
            """What follows it; empty where nothing does."""

    class DraftChanged(Message):
        """Typing rests."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text
            """The draft, with all pastes in full."""

    class PathPasted(Message):
        """What was pasted may be the path of a file; `offer_file` offers to attach it."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text
            """What was pasted, as it stands in the text now."""

    class ErasedNothing(Message):
        """Backspace was pressed in an empty prompt."""

    class TakenBack(Message):
        """The question that was queued last shall be in the prompt again."""

    class Refused(Message):
        """Enter did nothing; the text is kept."""

        def __init__(self, reason: str) -> None:
            super().__init__()
            self.reason = reason
            """One sentence for the user."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(placeholder=PLACEHOLDER, id=id)
        # A blinking cursor would keep a program busy that has nothing to do.
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self._pastes = Pastes()
        self._burst = Burst()
        self._recall = Recall()
        self._settled = ""
        self._draft_timer: asyncio.TimerHandle | None = None
        self._sent: str | None = None

    def watch_note(self) -> None:
        """Say it over the text."""
        self.border_title = Content(self.note)
        self.set_class(bool(self.note), "-noted")

    # What the screen uses.

    @property
    def draft(self) -> str:
        """What is written, with all pastes in full."""
        return self._pastes.expand(self.text)

    def load(self, text: str) -> None:
        """Put a draft into the prompt, with the cursor at its end."""
        self._recall.leave()
        self._hold(self._pastes.fold_known(pasted_text(text)))
        self._settle()
        self._pastes.forget(self.text)

    def insert(
        self,
        text: str,
        location: Location | None = None,
        *,
        maintain_selection_offset: bool = True,
    ) -> EditResult:
        """Insert text at the cursor, as a chip where it is large."""
        folded = self._pastes.fold(pasted_text(text))
        return super().insert(folded, location, maintain_selection_offset=maintain_selection_offset)

    def clear(self) -> EditResult:
        """Empty the prompt, after a question was taken. Undo brings the text back."""
        result = super().clear()
        self.chosen_paths.clear()
        self._recall.leave()
        self._settle()
        return result

    def set_history(self, questions: Sequence[str]) -> None:
        """Take the earlier questions, oldest first, through which up and down walk."""
        self._recall.set(questions)

    # Drafts.

    def _hold(self, text: str) -> None:
        self.load_text(text)
        self.move_cursor(self.document.end)
        self.scroll_cursor_visible()

    def _settle(self) -> None:
        """Take the present text as known: it is no new draft."""
        self._settled = self.text
        self._sent = None
        self._suggestions.close()
        if self._draft_timer is not None:
            self._draft_timer.cancel()
            self._draft_timer = None

    @on(TextArea.Changed)
    def _text_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self.text == self._settled and self._draft_timer is None:
            return
        if self.text != self._sent:
            self._sent = None
        self._suggest()
        if self._draft_timer is not None:
            self._draft_timer.cancel()
        self._draft_timer = later(self, DRAFT_SECONDS, self._hand_on_draft)

    def _hand_on_draft(self) -> None:
        self._draft_timer = None
        if self.text != self._settled:
            self._settled = self.text
            self.post_message(self.DraftChanged(self.draft))

    # Keys and pastes.

    async def _on_key(self, event: events.Key) -> None:
        pasted = self._burst.key(event.time, event.key)
        if self.read_only or event.is_printable:
            return
        if not pasted and self._use_suggestions(event.key):
            event.stop()
            event.prevent_default()
            return
        active = self.screen.active_bindings.get(event.key)
        if active is None or active.node is not self:
            return
        action = active.binding.action
        if pasted and action == "send":
            action = "newline"
        if await host_of(self).run_action(action, self):
            event.stop()
            event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self._burst.paste(event.time)
        if not self.read_only:
            self._paste(event.text)

    def action_paste(self) -> None:
        """Paste what was last copied in this program."""
        self._paste(host_of(self).clipboard)

    def _paste(self, text: str) -> None:
        pasted = self._pastes.fold(pasted_text(text))
        self.replace(pasted, *self.selection, maintain_selection_offset=False)
        self.scroll_cursor_visible()
        if may_be_path(pasted):
            self.post_message(self.PathPasted(pasted))

    @property
    def selected_text(self) -> str:
        """What is selected, with all pastes in full."""
        return self._pastes.expand(super().selected_text)

    def action_cut(self) -> None:
        """Cut the selection, with all pastes in full."""
        if selected := self.selected_text:
            host_of(self).copy_to_clipboard(selected)
            self.delete(*self.selection, maintain_selection_offset=False)

    def action_delete_left(self) -> None:
        """Delete the selection, the chip or the character before the cursor."""
        row, column = self.cursor_location
        chip = self._pastes.chip_ending_at(self.document[row], column)
        if not self.text:
            self.post_message(self.ErasedNothing())
        if chip and self.selection.is_empty:
            self.delete((row, column - len(chip)), (row, column), maintain_selection_offset=False)
            return
        super().action_delete_left()

    def action_delete_right(self) -> None:
        """Delete the selection, the chip or the character after the cursor."""
        row, column = self.cursor_location
        chip = self._pastes.chip_starting_at(self.document[row], column)
        if chip and self.selection.is_empty:
            self.delete((row, column), (row, column + len(chip)), maintain_selection_offset=False)
            return
        super().action_delete_right()

    # Sending.

    def action_newline(self) -> None:
        """Begin a new line."""
        self.replace("\n", *self.selection, maintain_selection_offset=False)
        self.scroll_cursor_visible()

    def action_send(self) -> None:
        """Send the question, or call the command."""
        if not self.text.strip():
            return
        meant = parse(self.draft)
        if isinstance(meant, Mistake):
            self.post_message(self.Refused(meant.reason))
        elif isinstance(meant, Call):
            super().clear()
            self._recall.leave()
            self._suggestions.close()
            self.post_message(self.CommandEntered(meant.name, meant.argument))
        elif self.text != self._sent:
            # One press of Enter is one question, also before the screen has noticed the first.
            self._sent = self.text
            later(self, REPEAT_SECONDS, self.allow_repeat)
            self.post_message(self.Submitted(meant.text))

    def allow_repeat(self) -> None:
        """Take the same question again: the last one was not sent."""
        self._sent = None

    def watch_busy(self) -> None:
        """A question that was taken, or came back, may be sent again."""
        self._sent = None

    # Earlier questions.

    def action_cursor_up(self, select: bool = False) -> None:  # noqa: FBT001, FBT002
        """Go up, and from the first line to the question before, a queued one first."""
        if self.has_queue and not self.text:
            self.post_message(self.TakenBack())
            return
        at_edge = self.navigator.is_first_wrapped_line(self.cursor_location)
        if select or not at_edge or not self._walk(-1):
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:  # noqa: FBT001, FBT002
        """Go down, and from the last line to the question after."""
        at_edge = self.navigator.is_last_wrapped_line(self.cursor_location)
        if select or not at_edge or not self._walk(1):
            super().action_cursor_down(select)

    def _walk(self, by: int) -> bool:
        text = self._recall.step(by, self.text)
        if text is None:
            return False
        self._hold(self._pastes.fold_known(text))
        if by < 0:
            self.move_cursor((0, len(self.document[0])))
        return True

    # Looks.

    @property
    def gutter_width(self) -> int:
        """The columns of the sign at the left."""
        return len(_SIGN)

    def render_line(self, y: int) -> Strip:
        """Draw the sign before the first line."""
        style = self.get_component_rich_style("prompt--sign")
        sign = Segment(_SIGN if y == 0 else " " * len(_SIGN), style)
        return Strip.join([Strip([sign]), super().render_line(y)])
