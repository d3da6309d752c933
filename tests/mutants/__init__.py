"""The handling of every fault, taken away piece by piece: a test must fail each time.

mutants = all_mutants()
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

PROJECT = Path(__file__).parents[2]
PACKAGE = "app/acechat"


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place of the program, and what stands there instead."""

    file: str
    """Below `app/acechat`."""
    old: str
    """Stands there once."""
    new: str


class Mutant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The program without one piece of its handling."""

    name: str
    row: str
    """The first cell of the row in `docs/reliability.md` whose handling this is."""
    edits: tuple[Edit, ...]
    """More than one where the handling stands in two places, each of which would do."""
    tests: tuple[str, ...]
    """Each of them fails. Below `tests`, as pytest names them, with or without parameters."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of mutants: one for each table of `docs/reliability.md`."""

    mutant: tuple[Mutant, ...]


def all_mutants() -> Iterator[Mutant]:
    """Yield every mutant.

    Raises:
        msgspec.ValidationError: A file says something else.
    """
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        yield from msgspec.toml.decode(path.read_bytes(), type=Table).mutant
