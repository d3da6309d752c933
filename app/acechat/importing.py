"""Bringing in conversations from a file: JSON lines of an export, or a ChatGPT export."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from acechat.aside import aside
from acechat.chatgpt import conversations, read_export
from acechat.errors import StoreError
from acechat.jsonl import from_jsonl
from acechat.models import Merged, Whole

MAX_LINE = 500_000_000
"""Characters of a line, which is one conversation, on the scale of `acechat.chatgpt.MAX_BYTES`."""


class MergingStore(Protocol):
    """What is needed of the store."""

    async def merge(self, brought: Whole) -> Merged:
        """Take in what is not here yet, and what is newer."""
        ...


@dataclass(slots=True)
class BroughtIn:
    """What became of the conversations of a file."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    messages: int = 0
    """Messages that were not here."""
    problems: list[str] = field(default_factory=list[str])
    """A sentence for each conversation that could not be taken in."""

    def __str__(self) -> str:
        return (
            f"conversations: {self.new:,} new, {self.changed:,} changed, "
            f"{self.unchanged:,} as they were; messages: {self.messages:,} new"
        )


async def bring_in(store: MergingStore, path: Path) -> BroughtIn:
    """Merge the conversations of a file into the store; nothing is doubled.

    Raises:
        OSError: the file cannot be read.
    """
    done = BroughtIn()
    found = _found(path)
    # Reading and understanding one can take long: keys come in between.
    while (each := await aside(next, found, None)) is not None:
        if isinstance(each, str):
            done.problems.append(each)
            continue
        try:
            merged = await store.merge(each)
        except StoreError as error:
            done.problems.append(f"{each.conversation.id}: {error}")
            continue
        done.new += merged.is_new
        is_changed = not merged.is_new and bool(merged.added or merged.changed)
        done.changed += is_changed
        done.unchanged += not merged.is_new and not is_changed
        done.messages += merged.added
    return done


def _found(path: Path) -> Iterator[Whole | str]:
    """Yield the conversations of a file, and a sentence for each that cannot be read."""
    try:
        export = read_export(path)
    except ValueError as error:
        yield f"{path}: {error}"
        return
    for found in _lines(path) if export is None else conversations(export):
        yield found if isinstance(found, Whole) else f"{path}: {found}"


def _lines(path: Path) -> Iterator[Whole | str]:
    # Only newlines end a line: other separators may stand inside a text.
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        for number, line in enumerate(iter(partial(file.readline, MAX_LINE + 1), ""), 1):
            if not line.strip():
                continue
            if len(line) > MAX_LINE:
                yield f"line {number}: longer than {MAX_LINE // 1_000_000:,} million characters"
                return
            try:
                yield from_jsonl(line)
            except ValueError as error:
                yield f"line {number}: {error}"
