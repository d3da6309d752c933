"""How keys are written: by Textual, by users, and in the settings file."""

import string
import unicodedata
from collections.abc import Mapping

_KEY_LABELS: Mapping[str, str] = {
    "enter": "⏎",
    "escape": "esc",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "delete": "del",
    "insert": "ins",
    "slash": "/",
    "backslash": "\\",
    "at": "@",
    "minus": "-",
    "plus": "+",
    "underscore": "_",
    "less_than_sign": "<",
    "greater_than_sign": ">",
}
"""How users write keys whose names in Textual are words; Unicode's names give the rest."""


def key_label(keys: str) -> str:
    """Return how users write the first of `keys`: `^n` for `ctrl+n`, `F4` for `f4,ctrl+o`."""
    *modifiers, key = keys.split(",", maxsplit=1)[0].strip().split("+")
    if len(key) > 1:
        key = _KEY_LABELS.get(key) or _sign(key) or _function_key(key)
    return "".join("^" if name == "ctrl" else f"{name}+" for name in modifiers) + key


def _sign(key: str) -> str:
    """Return the character that `key` names in Unicode, such as `full_stop`, or nothing."""
    try:
        sign = unicodedata.lookup(key.replace("_", " "))
    except KeyError:
        return ""
    # Unicode names control characters too ("tab", "space"): their words are the better label.
    return sign if sign.isprintable() and not sign.isspace() else ""


def _function_key(key: str) -> str:
    return key.upper() if key[0] == "f" and key[1:].isdigit() else key


MODIFIERS = ("alt", "ctrl", "hyper", "meta", "shift", "super")
"""The modifiers of a key, in the order in which Textual writes them."""

AMBIGUOUS: Mapping[str, str] = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+h": "backspace",
    "ctrl+left_square_bracket": "escape",
}
"""Keys that most terminals send as another key, so that they cannot be a command's only one."""

_RENAMED = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Where Textual's name for a character is not Unicode's."""


def _named(character: str) -> str:
    if character.isalnum():
        return character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return _RENAMED.get(name, name)


TYPED_KEYS = frozenset(("space", *map(_named, string.punctuation)))
"""Names of keys that type something; letters and digits are named by themselves."""

SPECIAL_KEYS = frozenset(
    (
        *"up down left right home end pageup pagedown insert delete backspace".split(),
        *"enter escape tab".split(),
        *(f"f{number}" for number in range(1, 25)),
    )
)
"""Names of keys that type nothing."""


def split_keys(keys: str) -> tuple[str, ...]:
    """Return the single keys of a list that is separated by commas, as Textual names them."""
    return tuple(_as_textual_does(key.strip()) for key in keys.split(",") if key.strip())


def _as_textual_does(key: str) -> str:
    """Put modifiers into their order and write a character by its name."""
    # A plus sign at the end is the key itself: "ctrl++".
    body = f"{key[:-1]}plus" if key.endswith("+") else key
    *modifiers, last = body.split("+")
    modifiers = sorted(map(str.lower, modifiers))
    # Upper case is another key, but not for ctrl and not in a name.
    if len(last) > 1 or "ctrl" in modifiers:
        last = last.lower()
    last = _named(last) if len(last) == 1 else last
    return "+".join((*modifiers, last))
