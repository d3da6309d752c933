"""Damage: when it is looked for, what is saved of a damaged file, and that nothing is deleted."""

import asyncio
import errno
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from acechat.errors import StoreError
from acechat.models import Conversation, new_id
from acechat.store import damage, opening, salvage, thread
from acechat.store.conversations import ConversationStore
from acechat.store.migrations import STEPS, migrate
from acechat.store.salvage import TABLES
from store.samples import ask, begin, everything

PAGE = 4096
SCHEMAS = Path(__file__).with_name("schemas")


async def fill(file: Path, count: int = 40, *, back_up: bool = False) -> None:
    """Store conversations whose messages take a page each, and drafts."""
    store = await ConversationStore.open(file)
    for number in range(count):
        conversation = await ask(store, f"question {number}", f"answer {number} " + "word " * 700)
        await store.save_draft(conversation.id, f"draft {number}")
    if back_up:
        assert await store.back_up() is not None
    await store.close()


def content(file: Path) -> bytes:
    return file.read_bytes()


def put(file: Path, content: bytes) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)


def remove(file: Path) -> None:
    file.unlink()


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def load(file: Path, version: int) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((SCHEMAS / f"{version}.sql").read_text())


def spoil(file: Path, *pages: int) -> bytes:
    """Overwrite pages as a failing disk does, counted from 0; return what is in the file now."""
    content = bytearray(file.read_bytes())
    for page in pages:
        content[page * PAGE : (page + 1) * PAGE] = b"\xff" * PAGE
    file.write_bytes(content)
    return bytes(content)


def kill(file: Path) -> None:
    """Leave what a process leaves that wrote and was killed."""
    (file.parent / "owners").mkdir(exist_ok=True)
    (file.parent / "owners" / "killed").touch()


def page_of(file: Path, sql: str) -> int:
    """Return the page, counted from 0, on which a table begins or a row is."""
    with closing(sqlite3.connect(file)) as connection:
        found: tuple[int] = connection.execute(sql).fetchone()
        return found[0] - 1


def root(file: Path, table: str) -> int:
    return page_of(file, f"SELECT rootpage FROM sqlite_master WHERE name = '{table}'")


def page_that_holds(file: Path, text: bytes) -> int:
    return file.read_bytes().index(text) // PAGE


def texts_on(file: Path, page: int) -> set[str]:
    """Return the questions and the beginnings of the answers that are on a page."""
    content = file.read_bytes()[page * PAGE : (page + 1) * PAGE]
    texts = [text for pair in WHOLE.values() for text in pair]
    return {text for text in texts if re.search(rb"%s( word|[^\d ])" % text.encode(), content)}


def without(lost: set[str]) -> dict[str, list[str]]:
    return {title: [text for text in texts if text not in lost] for title, texts in WHOLE.items()}


def set_aside(file: Path) -> list[Path]:
    return [path for path in everything(file.parent) if ".damaged-" in path.name]


async def kept(store: ConversationStore) -> dict[str, list[str]]:
    """Return the texts of all conversations, by their titles."""
    return {
        conversation.title: [message.text.partition(" word")[0] for message in messages]
        async for conversation, messages in store.export_rows()
    }


WHOLE = {f"question {number}": [f"question {number}", f"answer {number}"] for number in range(40)}


# When it is looked for.


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count how often the whole file is looked at while it is opened."""
    found: list[str] = []
    look = opening.damage_of

    def counted(connection: sqlite3.Connection) -> str:
        found.append("look")
        return look(connection)

    monkeypatch.setattr(opening, "damage_of", counted)
    return found


async def test_after_a_clean_end_the_file_is_not_read_whole(file: Path, looks: list[str]) -> None:
    await fill(file, 2)
    await fill(file, 2)
    assert looks == []


async def test_after_a_process_was_killed_the_file_is_looked_at_once(
    file: Path, looks: list[str]
) -> None:
    await fill(file, 2)
    kill(file)
    for _ in range(2):
        store = await ConversationStore.open(file)
        assert store.notices() == []
        await store.close()
    assert looks == ["look"]


async def test_while_another_window_is_open_the_file_is_not_looked_at(
    store: ConversationStore, file: Path, looks: list[str]
) -> None:
    await ask(store)
    await (await ConversationStore.open(file)).close()
    assert looks == []


async def test_a_journal_that_was_left_behind_is_played_back_and_the_file_looked_at(
    file: Path, looks: list[str]
) -> None:
    await fill(file, 3)
    before = content(file)
    journal = file.with_name(f"{file.name}-journal")
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = TRUNCATE")
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE messages SET text = text || 'torn'")
        torn, half = content(file), content(journal)
        connection.execute("ROLLBACK")
    assert torn != before
    put(file, torn)
    put(journal, half)
    store = await ConversationStore.open(file)
    assert looks == ["look"]
    assert store.notices() == []
    assert (await kept(store))["question 1"] == WHOLE["question 1"]
    await store.close()


async def test_damage_that_is_met_while_the_program_runs_is_mended_at_the_next_start(
    file: Path,
) -> None:
    await fill(file)
    spoil(file, page_that_holds(file, b"answer 20"))
    store = await ConversationStore.open(file)
    assert store.notices() == []
    with pytest.raises(StoreError, match=r"is damaged; start acechat again, which saves what can"):
        await kept(store)
    await store.close()
    store = await ConversationStore.open(file)
    assert len(store.notices()) == 1
    assert len(await kept(store)) == 40
    await store.close()


async def test_damage_that_the_check_finds_is_mended_at_the_next_start(file: Path) -> None:
    await fill(file)
    spoil(file, page_that_holds(file, b"answer 20"))
    store = await ConversationStore.open(file)
    with pytest.raises(StoreError, match=r"is damaged .*; start acechat again"):
        await store.check()
    await store.close()
    store = await ConversationStore.open(file)
    assert len(store.notices()) == 1
    await store.close()


# What is saved.


async def test_what_can_be_read_is_saved_and_the_damaged_file_kept(file: Path) -> None:
    await fill(file)
    page = page_that_holds(file, b"answer 20")
    lost = texts_on(file, page)
    assert "answer 20" in lost
    spoiled = spoil(file, page)
    kill(file)
    store = await ConversationStore.open(file)
    (aside,) = set_aside(file)
    (notice,) = store.notices()
    assert notice.startswith(f"{file} was damaged (")
    assert notice.endswith(
        f"); saved: conversations 40, messages {80 - len(lost)}, drafts 40; "
        "the rest could not be read, "
        f"and there is no backup; the damaged file is {aside}"
    )
    assert store.notices() == []
    assert content(aside) == spoiled
    assert mode(aside) == 0o600
    assert await kept(store) == without(lost)
    (found,) = await store.conversations(filter="question 20")
    assert await store.draft(found.id) == "draft 20"
    # It goes on as if nothing had been.
    await ask(store, "and now?", "on", found)
    assert await store.check() == (
        f"no damage found; conversations: 40, messages: {82 - len(lost)}"
    )
    await store.close()
    assert {path.name for path in everything(file.parent)} == {
        "conversations.db",
        "conversations.db-journal",
        "conversations.db.lock",
        aside.name,
        "owners",
    }


async def test_what_cannot_be_read_comes_from_the_backup(file: Path) -> None:
    await fill(file, back_up=True)
    store = await ConversationStore.open(file)
    await ask(store, "after the backup", "new")
    gone = (await store.conversations(filter="question 30"))[0]
    await store.delete(gone.id)
    await store.close()
    await (await ConversationStore.open(file)).close()  # now it is gone for good
    page = page_that_holds(file, b"answer 20")
    lost = texts_on(file, page)
    spoil(file, page)
    kill(file)
    store = await ConversationStore.open(file)
    (backup,) = (file.parent / "backups").glob("*.db")
    assert f"{len(lost)} rows that could not be read come from {backup}" in store.notices()[0]
    expected = {title: texts for title, texts in WHOLE.items() if title != "question 30"}
    assert await kept(store) == {**expected, "after the backup": ["after the backup", "new"]}
    await store.close()


@pytest.mark.parametrize("table", ["conversations", "messages", "drafts"])
async def test_a_table_that_cannot_be_read_at_all_comes_from_the_backup(
    file: Path, table: str
) -> None:
    await fill(file, back_up=True)
    spoil(file, root(file, table))
    kill(file)
    store = await ConversationStore.open(file)
    assert "come from" in store.notices()[0]
    assert await kept(store) == WHOLE
    (found,) = await store.conversations(filter="question 7")
    assert await store.draft(found.id) == "draft 7"
    await store.close()


async def test_conversations_that_cannot_be_read_are_named_after_their_first_question(
    file: Path,
) -> None:
    await fill(file)
    spoil(file, root(file, "conversations"))
    kill(file)
    store = await ConversationStore.open(file)
    assert await kept(store) == WHOLE
    assert [c.title for c in await store.conversations(filter="question 12")] == ["question 12"]
    await store.close()


async def test_damage_to_an_index_loses_nothing(file: Path) -> None:
    await fill(file)
    spoil(file, root(file, "messages_in_order"))
    kill(file)
    store = await ConversationStore.open(file)
    assert "nothing was lost" in store.notices()[0]
    assert await kept(store) == WHOLE
    await store.close()


@pytest.mark.parametrize("back_up", [False, True])
async def test_where_the_first_page_is_damaged_the_rest_is_read_all_the_same(
    file: Path, back_up: bool
) -> None:
    await fill(file, back_up=back_up)
    if back_up:
        store = await ConversationStore.open(file)
        await ask(store, "after the backup", "new")
        await store.close()
    spoil(file, 0)
    store = await ConversationStore.open(file)
    assert "(file is not a database)" in (notice := store.notices()[0])
    assert "nothing was lost" in notice
    new = {"after the backup": ["after the backup", "new"]} if back_up else {}
    assert await kept(store) == {**WHOLE, **new}
    await store.close()


async def test_where_nothing_can_be_read_the_newest_backup_that_is_whole_takes_the_place(
    file: Path,
) -> None:
    await fill(file, back_up=True)
    (backup,) = (file.parent / "backups").glob("*.db")
    newer = backup.with_name("conversations-2999-12-31.db")
    put(newer, content(backup))
    spoil(newer, page_that_holds(newer, b"answer 20"))
    put(file, b"\x00" * PAGE * 10)
    kill(file)
    store = await ConversationStore.open(file)
    assert (
        f"nothing in it could be read, so the backup {backup} took its place"
        in (store.notices()[0])
    )
    assert await kept(store) == WHOLE
    await store.close()


async def test_a_file_of_something_else_is_set_aside_whole(file: Path) -> None:
    notes = b"these are notes, not a database\n" * 1000
    put(file, notes)
    store = await ConversationStore.open(file)
    (aside,) = set_aside(file)
    assert content(aside) == notes
    assert store.notices() == [
        f"{file} was damaged (file is not a database); nothing in it could be read, and there is "
        f"no backup, so a new one was begun; the damaged file is {aside}"
    ]
    await ask(store)
    await store.close()


async def test_a_file_that_was_emptied_or_removed_is_begun_anew_and_the_backup_named(
    file: Path,
) -> None:
    await fill(file, 2, back_up=True)
    (backup,) = (file.parent / "backups").glob("*.db")
    remove(file)
    store = await ConversationStore.open(file)
    assert store.notices() == [
        f"{file} was gone or empty, so a new one was begun; the newest backup is {backup}"
    ]
    await store.close()
    store = await ConversationStore.open(file)
    assert store.notices() == []
    await store.close()


async def test_a_damaged_file_of_an_earlier_version_is_mended_and_brought_up_to_date(
    file: Path,
) -> None:
    load(file, 1)
    spoil(file, root(file, "messages_in_order"))
    store = await ConversationStore.open(file)
    assert "saved: conversations 2, messages 6, drafts 2; nothing was lost" in store.notices()[0]
    assert len(await store.messages("aaaa0000000000000000000000000001")) == 4
    await store.close()


async def test_rows_that_hold_what_is_never_written_are_left_out(file: Path) -> None:
    await fill(file, 4)
    with closing(sqlite3.connect(file)) as connection:
        texts = ("role = 'nobody'", "status = 7", "refs = '{'")
        for number, change in enumerate(texts, 1):
            connection.execute(f"UPDATE messages SET {change} WHERE number = {number * 2}")
        connection.execute("UPDATE messages SET text = CAST(x'ff41' AS TEXT) WHERE number = 8")
        connection.commit()
    spoil(file, root(file, "messages_in_order"))
    kill(file)
    store = await ConversationStore.open(file)
    assert [texts for _, texts in sorted((await kept(store)).items())] == [
        ["question 0"],
        ["question 1"],
        ["question 2"],
        ["question 3", "\ufffdA"],
    ]
    await store.close()


async def test_conversations_deleted_for_good_do_not_come_back_from_a_backup(file: Path) -> None:
    await fill(file, 6, back_up=True)
    store = await ConversationStore.open(file)
    (gone,) = await store.conversations(filter="question 3")
    await store.delete(gone.id)
    await store.close()
    await (await ConversationStore.open(file)).close()
    spoil(file, root(file, "conversations"), root(file, "messages"))
    kill(file)
    store = await ConversationStore.open(file)
    assert sorted(await kept(store)) == [f"question {number}" for number in (0, 1, 2, 4, 5)]
    await store.close()


def test_every_table_that_holds_something_of_the_users_is_saved() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, None, STEPS)
        rows: list[tuple[str, str]] = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
    virtual = {name for name, sql in rows if sql.startswith("CREATE VIRTUAL")}
    ordinary = {name for name, _ in rows if name.partition("_")[0] not in virtual}
    assert ordinary == set(TABLES)


# Troubles while it is mended.


async def test_a_full_disk_leaves_the_damaged_file_where_it_was(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(file, back_up=True)
    spoiled = spoil(file, page_that_holds(file, b"answer 20"))
    kill(file)

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(damage, "make_file", full)
        with pytest.raises(StoreError, match="cannot be opened: the disk is full"):
            await ConversationStore.open(file)
    assert content(file) == spoiled
    assert set_aside(file) == []
    store = await ConversationStore.open(file)
    assert await kept(store) == WHOLE
    await store.close()


async def test_two_that_find_the_damage_at_once_mend_it_once(file: Path) -> None:
    await fill(file)
    spoil(file, 0)
    stores = await asyncio.gather(*(ConversationStore.open(file) for _ in range(4)))
    assert sum(len(store.notices()) for store in stores) == 1
    assert len(set_aside(file)) == 1
    await ask(stores[3], "which file?", "the mended one")
    for store in stores:
        assert await kept(store) == {**WHOLE, "which file?": ["which file?", "the mended one"]}
        await store.close()


async def test_a_window_that_is_open_goes_on_with_the_mended_file(file: Path) -> None:
    await fill(file)
    window = await ConversationStore.open(file)
    _, _, answer = await begin(window, "asked before")
    spoil(file, page_that_holds(file, b"answer 20"))
    kill(file)
    store = await ConversationStore.open(file)
    assert len(store.notices()) == 1
    await window.checkpoint(answer.id, "arrived after")
    await ask(window, "asked after", "because")
    assert {"asked before", "asked after"} <= set(await kept(store))
    assert (await kept(store))["asked before"] == ["asked before", "arrived after"]
    await store.close()
    await window.close()


async def test_a_file_that_is_removed_while_it_is_open_is_not_written_into_nowhere(
    store: ConversationStore, file: Path
) -> None:
    await ask(store)
    remove(file)
    with pytest.raises(StoreError) as raised:
        await ask(store, "where to?")
    assert str(raised.value) == f"the conversations cannot be written: {file} is gone"


async def test_a_file_system_without_second_names_will_do(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(file, 4)
    spoil(file, 0)

    def unsupported(path: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted", str(path), None, str(target))

    monkeypatch.setattr(Path, "hardlink_to", unsupported)
    store = await ConversationStore.open(file)
    assert len(set_aside(file)) == 1
    assert len(await kept(store)) == 4
    await store.close()


async def test_a_lock_is_no_damage(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(file)
    spoiled = spoil(file, page_that_holds(file, b"answer 20"))
    kill(file)
    monkeypatch.setattr(thread, "BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="store busy"):
            await ConversationStore.open(file)
    assert content(file) == spoiled
    store = await ConversationStore.open(file)
    assert len(await kept(store)) == 40
    await store.close()


def test_what_is_no_damage_is_not_read_over() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, None, STEPS)
    new = sqlite3.connect(":memory:", isolation_level=None)
    migrate(new, None, STEPS)

    connection.set_progress_handler(lambda: 1, 1)
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        salvage.salvage(connection, new)


async def test_a_conversation_without_its_own_row_is_listed(file: Path) -> None:
    store = await ConversationStore.open(file)
    await begin(store, "only asked", Conversation(new_id()))
    await store.close()
    spoil(file, root(file, "conversations"))
    kill(file)
    store = await ConversationStore.open(file)
    (found,) = await store.conversations()
    assert found.title == "only asked"
    await store.close()
