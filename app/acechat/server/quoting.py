"""Quotes a section of the manual: its own Markdown, without what does not concern the question."""

import re
from collections.abc import Iterator, Sequence

from acechat.server.manual import Section, Term

LONG = 1800
"""Characters of a section beyond which only the paragraphs that matter are quoted: about a screen
of 40 lines."""

LONG_TABLE = 10
"""Rows of a table from which on only those with the most words of the question are quoted."""

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?://)[^)]*\)")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_RULE = re.compile(r"\s*\|?[\s:|-]*-[\s:|-]*$")


def quote(section: Section, wanted: Sequence[Term], limit: int = LONG) -> str:
    """Return the Markdown of `section`, cut down to about `limit` characters where it is longer."""
    parts = [_shorter_table(part, wanted) for part in blocks(_adapted(section.text))]
    if sum(map(len, parts)) <= limit:
        return "\n\n".join(parts)
    chosen = _chosen(parts, wanted, limit)
    lines: list[str] = []
    for number, part in enumerate(parts):
        if number in chosen:
            lines.append(part)
        elif lines and lines[-1] != "…":
            lines.append("…")
    return "\n\n".join(lines)


def _adapted(text: str) -> str:
    """Links to other pages cannot be followed from an answer, nor pictures seen."""
    text = _IMAGE.sub(r"*\1*", _COMMENT.sub("", text))
    return _LINK.sub(r"*\1*", text).strip()


def blocks(text: str) -> Iterator[str]:
    """Cut Markdown at its blank lines, but not within fenced code."""
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        if mark := _FENCE.match(line):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        if line.strip() or fence:
            lines.append(line)
        elif lines:
            yield "\n".join(lines)
            lines = []
    if lines:
        yield "\n".join(lines)


def _shorter_table(block: str, wanted: Sequence[Term]) -> str:
    lines = block.splitlines()
    if len(lines) < LONG_TABLE + 2 or not _RULE.match(lines[1]) or "|" not in lines[0]:
        return block
    counts = [_count(line, wanted) for line in lines[2:]]
    most = max(counts)
    rows = [line for line, number in zip(lines[2:], counts, strict=True) if number == most]
    return "\n".join((*lines[:2], *rows))


def _chosen(parts: Sequence[str], wanted: Sequence[Term], limit: int) -> set[int]:
    """Return which parts are quoted: the first, and those with the words that were asked for."""
    ranked = sorted(
        range(1, len(parts)), key=lambda number: (-_count(parts[number], wanted), number)
    )
    chosen = {0}
    room = limit - len(parts[0])
    for number in ranked:
        # What ends in a colon belongs to what follows.
        with_lead = {number}
        if parts[number - 1].rstrip().endswith(":"):
            with_lead.add(number - 1)
        size = sum(len(parts[part]) for part in with_lead - chosen)
        if size <= room:
            chosen |= with_lead
            room -= size
    return chosen


def _count(text: str, wanted: Sequence[Term]) -> int:
    """Return how many of the words are in a text."""
    low = text.lower()
    return sum(
        any(re.search(rf"(?<!\w){re.escape(stem)}", low) for stem in term.stems) for term in wanted
    )
