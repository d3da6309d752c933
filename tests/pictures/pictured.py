"""What is taken pictures of: the screens over fakes, always at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Protocol

from textual.app import App
from textual.pilot import Pilot

from acechat.clipboard import CopyResult
from acechat.connection import GUIDE_QUESTIONS, Connection
from acechat.models import Conversation, Failure, Message, Role, Status
from acechat.screens.chat import ChatScreen
from acechat.services.catalogue import DEFAULT_MODEL, MODELS
from acechat.services.chat import ChatService
from acechat.services.temporary import LibraryWithTemporary
from acechat.settings import Settings
from acechat.stylesheets import stylesheets
from acechat.themes import THEMES
from fakes import FakeApi, FakeFileHost, FakeStore

EVERYWHERE = [
    ("acechat-dark", (120, 40)),
    ("acechat-light", (80, 24)),
    ("ansi-dark", (60, 20)),
]
"""Themes and sizes in which a dialog is looked at."""

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
HOUR = 3600.0

ANSWER = """\
A lifetime names the region for which a **reference** must stay valid.

```rust
fn longest<'a>(x: &'a str, y: &'a str) -> &'a str {
    if x.len() > y.len() { x } else { y }
}
```

1. both arguments outlive `'a`
2. 结果也一样 👩‍💻

| | scope | lifetime |
| --- | --- | --- |
| belongs to | a variable | a reference |
| ends at | the brace | the last use |

> A promise about a borrow, see [the book](https://doc.rust-lang.org/book).
"""


class Compare(Protocol):
    """What the snapshot plugin offers."""

    def __call__(
        self,
        app: App[None],
        *,
        terminal_size: tuple[int, int],
        run_before: Callable[[Pilot[None]], Awaitable[None]],
    ) -> bool: ...


def filled(status: Status = Status.COMPLETE) -> FakeStore:
    """Return a store with conversations of some days."""
    store = FakeStore()
    listed = [
        (0.1, Conversation("c0", "Rust lifetimes")),
        (1, Conversation("c1", "Postgres index choice", status=Status.FAILED)),
        (2, Conversation("c2", "杭州天气", unread=True)),
        (26, Conversation("c3", "Trip to Lisbon")),
        (50, Conversation("c4", "Release checklist", pinned=True)),
        (80, Conversation("c5", "A title that is longer than the list is wide")),
        (40 * 24, Conversation("c6", "SQL window functions")),
    ]
    for hours, conversation in listed:
        at = NOON - hours * HOUR
        store.kept[conversation.id] = replace(conversation, created_at=at, updated_at=at)
    failure = None
    if status is Status.FAILED:
        failure = Failure("used_up", "The balance of this account is used up.", "2f1c-trace")
    store.rows["c0"] = [
        Message(
            "q",
            "c0",
            Role.USER,
            "How do lifetimes differ from scopes?",
            references=("https://doc.rust-lang.org/a.pdf",),
            created_at=NOON,
        ),
        Message(
            "a",
            "c0",
            Role.ASSISTANT,
            "" if failure else ANSWER,
            status=status,
            model="grok-3",
            created_at=NOON,
            seconds=3.2,
            error=failure,
        ),
    ]
    return store


class Screens(App[None]):
    """The chat screen over fakes, always at the same moment."""

    CSS_PATH = [*stylesheets()]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, store: FakeStore, theme: str, *, newest: bool = True) -> None:
        super().__init__()
        self._store, self._theme, self._newest = store, theme, newest
        self.chat_screen = ChatScreen(Settings(), self._copy, today=lambda: TODAY)
        self.ready = asyncio.Event()

    async def _copy(self, text: str) -> CopyResult:
        return CopyResult("copied", offered_file=False)

    async def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._theme
        await self.push_screen(self.chat_screen)
        await self.chat_screen.opened(
            LibraryWithTemporary(self._store), start=None, newest=self._newest
        )
        api = FakeApi()
        connection = Connection(
            api=api,
            models=MODELS,
            closed_models=(),
            default_model=DEFAULT_MODEL,
            label="api",
            note="No token yet: the guide on this machine answers.",
            lacks_token=True,
            questions=GUIDE_QUESTIONS,
            file_host=FakeFileHost(),
            lifetimes=AsyncExitStack(),
        )
        self.chat_screen.connected(connection, ChatService(self._store, api))
        self.ready.set()


def acts(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Press keys once the program is ready."""

    async def act(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, Screens)
        await app.ready.wait()
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()

    return act
