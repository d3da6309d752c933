"""Links: which may be opened, and how they are listed."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

_OPENABLE = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE)
_LOOKS_LIKE_A_TARGET = re.compile(r"\w[\w+.-]*://|www\.", re.IGNORECASE)
_AUTHORITY = re.compile(r"https?://([^/?#\\]*)", re.IGNORECASE)
"""What stands before the path; for a browser, a backslash ends it too."""

MAX_TARGET = 80
"""Characters of a target that are shown behind a link."""


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


def target_words(words: str, url: str, *, automatic: bool) -> str:
    """Return what is said behind a link of where it leads; empty where its words do not mislead.

    Args:
        words: what stands for it.
        url: where it leads.
        automatic: the words are the URL as it was written.
    """
    told = ""
    reads_like_a_target = _LOOKS_LIKE_A_TARGET.match(words or url) is not None
    may_mislead = reads_like_a_target or not openable(url)
    if may_mislead and not automatic and not _same_target(words or url, url):
        told = url if len(url) <= MAX_TARGET else url[:MAX_TARGET] + "…"
    if (told or automatic or reads_like_a_target) and (host := hidden_host(url, told or words)):
        # The end of a host says whose it is.
        told = "leads to " + (host if len(host) <= MAX_TARGET else "…" + host[-MAX_TARGET:])
    return told


def _same_target(words: str, url: str) -> bool:
    """Tell whether `words` already say where `url` leads."""
    plain = unquote(url).removeprefix("mailto:").rstrip("/")
    return unquote(words).rstrip("/") in {plain, plain.partition("://")[2]}


def hidden_host(url: str, words: str = "") -> str:
    """Return the host that `url` leads to, where whoever reads `words` may take another for it.

    Where none are given, it is the URL itself that is read.

    That is so where a name for that host stands before an `@`, as in
    `https://good.example@evil.example`, and where letters of other scripts, for which a host has
    `xn--`, look like those of another one. Otherwise it is empty.
    """
    found = _AUTHORITY.match(url)
    user, at, host = found[1].rpartition("@") if found else ("", "", "")
    in_other_letters = (
        "xn--" in host.casefold() and host.casefold() not in (words or url).casefold()
    )
    return host if (at and user) or in_other_letters else ""
