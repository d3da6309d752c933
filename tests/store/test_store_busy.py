"""Another program that holds the file: what waits, what goes on, and what ends the waiting."""

import asyncio
import sqlite3
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from acechat.errors import StoreBusy, StoreError
from acechat.models import Conversation, Status, new_id
from acechat.store import thread
from acechat.store.conversations import ConversationStore
from store.samples import ask, begin, turn


@contextmanager
def held(
    file: Path, how: Literal["IMMEDIATE", "EXCLUSIVE"] = "IMMEDIATE"
) -> Generator[sqlite3.Connection]:
    """Hold the file as another program does: to write soon, or so that nobody can read it."""
    other = sqlite3.connect(file, isolation_level=None)
    try:
        other.execute(f"BEGIN {how}")
        yield other
        if other.in_transaction:
            other.execute("ROLLBACK")
    finally:
        other.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for an hour, so that only what ends the waiting early can end it in a test."""
    monkeypatch.setattr(thread, "BUSY_SECONDS", 3600.0)


@pytest.mark.usefixtures("patient")
async def test_a_write_waits_until_it_can_be(store: ConversationStore, file: Path) -> None:
    with held(file) as other:
        writing = asyncio.create_task(ask(store, "waited"))
        await asyncio.sleep(thread.WAIT_SECONDS * 3)
        assert not writing.done()
        other.execute("ROLLBACK")
        conversation = await writing
    assert len(await store.messages(conversation.id)) == 2


@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
async def test_after_the_wait_the_store_is_called_busy(
    store: ConversationStore,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    how: Literal["IMMEDIATE", "EXCLUSIVE"],
) -> None:
    monkeypatch.setattr(thread, "BUSY_SECONDS", 0.1)
    with held(file, how):
        with pytest.raises(StoreBusy) as raised:
            async with asyncio.timeout(15):
                await store.save_draft("", "x")
        assert str(raised.value) == (
            f"the conversations cannot be written: store busy, {file} is locked by another program"
        )
    await store.save_draft("", "x")


async def test_nobody_writes_between_what_a_write_reads_and_what_it_writes(
    store: ConversationStore, file: Path
) -> None:
    def work(connection: sqlite3.Connection) -> None:
        connection.execute("SELECT 1 FROM conversations").fetchall()
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreBusy):
        await store._database.write(work, wait=False)


async def test_keys_are_taken_while_a_write_waits(
    store: ConversationStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread, "BUSY_SECONDS", 0.3)
    with held(file):
        writing = asyncio.create_task(store.save_draft("", "x"))
        turns = 0
        while not writing.done():
            turns += 1
            await asyncio.sleep(0)
        with pytest.raises(StoreBusy):
            await writing
    assert turns > 100


@pytest.mark.usefixtures("patient")
async def test_what_is_kept_can_be_read_while_a_write_waits(
    store: ConversationStore, file: Path
) -> None:
    conversation = await ask(store)
    with held(file) as other:
        writing = asyncio.create_task(store.save_draft("", "waits"))
        await asyncio.sleep(0)
        async with asyncio.timeout(15):
            for _ in range(3):
                assert len(await store.messages(conversation.id)) == 2
                assert await store.conversations() == [conversation]
        assert not writing.done()
        other.execute("ROLLBACK")
        await writing
    assert await store.draft("") == "waits"


@pytest.mark.usefixtures("patient")
async def test_what_cannot_be_read_meanwhile_is_read_in_its_turn(
    store: ConversationStore, file: Path
) -> None:
    conversation = await ask(store)
    with held(file, "EXCLUSIVE") as other:
        writing = asyncio.create_task(store.save_draft("", "waits"))
        reading = asyncio.create_task(store.messages(conversation.id))
        await asyncio.sleep(thread.WAIT_SECONDS * 4)
        assert not reading.done()
        other.execute("ROLLBACK")
        await writing
        assert len(await reading) == 2


@pytest.mark.usefixtures("patient")
async def test_whoever_does_not_wait_hears_at_once(store: ConversationStore, file: Path) -> None:
    conversation, _, answer = await begin(store)
    ended = replace(answer, text="all of it", status=Status.STOPPED)
    with held(file) as other:
        # A write that waits is in front of it.
        checkpoint = asyncio.create_task(store.checkpoint(answer.id, "so far"))
        await asyncio.sleep(0)
        with pytest.raises(StoreBusy):
            await store.finish_turn(ended, unread=False, wait=False)
        other.execute("ROLLBACK")
        await checkpoint
    assert (await store.messages(conversation.id))[1].text == "so far"
    await store.finish_turn(ended, unread=False, wait=False)
    assert (await store.messages(conversation.id))[1].text == "all of it"


@pytest.mark.usefixtures("patient")
async def test_a_question_that_is_taken_back_while_it_waits_is_not_stored(
    store: ConversationStore, file: Path
) -> None:
    conversation = Conversation(new_id())
    question, answer = turn(conversation)
    with held(file):
        asking = asyncio.create_task(store.begin_turn(conversation, question, answer))
        await asyncio.sleep(thread.WAIT_SECONDS * 2)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert await store.conversations() == []
    assert await store.messages(conversation.id) == []


@pytest.mark.usefixtures("patient")
async def test_a_question_that_is_taken_back_behind_others_is_not_stored(
    store: ConversationStore, file: Path
) -> None:
    conversation = Conversation(new_id())
    question, answer = turn(conversation)
    with held(file) as other:
        writing = asyncio.create_task(store.save_draft("", "waits"))
        await asyncio.sleep(0)
        asking = asyncio.create_task(store.begin_turn(conversation, question, answer))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        other.execute("ROLLBACK")
        await writing
    assert await store.conversations() == []


async def test_a_question_that_is_taken_back_too_late_is_known_to_be_stored(
    store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, going_on = threading.Event(), threading.Event()
    claim = store._owner.claim

    def slow() -> str:
        # Within the transaction, on the thread of the store.
        begun.set()
        going_on.wait(10)
        return claim()

    monkeypatch.setattr(store._owner, "claim", slow)
    conversation = Conversation(new_id())
    question, answer = turn(conversation)
    asking = asyncio.create_task(store.begin_turn(conversation, question, answer))
    await asyncio.to_thread(begun.wait, 10)
    asking.cancel()
    await asyncio.sleep(0)
    going_on.set()
    await asking
    assert len(await store.messages(conversation.id)) == 2


@pytest.mark.usefixtures("patient")
async def test_leaving_waits_for_nobody(store: ConversationStore, file: Path) -> None:
    await ask(store)
    with held(file, "EXCLUSIVE"):
        waiting = [
            asyncio.create_task(store.save_draft("", "typed")),
            asyncio.create_task(store.conversations()),
        ]
        await asyncio.sleep(thread.WAIT_SECONDS * 2)
        store.hurry()
        for each in waiting:
            with pytest.raises(StoreBusy):
                await each
        with pytest.raises(StoreBusy):
            await store.count()
        await store.close()


@pytest.mark.usefixtures("patient")
async def test_opening_that_is_given_up_ends_its_thread(file: Path) -> None:
    await (await ConversationStore.open(file)).close()
    before = set(threading.enumerate())
    with held(file, "EXCLUSIVE"):
        opening = asyncio.create_task(ConversationStore.open(file))
        await asyncio.sleep(thread.WAIT_SECONDS * 2)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        for each in set(threading.enumerate()) - before:
            await asyncio.to_thread(each.join, 20)
            assert not each.is_alive()


async def test_news_of_another_window_is_not_lost_with_the_one_who_asked_for_it(
    store: ConversationStore, other: ConversationStore
) -> None:
    await ask(other)
    asking = asyncio.create_task(store.changed())
    await asyncio.sleep(0)
    # The look is over, and its outcome has not been heard yet.
    store._database._submit(lambda: None, "read").future.result(10)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await store.changed()
    assert not await store.changed()


async def test_a_mistake_of_this_program_is_not_hidden(store: ConversationStore) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        raise RuntimeError("a mistake")

    with pytest.raises(RuntimeError, match="a mistake"):
        await store._database.write(broken)
    with pytest.raises(RuntimeError, match="a mistake"):
        await store._database.read(broken)
    with pytest.raises(StoreError, match="no such table"):
        await store._database.read(lambda connection: connection.execute("SELECT 1 FROM nowhere"))
    await ask(store)
