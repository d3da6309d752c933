"""Questions that wait for the answer before them.

Every function is synchronous and runs inside a transaction of its caller.
"""

import json
import sqlite3
from collections.abc import Sequence

from acechat.errors import StoreError
from acechat.store.edits import save_draft
from acechat.store.rows import stored, stored_list
from acechat.waiting import BETWEEN, Queued


def enqueue(
    connection: sqlite3.Connection,
    conversation_id: str,
    text: str,
    references: Sequence[str],
    now: float,
) -> Queued:
    """Keep a question behind those that wait already; it was the draft of its conversation.

    Raises:
        StoreError: the conversation is gone.
    """
    known = connection.execute(
        "SELECT 1 FROM conversations WHERE id = ? AND deleted_at IS NULL", (conversation_id,)
    ).fetchone()
    if known is None:
        raise StoreError("this conversation was deleted")
    number = connection.execute(
        "INSERT INTO queue (conversation_id, created_at, refs, text) VALUES (?, ?, ?, ?)",
        (conversation_id, now, stored_list(references), stored(text)),
    ).lastrowid
    save_draft(connection, conversation_id, "", now)
    return Queued(number or 0, text, tuple(references))


def queued(connection: sqlite3.Connection, conversation_id: str) -> list[Queued]:
    """Return the questions that wait in a conversation, in their order."""
    rows: list[tuple[int, str, str]] = connection.execute(
        "SELECT number, text, refs FROM queue WHERE conversation_id = ? ORDER BY number",
        (conversation_id,),
    ).fetchall()
    return [Queued(number, text, tuple(json.loads(refs))) for number, text, refs in rows]


def take(connection: sqlite3.Connection, number: int) -> None:
    """Take a question out of the queue, because it is being asked.

    Raises:
        StoreError: it is not there any more.
    """
    gone = connection.execute("DELETE FROM queue WHERE number = ?", (number,)).rowcount
    if not gone:
        raise StoreError("this question was taken back")


def take_back(
    connection: sqlite3.Connection, conversation_id: str, now: float, *, newest: bool, idle: bool
) -> list[Queued]:
    """Put what waits before the draft of its conversation; return it.

    Args:
        connection: The file.
        conversation_id: Whose questions.
        now: The time.
        newest: Only the one that was written last.
        idle: Nothing where an answer is arriving: somebody waits for its end.
    """
    if idle and _is_arriving(connection, conversation_id):
        return []
    waiting = queued(connection, conversation_id)[-1 if newest else 0 :]
    if not waiting:
        return []
    connection.executemany(
        "DELETE FROM queue WHERE number = ?", [(each.number,) for each in waiting]
    )
    row: tuple[str] | None = connection.execute(
        "SELECT text FROM drafts WHERE conversation_id = ?", (conversation_id,)
    ).fetchone()
    texts = [each.text for each in waiting] + ([row[0]] if row else [])
    save_draft(connection, conversation_id, BETWEEN.join(texts), now)
    return waiting


def _is_arriving(connection: sqlite3.Connection, conversation_id: str) -> bool:
    found = connection.execute(
        "SELECT 1 FROM messages WHERE conversation_id = ? AND status = 'streaming'",
        (conversation_id,),
    ).fetchone()
    return found is not None
