"""Invented conversations for the pictures, and a server that plays an answer."""

import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Self

from acechat.models import Conversation, Failure, Message, Role, Status, new_id
from acechat.paths import find_paths
from acechat.settings import STARTER_PRESETS
from acechat.store.conversations import ConversationStore

DAY = 86_400.0

LIFETIMES = """\
A lifetime names the region of code for which a reference must stay valid. A **scope** is where a
variable lives; a lifetime is a promise about a *borrow*, and the borrow checker proves it.

```rust
fn longest<'a>(x: &'a str, y: &'a str) -> &'a str {
    if x.len() > y.len() { x } else { y }
}
```

What `'a` says here, in words:

1. both arguments live at least as long as `'a`
2. the result is valid for no longer than that

| | scope | lifetime |
| --- | --- | --- |
| belongs to | a variable | a reference |
| ends at | the closing brace | the last use |
| written | never | where it cannot be inferred |
"""

STRUCTS = """\
A struct that holds a reference needs a **lifetime parameter**, so that it cannot outlive what it
points to:

```rust
struct Parser<'input> {
    text: &'input str,
    position: usize,
}

impl<'input> Parser<'input> {
    fn word(&mut self) -> Option<&'input str> {
        let rest = &self.text[self.position..];
        let end = rest.find(' ').unwrap_or(rest.len());
```
"""

TITLES: tuple[tuple[str, float, dict[str, object]], ...] = (
    ("Release checklist", 9.0, {"pinned": True}),
    ("Postgres index choice", 0.03, {"status": Status.FAILED}),
    ("杭州天气", 0.06, {}),
    ("Regex for semantic versions", 0.1, {"unread": True}),
    ("Trip to Lisbon", 1.1, {}),
    ("Compare o3 and grok-3", 1.2, {"unread": True}),
    ("Why is my Makefile rebuilding everything?", 3.1, {}),
    ("Emoji widths in terminals 👩‍💻", 4.4, {}),
    ("Names for a retry policy", 5.2, {}),
    ("SQL window functions", 40.0, {}),
)


async def fill_store(home: Path, base_url: str) -> None:
    """Fill the store in `home` with conversations of the last weeks."""
    now = at = time.time()
    path = find_paths({"ACECHAT_HOME": str(home)}).store
    store = await ConversationStore.open(path, clock=lambda: at)
    for title, days, marks in TITLES:
        at = now - days * DAY
        await _keep(store, title, "…", "…", at, base_url, marks)
    at = now - 60
    opened = await _keep(
        store,
        "How do lifetimes differ from scopes?",
        LIFETIMES,
        "grok-3",
        now - 60,
        base_url,
        {},
    )
    await store.save_conversation(
        replace(
            opened,
            title="Rust lifetimes, explained",
            renamed=True,
            preset=STARTER_PRESETS[0].text,
            references=("https://doc.rust-lang.org/book/ch10-03.html", "https://a.test/b.pdf"),
            model="grok-3",
        )
    )
    await store.close()


async def _keep(
    store: ConversationStore,
    question: str,
    text: str,
    model: str,
    at: float,
    base_url: str,
    marks: dict[str, object],
) -> Conversation:
    conversation = Conversation(id=new_id(), created_at=at, updated_at=at)
    asked = Message(new_id(), conversation.id, Role.USER, question, model=model, created_at=at)
    answer = Message(
        new_id(),
        conversation.id,
        Role.ASSISTANT,
        "",
        status=Status.STREAMING,
        model=model,
        created_at=at,
    )
    await store.begin_turn(conversation, asked, answer)
    await store.open_server_conversation(answer.id, new_id(), f"{base_url}/aichat")
    status = marks.get("status", Status.COMPLETE)
    assert isinstance(status, Status)
    failure = Failure("api_error", "failed") if status is Status.FAILED else None
    ended = replace(answer, text=text, status=status, seconds=3.2, error=failure)
    await store.finish_turn(ended, unread=bool(marks.get("unread")))
    kept = await store.conversation(conversation.id)
    if marks.get("pinned"):
        await store.save_conversation(replace(kept, pinned=True))
    return kept


class PlayedServer:
    """Answers with `STRUCTS` and never ends; refuses `gpt-5.5-pro` with an empty balance."""

    async def __aenter__(self) -> Self:
        """Listen on a loopback port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._open: set[asyncio.StreamWriter] = set()
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop, cutting what is open."""
        self._server.close()
        for writer in self._open:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        if body["model"] == "gpt-5.5-pro":
            told = json.dumps(
                {
                    "error": {"code": "used_up", "message": "Your balance is used up."},
                    "trace_id": "2f1c9a7e-trace",
                }
            ).encode()
            writer.write(
                b"HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\n"
                + f"content-length: {len(told)}\r\n\r\n".encode()
                + told
            )
            writer.close()
            return
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\n\r\n")
        said = ""
        for word in STRUCTS.split(" "):
            said += word + " "
            line = {"answer": said, "delta_answer": word + " ", "id": body.get("id") or new_id()}
            writer.write(json.dumps(line).encode() + b"\n")
        await writer.drain()
