"""Two machines and one folder between them."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from acechat import sync as syncing
from acechat.locks import locked
from acechat.models import Conversation, Status, Whole
from acechat.store.conversations import ConversationStore
from acechat.sync import NAME, REMOVED, Synced, SyncError, sync
from store.samples import Clock, ask, begin, reopened

APP = Path(__file__).parents[1] / "app"


class Machine:
    """A store, and what the machine remembers of the folder."""

    def __init__(self, store: ConversationStore, home: Path, folder: Path) -> None:
        self.store = store
        self.state = home / "sync.json"
        self.folder = folder

    async def sync(self) -> Synced:
        done = await sync(self.store, self.folder, self.state)
        assert done.problems == []
        return done

    @property
    def own(self) -> Path:
        (remembered,) = json.loads(self.state.read_text()).values()
        return self.folder / NAME / str(remembered["machine"])

    async def texts(self, conversation: Conversation) -> list[str]:
        return [m.text for m in await self.store.messages(conversation.id)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "shared"
    path.mkdir()
    return path


@pytest.fixture
async def machines(tmp_path: Path, folder: Path) -> AsyncGenerator[tuple[Machine, Machine]]:
    found: list[Machine] = []
    for name, now in (("here", 1_000_000.0), ("there", 1_003_600.0)):
        home = tmp_path / name
        store = await ConversationStore.open(home / "c.db", clock=Clock(now))
        found.append(Machine(store, home, folder))
    yield found[0], found[1]
    for machine in found:
        await machine.store.close()


async def test_what_is_said_here_is_found_there(machines: tuple[Machine, Machine]) -> None:
    here, there = machines
    conversation = await ask(here.store, "q1", "a1")
    assert (await here.sync()).written == 1
    done = await there.sync()
    # What came as it is need not be written again.
    assert (done.new, done.written) == (1, 0)
    assert await there.texts(conversation) == ["q1", "a1"]
    await ask(there.store, "q2", "a2", conversation)
    assert (await there.sync()).written == 1
    assert (await here.sync()).changed == 1
    assert await here.texts(conversation) == ["q1", "a1", "q2", "a2"]


async def test_nothing_is_done_where_nothing_changed(machines: tuple[Machine, Machine]) -> None:
    here, there = machines
    await ask(here.store, "q1", "a1")
    for _ in range(2):
        await here.sync()
        await there.sync()
    for machine in machines:
        assert await machine.sync() == Synced()


async def test_both_write_at_the_same_time_and_nothing_is_lost(
    machines: tuple[Machine, Machine],
) -> None:
    here, there = machines
    conversation = await ask(here.store, "q1", "a1")
    await here.sync()
    await there.sync()
    await ask(here.store, "here", "a here", conversation)
    await ask(there.store, "there", "a there", conversation)
    for machine in (here, there, here, there):
        await machine.sync()
    for machine in machines:
        assert await machine.texts(conversation) == ["q1", "a1", "there", "a there"]
        (question,) = [m for m in await machine.store.messages(conversation.id) if m.versions == 2]
        other = next(key for key in await machine.store.versions(question.id) if key != question.id)
        await machine.store.show_version(other)
        assert await machine.texts(conversation) == ["q1", "a1", "here", "a here"]


async def test_what_is_deleted_on_one_machine_goes_from_the_other(
    machines: tuple[Machine, Machine],
) -> None:
    here, there = machines
    gone = await ask(here.store, "gone", "a")
    changed = await ask(here.store, "changed", "a")
    await here.sync()
    await there.sync()
    for conversation in (gone, changed):
        await here.store.delete(conversation.id)
    # It can be brought back until the program ends, so it stays there until then.
    await here.sync()
    assert (await there.sync()).removed == 0
    here.store = await reopened(here.store)
    await ask(there.store, "and on", "b", changed)
    await here.sync()
    assert not (here.own / f"{gone.id}.json").exists()
    assert gone.id in json.loads((here.own / REMOVED).read_text())
    assert (await there.sync()).removed == 1
    # Where it went on after that, it stays, and goes back to where it was deleted.
    assert [c.id for c in await there.store.conversations()] == [changed.id]
    assert (await here.sync()).new == 1
    assert await here.texts(changed) == ["changed", "a", "and on", "b"]


async def test_a_deletion_reaches_the_other_machine_and_nothing_comes_back(
    machines: tuple[Machine, Machine],
) -> None:
    here, there = machines
    conversation = await ask(there.store, "q", "a")
    await there.sync()
    await here.sync()
    await there.store.delete(conversation.id)
    there.store = await reopened(there.store)
    await there.sync()
    assert (await here.sync()).removed == 1
    for machine in (there, here, there):
        await machine.sync()
        assert await machine.store.conversations() == []


async def test_a_file_that_is_still_on_its_way_is_read_the_next_time(
    machines: tuple[Machine, Machine],
) -> None:
    here, there = machines
    conversation = await ask(here.store, "q1", "a1")
    await here.sync()
    path = here.own / f"{conversation.id}.json"
    whole = path.read_bytes()
    path.write_bytes(whole[:50])
    done = await sync(there.store, there.folder, there.state)
    assert [problem.endswith("this is not JSON") for problem in done.problems] == [True]
    assert await there.store.conversations() == []
    path.write_bytes(whole)
    assert (await there.sync()).new == 1


async def test_an_answer_that_is_arriving_is_written_when_it_has_ended(
    machines: tuple[Machine, Machine],
) -> None:
    here, _ = machines
    _, _, answer = await begin(here.store, "q1")
    assert (await here.sync()).written == 0
    ended = replace(answer, text="a1", status=Status.COMPLETE)
    await here.store.finish_turn(ended, unread=False)
    assert (await here.sync()).written == 1


async def test_a_folder_that_is_not_there_is_named(
    machines: tuple[Machine, Machine], tmp_path: Path
) -> None:
    here, _ = machines
    with pytest.raises(SyncError, match="not a folder"):
        await sync(here.store, tmp_path / "nowhere", here.state)
    assert not (tmp_path / "nowhere").exists()


async def test_a_machine_that_forgot_everything_looks_at_all_of_it_anew(
    machines: tuple[Machine, Machine],
) -> None:
    here, there = machines
    conversation = await ask(here.store, "q1", "a1")
    await here.sync()
    await there.sync()
    there.state.write_text("{")
    await there.sync()
    assert await there.texts(conversation) == ["q1", "a1"]
    assert len(await there.store.conversations()) == 1


async def test_nobody_else_can_read_what_is_written(machines: tuple[Machine, Machine]) -> None:
    here, _ = machines
    await ask(here.store, "q1", "a1")
    await here.sync()
    assert here.own.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in here.own.iterdir())


async def test_files_that_went_or_hold_no_text_keep_no_other_back(
    machines: tuple[Machine, Machine],
) -> None:
    here, there = machines
    await ask(here.store, "q1", "a1")
    await here.sync()
    (here.own / "0-gone.json").symlink_to(here.own / "nowhere")
    (here.own / "1-bytes.json").write_bytes(b"\xff\xfe")
    done = await sync(there.store, there.folder, there.state)
    assert done.new == 1
    assert done.problems == [f"{here.own.name}/1-bytes.json: this is not UTF-8 text"]


async def test_the_newest_time_of_a_deletion_is_told(machines: tuple[Machine, Machine]) -> None:
    here, _ = machines
    conversation = await ask(here.store, "q1", "a1")
    await here.store.remove(conversation.id, 1_100_000.0)
    await here.sync()
    first = (here.own / REMOVED).read_text()
    whole = Whole(conversation, (), None)
    await here.store.merge(whole)
    await here.store.remove(conversation.id, 1_200_000.0)
    await here.sync()
    assert json.loads((here.own / REMOVED).read_text()).keys() == json.loads(first).keys()
    assert (here.own / REMOVED).read_text() > first


async def test_two_windows_of_a_machine_do_not_exchange_at_once(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = machines
    await ask(here.store, "q1", "a1")
    # The other one has begun: it decides on the name of this machine, and has not told it yet.
    with locked(here.state.with_name("sync.json.lock")) as is_ours:
        assert is_ours
        second = asyncio.create_task(here.sync())
        # Another machine waits for nobody.
        await there.sync()
        assert not second.done()
        with monkeypatch.context() as impatient:
            impatient.setattr(syncing, "PATIENCE", 0.0)
            with pytest.raises(SyncError, match="another window is exchanging conversations"):
                await here.sync()
    assert (await second).written == 1


async def test_two_processes_that_exchange_at_once_are_one_machine(
    tmp_path: Path, folder: Path
) -> None:
    home = tmp_path / "home"
    store = await ConversationStore.open(home / "conversations.db")
    for number in range(200):
        await ask(store, f"q{number}")
    await store.close()

    async def window() -> dict[str, object]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "acechat", "sync", str(folder), "--json"),
            env=os.environ | {"ACECHAT_HOME": str(home), "PYTHONPATH": str(APP)},
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
        assert process.returncode == 0
        return json.loads(out)

    first, second = await asyncio.gather(window(), window())
    assert {first["written"], second["written"]} == {200, 0}
    # Neither took the other for another machine.
    assert (first["new"], second["new"]) == (0, 0)
    (own,) = (folder / NAME).iterdir()
    assert len(list(own.glob("*.json"))) == 200
    (remembered,) = json.loads((home / "sync.json").read_text()).values()
    assert remembered["machine"] == own.name
