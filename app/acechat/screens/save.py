"""The prompt for the name of a file to save to."""

from pathlib import Path

from acechat.paths import at_home
from acechat.screens.panel import LineInput, Reason
from acechat.screens.rename import LineScreen


class SaveScreen(LineScreen):
    """Ask for a file; the result is its path, in a folder that exists, or None."""

    def __init__(self, suggested: Path) -> None:
        super().__init__(
            "Save to a file", str(suggested), placeholder="a path", missing="type a path"
        )

    def action_take(self) -> None:
        """Close with the path, or say why nothing can be saved there."""
        reason = _refusal(at_home(self.query_one(LineInput).value.strip()))
        if reason:
            self.query_one(Reason).show(reason)
        else:
            super().action_take()


def _refusal(path: Path) -> str:
    """Return why there can be no file at `path`, or nothing."""
    try:
        if path.is_dir():
            return "this is a folder; add a name"
        return "" if path.parent.is_dir() else "there is no such folder"
    except OSError as error:
        return f"nothing can be saved there: {error.strerror}"
