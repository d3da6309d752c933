"""The page of a conversation that has no messages yet."""

from functools import cached_property

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from acechat.clean import clean_line

PURPOSE = "Chat with some eighty models from the keyboard, all kept on this machine."

HINT = "Questions to try: tab goes to them, ⏎ sends one"

TOKENS = "Tokens come from platform.acedata.cloud → Applications."
"""Where a token is had (`api.md` section 8); stands under a note that speaks of tokens."""

ROOMY = 15
"""Rows from which the parts of the page are kept apart: 12 of text in 60 columns, and 3 gaps."""


class Welcome(VerticalScroll, can_focus=False):
    """Says what this is, who answers, and offers questions to try."""

    class Chosen(Message):
        """The user took one of the questions."""

        def __init__(self, question: str) -> None:
            super().__init__()
            self.question = question
            """The question, as it is to be sent."""

    def __init__(self) -> None:
        super().__init__()
        self._questions: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Build the page."""
        with Vertical(id="page"):
            yield Static("acechat", id="name", markup=False)
            yield Static(PURPOSE, id="purpose", markup=False)

    @cached_property
    def _rest(self) -> tuple[OptionList, Static, Static]:
        """Where questions, answerer and warning are shown; made with the first to be known."""
        listed = OptionList(id="questions", markup=False)
        answerer = Static(id="answerer", markup=False)
        warning = Static(id="warning", markup=False)
        self.query_one("#page").mount(
            Static(HINT, id="hint", markup=False),
            listed,
            answerer,
            Static(TOKENS, id="tokens", markup=False),
            warning,
        )
        return listed, answerer, warning

    def offer(self, questions: tuple[str, ...]) -> None:
        """Show questions to try."""
        self._questions = questions
        listed, _, _ = self._rest
        listed.clear_options()
        listed.add_options([Option(Content(clean_line(question))) for question in questions])
        listed.highlighted = 0 if questions else None
        self.set_class(bool(questions), "-offering")

    def set_note(self, note: str) -> None:
        """Say which server answers, or why none does; nothing where there is nothing to say."""
        _, answerer, _ = self._rest
        answerer.update(Content(clean_line(note)))
        self.set_class(bool(note), "-noted")
        self.set_class("token" in note, "-tokenless")

    def warn(self, sentence: str) -> None:
        """Say what has to be mended; nothing where all is well."""
        _, _, warning = self._rest
        warning.update(Content(clean_line(sentence)))
        self.set_class(bool(sentence), "-warned")

    def on_resize(self, event: events.Resize) -> None:
        """Leave the gaps out where there is no room for them."""
        self.set_class(event.size.height < ROOMY, "-tight")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Send the question that was taken."""
        event.stop()
        self.post_message(self.Chosen(self._questions[event.option_index]))
