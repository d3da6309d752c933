"""Walking through earlier questions without losing what is being written."""

from collections.abc import Sequence


class Recall:
    """Earlier questions, oldest first, and the draft after the newest of them.

    Every step keeps what was made of the text it leaves, so nothing is lost on the way.
    """

    def __init__(self) -> None:
        self._questions: list[str] = []
        self._edited: dict[int, str] = {}
        self._at = 0

    def set(self, questions: Sequence[str]) -> None:
        """Take other questions; the walk begins again at the draft."""
        self._questions = list(questions)
        self.leave()

    def leave(self) -> None:
        """Forget the walk: the prompt holds something new."""
        self._edited.clear()
        self._at = len(self._questions)

    def step(self, by: int, text: str) -> str | None:
        """Go to an older text (-1) or a newer one (1).

        Args:
            by: the direction.
            text: what the prompt holds now.

        Returns:
            What it shall hold, or None where there is no further text in that direction.
        """
        to = self._at + by
        if not 0 <= to <= len(self._questions):
            return None
        self._edited[self._at] = text
        self._at = to
        if to in self._edited:
            return self._edited[to]
        return self._questions[to] if to < len(self._questions) else ""
