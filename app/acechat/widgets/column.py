"""One of several answers that stand beside each other: whose it is, its text, what became of it."""

from collections.abc import Callable
from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from acechat import clock
from acechat.bindings import bindings_for
from acechat.clean import clean_line
from acechat.commands import BY_ID
from acechat.models import Message, Turn
from acechat.widgets.labels import compared_label, running_label
from acechat.widgets.transcript import Transcript

_ELSEWHERE = {
    "transcript.find",
    "transcript.find_next",
    "transcript.find_previous",
    "transcript.again_with",
    "transcript.edit",
    "transcript.branch",
    "transcript.branches",
}
"""What is done with messages of a conversation, not with an answer beside others."""


class Answer(Transcript, inherit_bindings=False):
    """A transcript of one answer, without the line under it: that stands in its own place."""

    SIGNED = False
    FOCUS_ON_CLICK = True
    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in bindings_for("transcript")
        if not (isinstance(binding, Binding) and binding.id in _ELSEWHERE)
    ]

    def __init__(
        self, tell: Callable[[], None], *, key_of: Callable[[str], str], today: Callable[[], date]
    ) -> None:
        super().__init__(key_of=key_of, title_of=_title_of, today=today)
        self._tell = tell

    def count_on(self) -> None:
        """Say under the text what goes on, too."""
        super().count_on()
        self._tell()


class Column(Vertical):
    """An answer under the name of its model."""

    def __init__(
        self,
        turn: Turn,
        *,
        is_running: bool,
        is_kept: bool,
        key_of: Callable[[str], str],
        today: Callable[[], date],
    ) -> None:
        """Show the answer of a turn.

        Args:
            turn: The question and the answer.
            is_running: It is arriving.
            is_kept: It was there before the others were asked.
            key_of: Tells how the key of a command is written.
            today: Tells the day it is where the user is.
        """
        super().__init__()
        self._turn = turn
        self._is_running = is_running
        self._is_kept = is_kept
        self._key_of = key_of
        self._told = ""
        self.answer = Answer(self._tell, key_of=key_of, today=today)
        """The text."""
        self._head = Static(Content(clean_line(turn.answer.model)), classes="head")
        self._foot = Static(classes="foot", markup=False)

    def compose(self) -> ComposeResult:
        """Name, text, what became of it."""
        yield self._head
        yield self.answer
        yield self._foot

    def on_mount(self) -> None:
        """Show what there is so far."""
        self._show()

    @property
    def message(self) -> Message:
        """The answer as it is kept."""
        return self._turn.answer

    @property
    def source(self) -> str:
        """The text so far, as it was received."""
        return self._turn.text

    def put(self, turn: Turn) -> None:
        """Show an answer that is arriving, in the place of the one before."""
        self._turn, self._is_running, self._is_kept = turn, True, False
        self._show()

    def _show(self) -> None:
        self.answer.show([self._turn.answer], self._turn if self._is_running else None)
        self._tell()

    # What is told of running answers; each takes what is its own.

    def extend(self, message_id: str, text: str) -> None:
        """Add text to the answer."""
        self.answer.extend(message_id, text)

    def rewrite(self, message_id: str, text: str) -> None:
        """Put `text` in the place of the answer's text so far."""
        self.answer.rewrite(message_id, text)

    def count_on(self) -> None:
        """Show what the answer waits for."""
        self.answer.count_on()

    def finish(self, message: Message) -> None:
        """Show the final answer."""
        if message.id == self.message.id:
            self._is_running = False
            self.answer.finish(message)
            self._tell()

    def _tell(self) -> None:
        told = self._label()
        if told != self._told:
            self._told = told
            self._foot.update(Content(told))

    def _label(self) -> str:
        turn = self._turn
        if not self._is_running:
            return clean_line(compared_label(turn.answer, is_kept=self._is_kept))
        now = clock.now()
        return running_label(
            "",
            turn.phase,
            now - turn.started_at,
            self._key_of("chat.stop"),
            quiet=now - turn.heard_at,
            countdown=turn.countdown,
            now=now,
        )


def _title_of(command_id: str) -> str:
    command = BY_ID[command_id]
    return command.hint or command.title
