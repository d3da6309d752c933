"""What the user changes of a conversation.

Every function is synchronous and runs inside a transaction of its caller.
"""

import sqlite3
from dataclasses import replace
from typing import TypeVar

from acechat.errors import UnknownConversation
from acechat.models import Conversation
from acechat.store import search
from acechat.store.owners import Owner
from acechat.store.rows import (
    SELECT_CONVERSATION,
    ConversationRow,
    conversation_of,
    folded,
    stored,
    stored_list,
    stored_or_none,
)

T = TypeVar("T")


def save(
    connection: sqlite3.Connection,
    conversation: Conversation,
    was: Conversation | None,
    now: float,
) -> None:
    """Keep what the user can choose of a conversation, or only what differs from `was`."""
    if was is not None:
        row: ConversationRow | None = connection.execute(
            SELECT_CONVERSATION + " AND id = ?", (conversation.id,)
        ).fetchone()
        if row is None:
            return
        kept = conversation_of(row)
        conversation = _merged(conversation, was, kept)
        if replace(conversation, unread=kept.unread) == kept:
            # Having been read is no change that another machine would want to know of.
            now = kept.changed_at
    references = conversation.references
    connection.execute(
        """
        UPDATE conversations SET
            title = ?, folded_title = ?, renamed = ?, model = ?, preset = ?, refs = ?,
            pinned = ?, unread = ?, archived = ?, changed_at = ?
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
            conversation.unread,
            conversation.archived,
            now,
            conversation.id,
        ),
    )


def delete(connection: sqlite3.Connection, owner: Owner, conversation_id: str, now: float) -> None:
    """Hide a conversation for as long as this process lives and can bring it back.

    Raises:
        OSError: this process cannot make itself known as an owner.
    """
    connection.execute(
        "UPDATE conversations SET deleted_at = ?, deleted_by = ? WHERE id = ?",
        (now, owner.claim(), conversation_id),
    )


def restore(connection: sqlite3.Connection, conversation_id: str) -> None:
    """Undo `delete`.

    Raises:
        UnknownConversation: the conversation is not in the file any more.
    """
    changed = connection.execute(
        "UPDATE conversations SET deleted_at = NULL, deleted_by = NULL WHERE id = ?",
        (conversation_id,),
    ).rowcount
    if not changed:
        raise UnknownConversation("this conversation is gone and cannot be brought back")


def gone_deleters(connection: sqlite3.Connection, owner: Owner) -> list[str | None]:
    """Return who deleted conversations and can no longer bring them back. Changes nothing.

    Raises:
        OSError: the owners' files cannot be read.
    """
    rows: list[tuple[str | None]] = connection.execute(
        "SELECT DISTINCT deleted_by FROM conversations WHERE deleted_at IS NOT NULL"
    ).fetchall()
    return [name for (name,) in rows if not owner.is_alive(name)]


def purge(connection: sqlite3.Connection, gone: str | None) -> None:
    """Remove for good what an owner that is gone had deleted, with messages and drafts."""
    search.forget(
        connection,
        """
        conversation_id IN (
            SELECT id FROM conversations WHERE deleted_at IS NOT NULL AND deleted_by IS ?
        )
        """,
        (gone,),
    )
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
        DELETE FROM drafts WHERE conversation_id IN (
            SELECT id FROM conversations WHERE deleted_at IS NOT NULL AND deleted_by IS ?1
            UNION ALL
            SELECT m.id FROM messages AS m JOIN conversations AS c ON c.id = m.conversation_id
            WHERE deleted_at IS NOT NULL AND deleted_by IS ?1
        )
        """,
        (gone,),
    )
    connection.execute(
        "DELETE FROM conversations WHERE deleted_at IS NOT NULL AND deleted_by IS ?", (gone,)
    )


def save_draft(connection: sqlite3.Connection, conversation_id: str, text: str, now: float) -> None:
    """Keep a draft; an empty text removes it."""
    if text:
        connection.execute(
            """
            INSERT INTO drafts (conversation_id, updated_at, text) VALUES (?1, ?2, ?3)
            ON CONFLICT (conversation_id) DO UPDATE SET updated_at = ?2, text = ?3
            """,
            (conversation_id, now, stored(text)),
        )
    else:
        connection.execute("DELETE FROM drafts WHERE conversation_id = ?", (conversation_id,))


def _merged(wanted: Conversation, was: Conversation, kept: Conversation) -> Conversation:
    """Return `kept` with what was changed from `was` to `wanted`."""
    return replace(
        kept,
        title=_changed(wanted.title, was.title, kept.title),
        renamed=_changed(wanted.renamed, was.renamed, kept.renamed),
        model=_changed(wanted.model, was.model, kept.model),
        preset=_changed(wanted.preset, was.preset, kept.preset),
        references=_changed(wanted.references, was.references, kept.references),
        pinned=_changed(wanted.pinned, was.pinned, kept.pinned),
        unread=_changed(wanted.unread, was.unread, kept.unread),
        archived=_changed(wanted.archived, was.archived, kept.archived),
    )


def _changed(wanted: T, was: T, kept: T) -> T:
    return kept if wanted == was else wanted
