"""The line under the transcript in which words are typed that are to be found in it."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from acechat.widgets.seeker import Tally

PLACEHOLDER = "find in this conversation"


class FindLine(Horizontal):
    """What is looked for, and how often it is there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
    ]

    class Typed(Message):
        """Other words are to be found."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text
            """All that is in the line now."""

    class Stepped(Message):
        """The next place is to be shown, or for -1 the one before."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step
            """1 or -1."""

    class Taken(Message):
        """The words are right: the reader goes on in the text."""

    def __init__(self) -> None:
        super().__init__()
        self._input = Input(placeholder=PLACEHOLDER, id="find-text")
        self._tally = Static(id="find-tally", markup=False)

    def compose(self) -> ComposeResult:
        """Build the line."""
        yield Static("/ ", id="find-slash", markup=False)
        yield self._input
        yield self._tally

    @property
    def text(self) -> str:
        """What is looked for."""
        return self._input.value

    def edit(self) -> None:
        """Let words be typed over those that are there."""
        self._input.focus()
        self._input.select_all()

    def show(self, text: str) -> None:
        """Show what is looked for, which is known to who looks for it."""
        with self.prevent(Input.Changed):
            self._input.value = text

    def tell(self, tally: Tally | None) -> None:
        """Say how often the words are there; None where nothing is looked for."""
        self._tally.update("" if tally is None else tally.words)

    def action_step(self, step: int) -> None:
        """Go on to the next place while words are still being typed."""
        self.post_message(self.Stepped(step))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Taken())
