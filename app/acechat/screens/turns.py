"""The running turns of the chat screen: from Enter to the final row, each in a worker of its own.

A turn belongs to its conversation, not to the view: switching away never stops an answer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.timer import Timer
from textual.worker import Worker

from acechat.advice import advice
from acechat.errors import StoreBusy, StoreError, UnknownConversation
from acechat.events import (
    BytesCame,
    ConversationOpened,
    NotKept,
    QuestionWaits,
    RequestSent,
    RetryScheduled,
    StreamFlawed,
    TextDelta,
    TextReplaced,
    TurnEvent,
    TurnFinished,
    TurnStarted,
)
from acechat.models import (
    ChatOptions,
    Conversation,
    Message,
    Phase,
    Role,
    Status,
    Turn,
    last_question,
    title_of,
)
from acechat.options import options_for
from acechat.screens.activity import activity, outcome
from acechat.screens.sending import Sent
from acechat.widgets.labels import QUIET_SECONDS
from acechat.widgets.pace import later
from acechat.widgets.prompt import BUSY

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen
    from acechat.services.chat import ChatService

BREATH_SECONDS = 0.01
"""A burst of text is worked off in slices of this length, so that keys are never kept waiting."""

_NAMELESS = "the server gave no conversation id; the next question carries the transcript"

_TRYING_AGAIN = "trying again, esc stops it"

_UNSTORED = "not stored at present; it is tried again"


class Turns:
    """Asks, stops and asks again for the chat screen, and shows what happens."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._workers: dict[str, Worker[None]] = {}
        self._over_events: dict[str, asyncio.Event] = {}
        self._ticker: Timer | None = None
        self._outcome = ("", "")
        self._phase: Phase | None = None

    @property
    def streaming(self) -> frozenset[str]:
        """The ids of the conversations whose answer is arriving."""
        chat = self._screen.chat
        return frozenset(chat.turns) if chat is not None else frozenset()

    @property
    def helpful_setting(self) -> str:
        """The setting that helps against the failure that was shown last, or an empty name."""
        last = self._screen.messages[-1] if self._screen.messages else None
        return advice(last.error).setting if last is not None and last.error is not None else ""

    def ask(self, text: str, *, draft: str = "") -> None:
        """Ask a question in the open conversation.

        Args:
            text: The question.
            draft: How it stands in the prompt, which it leaves when it is stored; empty where it
                does not come from there.
        """
        self.send(Sent(text, draft))

    def again(
        self, question: Message | None = None, *, model: str = "", rebuild: bool = False
    ) -> None:
        """Send a question again, for another version of its answer.

        The last answer gives its place up where it has no text. Where it is whole, or others came
        after it, the question is asked in a new server conversation: none can go back.

        Args:
            question: None takes the one that the keyboard is on, or the last one.
            model: Who is asked this once; empty: the model of the conversation.
            rebuild: Ask in a new server conversation in any case.
        """
        screen = self._screen
        question, answer = self.chosen(question)
        if question is None:
            screen.say("there is no question yet")
        elif self.is_running(screen.conversation.id):
            screen.say(BUSY)
        elif rebuild and answer is not None and answer.status is Status.COMPLETE:
            screen.say("this conversation can go on as it is")
        else:
            last = answer is None or answer.id == screen.messages[-1].id
            goes_on = last and (answer is None or answer.status is not Status.COMPLETE)
            replaced = answer if goes_on and answer is not None and not answer.text else None
            self.send(
                Sent(
                    question.text,
                    again=question,
                    replaces=replaced.id if replaced else None,
                    model=model,
                    afresh=not goes_on,
                    rebuild=rebuild,
                )
            )

    def chosen(self, question: Message | None = None) -> tuple[Message | None, Message | None]:
        """Return a question, that of the keyboard or the last one, and its last answer."""
        screen = self._screen
        messages: Sequence[Message] = screen.messages
        if question is None:
            focused = screen.transcript.focused_message if screen.transcript.has_focus else None
            end = len(messages) if focused is None else focused + 1
            question = last_question(messages[:end])
        answer, behind = None, False
        for message in messages:
            if message.role is Role.USER:
                behind = question is not None and message.id == question.id
            elif behind:
                answer = message
        return question, answer

    def is_running(self, conversation_id: str) -> bool:
        """Whether a question of this conversation is on its way, or its answer."""
        return conversation_id in self._workers

    def stop(self, conversation_id: str) -> bool:
        """Stop the answer of a conversation; return whether one was on its way."""
        worker = self._workers.get(conversation_id)
        if worker is None:
            return False
        # One that was started just now makes its first step before: it would never end otherwise.
        asyncio.get_running_loop().call_soon(worker.cancel)
        return True

    async def stopped(self, conversation_id: str) -> None:
        """Stop the answer of a conversation and wait until its end is stored."""
        over = self._over_events.get(conversation_id)
        if self.stop(conversation_id) and over is not None:
            await over.wait()

    async def stop_all(self) -> None:
        """Stop every answer and wait until all ends are stored."""
        for conversation_id in list(self._over_events):
            self.stop(conversation_id)
        for over in list(self._over_events.values()):
            await over.wait()

    def send(self, sent: Sent) -> None:
        """Send a question in the open conversation, unless one is on its way there."""
        screen = self._screen
        if not screen.conversation.id:
            screen.say("one moment, the conversations are being opened")
            return
        if screen.conversation.id in self._workers:
            return
        screen.prompt.busy = True
        if screen.chat is None:
            screen.status.set_activity("connecting")
        else:
            # Where the question cannot be stored at once, that is shown with its age.
            later(screen, QUIET_SECONDS, self.show_activity)
        self._over_events[screen.conversation.id] = asyncio.Event()
        self._workers[screen.conversation.id] = screen.run_worker(
            self._run(screen.conversation, sent),
            group="turn",
            description="a turn",
        )

    async def _run(self, conversation: Conversation, sent: Sent) -> None:
        screen = self._screen
        turn: Turn | None = None
        try:
            await screen.lines.settled.wait()
            chat = await screen.server()
            conversation = await self._as_stored(conversation)
            turn_events = chat.ask(
                replace(conversation, server_id=None) if sent.afresh else conversation,
                sent.text,
                self._options(conversation, sent),
                again=sent.again,
                replaces=sent.replaces,
                beside=sent.beside.id if sent.beside else None,
                rebuild=sent.rebuild,
            )
            async with chat.followed(turn_events) as happened:
                breathed = time.monotonic()
                async for event in happened:
                    if isinstance(event, TurnStarted):
                        turn = event.turn
                        self._begun(conversation, turn, sent)
                    elif isinstance(event, QuestionWaits):
                        screen.say(f"{event.reason}; {_TRYING_AGAIN}", severity="error")
                    elif turn is not None:
                        self._show(chat, turn, event)
                    if time.monotonic() - breathed > BREATH_SECONDS:
                        await asyncio.sleep(0)
                        breathed = time.monotonic()
        except StoreError as error:
            if screen.is_running:
                screen.say(f"not sent: {error}", severity="error")
        finally:
            self._over_events.pop(conversation.id).set()
            del self._workers[conversation.id]
            if screen.is_running:
                self._over(conversation.id, turn)

    async def _as_stored(self, conversation: Conversation) -> Conversation:
        """Return the conversation with what another window may have changed."""
        while True:
            try:
                return await self._screen.library.conversation(conversation.id)
            except StoreBusy as error:
                self._screen.say(f"{error}; {_TRYING_AGAIN}", severity="error")
            except UnknownConversation:
                return conversation

    def _options(self, conversation: Conversation, sent: Sent) -> ChatOptions:
        """Return what a question is sent with; one that was asked before keeps its references."""
        screen, before = self._screen, sent.again or sent.beside
        options = options_for(
            conversation,
            screen.settings,
            screen.default_model,
            extra_references=(
                *(before.references if before else ()),
                *(screen.question_references if sent.again is None else ()),
            ),
        )
        return replace(options, model=sent.model or options.model)

    def _is_open(self, conversation_id: str) -> bool:
        return self._screen.conversation.id == conversation_id

    def _begun(self, conversation: Conversation, turn: Turn, sent: Sent) -> None:
        screen = self._screen
        if sent.is_new and not conversation.title:
            # Its draft was kept as the new conversation's until now.
            screen.background(screen.library.save_draft("", ""), "draft")
        if self._is_open(conversation.id):
            if sent.again is None:
                screen.question_references.clear()
                screen.remember(turn.question.text)
            if sent.draft:
                self._take_from_prompt(sent.draft)
            if sent.beside is not None:
                screen.lines.sent(sent.beside)
            if not screen.conversation.title:
                title = title_of(turn.question.text)
                screen.conversation = replace(screen.conversation, title=title)
            screen.remove_class("-empty")
            line = sent.line(screen.messages, turn)
            if sent.is_new:
                screen.transcript.add(turn.question)
            if sent.replaces:
                screen.transcript.take_away(sent.replaces)
            if sent.is_new or sent.replaces:
                screen.messages = line
                screen.transcript.add(line[-1], turn)
            else:
                screen.show_messages(line)
            self.show_activity()
        screen.shelf.reload()

    def _take_from_prompt(self, draft: str) -> None:
        """Take a question out of the prompt; what was typed behind it meanwhile stays."""
        prompt = self._screen.prompt
        if prompt.draft == draft:
            prompt.clear()
        elif prompt.draft.startswith(draft):
            prompt.load(prompt.draft.removeprefix(draft))

    def _show(self, chat: ChatService, turn: Turn, event: TurnEvent) -> None:
        screen, answer_id = self._screen, turn.answer.id
        if isinstance(event, NotKept):
            screen.say(f"not stored at present: {event.reason}", severity="error")
        if not self._is_open(turn.conversation_id):
            return
        if turn.phase is not self._phase:
            self.show_activity()
        match event:
            case TextDelta(text):
                screen.transcript.extend(answer_id, text)
            case TextReplaced(text):
                screen.transcript.rewrite(answer_id, text)
            case ConversationOpened(server_id):
                screen.conversation = replace(
                    screen.conversation, server_id=server_id, server=chat.api.server
                )
            case RetryScheduled() | RequestSent():
                screen.transcript.count_on()
            case StreamFlawed(reason):
                screen.say(reason)
            case TurnStarted() | TurnFinished() | NotKept() | QuestionWaits() | BytesCame():
                pass

    def _over(self, conversation_id: str, turn: Turn | None) -> None:
        """Show the end of a turn, however it ended."""
        screen = self._screen
        if self._is_open(conversation_id):
            screen.prompt.busy = False
            if turn is not None:
                shown = (m for m in screen.messages if m.id == turn.answer.id)
                answer = next(shown, turn.answer)
                answer = replace(turn.answer, version=answer.version, versions=answer.versions)
                screen.messages = [answer if m.id == answer.id else m for m in screen.messages]
                screen.transcript.finish(answer)
                self._outcome = (conversation_id, outcome(answer))
                if self._is_nameless(answer):
                    screen.say(_NAMELESS, seconds=4.0)
            self.show_activity()
        if turn is not None:
            if turn.answer.status is Status.STOPPED and self._is_unstored(conversation_id):
                screen.say(_UNSTORED, severity="error")
            screen.shelf.ended(conversation_id, opened=self._is_open(conversation_id))

    def _is_nameless(self, answer: Message) -> bool:
        """Whether the server kept the conversation, as asked, and gave it no id."""
        screen = self._screen
        is_asked = screen.settings.stateful and answer.status is Status.COMPLETE
        return is_asked and screen.conversation.server_id is None

    def _is_unstored(self, conversation_id: str) -> bool:
        chat = self._screen.chat
        return chat is not None and chat.is_unstored(conversation_id)

    async def store_ends(self) -> None:
        """Store the ends of turns that could not be stored when they came.

        Raises:
            StoreError: it is still not possible.
        """
        chat = self._screen.chat
        if chat is not None and await chat.store_ends():
            self._screen.say("the answer is stored now")

    # The status line.

    def show_activity(self) -> None:
        """Say what goes on in the open conversation, each second while something does."""
        screen = self._screen
        turn = screen.chat.turns.get(screen.conversation.id) if screen.chat else None
        if turn is not None and turn.answer.status is Status.STREAMING:
            self._outcome = ("", "")
            self._phase = turn.phase
            screen.status.set_activity(activity(turn))
            if self._ticker is None:
                self._ticker = screen.set_interval(1.0, self.show_activity)
        else:
            if self._ticker is not None:
                self._ticker.stop()
                self._ticker = None
            of, ended = self._outcome
            screen.status.set_activity(ended if self._is_open(of) else "")
        screen.show_hints()
