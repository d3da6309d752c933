"""Conversations as files in a folder that the user's own tool carries between machines.

Each machine writes into a folder of its own and reads all others, so that no file has two writers
and the carrying tool never sees a conflict:

    FOLDER/acechat/MACHINE/CONVERSATION.json   a conversation whole, as in an export
    FOLDER/acechat/MACHINE/removed.json        what was deleted there, and when

Of several windows of one machine only one takes part at a time: they write the same folder.
Copies are merged message by message (`ChatStore.merge` of the store). What is written is written
whole; what cannot be read, perhaps because it is still on its way, is tried again the next time.
"""

import asyncio
import hashlib
import json
import os
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, cast

from acechat.aside import aside
from acechat.errors import StoreError, UnknownConversation
from acechat.export import iso_time
from acechat.jsonl import from_jsonl, to_jsonl
from acechat.locks import take
from acechat.models import Merged, Status, Whole, new_id
from acechat.paths import FILE_MODE, FOLDER_MODE, write_whole

NAME = "acechat"
"""The folder in the user's folder."""

REMOVED = "removed.json"

MACHINE_LENGTH = 12
"""Digits of a machine's name, which is random: it tells nothing about the machine."""

PATIENCE = 60.0
"""Seconds that another window of this machine is waited for: the first exchange of 10,000
conversations, each of which is forced to the disk, takes about as long on a slow one."""

LOOK_SECONDS = 0.05
"""How often it is looked whether it has ended."""


class SyncedStore(Protocol):
    """What is needed of the store."""

    async def whole(self, conversation_id: str) -> Whole:
        """Return a conversation with every message of every line."""
        ...

    async def merge(self, brought: Whole) -> Merged:
        """Take in what is not here yet, and what is newer."""
        ...

    async def changes(self) -> dict[str, float]:
        """Return when each conversation last changed, by its id."""
        ...

    async def removals(self) -> dict[str, float]:
        """Return when conversations were deleted for good, by their ids."""
        ...

    async def remove(self, conversation_id: str, at: float) -> bool:
        """Delete a conversation that was deleted elsewhere at that time; return whether it was."""
        ...


class SyncError(Exception):
    """The folder cannot be used; the message is one sentence."""


@dataclass(slots=True)
class Synced:
    """What was done."""

    written: int = 0
    """Conversations written into the folder."""
    new: int = 0
    """Conversations that came from other machines."""
    changed: int = 0
    """Conversations to which other machines added something."""
    removed: int = 0
    """Conversations that were deleted on another machine."""
    problems: list[str] = field(default_factory=list[str])
    """A sentence for each file that could not be read or written."""

    @property
    def has_brought_in(self) -> bool:
        """Whether anything here is another than before."""
        return bool(self.new or self.changed or self.removed)

    def __str__(self) -> str:
        return (
            f"{self.new:,} new and {self.changed:,} changed conversations brought in, "
            f"{self.removed:,} deleted, {self.written:,} written"
        )


@dataclass(slots=True)
class _State:
    """What this machine remembers of a folder, to look only at what is new in it."""

    machine: str
    seen: dict[str, list[object]] = field(default_factory=dict[str, list[object]])
    """Of others' files by their path in the folder: time, size, and a digest of what they hold."""
    written: dict[str, float] = field(default_factory=dict[str, float])
    """When conversations had last changed that were written, or needed not be."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file of another machine."""

    path: Path
    key: str
    """Its path in the shared folder."""
    time_ns: int
    size: int


async def sync(store: SyncedStore, folder: Path, state_path: Path) -> Synced:
    """Bring in what other machines wrote into `folder`, and write what has changed here.

    Args:
        store: The conversations.
        folder: It must be there: one that is not may be a disk that is not mounted.
        state_path: Where this machine remembers what it has seen; it may not be there yet.

    Raises:
        SyncError: the folder is not there, or cannot be written, or another window of this machine
            goes on exchanging for too long.
        StoreError: the conversations cannot be read or written.
    """
    async with _alone(state_path.with_name(f"{state_path.name}.lock")):
        return await _sync(store, folder, state_path)


@asynccontextmanager
async def _alone(path: Path) -> AsyncGenerator[None]:
    """Wait until no other process of this machine exchanges, and keep others from it.

    Raises:
        SyncError: another one does so for longer than anybody waits.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
    except OSError as error:
        raise SyncError(f"{path} cannot be used: {error.strerror}") from None
    try:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while not take(descriptor):
            if loop.time() >= deadline:
                raise SyncError("another window is exchanging conversations; try again later")
            await asyncio.sleep(LOOK_SECONDS)
        yield
    finally:
        os.close(descriptor)


async def _sync(store: SyncedStore, folder: Path, state_path: Path) -> Synced:
    done = Synced()
    # A folder may be a slow disk: nothing of it is waited for on the loop.
    try:
        state, others = await aside(_look, folder, state_path)
        shared = folder / NAME
        for other, files in others.items():
            await _bring_in(store, files, state, done)
            for conversation_id, at in await aside(_removals, other / REMOVED):
                done.removed += await store.remove(conversation_id, at)
        await _write_out(store, shared / state.machine, state, done)
        await aside(_write_state, state_path, folder, state)
    except OSError as error:
        raise SyncError(f"{folder} cannot be used: {error.strerror}") from None
    return done


def _look(folder: Path, state_path: Path) -> tuple[_State, dict[Path, list[_File]]]:
    """Make this machine's own folder; return what is new in each other machine's."""
    if not folder.is_dir():
        raise SyncError(f"{folder} is not a folder; make it first")
    state = _read_state(state_path, folder)
    shared = folder / NAME
    (shared / state.machine).mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    others: dict[Path, list[_File]] = {}
    for other in sorted(path for path in shared.iterdir() if path.is_dir()):
        if other.name != state.machine:
            others[other] = list(_unseen(shared, other, state))
    return state, others


def _unseen(shared: Path, other: Path, state: _State) -> Iterator[_File]:
    for path in sorted(other.glob("*.json")):
        try:
            about = path.stat()
        except OSError:
            continue  # it went while the folder was looked at, or leads nowhere
        key = str(path.relative_to(shared))
        known = state.seen.get(key, [])
        if path.name != REMOVED and known[:2] != [about.st_mtime_ns, about.st_size]:
            yield _File(path, key, about.st_mtime_ns, about.st_size)


async def _bring_in(store: SyncedStore, files: list[_File], state: _State, done: Synced) -> None:
    removals = await store.removals() if files else {}
    for file in files:
        try:
            text, brought = await aside(_read, file.path)
        except ValueError as error:
            done.problems.append(f"{file.key}: {error}")
            continue
        conversation = brought.conversation
        # What was deleted here after that stays deleted.
        if removals.get(conversation.id, -1.0) < conversation.changed_at:
            try:
                merged = await store.merge(brought)
            except StoreError as error:
                done.problems.append(f"{file.key}: {error}")
                continue
            done.new += merged.is_new
            done.changed += not merged.is_new and bool(merged.added or merged.changed)
        state.seen[file.key] = [file.time_ns, file.size, _digest(text)]


def _read(path: Path) -> tuple[str, Whole]:
    """Return a file's text and the conversation in it.

    Raises:
        ValueError: it cannot be read, or holds no conversation.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError("this is not UTF-8 text") from None
    return text, from_jsonl(text)


async def _write_out(store: SyncedStore, own: Path, state: _State, done: Synced) -> None:
    elsewhere = {(Path(key).stem, about[2]) for key, about in state.seen.items()}
    for conversation_id, changed_at in (await store.changes()).items():
        if state.written.get(conversation_id) == changed_at:
            continue
        try:
            whole = await store.whole(conversation_id)
        except UnknownConversation:
            continue  # deleted since
        if any(message.status is Status.STREAMING for message in whole.messages):
            continue  # next time
        text = to_jsonl(whole)
        if (conversation_id, _digest(text)) not in elsewhere:
            path = own / f"{conversation_id}.json"
            await aside(write_whole, path, text.encode())
            done.written += 1
        state.written[conversation_id] = changed_at
    removals = await store.removals()
    await aside(_write_removals, own, removals)
    for conversation_id in removals:
        state.written.pop(conversation_id, None)


def _write_removals(own: Path, removals: dict[str, float]) -> None:
    for conversation_id in removals:
        (own / f"{conversation_id}.json").unlink(missing_ok=True)
    told = {conversation_id: iso_time(at) for conversation_id, at in sorted(removals.items())}
    if {key: iso_time(at) for key, at in _removals(own / REMOVED)} != told:
        write_whole(own / REMOVED, json.dumps(told, indent=0).encode())


def _removals(path: Path) -> list[tuple[str, float]]:
    """Return what a machine has deleted, and when; nothing where the file cannot be read."""
    try:
        told: object = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return []
    table = cast("dict[str, object]", told) if isinstance(told, dict) else {}
    found: list[tuple[str, float]] = []
    for conversation_id, at in table.items():
        with suppress(ValueError, OverflowError, OSError):
            found.append((conversation_id, datetime.fromisoformat(str(at)).timestamp()))
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _read_state(path: Path, folder: Path) -> _State:
    """Return what is remembered of a folder; where nothing is, everything is looked at anew."""
    try:
        value: object = json.loads(path.read_bytes())
        table = cast("dict[str, dict[str, object]]", value)
        known = table[str(folder.resolve())]
        return _State(
            str(known["machine"]),
            cast("dict[str, list[object]]", known["seen"]),
            cast("dict[str, float]", known["written"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return _State(new_id()[:MACHINE_LENGTH])


def _write_state(path: Path, folder: Path, state: _State) -> None:
    try:
        value: object = json.loads(path.read_bytes())
        table = cast("dict[str, object]", value if isinstance(value, dict) else {})
    except (OSError, ValueError):
        table = {}
    table[str(folder.resolve())] = {
        "machine": state.machine,
        "seen": state.seen,
        "written": state.written,
    }
    write_whole(path, json.dumps(table).encode())
