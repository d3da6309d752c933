"""The schema, as an ordered list of named steps from an empty file to today's.

A released step is never changed again; a change of the schema is a new step at the end, with a
sample of the schema before it in `tests/store/schemas`.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from acechat.errors import StoreError
from acechat.store.backups import back_up, version_backup
from acechat.store.database import transaction
from acechat.store.faults import sentence
from acechat.store.schema import second, third

APPLICATION_ID = 0x41434854
"""Marks a SQLite file as ours: "ACHT" in ASCII."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the schema."""

    name: str
    """What it does, for the message where it fails."""
    apply: Callable[[sqlite3.Connection], None]
    """Makes the change; it runs inside the one transaction of the migration."""


# SQLite's own LIKE and lower() know the case of ASCII letters only, so titles are kept once more as
# they are compared. Texts come last in a row, so that reading what stands before them does not walk
# through them.
_FIRST = (
    """
    CREATE TABLE conversations (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL DEFAULT '',
        folded_title TEXT NOT NULL DEFAULT '',
        renamed INTEGER NOT NULL DEFAULT 0,
        server_id TEXT,
        server TEXT,
        model TEXT,
        pinned INTEGER NOT NULL DEFAULT 0,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        unread INTEGER NOT NULL DEFAULT 0,
        deleted_at REAL,
        deleted_by TEXT,
        refs TEXT,
        preset TEXT
    )
    """,
    """
    CREATE TABLE messages (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        role TEXT NOT NULL,
        status TEXT NOT NULL,
        owner TEXT,
        model TEXT NOT NULL DEFAULT '',
        created_at REAL NOT NULL,
        seconds REAL,
        error_code TEXT,
        error_message TEXT,
        error_trace_id TEXT,
        refs TEXT NOT NULL DEFAULT '[]',
        preset TEXT NOT NULL DEFAULT '',
        text TEXT NOT NULL DEFAULT ''
    )
    """,
    """
    CREATE TABLE drafts (
        conversation_id TEXT NOT NULL PRIMARY KEY,
        updated_at REAL NOT NULL,
        text TEXT NOT NULL
    )
    """,
    # Read backwards it is the order of the sidebar.
    """
    CREATE INDEX conversations_listed ON conversations (pinned, updated_at)
    WHERE deleted_at IS NULL
    """,
    """
    CREATE INDEX conversations_deleted ON conversations (deleted_by) WHERE deleted_at IS NOT NULL
    """,
    # Role and status are in it for the list of conversations, which shows the status of each
    # newest answer without reading a message.
    """
    CREATE INDEX messages_in_order ON messages (conversation_id, position, role, status)
    """,
    """
    CREATE INDEX messages_streaming ON messages (owner) WHERE status = 'streaming'
    """,
)


def _first(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for statement in _FIRST:
        connection.execute(statement)


STEPS: tuple[Step, ...] = (
    Step("conversations, messages and drafts", _first),
    Step("lines, branches, archive, search and queue", second),
    Step("files and references", third),
)
"""All of them; the version of a file is the number of steps it has taken."""


def migrate(
    connection: sqlite3.Connection, path: Path | None, steps: Sequence[Step] = STEPS
) -> None:
    """Bring the file up to date, whole or not at all, with a backup beside it where it had rows.

    Raises:
        Damaged: the file is, and nothing was changed.
        StoreError: the file is of a newer version, or another program's.
        sqlite3.Error: it cannot be read or written.
        OSError: the backup cannot be made.
    """
    # In one transaction, or another process could finish its migration between two answers.
    with transaction(connection, "DEFERRED"):
        version = _version(connection, path, steps)
    if version == len(steps):
        return
    # Dropping a table with foreign keys on would delete the rows that point to it.
    connection.execute("PRAGMA foreign_keys = OFF")
    with transaction(connection):
        # Another process may have migrated while this one waited for the lock.
        version = _version(connection, path, steps)
        if version and path is not None:
            # The copy is looked at whole, so that a damaged file is mended before it is changed.
            back_up(path, version_backup(path, version))
        for number, step in enumerate(steps[version:], version + 1):
            try:
                step.apply(connection)
            except sqlite3.Error as error:
                reason = sentence(error, "brought up to date", path)
                raise StoreError(
                    f"{reason} (step {number}, {step.name}); they are as before"
                ) from error
            connection.execute(f"PRAGMA user_version = {number}")


def version_of(connection: sqlite3.Connection, path: Path | None) -> int:
    """Return how many steps the file has taken, which may be more than this program knows.

    Raises:
        StoreError: the file belongs to another program.
        sqlite3.Error: it cannot be read.
    """
    version = number_of(connection, "user_version")
    ours = number_of(connection, "application_id") == APPLICATION_ID
    # A new file is empty; anything else without our mark belongs to somebody else.
    empty = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    if not ours and (version or not empty):
        shown = path or "the store in memory"
        raise StoreError(f"{shown} is another program's database and was left alone")
    return version


def number_of(connection: sqlite3.Connection, pragma: str) -> int:
    """Return what a pragma says that holds one number.

    Raises:
        sqlite3.Error: the file cannot be read.
    """
    row: tuple[int] = connection.execute(f"PRAGMA {pragma}").fetchone()
    return row[0]


def _version(connection: sqlite3.Connection, path: Path | None, steps: Sequence[Step]) -> int:
    """Return how many steps the file has taken; refuse one that this program must not touch."""
    version = version_of(connection, path)
    if version > len(steps):
        raise StoreError(
            f"{path or 'the store in memory'} has version {version} and was written by a newer "
            f"acechat; this one knows versions up to {len(steps)} and left it alone"
        )
    return version
