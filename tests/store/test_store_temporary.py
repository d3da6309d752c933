"""A conversation of which nothing reaches the file."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from acechat.errors import UnknownConversation
from acechat.models import Conversation, SearchQuery, Status, new_id
from acechat.services.ports import TemporaryStore
from acechat.store.temporary import StoreWithTemporary
from store.samples import ask, turn


@pytest.fixture
async def both(file: Path) -> AsyncGenerator[StoreWithTemporary]:
    store = await StoreWithTemporary.open(file)
    _: TemporaryStore = store
    yield store
    await store.close()


async def said(store: StoreWithTemporary) -> Conversation:
    conversation = Conversation(new_id())
    await store.begin_temporary(conversation.id)
    await store.save_draft(conversation.id, "a secret draft")
    return await ask(store, "a secret question", "a secret answer", conversation)


async def test_it_is_read_and_written_like_any_other(both: StoreWithTemporary) -> None:
    conversation = await said(both)
    assert (conversation.title, conversation.temporary) == ("a secret question", True)
    question, first = await both.messages(conversation.id)
    again = turn(conversation.id)[1]
    await both.begin_turn(conversation, question, again)
    await both.checkpoint(again.id, "another")
    await both.finish_turn(
        replace(again, text="another answer", status=Status.COMPLETE), unread=False
    )
    assert await both.versions(first.id) == [first.id, again.id]
    assert (await both.message(again.id)).text == "another answer"
    await both.show_version(first.id)
    assert [m.text for m in await both.messages(conversation.id)] == [
        "a secret question",
        "a secret answer",
    ]
    await both.save_draft(question.id, "a secret edited")
    assert await both.draft(question.id) == "a secret edited"
    was = await both.conversation(conversation.id)
    await both.save_conversation(replace(was, model="grok-3"), was=was)
    assert (await both.conversation(conversation.id)).model == "grok-3"


async def test_no_list_search_or_statistics_knows_of_it_and_no_byte_of_it_is_stored(
    both: StoreWithTemporary,
) -> None:
    kept = await ask(both, "kept")
    await both.save_draft("", "for a new one")
    conversation = await said(both)
    while await both.index_some():
        pass
    assert [c.id for c in await both.conversations()] == [kept.id]
    assert await both.newest() == kept
    assert await both.questions(9) == ["kept"]
    assert (await both.search(SearchQuery(words=("secret",)), 9)).hits == ()
    assert conversation.id not in await both.changes()
    assert [whole.conversation.id async for whole in both.wholes()] == [kept.id]
    assert await both.draft("") == "for a new one"
    await both.back_up()
    assert both.path is not None
    for path in both.path.parent.rglob("*"):
        assert not path.is_file() or b"secret" not in path.read_bytes(), path


async def test_an_id_that_a_server_gives_all_the_same_is_not_used(
    both: StoreWithTemporary,
) -> None:
    conversation = await said(both)
    answer = (await both.messages(conversation.id))[-1]
    await both.open_server_conversation(answer.id, "s1", "https://api.test/aichat")
    assert (await both.conversation(conversation.id)).server_id is None


async def test_after_its_end_nothing_of_it_is_there_and_nothing_comes_in(
    both: StoreWithTemporary,
) -> None:
    conversation = await said(both)
    question, answer = await both.messages(conversation.id)
    await both.end_temporary()
    for late in (
        both.conversation(conversation.id),
        both.messages(conversation.id),
        both.checkpoint(answer.id, "secret"),
        both.finish_turn(answer, unread=False),
        both.begin_turn(conversation, question, answer),
        both.save_draft(conversation.id, "secret"),
    ):
        with pytest.raises(UnknownConversation, match="has ended"):
            await late
    assert await both.conversations() == []


async def test_it_can_be_kept(both: StoreWithTemporary) -> None:
    conversation = await said(both)
    await both.save_draft(conversation.id, "and on")
    await both.keep_temporary(conversation.id)
    kept = await both.conversation(conversation.id)
    assert (kept.title, kept.temporary) == ("a secret question", False)
    assert [m.text for m in await both.messages(kept.id)] == [
        "a secret question",
        "a secret answer",
    ]
    assert await both.draft(kept.id) == "and on"
    await ask(both, "more", conversation=kept)
    assert len(await both.messages(kept.id)) == 4
    assert [c.id for c in await both.conversations()] == [kept.id]
