"""Halves of UTF-16 surrogate pairs, which JSON can carry and neither UTF-8 nor SQLite can store."""

import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def repaired(text: str) -> str:
    """Return `text` with halves that stand together joined, and lone ones as U+FFFD."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def split_half(text: str) -> tuple[str, str]:
    """Return `text` without a first half at its end, and that half or the empty string.

    The second half may come with the next piece of an answer.
    """
    if text and "\ud800" <= text[-1] <= "\udbff":
        return text[:-1], text[-1]
    return text, ""
