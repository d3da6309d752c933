"""The prompt for the file whose conversations are brought in."""

from acechat.paths import at_home
from acechat.screens.panel import LineInput, Reason
from acechat.screens.rename import LineScreen


class ImportScreen(LineScreen):
    """Ask for a file of conversations; the result is the path of one that is there, or None."""

    def __init__(self) -> None:
        super().__init__(
            "Bring in conversations from a file",
            placeholder="a .jsonl of acechat, a .json or .zip of ChatGPT",
            missing="type a path",
        )

    def action_take(self) -> None:
        """Close with the path, or say that there is no such file."""
        typed = self.query_one(LineInput).value.strip()
        try:
            is_there = not typed or at_home(typed).is_file()
        except OSError as error:
            self.query_one(Reason).show(f"this cannot be read: {error.strerror}")
            return
        if is_there:
            super().action_take()
        else:
            self.query_one(Reason).show("there is no such file")
