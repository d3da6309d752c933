"""Links: which may be opened, and how they are listed."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

_OPENABLE = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE)
_LOOKS_LIKE_A_TARGET = re.compile(r"\w[\w+.-]*://|www\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a message that may be opened: http, https or mailto."""

    number: int
    """Its number in the message, from 1."""
    label: str
    """The text that stands for it."""
    url: str
    """Where it leads, whole."""
    row: int
    """The first row of the block it stands in."""


def openable(url: str) -> bool:
    """Tell whether `url` may be handed to the system: nothing but http, https and mailto."""
    return _OPENABLE.match(url) is not None


def same_target(label: str, url: str) -> bool:
    """Tell whether `label` already says where `url` leads."""
    plain = unquote(url).removeprefix("mailto:").rstrip("/")
    return unquote(label).rstrip("/") in {plain, plain.partition("://")[2]}


def deceptive(label: str, url: str) -> bool:
    """Tell whether `label` reads like a target, but not like the one of `url`."""
    return _LOOKS_LIKE_A_TARGET.match(label) is not None and not same_target(label, url)
