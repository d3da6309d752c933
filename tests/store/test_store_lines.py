"""Versions, branches, and which server conversation a line may go on in."""

import sqlite3
from dataclasses import replace

import pytest

from acechat.errors import StoreError
from acechat.models import Conversation, Message, Origin, Status, new_id
from acechat.store.conversations import ConversationStore
from store.samples import ask, begin, turn

SERVER = "https://a/aichat"


async def texts(store: ConversationStore, conversation: Conversation) -> list[str]:
    return [m.text for m in await store.messages(conversation.id)]


async def answer(
    store: ConversationStore,
    conversation: Conversation,
    question: Message,
    text: str,
    *,
    server_id: str | None = None,
    beside: str | None = None,
) -> Message:
    """Answer a question, a new one or one that is kept."""
    row = replace(turn(conversation)[1], text="")
    await store.begin_turn(conversation, question, row, beside=beside)
    if server_id is not None:
        await store.open_server_conversation(row.id, server_id, SERVER)
    ended = replace(row, text=text, status=Status.COMPLETE, seconds=1.0)
    await store.finish_turn(ended, unread=False)
    return ended


async def two_turns(store: ConversationStore) -> tuple[Conversation, list[Message]]:
    """Store q1, a1, q2, a2, all in the server conversation s1."""
    conversation = Conversation(new_id())
    for number in "12":
        question = turn(conversation, f"q{number}")[0]
        await answer(store, conversation, question, f"a{number}", server_id="s1")
    return conversation, await store.messages(conversation.id)


async def server_id(store: ConversationStore, conversation: Conversation) -> str | None:
    return (await store.conversation(conversation.id)).server_id


async def test_another_answer_is_a_version_and_the_first_one_stays(
    store: ConversationStore,
) -> None:
    conversation, (_, _, question, first) = await two_turns(store)
    second = await answer(store, conversation, question, "a2, better", server_id="s2")
    assert await texts(store, conversation) == ["q1", "a1", "q2", "a2, better"]
    shown = (await store.messages(conversation.id))[-1]
    assert (shown.version, shown.versions) == (2, 2)
    assert await store.versions(shown.id) == [first.id, second.id]
    await store.show_version(first.id)
    assert await texts(store, conversation) == ["q1", "a1", "q2", "a2"]
    shown = (await store.messages(conversation.id))[-1]
    assert (shown.version, shown.versions) == (1, 2)


async def test_an_edited_question_keeps_the_first_one_with_its_answer(
    store: ConversationStore,
) -> None:
    conversation, (first_question, *_) = await two_turns(store)
    edited = turn(conversation, "q1, put better")[0]
    await answer(store, conversation, edited, "b1", beside=first_question.id)
    await ask(store, "q3", "b3", conversation)
    assert await texts(store, conversation) == ["q1, put better", "b1", "q3", "b3"]
    await store.show_version(first_question.id)
    assert await texts(store, conversation) == ["q1", "a1", "q2", "a2"]
    await store.show_version(edited.id)
    assert await texts(store, conversation) == ["q1, put better", "b1", "q3", "b3"]


async def test_what_is_asked_on_a_line_that_was_left_meanwhile_stays_on_it(
    store: ConversationStore,
) -> None:
    conversation, (first_question, _, question, _) = await two_turns(store)
    edited = turn(conversation, "edited")[0]
    await answer(store, conversation, edited, "b1", beside=first_question.id)
    # Another window still shows the first line.
    await answer(store, conversation, question, "a2, again")
    assert await texts(store, conversation) == ["q1", "a1", "q2", "a2, again"]
    await store.show_version(edited.id)
    better = turn(conversation, "q2, put better")[0]
    await answer(store, conversation, better, "c2", beside=question.id)
    assert await texts(store, conversation) == ["q1", "a1", "q2, put better", "c2"]


async def test_an_answer_behind_another_gives_its_place_up_to_a_version(
    store: ConversationStore,
) -> None:
    """Files of old hold answers that were asked for again one after the other."""
    conversation, question, first = await begin(store, "q1")
    await store.finish_turn(replace(first, text="half", status=Status.INTERRUPTED), unread=False)
    second = replace(first, id=new_id())
    await store.begin_turn(conversation, question, second)
    await store.finish_turn(replace(second, status=Status.FAILED), unread=False)
    connection = sqlite3.connect(store.path or "")
    with connection:
        connection.execute(
            "UPDATE messages SET shown = 1, position = position + (id = ?), "
            "parent_id = CASE id WHEN ? THEN ? ELSE parent_id END",
            (second.id, second.id, first.id),
        )
    connection.close()
    assert await texts(store, conversation) == ["q1", "half", ""]
    third = replace(first, id=new_id())
    await store.begin_turn(conversation, question, third, replaces=second.id)
    await store.finish_turn(replace(third, text="whole", status=Status.COMPLETE), unread=False)
    assert await texts(store, conversation) == ["q1", "whole"]
    await store.show_version(first.id)
    assert await texts(store, conversation) == ["q1", "half", ""]


async def test_an_answer_that_another_window_took_off_the_line_gives_its_place_up(
    store: ConversationStore,
) -> None:
    conversation, (_, _, question, whole) = await two_turns(store)
    stopped = await answer(store, conversation, question, "")
    # Seen in one window, it is asked for again there; another window has gone back meanwhile.
    await store.show_version(whole.id)
    row = replace(turn(conversation)[1], text="")
    await store.begin_turn(conversation, question, row, replaces=stopped.id)
    assert [m.id for m in await store.messages(conversation.id)][3:] == [row.id]
    assert await store.versions(row.id) == [whole.id, row.id]


async def test_going_to_a_message_of_another_line_shows_all_of_that_line(
    store: ConversationStore,
) -> None:
    conversation, (first_question, _, _, last) = await two_turns(store)
    edited = turn(conversation, "edited")[0]
    await answer(store, conversation, edited, "b1", beside=first_question.id)
    await store.show_version(last.id)
    assert await texts(store, conversation) == ["q1", "a1", "q2", "a2"]


async def test_each_line_goes_on_in_a_server_conversation_of_its_own(
    store: ConversationStore,
) -> None:
    conversation, (_, _, question, first) = await two_turns(store)
    assert await server_id(store, conversation) == "s1"
    second = await answer(store, conversation, question, "a2, better", server_id="s2")
    assert await server_id(store, conversation) == "s2"
    await store.show_version(first.id)
    assert await server_id(store, conversation) == "s1"
    await store.show_version(second.id)
    assert await server_id(store, conversation) == "s2"


async def test_a_server_conversation_that_went_another_way_is_not_gone_on_with(
    store: ConversationStore,
) -> None:
    conversation, (_, _, question, _) = await two_turns(store)
    # s1 holds q2 and a2 as well, which this line does not.
    edited, row = turn(conversation, "q2, put better")
    await store.begin_turn(conversation, edited, row, beside=question.id)
    assert await server_id(store, conversation) is None
    await store.finish_turn(replace(row, status=Status.FAILED), unread=False)
    assert await server_id(store, conversation) is None


async def test_an_answer_asked_for_again_in_its_server_conversation_takes_that_over(
    store: ConversationStore,
) -> None:
    conversation, (_, _, question, first) = await two_turns(store)
    second = await answer(store, conversation, question, "whole", server_id="s1")
    assert await server_id(store, conversation) == "s1"
    await store.show_version(first.id)
    # s1 holds both now: only the one that came last can go on in it.
    assert await server_id(store, conversation) is None
    await store.show_version(second.id)
    assert await server_id(store, conversation) == "s1"


async def test_several_answers_to_one_question_stream_beside_each_other(
    store: ConversationStore,
) -> None:
    conversation = Conversation(new_id())
    question, first = turn(conversation, "q1", model="gpt-5.1")
    second = replace(first, id=new_id(), model="grok-3")
    await store.begin_turn(conversation, question, first, second)
    for row, text in ((second, "from grok"), (first, "from gpt")):
        await store.open_server_conversation(row.id, f"of {row.model}", SERVER)
        await store.finish_turn(replace(row, text=text, status=Status.COMPLETE), unread=False)
    assert await texts(store, conversation) == ["q1", "from gpt"]
    assert await server_id(store, conversation) == "of gpt-5.1"
    await store.show_version(second.id)
    assert await texts(store, conversation) == ["q1", "from grok"]
    assert await server_id(store, conversation) == "of grok-3"


async def test_no_line_is_left_while_an_answer_arrives(store: ConversationStore) -> None:
    conversation, (_, _, _, last) = await two_turns(store)
    await answer(store, conversation, (await store.messages(conversation.id))[2], "b2")
    question, row = turn(conversation, "q3")
    await store.begin_turn(conversation, question, row)
    with pytest.raises(StoreError, match="still arriving"):
        await store.show_version(last.id)
    with pytest.raises(StoreError, match="still arriving"):
        await store.branch(Conversation(new_id()), row.id)
    assert await texts(store, conversation) == ["q1", "a1", "q2", "b2", "q3", ""]


async def test_a_branch_begins_with_what_was_said_and_knows_where_it_came_from(
    store: ConversationStore,
) -> None:
    conversation, (_, first_answer, *_) = await two_turns(store)
    await store.save_conversation(replace(conversation, title="q1", model="grok-3", preset="Terse"))
    branch = Conversation(new_id(), title="Branch of q1")
    await store.branch(branch, first_answer.id)
    kept = await store.conversation(branch.id)
    assert (kept.title, kept.model, kept.preset) == ("Branch of q1", "grok-3", "Terse")
    assert kept.origin == Origin(conversation.id, first_answer.id)
    # Its server conversation belongs to the other one.
    assert kept.server_id is None
    assert await texts(store, branch) == ["q1", "a1"]
    assert [c.id for c in await store.branches(conversation.id)] == [branch.id]
    await ask(store, "elsewhere", "b2", branch)
    assert await texts(store, branch) == ["q1", "a1", "elsewhere", "b2"]
    assert await texts(store, conversation) == ["q1", "a1", "q2", "a2"]
    await store.delete(conversation.id)
    assert await texts(store, branch) == ["q1", "a1", "elsewhere", "b2"]


async def test_a_message_that_is_gone_is_said_to_be(store: ConversationStore) -> None:
    for call in (store.message, store.versions, store.show_version):
        with pytest.raises(StoreError, match="this message is gone"):
            await call("nothing")
    with pytest.raises(StoreError, match="this message is gone"):
        await store.branch(Conversation(new_id()), "nothing")


async def test_the_status_in_the_list_is_that_of_the_shown_line(store: ConversationStore) -> None:
    conversation, (_, _, question, first) = await two_turns(store)
    row = turn(conversation)[1]
    await store.begin_turn(conversation, question, row)
    await store.finish_turn(replace(row, status=Status.FAILED), unread=False)
    assert (await store.conversation(conversation.id)).status is Status.FAILED
    await store.show_version(first.id)
    assert (await store.conversation(conversation.id)).status is Status.COMPLETE


async def test_archived_conversations_leave_the_list_until_they_go_on(
    store: ConversationStore,
) -> None:
    conversation = await ask(store, "kept away")
    await store.save_conversation(replace(conversation, archived=True))
    assert await store.conversations() == []
    assert await store.count() == 0
    assert await store.newest() is None
    assert (await store.conversation(conversation.id)).archived
    await ask(store, "and on", conversation=conversation)
    assert [c.id for c in await store.conversations()] == [conversation.id]


async def test_several_answers_begin_in_one_write_and_each_keeps_its_own_server_conversation(
    store: ConversationStore,
) -> None:
    conversation = Conversation(new_id())
    question, first = turn(conversation)
    others = [replace(first, id=new_id(), model=model) for model in ("grok-3", "o3")]
    await store.begin_turn(conversation, question, first, *others)
    assert [m.id for m in await store.messages(conversation.id)] == [question.id, first.id]
    assert await store.versions(first.id) == [first.id, *(other.id for other in others)]
    for answer in (first, *others):
        await store.open_server_conversation(answer.id, f"srv-{answer.model}", "https://a/aichat")
    assert (await store.conversation(conversation.id)).server_id == f"srv-{first.model}"
    # One of them may be chosen while the others are still arriving.
    await store.show_version(others[0].id)
    assert [m.id for m in await store.messages(conversation.id)] == [question.id, others[0].id]
    assert (await store.conversation(conversation.id)).server_id == "srv-grok-3"
    for answer in (first, *others):
        ended = replace(answer, text=answer.model, status=Status.COMPLETE)
        await store.finish_turn(ended, unread=False)
    found = [await store.message(each) for each in await store.versions(first.id)]
    assert [(m.text, m.status) for m in found] == [
        (answer.model, Status.COMPLETE) for answer in (first, *others)
    ]
    assert [m.text for m in await store.messages(conversation.id)][1] == "grok-3"


async def test_of_several_answers_none_is_kept_where_one_cannot_be(
    store: ConversationStore,
) -> None:
    conversation = Conversation(new_id())
    question, first = turn(conversation)
    with pytest.raises(StoreError):
        await store.begin_turn(conversation, question, first, replace(first, model="grok-3"))
    assert await store.messages(conversation.id) == []
    assert await store.conversations() == []
