"""The reference for starting: a Textual app with a text area and a footer, and nothing else."""

from textual.app import App, ComposeResult
from textual.widgets import Footer, TextArea

PLACEHOLDER = "Ask anything"


class BareApp(App[None]):
    """Shows a prompt."""

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield TextArea(placeholder=PLACEHOLDER)
        yield Footer()


if __name__ == "__main__":
    BareApp().run()
