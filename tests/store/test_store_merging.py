"""Conversations that are carried out of one store and into another."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from acechat.errors import StoreError
from acechat.jsonl import to_jsonl
from acechat.models import Conversation, Merged, SearchQuery, Status, new_id
from acechat.store.conversations import ConversationStore
from store.samples import Clock, ask, begin, turn


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncGenerator[ConversationStore]:
    """A store on another machine, whose clock is an hour ahead."""
    store = await ConversationStore.open(tmp_path / "elsewhere" / "c.db", clock=Clock(1_003_600.0))
    yield store
    await store.close()


async def carried(source: ConversationStore, target: ConversationStore, key: str) -> Merged:
    return await target.merge(await source.whole(key))


async def exported(store: ConversationStore) -> str:
    return "".join([to_jsonl(whole) async for whole in store.wholes()])


async def texts(store: ConversationStore, conversation: Conversation) -> list[str]:
    return [m.text for m in await store.messages(conversation.id)]


async def with_versions(store: ConversationStore) -> Conversation:
    """Store two turns, the second with two answers, in server conversations of their own."""
    conversation = await ask(store, "q1", "a1")
    question, first = turn(conversation, "q2")
    await store.begin_turn(conversation, question, first)
    await store.open_server_conversation(first.id, "s1", "s")
    await store.finish_turn(replace(first, text="a2", status=Status.COMPLETE), unread=False)
    second = turn(conversation)[1]
    await store.begin_turn(conversation, question, second)
    await store.open_server_conversation(second.id, "s2", "s")
    await store.finish_turn(
        replace(second, text="a2, better", status=Status.COMPLETE), unread=False
    )
    await store.show_version(first.id)
    return await store.conversation(conversation.id)


async def test_what_is_brought_in_is_the_same_to_the_byte(
    store: ConversationStore, elsewhere: ConversationStore
) -> None:
    conversation = await with_versions(store)
    branch = Conversation(new_id(), title="Branch")
    await store.branch(branch, (await store.messages(conversation.id))[1].id)
    archived = await ask(store, "杭州\x1b[31m", "old")
    await store.save_conversation(replace(archived, archived=True, pinned=True, preset="Terse"))
    async for whole in store.wholes():
        merged = await elsewhere.merge(whole)
        assert (merged.is_new, merged.added) == (True, len(whole.messages))
    assert await exported(elsewhere) == await exported(store)
    kept = await elsewhere.conversation(conversation.id)
    assert (kept.server_id, kept.server) == ("s1", "s")
    assert await texts(elsewhere, conversation) == ["q1", "a1", "q2", "a2"]
    hits = (await elsewhere.search(SearchQuery(words=("better",)), 9)).hits
    assert [hit.text for hit in hits] == ["a2, better"]


async def test_bringing_in_twice_doubles_nothing(
    store: ConversationStore, elsewhere: ConversationStore
) -> None:
    conversation = await with_versions(store)
    await carried(store, elsewhere, conversation.id)
    before = await exported(elsewhere)
    assert await carried(store, elsewhere, conversation.id) == Merged(False, 0, 0)
    assert await exported(elsewhere) == before


async def test_both_went_on_and_both_are_kept_as_lines(
    store: ConversationStore, elsewhere: ConversationStore
) -> None:
    conversation = await ask(store, "q1", "a1")
    await carried(store, elsewhere, conversation.id)
    await ask(store, "here", "a here", conversation)
    await ask(elsewhere, "there", "a there", conversation)
    assert (await carried(elsewhere, store, conversation.id)).added == 2
    assert (await carried(store, elsewhere, conversation.id)).added == 2
    # The line that was last used is the one that is shown, on both.
    for each in (store, elsewhere):
        assert await texts(each, conversation) == ["q1", "a1", "there", "a there"]
        shown = (await each.messages(conversation.id))[2]
        assert shown.versions == 2


async def test_the_newer_copy_of_a_message_and_of_a_title_stays(
    store: ConversationStore, elsewhere: ConversationStore
) -> None:
    conversation, _, answer = await begin(store, "q1")
    await store.checkpoint(answer.id, "half")
    await carried(store, elsewhere, conversation.id)
    assert await texts(elsewhere, conversation) == ["q1", "half"]
    await store.finish_turn(replace(answer, text="whole", status=Status.COMPLETE), unread=False)
    kept = await store.conversation(conversation.id)
    await store.save_conversation(replace(kept, title="named", renamed=True), was=kept)
    assert (await carried(store, elsewhere, conversation.id)).changed == 2
    assert await texts(elsewhere, conversation) == ["q1", "whole"]
    assert (await elsewhere.conversation(conversation.id)).title == "named"
    there = await elsewhere.conversation(conversation.id)
    await elsewhere.save_conversation(replace(there, title="newest"), was=there)
    assert await carried(store, elsewhere, conversation.id) == Merged(False, 0, 0)
    assert (await elsewhere.conversation(conversation.id)).title == "newest"


async def test_an_answer_that_is_arriving_here_is_not_touched(
    store: ConversationStore, elsewhere: ConversationStore
) -> None:
    conversation, _, answer = await begin(store, "q1")
    await carried(store, elsewhere, conversation.id)
    await elsewhere.finish_turn(
        replace(answer, text="from elsewhere", status=Status.COMPLETE), unread=False
    )
    await carried(elsewhere, store, conversation.id)
    assert (await store.messages(conversation.id))[1].status is Status.STREAMING


async def test_what_was_deleted_here_comes_back_when_it_is_brought_in(
    store: ConversationStore, elsewhere: ConversationStore
) -> None:
    conversation = await ask(store, "q1", "a1")
    await carried(store, elsewhere, conversation.id)
    await store.delete(conversation.id)
    await carried(elsewhere, store, conversation.id)
    assert await texts(store, conversation) == ["q1", "a1"]
    assert [c.id for c in await store.conversations()] == [conversation.id]


async def test_a_removal_elsewhere_is_followed_unless_it_was_changed_since(
    store: ConversationStore,
) -> None:
    conversation = await ask(store, "q1", "a1")
    changed_at = (await store.changes())[conversation.id]
    assert not await store.remove(conversation.id, changed_at - 1)
    assert await store.remove(conversation.id, changed_at + 1)
    assert await store.conversations() == []
    assert await store.removals() == {conversation.id: changed_at + 1}
    assert (await store.search(SearchQuery(words=("q1",)), 9)).hits == ()


async def test_a_message_of_another_conversation_is_not_taken_over(
    store: ConversationStore, elsewhere: ConversationStore
) -> None:
    conversation = await ask(store, "q1", "a1")
    whole = await store.whole(conversation.id)
    foreign = replace(whole, conversation=replace(whole.conversation, id="f" * 32))
    foreign = replace(
        foreign,
        messages=tuple(replace(m, conversation_id="f" * 32) for m in whole.messages),
    )
    with pytest.raises(StoreError, match="belongs to another conversation"):
        await store.merge(foreign)
    assert [c.id for c in await store.conversations()] == [conversation.id]
