"""What is read from the file. Every function is synchronous and changes nothing."""

import json
import sqlite3
from collections.abc import Sequence

from acechat.clean import clean_line
from acechat.errors import StoreError, UnknownConversation
from acechat.models import Conversation, Message
from acechat.store.lines import version_counts
from acechat.store.rows import (
    SELECT_CONVERSATION,
    SELECT_MESSAGE,
    ConversationRow,
    MessageRow,
    conversation_of,
    folded,
    message_of,
    stored,
)

SHORTEST_PREFIX = 4
"""Characters of an id that are enough to name its conversation, where no other begins so."""
QUESTIONS_READ = 10_000
"""Questions looked through for distinct ones, however often the same one was asked."""
ANSWERS_READ = 2_000
"""Answers looked through for the models last asked."""


def conversations(
    connection: sqlite3.Connection, filter: str, limit: int, offset: int
) -> list[Conversation]:
    """Return conversations whose title has `filter` in it, pinned first, then newest first.

    Archived ones are left out.
    """
    rows: list[ConversationRow] = connection.execute(
        SELECT_CONVERSATION
        + """
        AND NOT archived AND (?1 = '' OR instr(folded_title, ?1) > 0)
        ORDER BY pinned DESC, updated_at DESC, number DESC LIMIT ?2 OFFSET ?3
        """,
        (folded(filter.strip()), limit, offset),
    ).fetchall()
    return [conversation_of(row) for row in rows]


def count(connection: sqlite3.Connection, filter: str) -> int:
    """Return how many conversations have `filter` in their title."""
    row: tuple[int] = connection.execute(
        """
        SELECT COUNT(*) FROM conversations
        WHERE deleted_at IS NULL AND NOT archived AND (?1 = '' OR instr(folded_title, ?1) > 0)
        """,
        (folded(filter.strip()),),
    ).fetchone()
    return row[0]


def newest(connection: sqlite3.Connection) -> Conversation | None:
    """Return the conversation that was last used, pinned or not."""
    # Two statements: sorting whole rows would look up the status of each, 30 ms for 10,000.
    found: tuple[str] | None = connection.execute(
        """
        SELECT id FROM conversations WHERE deleted_at IS NULL AND NOT archived
        ORDER BY updated_at DESC, number DESC LIMIT 1
        """
    ).fetchone()
    return None if found is None else _exactly(connection, found[0])


def conversation(connection: sqlite3.Connection, name: str) -> Conversation:
    """Return the conversation with the id `name`, or the only one whose id begins with it.

    Raises:
        UnknownConversation: there is none, or more than one.
    """
    name = stored(name)
    if (exact := _exactly(connection, name)) is not None:
        return exact
    shown = clean_line(name)
    if len(name) < SHORTEST_PREFIX:
        raise UnknownConversation(
            f"no conversation has the id “{shown}”; "
            f"the first {SHORTEST_PREFIX} characters of one are enough"
        )
    # A range instead of LIKE, which would not use the index of the ids.
    rows: list[ConversationRow] = connection.execute(
        SELECT_CONVERSATION + " AND id >= ?1 AND id < ?1 || char(0x10FFFF) LIMIT 2", (name,)
    ).fetchall()
    if not rows:
        raise UnknownConversation(f"no conversation has an id that begins with “{shown}”")
    if len(rows) > 1:
        raise UnknownConversation(
            f"more than one conversation has an id that begins with “{shown}”; type more of it"
        )
    return conversation_of(rows[0])


def conversation_ids(connection: sqlite3.Connection) -> list[str]:
    """Return the ids of all conversations, newest first."""
    rows: list[tuple[str]] = connection.execute(
        """
        SELECT id FROM conversations WHERE deleted_at IS NULL
        ORDER BY updated_at DESC, number DESC
        """
    ).fetchall()
    return [row[0] for row in rows]


def messages(connection: sqlite3.Connection, conversation_id: str) -> list[Message]:
    """Return the messages of the line that a conversation is on, in their order."""
    rows: list[MessageRow] = connection.execute(
        SELECT_MESSAGE + " WHERE conversation_id = ? AND shown ORDER BY position",
        (conversation_id,),
    ).fetchall()
    counts = version_counts(connection, conversation_id)
    return [message_of(row, *counts.get(row[0], (1, 1))) for row in rows]


def message(connection: sqlite3.Connection, message_id: str) -> Message:
    """Return one message, on whatever line it is.

    Raises:
        StoreError: it is gone.
    """
    row: MessageRow | None = connection.execute(
        SELECT_MESSAGE + " WHERE id = ?", (message_id,)
    ).fetchone()
    if row is None:
        raise StoreError("this message is gone")
    counts = version_counts(connection, row[1])
    return message_of(row, *counts.get(row[0], (1, 1)))


def branches(connection: sqlite3.Connection, conversation_id: str) -> list[Conversation]:
    """Return the conversations that branched off this one, the oldest first."""
    rows: list[ConversationRow] = connection.execute(
        SELECT_CONVERSATION + " AND origin_id = ? ORDER BY number", (conversation_id,)
    ).fetchall()
    return [conversation_of(row) for row in rows]


def draft(connection: sqlite3.Connection, conversation_id: str) -> str:
    """Return the draft of a conversation, or an empty text."""
    row: tuple[str] | None = connection.execute(
        "SELECT text FROM drafts WHERE conversation_id = ?", (conversation_id,)
    ).fetchone()
    return "" if row is None else row[0]


def questions(connection: sqlite3.Connection, limit: int) -> list[str]:
    """Return the newest distinct questions, newest first."""
    return _distinct(
        connection.execute(
            """
            SELECT messages.text FROM messages
            JOIN conversations ON conversations.id = messages.conversation_id
            WHERE role = 'user' AND deleted_at IS NULL
            ORDER BY messages.number DESC LIMIT ?
            """,
            (QUESTIONS_READ,),
        ),
        limit,
    )


def recent_models(connection: sqlite3.Connection, limit: int) -> list[str]:
    """Return the models last asked, newest first, each once."""
    return _distinct(
        connection.execute(
            """
            SELECT model FROM messages WHERE role = 'assistant' AND model <> ''
            ORDER BY number DESC LIMIT ?
            """,
            (ANSWERS_READ,),
        ),
        limit,
    )


def last_models(connection: sqlite3.Connection, conversation_ids: Sequence[str]) -> dict[str, str]:
    """Return who answered last in each of these conversations, where anybody did, by its id."""
    rows: list[tuple[str, str | None]] = connection.execute(
        """
        SELECT value, (
            SELECT model FROM messages
            WHERE conversation_id = value AND shown AND model <> '' ORDER BY position DESC LIMIT 1
        )
        FROM json_each(?)
        """,
        (json.dumps(conversation_ids),),
    ).fetchall()
    return {conversation_id: model for conversation_id, model in rows if model}


def _exactly(connection: sqlite3.Connection, conversation_id: str) -> Conversation | None:
    row: ConversationRow | None = connection.execute(
        SELECT_CONVERSATION + " AND id = ?", (conversation_id,)
    ).fetchone()
    return None if row is None else conversation_of(row)


def _distinct(cursor: sqlite3.Cursor, limit: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < limit:
        row: tuple[str] | None = cursor.fetchone()
        if row is None:
            break
        found[row[0]] = None
    # An unfinished statement would hold its read lock, and no other process could write.
    cursor.close()
    return list(found)
