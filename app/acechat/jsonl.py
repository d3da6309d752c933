"""A conversation as one line of JSON, both ways: nothing of it is lost.

Texts are raw. What follows the defaults of the settings is null.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, cast

from acechat.export import iso_time, json_text
from acechat.models import Carried, Conversation, Failure, Message, Origin, Role, Status, Whole

MAX_ID = 128
"""Characters of an id; our own have 32."""

_ID = re.compile(r"[A-Za-z0-9_-]+")
"""What an id is made of: `acechat.sync` names files after it, which must stay in their folder."""

_LAST_TIME = 253_402_128_000.0
"""The day before the last one of the calendar (9999-12-30), so that every time zone can show it."""

Fields = dict[str, object]

_Word = TypeVar("_Word", Role, Status, Carried)


def to_jsonl(whole: Whole) -> str:
    """Return a conversation as one line of JSON, with its newline."""
    return f"{json_text(conversation_object(whole))}\n"


def conversation_object(whole: Whole) -> Fields:
    """Return everything that is kept of a conversation as JSON values."""
    conversation = whole.conversation
    references, origin = conversation.references, conversation.origin
    return {
        "id": conversation.id,
        "title": conversation.title,
        "renamed": conversation.renamed,
        "server_id": conversation.server_id,
        "server": conversation.server,
        "model": conversation.model,
        "preset": conversation.preset,
        "references": None if references is None else list(references),
        "pinned": conversation.pinned,
        "archived": conversation.archived,
        "origin": origin
        and {"conversation_id": origin.conversation_id, "message_id": origin.message_id},
        "created_at": iso_time(conversation.created_at),
        "updated_at": iso_time(conversation.updated_at),
        "changed_at": iso_time(conversation.changed_at),
        "last_id": whole.last_id,
        "messages": [_message_object(message) for message in whole.messages],
    }


def _message_object(message: Message) -> Fields:
    error = message.error
    return {
        "id": message.id,
        "parent_id": message.parent_id,
        "role": message.role.value,
        "text": message.text,
        "status": message.status.value,
        "model": message.model,
        "preset": message.preset,
        "references": list(message.references),
        "created_at": iso_time(message.created_at),
        "changed_at": iso_time(message.changed_at),
        "seconds": _rounded(message.seconds),
        "first_seconds": _rounded(message.first_seconds),
        "carried": message.carried.value,
        "error": error
        and {"code": error.code, "message": error.message, "trace_id": error.trace_id},
        "server_id": message.server_id,
        "server": message.server,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def from_jsonl(line: str) -> Whole:
    """Return the conversation in a line that `to_jsonl` wrote, or an earlier version of it.

    Raises:
        ValueError: it holds none; the text says why in a few words.
    """
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("this is not JSON") from None
    try:
        return from_object(value)
    except RecursionError:
        raise ValueError("this is nested too deeply") from None


def from_object(value: object) -> Whole:
    """Return the conversation in JSON values that `conversation_object` made.

    Raises:
        ValueError: they hold none; the text says why in a few words.
    """
    if not isinstance(value, dict) or "messages" not in value:
        raise ValueError("this is not a conversation")
    fields = _Fields(cast("Fields", value))
    created = fields.time("created_at")
    updated = fields.time("updated_at", created)
    origin = fields.table("origin")
    references = fields.value.get("references")
    conversation = Conversation(
        id=fields.identity("id"),
        title=fields.text("title"),
        renamed=fields.switch("renamed"),
        server_id=fields.text_or_none("server_id"),
        server=fields.text_or_none("server"),
        model=fields.text_or_none("model"),
        preset=fields.text_or_none("preset"),
        references=None if references is None else fields.texts("references"),
        pinned=fields.switch("pinned"),
        archived=fields.switch("archived"),
        origin=origin and Origin(origin.identity("conversation_id"), origin.identity("message_id")),
        created_at=created,
        updated_at=updated,
        changed_at=fields.time("changed_at", updated),
    )
    messages = _messages(conversation.id, fields.tables("messages"))
    known = {message.id for message in messages}
    last = fields.text_or_none("last_id")
    if last is None and messages:
        last = messages[-1].id
    if last is not None and last not in known:
        raise ValueError("last_id names no message of it")
    return Whole(conversation, tuple(messages), last)


def _messages(conversation_id: str, rows: Iterable["_Fields"]) -> list[Message]:
    messages: list[Message] = []
    known: set[str] = set()
    for number, fields in enumerate(rows, 1):
        message = _message(conversation_id, fields, number)
        if "parent_id" not in fields.value and messages:
            # Before versions, each message followed the one above it.
            message = replace(message, parent_id=messages[-1].id)
        if message.id in known:
            raise ValueError(f"message {number} has the id of another")
        if message.parent_id is not None and message.parent_id not in known:
            raise ValueError(f"message {number} follows one that does not stand before it")
        known.add(message.id)
        messages.append(message)
    return messages


def _message(conversation_id: str, fields: "_Fields", number: int) -> Message:
    created = fields.time("created_at")
    error = fields.table("error")
    status = fields.word("status", Status, Status.COMPLETE)
    return Message(
        id=fields.identity("id", derived_id(conversation_id, str(number))),
        conversation_id=conversation_id,
        role=fields.word("role", Role),
        text=fields.text("text"),
        # Nobody is left who could be receiving it.
        status=Status.INTERRUPTED if status is Status.STREAMING else status,
        model=fields.text("model"),
        preset=fields.text("preset"),
        references=fields.texts("references"),
        created_at=created,
        seconds=fields.seconds("seconds"),
        first_seconds=fields.seconds("first_seconds"),
        carried=fields.word("carried", Carried, Carried.NOTHING),
        error=error
        and Failure(error.text("code"), error.text("message"), error.text_or_none("trace_id")),
        parent_id=fields.text_or_none("parent_id"),
        server_id=fields.text_or_none("server_id"),
        server=fields.text_or_none("server"),
        changed_at=fields.time("changed_at", created),
    )


def shown_time(seconds: float) -> float:
    """Return a time from a file where every list and export can show it.

    Raises:
        ValueError: it is before 1970 or after the end of the calendar.
    """
    if not 0 <= seconds <= _LAST_TIME:
        raise ValueError("no calendar shows this time")
    return seconds


def derived_id(*names: str) -> str:
    """Return the same id for the same names: 32 hex digits, as our own ids have."""
    return hashlib.sha256("\0".join(names).encode("utf-8", "replace")).hexdigest()[:32]


class _Fields:
    """Values from a file, each held against what it should be."""

    def __init__(self, value: Fields) -> None:
        self.value = value

    def text(self, name: str) -> str:
        return self.text_or_none(name) or ""

    def text_or_none(self, name: str) -> str | None:
        value = self.value.get(name)
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{name} is not a text")
        return value

    def identity(self, name: str, otherwise: str = "") -> str:
        value = self.text(name) or otherwise
        if len(value) > MAX_ID or not _ID.fullmatch(value):
            raise ValueError(f"{name} is missing or is no id")
        return value

    def seconds(self, name: str) -> float | None:
        value = self.value.get(name)
        if not isinstance(value, (int, float)):
            return None
        try:
            seconds = float(value)
        except OverflowError:
            return None
        return seconds if math.isfinite(seconds) else None

    def switch(self, name: str) -> bool:
        return self.value.get(name) is True

    def texts(self, name: str) -> tuple[str, ...]:
        texts = self._list(name) if self.value.get(name) is not None else []
        if not all(isinstance(text, str) for text in texts):
            raise ValueError(f"{name} is not a list of texts")
        return tuple(map(str, texts))

    def word(self, name: str, kind: type[_Word], otherwise: _Word | None = None) -> _Word:
        value = self.value.get(name)
        if value is None and otherwise is not None:
            return otherwise
        try:
            return kind(str(value))
        except ValueError:
            raise ValueError(f"{name} is none of {', '.join(kind)}") from None

    def time(self, name: str, otherwise: float | None = None) -> float:
        value = self.value.get(name)
        if value is None and otherwise is not None:
            return otherwise
        try:
            moment = datetime.fromisoformat(str(value))
            aware = moment if moment.tzinfo else moment.astimezone()
            return shown_time(aware.timestamp())
        except (ValueError, OverflowError, OSError):
            raise ValueError(f"{name} is not a time") from None

    def table(self, name: str) -> "_Fields | None":
        value = self.value.get(name)
        return _Fields(cast("Fields", value)) if isinstance(value, dict) else None

    def tables(self, name: str) -> list["_Fields"]:
        rows = self._list(name)
        if not all(isinstance(row, dict) for row in rows):
            raise ValueError(f"{name} is not a list of objects")
        return [_Fields(cast("Fields", row)) for row in rows]

    def _list(self, name: str) -> list[object]:
        value = self.value.get(name)
        if not isinstance(value, list):
            raise ValueError(f"{name} is not a list")
        return cast("list[object]", value)
