"""The status line: which keys help where the focus is, and what goes on now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from acechat.clean import clean_line
from acechat.commands import BY_ID, COMMANDS, Command, Place, keys_of
from acechat.key_names import key_label, split_keys

NARROW = 90
"""Below this width the sidebar is away too, and the line keeps `NARROW_HINTS`."""

NARROW_HINTS = 4
"""How many hints a narrow line keeps."""

Spot = Place | Literal["filter", "find", "questions"]
"""Where the focus can be: where commands have their keys, or in a part with keys of its own."""

_GAP = "  "
_LAST = "app.help"
"""The hint that is kept to the last, because it leads to all the others."""

_STOP = "chat.stop"
_SEND = "chat.send"
_QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class Hint:
    """A key and what it does."""

    command_id: str
    """The command that it stands for; empty for a key that no setting changes."""
    key: str
    """The key as users write it."""
    words: str
    """What it does, in a word."""
    pressed: str
    """The key as Textual names it."""

    @property
    def cells(self) -> int:
        """How wide it is."""
        return Content(f"{self.key} {self.words}").cell_length


_FIXED: Mapping[Spot, tuple[Hint, ...]] = {
    "filter": (
        Hint("", "⏎", "open", "enter"),
        Hint("", "↓", "to the list", "down"),
        Hint("", "esc", "show all", "escape"),
    ),
    "find": (
        Hint("", "⏎", "to the text", "enter"),
        Hint("", "↓", "next place", "down"),
        Hint("", "↑", "place before", "up"),
    ),
    "questions": (Hint("", "⏎", "send", "enter"), Hint("", "↓", "next question", "down")),
}
"""The keys of the parts that have their own."""

_CLOSED_BY_STOP = "find"
"""Where the key that stops closes."""


def hints_for(place: Spot, keys: Mapping[str, str], *, busy: bool) -> list[Hint]:
    """Return the hints for the focus, the most useful first.

    Args:
        place: where the focus is.
        keys: the user's keys by command id.
        busy: an answer is arriving, so that it can be stopped, and a question waits for its end.
    """
    here = [each for each in COMMANDS if each.hint and each.place == place]
    anywhere = [each for each in COMMANDS if each.hint and each.place == "anywhere"]
    ordered = [BY_ID[_STOP], *here, *anywhere] if busy else [*here, *anywhere]
    unique = dict.fromkeys(each for each in ordered if busy or each.id != _STOP)
    hints = [_hint(command, keys) for command in unique if keys_of(command, keys)]
    if busy:
        hints = [
            replace(each, words=_QUEUE) if each.command_id == _SEND else each for each in hints
        ]
    fixed = list(_FIXED.get(place, ()))
    if place == _CLOSED_BY_STOP and not busy and keys_of(BY_ID[_STOP], keys):
        fixed.append(replace(_hint(BY_ID[_STOP], keys), words="close"))
    return [*fixed, *hints]


def _hint(command: Command, keys: Mapping[str, str]) -> Hint:
    remapped = command.id in keys
    mine = keys_of(command, keys)
    label = key_label(mine)
    label = label if remapped else command.shown_key or label
    return Hint(command.id, label, command.hint, split_keys(mine)[0])


def narrowed(hints: list[Hint], count: int) -> list[Hint]:
    """Return at most `count` of `hints`: the first ones, and the way to the help."""
    if len(hints) <= count:
        return hints
    last = [hint for hint in hints if hint.command_id == _LAST]
    first = [hint for hint in hints if hint.command_id != _LAST]
    return [*first[: max(0, count - len(last))], *last][:count]


class StatusLine(Widget):
    """One line: hints at the left, where they never move, and the activity at the right.

    Both share the line where it is wide enough. Where it is not, hints give way one by one, the
    activity is cut only when a single hint is left.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "status-line--key",
        "status-line--words",
        "status-line--activity",
    }
    ALLOW_SELECT = False

    activity: reactive[str] = reactive("")
    """What goes on now: connecting, waiting 12 s, receiving, done in 3.2 s."""

    place: reactive[Spot] = reactive[Spot]("prompt")
    """Where the focus is."""

    busy: reactive[bool] = reactive(default=False, toggle_class="-busy")
    """An answer is arriving in the open conversation."""

    keys: reactive[Mapping[str, str]] = reactive[Mapping[str, str]](dict[str, str])
    """The user's keys by command id, as in the keymap of the application."""

    class Pressed(Message):
        """A hint was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key
            """The key that does what it says, as Textual names it."""

    def set_activity(self, text: str) -> None:
        """Say what goes on now; an empty text clears it."""
        self.activity = text

    def show_hints(self, place: Spot, busy: bool) -> None:  # noqa: FBT001
        """Show the keys that help in `place`."""
        self.place = place
        self.busy = busy

    def shown(self) -> list[Hint]:
        """Return the hints that there is room for."""
        width = self.content_size.width
        hints = hints_for(self.place, self.keys, busy=self.busy)
        if self.screen.size.width < NARROW:
            hints = narrowed(hints, NARROW_HINTS)
        activity = Content(clean_line(self.activity)).cell_length
        room = width - (activity + len(_GAP) if activity else 0)
        while len(hints) > 1 and _cells(hints) > room:
            hints = narrowed(hints, len(hints) - 1)
        return hints

    def render(self) -> Content:
        """Fit hints and activity into the width."""
        width = self.content_size.width
        key = self.get_visual_style("status-line--key", partial=True)
        words = self.get_visual_style("status-line--words", partial=True)
        pieces = [
            Content.assemble((hint.key, key), (f" {hint.words}", words)) for hint in self.shown()
        ]
        left = Content(_GAP).join(pieces).truncate(width, ellipsis=True)
        right = Content(clean_line(self.activity))
        right = right.stylize(self.get_visual_style("status-line--activity", partial=True))
        right = right.truncate(max(0, width - left.cell_length - len(_GAP)), ellipsis=True)
        gap = " " * max(0, width - left.cell_length - right.cell_length)
        return Content.assemble(left, gap, right)

    def on_click(self, event: events.Click) -> None:
        """Carry out the hint under the mouse."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y:
            return
        start = 0
        for hint in self.shown():
            if start <= offset.x < start + hint.cells:
                self.post_message(self.Pressed(hint.pressed))
                return
            start += hint.cells + len(_GAP)


def _cells(hints: list[Hint]) -> int:
    return sum(hint.cells for hint in hints) + len(_GAP) * (len(hints) - 1)
