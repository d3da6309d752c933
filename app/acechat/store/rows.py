"""Rows of the tables, to and from the words of the program."""

import json
from collections.abc import Iterable

from acechat.errors import StoreError
from acechat.folding import fold
from acechat.models import Carried, Conversation, Failure, Message, Origin, Role, Status

SELECT_CONVERSATION = """
    SELECT
        id, title, renamed, server_id, server, model, preset, refs, pinned, created_at, updated_at,
        unread,
        (
            SELECT status FROM messages
            WHERE conversation_id = conversations.id AND shown AND role = 'assistant'
            ORDER BY position DESC LIMIT 1
        ),
        archived, origin_id, origin_message_id, changed_at
    FROM conversations WHERE deleted_at IS NULL
"""
"""Selects a `ConversationRow`; the subquery is the status of the newest answer."""

SELECT_MESSAGE = """
    SELECT
        id, conversation_id, role, text, status, model, preset, refs, created_at, seconds,
        error_code, error_message, error_trace_id, parent_id, server_id, server,
        changed_at, first_seconds, carried
    FROM messages
"""
"""Selects a `MessageRow`."""

ConversationRow = tuple[
    str,
    str,
    int,
    str | None,
    str | None,
    str | None,
    str | None,
    str | None,
    int,
    float,
    float,
    int,
    str | None,
    int,
    str | None,
    str | None,
    float,
]
"""What `SELECT_CONVERSATION` selects."""

MessageRow = tuple[
    str,
    str,
    str,
    str,
    str,
    str,
    str,
    str,
    float,
    float | None,
    str | None,
    str | None,
    str | None,
    str | None,
    str | None,
    str | None,
    float,
    float | None,
    str,
]
"""What `SELECT_MESSAGE` selects."""


def stored(text: str) -> str:
    """Return `text` as it can be kept: halves of surrogate pairs joined, lone ones replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        # As UTF-16 the halves of a pair stand side by side and are read as one character.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def stored_or_none(text: str | None) -> str | None:
    """Return `text` as it can be kept, or None."""
    return None if text is None else stored(text)


def stored_list(texts: Iterable[str]) -> str:
    """Return `texts` as the JSON in which references are kept."""
    return json.dumps([stored(text) for text in texts], ensure_ascii=False)


def folded(text: str) -> str:
    """Return `text` for comparing as a reader would: neither case, accents nor width matter."""
    return fold(stored(text))


def _references(column: str) -> tuple[str, ...]:
    # Most rows have none, and a conversation of 10,000 messages is read at once.
    return () if column == "[]" else tuple(json.loads(column))


def conversation_of(row: ConversationRow) -> Conversation:
    """Return the conversation of a row.

    Raises:
        StoreError: the row holds what this program never writes.
    """
    try:
        return Conversation(
            id=row[0],
            title=row[1],
            renamed=bool(row[2]),
            server_id=row[3],
            server=row[4],
            model=row[5],
            preset=row[6],
            references=None if row[7] is None else _references(row[7]),
            pinned=bool(row[8]),
            created_at=row[9],
            updated_at=row[10],
            unread=bool(row[11]),
            status=None if row[12] is None else Status(row[12]),
            archived=bool(row[13]),
            changed_at=row[16],
            origin=None if row[14] is None else Origin(row[14], row[15] or ""),
        )
    except ValueError as error:
        raise StoreError(f"the conversation {row[0]} cannot be read: {error}") from error


def message_of(row: MessageRow, version: int = 1, versions: int = 1) -> Message:
    """Return the message of a row, which is one of `versions` in its place.

    Raises:
        StoreError: the row holds what this program never writes.
    """
    try:
        return Message(
            id=row[0],
            conversation_id=row[1],
            role=Role(row[2]),
            text=row[3],
            status=Status(row[4]),
            model=row[5],
            preset=row[6],
            references=_references(row[7]),
            created_at=row[8],
            seconds=row[9],
            first_seconds=row[17],
            carried=Carried(row[18]),
            error=None if row[10] is None else Failure(row[10], row[11] or "", row[12]),
            parent_id=row[13],
            server_id=row[14],
            server=row[15],
            changed_at=row[16],
            version=version,
            versions=versions,
        )
    except ValueError as error:
        raise StoreError(f"the message {row[0]} cannot be read: {error}") from error
