"""The model picker for several models at once."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from acechat.clean import clean_line
from acechat.screens.models import ModelScreen, model_note
from acechat.screens.panel import Hint, LineInput
from acechat.screens.picker import Choice

_NUMBERS = ("none", "one", "two", "three", "four")


class _Line(LineInput):
    """A line in which space is no letter: names of models have none."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Leave space to the picker."""
        return key != "space" and super().check_consume_key(key, character)


class SeveralModelsScreen(ModelScreen):
    """Pick several models: space takes one in or out, Enter asks those that are marked.

    The result is any text, and the models are in `chosen`; or it is None.
    """

    INPUT = _Line
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "turn", show=False, priority=True),
    ]

    def __init__(
        self,
        models: Sequence[str],
        recent: Sequence[str],
        chosen: Sequence[str],
        server: str,
        *,
        count: range,
        beside: str = "",
    ) -> None:
        """Offer `models`.

        Args:
            models: All that are known.
            recent: Those last asked, which stand first.
            chosen: Those that are marked at first.
            server: The name of who is asked.
            count: How many can be marked.
            beside: The model of an answer that is there already.
        """
        unlisted = [model for model in chosen if model not in models]
        super().__init__(
            [*unlisted, *models],
            recent,
            (*chosen, beside)[0],
            None,
            server,
            title=f"Compare with {clean_line(beside)}" if beside else "Compare models",
        )
        self.chosen = list(chosen)
        """The models that are marked, in the order in which they were."""
        self._allowed = count

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
        if len(self.chosen) not in self._allowed:
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
        elif len(self.chosen) < self._allowed[-1]:
            self.chosen.append(model)
        else:
            self.note(f"{self._allowed[-1]} at most")
            return
        self._count()
        # The next one is looked for in all of them.
        self.query_one(LineInput).clear()
        self.show_choices(self.choices, model)

    def _count(self) -> None:
        count, least, most = len(self.chosen), self._allowed[0], self._allowed[-1]
        marked = f"{count} of {most} marked"
        self.note(marked if count >= least else f"mark {_NUMBERS[least]} to {_NUMBERS[most]}")
