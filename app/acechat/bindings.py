"""The keys of the table of commands, as Textual wants them."""

from collections.abc import Mapping
from typing import Literal

from textual.binding import Binding, BindingType

from acechat.commands import COMMANDS, Place
from acechat.key_names import key_label, split_keys

NEWLINE_EXTRAS = "shift+enter,alt+enter"
"""Further keys for a new line; only some terminals can tell them from Enter."""


_NOT_FIRST = {"chat.stop", "app.suspend"}
"""Escape belongs to whatever is open first: suggestions, a filter, a picker; ^z undoes in texts."""


UNBOUND = "unbound-"
"""The beginning of a key that no keyboard has: a command without a key can be given one."""


def bindings_for(place: Place, *, prefix: str = "") -> list[BindingType]:
    """Return the bindings of the commands that work while the focus is in `place`.

    Each carries the id of its command, so that a keymap can replace its keys. Keys that work
    anywhere come before those of the widget with the focus: a text area has its own ctrl+y.

    Args:
        place: where the focus is.
        prefix: what the ids of the commands begin with.
    """
    return [
        Binding(
            command.keys or f"{UNBOUND}{command.id}",
            command.action,
            command.title,
            show=False,
            key_display=command.shown_key or key_label(command.keys),
            id=command.id,
            priority=place == "anywhere" and command.id not in _NOT_FIRST,
        )
        for command in COMMANDS
        if command.place == place and command.id.startswith(prefix)
    ]


def keymap_of(send_key: Literal["enter", "ctrl+j"], keys: Mapping[str, str]) -> dict[str, str]:
    """Return the keymap for `App.set_keymap`, and for hints: the user's keys over the defaults.

    Args:
        send_key: the key that sends; the other one of the two makes a new line.
        keys: ids of commands and the keys that the user gave them.
    """
    swapped: dict[str, str] = {}
    if send_key == "ctrl+j":
        swapped = {"chat.send": "ctrl+j", "chat.newline": f"enter,{NEWLINE_EXTRAS}"}
    return {**swapped, **{name: ",".join(split_keys(named)) for name, named in keys.items()}}
