"""What goes with the next question, and what is known of references, is there tomorrow."""

import sqlite3
from pathlib import Path

import pytest

from acechat.files import Attached, KeptFiles, LookedAt
from acechat.store import references
from acechat.store.conversations import ConversationStore
from acechat.store.temporary import StoreWithTemporary
from store.samples import ask, everything, reopened

URL = "https://files.test/1/report.pdf"
FILE = Attached("report.pdf", Path("/tmp/a folder/report.pdf"), 1200, URL)
STRANGE = Attached("\udcff\x1b[8m", Path("/tmp/\udcff"), None, "")
SEEN = LookedAt(answers=True, words="answers", content_type="image/png", size=4200)
SILENT = LookedAt(answers=False, words="no answer within 10 s")


async def test_it_is_there_after_a_restart(store: ConversationStore) -> None:
    conversation = await ask(store)
    await store.keep_files(conversation.id, [FILE, STRANGE], {URL: SEEN})
    await store.keep_files("", [STRANGE], {})
    store = await reopened(store)
    assert await store.files(conversation.id) == KeptFiles((FILE, STRANGE), {URL: SEEN})
    assert await store.files("") == KeptFiles((STRANGE,), {})
    assert await store.files("nowhere") == KeptFiles()
    await store.close()


async def test_what_was_found_out_stays_beside_what_is_found_out(store: ConversationStore) -> None:
    await store.keep_files("", [FILE], {URL: SEEN, "https://a.test": SEEN})
    await store.keep_files("", [], {"https://a.test": SILENT})
    assert await store.files("") == KeptFiles((), {URL: SEEN, "https://a.test": SILENT})


async def test_the_newest_stay(store: ConversationStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "MAX_LOOKED", 2)
    for name in "abc":
        await store.keep_files("", [], {name: SEEN})
    assert [*(await store.files("")).looked] == ["b", "c"]


async def test_it_goes_with_its_conversation(store: ConversationStore) -> None:
    conversation = await ask(store)
    await store.keep_files(conversation.id, [FILE], {URL: SEEN})
    await store.delete(conversation.id)
    store = await reopened(store)
    while await store.purge_some():
        pass
    assert await store.files(conversation.id) == KeptFiles()
    assert store.path is not None
    path = store.path
    await store.close()
    assert b"report.pdf" not in path.read_bytes()


async def test_nothing_is_kept_of_a_temporary_conversation(tmp_path: Path) -> None:
    store = await StoreWithTemporary.open(tmp_path / "c.db")
    await store.begin_temporary("t1")
    await store.keep_files("t1", [FILE], {URL: SEEN})
    await store.end_temporary()
    # What comes late does not either.
    await store.keep_files("t1", [FILE], {URL: SEEN})
    await store.close()
    for path in everything(tmp_path):
        assert not path.is_file() or b"report.pdf" not in path.read_bytes()


@pytest.mark.parametrize("column", ["", "no JSON", "{}", '["a"]', "[[1, 2]]", "null"])
async def test_what_cannot_be_read_is_as_if_it_were_not_there(
    store: ConversationStore, column: str
) -> None:
    def write(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO files VALUES ('', ?, '[]')", (column,))
        connection.execute("INSERT INTO files VALUES ('a', '[]', ?)", (column,))

    await store._database.write(write)
    for place in ("", "a"):
        assert await store.files(place) == KeptFiles()
        await store.keep_files(place, [FILE], {URL: SEEN})
        assert await store.files(place) == KeptFiles((FILE,), {URL: SEEN})


async def test_a_sample_of_what_was_released_is_read(tmp_path: Path) -> None:
    file = tmp_path / "c.db"
    connection = sqlite3.connect(file)
    connection.executescript(
        (Path(__file__).with_name("schemas") / "3.sql").read_text(encoding="utf-8")
    )
    connection.close()
    store = await ConversationStore.open(file)
    found = await store.files("aaaa0000000000000000000000000001")
    kept = Attached("a.pdf", Path("/tmp/a.pdf"), 1200, "https://example.com/1/a.pdf")
    assert found == KeptFiles((kept,), {"https://example.com/a.png": SEEN})
    await store.close()
