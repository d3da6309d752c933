"""The daily backup: when it is made, what it disturbs, how many are kept."""

import asyncio
import errno
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from acechat.errors import StoreError
from acechat.store import backups
from acechat.store.backups import KEPT, Stop, daily_backups
from acechat.store.conversations import ConversationStore
from store.samples import ask, begin
from store.test_store_damage import mode, page_that_holds, spoil

ROOT = Path(__file__).parents[2]


class Day:
    """A clock that stands still until it is told that days have gone by."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12).astimezone()

    def __call__(self) -> float:
        return self.now.timestamp()

    def passes(self) -> None:
        self.now += timedelta(days=1)


@pytest.fixture
def day() -> Day:
    return Day()


def names(file: Path) -> list[str]:
    folder = file.parent / "backups"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def titles(backup: Path) -> list[str]:
    with closing(sqlite3.connect(backup)) as connection:
        rows: list[tuple[str]] = connection.execute("SELECT title FROM conversations").fetchall()
        return [row[0] for row in rows]


async def test_a_day_has_one_backup_and_only_what_changed_makes_a_new_one(
    file: Path, day: Day
) -> None:
    store = await ConversationStore.open(file, clock=day)
    await ask(store, "first")
    made = await store.back_up()
    assert made is not None
    assert made == file.parent / "backups" / "conversations-2026-03-01.db"
    assert titles(made) == ["first"]
    await ask(store, "second")
    assert await store.back_up() is None
    day.passes()
    second = await store.back_up()
    assert second is not None
    assert titles(second) == ["first", "second"]
    for _ in range(3):
        day.passes()
        assert await store.back_up() is None
    assert names(file) == [
        "conversations-2026-03-01.db",
        "conversations-2026-03-02.db",
        "lock",
    ]
    assert {mode(path) for path in (made, second)} == {0o600}
    assert mode(made.parent) == 0o700
    await store.close()


async def test_seven_are_kept(file: Path, day: Day) -> None:
    store = await ConversationStore.open(file, clock=day)
    for number in range(KEPT + 3):
        await ask(store, f"day {number}")
        assert await store.back_up() is not None
        day.passes()
    kept = daily_backups(file)
    assert len(kept) == 7
    assert [kept[0].name, kept[-1].name] == [
        "conversations-2026-03-10.db",
        "conversations-2026-03-04.db",
    ]
    await store.close()


async def test_a_backup_can_be_put_in_the_place_of_the_file(file: Path, day: Day) -> None:
    store = await ConversationStore.open(file, clock=day)
    await ask(store, "first")
    made = await store.back_up()
    assert made is not None
    await ask(store, "second")
    await store.close()
    made.replace(file)
    store = await ConversationStore.open(file, clock=day)
    assert [c.title for c in await store.conversations()] == ["first"]
    assert store.notices() == []
    await store.close()


async def test_a_store_in_memory_has_none() -> None:
    store = await ConversationStore.open(":memory:")
    await ask(store)
    assert await store.back_up() is None
    await store.close()


async def test_what_is_written_meanwhile_is_kept_and_the_copy_is_whole(
    file: Path, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "PAGES", 1)
    store = await ConversationStore.open(file, clock=day)
    for number in range(20):
        await ask(store, f"before {number}", "word " * 700)
    _, _, answer = await begin(store, "meanwhile")
    making = asyncio.create_task(store.back_up())
    texts = 0
    while not making.done():
        texts += 1
        await store.checkpoint(answer.id, f"text {texts}")
    made = await making
    assert texts > 1
    assert made is not None
    with closing(sqlite3.connect(made)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(titles(made)) == 21
    assert (await store.messages(answer.conversation_id))[1].text == f"text {texts}"
    await store.close()


async def test_nobody_waits_for_the_lock_while_the_copy_rests(
    store: ConversationStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(store, "q", "word " * 7000)
    monkeypatch.setattr(backups, "PAGES", 1)
    written = threading.Event()
    rests = 0

    def rest(seconds: float) -> None:
        nonlocal rests
        rests += 1
        if rests == 2:
            # Another program gets the file at once, and for as long as it wants.
            with closing(sqlite3.connect(file, timeout=0)) as other:
                other.execute("UPDATE conversations SET pinned = 1")
                other.commit()
            written.set()

    monkeypatch.setattr(backups.time, "sleep", rest)
    assert await store.back_up() is not None
    assert written.is_set()


async def test_a_file_that_never_rests_is_copied_in_one_piece(
    store: ConversationStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(store, "q", "word " * 7000)
    monkeypatch.setattr(backups, "PAGES", 1)
    rests = 0

    def rest(seconds: float) -> None:
        nonlocal rests
        rests += 1
        with closing(sqlite3.connect(file, timeout=0)) as other:
            other.execute("UPDATE conversations SET unread = 1 - unread")
            other.commit()

    monkeypatch.setattr(backups.time, "sleep", rest)
    assert await store.back_up() is not None
    assert rests < 20


async def test_two_processes_make_it_once(file: Path, store: ConversationStore) -> None:
    for number in range(20):
        await ask(store, f"q{number}", "word " * 700)
    command = [sys.executable, Path(__file__).with_name("writer.py"), "back-up", file, "x"]
    made = [
        subprocess.Popen(  # noqa: ASYNC220
            command,
            env=os.environ | {"PYTHONPATH": str(ROOT / "app")},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    told = [process.communicate()[0].strip() for process in made]
    assert [process.returncode for process in made] == [0, 0, 0]
    assert sorted(told) == [str(daily_backups(file)[0]), "None", "None"]
    assert len(daily_backups(file)) == 1
    assert len(titles(daily_backups(file)[0])) == 20


async def test_one_that_was_killed_in_the_middle_leaves_nothing_that_looks_whole(
    store: ConversationStore, file: Path
) -> None:
    await ask(store)
    folder = file.parent / "backups"
    folder.mkdir()
    left = folder / "conversations-2026-03-01.db.0123abcd.unfinished"
    left.write_bytes(b"half")
    assert await store.back_up() is not None
    assert not left.exists()


async def test_a_full_disk_is_told_and_leaves_nothing_behind(
    store: ConversationStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(store, "q", "word " * 7000)
    connect = sqlite3.connect

    def narrow(path: Path | str, **options: bool) -> sqlite3.Connection:
        connection = connect(path, **options)  # pyright: ignore[reportCallIssue, reportArgumentType]
        if str(path).endswith(".unfinished"):
            connection.execute("PRAGMA max_page_count = 3")
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", narrow)
        with pytest.raises(StoreError) as raised:
            await store.back_up()
    assert str(raised.value) == "the conversations cannot be backed up: the disk is full"
    assert names(file) == ["lock"]
    assert await store.back_up() is not None


async def test_a_folder_that_cannot_be_made_is_told(
    store: ConversationStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(store)

    def refused(path: Path) -> None:
        raise OSError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(backups, "make_file", refused)
    with pytest.raises(StoreError, match=r"cannot be backed up: .* belongs to somebody else"):
        await store.back_up()
    await ask(store, "goes on")


async def test_closing_ends_one_that_is_being_made(
    store: ConversationStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(store, "q", "word " * 70_000)
    monkeypatch.setattr(backups, "PAGES", 1)
    begun = threading.Event()
    going_on = threading.Event()

    def rest(seconds: float) -> None:
        begun.set()
        going_on.wait(10)

    monkeypatch.setattr(backups.time, "sleep", rest)
    making = asyncio.create_task(store.back_up())
    await asyncio.to_thread(begun.wait, 10)
    await store.close()
    going_on.set()
    assert await making is None
    assert names(file) == ["lock"]


def test_a_check_of_the_copy_is_ended_too() -> None:
    stop = Stop()
    with closing(sqlite3.connect(":memory:")) as connection, stop.ends(connection):
        connection.set_progress_handler(stop, 1000)
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            connection.execute(
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
                "SELECT MAX(x) FROM n"
            ).fetchone()
    stop()
    assert stop.asked


async def test_a_damaged_file_takes_no_good_backup_away_and_is_mended_at_the_next_start(
    file: Path, day: Day
) -> None:
    store = await ConversationStore.open(file, clock=day)
    for number in range(20):
        await ask(store, f"question {number}", f"answer {number} " + "word " * 700)
    good = await store.back_up()
    await store.close()
    spoil(file, page_that_holds(file, b"answer 7"))
    store = await ConversationStore.open(file, clock=day)
    day.passes()
    with pytest.raises(StoreError, match=r"is damaged \(.*\); start acechat again"):
        await store.back_up()
    assert daily_backups(file) == [good]
    await store.close()
    store = await ConversationStore.open(file, clock=day)
    assert f"come from {good}" in store.notices()[0]
    assert await store.count() == 20
    await store.close()
