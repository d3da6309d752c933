"""The running turns of the chat screen: from Enter to the final row, each in a worker of its own.

A turn belongs to its conversation, not to the view: switching away never stops an answer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Coroutine, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from acechat.advice import advice
from acechat.errors import StoreBusy, StoreError, UnknownConversation
from acechat.events import (
    ConversationOpened,
    NotKept,
    QuestionWaits,
    RequestSent,
    RetryScheduled,
    StreamFlawed,
    TextDelta,
    TextReplaced,
    TurnEvent,
    TurnStarted,
)
from acechat.models import (
    Conversation,
    Message,
    Role,
    Status,
    Turn,
    last_question,
    title_of,
)
from acechat.screens.alongside import ELSEWHERE
from acechat.screens.sending import BUSY, Answering, AnswerView, Sent
from acechat.widgets.labels import QUIET_SECONDS
from acechat.widgets.pace import later

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen
    from acechat.services.chat import ChatService

BREATH_SECONDS = 0.01
"""A burst of text is worked off in slices of this length, so that keys are never kept waiting."""

_NAMELESS = "the server gave no conversation id; the next question carries the transcript"

_UNSTORED = "not stored at present; it is tried again"


class Turns:
    """Asks, stops and asks again for the chat screen, and shows what happens."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self.views: list[AnswerView] = []
        """What shows running answers besides the transcript."""
        self._running: dict[str, list[Answering]] = {}
        self._over_events: dict[str, asyncio.Event] = {}

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
            screen.say(BUSY + screen.stops)
        elif screen.alongside.follows(screen.conversation.id):
            screen.say(ELSEWHERE)
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
                    models=(model,),
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
        return conversation_id in self._running

    def is_begun(self, conversation_id: str) -> bool:
        """Whether a question of this conversation is stored and its answer is on its way."""
        return any(each.turn is not None for each in self._running.get(conversation_id, ()))

    def is_sending(self, conversation_id: str, draft: str) -> bool:
        """Whether this draft is on its way to being stored as a question."""
        running = self._running.get(conversation_id, ())
        return any(each.turn is None and each.sent.draft == draft for each in running)

    def stop(self, conversation_id: str, answer_id: str = "") -> bool:
        """Stop the answers of a conversation, or one; return whether one was on its way."""
        stopped = False
        for each in self._running.get(conversation_id, ()):
            if not answer_id or (each.turn is not None and each.turn.answer.id == answer_id):
                # One that was started just now makes its first step before: it would never end
                # otherwise.
                asyncio.get_running_loop().call_soon(each.cancel)
                stopped = True
        return stopped

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

    def send(self, sent: Sent, to: Conversation | None = None) -> None:
        """Send a question in the open conversation, or another, unless one is on its way there."""
        screen = self._screen
        conversation = to or screen.conversation
        if not conversation.id:
            screen.say("one moment, the conversations are being opened")
            return
        if self.is_running(conversation.id):
            return
        if self._is_open(conversation.id):
            screen.prompt.busy = True
            if screen.chat is None:
                screen.status.set_activity("connecting")
            else:
                # Where the question cannot be stored at once, that is shown with its age.
                later(screen, QUIET_SECONDS, screen.activity.show)
        self._over_events[conversation.id] = asyncio.Event()
        answering = Answering(conversation, sent)
        self._start(answering, self._ask(answering))

    def _start(self, answering: Answering, work: Coroutine[None, None, None]) -> None:
        async def to_its_end() -> None:
            try:
                await work
            finally:
                self._ended(answering)

        self._running.setdefault(answering.conversation.id, []).append(answering)
        answering.worker = self._screen.run_worker(
            to_its_end(), group="turn", description="an answer"
        )

    async def _ask(self, answering: Answering) -> None:
        screen, sent = self._screen, answering.sent
        try:
            await screen.lines.settled.wait()
            chat = await screen.server()
            conversation = await self._as_stored(answering.conversation)
            turn_events = chat.ask(
                replace(conversation, server_id=None) if sent.afresh else conversation,
                sent.text,
                *sent.options(conversation, screen),
                again=sent.again,
                replaces=sent.replaces,
                beside=sent.beside.id if sent.beside else None,
                queued=sent.queued,
                rebuild=sent.rebuild,
            )
            await self._follow(answering, chat, turn_events)
        except StoreError as error:
            if screen.is_running:
                screen.say(f"not sent: {error}", severity="error")

    async def _follow(
        self, answering: Answering, chat: ChatService, events: AsyncGenerator[TurnEvent, None]
    ) -> None:
        async with chat.followed(events) as happened:
            breathed = time.monotonic()
            async for event in happened:
                if isinstance(event, TurnStarted):
                    if answering.turn is None:
                        answering.turn = event.turn
                        self._begun(answering.conversation, event.turn, answering.sent)
                        self._begin_others(answering, chat, event.others)
                elif isinstance(event, QuestionWaits):
                    self._say_waits(event.reason)
                elif answering.turn is not None:
                    self._show(chat, answering.turn, event)
                if time.monotonic() - breathed > BREATH_SECONDS:
                    await asyncio.sleep(0)
                    breathed = time.monotonic()

    def _begin_others(self, first: Answering, chat: ChatService, others: Sequence[Turn]) -> None:
        for turn in others:
            answering = replace(first, turn=turn, worker=None)
            self._start(answering, self._follow(answering, chat, chat.go_on(turn)))
        if first.turn is not None and self._is_open(first.conversation.id):
            self._screen.comparing.begun(first.sent, (first.turn, *others))

    def _ended(self, answering: Answering) -> None:
        conversation_id = answering.conversation.id
        running = self._running[conversation_id]
        running.remove(answering)
        if not running:
            del self._running[conversation_id]
            self._over_events.pop(conversation_id).set()
        if self._screen.is_running:
            self._over(conversation_id, answering.turn)
            if not running:
                self._screen.queue.ended(conversation_id, begun=answering.turn is not None)

    def _say_waits(self, reason: str) -> None:
        self._screen.say(f"{reason}; trying again{self._screen.stops}", severity="error")

    async def _as_stored(self, conversation: Conversation) -> Conversation:
        """Return the conversation with what another window may have changed."""
        while True:
            try:
                return await self._screen.library.conversation(conversation.id)
            except StoreBusy as error:
                self._say_waits(str(error))
            except UnknownConversation:
                return conversation

    @property
    def _views(self) -> tuple[AnswerView, ...]:
        return (self._screen.transcript, *self.views)

    def _is_open(self, conversation_id: str) -> bool:
        return self._screen.conversation.id == conversation_id

    def _begun(self, conversation: Conversation, turn: Turn, sent: Sent) -> None:
        screen = self._screen
        if sent.queued is not None:
            screen.queue.asked(conversation.id, sent.queued)
        if sent.is_new and not conversation.title and not conversation.temporary:
            # Its draft was kept as the new conversation's until now.
            screen.background(screen.library.save_draft("", ""), "draft")
        if sent.again is None and sent.queued is None:
            screen.attaching.taken(conversation, turn.question.references)
        if self._is_open(conversation.id):
            if sent.again is None and sent.queued is None:
                screen.remember(turn.question.text)
            if sent.draft:
                self.take_from_prompt(sent.draft)
            if sent.beside is not None:
                screen.lines.sent(sent.beside)
            if not screen.conversation.title:
                title = title_of(turn.question.text)
                screen.conversation = replace(screen.conversation, title=title)
            screen.remove_class("-empty")
            line = sent.line(screen.messages, turn)
            # Whoever reads further up did not ask now.
            goes = sent.queued is None or screen.transcript.following
            if sent.is_new:
                screen.transcript.add(turn.question, go=goes)
            is_replaced = sent.replaces is not None and screen.is_shown(sent.replaces)
            if sent.replaces and is_replaced:
                screen.transcript.take_away(sent.replaces)
            if sent.is_new or is_replaced:
                screen.messages = line
                screen.transcript.add(line[-1], turn, go=goes)
            else:
                screen.show_messages(line)
            screen.activity.show()
        screen.shelf.reload()

    def take_from_prompt(self, draft: str) -> None:
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
        screen.activity.follow(turn)
        match event:
            case TextDelta(text):
                for view in self._views:
                    view.extend(answer_id, text)
            case TextReplaced(text):
                for view in self._views:
                    view.rewrite(answer_id, text)
            case ConversationOpened(server_id) if screen.is_shown(answer_id):
                screen.conversation = replace(
                    screen.conversation, server_id=server_id, server=chat.api.server
                )
            case RetryScheduled() | RequestSent():
                for view in self._views:
                    view.count_on()
            case StreamFlawed(reason):
                screen.say(reason)
            case _:
                pass

    def _over(self, conversation_id: str, turn: Turn | None) -> None:
        """Show the end of a turn, however it ended."""
        screen = self._screen
        if self._is_open(conversation_id):
            screen.prompt.busy = self.is_running(conversation_id)
            if turn is not None:
                shown = (m for m in screen.messages if m.id == turn.answer.id)
                answer = next(shown, turn.answer)
                answer = replace(turn.answer, version=answer.version, versions=answer.versions)
                screen.messages = [answer if m.id == answer.id else m for m in screen.messages]
                for view in self._views:
                    view.finish(answer)
                if screen.is_shown(answer.id):
                    screen.activity.ended(answer)
                    if self._is_nameless(answer):
                        screen.say(_NAMELESS, seconds=4.0)
            screen.activity.show()
        if turn is not None:
            if turn.answer.status is Status.STOPPED and self._is_unstored(conversation_id):
                screen.say(_UNSTORED, severity="error")
            screen.shelf.ended(conversation_id, opened=self._is_open(conversation_id))

    def _is_nameless(self, answer: Message) -> bool:
        """Whether the server kept the conversation, as asked, and gave it no id."""
        screen = self._screen
        is_kept = screen.settings.stateful and not screen.conversation.temporary
        is_asked = is_kept and answer.status is Status.COMPLETE
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
