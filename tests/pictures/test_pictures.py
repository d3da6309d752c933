"""Pictures of the screens: a change of how something looks is seen before it is made."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Protocol

import pytest
from textual.app import App
from textual.pilot import Pilot

from acechat.clipboard import CopyResult
from acechat.connection import GUIDE_QUESTIONS, Connection
from acechat.models import Conversation, Failure, Message, Phase, Role, Status, Turn
from acechat.screens.bring_in import ImportScreen
from acechat.screens.chat import ChatScreen
from acechat.screens.compare import CompareScreen
from acechat.screens.temporary import LeaveScreen
from acechat.services.catalogue import DEFAULT_MODEL, MODELS
from acechat.services.chat import ChatService
from acechat.services.temporary import LibraryWithTemporary
from acechat.settings import Settings
from acechat.stylesheets import stylesheets
from acechat.themes import THEMES
from acechat.widgets.queued_lines import QueuedLines
from fakes import FakeApi, FakeFileHost, FakeStore

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


@pytest.fixture(autouse=True)
def fixed_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


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


@pytest.mark.parametrize(
    ("theme", "size"),
    [
        ("acechat-dark", (120, 40)),
        ("acechat-light", (80, 24)),
        ("acechat-contrast", (80, 24)),
        ("ansi-dark", (80, 24)),
        ("acechat-dark", (60, 20)),
    ],
)
def test_a_conversation(snap_compare: Compare, theme: str, size: tuple[int, int]) -> None:
    assert snap_compare(Screens(filled(), theme), terminal_size=size, run_before=acts())


def test_first_start(snap_compare: Compare) -> None:
    app = Screens(FakeStore(), "acechat-dark", newest=False)
    assert snap_compare(app, terminal_size=(80, 24), run_before=acts())


def test_an_error(snap_compare: Compare) -> None:
    app = Screens(filled(Status.FAILED), "acechat-dark")
    assert snap_compare(app, terminal_size=(100, 24), run_before=acts())


def test_the_message_with_the_keyboard(snap_compare: Compare) -> None:
    app = Screens(filled(), "acechat-dark")
    assert snap_compare(app, terminal_size=(100, 30), run_before=acts("tab", "up"))


def test_the_list_over_a_narrow_screen(snap_compare: Compare) -> None:
    app = Screens(filled(), "acechat-dark")
    assert snap_compare(app, terminal_size=(70, 24), run_before=acts("f3"))


def test_picking_a_model(snap_compare: Compare) -> None:
    app = Screens(filled(), "acechat-light")
    assert snap_compare(app, terminal_size=(100, 30), run_before=acts("f4", "o", "3"))


def compared() -> list[Turn]:
    """Return three answers to one question, each of which ended in another way."""
    question = Message(
        "q", "c0", Role.USER, "How do lifetimes differ from scopes?", created_at=NOON
    )
    failure = Failure("api_error", "The model is overloaded.", "2f1c-trace")
    answers = [
        Message("a", "c0", Role.ASSISTANT, ANSWER, model="gpt-5.1", seconds=3.2),
        Message(
            "b",
            "c0",
            Role.ASSISTANT,
            "A scope is where a name can be used;\na **lifetime** is",
            status=Status.STOPPED,
            model="grok-3",
            seconds=1.4,
        ),
        Message("c", "c0", Role.ASSISTANT, "", status=Status.FAILED, model="o3", error=failure),
    ]
    return [Turn(question, answer, 0.0, Phase.RECEIVING) for answer in answers]


@pytest.mark.parametrize(
    ("theme", "size"),
    [
        ("acechat-dark", (120, 40)),
        ("acechat-light", (80, 24)),
        ("ansi-dark", (120, 30)),
        ("acechat-dark", (60, 20)),
    ],
)
def test_a_comparison(snap_compare: Compare, theme: str, size: tuple[int, int]) -> None:
    async def act(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, Screens)
        await app.ready.wait()
        await app.push_screen(CompareScreen(app.chat_screen, compared()))
        await pilot.pause()
        await pilot.press("right")
        await pilot.pause()

    app = Screens(filled(), theme)
    assert snap_compare(app, terminal_size=size, run_before=act)


def test_questions_that_wait(snap_compare: Compare) -> None:
    async def act(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, Screens)
        await app.ready.wait()
        lines = QueuedLines()
        app.chat_screen.query_one("#main").mount(lines, before=app.chat_screen.prompt)
        lines.show(["And with structs?", "Is there a rule of thumb that one can remember?", "Why?"])
        await pilot.pause()

    assert snap_compare(Screens(filled(), "acechat-dark"), terminal_size=(100, 30), run_before=act)


def test_too_little_room(snap_compare: Compare) -> None:
    app = Screens(filled(), "acechat-dark")
    assert snap_compare(app, terminal_size=(38, 9), run_before=acts())


EVERYWHERE = [
    ("acechat-dark", (120, 40)),
    ("acechat-light", (80, 24)),
    ("ansi-dark", (60, 20)),
]
"""Themes and sizes in which a dialog is looked at."""

OLDER = ("slash", *"delete", "minus", *"older", "space", *"10d", "enter")


@pytest.mark.parametrize(("theme", "size"), EVERYWHERE)
def test_deleting_what_is_old(snap_compare: Compare, theme: str, size: tuple[int, int]) -> None:
    app = Screens(filled(), theme)
    assert snap_compare(app, terminal_size=size, run_before=acts(*OLDER))


@pytest.mark.parametrize(("theme", "size"), EVERYWHERE)
def test_saving(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, theme: str, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("HOME", "/home/reader")
    app = Screens(filled(), theme)
    keys = ("slash", *"export", "escape", "enter", "down", "down", "right")
    assert snap_compare(app, terminal_size=size, run_before=acts(*keys))


@pytest.mark.parametrize(("theme", "size"), EVERYWHERE)
def test_bringing_in_a_file(snap_compare: Compare, theme: str, size: tuple[int, int]) -> None:
    app = Screens(filled(), theme)

    async def act(pilot: Pilot[None]) -> None:
        await acts()(pilot)
        await app.push_screen(ImportScreen())
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=act)


@pytest.mark.parametrize(("theme", "size"), EVERYWHERE)
def test_leaving_a_temporary_conversation(
    snap_compare: Compare, theme: str, size: tuple[int, int]
) -> None:
    app = Screens(filled(), theme)

    async def act(pilot: Pilot[None]) -> None:
        await acts("alt+n")(pilot)
        await app.push_screen(LeaveScreen())
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=act)


@pytest.mark.parametrize(("theme", "size"), EVERYWHERE)
def test_several_conversations_are_chosen(
    snap_compare: Compare, theme: str, size: tuple[int, int]
) -> None:
    app = Screens(filled(), theme)
    keys = ("f3", "home", "space", "x") if size[0] < 90 else ("f3", "f3", "home", "space", "x")
    assert snap_compare(app, terminal_size=size, run_before=acts(*keys))
