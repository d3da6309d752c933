"""Listing, finding, changing and deleting conversations."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acechat.errors import StoreError, UnknownConversation
from acechat.models import Conversation, Status, new_id
from acechat.services.ports import ChatStore
from acechat.store.conversations import ConversationStore
from acechat.store.rows import stored
from store.samples import ask, begin, reopened, turn


def titles(conversations: list[Conversation]) -> list[str]:
    return [conversation.title for conversation in conversations]


async def test_services_can_use_it_as_their_store(store: ConversationStore) -> None:
    port: ChatStore = store
    assert await port.conversations() == []


async def test_newest_comes_first_and_pinned_on_top(store: ConversationStore) -> None:
    oldest = await ask(store, "one")
    await ask(store, "two")
    await ask(store, "three")
    assert titles(await store.conversations()) == ["three", "two", "one"]
    await store.save_conversation(replace(oldest, pinned=True))
    assert titles(await store.conversations()) == ["one", "three", "two"]
    newest = await store.newest()
    assert newest is not None
    assert newest.title == "three"


async def test_a_new_question_brings_a_conversation_to_the_top(store: ConversationStore) -> None:
    first = await ask(store, "one")
    await ask(store, "two")
    await ask(store, "again", conversation=first)
    assert titles(await store.conversations()) == ["one", "two"]


async def test_pages_follow_each_other_without_gap(store: ConversationStore) -> None:
    for number in range(7):
        await ask(store, f"q{number}")
    pages = [await store.conversations(limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert [titles(page) for page in pages] == [
        ["q6", "q5", "q4"],
        ["q3", "q2", "q1"],
        ["q0"],
        [],
    ]


async def test_an_empty_store(store: ConversationStore) -> None:
    assert await store.conversations() == []
    assert await store.newest() is None
    assert await store.count() == 0
    assert await store.questions(10) == []
    assert await store.recent_models(10) == []
    assert await store.draft("") == ""
    assert await store.messages("nobody") == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("RUST", ["Rust lifetimes"]),
        ("ébauche", ["Ébauche 100%"]),
        ("e\u0301BAU", ["Ébauche 100%"]),
        ("天气", ["杭州天气"]),
        ("привет", ["ПРИВЕТ snake_case"]),
        ("0%", ["Ébauche 100%"]),
        ("%", ["Ébauche 100%"]),
        ("e_c", ["ПРИВЕТ snake_case"]),
        ("_", ["ПРИВЕТ snake_case"]),
        ("'", []),
        ("\ud800", []),
        ("  rust ", ["Rust lifetimes"]),
        ("ＲＵＳＴ", ["Rust lifetimes"]),
        ("s", ["ПРИВЕТ snake_case", "Rust lifetimes"]),
        ("", ["ПРИВЕТ snake_case", "Ébauche 100%", "杭州天气", "Rust lifetimes"]),
    ],
)
async def test_filter_finds_a_part_of_a_title(
    store: ConversationStore, typed: str, found: list[str]
) -> None:
    for title in ("Rust lifetimes", "杭州天气", "Ébauche 100%", "ПРИВЕТ snake_case"):
        await ask(store, title)
    assert titles(await store.conversations(filter=typed)) == found
    assert await store.count(filter=typed) == len(found)


async def test_a_renamed_conversation_is_found_by_its_new_title_only(
    store: ConversationStore,
) -> None:
    conversation = await ask(store, "first title")
    await store.save_conversation(replace(conversation, title="Second", renamed=True))
    assert await store.conversations(filter="first") == []
    assert titles(await store.conversations(filter="second")) == ["Second"]


async def test_a_conversation_is_found_by_its_id_or_the_beginning_of_it(
    store: ConversationStore,
) -> None:
    for key in ("aaaa1111", "aaaa2222", "bbbbcccc"):
        await ask(store, key, conversation=Conversation(key))
    assert (await store.conversation("bbbbcccc")).title == "bbbbcccc"
    assert (await store.conversation("bbbb")).title == "bbbbcccc"
    assert (await store.conversation("aaaa1")).title == "aaaa1111"
    with pytest.raises(UnknownConversation, match=r"more than one .* “aaaa”; type more of it"):
        await store.conversation("aaaa")
    with pytest.raises(UnknownConversation, match="begins with “zzzz”"):
        await store.conversation("zzzz")
    for short in ("bbb", "", "%"):
        with pytest.raises(UnknownConversation, match="the first 4 characters"):
            await store.conversation(short)
    for hostile in ("%%%%", "____", "\x1b[2Jx", "\ud800\ud800\ud800\ud800"):
        with pytest.raises(UnknownConversation) as raised:
            await store.conversation(hostile)
        assert "\x1b" not in str(raised.value)


async def test_an_id_that_begins_another_is_found_by_itself(store: ConversationStore) -> None:
    for key in ("abcd", "abcdef"):
        await ask(store, key, conversation=Conversation(key))
    assert (await store.conversation("abcd")).id == "abcd"


async def test_everything_a_user_chose_is_there_after_reopening(store: ConversationStore) -> None:
    conversation = await ask(store)
    chosen = replace(
        conversation,
        title="Mine",
        renamed=True,
        model="grok-3",
        preset="",
        references=("https://example.com/a.png", "https://example.com/天气.pdf"),
        pinned=True,
        unread=True,
    )
    await store.save_conversation(chosen)
    again = await reopened(store)
    assert await again.conversation(conversation.id) == chosen
    await again.save_conversation(replace(chosen, references=(), preset=None, model=None))
    kept = await again.conversation(conversation.id)
    assert (kept.references, kept.preset, kept.model) == ((), None, None)
    await again.close()


async def test_saving_leaves_times_and_the_server_id_alone(store: ConversationStore) -> None:
    conversation, _, answer = await begin(store)
    await store.open_server_conversation(answer.id, "srv-1", "https://a/aichat")
    await store.save_conversation(
        replace(conversation, server_id="wrong", server="wrong", created_at=1, updated_at=2)
    )
    kept = await store.conversation(conversation.id)
    assert (kept.server_id, kept.server) == ("srv-1", "https://a/aichat")
    assert (kept.created_at, kept.updated_at) == (conversation.created_at, conversation.updated_at)


async def test_saving_a_conversation_that_was_never_asked_keeps_nothing(
    store: ConversationStore,
) -> None:
    await store.save_conversation(Conversation(new_id(), title="new"))
    await store.save_conversation(Conversation("x"), was=Conversation("x"))
    assert await store.conversations() == []


async def test_two_windows_that_change_different_things_lose_nothing(
    store: ConversationStore, other: ConversationStore
) -> None:
    seen = await ask(store)
    await other.save_conversation(replace(seen, title="Theirs", renamed=True), was=seen)
    await store.save_conversation(replace(seen, pinned=True), was=seen)
    kept = await store.conversation(seen.id)
    assert (kept.title, kept.renamed, kept.pinned) == ("Theirs", True, True)
    assert titles(await store.conversations(filter="theirs")) == ["Theirs"]


async def test_deleting_hides_a_conversation_until_it_is_restored(
    store: ConversationStore,
) -> None:
    conversation = await ask(store, "secret")
    await ask(store, "other")
    await store.delete(conversation.id)
    assert titles(await store.conversations()) == ["other"]
    assert await store.count() == 1
    assert await store.questions(5) == ["other"]
    with pytest.raises(UnknownConversation):
        await store.conversation(conversation.id)
    await store.restore(conversation.id)
    assert await store.conversation(conversation.id) == conversation
    assert [message.text for message in await store.messages(conversation.id)] == [
        "secret",
        "because",
    ]


async def test_a_deleted_conversation_is_gone_from_the_file_once_the_program_has_ended(
    store: ConversationStore,
) -> None:
    conversation = await ask(store, "a very secret question", "a very secret answer")
    await store.save_draft(conversation.id, "a very secret draft")
    (question, _) = await store.messages(conversation.id)
    await store.save_draft(question.id, "a very secret question, put better")
    await store.delete(conversation.id)
    again = await reopened(store)
    with pytest.raises(UnknownConversation, match="gone"):
        await again.restore(conversation.id)
    assert await again.messages(conversation.id) == []
    assert await again.draft(conversation.id) == ""
    await again.close()
    assert store.path is not None
    assert b"very secret" not in store.path.read_bytes()


async def test_another_window_does_not_take_away_the_undo(
    store: ConversationStore, other: ConversationStore
) -> None:
    conversation = await ask(store)
    await store.delete(conversation.id)
    third = await reopened(other)
    await third.close()
    await store.restore(conversation.id)
    assert len(await store.messages(conversation.id)) == 2


async def test_drafts_of_each_conversation_and_of_the_new_one(store: ConversationStore) -> None:
    conversation = await ask(store)
    await store.save_draft("", "for a new one")
    await store.save_draft(conversation.id, "half a thou")
    await store.save_draft(conversation.id, "half a thought\n\x00\ttab")
    again = await reopened(store)
    assert await again.draft("") == "for a new one"
    assert await again.draft(conversation.id) == "half a thought\n\x00\ttab"
    await again.save_draft("", "")
    assert await again.draft("") == ""
    assert await again.draft(conversation.id) != ""
    await again.close()


async def test_history_holds_each_question_once_newest_first(store: ConversationStore) -> None:
    first = await ask(store, "one")
    for text in ("two", "one", "three", "two"):
        await ask(store, text)
    assert await store.questions(10) == ["two", "three", "one"]
    assert await store.questions(2) == ["two", "three"]
    await ask(store, "one", conversation=first)
    assert await store.questions(1) == ["one"]


async def test_models_last_asked(store: ConversationStore) -> None:
    for model in ("a", "b", "a", "", "c"):
        conversation = Conversation(new_id())
        question, answer = turn(conversation, model=model)
        await store.begin_turn(conversation, question, answer)
    assert await store.recent_models(10) == ["c", "a", "b"]
    assert await store.recent_models(1) == ["c"]


async def test_export_gives_every_conversation_whole(store: ConversationStore) -> None:
    for text in ("one", "two", "three"):
        await ask(store, text)
    gone = await ask(store, "gone")
    await store.delete(gone.id)
    pinned = (await store.conversations())[-1]
    await store.save_conversation(replace(pinned, pinned=True))
    found = [(row.title, [m.text for m in messages]) async for row, messages in store.export_rows()]
    assert found == [
        ("three", ["three", "because"]),
        ("two", ["two", "because"]),
        ("one", ["one", "because"]),
    ]


async def test_export_goes_on_where_a_conversation_was_deleted_meanwhile(
    store: ConversationStore,
) -> None:
    for text in ("one", "two", "three"):
        await ask(store, text)
    found: list[str] = []
    async for row, _ in store.export_rows():
        found.append(row.title)
        for other in await store.conversations(filter="two"):
            await store.delete(other.id)
    assert found == ["three", "one"]


async def test_texts_come_back_as_they_were(store: ConversationStore) -> None:
    text = "NUL \x00 ESC \x1b[31m bidi \u202e seps \u2028\u2029\x85 杭州 👩\u200d💻 \r\n';--"
    conversation = await ask(store, text, text * 3)
    assert [message.text for message in await store.messages(conversation.id)] == [text, text * 3]
    assert await store.questions(1) == [text]


async def test_lone_surrogates_become_replacement_characters(store: ConversationStore) -> None:
    conversation, _, answer = await begin(store, "a\ud800b")
    await store.checkpoint(answer.id, "half \udc00")
    await store.open_server_conversation(answer.id, "id\ud800", "s")
    assert [m.text for m in await store.messages(conversation.id)] == ["a\ufffdb", "half \ufffd"]
    await store.finish_turn(
        replace(answer, text="\ud83d\ude00 \ud83d", status=Status.COMPLETE), unread=False
    )
    assert (await store.messages(conversation.id))[1].text == "😀 \ufffd"
    await store.save_conversation(replace(conversation, title="\udfff", references=("\udfff",)))
    await store.save_draft("", "\udfff")
    kept = await store.conversation(conversation.id)
    assert (kept.title, kept.references) == ("\ufffd", ("\ufffd",))
    assert kept.server_id == "id\ufffd"
    assert await store.draft("") == "\ufffd"


@given(st.text(st.characters()))
def test_any_text_can_be_kept(text: str) -> None:
    kept = stored(text)
    assert kept.encode().decode() == kept
    assert stored(kept) == kept


@given(st.text())
def test_a_text_that_can_be_kept_is_not_changed(text: str) -> None:
    assert stored(text) == text


async def test_a_row_that_no_acechat_wrote_is_named(store: ConversationStore) -> None:
    conversation = await ask(store)
    await store._database.write(lambda c: c.execute("UPDATE messages SET status = 'odd'"))
    with pytest.raises(StoreError, match=r"message .* cannot be read: 'odd'"):
        await store.messages(conversation.id)
    with pytest.raises(StoreError, match=f"conversation {conversation.id} cannot be read"):
        await store.conversations()


async def test_a_store_in_memory_works_alike() -> None:
    store = await ConversationStore.open(":memory:")
    conversation = await ask(store, "one")
    assert titles(await store.conversations()) == ["one"]
    assert [m.text for m in await store.messages(conversation.id)] == ["one", "because"]
    assert store.path is None
    await store.close()
