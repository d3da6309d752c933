"""The kept conversations."""

from dataclasses import replace

from acechat.models import MAX_TITLE, Conversation
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
