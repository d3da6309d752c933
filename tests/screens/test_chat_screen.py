"""The chat screen over fakes: what it says, and what it shows when things happen at once."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from textual.app import App
from textual.pilot import Pilot

from acechat.clipboard import CopyResult
from acechat.connection import Connection
from acechat.errors import Rejected
from acechat.events import ConversationOpened, TextDelta
from acechat.models import Conversation, Message, Role, Status
from acechat.screens.chat import ChatScreen
from acechat.services.chat import ChatService
from acechat.services.temporary import LibraryWithTemporary
from acechat.settings import Settings
from acechat.stylesheets import stylesheets
from acechat.widgets.header import HeaderLine
from fakes import FakeApi, FakeFileHost, FakeStore, Step


class Host(App[None]):
    """Only the chat screen."""

    CSS_PATH = [*stylesheets()]

    def __init__(self, store: FakeStore, api: FakeApi) -> None:
        super().__init__()
        self.chat_screen = ChatScreen(Settings(), self.copier)
        self.store = store
        self.api = api

    async def copier(self, text: str) -> CopyResult:
        raise NotImplementedError

    async def on_mount(self) -> None:
        await self.push_screen(self.chat_screen)
        await self.chat_screen.opened(LibraryWithTemporary(self.store), start=None, newest=False)
        connection = Connection(
            api=self.api,
            models=("one", "two"),
            closed_models=(),
            default_model="one",
            label="fake",
            note="a fake answers.",
            questions=("Why?",),
            file_host=FakeFileHost(),
            lifetimes=AsyncExitStack(),
        )
        self.chat_screen.connected(connection, ChatService(self.store, self.api))


class Watched:
    """The screen while the test looks at it."""

    def __init__(self, host: Host, pilot: Pilot[None]) -> None:
        self.screen = host.chat_screen
        self.host = host
        self.pilot = pilot

    @property
    def said(self) -> list[str]:
        return [str(note.message) for note in self.host._notifications]

    @property
    def title(self) -> str:
        return self.screen.query_one(HeaderLine).title

    async def until(self, condition: object) -> None:
        assert callable(condition)
        deadline = asyncio.get_running_loop().time() + 30
        while not condition():
            assert asyncio.get_running_loop().time() < deadline, "it never happened"
            await self.pilot.pause(0.01)

    async def over(self, count: int) -> None:
        await self.until(
            lambda: (
                len(self.screen.messages) == count
                and self.screen.messages[-1].status is not Status.STREAMING
                and not self.screen.prompt.busy
            )
        )


@asynccontextmanager
async def watched(
    *scripts: Sequence[Step], store: FakeStore | None = None
) -> AsyncGenerator[Watched]:
    host = Host(store or FakeStore(), FakeApi(*scripts))
    async with host.run_test(size=(100, 30), notifications=True) as pilot:
        yield Watched(host, pilot)


ANSWER: Sequence[Step] = [ConversationOpened("s1"), TextDelta("Because.")]


async def test_the_header_has_the_title_while_the_first_answer_arrives() -> None:
    hold = asyncio.Event()
    async with watched([TextDelta("Be"), hold]) as seen:
        assert seen.title == ""
        seen.screen.turns.ask("Why is it so?\nReally")
        await seen.until(lambda: seen.title == "Why is it so?")
        assert seen.screen.turns.streaming
        hold.set()
        await seen.over(2)
        assert seen.title == "Why is it so?"


async def test_the_header_has_who_answers() -> None:
    async with watched() as seen:
        header = seen.screen.query_one(HeaderLine)
        assert header.server == "fake"
        seen.screen.connecting()
        assert header.server == "connecting"
        seen.screen.not_connected("config.toml, line 3: base_url is not a URL")
        assert header.server == "nobody answers"


async def test_how_an_answer_ended_is_said_in_its_own_conversation_only() -> None:
    async with watched(ANSWER) as seen:
        seen.screen.turns.ask("Why?")
        await seen.over(2)
        assert seen.screen.status.activity.startswith("done in")
        asked = seen.screen.conversation.id
        await seen.screen.open_new()
        assert seen.screen.status.activity == ""
        await seen.screen.open_conversation(asked)
        assert seen.screen.status.activity.startswith("done in")


async def test_two_questions_at_once_are_one_request() -> None:
    async with watched(ANSWER, ANSWER) as seen:
        for _ in range(3):
            seen.screen.turns.ask("Why?")
        await seen.over(2)
        assert [asked.question for asked in seen.host.api.asked] == ["Why?"]
        assert not seen.screen.turns.streaming


async def test_what_cannot_be_sent_again_is_said() -> None:
    async with watched(ANSWER) as seen:
        await seen.pilot.press("f5")
        await seen.until(lambda: seen.said == ["there is no question yet"])
        seen.screen.turns.ask("Why?")
        await seen.over(2)
        await seen.pilot.press("f8")
        # What was said before may be gone by now.
        await seen.until(lambda: seen.said[-1:] == ["this conversation can go on as it is"])
        assert len(seen.host.api.asked) == 1


@pytest.mark.parametrize(
    ("code", "setting"), [("invalid_token", "token"), ("chat_error", ""), ("used_up", "")]
)
async def test_the_setting_that_helps_is_known_while_the_failure_is_in_sight(
    code: str, setting: str
) -> None:
    async with watched([Rejected("no", code=code, status=400)], ANSWER) as seen:
        assert seen.screen.turns.helpful_setting == ""
        seen.screen.turns.ask("Why?")
        await seen.over(2)
        assert seen.screen.turns.helpful_setting == setting
        await seen.pilot.press("f5")
        await seen.until(lambda: len(seen.host.api.asked) == 2)
        await seen.over(2)
        assert seen.screen.turns.helpful_setting == ""


class SlowDrafts(FakeStore):
    """Reads drafts only while the gate is open."""

    gate = asyncio.Event()

    async def draft(self, conversation_id: str) -> str:
        await self.gate.wait()
        return await super().draft(conversation_id)


async def test_an_answer_that_ends_while_its_conversation_is_opened_is_shown_whole() -> None:
    store = SlowDrafts()
    store.gate = asyncio.Event()
    store.gate.set()
    hold = asyncio.Event()
    async with watched([TextDelta("Be"), hold, TextDelta("cause.")], store=store) as seen:
        seen.screen.turns.ask("Why?")
        await seen.until(lambda: seen.screen.turns.streaming)
        (asked,) = seen.screen.turns.streaming
        await seen.until(lambda: store.rows)
        await seen.screen.open_new()
        store.gate.clear()
        opening = asyncio.create_task(seen.screen.open_conversation(asked))
        await seen.pilot.pause()
        hold.set()
        await seen.until(lambda: not seen.screen.turns.streaming)
        store.gate.set()
        await opening
        await seen.over(2)
        entry = seen.screen.transcript.current
        assert entry is not None
        assert (entry.source, entry.turn) == ("Because.", None)


async def test_messages_of_another_window_never_land_in_the_wrong_conversation() -> None:
    now = datetime.now(UTC).timestamp()
    store = FakeStore()
    for name in ("first", "second"):
        store.kept[name] = Conversation(name, title=name, updated_at=now)
        store.rows[name] = [
            Message(f"{name}-q", name, Role.USER, f"asked in {name}", created_at=now),
            Message(f"{name}-a", name, Role.ASSISTANT, f"said in {name}", created_at=now),
        ]
    async with watched(store=store) as seen:
        await seen.screen.open_conversation("first")
        store.rows["first"].append(Message("more", "first", Role.USER, "more in first"))
        store.kept["first"] = replace(store.kept["first"], model="two")
        reading = asyncio.Event()
        go_on = asyncio.Event()
        messages = store.messages

        async def slow(conversation_id: str) -> list[Message]:
            reading.set()
            await go_on.wait()
            return await messages(conversation_id)

        async def changed() -> bool:
            return True

        store.changed = changed
        store.messages = slow
        following = asyncio.create_task(seen.screen.shelf.follow())
        await reading.wait()
        store.messages = messages
        await seen.screen.open_conversation("second")
        go_on.set()
        await following
        assert [m.text for m in seen.screen.messages] == ["asked in second", "said in second"]
        assert seen.screen.model == "one"
        await seen.screen.open_conversation("first")
        assert [m.text for m in seen.screen.messages][-1] == "more in first"
        assert seen.screen.model == "two"
