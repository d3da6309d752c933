"""Finding words in every message."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from acechat.folding import fold
from acechat.models import Conversation, Findings, Role, SearchQuery, Status, new_id
from acechat.store import search
from acechat.store.conversations import ConversationStore
from store.samples import Clock, ask, begin, reopened, turn


def wanted(*words: str) -> SearchQuery:
    return SearchQuery(words=tuple(fold(word) for word in words))


async def found(store: ConversationStore, *words: str) -> list[str]:
    """Return the texts that are found, titles left out."""
    hits = (await store.search(wanted(*words), 50)).hits
    return [hit.text for hit in hits if hit.message_id is not None]


async def indexed(store: ConversationStore) -> int:
    """Take everything into the index; return how many messages there were."""
    total = 0
    while number := await store.index_some():
        total += number
    return total


async def looks(store: ConversationStore, query: SearchQuery, limit: int = 50) -> list[Findings]:
    """Return what is found in looks that end as soon as they can."""
    found = [Findings(rest=None)]
    while len(found) == 1 or found[-1].rest is not None:
        rest = found[-1].rest
        found.append(
            await store._database.read(
                lambda connection, rest=rest: search.search(connection, query, limit, rest, Clock())
            )
        )
    return found[1:]


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
        "Не знаю",
    ):
        await ask(store, text, "-")
    if request.param == "in the index":
        assert await indexed(store) == 18
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
        (["не"], ["Не знаю"]),
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
        return {hit.text for hit in (await store.search(query, 50)).hits if hit.message_id}

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
    hits = (await store.search(wanted("apples"), 50)).hits
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
    assert (await store.search(wanted("secret"), 50)).hits == ()
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
    title, message = (await store.search(wanted("story"), 50)).hits
    assert title.archived
    assert message.archived


async def test_hits_on_other_lines_are_found_too(store: ConversationStore) -> None:
    conversation, question, answer = await begin(store, "question")
    await store.finish_turn(replace(answer, text="first try", status=Status.COMPLETE), unread=False)
    await store.begin_turn(conversation, question, turn(conversation)[1])
    assert await found(store, "first try") == ["first try"]


async def test_a_search_that_takes_long_goes_on_with_older_messages(
    store: ConversationStore,
) -> None:
    for number in range(6):
        await ask(store, f"needle {number}", "hay")
    await indexed(store)
    for words in (["needle"], ["ne"], []):
        query = SearchQuery(words=tuple(words), role=Role.USER)
        found = await looks(store, query)
        assert [hit.text for each in found for hit in each.hits] == [
            f"needle {number}" for number in reversed(range(6))
        ]
        assert len(found) > 3


async def test_the_newest_come_first_whenever_they_were_brought_in(
    store: ConversationStore,
) -> None:
    conversation = Conversation(new_id())
    for at, text in ((300.0, "cat of today"), (100.0, "cat of old")):
        question, answer = turn(conversation, text)
        await store.begin_turn(conversation, replace(question, created_at=at), answer)
        await store.finish_turn(replace(answer, text="-", status=Status.COMPLETE), unread=False)
    await indexed(store)
    assert await found(store, "cat") == ["cat of today", "cat of old"]
    only_old = replace(wanted("cat"), before=200.0)
    assert [hit.text for each in await looks(store, only_old) for hit in each.hits] == [
        "cat of old"
    ]
    hits = (await store.search(replace(wanted("cat"), after=400.0), 50)).hits
    assert [hit for hit in hits if hit.message_id] == []


async def test_a_few_titles_stand_before_messages_those_with_whole_words_first(
    store: ConversationStore,
) -> None:
    await ask(store, "the cat itself", "-")
    for number in range(8):
        await ask(store, f"category {number}", "-")
    hits = (await store.search(wanted("cat"), 50)).hits
    titles = [hit.title for hit in hits if hit.message_id is None]
    assert titles[:2] == ["the cat itself", "category 7"]
    assert len(titles) == search.TITLES
    assert len(hits) == search.TITLES + 9
    only_titles = (await store.search(replace(wanted("cat"), titles_only=True), 50)).hits
    assert [hit.title for hit in only_titles] == [
        "the cat itself",
        *(f"category {number}" for number in reversed(range(8))),
    ]


async def test_whatever_is_looked_for_is_only_not_found(store: ConversationStore) -> None:
    await ask(store, "something", "else")
    await indexed(store)
    for words in (["x" * 20_000], ["ab"] * 2_000, [f"word{n}" for n in range(2_000)], ["\0a\0"]):
        assert await found(store, *words) == []
    assert await found(store, *["some", "thing", "so"] * 500) == ["something"]


async def test_a_batch_of_the_index_ends_with_long_texts(
    store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await ask(store, "q", "a" * 100)
    monkeypatch.setattr(search, "BATCH_LETTERS", 150)
    assert [await store.index_some() for _ in range(4)] == [3, 3, 0, 0]


async def test_how_much_cannot_be_found_yet_is_known(
    store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        await ask(store, f"needle {number}", "hay")
    _, _, answer = await begin(store, "needle 3")
    await store.checkpoint(answer.id, "arriving")
    monkeypatch.setattr(search, "UNINDEXED", 2)
    assert (await store.search(wanted("needle"), 50)).unread == 5
    await indexed(store)
    assert (await store.search(wanted("needle"), 50)).unread == 0


async def test_two_windows_that_index_at_once_take_each_message_once(
    store: ConversationStore, other: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "BATCH", 2)
    for number in range(10):
        await ask(store, f"needle {number}", "杭州")
    assert sum(await asyncio.gather(indexed(store), indexed(other))) == 20
    for window in (store, other):
        assert len(await found(window, "needle")) == 10
        assert len(await found(window, "杭")) == 10
