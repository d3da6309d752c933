"""Keys that are typed at a steady pace, and how long each takes to appear."""

import time

from bench.terminal import NeverSeen, Terminal

KEY_SECONDS = 0.05
"""Between two keys."""

HEAD = "zqxj"
"""What the typed text begins with; no answer holds it."""

TEXT = f"{HEAD}abcdefghiklmnoprstuvwy0123456789"
BACKSPACE = "\x7f"


class Typist:
    """Types letters, then takes them away, over and over.

    How many letters of the text are on the screen tells which keys have been carried out.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._length = 0
        self._growing = True
        self._waiting: list[tuple[float, int]] = []
        self.echoes: list[float] = []
        """How long each key took, in seconds."""

    def begin(self) -> None:
        """Type the head, which is not measured."""
        for letter in HEAD:
            self._terminal.types(letter)
            self._terminal.rests(KEY_SECONDS)
        self._terminal.sees(HEAD)
        self._length = len(HEAD)

    def type_while(self, what: str, until: str, patience: float) -> float:
        """Type until a text is on the screen; return when it was.

        Raises:
            NeverSeen: it does not come.
        """
        terminal = self._terminal
        deadline = time.monotonic() + patience
        due = time.monotonic()
        while not terminal.screen.shows(until):
            now = time.monotonic()
            if now > deadline:
                raise NeverSeen(f"never saw {what}\n{terminal.text}")
            if now >= due:
                self._press()
                due = max(due + KEY_SECONDS, now)
            if terminal.pump(due - time.monotonic()):
                self._note()
        seen = terminal.read_at
        while self._waiting and terminal.pump(1.0):
            self._note()
        return seen

    def _press(self) -> None:
        if self._length == len(TEXT):
            self._growing = False
        elif self._length == len(HEAD):
            self._growing = True
        if self._growing:
            at = self._terminal.types(TEXT[self._length])
            self._length += 1
        else:
            at = self._terminal.types(BACKSPACE)
            self._length -= 1
        self._waiting.append((at, self._length))

    def _note(self) -> None:
        shown = self._shown()
        reached = next(
            (place for place, (_, length) in enumerate(self._waiting) if length == shown), None
        )
        if reached is None:
            return
        for at, _ in self._waiting[: reached + 1]:
            self.echoes.append(self._terminal.read_at - at)
        del self._waiting[: reached + 1]

    def _shown(self) -> int:
        for row in self._terminal.screen.rows:
            if (start := row.find(HEAD)) >= 0:
                shown = 0
                for letter, typed in zip(row[start:], TEXT, strict=False):
                    if letter != typed:
                        break
                    shown += 1
                return shown
        return 0
