"""What a user types to find something, and the piece of a text that answers it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from acechat.clean import clean_line
from acechat.folding import fold, fold_with_places
from acechat.models import Role, SearchQuery

FILTERS = (
    ("from:me", "only questions; from:model only answers"),
    ("model:grok", "a part of the model's name"),
    ("after:7d", "a date, today, yesterday, or so many days, weeks (2w) or months (3m) ago"),
    ("before:2026-11-01", "the same, and older"),
    ("in:title", "only titles of conversations"),
    ('"two words"', "together"),
)
"""The words that narrow a search, with what they do."""

SNIPPET = 160
"""Characters of the piece of a text that is shown."""

LONG_LINE = 4_000
"""Characters of a line beyond which only the neighbourhood of a hit is looked at."""

_PART = re.compile(r'(?:([A-Za-z]+):)?(?:"([^"]*)"?|(\S+))')
_AGO = re.compile(r"(\d{1,4})([dwm])")
_DAYS = {"d": 1, "w": 7, "m": 30}
_FROM = {
    "me": Role.USER,
    "user": Role.USER,
    "model": Role.ASSISTANT,
    "assistant": Role.ASSISTANT,
}


Value = TypeVar("Value")


class QueryError(ValueError):
    """A filter is not right; the message is a short sentence."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A line of a text, and where in it stands what was looked for."""

    text: str
    marks: tuple[tuple[int, int], ...]
    """Beginnings and ends, in their order, not overlapping."""


def parse_query(text: str, today: date) -> SearchQuery:
    """Return what a user looks for.

    Args:
        text: Words, "words together", and filters such as `model:grok`.
        today: The day it is where the user is.

    Raises:
        QueryError: a filter cannot be understood.
    """
    words: list[str] = []
    role: Role | None = None
    model, after, before, titles_only = "", None, None, False
    for match in _PART.finditer(text):
        name, value = (match[1] or "").lower(), match[2] if match[2] is not None else match[3]
        if name == "from":
            role = _one_of(_FROM, value, "from: me or model")
        elif name == "model":
            model = fold(value)
        elif name == "after":
            after = named_time(value, today)
        elif name == "before":
            before = named_time(value, today)
        elif name == "in":
            titles_only = _one_of({"title": True, "titles": True}, value, "in: title")
        else:
            # Anything else with a colon is a word: a URL, or `std::move`.
            words.append(fold(value if match[2] is not None and not name else match[0]))
    return SearchQuery(tuple(filter(str.strip, words)), role, model, after, before, titles_only)


def is_empty(query: SearchQuery) -> bool:
    """Return whether nothing at all is looked for."""
    return query == SearchQuery(titles_only=query.titles_only)


def snippet(text: str, words: Sequence[str]) -> Snippet:
    """Return the line of `text` that answers best, cut around the first hit, cleaned.

    Args:
        text: The whole text of a message, or a title.
        words: What was looked for, folded.
    """
    line = _best_line(text, words)
    if len(line) > LONG_LINE:
        # Folding may have moved places a little; the neighbourhood is wide enough.
        first = min((at for at in (fold(line).find(word) for word in words) if at >= 0), default=0)
        start = max(0, first - LONG_LINE // 4)
        line = line[start : start + LONG_LINE]
    line = clean_line(line)
    spans = _spans(line, words)
    if len(line) > SNIPPET:
        line, spans = _cut(line, spans)
    return Snippet(line, tuple(spans))


def _one_of(words: Mapping[str, Value], value: str, expected: str) -> Value:
    try:
        return words[value.lower()]
    except KeyError:
        raise QueryError(f"{expected}, not “{clean_line(value)}”") from None


def named_time(value: str, today: date) -> float:
    """Return the beginning of a day that a user names: `2026-11-01`, `yesterday`, `7d`.

    Raises:
        QueryError: it names none.
    """
    named = {"today": 0, "yesterday": 1}
    if (ago := named.get(value.lower())) is not None:
        day = today - timedelta(days=ago)
    elif match := _AGO.fullmatch(value.lower()):
        day = today - timedelta(days=int(match[1]) * _DAYS[match[2]])
    else:
        try:
            day = date.fromisoformat(value if len(value) > len("2026-11") else f"{value}-01")
        except ValueError:
            raise QueryError(
                f"a date is like 2026-11-01, yesterday or 7d, not “{clean_line(value)}”"
            ) from None
    try:
        return datetime.combine(day, time()).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        raise QueryError(f"“{clean_line(value)}” is too long ago") from None


def _best_line(text: str, words: Sequence[str]) -> str:
    """Return the line that holds the most of `words`, the first of equals."""
    best, most = "", -1
    for line in text.split("\n"):
        folded = fold(line)
        count = sum(word in folded for word in words)
        if count > most and (count or line.strip()):
            best, most = line, count
            if count == len(words):
                break
    return best


def _spans(line: str, words: Sequence[str]) -> list[tuple[int, int]]:
    folded, places = fold_with_places(line)
    found: list[tuple[int, int]] = []
    for word in words:
        at = folded.find(word)
        while at >= 0:
            found.append((places[at], places[at + len(word)]))
            at = folded.find(word, at + len(word))
    spans: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _cut(line: str, spans: list[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    first = spans[0][0] if spans else 0
    start = max(0, min(first - SNIPPET // 4, len(line) - SNIPPET))
    if start:
        # A piece begins with a whole word where one is near.
        space = line.find(" ", start, first)
        start = space + 1 if space >= 0 else start
    end = min(len(line), start + SNIPPET)
    before = "…" if start else ""
    cut = f"{before}{line[start:end]}{'…' if end < len(line) else ''}"
    shift = len(before) - start
    return cut, [
        (max(a, start) + shift, min(b, end) + shift) for a, b in spans if b > start and a < end
    ]
