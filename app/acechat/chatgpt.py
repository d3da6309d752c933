"""Conversations from a ChatGPT data export: the file `conversations.json`, alone or in its zip.

Each conversation there is a tree of nodes (`mapping`) with a current end (`current_node`), which
fits the lines of ours. What is not said by the user or the assistant, such as calls of tools, is
left out; what followed it follows what came before it.
"""

import json
import re
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from acechat.jsonl import derived_id, shown_time
from acechat.models import Conversation, Message, Role, Status, Whole, title_of

NAME = "conversations.json"
"""The name of the file in the export."""

MODEL = "chatgpt"
"""What answered where the export names no model."""

MAX_BYTES = 500_000_000
"""Of an export as it is unpacked: 100,000 answers of 5 KB. Understanding it takes several times
that of memory, and a zip file of half a megabyte can hold as much of nothing."""

_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""How the file may be packed in its zip; the others can ask for any amount of memory."""

_UNKNOWN = "the zip file is encrypted or packed in an unknown way"

_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}

# What the values of somebody else's file are is found out value by value.
_Node = dict[str, Any]


def read_export(path: Path) -> object | None:
    """Return the JSON of an export, or None where the file is none.

    Raises:
        ValueError: it looks like an export and cannot be read.
        OSError: the file cannot be read.
    """
    if zipfile.is_zipfile(path):
        content = _unpacked(path)
    else:
        with path.open("rb") as file:
            if not file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
                return None
            file.seek(0)
            content = _limited(file)
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError("this is not JSON") from None


def _unpacked(path: Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            name = next((n for n in archive.namelist() if Path(n).name == NAME), None)
            if name is None:
                raise ValueError(f"the zip file holds no {NAME}")
            if archive.getinfo(name).compress_type not in _PACKINGS:
                raise ValueError(_UNKNOWN)
            with archive.open(name) as file:
                return _limited(file)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise ValueError("the zip file is damaged") from None
    except RuntimeError:
        # So the module says that a password is asked for, or that it cannot unpack this.
        raise ValueError(_UNKNOWN) from None


def _limited(file: IO[bytes]) -> bytes:
    """Read a file to its end; what it says of its own size counts for nothing."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"this is larger than {MAX_BYTES // 1_000_000:,} MB, unpacked")
    return content


def conversations(export: object) -> Iterator[Whole | str]:
    """Yield each conversation of an export, or a sentence where one cannot be read."""
    rows = cast("list[object]", export) if isinstance(export, list) else []
    for number, row in enumerate(rows, 1):
        try:
            yield _conversation(cast("_Node", row))
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError):
            yield f"conversation {number} is not as ChatGPT exports them"


def _conversation(row: _Node) -> Whole:
    mapping: dict[str, _Node] = row["mapping"]
    identity = _identity(row.get("conversation_id") or row.get("id") or json.dumps(row["title"]))
    created = shown_time(float(row.get("create_time") or 0.0))
    updated = shown_time(float(row.get("update_time") or created))
    messages: list[Message] = []
    known: dict[str, str | None] = {}
    for key in _in_order(mapping):
        node = mapping[key]
        parent = known.get(node.get("parent") or "")
        message = _message(identity, node, parent, created)
        known[key] = parent if message is None else message.id
        if message is not None:
            messages.append(message)
    last = known.get(str(row.get("current_node"))) or (messages[-1].id if messages else None)
    first = next((m.text for m in messages if m.role is Role.USER), "")
    conversation = Conversation(
        id=identity,
        title=str(row.get("title") or "") or title_of(first),
        renamed=True,
        created_at=created,
        updated_at=updated,
        changed_at=updated,
    )
    return Whole(conversation, tuple(messages), last)


def _in_order(mapping: dict[str, _Node]) -> Iterator[str]:
    """Yield the keys of nodes, each once and behind its parent."""
    waiting = deque(key for key, node in mapping.items() if node.get("parent") not in mapping)
    known = set(waiting)
    while waiting:
        key = waiting.popleft()
        yield key
        children: list[str] = mapping[key].get("children") or []
        for child in children:
            # In a damaged file a node may be among what comes after it.
            if child in mapping and child not in known:
                known.add(child)
                waiting.append(child)


def _message(identity: str, node: _Node, parent: str | None, created: float) -> Message | None:
    said: _Node = node.get("message") or {}
    author: _Node = said.get("author") or {}
    role = _ROLES.get(str(author.get("role")))
    about: _Node = said.get("metadata") or {}
    text = _text(said.get("content") or {})
    hidden = about.get("is_visually_hidden_from_conversation")
    to_somebody = said.get("recipient") not in {None, "all"}
    if role is None or not text or hidden or to_somebody:
        return None
    written = shown_time(float(said.get("create_time") or created))
    asked = role is Role.ASSISTANT
    return Message(
        id=_identity(str(said.get("id") or node["id"]), identity),
        conversation_id=identity,
        role=role,
        text=text,
        status=Status.COMPLETE,
        model=str(about.get("model_slug") or MODEL) if asked else "",
        created_at=written,
        changed_at=written,
        parent_id=parent,
    )


def _text(content: _Node) -> str:
    kind = content.get("content_type")
    if kind == "code":
        return f"```{content.get('language') or ''}\n{content.get('text') or ''}\n```"
    if kind not in {"text", "multimodal_text"}:
        return ""
    parts: list[str] = []
    for part in cast("list[object]", content.get("parts") or []):
        if isinstance(part, str):
            parts.append(part)
        elif isinstance(part, dict) and "image" in str(cast("_Node", part).get("content_type")):
            parts.append("[image]")
    return "\n\n".join(filter(None, parts)).strip()


def _identity(name: str, *within: str) -> str:
    """Return an id of ours for one of theirs, the same each time it is brought in."""
    plain = name.replace("-", "").lower()
    return plain if re.fullmatch("[0-9a-f]{32}", plain) else derived_id("chatgpt", *within, name)
