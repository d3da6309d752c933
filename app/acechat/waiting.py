"""What waits: answers for one of a few places, questions for the answer before them."""

from dataclasses import dataclass

AT_ONCE = 4
"""How many answers arrive at the same time in one program; the rest wait in the order in which
they were asked. Four columns are what a wide terminal has room for, and servers refuse crowds."""

BETWEEN = "\n\n"
"""Stands between two questions that come back into one draft."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A question that is sent when the answer before it has ended."""

    number: int
    """The store's name for it; later questions have higher ones."""
    text: str
    """As it was typed: a question that begins with a slash has two."""
    references: tuple[str, ...] = ()
    """URLs that go with this question only."""
