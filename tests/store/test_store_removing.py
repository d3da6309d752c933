"""Deleting and archiving several at once, and removing for good a little at a time."""

from dataclasses import replace

import pytest

from acechat.errors import UnknownConversation
from acechat.models import SearchQuery
from acechat.store import removing
from acechat.store.conversations import ConversationStore
from store.samples import Clock, ask, begin, reopened


async def listed(store: ConversationStore) -> set[str]:
    return {conversation.title for conversation in await store.conversations()}


async def test_several_are_deleted_and_brought_back_together(store: ConversationStore) -> None:
    one, two, three = [await ask(store, name) for name in ("one", "two", "three")]
    await store.delete(one.id, three.id)
    assert await listed(store) == {"two"}
    await store.restore(one.id, three.id)
    assert await listed(store) == {"one", "two", "three"}
    assert await store.conversation(two.id) == two


async def test_several_are_archived_together_and_others_stay_as_they_were(
    store: ConversationStore,
) -> None:
    one, two, three = [await ask(store, name) for name in ("one", "two", "three")]
    await store.archive(one.id, archived=True)
    before = (await store.changes())[one.id]
    await store.archive(one.id, two.id, archived=True)
    assert await listed(store) == {"three"}
    # Other machines are told of what changed, and of nothing else.
    assert (await store.changes())[one.id] == before
    assert (await store.changes())[three.id] == three.changed_at
    await store.archive(one.id, two.id, archived=False)
    assert await listed(store) == {"one", "two", "three"}


async def test_those_older_than_a_time_but_not_pinned_ones_nor_those_being_answered(
    store: ConversationStore,
) -> None:
    clock = store._clock
    assert isinstance(clock, Clock)
    clock.now = 1_000.0
    old = await ask(store, "old")
    archived = await ask(store, "archived")
    await store.archive(archived.id, archived=True)
    pinned = await ask(store, "pinned")
    await store.save_conversation(replace(pinned, pinned=True), was=pinned)
    gone = await ask(store, "gone")
    await store.delete(gone.id)
    await begin(store, "arriving")
    used_again = await ask(store, "used again")
    clock.now = 5_000.0
    await ask(store, "and on", conversation=used_again)
    await ask(store, "new")
    assert set(await store.older_than(5_000.0)) == {old.id, archived.id}
    assert await store.older_than(1_000.0) == []


async def test_what_is_gone_for_good_is_removed_bit_by_bit_and_is_nowhere_meanwhile(
    store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "PURGED", 3)
    kept = await ask(store, "kept needle")
    gone = [await ask(store, f"secret needle {number}") for number in range(4)]
    for number in range(3):
        await ask(store, f"more secrets {number}", conversation=gone[0])
    await store.save_draft(gone[3].id, "a secret draft")
    while await store.index_some():
        pass
    await store.delete(*(each.id for each in gone))
    again = await reopened(store)
    # Other machines may be told at once.
    assert set(await again.removals()) == {each.id for each in gone}
    assert await listed(again) == {"kept needle"}
    for each in gone:
        with pytest.raises(UnknownConversation):
            await again.restore(each.id)
    steps = 0
    while await again.purge_some():
        steps += 1
        found = await again.search(SearchQuery(words=("needle",)), 9)
        assert {hit.conversation_id for hit in found.hits} == {kept.id}
    assert steps > 3
    assert (await again.check()).endswith("conversations: 1, messages: 2")
    await again.close()
    assert store.path is not None
    assert b"secret" not in store.path.read_bytes()


async def test_what_is_being_removed_comes_back_whole_where_it_is_brought_in(
    store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "PURGED", 2)
    conversation = await ask(store, "q1", "a1")
    await ask(store, "q2", "a2", conversation)
    whole = await store.whole(conversation.id)
    await store.delete(conversation.id)
    again = await reopened(store)
    assert (await again.merge(whole)).is_new
    assert [m.text for m in await again.messages(conversation.id)] == ["q1", "a1", "q2", "a2"]
    while await again.purge_some():
        pass
    assert [m.text for m in await again.messages(conversation.id)] == ["q1", "a1", "q2", "a2"]
    assert await again.removals() == {}
    await again.close()


async def test_what_is_deleted_for_good_cannot_come_back(store: ConversationStore) -> None:
    conversation = await ask(store, "secret")
    await store.delete_for_good(conversation.id)
    assert list(await store.removals()) == [conversation.id]
    with pytest.raises(UnknownConversation):
        await store.restore(conversation.id)
