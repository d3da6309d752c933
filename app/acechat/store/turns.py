"""What a turn writes. Every function is synchronous and runs inside a transaction of its caller."""

import sqlite3
from collections.abc import Sequence

from acechat.errors import PROCESS_ENDED, StoreError, UnknownConversation
from acechat.models import Conversation, Message, Status, title_of
from acechat.store import lines, queueing, search
from acechat.store.owners import Owner
from acechat.store.rows import folded, stored, stored_list, stored_or_none

ENDED = "the program ended while this answer was arriving"
"""Why an answer is interrupted whose process is gone."""


def begin(
    connection: sqlite3.Connection,
    owner: Owner,
    conversation: Conversation,
    question: Message,
    answers: Sequence[Message],
    *,
    replaces: str | None,
    beside: str | None,
    queued: int | None,
    now: float,
) -> None:
    """Store a question and its empty answers, as `ChatStore.begin_turn` says.

    Raises:
        StoreError: an answer of this conversation is streaming under a living owner, or the queued
            question was taken back.
        UnknownConversation: the conversation was deleted.
        OSError: this process cannot make itself known as an owner.
    """
    if _is_new(connection, conversation.id):
        _create(connection, conversation, now)
        _forget_new_draft(connection, question.text)
    else:
        _refuse_while_streaming(connection, owner, conversation.id, replaces)
    if queued is not None:
        queueing.take(connection, queued)
    first = answers[0]
    known = lines.place_of(connection, question.id)
    replaced = _replace(connection, question, replaces, first.id, known=known is not None)
    if (standing := question.id if known else beside) is not None:
        # Another window may have left the line in which the user saw it.
        lines.show_again(connection, conversation.id, standing, now)
    if known is None:
        parent, position = _place_for(connection, conversation.id, beside)
        lines.hide_from(connection, conversation.id, position)
        _insert(connection, question, parent, position, question.status, None, now)
    else:
        position = known[2]
        if not replaced:
            lines.hide_from(connection, conversation.id, position + 1)
    for answer in answers:
        _insert(
            connection,
            answer,
            question.id,
            position + 1,
            Status.STREAMING,
            owner.claim(),
            now,
            shown=answer is first,
        )
    connection.execute(
        "UPDATE conversations SET updated_at = ?1, changed_at = ?1, archived = 0 WHERE id = ?2",
        (now, conversation.id),
    )
    title = title_of(question.text)
    connection.execute(
        """
        UPDATE conversations SET title = ?, folded_title = ?
        WHERE id = ? AND title = '' AND NOT renamed
        """,
        (stored(title), folded(title), conversation.id),
    )
    if standing is None and queued is None:
        # What was asked before, what was made of it, and what was queued, was not the draft.
        connection.execute("DELETE FROM drafts WHERE conversation_id = ?", (conversation.id,))


def open_server_conversation(
    connection: sqlite3.Connection, answer_id: str, server_id: str, server: str
) -> None:
    """Keep the server's id of the conversation in which an answer stands, and who gave it.

    A server conversation belongs to one line: versions that stood in it before give it up.
    """
    place = lines.place_of(connection, answer_id)
    if place is None:
        return
    kept = (stored(server_id), stored(server))
    connection.execute(
        "UPDATE messages SET server_id = ?, server = ? WHERE id = ?", (*kept, answer_id)
    )
    connection.execute(
        """
        UPDATE messages SET server_id = NULL, server = NULL
        WHERE conversation_id = ? AND NOT shown AND server_id = ? AND server = ? AND id <> ?
        """,
        (place[0], *kept, answer_id),
    )
    lines.settle_server(connection, place[0])


def leave_line(connection: sqlite3.Connection, answer_id: str) -> None:
    """Note that the question of a streaming answer is being sent: it waited for others to end."""
    connection.execute(
        """
        UPDATE messages SET error_code = NULL, error_message = NULL
        WHERE id = ? AND status = 'streaming'
        """,
        (answer_id,),
    )


def checkpoint(connection: sqlite3.Connection, answer_id: str, text: str, now: float) -> None:
    """Keep the text of an answer that is still streaming."""
    connection.execute(
        "UPDATE messages SET text = ?, changed_at = ? WHERE id = ? AND status = 'streaming'",
        (stored(text), now, answer_id),
    )


def finish(connection: sqlite3.Connection, answer: Message, *, unread: bool, now: float) -> None:
    """Keep the final answer. Does nothing where it is gone, and never brings back what is deleted.

    Another process may have taken this one for dead and marked the answer as interrupted: what the
    one that received it says is right.
    """
    error = answer.error
    search.forget(connection, "id = ?", (answer.id,))
    connection.execute(
        """
        UPDATE messages SET
            text = ?, status = ?, seconds = ?, first_seconds = ?, owner = NULL, changed_at = ?,
            carried = ?,
            error_code = ?, error_message = ?, error_trace_id = ?
        WHERE id = ?
        """,
        (
            stored(answer.text),
            answer.status,
            answer.seconds,
            answer.first_seconds,
            now,
            answer.carried,
            None if error is None else stored(error.code),
            None if error is None else stored(error.message),
            None if error is None else stored_or_none(error.trace_id),
            answer.id,
        ),
    )
    connection.execute(
        """
        UPDATE conversations SET updated_at = ?1, changed_at = ?1, unread = unread OR ?2
        WHERE id = (SELECT conversation_id FROM messages WHERE id = ?3)
        """,
        (now, unread, answer.id),
    )


def gone_owners(connection: sqlite3.Connection, owner: Owner) -> list[str | None]:
    """Return the owners of streaming answers that can no longer write. Changes nothing.

    Raises:
        OSError: the owners' files cannot be read.
    """
    rows: list[tuple[str | None]] = connection.execute(
        "SELECT DISTINCT owner FROM messages WHERE status = 'streaming'"
    ).fetchall()
    return [name for (name,) in rows if not owner.is_alive(name)]


def interrupt(connection: sqlite3.Connection, gone: str | None) -> int:
    """Mark the streaming answers of an owner that is gone; return how many there were.

    One whose question was not sent yet says so itself.
    """
    return connection.execute(
        """
        UPDATE messages SET
            status = 'interrupted', owner = NULL,
            error_code = COALESCE(error_code, ?), error_message = COALESCE(error_message, ?)
        WHERE status = 'streaming' AND owner IS ?
        """,
        (PROCESS_ENDED, ENDED, gone),
    ).rowcount


def _is_new(connection: sqlite3.Connection, conversation_id: str) -> bool:
    row: tuple[float | None] | None = connection.execute(
        "SELECT deleted_at FROM conversations WHERE id = ?", (conversation_id,)
    ).fetchone()
    if row is not None and row[0] is not None:
        raise UnknownConversation("this conversation was deleted")
    return row is None


def _create(connection: sqlite3.Connection, conversation: Conversation, now: float) -> None:
    references = conversation.references
    connection.execute(
        """
        INSERT INTO conversations (
            id, title, folded_title, renamed, server_id, server, model, preset, refs, pinned,
            created_at, updated_at, unread
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            conversation.id,
            stored(conversation.title),
            folded(conversation.title),
            conversation.renamed,
            stored_or_none(conversation.server_id),
            stored_or_none(conversation.server),
            stored_or_none(conversation.model),
            stored_or_none(conversation.preset),
            None if references is None else stored_list(references),
            conversation.pinned,
            conversation.created_at or now,
            now,
            conversation.unread,
        ),
    )


def _forget_new_draft(connection: sqlite3.Connection, asked: str) -> None:
    """Clear the new conversation's draft where it is what was asked.

    It is kept up to half a second late, so it may be only the beginning of the question. Where it
    is something else it is being written in another window, and stays there.
    """
    row: tuple[str] | None = connection.execute(
        "SELECT text FROM drafts WHERE conversation_id = ''"
    ).fetchone()
    if row is not None and stored(asked).lstrip().startswith(row[0].strip()):
        connection.execute("DELETE FROM drafts WHERE conversation_id = ''")


def _refuse_while_streaming(
    connection: sqlite3.Connection, owner: Owner, conversation_id: str, replaces: str | None
) -> None:
    rows: list[tuple[str, str | None]] = connection.execute(
        "SELECT id, owner FROM messages WHERE conversation_id = ? AND status = 'streaming'",
        (conversation_id,),
    ).fetchall()
    for answer_id, name in rows:
        if name is not None and name == owner.id:
            # Only this process can know that its own answer ended without being stored.
            if answer_id != replaces:
                raise StoreError("an answer of this conversation is still arriving")
        elif owner.is_alive(name):
            raise StoreError("another window is receiving an answer of this conversation")
        else:
            interrupt(connection, name)


def _replace(
    connection: sqlite3.Connection,
    question: Message,
    replaces: str | None,
    by: str,
    *,
    known: bool,
) -> bool:
    """Remove the answer `replaces`; what came after it comes after the answer `by` now.

    Nothing is removed where it is no answer to a question that is `known`. Returns whether it stood
    on the line, in which the answer `by` then takes its place.
    """
    if replaces is None:
        return False
    search.forget(connection, "id = ?", (replaces,))
    removed: list[tuple[int]] = connection.execute(
        """
        DELETE FROM messages
        WHERE id = ? AND conversation_id = ? AND role = 'assistant' AND (? OR parent_id = ?)
        RETURNING shown
        """,
        (replaces, question.conversation_id, not known, question.id),
    ).fetchall()
    if removed:
        connection.execute("UPDATE messages SET parent_id = ? WHERE parent_id = ?", (by, replaces))
    return any(shown for (shown,) in removed)


def _place_for(
    connection: sqlite3.Connection, conversation_id: str, beside: str | None
) -> tuple[str | None, int]:
    """Return what comes before a new question, and its position: behind the end, or `beside`."""
    place = None if beside is None else lines.place_of(connection, beside)
    if place is not None and place[0] == conversation_id:
        return place[1], place[2]
    parent, position = lines.end_of(connection, conversation_id)
    return parent, position + 1


def _insert(
    connection: sqlite3.Connection,
    message: Message,
    parent: str | None,
    position: int,
    status: Status,
    owner: str | None,
    now: float,
    *,
    shown: bool = True,
) -> None:
    error = message.error
    connection.execute(
        """
        INSERT INTO messages (
            id, conversation_id, parent_id, position, shown, role, status, owner, model,
            created_at, changed_at, seconds, error_code, error_message, error_trace_id, refs,
            preset, text
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            message.id,
            message.conversation_id,
            parent,
            position,
            shown,
            message.role,
            status,
            owner,
            stored(message.model),
            message.created_at or now,
            now,
            message.seconds,
            None if error is None else stored(error.code),
            None if error is None else stored(error.message),
            None if error is None else stored_or_none(error.trace_id),
            stored_list(message.references),
            stored(message.preset),
            stored(message.text),
        ),
    )
