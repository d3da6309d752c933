"""The kept conversations."""

import asyncio
from dataclasses import replace

from acechat.errors import StoreError
from acechat.models import MAX_TITLE, Conversation, Findings, Found, Role, SearchQuery
from acechat.services.library import Library
from fakes import FakeStore


def kept(id: str, **changes: object) -> Conversation:
    return replace(Conversation(id=id, title=f"title {id}"), **changes)  # pyright: ignore[reportArgumentType]


async def test_opening_marks_a_conversation_as_read_and_brings_its_draft() -> None:
    store = FakeStore({"c1": kept("c1", unread=True)}, drafts={"c1": "half a question"})
    opened = await Library(store).open("c1")
    assert opened.draft == "half a question"
    assert not opened.conversation.unread
    assert not store.kept["c1"].unread


async def test_a_title_that_was_chosen_is_marked_as_chosen() -> None:
    store = FakeStore({"c1": kept("c1")})
    await Library(store).rename(store.kept["c1"], "  my\n title ")
    assert (store.kept["c1"].title, store.kept["c1"].renamed) == ("my title", True)


async def test_the_newest_is_by_time_not_by_pin() -> None:
    store = FakeStore(
        {"old": kept("old", pinned=True, updated_at=1.0), "new": kept("new", updated_at=2.0)}
    )
    newest = await Library(store).newest()
    assert newest is not None
    assert newest.id == "new"


async def test_a_deleted_conversation_comes_back_as_it_was() -> None:
    store = FakeStore({"c1": kept("c1", pinned=True)})
    library = Library(store)
    await library.delete("c1")
    assert await library.conversations() == []
    await library.restore("c1")
    assert [c.pinned for c in await library.conversations()] == [True]


async def test_a_branch_is_named_after_what_it_branched_off() -> None:
    store = FakeStore({"c1": kept("c1", title="Trips")})
    library = Library(store)
    branch = await library.branch(store.kept["c1"], "m1")
    assert store.kept[branch.id].title == "Branch of Trips"
    # The title of a branch of a branch does not grow, nor does a long one.
    assert (await library.branch(branch, "m1")).title == "Branch of Trips"
    long = await library.branch(replace(branch, title="x" * MAX_TITLE), "m1")
    assert len(long.title) == MAX_TITLE
    assert long.title.endswith("x…")


def hit(message_id: str, rank: int, created_at: float) -> Found:
    return Found("c", "t", False, message_id, Role.USER, "", created_at, message_id, rank)


async def test_what_several_looks_find_is_put_in_order() -> None:
    store = FakeStore(
        findings=[
            Findings((hit("new", 1, 30.0), hit("newer", 1, 40.0)), range(9)),
            Findings((), range(5)),
            Findings((hit("old", 2, 10.0), hit("new", 1, 30.0)), None),
        ]
    )
    seen = [
        [each.message_id for each in found.hits]
        async for found in Library(store).search(SearchQuery(("x",)), 2)
    ]
    assert seen == [["newer", "new"], ["newer", "new"], ["old", "newer"]]


async def test_the_index_takes_what_comes_while_it_is_at_work() -> None:
    store = FakeStore(unindexed=2)
    library = Library(store)
    working = asyncio.create_task(library.index())
    await asyncio.sleep(0)
    assert library.is_indexing
    await library.index()
    await working
    assert not library.is_indexing
    assert store.log == ["index"] * 4


async def test_an_index_that_cannot_be_written_is_left_until_the_next_call() -> None:
    store = FakeStore(unindexed=1, failing={"index": StoreError("disk full")})
    library = Library(store)
    await library.index()
    assert not library.is_indexing
    store.failing.clear()
    await library.index()
    assert store.unindexed == 0
