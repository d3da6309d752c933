"""Versions and branches: which line of its tree of messages a conversation is on.

Every function is synchronous and runs inside a transaction of its caller.
"""

import sqlite3

from acechat.errors import StoreError, UnknownConversation
from acechat.models import Conversation, Status, new_id
from acechat.store.rows import folded, stored

_Place = tuple[str, str | None, int]
"""The conversation of a message, the message before it, and how deep it stands."""


def place_of(connection: sqlite3.Connection, message_id: str) -> _Place | None:
    """Return where a message stands, or None where there is no such message."""
    row: _Place | None = connection.execute(
        "SELECT conversation_id, parent_id, position FROM messages WHERE id = ?", (message_id,)
    ).fetchone()
    return row


def end_of(connection: sqlite3.Connection, conversation_id: str) -> tuple[str | None, int]:
    """Return the last message of the shown line and its position; None and 0 where it is empty."""
    row: tuple[str, int] | None = connection.execute(
        """
        SELECT id, position FROM messages WHERE conversation_id = ? AND shown
        ORDER BY position DESC LIMIT 1
        """,
        (conversation_id,),
    ).fetchone()
    return row or (None, 0)


def hide_from(connection: sqlite3.Connection, conversation_id: str, position: int) -> None:
    """Take the messages from `position` on off the line; they stay as versions."""
    hidden = connection.execute(
        "UPDATE messages SET shown = 0 WHERE conversation_id = ? AND shown AND position >= ?",
        (conversation_id, position),
    ).rowcount
    if hidden:
        settle_server(connection, conversation_id)


def version_counts(
    connection: sqlite3.Connection, conversation_id: str
) -> dict[str, tuple[int, int]]:
    """Return, by id, the number of a message among its versions and how many there are.

    Messages that are the only one in their place are left out.
    """
    rows: list[tuple[str, str | None]] = connection.execute(
        """
        SELECT id, parent_id FROM messages WHERE conversation_id = ?1 AND position IN (
            SELECT position FROM messages WHERE conversation_id = ?1 AND NOT shown
        )
        ORDER BY number
        """,
        (conversation_id,),
    ).fetchall()
    places: dict[str | None, list[str]] = {}
    for message_id, parent in rows:
        places.setdefault(parent, []).append(message_id)
    return {
        message_id: (number, len(versions))
        for versions in places.values()
        if len(versions) > 1
        for number, message_id in enumerate(versions, 1)
    }


def versions(connection: sqlite3.Connection, message_id: str) -> list[str]:
    """Return the ids of all messages that stand where this one does, in the order of their making.

    Raises:
        StoreError: the message is gone.
    """
    conversation_id, parent, position = _known(connection, message_id)
    rows: list[tuple[str]] = connection.execute(
        """
        SELECT id FROM messages
        WHERE conversation_id = ? AND position = ? AND parent_id IS ? ORDER BY number
        """,
        (conversation_id, position, parent),
    ).fetchall()
    return [row[0] for row in rows]


def show(connection: sqlite3.Connection, message_id: str, now: float) -> None:
    """Put the conversation on the line through this message, with what was last said after it.

    Raises:
        StoreError: the message is gone, or an answer of the conversation is arriving that is not to
            the same question.
    """
    conversation_id, parent, _ = _known(connection, message_id)
    _refuse_while_streaming(connection, conversation_id, beside=parent)
    connection.execute(
        "UPDATE conversations SET changed_at = ? WHERE id = ?", (now, conversation_id)
    )
    _put_on(
        connection,
        conversation_id,
        {*_before(connection, message_id), *_after(connection, message_id)},
    )
    settle_server(connection, conversation_id)


def put_on(connection: sqlite3.Connection, conversation_id: str, last_id: str) -> None:
    """Put a conversation on the line that ends with this message."""
    _put_on(connection, conversation_id, set(_before(connection, last_id)))


def _put_on(connection: sqlite3.Connection, conversation_id: str, wanted: set[str]) -> None:
    shown: set[str] = {
        row[0]
        for row in connection.execute(
            "SELECT id FROM messages WHERE conversation_id = ? AND shown", (conversation_id,)
        )
    }
    connection.executemany(
        "UPDATE messages SET shown = 0 WHERE id = ?", [(gone,) for gone in shown - wanted]
    )
    connection.executemany(
        "UPDATE messages SET shown = 1 WHERE id = ?", [(new,) for new in wanted - shown]
    )


def show_again(
    connection: sqlite3.Connection, conversation_id: str, message_id: str, now: float
) -> None:
    """Put a conversation back on the line through one of its messages, if it has left it.

    Raises:
        StoreError: it has, and an answer of the conversation is arriving.
    """
    row: tuple[int] | None = connection.execute(
        "SELECT shown FROM messages WHERE id = ? AND conversation_id = ?",
        (message_id, conversation_id),
    ).fetchone()
    if row is not None and not row[0]:
        show(connection, message_id, now)


def settle_server(connection: sqlite3.Connection, conversation_id: str) -> None:
    """Find the server conversation that holds the shown line and nothing else; none may.

    A server conversation only grows (`api.md` section 5): one that holds a turn of another line
    as well cannot go on with this one.
    """
    row: tuple[str, str] | None = connection.execute(
        """
        SELECT server_id, server FROM messages
        WHERE conversation_id = ? AND shown AND server_id IS NOT NULL
        ORDER BY position DESC LIMIT 1
        """,
        (conversation_id,),
    ).fetchone()
    if row is not None:
        elsewhere = connection.execute(
            """
            SELECT 1 FROM messages
            WHERE conversation_id = ? AND NOT shown AND server_id = ? AND server = ?
            """,
            (conversation_id, *row),
        ).fetchone()
        row = None if elsewhere else row
    connection.execute(
        "UPDATE conversations SET server_id = ?, server = ? WHERE id = ?",
        (*(row or (None, None)), conversation_id),
    )


def branch(
    connection: sqlite3.Connection, conversation: Conversation, message_id: str, now: float
) -> None:
    """Make `conversation` a new one that begins with the line up to and with this message.

    Raises:
        StoreError: the message is gone, or is still arriving.
    """
    origin_id, _, _ = _known(connection, message_id)
    line = _before(connection, message_id)
    status: tuple[str] = connection.execute(
        "SELECT status FROM messages WHERE id = ?", (message_id,)
    ).fetchone()
    if status[0] == Status.STREAMING:
        raise StoreError("this answer is still arriving; branch when it has ended")
    connection.execute(
        """
        INSERT INTO conversations (
            id, title, folded_title, renamed, model, preset, refs, created_at, updated_at,
            changed_at, origin_id, origin_message_id
        )
        SELECT ?1, ?2, ?3, 1, model, preset, refs, ?4, ?4, ?4, id, ?5
        FROM conversations WHERE id = ?6
        """,
        (
            conversation.id,
            stored(conversation.title),
            folded(conversation.title),
            now,
            message_id,
            origin_id,
        ),
    )
    parent: str | None = None
    for position, original in enumerate(line, 1):
        copy = new_id()
        connection.execute(
            """
            INSERT INTO messages (
                id, conversation_id, parent_id, position, role, status, model, created_at,
                changed_at, seconds, first_seconds, carried, error_code, error_message,
                error_trace_id, refs, preset, text
            )
            SELECT
                ?, ?, ?, ?, role, status, model, created_at, changed_at, seconds, first_seconds,
                carried, error_code, error_message, error_trace_id, refs, preset, text
            FROM messages WHERE id = ?
            """,
            (copy, conversation.id, parent, position, original),
        )
        parent = copy


def _known(connection: sqlite3.Connection, message_id: str) -> _Place:
    place = place_of(connection, message_id)
    if place is None:
        raise StoreError("this message is gone")
    row: tuple[float | None] = connection.execute(
        "SELECT deleted_at FROM conversations WHERE id = ?", (place[0],)
    ).fetchone()
    if row[0] is not None:
        raise UnknownConversation("this conversation was deleted")
    return place


def _refuse_while_streaming(
    connection: sqlite3.Connection, conversation_id: str, *, beside: str | None
) -> None:
    """Refuse where an answer is arriving, unless to the question `beside`: it stays as a version.

    Raises:
        StoreError: one is.
    """
    if connection.execute(
        """
        SELECT 1 FROM messages
        WHERE conversation_id = ? AND status = 'streaming' AND parent_id IS NOT ?
        """,
        (conversation_id, beside),
    ).fetchone():
        raise StoreError("an answer of this conversation is still arriving")


def _before(connection: sqlite3.Connection, message_id: str) -> list[str]:
    """Return the ids of the line that leads to a message, from its first one, with itself."""
    rows: list[tuple[str]] = connection.execute(
        """
        WITH RECURSIVE line (id, parent_id, position) AS (
            SELECT id, parent_id, position FROM messages WHERE id = ?
            UNION ALL
            SELECT m.id, m.parent_id, m.position
            FROM messages AS m JOIN line ON m.id = line.parent_id
        )
        SELECT id FROM line ORDER BY position
        """,
        (message_id,),
    ).fetchall()
    return [row[0] for row in rows]


def _after(connection: sqlite3.Connection, message_id: str) -> list[str]:
    """Return the ids of what was last said after a message."""
    conversation_id, _, position = _known(connection, message_id)
    rows: list[tuple[str, str]] = connection.execute(
        """
        SELECT parent_id, id FROM messages
        WHERE conversation_id = ? AND position > ? ORDER BY number
        """,
        (conversation_id, position),
    ).fetchall()
    # Later ones take the place of earlier ones.
    newest = dict(rows)
    line: list[str] = []
    last = message_id
    while (following := newest.get(last)) is not None:
        line.append(following)
        last = following
    return line
