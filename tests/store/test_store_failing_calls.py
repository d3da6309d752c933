"""A disk that fails at the n-th call, for n = 1, 2, 3 until none fails: nothing is ever torn."""

import re
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acechat.errors import StoreError
from acechat.models import Conversation, Message, Role, Status
from acechat.store.conversations import ConversationStore
from acechat.store.migrations import migrate
from store.samples import Clock, dump
from store.test_store_damage import kill, load

KEPT = Conversation("c" * 32, title="kept")
GONE = Conversation("d" * 32, title="gone")

Change = Callable[[ConversationStore], Awaitable[object]]


class FailingConnection(sqlite3.Connection):
    """Fails one call, or all from one on."""

    calls = 0
    failing: "range" = range(0)

    def _count(self) -> None:
        FailingConnection.calls += 1
        if FailingConnection.calls in FailingConnection.failing:
            raise sqlite3.OperationalError("disk I/O error")

    def execute(self, *arguments: object) -> sqlite3.Cursor:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._count()
        return super().execute(*arguments)  # pyright: ignore[reportArgumentType]

    def executemany(self, *arguments: object) -> sqlite3.Cursor:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._count()
        return super().executemany(*arguments)  # pyright: ignore[reportArgumentType]


@pytest.fixture(params=[False, True], ids=["once", "for good"])
def fail(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return a function that makes the n-th call from now on fail; 0 fails none."""
    connect = sqlite3.connect

    def failing(path: Path | str, **options: Any) -> sqlite3.Connection:
        return connect(path, factory=FailingConnection, **options)

    monkeypatch.setattr(sqlite3, "connect", failing)

    def begin(number: int) -> None:
        FailingConnection.calls = 0
        end = 0 if not number else 10_000 if request.param else number + 1
        FailingConnection.failing = range(number, end)

    begin(0)
    return begin


def message(number: int, role: Role, text: str, status: Status = Status.COMPLETE) -> Message:
    return Message(f"{number:032x}", KEPT.id, role, text, status, model="gpt-5.1")


FIRST = message(1, Role.USER, "first")
OTHER = message(2, Role.ASSISTANT, "another answer")
SHOWN = message(3, Role.ASSISTANT, "the shown answer")
SECOND = message(4, Role.USER, "second")
ARRIVING = message(5, Role.ASSISTANT, "so f", Status.STREAMING)


async def make(file: Path) -> None:
    """Store two conversations: one with versions and an answer that is arriving, one deleted."""
    store = await ConversationStore.open(file, clock=Clock())
    await store.begin_turn(KEPT, FIRST, OTHER)
    await store.finish_turn(OTHER, unread=False)
    await store.begin_turn(KEPT, FIRST, SHOWN)
    await store.finish_turn(SHOWN, unread=False)
    await store.index_some()
    gone = replace(FIRST, id="7" * 32, conversation_id=GONE.id)
    answer = replace(SHOWN, id="8" * 32, conversation_id=GONE.id)
    await store.begin_turn(GONE, gone, answer)
    await store.finish_turn(answer, unread=False)
    await store.save_draft(KEPT.id, "a draft")
    await store.close()


async def arrive(store: ConversationStore) -> None:
    await store.begin_turn(KEPT, SECOND, ARRIVING)


async def nothing(store: ConversationStore) -> None:
    pass


CHANGES: dict[str, tuple[Change, Change]] = {
    "begin": (nothing, lambda store: store.begin_turn(KEPT, SECOND, ARRIVING)),
    "begin beside": (
        nothing,
        lambda store: store.begin_turn(KEPT, SECOND, ARRIVING, beside=FIRST.id),
    ),
    "replace": (
        nothing,
        lambda store: store.begin_turn(KEPT, FIRST, ARRIVING, replaces=SHOWN.id),
    ),
    "begin new": (
        nothing,
        lambda store: store.begin_turn(
            Conversation("e" * 32),
            replace(SECOND, conversation_id="e" * 32),
            replace(ARRIVING, conversation_id="e" * 32),
        ),
    ),
    "server id": (arrive, lambda store: store.open_server_conversation(ARRIVING.id, "s", "x")),
    "checkpoint": (arrive, lambda store: store.checkpoint(ARRIVING.id, "so far")),
    "finish": (
        arrive,
        lambda store: store.finish_turn(
            replace(ARRIVING, text="so far, so good", status=Status.COMPLETE), unread=True
        ),
    ),
    "version": (nothing, lambda store: store.show_version(OTHER.id)),
    "branch": (nothing, lambda store: store.branch(Conversation("b" * 32, title="b"), SHOWN.id)),
    "save": (nothing, lambda store: store.save_conversation(replace(KEPT, title="new", model="m"))),
    "delete": (nothing, lambda store: store.delete(GONE.id)),
    "restore": (lambda store: store.delete(GONE.id), lambda store: store.restore(GONE.id)),
    "draft": (nothing, lambda store: store.save_draft(KEPT.id, "another draft")),
    "index": (arrive, lambda store: store.index_some()),
}


def content(file: Path) -> str:
    """Return all that is in the file, but for names and times that no two runs share."""
    text = "\n".join(dump(file))
    names = dict.fromkeys(re.findall(r"[0-9a-f]{32}", text))
    same = {name: str(number) for number, name in enumerate(names)}
    text = re.sub(r"[0-9a-f]{32}", lambda match: same[match[0]], text)
    return re.sub(r"\b\d+\.\d+\b", "TIME", text)


def copied(file: Path, name: str) -> Path:
    """Return a copy of the file in a folder of its own."""
    target = file.parent.parent / name / file.name
    shutil.rmtree(target.parent, ignore_errors=True)
    target.parent.mkdir()
    shutil.copy(file, target)
    return target


async def opened(file: Path) -> None:
    """Open the file and close it again."""
    await (await ConversationStore.open(file)).close()


async def outcome(work: Awaitable[object]) -> str:
    """Return why `work` failed, or an empty text."""
    try:
        await work
    except StoreError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", CHANGES)
async def test_whichever_call_fails_a_change_is_made_whole_or_not_at_all(
    file: Path, fail: Callable[[int], None], name: str
) -> None:
    await make(file)
    before_it, change = CHANGES[name]
    number = 0
    while True:
        number += 1
        here = copied(file, "here")
        store = await ConversationStore.open(here, clock=Clock())
        await before_it(store)
        before = content(here)
        fail(number)
        told = await outcome(change(store))
        fail(0)
        if told:
            assert told == "the conversations cannot be written: disk I/O error"
            assert content(here) == before
            # The same store works again once the disk does.
            await change(store)
        assert content(here) != before
        await store.close()
        if not told:
            break
    # BEGIN, a statement, COMMIT.
    assert number > 3


async def test_whichever_call_fails_a_file_is_brought_up_to_date_whole_or_not_at_all(
    file: Path, fail: Callable[[int], None]
) -> None:
    load(file, 1)
    before = content(file)
    there = copied(file, "there")
    with closing(sqlite3.connect(there, isolation_level=None)) as connection:
        migrate(connection, there)
    migrated = content(there)
    await opened(there)
    settled = content(there)
    number = 0
    while True:
        number += 1
        here = copied(file, "here")
        fail(number)
        told = await outcome(opened(here))
        fail(0)
        if told:
            assert re.fullmatch(r"the conversations cannot be .*: disk I/O error.*", told)
            # Bringing it up to date and settling what ended programs left are a step each.
            assert content(here) in (before, migrated, settled)
        store = await ConversationStore.open(here)
        assert await store.count() == 2
        assert len(await store.messages("aaaa0000000000000000000000000001")) == 4
        assert await store.draft("") == "a draft"
        await store.close()
        if not told:
            break
    assert number > 20


async def test_whichever_call_fails_what_ended_programs_left_is_settled_later(
    file: Path, fail: Callable[[int], None]
) -> None:
    store = await ConversationStore.open(file, clock=Clock())
    await store.close()
    await make(file)
    store = await ConversationStore.open(file, clock=Clock())
    await arrive(store)
    await store.delete(GONE.id)
    await store.close()
    number = 0
    while True:
        number += 1
        here = copied(file, "here")
        kill(here)
        fail(number)
        told = await outcome(opened(here))
        fail(0)
        store = await ConversationStore.open(here)
        assert store.notices() == []
        assert (await store.messages(KEPT.id))[-1].status is Status.INTERRUPTED
        assert [c.id for c in await store.conversations()] == [KEPT.id]
        await store.close()
        if not told:
            break
    assert number > 5
