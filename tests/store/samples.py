"""What the tests of this room store."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from acechat.models import Conversation, Message, Role, Status, new_id
from acechat.store.conversations import ConversationStore


class Clock:
    """A clock that moves on by one second each time it is read."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        self.now += 1
        return self.now


def turn(
    conversation: Conversation | str, text: str = "why?", *, model: str = "gpt-5.1"
) -> tuple[Message, Message]:
    """Return a question and its empty answer."""
    key = conversation if isinstance(conversation, str) else conversation.id
    question = Message(new_id(), key, Role.USER, text, model=model)
    return question, Message(new_id(), key, Role.ASSISTANT, "", Status.STREAMING, model=model)


async def begin(
    store: ConversationStore, text: str = "why?", conversation: Conversation | None = None
) -> tuple[Conversation, Message, Message]:
    """Begin a turn and return what was stored."""
    conversation = conversation or Conversation(new_id())
    question, answer = turn(conversation, text)
    await store.begin_turn(conversation, question, answer)
    return await store.conversation(conversation.id), question, answer


async def ask(
    store: ConversationStore,
    text: str = "why?",
    reply: str = "because",
    conversation: Conversation | None = None,
) -> Conversation:
    """Store a whole turn and return its conversation."""
    conversation, _, answer = await begin(store, text, conversation)
    await store.finish_turn(
        replace(answer, text=reply, status=Status.COMPLETE, seconds=1.5), unread=False
    )
    return await store.conversation(conversation.id)


async def reopened(store: ConversationStore) -> ConversationStore:
    """Close a store and return the same file opened again."""
    path = store.path
    assert path is not None
    await store.close()
    return await ConversationStore.open(path)


def everything(path: Path) -> list[Path]:
    """Return every file and folder under `path`."""
    return sorted(path.rglob("*"))


def dump(file: Path) -> list[str]:
    """Return everything that is in the file: its version, its schema, and all rows."""
    with closing(sqlite3.connect(file)) as connection:
        version: tuple[int] = connection.execute("PRAGMA user_version").fetchone()
        schema: list[tuple[str, str, str | None]] = connection.execute(
            "SELECT type, name, sql FROM sqlite_master ORDER BY name"
        ).fetchall()
        lines = [f"version {version[0]}", *map(repr, schema)]
        for kind, name, sql in schema:
            # What is in a virtual table is in tables of its own.
            if kind == "table" and sql is not None and not sql.startswith("CREATE VIRTUAL"):
                rows = connection.execute(f"SELECT * FROM {name}").fetchall()
                lines.extend(f"{name} {row!r}" for row in rows)
    return lines
