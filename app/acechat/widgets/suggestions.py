"""The list of `/` commands, paths and files that opens above the prompt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.style import Style
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from acechat.clean import clean_line
from acechat.slash import matching

SHOWN = 8
"""Rows that are visible at once; the rest is reached by scrolling."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line that the prompt could be completed to."""

    completion: str
    """The text of the prompt after it was taken; or of what it takes the place of."""
    label: str
    """What is listed."""
    summary: str = ""
    """What it does."""
    replaces: int = 0
    """How many characters before the cursor it takes the place of; 0 for the whole text."""
    path: str = ""
    """The path that it stands for; a folder ends with a slash."""
    uploads: str = ""
    """The pasted path of a file that is attached when this is taken."""


class Suggestions(OptionList, can_focus=False, inherit_bindings=False):
    """Shows suggestions. The focus and all keys stay with the prompt, which moves the highlight."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"suggestions--summary"}
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, take: Callable[[], None]) -> None:
        super().__init__()
        self._take = take
        self._suggestions: list[Suggestion] = []
        self.display = False

    @property
    def opened(self) -> bool:
        """The list is on the screen."""
        return self.display

    @property
    def current(self) -> Suggestion | None:
        """The highlighted suggestion."""
        if not self.opened or self.highlighted is None:
            return None
        return self._suggestions[self.highlighted]

    @property
    def first(self) -> Suggestion | None:
        """The first suggestion."""
        return self._suggestions[0] if self.opened else None

    def show(self, suggestions: Sequence[Suggestion], room: int) -> None:
        """List `suggestions` in the `room` rows above; close where there is nothing or no room."""
        if room < 1:
            suggestions = ()
        self.display = bool(suggestions)
        if list(suggestions) == self._suggestions:
            return
        self._suggestions = list(suggestions)
        labels = [Content(clean_line(each.label)) for each in suggestions]
        widest = max((label.cell_length for label in labels), default=0)
        summary = self._summary_style()
        self.set_options(
            Option(
                Content.assemble(
                    label.pad_right(widest - label.cell_length + 2),
                    (clean_line(each.summary), summary),
                )
            )
            for label, each in zip(labels, suggestions, strict=True)
        )
        # It lies over the transcript, with its last row on the one above the prompt.
        rows = min(len(labels), SHOWN, room)
        self.styles.height = rows
        self.styles.offset = (0, -rows)
        # Among files nothing is chosen before the user goes there: Enter is for the question.
        self.highlighted = 0 if suggestions and not suggestions[0].replaces else None

    def _summary_style(self) -> Style:
        # A colour of its own could vanish in the highlight of a terminal with few colours.
        if self.has_pseudo_class("ansi"):
            return Style(dim=True)
        return self.get_visual_style("suggestions--summary", partial=True)

    def close(self) -> None:
        """Take the list off the screen."""
        self.show((), 0)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take what was clicked."""
        event.stop()
        self._take()


def suggested(text: str, arguments: Mapping[str, Sequence[str]]) -> list[Suggestion]:
    """Return what `text`, as typed into the prompt, may become.

    Args:
        text: All of it.
        arguments: What may follow a `/` command, by its name.
    """
    if not text.startswith("/") or text.startswith("//") or "\n" in text:
        return []
    name, space, typed = text.partition(" ")
    if not space:
        return [
            Suggestion(
                f"/{each.name} " if each.argument else f"/{each.name}",
                f"/{each.name} {each.argument}".rstrip(),
                each.summary,
            )
            for each in matching(name)
        ]
    # Nothing is offered before something is typed: Enter would take what nobody chose.
    if not (sought := typed.strip().lower()):
        return []
    found = [each for each in arguments.get(name[1:].lower(), ()) if sought in each.lower()]
    if any(each.lower() == sought for each in found):
        return []
    return [Suggestion(f"{name} {each}", each) for each in found]
