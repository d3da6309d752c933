"""Conversations as they come from and go to other places: whole, with every line.

Every function is synchronous and runs inside a transaction of its caller.
"""

import sqlite3
from collections.abc import Callable

from acechat.errors import StoreError, UnknownConversation
from acechat.models import Conversation, Merged, Message, Whole
from acechat.store import lines, removing, search
from acechat.store.rows import (
    SELECT_CONVERSATION,
    SELECT_MESSAGE,
    ConversationRow,
    MessageRow,
    conversation_of,
    folded,
    message_of,
    stored,
    stored_list,
    stored_or_none,
)


def whole(connection: sqlite3.Connection, conversation_id: str) -> Whole:
    """Return a conversation with every message of every line.

    Raises:
        UnknownConversation: there is none with this id.
    """
    row: ConversationRow | None = connection.execute(
        SELECT_CONVERSATION + " AND id = ?", (conversation_id,)
    ).fetchone()
    if row is None:
        raise UnknownConversation("this conversation is gone")
    messages: list[MessageRow] = connection.execute(
        SELECT_MESSAGE + " WHERE conversation_id = ? ORDER BY position, created_at, id",
        (conversation_id,),
    ).fetchall()
    last, _ = lines.end_of(connection, conversation_id)
    return Whole(conversation_of(row), tuple(message_of(message) for message in messages), last)


def conversation_ids(connection: sqlite3.Connection) -> list[str]:
    """Return the ids of all conversations, archived ones too, in an order that no copy changes."""
    rows: list[tuple[str]] = connection.execute(
        "SELECT id FROM conversations WHERE deleted_at IS NULL ORDER BY updated_at DESC, id"
    ).fetchall()
    return [row[0] for row in rows]


def changes(connection: sqlite3.Connection) -> dict[str, float]:
    """Return when each conversation last changed, by its id."""
    return dict(
        connection.execute("SELECT id, changed_at FROM conversations WHERE deleted_at IS NULL")
    )


def removals(connection: sqlite3.Connection) -> dict[str, float]:
    """Return when conversations were deleted for good, by their ids."""
    return dict(connection.execute("SELECT id, removed_at FROM removed"))


def remove(connection: sqlite3.Connection, conversation_id: str, at: float) -> bool:
    """Delete a conversation that was deleted elsewhere; return whether that was done.

    It stays where it was changed after that, or where an answer is arriving in it.
    """
    row: tuple[float] | None = connection.execute(
        """
        SELECT changed_at FROM conversations WHERE id = ?1 AND NOT EXISTS (
            SELECT 1 FROM messages WHERE conversation_id = ?1 AND status = 'streaming'
        )
        """,
        (conversation_id,),
    ).fetchone()
    if row is None or row[0] > at:
        return False
    removing.forget(connection, conversation_id)
    connection.execute(
        "INSERT OR REPLACE INTO removed (id, removed_at) VALUES (?, ?)", (conversation_id, at)
    )
    return True


def merge(
    connection: sqlite3.Connection, brought: Whole, is_alive: Callable[[str | None], bool]
) -> Merged:
    """Take in what is not here yet, and what is newer; nothing is doubled, nothing is lost.

    Args:
        connection: The open file.
        brought: A copy from elsewhere.
        is_alive: Whether the owner of a streaming answer still receives it.

    Raises:
        StoreError: one of its messages belongs to another conversation here.
    """
    conversation = brought.conversation
    row: tuple[float, float | None, str | None] | None = connection.execute(
        "SELECT changed_at, deleted_at, deleted_by FROM conversations WHERE id = ?",
        (conversation.id,),
    ).fetchone()
    if row is not None and row[1] is not None and row[2] is None:
        # It was being removed for good, and nothing of it is left.
        removing.forget(connection, conversation.id)
        row = None
    newer = row is None or conversation.changed_at > row[0]
    if row is None:
        connection.execute(
            "INSERT INTO conversations (id, created_at, updated_at) VALUES (?, ?, ?)",
            (conversation.id, conversation.created_at, conversation.updated_at),
        )
    elif row[1] is not None:
        connection.execute(
            "UPDATE conversations SET deleted_at = NULL, deleted_by = NULL WHERE id = ?",
            (conversation.id,),
        )
    if newer:
        _keep(connection, conversation)
    connection.execute("DELETE FROM removed WHERE id = ?", (conversation.id,))
    before, _ = lines.end_of(connection, conversation.id)
    added, changed = 0, int(newer and row is not None)
    for message in brought.messages:
        known = _known(connection, message)
        if known is None:
            _add(connection, message)
            added += 1
        elif message.changed_at > known[0] and not (known[1] and is_alive(known[1])):
            _replace(connection, message)
            changed += 1
    last = brought.last_id if newer or before is None else before
    if last is not None:
        _settle_line(connection, conversation, last, is_new=row is None)
    return Merged(row is None, added, changed)


def _settle_line(
    connection: sqlite3.Connection, conversation: Conversation, last: str, *, is_new: bool
) -> None:
    lines.put_on(connection, conversation.id, last)
    if is_new:
        # Nothing else was said in its server conversation, or its copy would say so.
        connection.execute(
            "UPDATE conversations SET server_id = ?, server = ? WHERE id = ?",
            (
                stored_or_none(conversation.server_id),
                stored_or_none(conversation.server),
                conversation.id,
            ),
        )
    else:
        lines.settle_server(connection, conversation.id)


def _keep(connection: sqlite3.Connection, conversation: Conversation) -> None:
    references, origin = conversation.references, conversation.origin
    connection.execute(
        """
        UPDATE conversations SET
            title = ?, folded_title = ?, renamed = ?, model = ?, preset = ?, refs = ?, pinned = ?,
            archived = ?, origin_id = ?, origin_message_id = ?, updated_at = ?, changed_at = ?
        WHERE id = ?
        """,
        (
            stored(conversation.title),
            folded(conversation.title),
            conversation.renamed,
            stored_or_none(conversation.model),
            stored_or_none(conversation.preset),
            None if references is None else stored_list(references),
            conversation.pinned,
            conversation.archived,
            None if origin is None else stored(origin.conversation_id),
            None if origin is None else stored(origin.message_id),
            conversation.updated_at,
            conversation.changed_at,
            conversation.id,
        ),
    )


def _known(connection: sqlite3.Connection, message: Message) -> tuple[float, str | None] | None:
    """Return when the message here last changed, and who is receiving it."""
    row: tuple[str, float, str | None] | None = connection.execute(
        "SELECT conversation_id, changed_at, owner FROM messages WHERE id = ?", (message.id,)
    ).fetchone()
    if row is None:
        return None
    if row[0] != message.conversation_id:
        raise StoreError(f"the message {message.id} belongs to another conversation here")
    return row[1:]


def _add(connection: sqlite3.Connection, message: Message) -> None:
    place = None if message.parent_id is None else lines.place_of(connection, message.parent_id)
    if place is not None and place[0] != message.conversation_id:
        raise StoreError(f"the message {message.parent_id} belongs to another conversation here")
    connection.execute(
        """
        INSERT INTO messages (
            id, conversation_id, parent_id, position, shown, role, status, created_at
        ) VALUES (?, ?, ?, ?, 0, ?, ?, ?)
        """,
        (
            stored(message.id),
            message.conversation_id,
            None if place is None else message.parent_id,
            1 if place is None else place[2] + 1,
            message.role,
            message.status,
            message.created_at,
        ),
    )
    _replace(connection, message)


def _replace(connection: sqlite3.Connection, message: Message) -> None:
    search.forget(connection, "id = ?", (message.id,))
    error = message.error
    connection.execute(
        """
        UPDATE messages SET
            status = ?, owner = NULL, model = ?, changed_at = ?, seconds = ?, first_seconds = ?,
            carried = ?, error_code = ?, error_message = ?, error_trace_id = ?, server_id = ?,
            server = ?, refs = ?, preset = ?, text = ?
        WHERE id = ?
        """,
        (
            message.status,
            stored(message.model),
            message.changed_at,
            message.seconds,
            message.first_seconds,
            message.carried,
            None if error is None else stored(error.code),
            None if error is None else stored(error.message),
            None if error is None else stored_or_none(error.trace_id),
            stored_or_none(message.server_id),
            stored_or_none(message.server),
            stored_list(message.references),
            stored(message.preset),
            stored(message.text),
            message.id,
        ),
    )
