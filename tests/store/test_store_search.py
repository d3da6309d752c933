"""Finding words in every message."""

from dataclasses import replace
from pathlib import Path

import pytest

from acechat.folding import fold
from acechat.models import Conversation, Role, SearchQuery, Status, new_id
from acechat.store.conversations import ConversationStore
from store.samples import ask, begin, reopened, turn


def wanted(*words: str) -> SearchQuery:
    return SearchQuery(words=tuple(fold(word) for word in words))


async def found(store: ConversationStore, *words: str) -> list[str]:
    """Return the texts that are found, titles left out."""
    hits = await store.search(wanted(*words), 50)
    return [hit.text for hit in hits if hit.message_id is not None]


async def indexed(store: ConversationStore) -> int:
    """Take everything into the index; return how many messages there were."""
    total = 0
    while number := await store.index_some():
        total += number
    return total


@pytest.fixture(params=["in the index", "not yet"])
async def full(store: ConversationStore, request: pytest.FixtureRequest) -> ConversationStore:
    for text in (
        "How do lifetimes differ?",
        "Das Café in der STRASSE",
        "def lifetime_of(x): return x[0] % 100",
        "杭州的天气怎么样",
        "ハローワールド、がんばって",
        "안녕하세요 세계",
        "the lifetime of a borrow",
        'quotes "and" AND OR NOT \\ 100% under_score',
    ):
        await ask(store, text, "-")
    if request.param == "in the index":
        assert await indexed(store) == 16
    return store


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["lifetime"], ["the lifetime", "def lifetime_of", "How do lifetimes"]),
        (["LIFE", "borrow"], ["the lifetime of a borrow"]),
        (["fetime_o"], ["def lifetime_of"]),
        (["cafe"], ["Das Café"]),
        (["Café", "straße"], ["Das Café"]),
        (["杭"], ["杭州的天气怎么样"]),
        (["天气"], ["杭州的天气怎么样"]),
        (["的天气怎"], ["杭州的天气怎么样"]),
        (["天州"], []),
        (["が"], ["ハローワールド"]),
        (["か"], []),
        (["ﾊﾛｰ"], ["ハローワールド"]),
        (["세계"], ["안녕하세요"]),
        (["o"], ['quotes "and"', "the lifetime", "def lifetime_of", "How do"]),
        (["x["], ["def lifetime_of"]),
        (["100%"], ['quotes "and"']),
        (["0%"], ['quotes "and"']),
        (["r_s"], ['quotes "and"']),
        (['"and" and'], ['quotes "and"']),
        (["\\"], ['quotes "and"']),
        (["nowhere"], []),
        (["the", "nowhere"], []),
    ],
    ids=str,
)
async def test_words_are_found_whatever_their_case_accents_and_script(
    full: ConversationStore, words: list[str], expected: list[str]
) -> None:
    texts = await found(full, *words)
    assert len(texts) == len(expected)
    for text, beginning in zip(texts, expected, strict=True):
        assert beginning in text


async def test_whole_words_come_first_and_the_newest_among_equals(
    store: ConversationStore,
) -> None:
    for text in ("cat one", "concatenate", "cat two", "cats"):
        await ask(store, text, "-")
    assert await found(store, "cat") == ["cat two", "cat one", "cats", "concatenate"]
    await indexed(store)
    assert await found(store, "cat") == ["cat two", "cat one", "cats", "concatenate"]


async def test_a_search_can_be_narrowed(store: ConversationStore) -> None:
    conversation = Conversation(new_id())
    for at, (question, reply, model) in enumerate(
        (("one apple", "red apple", "gpt-5.1"), ("two apples", "green apple", "grok-3"))
    ):
        asked, row = turn(conversation, question, model=model)
        asked, row = replace(asked, created_at=100.0 + at), replace(row, created_at=100.0 + at)
        await store.begin_turn(conversation, asked, row)
        await store.finish_turn(replace(row, text=reply, status=Status.COMPLETE), unread=False)
    await indexed(store)
    apple = wanted("apple")

    async def texts(query: SearchQuery) -> set[str]:
        return {hit.text for hit in await store.search(query, 50) if hit.message_id}

    assert await texts(replace(apple, role=Role.USER)) == {"one apple", "two apples"}
    assert await texts(replace(apple, model="grok")) == {"two apples", "green apple"}
    assert await texts(replace(apple, after=101.0)) == {"two apples", "green apple"}
    assert await texts(replace(apple, before=101.0)) == {"one apple", "red apple"}
    assert await texts(replace(apple, titles_only=True)) == set()
    assert await texts(SearchQuery(model="grok", role=Role.USER)) == {"two apples"}


async def test_titles_come_before_messages(store: ConversationStore) -> None:
    await ask(store, "about apples", "nothing")
    named = await ask(store, "x", "y")
    await store.save_conversation(replace(named, title="Ápples and pears", renamed=True))
    hits = await store.search(wanted("apples"), 50)
    assert [(hit.title, hit.message_id is None) for hit in hits] == [
        ("Ápples and pears", True),
        ("about apples", True),
        ("about apples", False),
    ]


async def test_an_answer_that_is_arriving_is_found_and_then_taken_into_the_index(
    store: ConversationStore,
) -> None:
    _, question, answer = await begin(store, "question")
    await store.checkpoint(answer.id, "halfway there")
    assert await found(store, "halfway") == ["halfway there"]
    assert await indexed(store) == 1
    await store.finish_turn(replace(answer, text="whole", status=Status.COMPLETE), unread=False)
    assert await indexed(store) == 1
    assert await found(store, "halfway") == []
    assert await found(store, "whole") == ["whole"]
    assert await found(store, "question") == [question.text]


async def test_a_text_that_changes_after_it_was_indexed_is_found_as_it_is(
    store: ConversationStore,
) -> None:
    _, _, answer = await begin(store)
    await store.finish_turn(
        replace(answer, text="杭州 first", status=Status.INTERRUPTED), unread=False
    )
    await indexed(store)
    await store.finish_turn(replace(answer, text="second", status=Status.COMPLETE), unread=False)
    await indexed(store)
    assert await found(store, "first") == []
    assert await found(store, "杭") == []
    assert await found(store, "second") == ["second"]


async def test_what_is_deleted_is_not_found_and_leaves_the_index(
    store: ConversationStore, file: Path
) -> None:
    conversation = await ask(store, "secret 杭州", "whisper")
    await indexed(store)
    await store.delete(conversation.id)
    assert await store.search(wanted("secret"), 50) == []
    await store.restore(conversation.id)
    assert await found(store, "secret") == ["secret 杭州"]
    await store.delete(conversation.id)
    again = await reopened(await reopened(store))
    left = await again._database.read(
        lambda c: [
            c.execute(f"SELECT COUNT(*) FROM {table} WHERE {table} MATCH ?", (word,)).fetchone()[0]
            for table, word in (("trigrams", "sec"), ("trigrams", "whi"), ("letters", "杭"))
        ]
    )
    assert left == [0, 0, 0]
    await again.close()


async def test_archived_conversations_stay_in_the_search(store: ConversationStore) -> None:
    conversation = await ask(store, "an old story")
    await store.save_conversation(replace(conversation, archived=True))
    (title, message) = await store.search(wanted("story"), 50)
    assert title.archived
    assert message.archived


async def test_hits_on_other_lines_are_found_too(store: ConversationStore) -> None:
    conversation, question, answer = await begin(store, "question")
    await store.finish_turn(replace(answer, text="first try", status=Status.COMPLETE), unread=False)
    await store.begin_turn(conversation, question, turn(conversation)[1])
    assert await found(store, "first try") == ["first try"]
