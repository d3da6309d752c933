"""Deleting: hiding at first, and removing for good what nobody can bring back any more.

Every function is synchronous and runs inside a transaction of its caller.
"""

import sqlite3
from collections.abc import Sequence

from acechat.errors import UnknownConversation
from acechat.store import search
from acechat.store.owners import Owner

PURGED = 200
"""Messages that are removed for good at a time: the search has to unlearn each of them, and 200 of
600 characters take 30 ms."""


def delete(
    connection: sqlite3.Connection, owner: Owner, conversation_ids: Sequence[str], now: float
) -> None:
    """Hide conversations for as long as this process lives and can bring them back.

    Raises:
        OSError: this process cannot make itself known as an owner.
    """
    name = owner.claim()
    connection.executemany(
        "UPDATE conversations SET deleted_at = ?, deleted_by = ? WHERE id = ?",
        [(now, name, conversation_id) for conversation_id in conversation_ids],
    )


def restore(connection: sqlite3.Connection, conversation_ids: Sequence[str]) -> None:
    """Undo `delete`.

    Raises:
        UnknownConversation: none of them is in the file any more, or all are being removed.
    """
    changed = connection.executemany(
        """
        UPDATE conversations SET deleted_at = NULL, deleted_by = NULL
        WHERE id = ? AND deleted_by IS NOT NULL
        """,
        [(conversation_id,) for conversation_id in conversation_ids],
    ).rowcount
    if not changed:
        raise UnknownConversation("this conversation is gone and cannot be brought back")


def older_than(connection: sqlite3.Connection, before: float) -> list[str]:
    """Return the ids of conversations that were last used before a time, archived ones too.

    Pinned ones are left out, and those in which an answer is arriving.
    """
    rows: list[tuple[str]] = connection.execute(
        """
        SELECT id FROM conversations WHERE deleted_at IS NULL AND NOT pinned AND updated_at < ?
        AND NOT EXISTS (
            SELECT 1 FROM messages
            WHERE conversation_id = conversations.id AND status = 'streaming'
        )
        """,
        (before,),
    ).fetchall()
    return [row[0] for row in rows]


def gone_deleters(connection: sqlite3.Connection, owner: Owner) -> list[str | None]:
    """Return who deleted conversations and can no longer bring them back. Changes nothing.

    Raises:
        OSError: the owners' files cannot be read.
    """
    rows: list[tuple[str | None]] = connection.execute(
        "SELECT DISTINCT deleted_by FROM conversations WHERE deleted_at IS NOT NULL"
    ).fetchall()
    return [name for (name,) in rows if not owner.is_alive(name)]


def give_up(connection: sqlite3.Connection, gone: str | None) -> None:
    """Let what an owner deleted be gone for good: others may be told, and `purge_some` removes it.

    The removal itself can take long, so nobody waits for it.
    """
    connection.execute(
        """
        INSERT OR REPLACE INTO removed (id, removed_at)
        SELECT id, deleted_at FROM conversations
        WHERE deleted_at IS NOT NULL AND deleted_by IS ?
        """,
        (gone,),
    )
    connection.execute(
        """
        UPDATE conversations SET deleted_by = NULL
        WHERE deleted_at IS NOT NULL AND deleted_by IS ?
        """,
        (gone,),
    )


def purge_some(connection: sqlite3.Connection) -> int:
    """Remove some of what is gone for good, with messages and drafts.

    Returns:
        How many rows were removed; 0 where nothing is left to remove.
    """
    rows: list[tuple[str]] = connection.execute(
        """
        SELECT id FROM conversations WHERE deleted_at IS NOT NULL AND deleted_by IS NULL LIMIT ?
        """,
        (PURGED,),
    ).fetchall()
    removed = 0
    for (conversation_id,) in rows:
        removed += _purge_messages(connection, conversation_id, PURGED - removed)
        if removed >= PURGED:
            break
        forget(connection, conversation_id)
        removed += 1
    return removed


def forget(connection: sqlite3.Connection, conversation_id: str) -> None:
    """Remove a conversation with all that belongs to it."""
    _purge_messages(connection, conversation_id)
    connection.execute("DELETE FROM drafts WHERE conversation_id = ?", (conversation_id,))
    connection.execute("DELETE FROM files WHERE conversation_id = ?", (conversation_id,))
    connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))


def _purge_messages(connection: sqlite3.Connection, conversation_id: str, limit: int = -1) -> int:
    """Remove messages of a conversation, and the drafts of edited ones; return how many."""
    some = "SELECT number FROM messages WHERE conversation_id = ? ORDER BY number LIMIT ?"
    search.forget(connection, f"number IN ({some})", (conversation_id, limit))
    connection.execute(
        f"DELETE FROM drafts WHERE conversation_id IN "  # noqa: S608 - no text from outside
        f"(SELECT id FROM messages WHERE number IN ({some}))",
        (conversation_id, limit),
    )
    return connection.execute(
        f"DELETE FROM messages WHERE number IN ({some})",  # noqa: S608 - no text from outside
        (conversation_id, limit),
    ).rowcount
