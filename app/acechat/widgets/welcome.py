"""The page of a conversation that has no messages yet."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from acechat.clean import clean_line


class Welcome(Vertical):
    """Says what this is, who answers, and offers questions to try."""

    class Chosen(Message):
        """The user took one of the questions."""

        def __init__(self, question: str) -> None:
            super().__init__()
            self.question = question
            """The question, as it is to be sent."""

    def compose(self) -> ComposeResult:
        """Build the page."""
        with Vertical(id="page"):
            yield Static("acechat", id="name", markup=False)
            yield Static(
                "Chat with some eighty models from the keyboard, all kept on this machine.",
                id="purpose",
                markup=False,
            )
            yield OptionList(id="questions")
            yield Static("", id="answerer", markup=False)

    def offer(self, questions: tuple[str, ...]) -> None:
        """Show questions to try."""
        listed = self.query_one("#questions", OptionList)
        listed.clear_options()
        listed.add_options([Option(Content(question), id=question) for question in questions])
        listed.highlighted = 0

    def set_note(self, note: str) -> None:
        """Say which server answers."""
        self.query_one("#answerer", Static).update(Content(clean_line(note)))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Send the question that was taken."""
        event.stop()
        if event.option_id is not None:
            self.post_message(self.Chosen(event.option_id))
