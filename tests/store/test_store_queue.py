"""Questions that wait for the answer before them: kept, asked once, given back."""

from dataclasses import replace

import pytest

from acechat.errors import StoreError
from acechat.models import Conversation, Status
from acechat.store.conversations import ConversationStore
from store.samples import ask, begin, reopened, turn


async def texts(store: ConversationStore, conversation: Conversation) -> list[str]:
    return [each.text for each in await store.queued(conversation.id)]


async def test_what_waits_was_the_draft_and_survives(store: ConversationStore) -> None:
    conversation, _, _ = await begin(store)
    await store.save_draft(conversation.id, "two")
    urls = ("https://example.com/a.png",)
    first = await store.enqueue(conversation.id, "two", urls)
    await store.enqueue(conversation.id, "three", ())
    assert (first.text, first.references) == ("two", urls)
    again = await reopened(store)
    assert (await again.queued(conversation.id))[0] == first
    assert await texts(again, conversation) == ["two", "three"]
    assert await again.draft(conversation.id) == ""
    await again.close()


async def test_it_leaves_the_queue_with_the_write_that_asks_it(store: ConversationStore) -> None:
    conversation = await ask(store)
    queued = await store.enqueue(conversation.id, "two", ())
    await store.save_draft(conversation.id, "being written")
    question, answer = turn(conversation, "two")
    await store.begin_turn(conversation, question, answer, queued=queued.number)
    assert await texts(store, conversation) == []
    # What is being written is no part of it.
    assert await store.draft(conversation.id) == "being written"


async def test_what_was_taken_back_is_not_asked(store: ConversationStore) -> None:
    conversation = await ask(store)
    queued = await store.enqueue(conversation.id, "two", ())
    assert await store.take_back(conversation.id) == [queued]
    with pytest.raises(StoreError, match="taken back"):
        await store.begin_turn(conversation, *turn(conversation, "two"), queued=queued.number)
    assert len(await store.messages(conversation.id)) == 2


async def test_where_asking_fails_it_waits_on(store: ConversationStore) -> None:
    conversation, _, _ = await begin(store)
    queued = await store.enqueue(conversation.id, "two", ())
    with pytest.raises(StoreError, match="still arriving"):
        await store.begin_turn(conversation, *turn(conversation, "two"), queued=queued.number)
    assert await texts(store, conversation) == ["two"]


async def test_it_comes_back_before_the_draft(store: ConversationStore) -> None:
    conversation, _, answer = await begin(store)
    for text in ("two", "three", "four"):
        await store.enqueue(conversation.id, text, ())
    await store.save_draft(conversation.id, "five")
    assert [each.text for each in await store.take_back(conversation.id, newest=True)] == ["four"]
    assert await store.draft(conversation.id) == "four\n\nfive"
    assert await store.take_back(conversation.id, idle=True) == []
    await store.finish_turn(replace(answer, status=Status.STOPPED), unread=False)
    await store.take_back(conversation.id, idle=True)
    assert await store.draft(conversation.id) == "two\n\nthree\n\nfour\n\nfive"
    assert await texts(store, conversation) == []


async def test_nothing_waits_in_a_deleted_conversation(store: ConversationStore) -> None:
    conversation = await ask(store)
    await store.delete(conversation.id)
    with pytest.raises(StoreError, match="deleted"):
        await store.enqueue(conversation.id, "two", ())
