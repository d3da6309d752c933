"""Turns: asking a question, keeping what comes back, stopping."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType

from acechat import clock as clocks
from acechat.errors import StoreBusy, StoreError, UnknownConversation
from acechat.events import QuestionWaits, TurnEvent
from acechat.models import (
    ChatOptions,
    Conversation,
    Message,
    Phase,
    Role,
    Status,
    Turn,
    new_id,
)
from acechat.services.places import Places
from acechat.services.ports import ChatApi, ChatStore
from acechat.services.run import End, Run


class ChatService:
    """Asks questions. At most one turn runs in a conversation at a time."""

    def __init__(
        self,
        store: ChatStore,
        api: ChatApi,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self.api = api
        """The server that the next question goes to; running turns stay with theirs."""
        self.turns: dict[str, list[Turn]] = {}
        """The running turns by the id of their conversation; several where models are compared."""
        self.idle = asyncio.Event()
        """Set while there are none."""
        self.idle.set()
        self.is_failing = False
        """A mistake of the program's own is ending it: nobody stopped the running answers."""
        self._unstored: dict[str, End] = {}
        self._places = Places()
        self._begun: dict[str, Callable[[], AsyncGenerator[TurnEvent, None]]] = {}
        self._clock = clock
        self._monotonic = monotonic or clocks.now
        self._jitter = jitter

    def followed(self, events: AsyncGenerator[TurnEvent, None]) -> "_Followed":
        """Return a context for following events, which closes them at its end.

        Where a mistake of whoever follows ends it, nobody stopped the answer.
        """
        return _Followed(self, events)

    def is_unstored(self, conversation_id: str) -> bool:
        """Whether the end of this conversation's last turn could not be stored yet."""
        return any(end.answer.conversation_id == conversation_id for end in self._unstored.values())

    async def store_ends(self) -> int:
        """Store the ends of turns that could not be stored when they came; return how many.

        Raises:
            StoreError: it is still not possible.
        """
        unstored = list(self._unstored.items())
        for answer_id, end in unstored:
            # Where its conversation is gone, nothing is left that it could be kept in.
            with suppress(UnknownConversation):
                await end.store(self._store)
            self._unstored.pop(answer_id, None)
        return len(unstored)

    def turn_of(self, answer_id: str) -> Turn | None:
        """Return the running turn of an answer."""
        running = (turn for turns in self.turns.values() for turn in turns)
        return next((turn for turn in running if turn.answer.id == answer_id), None)

    async def ask(
        self,
        conversation: Conversation,
        text: str,
        options: ChatOptions,
        *others: ChatOptions,
        again: Message | None = None,
        replaces: str | None = None,
        beside: str | None = None,
        queued: int | None = None,
        rebuild: bool = False,
    ) -> AsyncGenerator[TurnEvent, None]:
        """Ask `text` in `conversation` and yield what happens; wrap it in `aclosing`.

        The question and an empty answer are stored before anything is sent, the text received is
        stored each second, and the end is stored however the turn ends: closing the generator or
        cancelling its task stores what has arrived as stopped. Where too many answers are arriving
        already (`acechat.waiting`), it waits until one of them has ended.

        Args:
            conversation: A new one is created with its first question.
            text: The question.
            options: What it is sent with.
            others: What it is sent with once more, for further answers. `TurnStarted` names their
                turns, and each of these must be taken to `go_on` before the next event is asked
                for, or its answer ends as stopped.
            again: The stored question that is sent again, instead of a new one.
            replaces: The id of an answer that this turn takes the place of.
            beside: The id of a question that this one is another version of.
            queued: The number of the queued question that this is; it leaves the queue.
            rebuild: Start a new server conversation whose first question carries the transcript.

        Raises:
            StoreError: nothing was sent, because the question could not be stored, or because an
                answer of this conversation is still arriving.
        """
        if conversation.id in self.turns:
            raise StoreError("an answer is still arriving in this conversation")
        question = again or Message(
            id=new_id(),
            conversation_id=conversation.id,
            role=Role.USER,
            text=text,
            model=options.model,
            preset=options.preset,
            references=options.references,
            created_at=self._clock(),
        )
        first, *rest = runs = [self._run(question, each) for each in (options, *others)]
        self.turns[conversation.id] = [run.turn for run in runs]
        self.idle.clear()
        for run in rest:
            self._begun[run.turn.answer.id] = partial(self._rest, run, conversation)
        try:
            while True:
                try:
                    await self.store_ends()
                    break
                except StoreBusy as error:
                    yield QuestionWaits(str(error))
            happened = first.events(
                conversation,
                *rest,
                replaces=replaces,
                beside=beside,
                queued=queued,
                rebuild=rebuild,
            )
            async with aclosing(happened) as events:
                async for event in events:
                    yield event
        finally:
            self._is_over(first.turn)
            for run in rest:
                if self._begun.pop(run.turn.answer.id, None) is not None:
                    # Whoever asked has gone away between the first write and the others.
                    await run.end(Status.STOPPED)
                    self._is_over(run.turn)

    def go_on(self, turn: Turn) -> AsyncGenerator[TurnEvent, None]:
        """Ask for a further answer that `TurnStarted` named, and yield what happens.

        Wrap it in `aclosing` and begin to read: its end is stored by that.
        """
        return self._begun.pop(turn.answer.id)()

    async def _rest(self, run: Run, conversation: Conversation) -> AsyncGenerator[TurnEvent, None]:
        if conversation.server == self.api.server:
            # The line's server conversation goes on with the first answer only.
            conversation = replace(conversation, server_id=None)
        try:
            async with aclosing(run.events(conversation)) as events:
                async for event in events:
                    yield event
        finally:
            self._is_over(run.turn)

    def _run(self, question: Message, options: ChatOptions) -> Run:
        answer = Message(
            id=new_id(),
            conversation_id=question.conversation_id,
            role=Role.ASSISTANT,
            text="",
            status=Status.STREAMING,
            model=options.model,
            preset=options.preset,
            references=options.references,
            created_at=self._clock(),
        )
        return Run(
            self._store,
            self.api,
            Turn(question, answer, self._monotonic(), Phase.STORING),
            options,
            self._unstored,
            self._places,
            is_failing=lambda: self.is_failing,
            monotonic=self._monotonic,
            jitter=self._jitter,
        )

    def _is_over(self, turn: Turn) -> None:
        running = [each for each in self.turns[turn.conversation_id] if each is not turn]
        self.turns[turn.conversation_id] = running
        if not running:
            del self.turns[turn.conversation_id]
        if not self.turns:
            self.idle.set()


@dataclass(frozen=True, slots=True)
class _Followed:
    """Events that somebody follows."""

    chat: ChatService
    events: AsyncGenerator[TurnEvent, None]

    async def __aenter__(self) -> AsyncGenerator[TurnEvent, None]:
        return self.events

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None and not issubclass(kind, (asyncio.CancelledError, StoreError)):
            self.chat.is_failing = True
        await self.events.aclose()
