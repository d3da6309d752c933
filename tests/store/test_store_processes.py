"""Several programs on one file, and programs that end in the middle of an answer."""

import asyncio
import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from acechat.errors import NOT_SENT, PROCESS_ENDED
from acechat.models import Status
from acechat.store import owners
from acechat.store.backups import version_backup
from acechat.store.conversations import ConversationStore
from acechat.store.owners import Owner
from store.samples import ask, begin, dump
from store.test_store_damage import load

ROOT = Path(__file__).parents[2]


@contextmanager
def writer(work: str, path: Path, name: str) -> Generator[subprocess.Popen[str], None, None]:
    """Run `writer.py`; it is gone at the end."""
    process = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("writer.py"), work, path, name],
        env=os.environ | {"PYTHONPATH": str(ROOT / "app")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def wait_until_ready(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


async def test_a_program_killed_in_mid_answer_leaves_it_interrupted(file: Path) -> None:
    with writer("stream", file, "killed") as process:
        wait_until_ready(process)
        store = await ConversationStore.open(file)
        assert (await store.conversation("killed")).status is Status.STREAMING
        await store.close()
        process.kill()
        process.wait()
    store = await ConversationStore.open(file)
    assert (await store.conversation("killed")).status is Status.INTERRUPTED
    question, answer = await store.messages("killed")
    assert question.text == "question of killed"
    assert answer.text.startswith("the part that arrived")
    assert answer.error is not None
    assert answer.error.code == PROCESS_ENDED
    assert answer.error.message == "the program ended while this answer was arriving"
    assert (await store.check()).startswith("no damage found")
    # The dead program's mark is swept away.
    assert list((file.parent / "owners").iterdir()) == []
    await store.close()


async def test_a_program_killed_while_an_answer_waits_in_line_says_that_nothing_was_sent(
    file: Path,
) -> None:
    with writer("wait", file, "killed") as process:
        wait_until_ready(process)
        process.kill()
        process.wait()
    store = await ConversationStore.open(file)
    _, answer = await store.messages("killed")
    _, sent = await store.messages("killed-2")
    assert (answer.status, sent.status) == (Status.INTERRUPTED, Status.INTERRUPTED)
    assert answer.error is not None
    assert (answer.error.code, answer.error.message[:8]) == (NOT_SENT, "not sent")
    assert sent.error is not None
    assert sent.error.code == PROCESS_ENDED
    await store.close()


async def test_programs_that_write_at_the_same_time_lose_nothing(file: Path) -> None:
    with writer("fill", file, "one") as one, writer("fill", file, "two") as two:
        wait_until_ready(one)
        wait_until_ready(two)
        assert (one.wait(), two.wait()) == (0, 0)
    store = await ConversationStore.open(file)
    assert await store.count() == 50
    async for conversation, messages in store.export_rows():
        assert conversation.status is Status.COMPLETE
        assert [message.text for message in messages] == [conversation.id, "all"]
    await store.close()


async def test_a_migration_that_is_killed_in_the_middle_leaves_the_old_version_and_a_backup(
    file: Path,
) -> None:
    load(file, 1)
    before = dump(file)
    with writer("migrate", file, "pause") as process:
        wait_until_ready(process)
        # It is in the middle, and has already written into the file.
        journal = file.with_name(f"{file.name}-journal")
        assert journal.stat().st_size > 0
        process.kill()
        process.wait()
    # Whoever looks at the file sees it as it was.
    assert dump(file) == before
    assert dump(version_backup(file, 1)) == before
    store = await ConversationStore.open(file)
    assert store.notices() == []
    assert await store.count() == 2
    assert await store.draft("") == "a draft"
    assert (await store.check()).startswith("no damage found")
    await store.close()


async def test_programs_that_migrate_at_once_migrate_once(file: Path) -> None:
    load(file, 1)
    with writer("migrate", file, "-") as one, writer("migrate", file, "-") as two:
        told = [process.communicate()[0] for process in (one, two)]
    assert told == ["ready 2\n", "ready 2\n"]
    store = await ConversationStore.open(file)
    assert await store.count() == 2
    assert (await store.check()).startswith("no damage found; conversations: 2, messages: 6")
    await store.close()


async def test_a_program_waits_for_another_one_that_migrates(file: Path) -> None:
    load(file, 1)
    with writer("migrate", file, "pause") as process:
        wait_until_ready(process)
        opening = asyncio.create_task(ConversationStore.open(file))
        await asyncio.sleep(0.2)
        assert not opening.done()
        process.kill()
        process.wait()
        store = await opening
    assert await store.count() == 2
    await store.close()


async def test_a_window_notices_what_another_one_writes(
    store: ConversationStore, other: ConversationStore
) -> None:
    await ask(store)
    assert not await store.changed()
    await ask(other)
    assert await store.changed()
    assert not await store.changed()


async def test_reading_leaves_no_mark(file: Path, store: ConversationStore) -> None:
    await store.conversations()
    await store.draft("")
    assert not (file.parent / "owners").exists()
    await store.save_draft("", "x")
    await begin(store)
    assert len(list((file.parent / "owners").iterdir())) == 1
    await store.close()
    assert list((file.parent / "owners").iterdir()) == []


def test_an_owner_is_alive_until_it_lets_go(tmp_path: Path) -> None:
    owner, watcher, third = (Owner(tmp_path / "owners") for _ in range(3))
    name = owner.claim()
    assert owner.claim() == name
    assert watcher.claim() != name
    for other in (owner, watcher, third):
        assert other.is_alive(name)
        other.sweep()
        assert other.is_alive(name)
    owner.release()
    assert not watcher.is_alive(name)
    assert not owner.is_alive(name)
    watcher.release()


def test_a_mark_without_its_process_is_not_alive_and_is_swept(tmp_path: Path) -> None:
    folder = tmp_path / "owners"
    folder.mkdir()
    (folder / "abc").touch()
    owner = Owner(folder)
    assert not owner.is_alive("abc")
    owner.sweep()
    assert list(folder.iterdir()) == []


def test_two_that_look_at_a_dead_owner_do_not_take_each_other_for_it(tmp_path: Path) -> None:
    mark = tmp_path / "abc"
    mark.touch()
    with mark.open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        assert not Owner(tmp_path).is_alive("abc")


def test_a_mark_that_is_swept_away_while_it_is_made_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "owners"
    lock = owners.take
    names: list[str] = []

    def late(descriptor: int) -> bool:
        if not names:
            # Another program looks for dead owners just before the first lock is taken.
            names.extend(path.name for path in folder.iterdir())
            Owner(folder).sweep()
        return lock(descriptor)

    monkeypatch.setattr(owners, "take", late)
    owner = Owner(folder)
    assert owner.claim() not in names
    assert Owner(folder).is_alive(owner.id)
    owner.release()


def test_without_locks_a_program_can_still_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    owner = Owner(tmp_path)
    assert owner.is_alive(owner.claim())
    assert not Owner(tmp_path).is_alive(owner.id)
    owner.release()


def test_an_owner_named_by_a_hostile_file_is_not_looked_for(tmp_path: Path) -> None:
    owner = Owner(tmp_path / "owners")
    outside = Owner(tmp_path)
    name = outside.claim()
    for hostile in (f"../{name}", "/etc/passwd", "", None):
        assert not owner.is_alive(hostile)
    outside.release()


def test_owners_in_memory_know_only_themselves() -> None:
    owner = Owner(None)
    assert owner.is_alive(owner.claim())
    assert not owner.is_alive("another")
    owner.sweep()
    owner.release()
    assert owner.id == ""
