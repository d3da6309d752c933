"""The prompt for the name of a file to save to."""

from pathlib import Path

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
        path = Path(self.query_one(LineInput).value.strip()).expanduser()
        if path.is_dir():
            self.query_one(Reason).show("this is a folder; add a name")
        elif not path.parent.is_dir():
            self.query_one(Reason).show("there is no such folder")
        else:
            super().action_take()
