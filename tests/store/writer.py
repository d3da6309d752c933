"""A program of its own that writes to a store, for the tests of several processes."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from acechat.models import Conversation, Message, Role, Status
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


if __name__ == "__main__":
    work = {"stream": stream, "fill": fill, "back-up": back_up}[sys.argv[1]]
    asyncio.run(work(Path(sys.argv[2]), sys.argv[3]))
