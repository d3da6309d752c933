"""The chat screen: what is open, listed and running, and how its parts hear of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar
from weakref import finalize

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from acechat import commands
from acechat.bindings import bindings_for, keymap_of
from acechat.clean import clean_line
from acechat.errors import StoreError
from acechat.key_names import key_label
from acechat.models import Message, Turn
from acechat.screens.answered import AnsweredScreen
from acechat.settings import Settings
from acechat.themes import theme_choices
from acechat.widgets.grouping import local_today
from acechat.widgets.header import HeaderLine
from acechat.widgets.host import host_of
from acechat.widgets.prompt import Prompt
from acechat.widgets.sidebar import Sidebar
from acechat.widgets.status import Spot, StatusLine
from acechat.widgets.welcome import Welcome

if TYPE_CHECKING:
    from acechat.clipboard import CopyResult
    from acechat.services.library import Opened
    from acechat.services.temporary import LibraryWithTemporary

LOOK_SECONDS = 1.0
"""How often another window's changes are looked for: one pragma, 0.1 ms, on the store's thread."""

Result = TypeVar("Result")

_SPOTS: tuple[tuple[str, Spot], ...] = (
    ("#sidebar-filter", "filter"),
    ("#sidebar-list", "sidebar"),
    ("#questions", "questions"),
    ("#find-text", "find"),
    ("Transcript", "transcript"),
)
"""The parts that can have the focus, and what the hints call them; all else is the prompt."""

NO_ROOM = "acechat needs a little more room: at least 40 columns and 10 rows."


class ChatScreen(AnsweredScreen):
    """The conversation that is open, with the list of all of them at its side."""

    AUTO_FOCUS = "Prompt"
    BINDINGS = [
        # From the prompt, Tab goes to what stands above it, then to the list.
        Binding("tab", "app.focus_previous", show=False),
        Binding("shift+tab", "app.focus_next", show=False),
        *bindings_for("anywhere", prefix="chat."),
        *bindings_for("anywhere", prefix="copy."),
        *bindings_for("anywhere", prefix="transcript."),
    ]

    def __init__(
        self,
        settings: Settings,
        copier: Callable[[str], Awaitable[CopyResult]],
        *,
        look_again: Callable[[], None] | None = None,
        model: str | None = None,
        today: Callable[[], date] = local_today,
    ) -> None:
        super().__init__(look_again, "-empty -sidebar" if settings.sidebar else "-empty")
        self.copier = copier
        """Copies a text, and says what happened to it."""
        self.today = today
        """The day it is where the user is."""
        self.settings = settings
        """The settings in force."""
        self.first_model = model
        """The model named on the command line, for the first conversation opened."""
        self.messages: list[Message] = []
        """The messages of the open conversation, as they are kept."""
        self._library: LibraryWithTemporary | None = None
        self._questions: list[str] = []
        self._look_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield Static(NO_ROOM, id="no-room", markup=False)
        with Horizontal(id="panes"):
            yield Sidebar()
            with Vertical(id="main"):
                yield HeaderLine()
                yield Welcome()
                yield Prompt()
        yield StatusLine()

    def on_mount(self) -> None:
        """Show the keys; the rest comes when the store is read."""
        self.show_hints()

    # What it works with.

    @property
    def library(self) -> LibraryWithTemporary:
        """The kept conversations; use it after `opened` only."""
        assert self._library is not None
        return self._library

    @property
    def is_open(self) -> bool:
        """Whether the store has been read."""
        return self._library is not None

    def background(
        self, work: Coroutine[None, None, object], group: str, *, exclusive: bool = False
    ) -> None:
        """Carry out work on the store without holding up keys; say why where it cannot be done."""

        async def told() -> None:
            try:
                await work
            except StoreError as error:
                self.say(str(error), severity="error")

        # Work whose worker is given up before it starts is closed with it, not left unawaited.
        finalize(told, work.close)
        self.run_worker(told, group=group, exclusive=exclusive)

    async def answer_of(self, dialog: Screen[Result]) -> Result | None:
        """Show a dialog over the conversation and return its result.

        A key that is pressed twice, or another one right behind it, opens no second one over the
        first: the result is None then, as where a dialog is left.
        """
        if host_of(self).screen is not self:
            return None
        return await host_of(self).push_screen_wait(dialog)

    # What the application tells it.

    async def opened(
        self, library: LibraryWithTemporary, *, start: str | None, newest: bool
    ) -> None:
        """Begin to show the store: the list, and the conversation to start with."""
        self._library = library
        await self.shelf.refresh()
        self._questions = (await library.questions())[::-1]
        self.prompt.set_history(self._questions)
        if newest and (found := await library.newest()) is not None:
            start = found.id
        self._look_timer = self.set_interval(LOOK_SECONDS, self._look_for_changes)
        self.finding.index()
        self.background(library.purge(), "purge")
        if start is None:
            await self.open_new()
        else:
            await self.open_conversation(start)
        if self.first_model is not None:
            await self.choosing.keep(replace(self.conversation, model=self.first_model))

    def stop_looking(self) -> None:
        """Follow other windows no more: what is shown is about to go."""
        if self._look_timer is not None:
            self._look_timer.stop()
        for worker in self.workers:
            if worker.group == "look":
                worker.cancel()

    def _look_for_changes(self) -> None:
        self.background(self.shelf.follow(), "look")

    def suggest_arguments(self) -> None:
        """Tell the prompt what may follow its `/` words."""
        presets = [preset.name for preset in self.settings.presets]
        self.prompt.set_arguments(
            {
                "model": self.connection.models if self.connection else (),
                "preset": [*presets, "none"],
                "copy": ("answer", "code", "all"),
                "theme": theme_choices(),
            }
        )

    def take_settings(self, settings: Settings) -> None:
        """Follow changed settings."""
        self.settings = settings
        self.set_class(settings.sidebar, "-sidebar")
        self.show_header()
        self.show_hints()
        self.suggest_arguments()

    def remember(self, question: str) -> None:
        """Let the prompt walk back to a question that was just asked, unless nothing is kept."""
        if self.conversation.temporary:
            return
        self._questions = [text for text in self._questions if text != question]
        self._questions.append(question)
        self.prompt.set_history(self._questions)

    # Opening.

    async def open_new(self, *, temporary: bool = False) -> None:
        """Show a new, empty conversation with its draft, or one of which nothing is kept."""
        await self.drafts.keep()
        if await self.temporary.leave():
            found = self.library.open_temporary() if temporary else self.library.open_new()
            self._show_opened(await found)

    async def open_conversation(self, conversation_id: str) -> bool:
        """Show a kept conversation from its end, unless the user stays in a temporary one."""
        await self.drafts.keep()
        if not await self.temporary.leave():
            return False
        running = conversation_id in self.turns.streaming
        found = await self._read(conversation_id)
        if running and conversation_id not in self.turns.streaming:
            # Its answer ended while it was being read.
            found = await self._read(conversation_id)
        self._show_opened(found)
        return True

    async def _read(self, conversation_id: str) -> Opened:
        waits = self.turns.is_running(conversation_id) or self.queue.holds(conversation_id)
        return await self.library.open(conversation_id, is_waited_in=waits)

    def _show_opened(self, found: Opened) -> None:
        # What was typed before the store was read stays, behind what was kept.
        typed = "" if self.conversation.id else self.prompt.draft
        self.drafts.leave()
        self.within.close()
        self.conversation = found.conversation
        self.lines.opened(found)
        self.show_messages(found.messages)
        self.drafts.loaded(found.draft)
        self.prompt.load("\n".join(filter(None, (found.draft, typed))))
        self.attaching.loaded(found.conversation, found.files)
        self.attaching.show()
        self.shelf.show_opened()
        self.queue.show()
        self.activity.show()
        if found.brought_back:
            self.say("what was queued here when the program ended is in the prompt again")
        self.remove_class("-sidebar-over")
        self.prompt.focus()

    def show_messages(self, messages: Sequence[Message], place: int | None = None) -> None:
        """Show these messages, or the first page where there are none.

        Args:
            messages: The line that the conversation is on.
            place: The index of one that takes the place of the one before; None goes to the end.
        """
        self.messages = list(messages)
        self.set_class(not messages, "-empty")
        streaming = self.conversation.id in self.turns.streaming
        ours = streaming or self.turns.is_running(self.conversation.id)
        along = self.alongside.begin([] if ours else messages)
        self.transcript.show(messages, self.running_turn or along, place)
        self.prompt.busy = streaming

    def is_shown(self, answer_id: str) -> bool:
        """Whether an answer ends the line that is shown."""
        return bool(self.messages) and self.messages[-1].id == answer_id

    @property
    def running_turn(self) -> Turn | None:
        """The running turn of the answer that ends the line that is shown."""
        return self.chat.turn_of(self.messages[-1].id) if self.chat and self.messages else None

    # Showing.

    @property
    def model(self) -> str:
        """The model of the next question."""
        return self.conversation.model or self.default_model

    @property
    def default_model(self) -> str:
        """The model of conversations that chose none."""
        if self.connection is None:
            return self.settings.model
        return self.connection.model_for(self.settings)

    def watch_conversation(self) -> None:
        """Show the open conversation's choices."""
        # What ends while the program is being left finds a screen that is already empty.
        if self.query("HeaderLine"):
            self.show_header()

    def show_header(self) -> None:
        """Write the line at the top."""
        self.header.show(
            self.conversation,
            self.settings,
            model=self.model,
            extra_references=len(self.attaching.urls),
            server=self.answerer,
        )

    def show_hints(self) -> None:
        """Write the key hints that fit the focus."""
        place: Spot = "prompt"
        for part, spot in _SPOTS:
            if self.focused is not None and self.focused in self.query(part):
                place = spot
        self.status.keys = keymap_of(self.settings.send_key, self.keys)
        self.status.show_hints(place, self.prompt.busy)

    def say(self, sentence: str, *, severity: str = "information", seconds: float = 2.0) -> None:
        """Show one line for what has no place in the transcript."""
        level = "error" if severity == "error" else "information"
        timeout = max(seconds, 5.0) if level == "error" else seconds
        self._lift_notices()
        self.notify(clean_line(sentence), severity=level, timeout=timeout, markup=False)

    def _lift_notices(self) -> None:
        """Let notices stand above what is being written, which may take ten rows."""
        tops = [part.region.y for part in self.query("Prompt, FindLine") if part.region.height]
        for rack in self.query("ToastRack") if tops else ():
            rack.styles.margin = (0, 0, self.size.height - min(tops), 0)

    @property
    def keys(self) -> Mapping[str, str]:
        """The keys that the user gave to commands."""
        return self.settings.keys

    def key_of(self, command_id: str) -> str:
        """Return how the key of a command is written."""
        return key_label(commands.keys_of(commands.BY_ID[command_id], self.keys))

    # Events.

    def on_descendant_focus(self) -> None:
        """Change the hints with the focus."""
        self.show_hints()

    def on_app_blur(self) -> None:
        """Keep the draft when the user turns to another program."""
        if self._library is not None:
            self.background(self.drafts.keep(), "draft")

    @on(Prompt.Submitted)
    def _submitted(self, event: Prompt.Submitted) -> None:
        if not self.attaching.holds_back(event.text):
            self.lines.submit(event.text)

    @on(Welcome.Chosen)
    def _question_chosen(self, event: Welcome.Chosen) -> None:
        self.turns.ask(event.question)

    @on(Prompt.CommandEntered)
    def _command_entered(self, event: Prompt.CommandEntered) -> None:
        if self._library is not None:
            self.background(self.choosing.slash(event.name, event.argument), "word")

    @on(Prompt.Refused)
    def _refused(self, event: Prompt.Refused) -> None:
        self.say(event.reason)

    @on(Prompt.TakenBack)
    def _taken_back(self) -> None:
        self.queue.take_back()

    @on(Prompt.DraftChanged)
    def _draft_changed(self) -> None:
        if self._library is not None and self.conversation.id:
            self.background(self.drafts.keep(), "draft")

    async def leave(self) -> str:
        """Stop what is running, keep it and what is typed; return what could not be kept, or ""."""
        self.stop_looking()
        await self.turns.stop_all()
        lost: list[str] = []
        reason = ""
        for what, keep in (
            ("the end of an answer", self.turns.store_ends),
            ("what was typed", self.drafts.keep),
        ):
            try:
                if self._library is not None:
                    await keep()
            except StoreError as error:
                lost.append(what)
                reason = str(error)
        return f"{' and '.join(lost)} could not be kept: {reason}" if lost else ""
