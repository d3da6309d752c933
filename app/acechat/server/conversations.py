"""The conversations that the embedded server keeps, in an SQLite file of its own.

Everything here is synchronous; `routes` calls it in one thread, which keeps the order of writes.
"""

import json
import os
import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from acechat.errors import ServerError
from acechat.models import title_of
from acechat.server.answering import Asked, Exchange

SCHEMA = 1
"""The `user_version` of the file."""

BUSY_SECONDS = 10.0
"""How long a write waits for another instance's server, which uses the same file."""

_TABLES = """
CREATE TABLE conversation (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL
) STRICT;
CREATE INDEX newest ON conversation (updated_at DESC);
CREATE TABLE turn (
    number INTEGER PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    model TEXT NOT NULL,
    preset TEXT NOT NULL,
    refs TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at REAL NOT NULL
) STRICT;
CREATE INDEX turn_of ON turn (conversation_id, number);
"""

_KEPT = """
SELECT id, title, coalesce(
    (SELECT model FROM turn WHERE conversation_id = conversation.id ORDER BY number DESC LIMIT 1),
    ''), created_at, updated_at
FROM conversation
"""
_ONE = _KEPT + "WHERE id = ?"
_NEWEST = _KEPT + "ORDER BY updated_at DESC, id LIMIT ? OFFSET ?"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is told about a kept conversation."""

    id: str
    title: str
    model: str
    """The model of its newest turn."""
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """One question of a kept conversation and its answer."""

    model: str
    question: str
    answer: str
    references: tuple[str, ...]


class Conversations:
    """The file, open."""

    def __init__(self, path: Path | None) -> None:
        """Open the file at `path`, making it where there is none; None keeps nothing on disk.

        Raises:
            ServerError: it cannot be opened; the message says why.
        """
        try:
            self._connection = _open(path)
        except (OSError, sqlite3.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise ServerError(
                f"the embedded server cannot open its conversations, {path}: {reason}"
            ) from error

    def history(self, conversation_id: str) -> tuple[Exchange, ...] | None:
        """Return the answered questions so far, oldest first; None where there is no such id."""
        if not self._exists(conversation_id):
            return None
        return tuple(
            Exchange(turn.question, turn.answer, turn.references)
            for turn in self.turns(conversation_id)
            if turn.answer
        )

    def begin(
        self, conversation_id: str | None, model: str, asked: Asked
    ) -> tuple[str, int] | None:
        """Keep a question; return its conversation's id, a new one for None, and its number.

        Returns None where the conversation has gone.
        """
        now = time.time()
        with self._transaction():
            if conversation_id is None:
                conversation_id = str(uuid4())
                self._connection.execute(
                    "INSERT INTO conversation VALUES (?, ?, ?, ?)",
                    (conversation_id, title_of(asked.question), now, now),
                )
            elif not self._exists(conversation_id):
                return None
            cursor = self._connection.execute(
                "INSERT INTO turn (conversation_id, model, preset, refs, question, answer,"
                " created_at) VALUES (?, ?, ?, ?, ?, '', ?)",
                (
                    conversation_id,
                    model,
                    asked.preset,
                    json.dumps(asked.references),
                    asked.question,
                    now,
                ),
            )
            self._touch(conversation_id, now)
        number = cursor.lastrowid
        assert number is not None
        return conversation_id, number

    def finish(self, number: int, answer: str) -> None:
        """Keep the answer to a question; without any answer the question goes too."""
        with self._transaction():
            if answer:
                self._connection.execute(
                    "UPDATE turn SET answer = ? WHERE number = ?", (answer, number)
                )
                return
            found = self._connection.execute(
                "DELETE FROM turn WHERE number = ? RETURNING conversation_id", (number,)
            ).fetchone()
            self._connection.execute(
                "DELETE FROM conversation WHERE id = ?1 AND NOT EXISTS"
                " (SELECT 1 FROM turn WHERE conversation_id = ?1)",
                found or (None,),
            )

    def kept(self, conversation_id: str) -> Kept | None:
        """Return the conversation with this id."""
        found = self._select(_ONE, (conversation_id,))
        return found[0] if found else None

    def turns(self, conversation_id: str) -> list[KeptTurn]:
        """Return the questions of a conversation with their answers, oldest first."""
        rows: list[tuple[str, str, str, str]] = self._connection.execute(
            "SELECT model, question, answer, refs FROM turn WHERE conversation_id = ?"
            " ORDER BY number",
            (conversation_id,),
        ).fetchall()
        return [
            KeptTurn(model, question, answer, tuple(json.loads(refs)))
            for model, question, answer, refs in rows
        ]

    def batch(self, offset: int, limit: int) -> tuple[list[Kept], int]:
        """Return `limit` conversations from `offset` on, newest first, and how many there are."""
        count: tuple[int] = self._connection.execute("SELECT count(*) FROM conversation").fetchone()
        items = self._select(_NEWEST, (limit, offset))
        return items, count[0]

    def rename(self, conversation_id: str, title: str) -> bool:
        """Give a conversation a title; False where there is no such conversation."""
        with self._transaction():
            cursor = self._connection.execute(
                "UPDATE conversation SET title = ? WHERE id = ?", (title, conversation_id)
            )
        return cursor.rowcount > 0

    def delete(self, conversation_id: str) -> bool:
        """Forget a conversation; False where there is no such conversation."""
        with self._transaction():
            cursor = self._connection.execute(
                "DELETE FROM conversation WHERE id = ?", (conversation_id,)
            )
        return cursor.rowcount > 0

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _exists(self, conversation_id: str) -> bool:
        found = self._connection.execute(
            "SELECT 1 FROM conversation WHERE id = ?", (conversation_id,)
        )
        return found.fetchone() is not None

    def _touch(self, conversation_id: str, now: float) -> None:
        self._connection.execute(
            "UPDATE conversation SET updated_at = ? WHERE id = ?", (now, conversation_id)
        )

    def _select(self, query: str, values: tuple[str | int, ...]) -> list[Kept]:
        rows: list[tuple[str, str, str, float, float]] = self._connection.execute(
            query, values
        ).fetchall()
        return [Kept(*row) for row in rows]

    @contextmanager
    def _transaction(self) -> Generator[None]:
        # A transaction that reads first and writes later fails at once, whatever the time-out,
        # where another process has written in between: take the lock at the beginning.
        self._connection.execute("BEGIN IMMEDIATE")
        with self._connection:
            yield


def _open(path: Path | None) -> sqlite3.Connection:
    try:
        return _connect(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        # Not a database any more. These conversations are a convenience that a client can do
        # without (it rebuilds them): set the file aside by name and begin anew.
        assert path is not None
        path.replace(path.with_name(f"{path.name}.damaged-{int(time.time())}"))
        return _connect(path)


def _connect(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        # SQLite would make the file readable for everybody.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(
        path or ":memory:", timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = TRUNCATE")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("BEGIN IMMEDIATE")
        version: tuple[int] = connection.execute("PRAGMA user_version").fetchone()
        if version[0] > SCHEMA:
            raise sqlite3.OperationalError("it was written by a newer version of this program")
        if version[0] == 0:
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
