"""The model picker for several models at once."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from acechat.screens.models import ModelScreen, model_note
from acechat.screens.panel import Hint, LineInput
from acechat.screens.picker import Choice
from acechat.waiting import AT_ONCE

LEAST = 2
"""A comparison has at least so many answers; at most as many as can arrive at once."""


class _Line(LineInput):
    """A line in which space is no letter: names of models have none."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Leave space to the picker."""
        return key != "space" and super().check_consume_key(key, character)


class SeveralModelsScreen(ModelScreen):
    """Pick two to four models: space takes one in or out, Enter asks those that are marked.

    The result is any text, and the models are in `chosen`; or it is None.
    """

    INPUT = _Line
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "turn", show=False, priority=True),
    ]

    def __init__(
        self, models: Sequence[str], recent: Sequence[str], chosen: Sequence[str], server: str
    ) -> None:
        """Offer `models`, of which those that are `chosen` are marked."""
        unlisted = [model for model in chosen if model not in models]
        super().__init__(
            [*unlisted, *models],
            recent,
            chosen[0],
            None,
            server,
            title="Compare models",
        )
        self.chosen = list(chosen)
        """The models that are marked, in the order in which they were."""

    def on_mount(self) -> None:
        """Say how many are marked."""
        super().on_mount()
        self._count()

    def hints(self) -> tuple[Hint, ...]:
        """The keys of this picker."""
        return (
            Hint("space", "mark", "turn"),
            Hint("⏎", "ask", "take"),
            Hint("↑↓", "move"),
            Hint("esc", "leave", "leave"),
        )

    def mark(self, choice: Choice[str]) -> str:
        """Mark what is chosen."""
        return "▪ " if choice.id in self.chosen else "  "

    def action_turn(self) -> None:
        """Take the highlighted model in, or out."""
        super().action_take()

    def action_take(self) -> None:
        """Ask those that are marked; until there are enough, mark the highlighted one."""
        if len(self.chosen) < LEAST:
            self.action_turn()
        else:
            self.dismiss(self.chosen[0])

    def take(self, choice: Choice[str]) -> None:
        """Mark a model, or not any more."""
        self._toggle(choice.id)

    def take_typed(self, typed: str) -> None:
        """Mark a model that is not in the list."""
        self.show_choices([Choice(typed, typed, model_note(typed), "now"), *self.choices], typed)
        self._toggle(typed)

    def _toggle(self, model: str) -> None:
        if model in self.chosen:
            self.chosen.remove(model)
        elif len(self.chosen) < AT_ONCE:
            self.chosen.append(model)
        else:
            self.note(f"{AT_ONCE} at most")
            return
        self._count()
        # The next one is looked for in all of them.
        self.query_one(LineInput).clear()
        self.show_choices(self.choices, model)

    def _count(self) -> None:
        count = len(self.chosen)
        self.note(f"{count} of {AT_ONCE} marked" if count >= LEAST else "mark two to four")
