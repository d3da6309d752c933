"""The screen of a comparison: the answers of several models beside each other, as they arrive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from acechat.bindings import bindings_for
from acechat.clean import clean, clean_line
from acechat.models import Turn
from acechat.screens.dialog import Dialog
from acechat.screens.panel import Hint, KeyLine
from acechat.widgets.column import Column

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen

COLUMN_CELLS = 38
"""A narrower column wraps code and tables at every turn; fewer stand beside each other then."""

COLUMN_ROWS = 9
"""In fewer rows than these each, only the answer that the keyboard is on shows its text."""

LINES = [(0, "-low"), (20, "-high")]
"""A low terminal keeps one row for the question and one for the keys."""

MAX_QUESTION = 1_000
"""Characters of the question that are shown: it has two rows."""

_ELSEWHERE = (
    "chat.stop",
    "chat.again",
    "chat.rebuild",
    "chat.interrupt",
    "copy.answer",
    "transcript.page",
)
"""The commands that mean here what they mean everywhere."""

_SHAPES = ("-one", "-two", "-three", "-four")


class CompareScreen(Dialog[str], inherit_bindings=False):
    """Shows a question and its answers; the result is the id of the one to go on with, or None."""

    BINDINGS = [
        Binding("tab", "version(1)", show=False),
        Binding("shift+tab", "version(-1)", show=False),
        *bindings_for("compare"),
        *(binding for prefix in _ELSEWHERE for binding in bindings_for("anywhere", prefix=prefix)),
    ]
    COMMANDS_HERE = ("compare.", *_ELSEWHERE)
    AUTO_FOCUS = "Transcript"
    VERTICAL_BREAKPOINTS = LINES

    def __init__(
        self, chat_screen: ChatScreen, turns: Sequence[Turn], *, kept: str = "", on: str = ""
    ) -> None:
        """Show the answers of `turns` beside each other.

        Args:
            chat_screen: Where they were asked for.
            turns: The question with each of them.
            kept: The id of one that was there before the others were asked.
            on: The id of the one that the keyboard is on; otherwise it is the first.
        """
        super().__init__()
        self._chat_screen = chat_screen
        self._question = turns[0].question
        self._columns = [
            Column(
                turn,
                is_running=chat_screen.comparing.is_arriving(turn),
                is_kept=turn.answer.id == kept,
                key_of=chat_screen.key_of,
                today=chat_screen.today,
            )
            for turn in turns
        ]
        self._asked_again: Column | None = None
        ids = [turn.answer.id for turn in turns]
        self._at = ids.index(on) if on in ids else 0

    def compose(self) -> ComposeResult:
        """The question, the answers, the keys."""
        question = Content(" ".join(clean(self._question.text[:MAX_QUESTION]).split()))
        with Container(id="compare-question"):
            yield Static(question, id="compare-text")
        with Container(id="compare-columns"):
            yield from self._columns
        yield KeyLine(*self._hints())

    def on_mount(self) -> None:
        """Hear of what arrives."""
        self._chat_screen.turns.views += self._columns
        if len(self._columns) % 2:
            self._columns[-1].add_class("-odd")
        self.column.answer.focus()

    def on_unmount(self) -> None:
        """Hear no more."""
        views = self._chat_screen.turns.views
        views[:] = [view for view in views if view not in self._columns]

    def on_resize(self) -> None:
        """Put as many columns beside each other as are readable."""
        count = len(self._columns)
        beside = max(1, min(count, self.size.width // COLUMN_CELLS))
        # Four in two rows of two are better than three and one.
        beside = 2 if (count, beside) == (4, 3) else beside
        rows = -(-count // beside)
        columns = self.query_one("#compare-columns")
        for number, shape in enumerate(_SHAPES, 1):
            columns.set_class(number == beside, shape)
        columns.set_class(self.size.height < rows * COLUMN_ROWS, "-folded")

    def _hints(self) -> Sequence[Hint]:
        key = self._chat_screen.key_of
        hints = (
            Hint(key("compare.choose"), "go on with this one", "choose"),
            Hint("←→", "answer", "version(1)"),
            Hint(key("chat.stop"), "stop, or leave", "stop"),
            Hint(key("compare.stop_all"), "stop all", "stop_all"),
            Hint(key("transcript.copy"), "copy", "copy_message"),
            Hint(key("transcript.again"), "again", "again"),
            Hint(key("compare.leave"), "leave", "leave"),
        )
        return [hint for hint in hints if hint.key]

    @property
    def column(self) -> Column:
        """The answer that the keyboard is on."""
        # Not the one with the focus: that follows a little later, and keys may be faster.
        return self._columns[self._at]

    def put(self, turn: Turn) -> None:
        """Show an answer that is asked for again in the place of what it was."""
        if self._asked_again is not None:
            self._asked_again.put(turn)
            self._asked_again = None

    def on_click(self, event: events.Click) -> None:
        """Put the keyboard on the answer that is pressed."""
        around = event.widget.ancestors_with_self if event.widget is not None else ()
        for index, column in enumerate(self._columns):
            if column in around:
                self._at = index
                column.answer.focus()

    # Actions.

    def action_version(self, step: int) -> None:
        """Put the keyboard on the answer at the right, or for -1 at the left."""
        self._at = (self._at + step) % len(self._columns)
        self.column.answer.focus()

    def action_choose(self) -> None:
        """Go on with the answer that the keyboard is on."""
        self.dismiss(self.column.message.id)

    def action_stop(self) -> None:
        """Stop the answer that the keyboard is on; leave where it has ended."""
        message = self.column.message
        if not self._chat_screen.turns.stop(message.conversation_id, message.id):
            self.action_leave()

    def action_stop_all(self) -> None:
        """Stop all answers."""
        if not self._chat_screen.turns.stop(self._question.conversation_id):
            self._chat_screen.say("all answers have ended")

    def action_interrupt(self) -> None:
        """Copy the selection, else stop all answers."""
        if selected := self.get_selected_text():
            self._chat_screen.copying.text(selected, "selection")
            self.clear_selection()
        else:
            self.action_stop_all()

    def action_again(self) -> None:
        """Ask for the answer that the keyboard is on again."""
        self._asked_again = self.column
        self._chat_screen.comparing.again(self.column.message)

    def action_rebuild(self) -> None:
        """The same, in a new server conversation in any case."""
        self._asked_again = self.column
        self._chat_screen.comparing.again(self.column.message, rebuild=True)

    def action_copy_message(self) -> None:
        """Copy the answer that the keyboard is on."""
        if text := self.column.source:
            model = clean_line(self.column.message.model)
            self._chat_screen.copying.text(text, f"answer of {model}")
        else:
            self._chat_screen.say("there is nothing to copy yet")

    def action_copy_answer(self) -> None:
        """The same, on the key that does so elsewhere."""
        self.action_copy_message()

    def action_copy_code(self) -> None:
        """Copy a block of code of this answer."""
        self._chat_screen.copying.code(self.column.answer)

    def action_open_link(self) -> None:
        """Open a link of this answer."""
        self._chat_screen.copying.link(self.column.answer)

    def action_page_up(self) -> None:
        """Read a page up."""
        self.column.answer.page(-1)

    def action_page_down(self) -> None:
        """Read a page down."""
        self.column.answer.page(1)
