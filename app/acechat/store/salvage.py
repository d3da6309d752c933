"""Reads of a damaged file what can be read of it, row by row, into a new file.

A row is taken where SQLite can read it and it holds what this program writes. Damage inside a page
loses the rows of that page only. Where the first page is damaged, which says where the tables
begin, the first page of a backup or of a new file takes its place: tables begin where they did.
"""

import json
import sqlite3
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from acechat.models import Role, Status, title_of
from acechat.store.faults import is_busy, primary_code
from acechat.store.rows import folded

TABLES = ("conversations", "messages", "drafts", "queue", "files", "removed")
"""The tables that hold something of the user's, in the order in which they are filled."""
PROBES = 2_000
"""How many row numbers are tried one by one behind the last row that can be read, 0.1 s of work.

A page holds some 3 to 100 rows. Farther away some numbers are tried, as far as 2 to the power of
`_FARTHEST`."""
_FARTHEST = 20
NAMELESS = "Saved from a damaged file"
"""The title of a conversation of which only answers could be read."""

_END = 2**62
"""A row number that is never reached."""
_NO_DAMAGE = {sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_FULL}

Row = tuple[object, ...]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "INTEGER": (int,),
    "REAL": (int, float),
    "TEXT": (str,),
}


@dataclass(slots=True)
class Saved:
    """What was saved."""

    total: int = 0
    """How many rows could be read."""
    gaps: dict[str, list[range]] = field(default_factory=dict[str, list[range]])
    """The row numbers that could not be read, by table."""

    filled: int = 0
    """How many rows come from a backup."""

    @property
    def has_gaps(self) -> bool:
        """Whether something could not be read."""
        return any(self.gaps.values())


def nothing_saved() -> Saved:
    """Return what is saved of a file in which nothing can be read."""
    return Saved(gaps={table: [range(_END)] for table in TABLES})


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: tuple[str, ...]
    types: tuple[tuple[type, ...], ...]
    required: tuple[bool, ...]

    @property
    def select(self) -> str:
        # Names of this package's own tables and columns.
        return f"SELECT rowid, {', '.join(self.columns)} FROM {self.name} NOT INDEXED"  # noqa: S608

    def is_sound(self, row: Row) -> bool:
        """Whether a row holds what this program writes."""
        for value, types, required in zip(row, self.types, self.required, strict=True):
            if required if value is None else not isinstance(value, types):
                return False
        named = dict(zip(self.columns, row, strict=True))
        with suppress(ValueError, TypeError):
            if self.name == "messages":
                Role(named["role"])
                Status(named["status"])
            return all(_is_list(named[column]) for column in ("refs",) if named.get(column))
        return False


def salvage(damaged: sqlite3.Connection, new: sqlite3.Connection) -> Saved:
    """Copy every row that can be read; `new` has the tables, and none of these rows.

    Raises:
        sqlite3.Error: the new file cannot be written.
    """
    damaged.text_factory = _text
    saved = Saved()
    for table in _tables(new):
        gaps = saved.gaps[table.name] = []
        for row in _readable(damaged, table, gaps):
            saved.total += _insert(new, table, row)
    return saved


def fill(backup: sqlite3.Connection, new: sqlite3.Connection, saved: Saved) -> None:
    """Put rows of a backup where the damaged file had some that could not be read.

    What is not in a gap was deleted since, and stays so.

    Raises:
        sqlite3.Error: the backup cannot be read, or the new file not written.
    """
    for table in _tables(new):
        for gap in saved.gaps.get(table.name, ()):
            rows: Iterable[Row] = backup.execute(
                f"{table.select} WHERE rowid BETWEEN ? AND ?", (gap.start, gap.stop - 1)
            )
            for row in rows:
                if table.is_sound(values := row[1:]):
                    saved.filled += _insert(new, table, values)


def make_whole(new: sqlite3.Connection) -> dict[str, int]:
    """Give messages whose conversation could not be read one, and leave out what was deleted.

    Returns:
        How many rows there are in the end, by table.

    Raises:
        sqlite3.Error: the new file cannot be written.
    """
    names = [table.name for table in _tables(new)]
    if "removed" in names:
        new.execute("DELETE FROM conversations WHERE id IN (SELECT id FROM removed)")
        new.execute("DELETE FROM messages WHERE conversation_id IN (SELECT id FROM removed)")
    nameless: list[tuple[str, float, float]] = new.execute(
        """
        SELECT conversation_id, MIN(created_at), MAX(created_at) FROM messages
        WHERE conversation_id NOT IN (SELECT id FROM conversations) GROUP BY conversation_id
        """
    ).fetchall()
    for conversation_id, created_at, updated_at in nameless:
        first: tuple[str] | None = new.execute(
            """
            SELECT text FROM messages WHERE conversation_id = ? AND role = 'user'
            ORDER BY position LIMIT 1
            """,
            (conversation_id,),
        ).fetchone()
        title = title_of(first[0]) if first else NAMELESS
        new.execute(
            """
            INSERT INTO conversations (id, title, folded_title, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?)
            """,
            (conversation_id, title, folded(title), created_at, updated_at),
        )
    if "queue" in names:
        new.execute("DELETE FROM queue WHERE conversation_id NOT IN (SELECT id FROM conversations)")
    return {
        # A name of this package's own.
        name: new.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]  # noqa: S608
        for name in names
    }


def graft(file: Path, first_page: bytes) -> None:
    """Put the first page of another file of the same schema over that of a damaged one.

    Raises:
        OSError: the file cannot be written.
    """
    page = bytearray(first_page)
    # The number of pages in it is the other file's. It counts only where these two are alike
    # (the SQLite file format, 1.3.7 and 1.3.18); otherwise the size of the file does.
    page[24:28] = (1).to_bytes(4, "big")
    page[92:96] = (0).to_bytes(4, "big")
    with file.open("r+b") as target:
        target.write(page)


def first_page_of(file: Path) -> bytes:
    """Return the first page of a file that SQLite has closed.

    Raises:
        OSError: it cannot be read.
    """
    with file.open("rb") as source:
        header = source.read(100)
        size = int.from_bytes(header[16:18], "big")
        # 65,536 does not fit into its two bytes (the SQLite file format, 1.3.2).
        return header + source.read((65_536 if size == 1 else size) - len(header))


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _is_list(column: object) -> bool:
    found: object = json.loads(str(column))
    return isinstance(found, list)


def _tables(new: sqlite3.Connection) -> Generator[_Table]:
    for name in TABLES:
        described: list[tuple[int, str, str, int, object, int]] = new.execute(
            f"PRAGMA table_info({name})"
        ).fetchall()
        if described:
            yield _Table(
                name,
                tuple(row[1] for row in described),
                tuple(_TYPES[row[2]] for row in described),
                tuple(bool(row[3] or row[5]) for row in described),
            )


def _insert(new: sqlite3.Connection, table: _Table, row: Sequence[object]) -> int:
    places = ", ".join("?" * len(row))
    values = [
        # The index of the search is made anew.
        0 if column == "indexed" else value
        for column, value in zip(table.columns, row, strict=True)
    ]
    return new.execute(
        f"INSERT OR IGNORE INTO {table.name} ({', '.join(table.columns)}) VALUES ({places})",  # noqa: S608
        values,
    ).rowcount


def _readable(damaged: sqlite3.Connection, table: _Table, gaps: list[range]) -> Generator[Row]:
    """Yield the rows that can be read, and note between which numbers others may have been."""
    place = 0
    while True:
        try:
            for row in damaged.execute(f"{table.select} WHERE rowid >= ? ORDER BY rowid", (place,)):
                number, values = _split(row)
                if table.is_sound(values):
                    yield values
                else:
                    gaps.append(range(number, number + 1))
                place = number + 1
        except (sqlite3.DatabaseError, OverflowError) as error:
            _refuse_other_trouble(error)
        else:
            return
        # The module reads one row ahead, so that the next one may well be readable.
        found, row = _next_readable(damaged, table, place)
        if found > place:
            gaps.append(range(place, found))
        if row is None:
            return
        number, values = _split(row)
        if table.is_sound(values):
            yield values
        else:
            gaps.append(range(number, number + 1))
        place = number + 1


def _next_readable(
    damaged: sqlite3.Connection, table: _Table, place: int
) -> tuple[int, Row | None]:
    """Return the first number from `place` on at which reading goes on, and the row found there."""
    last = _last_readable(damaged, table, place)
    for number in range(place, last + 1):
        row = _first(damaged, f"{table.select} WHERE rowid >= ? ORDER BY rowid LIMIT 1", (number,))
        if row is not None:
            return number, row
    return _END, None


def _last_readable(damaged: sqlite3.Connection, table: _Table, place: int) -> int:
    """Return a number up to which it is worth while to try one after the other."""
    newest = _first(damaged, f"{table.select} ORDER BY rowid DESC LIMIT 1", ())
    if newest is not None:
        return _split(newest)[0]
    last = place + PROBES
    for step in range(PROBES.bit_length(), _FARTHEST):
        number = place + 2**step
        statement = f"{table.select} WHERE rowid >= ? ORDER BY rowid LIMIT 1"
        if _first(damaged, statement, (number,)) is not None:
            last = number
    return last


def _first(damaged: sqlite3.Connection, statement: str, parameters: Row) -> Row | None:
    try:
        row: Row | None = damaged.execute(statement, parameters).fetchone()
    except (sqlite3.DatabaseError, OverflowError) as error:
        _refuse_other_trouble(error)
        return None
    return row


def _split(row: Row) -> tuple[int, Row]:
    return int(str(row[0])), row[1:]


def _refuse_other_trouble(error: Exception) -> None:
    """Raise what is no damage: a lock, or memory that runs out."""
    if isinstance(error, sqlite3.Error) and (is_busy(error) or primary_code(error) in _NO_DAMAGE):
        raise error
