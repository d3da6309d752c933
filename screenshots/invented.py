"""Invented conversations for the pictures, and a server that plays an answer."""

import asyncio
import json
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from acechat.files import LookedAt
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
        self.position +="""


ANOTHER = """\
Think of **two clocks**. The scope is when the *variable* goes away; the lifetime is how long the
*borrow* may be used.

- a scope is in the text: it ends at its brace
- a lifetime is in the flow: it ends at the last use

So a borrow often ends before the scope does, and that is what lets this compile:

```rust
let mut names = vec!["Ada"];
let first = &names[0];
println!("{first}");   // the borrow ends here
names.push("Grace");   // so this is allowed
```
"""
"""What another model says to the first question."""

COMPARED = {
    "gpt-5.1": """\
A **GIN** index on the column, with `jsonb_path_ops` where you only ask `@>`:

```sql
CREATE INDEX ON events
  USING gin (
    body jsonb_path_ops);
```

It is a third of the size of the default, and does not answer `?`.
""",
    "deepseek-v3": """\
It depends on the questions:

| question | index |
| --- | --- |
| `@>` | GIN |
| one key, `=` | B-tree on it |
| one key, `<` | B-tree on it |

For one key, this is smaller and faster:

```sql
CREATE INDEX ON events
  ((body->>'kind'));
```
""",
    "grok-3": """\
Start with **none**. Measure first:

1. `EXPLAIN (ANALYZE, BUFFERS)`
2. look for a sequential scan
3. only then a GIN index

Writes pay for""",
}
"""What three models say to a question about an index; the last of them is not done yet."""


@dataclass(frozen=True)
class Talk:
    """A conversation of one question: how many days ago, and what was said."""

    days: float
    title: str
    question: str
    answer: str
    model: str = "gpt-5.1"
    status: Status = Status.COMPLETE
    seconds: float = 3.2
    unread: bool = False
    pinned: bool = False


TALKS = (
    Talk(
        9.0,
        "Release checklist",
        "What must not be forgotten before a release?",
        "Tests green, changelog written, **database index** built, version raised, tag pushed.",
        pinned=True,
    ),
    Talk(
        0.03,
        "Postgres index choice",
        "Which index fits a JSON column?",
        "",
        "gpt-5.5-pro",
        Status.FAILED,
    ),
    Talk(0.06, "杭州天气", "杭州明天天气怎么样?", "多云,18 到 24 度,东风二级。", "glm-5.2"),
    Talk(
        0.1,
        "Regex for semantic versions",
        "A regex for semantic versions, please.",
        r"`^\d+\.\d+\.\d+(?:-[\w.]+)?$` covers the usual ones.",
        "o3",
        seconds=11.4,
        unread=True,
    ),
    Talk(
        1.1,
        "Trip to Lisbon",
        "Three days in Lisbon: what order?",
        "Alfama first, Belém on the second day, Sintra on the third.",
        "gpt-4o",
        seconds=2.1,
    ),
    Talk(
        1.2,
        "Compare o3 and grok-3",
        "When is o3 worth its price?",
        "Where the steps depend on one another: proofs, plans, the *choice of an index*.",
        "o3",
        seconds=14.8,
        unread=True,
    ),
    Talk(
        3.1,
        "Why is my Makefile rebuilding everything?",
        "Why is my Makefile rebuilding everything?",
        "A phony target stands among the prerequisites, so each run finds it newer.",
        "deepseek-v3",
        seconds=4.0,
    ),
    Talk(
        4.4,
        "Emoji widths in terminals 👩‍💻",
        "How wide is an emoji?",
        "Two cells, mostly; joined ones depend on the terminal.",
        "grok-3",
        seconds=2.7,
    ),
    Talk(
        5.2,
        "Names for a retry policy",
        "A good name for a retry policy?",
        "`Backoff` says what it does; `RetryPolicy` says what it is.",
        "gpt-5.1",
        seconds=1.9,
    ),
    Talk(
        40.0,
        "SQL window functions",
        "Do window functions use an index?",
        "They can: an index on the partition and the order spares the sort.",
        "gpt-4o",
        seconds=3.8,
    ),
)


REFERENCES = {
    "https://doc.rust-lang.org/book/ch10-03.html": LookedAt(
        answers=True, words="answers", content_type="text/html", size=41_000
    ),
    "https://a.test/b.pdf": LookedAt(answers=True, words="", size=1_400_000),
}
"""What goes with the questions of the open conversation, and what is known of it."""


async def fill_store(home: Path, base_url: str) -> None:
    """Fill the store in `home` with conversations of the last weeks."""
    now = at = time.time()
    path = find_paths({"ACECHAT_HOME": str(home)}).store
    store = await ConversationStore.open(path, clock=lambda: at)
    for talk in TALKS:
        at = now - talk.days * DAY
        await _keep(store, talk, at, base_url)
    at = now - 60
    lifetimes = Talk(0.0, "", "How do lifetimes differ from scopes?", LIFETIMES, "grok-3")
    opened = await _keep(store, lifetimes, at, base_url)
    await store.save_conversation(
        replace(
            opened,
            title="Rust lifetimes, explained",
            renamed=True,
            preset=STARTER_PRESETS[0].text,
            references=tuple(REFERENCES),
            model="grok-3",
        )
    )
    await store.keep_files(opened.id, (), REFERENCES)
    await store.close()


async def _keep(store: ConversationStore, talk: Talk, at: float, base_url: str) -> Conversation:
    conversation = Conversation(id=new_id(), created_at=at, updated_at=at)
    asked = Message(
        new_id(), conversation.id, Role.USER, talk.question, model=talk.model, created_at=at
    )
    answer = Message(
        new_id(),
        conversation.id,
        Role.ASSISTANT,
        "",
        status=Status.STREAMING,
        model=talk.model,
        created_at=at,
    )
    await store.begin_turn(conversation, asked, answer)
    await store.open_server_conversation(answer.id, new_id(), f"{base_url}/aichat")
    ended = replace(
        answer,
        text=talk.answer,
        status=talk.status,
        seconds=talk.seconds,
        first_seconds=talk.seconds / 4,
        error=Failure("api_error", "failed") if talk.status is Status.FAILED else None,
    )
    await store.finish_turn(ended, unread=talk.unread)
    kept = await store.conversation(conversation.id)
    named = replace(kept, title=talk.title or kept.title, pinned=talk.pinned)
    await store.save_conversation(named)
    return named


class PlayedServer:
    """Answers from what is invented above; refuses `gpt-5.5-pro` with an empty balance.

    An answer that breaks off in a sentence never ends.
    """

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
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\n"
            b"transfer-encoding: chunked\r\n\r\n"
        )
        said = ""
        for word in (answer := _answer(body["question"], body["model"])).split(" "):
            said += word + " "
            line = {"answer": said, "delta_answer": word + " ", "id": body.get("id") or new_id()}
            told = json.dumps(line).encode() + b"\n"
            writer.write(b"%x\r\n%b\r\n" % (len(told), told))
        await writer.drain()
        if answer.endswith("\n"):
            writer.write(b"0\r\n\r\n")
            writer.close()


def _answer(question: str, model: str) -> str:
    if "JSON" in question:
        return COMPARED[model]
    return ANOTHER if model == "o3" else STRUCTS
