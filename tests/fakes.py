"""Fakes of the two ports: a chat API that plays a script, and a store in memory."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from acechat import clock
from acechat.errors import StoreError, UnknownConversation
from acechat.events import ApiEvent
from acechat.files import Attached, KeptFiles, LookedAt, StoredFile
from acechat.models import (
    ChatOptions,
    Conversation,
    Findings,
    Message,
    Role,
    SearchQuery,
    Status,
    Usage,
    Whole,
    title_of,
)
from acechat.waiting import Queued

Step = ApiEvent | Exception | asyncio.Event | Callable[[], None]


def sleeping(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return what lets the machine sleep for some seconds."""
    awake, slept = clock.now, [0.0]
    monkeypatch.setattr(clock, "now", lambda: awake() + sum(slept))
    return slept.append


def stopping(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return what has the program stand still for some seconds: every clock goes on."""
    loop, sleep = asyncio.get_running_loop(), sleeping(monkeypatch)
    running, stood = loop.time, [0.0]
    monkeypatch.setattr(loop, "time", lambda: running() + sum(stood))

    def stop(seconds: float) -> None:
        stood.append(seconds)
        sleep(seconds)

    return stop


@dataclass
class Asked:
    """One request as the API saw it."""

    question: str
    options: ChatOptions
    server_id: str | None


class FakeApi:
    """Plays one script a request: events are yielded, errors raised, `asyncio.Event`s awaited."""

    def __init__(self, *scripts: Sequence[Step], server: str = "https://api.test/aichat") -> None:
        self.server = server
        self.scripts = list(scripts)
        self.asked: list[Asked] = []
        self.closed = 0
        self.waiting = asyncio.Event()
        """Set while a script waits."""

    async def stream(
        self, question: str, options: ChatOptions, server_id: str | None
    ) -> AsyncGenerator[ApiEvent, None]:
        self.asked.append(Asked(question, options, server_id))
        script = self.scripts.pop(0)
        try:
            for step in script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    self.waiting.set()
                    await step.wait()
                elif callable(step):
                    step()
                else:
                    yield step
        finally:
            self.closed += 1

    async def prepare(self) -> None:
        pass

    async def check(self) -> str:
        return "the server takes this token"

    async def aclose(self) -> None:
        self.closed += 1


@dataclass
class FakeFileHost:
    """Takes every file."""

    host: str = "platform.test"
    has_token: bool = True
    taken: list[Path] = field(default_factory=list[Path])
    """The files that were uploaded."""

    async def __call__(self) -> "FakeFileHost":
        """Be found out, as a connection does it."""
        return self

    async def upload(self, path: Path, told: Callable[[int], None]) -> StoredFile:
        self.taken.append(path)
        size = len(await asyncio.to_thread(path.read_bytes))
        told(size)
        return StoredFile(f"https://files.test/{path.name}", path.name, size)


@dataclass
class FakeStore:
    """Keeps everything in dictionaries; `log` tells the order of writes."""

    kept: dict[str, Conversation] = field(default_factory=dict[str, Conversation])
    rows: dict[str, list[Message]] = field(default_factory=dict[str, list[Message]])
    drafts: dict[str, str] = field(default_factory=dict[str, str])
    shelved: dict[str, KeptFiles] = field(default_factory=dict[str, KeptFiles])
    deleted: set[str] = field(default_factory=set[str])
    queue: dict[str, list[Queued]] = field(default_factory=dict[str, list[Queued]])
    hidden: list[Message] = field(default_factory=list[Message])
    """Messages that left the line of their conversation."""
    findings: list[Findings] = field(default_factory=list[Findings])
    """What the next looks of a search find."""
    unindexed: int = 0
    """How many batches of messages are not in the index of the search yet."""
    log: list[str] = field(default_factory=list[str])
    failing: dict[str, StoreError] = field(default_factory=dict[str, StoreError])

    def _write(self, name: str) -> None:
        self.log.append(name)
        if error := self.failing.get(name):
            raise error

    async def conversations(
        self, *, filter: str = "", limit: int = 500, offset: int = 0
    ) -> list[Conversation]:
        found = [c for c in self.kept.values() if filter in c.title and self._is_listed(c)]
        found.sort(key=lambda c: (not c.pinned, -c.updated_at))
        return found[offset : offset + limit]

    def _is_listed(self, conversation: Conversation) -> bool:
        return conversation.id not in self.deleted and not conversation.archived

    async def newest(self) -> Conversation | None:
        found = [c for c in self.kept.values() if self._is_listed(c)]
        return max(found, key=lambda c: c.updated_at, default=None)

    async def changed(self) -> bool:
        return False

    async def settle(self) -> int:
        return 0

    async def conversation(self, conversation_id: str) -> Conversation:
        if conversation_id not in self.kept or conversation_id in self.deleted:
            raise UnknownConversation(f"no conversation {conversation_id}")
        return self.kept[conversation_id]

    async def messages(self, conversation_id: str) -> list[Message]:
        return list(self.rows.get(conversation_id, []))

    async def begin_turn(
        self,
        conversation: Conversation,
        question: Message,
        answer: Message,
        *others: Message,
        replaces: str | None = None,
        beside: str | None = None,
        queued: int | None = None,
    ) -> None:
        await asyncio.sleep(0)
        self._write("begin")
        if queued is not None:
            self.queue = {
                key: [each for each in found if each.number != queued]
                for key, found in self.queue.items()
            }
        kept = self.kept.setdefault(conversation.id, conversation)
        title = kept.title or title_of(question.text)
        self.kept[conversation.id] = replace(kept, title=title, status=Status.STREAMING)
        rows = self.rows.setdefault(conversation.id, [])
        rows[:] = [m for m in rows if m.id != replaces]
        known = [m.id for m in rows]
        if question.id in known:
            end = known.index(question.id) + 1
        else:
            end = known.index(beside) if beside in known else len(rows)
        hidden, rows[end:] = rows[end:], []
        self.hidden += [*hidden, *others]
        if question.id not in known:
            rows.append(question)
        rows.append(answer)
        self.drafts.pop(conversation.id, None)

    async def leave_line(self, answer_id: str) -> None:
        self._write("leave_line")

    async def enqueue(self, conversation_id: str, text: str, references: Sequence[str]) -> Queued:
        self._write("enqueue")
        waiting = self.queue.setdefault(conversation_id, [])
        waiting.append(Queued(len(self.log), text, tuple(references)))
        self.drafts.pop(conversation_id, None)
        return waiting[-1]

    async def queued(self, conversation_id: str) -> list[Queued]:
        return list(self.queue.get(conversation_id, []))

    async def take_back(
        self, conversation_id: str, *, newest: bool = False, idle: bool = False
    ) -> list[Queued]:
        waiting = self.queue.get(conversation_id, [])
        taken = waiting[-1 if newest else 0 :]
        self.queue[conversation_id] = waiting[: len(waiting) - len(taken)]
        return taken

    async def open_server_conversation(self, answer_id: str, server_id: str, server: str) -> None:
        self._write("server_id")
        (conversation_id,) = (
            key for key, rows in self.rows.items() if answer_id in {m.id for m in rows}
        )
        kept = self.kept[conversation_id]
        self.kept[conversation_id] = replace(kept, server_id=server_id, server=server)

    async def checkpoint(self, answer_id: str, text: str) -> None:
        self._write("checkpoint")
        self._replace(answer_id, text=text)

    async def finish_turn(self, answer: Message, *, unread: bool, wait: bool = True) -> None:
        await asyncio.sleep(0)
        self._write("finish")
        rows = self.rows[answer.conversation_id]
        rows[:] = [answer if m.id == answer.id else m for m in rows]
        kept = self.kept[answer.conversation_id]
        self.kept[kept.id] = replace(kept, status=answer.status, unread=unread)

    def _replace(self, message_id: str, *, text: str) -> None:
        for rows in self.rows.values():
            rows[:] = [replace(m, text=text) if m.id == message_id else m for m in rows]

    async def save_conversation(
        self, conversation: Conversation, *, was: Conversation | None = None
    ) -> None:
        self._write("save")
        if conversation.id in self.kept:
            self.kept[conversation.id] = conversation

    async def archive(self, *conversation_ids: str, archived: bool) -> None:
        for conversation_id in conversation_ids:
            kept = self.kept[conversation_id]
            self.kept[conversation_id] = replace(kept, archived=archived)

    async def delete(self, *conversation_ids: str) -> None:
        self.deleted.update(conversation_ids)

    async def restore(self, *conversation_ids: str) -> None:
        self.deleted.difference_update(conversation_ids)

    async def whole(self, conversation_id: str) -> Whole:
        rows = self.rows.get(conversation_id, [])
        return Whole(self.kept[conversation_id], tuple(rows), rows[-1].id if rows else None)

    async def wholes(self) -> AsyncGenerator[Whole, None]:
        for conversation_id in self.kept:
            yield await self.whole(conversation_id)

    async def export_rows(self) -> AsyncGenerator[tuple[Conversation, list[Message]], None]:
        for conversation in self.kept.values():
            yield conversation, self.rows.get(conversation.id, [])

    async def begin_temporary(self, conversation_id: str) -> None:
        self.log.append("begin_temporary")

    async def end_temporary(self) -> None:
        self.log.append("end_temporary")

    async def keep_temporary(self, conversation_id: str) -> None:
        self.kept[conversation_id] = replace(self.kept[conversation_id], temporary=False)

    async def older_than(self, before: float) -> list[str]:
        listed = (c for c in self.kept.values() if c.id not in self.deleted)
        return [c.id for c in listed if not c.pinned and c.updated_at < before]

    async def purge_some(self) -> int:
        return 0

    async def message(self, message_id: str) -> Message:
        known = [*self.hidden, *(m for rows in self.rows.values() for m in rows)]
        return next(m for m in known if m.id == message_id)

    async def versions(self, message_id: str) -> list[str]:
        return [message_id]

    async def show_version(self, message_id: str) -> None:
        self._write("show_version")

    async def branch(self, conversation: Conversation, message_id: str) -> None:
        self._write("branch")
        self.kept[conversation.id] = conversation

    async def branches(self, conversation_id: str) -> list[Conversation]:
        return []

    async def search(self, query: SearchQuery, limit: int, rest: range | None = None) -> Findings:
        return self.findings.pop(0) if self.findings else Findings()

    async def usage(self, since: float) -> Usage:
        return Usage((), ())

    async def index_some(self) -> int:
        await asyncio.sleep(0)
        self._write("index")
        self.unindexed, before = max(0, self.unindexed - 1), self.unindexed
        return min(before, 1)

    async def draft(self, conversation_id: str) -> str:
        return self.drafts.get(conversation_id, "")

    async def save_draft(self, conversation_id: str, text: str) -> None:
        self.drafts[conversation_id] = text

    async def files(self, place: str) -> KeptFiles:
        return self.shelved.get(place, KeptFiles())

    async def keep_files(
        self, place: str, attached: Sequence[Attached], looked: Mapping[str, LookedAt]
    ) -> None:
        self.shelved[place] = KeptFiles(tuple(map(replace, attached)), dict(looked))

    async def questions(self, limit: int) -> list[str]:
        asked = [m.text for rows in self.rows.values() for m in rows if m.role is Role.USER]
        return list(dict.fromkeys(reversed(asked)))[:limit]

    async def recent_models(self, limit: int) -> list[str]:
        asked = [m.model for rows in self.rows.values() for m in rows if m.role is Role.USER]
        return list(dict.fromkeys(reversed(asked)))[:limit]
