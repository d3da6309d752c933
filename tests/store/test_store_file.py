"""The file itself: its rights, versions, damage, locks, a full disk, calls that fail."""

import asyncio
import errno
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from acechat.errors import PROCESS_ENDED, StoreError
from acechat.models import Failure, Message, Status
from acechat.store import backups, migrations, thread
from acechat.store.backups import version_backup
from acechat.store.conversations import ConversationStore
from acechat.store.faults import sentence
from acechat.store.migrations import STEPS, Step, migrate
from store.samples import ask, begin, everything, reopened, turn

SCHEMAS = Path(__file__).with_name("schemas")


def raw(path: Path) -> "closing[sqlite3.Connection]":
    """Return a connection of another program, to be used with `with`."""
    return closing(sqlite3.connect(path, isolation_level=None))


def load(path: Path, version: int) -> None:
    """Make a file of an earlier version, with rows in it."""
    path.parent.mkdir(parents=True)
    with raw(path) as connection:
        connection.executescript((SCHEMAS / f"{version}.sql").read_text())


def schema(path: Path) -> list[tuple[str, str]]:
    with raw(path) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        return [(name, " ".join((sql or "").split())) for name, sql in rows]


def content(path: Path) -> bytes:
    return path.read_bytes()


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def open_to_others(path: Path) -> None:
    path.chmod(0o644)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def number(path: Path, pragma: str) -> int:
    with raw(path) as connection:
        row: tuple[int] = connection.execute(f"PRAGMA {pragma}").fetchone()
        return row[0]


# Rights


async def test_nobody_else_can_read_anything(store: ConversationStore, file: Path) -> None:
    await begin(store)
    with raw(file) as connection:
        connection.execute("PRAGMA journal_mode = TRUNCATE")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM messages")
        found = {path.name: mode(path) for path in everything(file.parent)}
        connection.execute("ROLLBACK")
    owner = next(name for name in found if len(name) == 32)
    assert found == {
        "conversations.db": 0o600,
        "conversations.db-journal": 0o600,
        "owners": 0o700,
        owner: 0o600,
    }
    assert mode(file.parent) == 0o700


async def test_a_file_that_others_can_read_is_closed_to_them(file: Path) -> None:
    load(file, 1)
    open_to_others(file)
    store = await ConversationStore.open(file)
    assert mode(file) == 0o600
    await store.close()


async def test_the_connection_is_set_as_promised(store: ConversationStore) -> None:
    def read(connection: sqlite3.Connection) -> dict[str, str | int]:
        names = (
            "journal_mode",
            "synchronous",
            "fullfsync",
            "foreign_keys",
            "trusted_schema",
            "secure_delete",
        )
        return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    assert await store._database.read(read) == {
        "journal_mode": "truncate",
        "synchronous": 2,
        "fullfsync": 1,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "secure_delete": 1,
    }


# Versions


@pytest.mark.parametrize("version", range(1, len(STEPS) + 1))
async def test_a_file_of_every_released_version_is_read(file: Path, version: int) -> None:
    load(file, version)
    store = await ConversationStore.open(file)
    pinned, other = await store.conversations()
    assert (pinned.title, pinned.renamed, pinned.status) == ("杭州", True, Status.INTERRUPTED)
    assert (other.title, other.status, other.unread) == (
        "How do lifetimes differ?",
        Status.FAILED,
        True,
    )
    assert (other.server_id, other.server) == ("64a67fff", "https://api.acedata.cloud/aichat")
    assert (other.model, other.preset) == ("gpt-5.1", "Be terse")
    assert other.references == ("https://example.com/a.png",)
    messages = await store.messages(other.id)
    assert [m.id for m in messages] == ["a1", "a2", "a3", "a4"]
    assert messages[0].references == ("https://example.com/a.png",)
    assert (messages[1].text, messages[1].seconds) == ("A **lifetime** names a region.", 3.2)
    assert messages[3].error == Failure("used_up", "The balance is used up.", "trace-1")
    cut = (await store.messages(pinned.id))[1]
    assert cut.text == "今天"
    assert cut.error is not None
    assert cut.error.code == PROCESS_ENDED
    assert await store.draft("") == "a draft"
    assert await store.draft(other.id) == "half a thought"
    assert await store.conversations(filter="杭") == [pinned]
    await store.close()


async def test_a_new_file_and_a_migrated_one_are_alike(tmp_path: Path) -> None:
    old, new = tmp_path / "old" / "c.db", tmp_path / "new" / "c.db"
    load(old, 1)
    for path in (old, new):
        await (await ConversationStore.open(path)).close()
    assert schema(old) == schema(new)
    assert number(new, "user_version") == len(STEPS)


def _add_tags(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE conversations ADD COLUMN tags TEXT NOT NULL DEFAULT ''")


def _break_half_way(connection: sqlite3.Connection) -> None:
    _add_tags(connection)
    connection.execute("DELETE FROM messages")
    connection.execute("ALTER TABLE nowhere ADD COLUMN tags TEXT")


async def test_a_migration_leaves_a_backup_of_the_file_before_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(file, 1)
    before = schema(file)
    monkeypatch.setattr(migrations.migrate, "__defaults__", ((*STEPS, Step("tags", _add_tags)),))
    store = await ConversationStore.open(file)
    assert await store.count() == 2
    await store.close()
    assert number(file, "user_version") == len(STEPS) + 1
    backup = version_backup(file, 1)
    assert schema(backup) == before
    assert mode(backup) == 0o600
    with raw(backup) as connection:
        assert connection.execute("SELECT COUNT(*) FROM messages").fetchone() == (6,)
    assert [path.name for path in everything(file.parent)] == [
        "conversations.db",
        "conversations.db-journal",
        "conversations.db.version-1.backup",
    ]


async def test_a_migration_that_fails_changes_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(file, 1)
    before = schema(file)
    with monkeypatch.context() as patch:
        steps = (*STEPS, Step("tags", _break_half_way))
        patch.setattr(migrations.migrate, "__defaults__", (steps,))
        with pytest.raises(StoreError, match=r"brought up to date: .*nowhere.*step 4, tags"):
            await ConversationStore.open(file)
    assert schema(file) == before
    assert number(file, "user_version") == 1
    store = await ConversationStore.open(file)
    assert len(await store.messages("aaaa0000000000000000000000000001")) == 4
    await store.close()


async def test_a_full_disk_at_the_backup_changes_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(file, 1)
    before = content(file)

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(backups, "make_file", full)
    monkeypatch.setattr(migrations.migrate, "__defaults__", ((*STEPS, Step("tags", _add_tags)),))
    with pytest.raises(StoreError, match="cannot be opened: the disk is full"):
        await ConversationStore.open(file)
    assert content(file) == before


class LateConnection(sqlite3.Connection):
    """Is overtaken by another program just before it gets the write lock."""

    def execute(self, sql: str, *arguments: object) -> sqlite3.Cursor:  # pyright: ignore[reportIncompatibleMethodOverride]
        if sql == "BEGIN IMMEDIATE":
            path = Path(super().execute("PRAGMA database_list").fetchone()[2])
            with raw(path) as early:
                migrate(early, path, (*STEPS, Step("tags", _add_tags)))
        return super().execute(sql, *arguments)  # pyright: ignore[reportArgumentType]


def test_two_that_migrate_at_once_migrate_once(file: Path) -> None:
    load(file, 1)
    with closing(sqlite3.connect(file, isolation_level=None, factory=LateConnection)) as late:
        migrate(late, file, (*STEPS, Step("tags", _add_tags)))
    assert number(file, "user_version") == len(STEPS) + 1
    assert "tags" in dict(schema(file))["conversations"]


class SlowConnection(sqlite3.Connection):
    """Is overtaken by another program that fills the new file while this one looks at it."""

    def execute(self, sql: str, *arguments: object) -> sqlite3.Cursor:  # pyright: ignore[reportIncompatibleMethodOverride]
        if "FROM sqlite_master" in sql and not self.in_transaction:
            path = Path(super().execute("PRAGMA database_list").fetchone()[2])
            with raw(path) as early:
                migrate(early, path)
        return super().execute(sql, *arguments)  # pyright: ignore[reportArgumentType]


def test_two_that_make_the_file_at_once_know_it_as_theirs(file: Path) -> None:
    put(file, b"")
    with closing(sqlite3.connect(file, isolation_level=None, factory=SlowConnection)) as slow:
        migrate(slow, file)
    assert number(file, "user_version") == len(STEPS)


@pytest.mark.parametrize("version", [0, 1, 99])
async def test_another_programs_database_is_left_alone(file: Path, version: int) -> None:
    file.parent.mkdir()
    with raw(file) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
        connection.execute(f"PRAGMA user_version = {version}")
    before = content(file)
    with pytest.raises(StoreError, match="another program's database and was left alone"):
        await ConversationStore.open(file)
    assert content(file) == before


# Damage


async def test_damage_inside_the_file_is_found_by_the_check(
    store: ConversationStore, file: Path
) -> None:
    for text in range(40):
        await ask(store, f"q{text}", "word " * 400)
    assert await store.check() == "no damage found; conversations: 40, messages: 80"
    await store.close()
    whole = bytearray(content(file))
    whole[len(whole) // 2 : len(whole) // 2 + 20_000] = b"\xff" * 20_000
    put(file, bytes(whole))
    damaged = await ConversationStore.open(file)
    with pytest.raises(StoreError, match=f"{file.name} is damaged .*start acechat again"):
        await damaged.check()
    await damaged.close()


async def test_bytes_that_are_no_text_are_damage(store: ConversationStore, file: Path) -> None:
    conversation = await ask(store)
    await store._database.write(
        lambda c: c.execute("UPDATE messages SET text = CAST(x'ff41' AS TEXT)")
    )
    with pytest.raises(StoreError, match=f"cannot be read: .*{file.name} is damaged"):
        await store.messages(conversation.id)


# The disk and other programs


async def test_a_full_disk_at_enter_keeps_nothing_and_says_so(store: ConversationStore) -> None:
    conversation = await ask(store, "q1")
    await store.save_draft(conversation.id, "the draft")

    def leave_no_room(connection: sqlite3.Connection) -> None:
        pages: tuple[int] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")

    await store._database.read(leave_no_room)
    with pytest.raises(StoreError) as raised:
        await begin(store, "long " * 100_000, conversation)
    assert str(raised.value) == "the conversations cannot be written: the disk is full"
    assert len(await store.messages(conversation.id)) == 2
    assert await store.draft(conversation.id) == "the draft"
    await store._database.read(lambda c: c.execute("PRAGMA max_page_count = 1000000").fetchone())
    await begin(store, "long " * 100_000, conversation)
    assert len(await store.messages(conversation.id)) == 4


async def test_a_full_disk_in_mid_answer_keeps_what_was_there(store: ConversationStore) -> None:
    conversation, _, answer = await begin(store)
    await store.checkpoint(answer.id, "so far")
    pages = (await store._database.read(lambda c: c.execute("PRAGMA page_count").fetchone()))[0]
    await store._database.read(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    with pytest.raises(StoreError, match="the disk is full"):
        await store.checkpoint(answer.id, "more " * 100_000)
    assert (await store.messages(conversation.id))[1].text == "so far"


async def test_another_programs_lock_is_named_after_the_wait(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread, "BUSY_SECONDS", 0.05)
    store = await ConversationStore.open(file)
    with raw(file) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError) as raised:
            await begin(store)
        assert str(raised.value) == (
            f"the conversations cannot be written: store busy, {file} is locked by another program"
        )
        with pytest.raises(StoreError, match=r"cannot be read: .* is locked by another program"):
            await store.conversations()
        with pytest.raises(StoreError, match=r"cannot be opened: .* is locked by another program"):
            await ConversationStore.open(file)
    await begin(store)
    await store.close()


async def test_a_file_that_can_only_be_read_is_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(file, len(STEPS))
    before = content(file)
    connect = sqlite3.connect

    def read_only(path: Path, **options: float | None) -> sqlite3.Connection:
        connection = connect(path, timeout=1, isolation_level=None)
        connection.execute("PRAGMA query_only = ON")
        return connection

    monkeypatch.setattr(sqlite3, "connect", read_only)
    store = await ConversationStore.open(file)
    assert await store.count() == 2
    with pytest.raises(StoreError, match=f"cannot be written: .*{file.name} is read-only"):
        await store.save_draft("", "x")
    await store.close()
    assert content(file) == before


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot be opened: .*file.*: "):
        await ConversationStore.open(tmp_path / "file" / "conversations.db")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="folder cannot be opened"):
        await ConversationStore.open(tmp_path / "folder")


def test_what_the_system_reports_becomes_a_sentence() -> None:
    path = Path("/data/{odd}.db")
    assert sentence(OSError(errno.ENOSPC, "x"), "written", path) == (
        "the conversations cannot be written: the disk is full"
    )
    assert sentence(OSError(errno.EACCES, "x"), "opened", path) == (
        "the conversations cannot be opened: /data/{odd}.db belongs to somebody else"
    )
    assert sentence(OSError(errno.EROFS, "x", "/mnt/owners/1"), "written", path) == (
        "the conversations cannot be written: /mnt/owners/1 is on a read-only disk"
    )
    assert sentence(OSError(errno.EIO, "Input/output error"), "read", path) == (
        "the conversations cannot be read: /data/{odd}.db: Input/output error"
    )
    assert sentence(sqlite3.OperationalError("odd"), "read", None) == (
        "the conversations cannot be read: odd"
    )


# Callers that go away


async def test_a_caller_that_goes_away_does_not_tear_a_write(
    store: ConversationStore, file: Path
) -> None:
    conversation, _, answer = await begin(store)
    ended = replace(answer, text="all of it", status=Status.COMPLETE)
    with raw(file) as connection:
        connection.execute("BEGIN IMMEDIATE")
        # The first waits for the lock, the second has not even begun.
        callers = [
            asyncio.create_task(store.finish_turn(ended, unread=False)),
            asyncio.create_task(store.save_draft("", "typed and left")),
        ]
        await asyncio.sleep(0)
        for caller in callers:
            caller.cancel()
            with pytest.raises(asyncio.CancelledError):
                await caller
        connection.execute("ROLLBACK")
    assert await store.draft("") == "typed and left"
    messages = await store.messages(conversation.id)
    assert [m.text for m in messages] == ["why?", "all of it"]


async def test_a_list_that_nobody_waits_for_any_more_is_not_read(
    store: ConversationStore, file: Path
) -> None:
    done: list[str] = []
    with raw(file) as connection:
        connection.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(store.save_draft("", "x"))
        given_up = asyncio.create_task(store._database.read(lambda _: done.append("given up")))
        wanted = asyncio.create_task(store._database.read(lambda _: done.append("wanted")))
        await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.sleep(0)
        connection.execute("ROLLBACK")
    await asyncio.gather(writing, wanted)
    assert done == ["wanted"]


async def test_a_caller_that_goes_away_from_a_write_that_fails_is_not_disturbed(
    store: ConversationStore, caplog: pytest.LogCaptureFixture
) -> None:
    conversation, _, _ = await begin(store)
    asking = asyncio.create_task(begin(store, "second", conversation))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert len(await store.messages(conversation.id)) == 2
    assert caplog.text == ""


async def test_writes_keep_the_order_they_were_asked_in(store: ConversationStore) -> None:
    texts = [f"draft {number}" for number in range(50)]
    await asyncio.gather(*(store.save_draft("", text) for text in texts))
    assert await store.draft("") == texts[-1]


async def test_closing_finishes_what_was_asked_for(store: ConversationStore, file: Path) -> None:
    conversation, _, answer = await begin(store)
    ended = replace(answer, text="all of it", status=Status.COMPLETE)
    finishing = asyncio.create_task(store.finish_turn(ended, unread=False))
    await asyncio.sleep(0)
    await store.close()
    await finishing
    again = await ConversationStore.open(file)
    assert (await again.messages(conversation.id))[1].text == "all of it"
    await again.close()


async def test_a_closed_store_says_so(store: ConversationStore) -> None:
    await store.close()
    await store.close()
    for call in (store.conversations(), store.save_draft("", "x"), store.changed()):
        with pytest.raises(StoreError, match="the conversations are closed"):
            await call


async def test_opening_that_is_given_up_leaves_nothing_open(file: Path) -> None:
    load(file, 1)
    opening = asyncio.create_task(ConversationStore.open(file))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    store = await reopened(await ConversationStore.open(file))
    assert await store.count() == 2
    await store.close()


async def test_a_message_that_is_already_kept_is_refused_whole(store: ConversationStore) -> None:
    conversation, _, answer = await begin(store)
    await store.finish_turn(replace(answer, status=Status.COMPLETE), unread=False)
    question: Message = turn(conversation, "new")[0]
    with pytest.raises(StoreError, match="cannot be written"):
        await store.begin_turn(conversation, question, answer)
    assert len(await store.messages(conversation.id)) == 2
