"""The model picker."""

import re
from collections.abc import Sequence

from acechat.screens.picker import Choice, Picker
from acechat.services.catalogue import FAMILIES, family

_NOTES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^guide$"), "answers from the manual of this program"),
    (re.compile(r"^sample$"), "sample text of any length, for trying things out"),
    (re.compile(r"-search-preview"), "searches the web"),
    (re.compile(r"-image"), "draws images"),
    (re.compile(r"-all$"), "has tools: search, files"),
    (re.compile(r"-vision|^gpt-4o|^gpt-4\.1|^gpt-5"), "takes images"),
)
"""What names and suffixes mean (`api.md` section 6); the first that fits is shown."""


def model_note(model: str) -> str:
    """Return what the name of a model says about it, or nothing."""
    return next((note for pattern, note in _NOTES if pattern.search(model)), "")


class ModelScreen(Picker[str]):
    """Pick a model: recent ones first, then by family; any other name can be typed.

    The result is the name of the model, an empty string for "as default", or None.
    """

    def __init__(
        self,
        models: Sequence[str],
        recent: Sequence[str],
        current: str,
        default: str | None,
        server: str,
        *,
        title: str = "Model",
    ) -> None:
        choices: list[Choice[str]] = []
        if default is not None:
            follows = f"as default ({default})" if default else "as default"
            choices.append(Choice("", follows))
        choices += [Choice(model, model, model_note(model), "recent") for model in recent]
        places = {name: place for place, name in enumerate(FAMILIES)}
        # The sort is stable: within a family the models keep the order they came in.
        for model in sorted(models, key=lambda model: places[family(model)]):
            if model not in recent:
                choices.append(Choice(model, model, model_note(model), family(model)))
        if current and current not in (choice.id for choice in choices):
            choices.insert(
                default is not None, Choice(current, current, model_note(current), "now")
            )
        super().__init__(
            title,
            choices,
            placeholder="type to narrow, or the name of any model",
            allow_other=True,
            current=current,
            note=server,
        )
