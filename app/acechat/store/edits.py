"""What the user changes of a conversation.

Every function is synchronous and runs inside a transaction of its caller.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from acechat.models import Conversation
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


def archive(
    connection: sqlite3.Connection, conversation_ids: Sequence[str], now: float, *, archived: bool
) -> None:
    """Take conversations out of the list, or back into it; those that are so already stay alone."""
    connection.executemany(
        "UPDATE conversations SET archived = ?1, changed_at = ?2 WHERE id = ?3 AND archived <> ?1",
        [(archived, now, conversation_id) for conversation_id in conversation_ids],
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
