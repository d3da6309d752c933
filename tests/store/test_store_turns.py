"""A question and its answer, from Enter to the end."""

from dataclasses import replace

import pytest

from acechat.errors import PROCESS_ENDED, StoreError, UnknownConversation
from acechat.models import Conversation, Failure, Message, Role, Status, new_id
from acechat.store.conversations import ConversationStore
from store.samples import ask, begin, reopened, turn


async def shown(store: ConversationStore, conversation: Conversation) -> list[tuple[str, str]]:
    """Return text and status of the messages, as the transcript shows them."""
    return [(m.text, m.status.value) for m in await store.messages(conversation.id)]


async def test_a_question_is_kept_before_anything_is_sent(store: ConversationStore) -> None:
    conversation = Conversation(
        new_id(),
        model="gpt-5.1",
        preset="Be terse",
        references=("https://example.com/a.png",),
        created_at=5.0,
    )
    question = Message(
        new_id(),
        conversation.id,
        Role.USER,
        "  How do lifetimes\tdiffer?\nsecond line",
        model="gpt-5.1",
        preset="Be terse",
        references=("https://example.com/a.png", "https://example.com/b.pdf"),
        created_at=6.0,
    )
    answer = replace(question, id=new_id(), role=Role.ASSISTANT, text="", status=Status.STREAMING)
    await store.begin_turn(conversation, question, answer)
    again = await reopened(store)
    kept = await again.conversation(conversation.id)
    assert kept.title == "How do lifetimes differ?"
    assert (kept.model, kept.preset) == ("gpt-5.1", "Be terse")
    assert kept.references == ("https://example.com/a.png",)
    assert kept.created_at == 5.0
    messages = await again.messages(conversation.id)
    assert messages[0] == question
    assert messages[1].id == answer.id
    await again.close()


async def test_text_arrives_and_the_answer_ends(store: ConversationStore) -> None:
    conversation, question, answer = await begin(store, "why?")
    assert conversation.status is Status.STREAMING
    await store.open_server_conversation(answer.id, "srv-1", "https://a/aichat")
    await store.checkpoint(answer.id, "bec")
    assert await shown(store, conversation) == [("why?", "complete"), ("bec", "streaming")]
    ended = replace(answer, text="because", status=Status.COMPLETE, seconds=3.2)
    await store.finish_turn(ended, unread=True)
    kept = await store.conversation(conversation.id)
    assert (kept.status, kept.unread) == (Status.COMPLETE, True)
    assert (kept.server_id, kept.server) == ("srv-1", "https://a/aichat")
    assert kept.updated_at > conversation.updated_at
    stored_question, stored_answer = await store.messages(conversation.id)
    assert stored_question.text == question.text
    assert (stored_answer.text, stored_answer.seconds) == ("because", 3.2)
    await store.checkpoint(answer.id, "late")
    assert (await store.messages(conversation.id))[1].text == "because"


async def test_an_answer_that_ends_while_it_is_watched_leaves_the_mark_alone(
    store: ConversationStore,
) -> None:
    conversation = await ask(store)
    assert not conversation.unread
    await store.save_conversation(replace(conversation, unread=True))
    assert (await ask(store, conversation=conversation)).unread


@pytest.mark.parametrize("status", [Status.STOPPED, Status.INTERRUPTED, Status.FAILED])
async def test_every_way_to_end_is_kept_with_its_reason(
    store: ConversationStore, status: Status
) -> None:
    conversation, _, answer = await begin(store)
    error = Failure("used_up", "the balance is used up", "trace-9")
    ended = replace(answer, text="par", status=status, seconds=0.5, error=error)
    await store.finish_turn(ended, unread=False)
    again = await reopened(store)
    kept = (await again.messages(conversation.id))[1]
    assert (kept.status, kept.text, kept.error, kept.seconds) == (status, "par", error, 0.5)
    assert (await again.conversation(conversation.id)).status is status
    await again.close()


async def test_a_title_is_taken_once_and_never_from_the_user(store: ConversationStore) -> None:
    conversation = await ask(store, "first")
    assert (await ask(store, "second", conversation=conversation)).title == "first"
    nameless = replace(conversation, title="", renamed=True)
    await store.save_conversation(nameless)
    assert (await ask(store, "third", conversation=conversation)).title == ""
    given = await ask(store, "asked", conversation=Conversation(new_id(), title="Given"))
    assert given.title == "Given"
    blank = await ask(store, " \n ")
    assert blank.title == ""
    assert (await ask(store, "at last", conversation=blank)).title == "at last"


async def test_messages_keep_their_order(store: ConversationStore) -> None:
    conversation = await ask(store, "q1", "a1")
    await ask(store, "q2", "a2", conversation)
    other = await ask(store, "x", "y")
    await ask(store, "q3", "a3", conversation)
    texts = [m.text for m in await store.messages(conversation.id)]
    assert texts == ["q1", "a1", "q2", "a2", "q3", "a3"]
    assert [m.text for m in await store.messages(other.id)] == ["x", "y"]


async def test_sending_again_replaces_the_answer_and_asks_once(store: ConversationStore) -> None:
    conversation, question, answer = await begin(store, "q1")
    await store.finish_turn(replace(answer, status=Status.FAILED), unread=False)
    second = replace(answer, id=new_id(), model="grok-3")
    await store.begin_turn(conversation, question, second, replaces=answer.id)
    assert await shown(store, conversation) == [("q1", "complete"), ("", "streaming")]
    assert (await store.messages(conversation.id))[1].model == "grok-3"
    assert await store.questions(9) == ["q1"]


async def test_an_earlier_answer_is_replaced_in_its_place(store: ConversationStore) -> None:
    conversation, question, answer = await begin(store, "q1")
    await store.finish_turn(replace(answer, text="a1", status=Status.COMPLETE), unread=False)
    await ask(store, "q2", "a2", conversation)
    second = replace(answer, id=new_id())
    await store.begin_turn(conversation, question, second, replaces=answer.id)
    await store.finish_turn(replace(second, text="new", status=Status.STOPPED), unread=False)
    texts = [m.text for m in await store.messages(conversation.id)]
    assert texts == ["q1", "new", "q2", "a2"]
    # The newest answer is still the last one.
    assert (await store.conversation(conversation.id)).status is Status.COMPLETE


async def test_another_question_in_the_place_of_an_answer_comes_before_its_own(
    store: ConversationStore,
) -> None:
    conversation, _, answer = await begin(store, "q1")
    await store.finish_turn(replace(answer, status=Status.FAILED), unread=False)
    question, second = turn(conversation, "q1, put better")
    await store.begin_turn(conversation, question, second, replaces=answer.id)
    roles = [(m.role.value, m.text) for m in await store.messages(conversation.id)]
    assert roles == [("user", "q1"), ("user", "q1, put better"), ("assistant", "")]


async def test_replacing_never_touches_a_question_or_another_conversation(
    store: ConversationStore,
) -> None:
    other, foreign_question, foreign_answer = await begin(store, "theirs")
    await store.finish_turn(replace(foreign_answer, status=Status.FAILED), unread=False)
    for replaces in (foreign_question.id, foreign_answer.id, "nothing"):
        conversation = Conversation(new_id())
        await store.begin_turn(conversation, *turn(conversation), replaces=replaces)
        assert len(await store.messages(conversation.id)) == 2
    assert len(await store.messages(other.id)) == 2


async def test_a_draft_stays_where_something_earlier_is_asked_again_or_another_way(
    store: ConversationStore,
) -> None:
    conversation, question, answer = await begin(store, "q1")
    await store.finish_turn(replace(answer, text="a1", status=Status.COMPLETE), unread=False)
    await store.save_draft(conversation.id, "draft")
    second = replace(answer, id=new_id())
    await store.begin_turn(conversation, question, second)
    await store.finish_turn(replace(second, status=Status.COMPLETE), unread=False)
    assert await store.draft(conversation.id) == "draft"
    await store.begin_turn(conversation, *turn(conversation, "q1, better"), beside=question.id)
    assert await store.draft(conversation.id) == "draft"


async def test_enter_clears_the_draft_of_its_conversation_only(store: ConversationStore) -> None:
    conversation = await ask(store)
    other = await ask(store)
    await store.save_draft(conversation.id, "and th")
    await store.save_draft(other.id, "keep this")
    await store.save_draft("", "and this")
    await begin(store, "and then?", conversation)
    assert await store.draft(conversation.id) == ""
    assert await store.draft(other.id) == "keep this"
    assert await store.draft("") == "and this"


@pytest.mark.parametrize(
    ("draft", "left"),
    [("How do I", ""), ("How do I?\n", ""), ("something else", "something else")],
)
async def test_a_first_question_clears_the_new_draft_it_grew_from(
    store: ConversationStore, draft: str, left: str
) -> None:
    await store.save_draft("", draft)
    await ask(store, "How do I?")
    assert await store.draft("") == left


async def test_one_answer_at_a_time_in_a_conversation(store: ConversationStore) -> None:
    conversation, question, _ = await begin(store, "q1")
    with pytest.raises(StoreError, match="still arriving"):
        await begin(store, "q2", conversation)
    with pytest.raises(StoreError, match="still arriving"):
        await store.begin_turn(conversation, question, turn(conversation)[1], replaces="other")
    assert await shown(store, conversation) == [("q1", "complete"), ("", "streaming")]
    await begin(store, "elsewhere")


async def test_an_own_answer_whose_end_could_not_be_kept_can_be_asked_again(
    store: ConversationStore,
) -> None:
    conversation, question, answer = await begin(store, "q1")
    second = replace(answer, id=new_id())
    await store.begin_turn(conversation, question, second, replaces=answer.id)
    await store.finish_turn(replace(answer, text="too late", status=Status.COMPLETE), unread=True)
    assert await shown(store, conversation) == [("q1", "complete"), ("", "streaming")]
    assert not (await store.conversation(conversation.id)).unread


async def test_the_second_window_is_told_and_the_draft_stays(
    store: ConversationStore, other: ConversationStore
) -> None:
    conversation, question, answer = await begin(store, "q1")
    await other.save_draft(conversation.id, "mine")
    with pytest.raises(StoreError, match="another window is receiving"):
        await begin(other, "mine", conversation)
    with pytest.raises(StoreError, match="another window is receiving"):
        await other.begin_turn(conversation, question, turn(conversation)[1], replaces=answer.id)
    assert await other.draft(conversation.id) == "mine"
    await store.checkpoint(answer.id, "so far")
    assert await shown(other, conversation) == [("q1", "complete"), ("so far", "streaming")]
    await store.finish_turn(replace(answer, text="done", status=Status.COMPLETE), unread=False)
    await begin(other, "mine", conversation)
    assert [m.text for m in await store.messages(conversation.id)] == ["q1", "done", "mine", ""]


async def test_opening_a_second_window_leaves_running_answers_alone(
    store: ConversationStore,
) -> None:
    conversation, _, answer = await begin(store)
    assert store.path is not None
    second = await ConversationStore.open(store.path)
    assert await second.settle() == 0
    assert (await second.conversation(conversation.id)).status is Status.STREAMING
    await second.close()
    await store.checkpoint(answer.id, "goes on")
    assert (await store.messages(conversation.id))[1].text == "goes on"


async def test_what_a_closed_program_was_receiving_is_interrupted(
    store: ConversationStore, other: ConversationStore
) -> None:
    conversation, question, answer = await begin(store, "q1")
    unasked, _, _ = await begin(store, "q2")
    await store.checkpoint(answer.id, "half")
    await store.close()
    assert (await other.conversation(conversation.id)).status is Status.STREAMING
    second = replace(answer, id=new_id())
    await other.begin_turn(conversation, question, second, replaces=answer.id)
    assert await shown(other, conversation) == [("q1", "complete"), ("", "streaming")]
    # What begin_turn found out about the owner holds for its other answers too.
    kept = (await other.messages(unasked.id))[1]
    assert kept.error == Failure(PROCESS_ENDED, "the program ended while this answer was arriving")
    assert await other.settle() == 0


async def test_a_list_that_stays_open_learns_of_ended_programs(
    store: ConversationStore, other: ConversationStore
) -> None:
    conversation, _, answer = await begin(store, "q1")
    await store.checkpoint(answer.id, "half")
    await store.close()
    assert await other.settle() == 1
    assert await shown(other, conversation) == [("q1", "complete"), ("half", "interrupted")]
    assert (await other.conversation(conversation.id)).status is Status.INTERRUPTED


async def test_whoever_received_the_answer_has_the_last_word(
    store: ConversationStore, other: ConversationStore
) -> None:
    conversation, _, answer = await begin(store, "q1")
    await other._database.write(
        lambda c: c.execute("UPDATE messages SET status = 'interrupted', error_code = 'x'")
    )
    await store.finish_turn(replace(answer, text="all", status=Status.COMPLETE), unread=False)
    kept = (await other.messages(conversation.id))[1]
    assert (kept.text, kept.status, kept.error) == ("all", Status.COMPLETE, None)


async def test_a_conversation_deleted_while_it_streams_stays_deleted(
    store: ConversationStore, other: ConversationStore
) -> None:
    conversation, _, answer = await begin(store, "q1")
    await other.delete(conversation.id)
    await store.checkpoint(answer.id, "half")
    await store.finish_turn(replace(answer, text="all", status=Status.COMPLETE), unread=True)
    assert await store.conversations() == []
    with pytest.raises(UnknownConversation, match="was deleted"):
        await begin(store, "q2", conversation)
    await other.restore(conversation.id)
    assert await shown(store, conversation) == [("q1", "complete"), ("all", "complete")]


async def test_late_words_for_what_is_gone_are_dropped(store: ConversationStore) -> None:
    _, answer = turn("nowhere")
    await store.checkpoint(answer.id, "x")
    await store.finish_turn(replace(answer, status=Status.COMPLETE), unread=True)
    await store.open_server_conversation(answer.id, "srv", "s")
    await store.delete("nowhere")
    assert await store.conversations() == []
    with pytest.raises(UnknownConversation):
        await store.restore("nowhere")
