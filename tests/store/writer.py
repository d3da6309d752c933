"""A program of its own that writes to a store, for the tests of several processes."""

import asyncio
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path

from acechat.errors import NOT_SENT
from acechat.models import Conversation, Failure, Message, Role, Status
from acechat.store import migrations
from acechat.store.conversations import ConversationStore


async def stream(path: Path, name: str) -> None:
    """Begin an answer, keep a part of it, say so, and go on until killed."""
    store = await ConversationStore.open(path)
    question = Message(f"{name}-q", name, Role.USER, f"question of {name}")
    answer = Message(f"{name}-a", name, Role.ASSISTANT, "", Status.STREAMING)
    await store.begin_turn(Conversation(name), question, answer)
    await store.checkpoint(answer.id, "the part that arrived")
    print("ready", flush=True)
    number = 0
    while True:
        number += 1
        await store.checkpoint(answer.id, "the part that arrived" + " and more" * number)


async def wait(path: Path, name: str) -> None:
    """Begin an answer that waits for others to end, and stay so until killed."""
    store = await ConversationStore.open(path)
    question = Message(f"{name}-q", name, Role.USER, f"question of {name}")
    unsent = Failure(NOT_SENT, "not sent: the program ended")
    answer = Message(f"{name}-a", name, Role.ASSISTANT, "", Status.STREAMING, error=unsent)
    await store.begin_turn(Conversation(name), question, answer)
    sent = replace(answer, id=f"{name}-2", conversation_id=f"{name}-2")
    other = replace(question, id=f"{name}-q2", conversation_id=f"{name}-2")
    await store.begin_turn(Conversation(f"{name}-2"), other, sent)
    await store.leave_line(sent.id)
    print("ready", flush=True)
    await asyncio.Event().wait()


async def fill(path: Path, name: str, count: int = 25) -> None:
    """Store whole turns as fast as possible."""
    store = await ConversationStore.open(path)
    for number in range(count):
        key = f"{name}-{number}"
        question = Message(f"{key}-q", key, Role.USER, key)
        answer = Message(f"{key}-a", key, Role.ASSISTANT, "", Status.STREAMING)
        await store.begin_turn(Conversation(key), question, answer)
        await store.checkpoint(answer.id, "half")
        await store.finish_turn(replace(answer, text="all", status=Status.COMPLETE), unread=False)
    await store.close()
    print("ready", flush=True)


async def back_up(path: Path, _: str) -> None:
    """Make the daily backup, and say where it is."""
    store = await ConversationStore.open(path)
    print(await store.back_up(), flush=True)
    await store.close()


async def migrate(path: Path, pause: str) -> None:
    """Bring a file up to date; stop in the middle, say so, and wait, where `pause` is "pause"."""

    def stop_here(connection: sqlite3.Connection) -> None:
        first.apply(connection)
        connection.execute("DELETE FROM drafts")
        # So much that SQLite writes into the file before the end.
        connection.execute("CREATE TABLE filler (text)")
        connection.execute("PRAGMA cache_size = 1")
        for _ in range(50):
            connection.execute("INSERT INTO filler VALUES (zeroblob(10000))")
        print("ready", flush=True)
        sys.stdin.read()

    first = migrations.STEPS[1]
    if pause == "pause":
        steps = (migrations.STEPS[0], replace(first, apply=stop_here), *migrations.STEPS[2:])
        migrations.migrate.__defaults__ = (steps,)
    store = await ConversationStore.open(path)
    print("ready", await store.count(), flush=True)
    await store.close()


if __name__ == "__main__":
    works = {"stream": stream, "wait": wait, "fill": fill, "back-up": back_up, "migrate": migrate}
    work = works[sys.argv[1]]
    asyncio.run(work(Path(sys.argv[2]), sys.argv[3]))
