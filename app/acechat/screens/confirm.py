"""A question that is answered with yes or no."""

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from acechat.clean import clean_line
from acechat.screens.fields import Press
from acechat.screens.panel import Hint, Panel


class ConfirmScreen(Panel[bool]):
    """Ask before something that cannot be undone; the result is True for yes only."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes", show=False),
        Binding("n", "answer(False)", "no", show=False),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]
    AUTO_FOCUS = "#no"

    def __init__(
        self,
        question: str,
        *,
        detail: str = "",
        yes: str = "yes",
        no: str = "no",
        leave: bool | None = False,
    ) -> None:
        """Ask `question`.

        Args:
            question: The title.
            detail: What it is about.
            yes: The words of one answer.
            no: The words of the other.
            leave: The result where the question is left without an answer.
        """
        super().__init__(question)
        self._left = leave
        self._detail = clean_line(detail)
        self._yes = yes
        self._no = no

    def body(self) -> Iterator[Widget]:
        """What it is about, and the two answers; the keyboard is on the safe one."""
        if self._detail:
            yield Static(Content(self._detail), id="detail")
        with Horizontal(id="answers"):
            yield Press(self._no, id="no")
            yield Press(self._yes, id="yes")

    def hints(self) -> tuple[Hint, ...]:
        """The two letters do the same as the two answers."""
        return (
            Hint("y", self._yes, "answer(True)"),
            Hint("n", self._no, "answer(False)"),
            Hint("esc", "leave", "leave"),
        )

    def on_press_pressed(self, event: Press.Pressed) -> None:
        """Take the answer that was pressed."""
        event.stop()
        self.action_answer(event.control.id == "yes")

    def action_answer(self, answer: bool) -> None:  # noqa: FBT001 (actions have no keywords)
        """Close with `answer`."""
        self.dismiss(answer)

    def leave(self) -> None:
        """Leaving is a no, where nothing else was asked for."""
        self.dismiss(self._left)
