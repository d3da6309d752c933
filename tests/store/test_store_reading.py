"""Files that are only read: of a newer version, or not to be written."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from acechat.errors import StoreError
from acechat.folding import fold
from acechat.models import Conversation, SearchQuery, new_id
from acechat.store.conversations import ConversationStore
from acechat.store.migrations import STEPS
from store.samples import ask, begin, turn
from store.test_store_damage import content, kill, load, page_that_holds, spoil

NEWER = len(STEPS) + 1


async def make(file: Path) -> Conversation:
    """Store a conversation with a draft; its file is closed again."""
    store = await ConversationStore.open(file)
    conversation = await ask(store, "How do lifetimes differ?", "They name a region.")
    await store.save_draft(conversation.id, "half a thought")
    await store.index_some()
    await store.close()
    return conversation


def change(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def make_newer(file: Path) -> None:
    """Bring the file to a version that this program does not know, with a table of its own."""
    change(
        file,
        "CREATE TABLE tags (name TEXT)",
        "ALTER TABLE messages ADD COLUMN tokens INTEGER",
        f"PRAGMA user_version = {NEWER}",
    )


@pytest.fixture(params=["newer", "file", "folder"])
async def only_read(
    request: pytest.FixtureRequest, file: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Make a file that is only read; return why."""
    await make(file)
    if request.param == "newer":
        make_newer(file)
        return f"{file} was written by a newer acechat, so this one only reads it"
    closed = file if request.param == "file" else file.parent
    access = os.access

    def refused(path: Path, mode: int) -> bool:
        return access(path, mode) and not (path == closed and mode == os.W_OK)

    monkeypatch.setattr(os, "access", refused)
    return f"{file} is only read, because the {request.param} may not be written"


async def test_everything_can_be_read_and_nothing_is_written(only_read: str, file: Path) -> None:
    before = content(file)
    store = await ConversationStore.open(file)
    assert store.refusal == only_read
    assert store.notices() == []
    (conversation,) = await store.conversations()
    question, answer = await store.messages(conversation.id)
    assert (question.text, answer.text) == ("How do lifetimes differ?", "They name a region.")
    assert await store.draft(conversation.id) == "half a thought"
    assert await store.conversations(filter="lifetimes") == [conversation]
    hits = (await store.search(SearchQuery(words=(fold("region"),)), 10)).hits
    assert [hit.text for hit in hits] == ["They name a region."]
    assert [c.id async for c, _ in store.export_rows()] == [conversation.id]
    assert [whole.conversation.id async for whole in store.wholes()] == [conversation.id]
    assert (await store.check()).startswith("no damage found")
    assert await store.questions(5) == ["How do lifetimes differ?"]
    assert not await store.changed()
    # What runs by itself has nothing to do.
    assert await store.settle() == 0
    assert await store.index_some() == 0
    assert await store.back_up() is None
    await store.close()
    assert content(file) == before


async def test_every_write_says_why_it_cannot_be(only_read: str, file: Path) -> None:
    store = await ConversationStore.open(file)
    (conversation,) = await store.conversations()
    question, answer = turn(conversation)
    for write in (
        store.begin_turn(conversation, question, answer),
        store.checkpoint(answer.id, "text"),
        store.finish_turn(answer, unread=False),
        store.open_server_conversation(answer.id, "id", "server"),
        store.save_conversation(conversation),
        store.delete(conversation.id),
        store.restore(conversation.id),
        store.branch(Conversation(new_id()), question.id),
    ):
        with pytest.raises(StoreError) as raised:
            await write
        assert str(raised.value) == f"the conversations cannot be written: {only_read}"
    await store.close()


async def test_drafts_are_kept_until_the_end(only_read: str, file: Path) -> None:
    store = await ConversationStore.open(file)
    assert store.refusal == only_read
    (conversation,) = await store.conversations()
    assert not store.unkept_drafts
    await store.save_draft(conversation.id, "a whole thought")
    await store.save_draft("", "")
    assert await store.draft(conversation.id) == "a whole thought"
    assert await store.draft("") == ""
    assert store.unkept_drafts
    await store.save_draft(conversation.id, "")
    assert not store.unkept_drafts
    await store.close()


async def test_a_newer_file_that_lacks_what_is_read_is_refused_and_left_alone(file: Path) -> None:
    await make(file)
    change(
        file,
        "ALTER TABLE messages RENAME COLUMN text TO content",
        f"PRAGMA user_version = {NEWER}",
    )
    before = content(file)
    with pytest.raises(StoreError) as raised:
        await ConversationStore.open(file)
    assert str(raised.value) == (
        f"{file} has version {NEWER}, which cannot be read as it is (no such column: text); "
        f"this acechat knows versions up to {len(STEPS)} and left it alone"
    )
    assert content(file) == before


async def test_answers_that_were_arriving_stay_as_they_are_in_a_file_that_is_only_read(
    file: Path,
) -> None:
    store = await ConversationStore.open(file)
    conversation, _, _ = await begin(store)
    await store.close()
    make_newer(file)
    kill(file)
    before = content(file)
    store = await ConversationStore.open(file)
    assert len(await store.messages(conversation.id)) == 2
    await store.close()
    assert content(file) == before


async def test_an_earlier_version_that_may_not_be_written_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(file, 1)
    monkeypatch.setattr(os, "access", lambda path, mode: path != file)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    with pytest.raises(StoreError) as raised:
        await ConversationStore.open(file)
    assert str(raised.value) == (
        f"{file} has version 1 and would have to be brought up to date, "
        "but the file may not be written"
    )


async def test_a_damaged_file_that_may_not_be_written_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make(file)
    spoil(file, 0)
    monkeypatch.setattr(os, "access", lambda path, mode: path != file)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    with pytest.raises(StoreError) as raised:
        await ConversationStore.open(file)
    assert str(raised.value) == (
        f"{file} is damaged (file is not a database), and the file may not be written"
    )
    assert page_that_holds(file, b"lifetimes")
