"""Turns: asking a question, keeping what comes back, stopping."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from types import TracebackType

from acechat import clock as clocks
from acechat.errors import StoreBusy, StoreError
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
        self.turns: dict[str, Turn] = {}
        """The running turns by the id of their conversation."""
        self.is_failing = False
        """A mistake of the program's own is ending it: nobody stopped the running answers."""
        self._unstored: dict[str, End] = {}
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
        return conversation_id in self._unstored

    async def store_ends(self) -> int:
        """Store the ends of turns that could not be stored when they came; return how many.

        Raises:
            StoreError: it is still not possible.
        """
        unstored = list(self._unstored.items())
        for conversation_id, end in unstored:
            await end.store(self._store)
            # Meanwhile the conversation may have gone on, and ended so again.
            if self._unstored.get(conversation_id) is end:
                del self._unstored[conversation_id]
        return len(unstored)

    async def ask(
        self,
        conversation: Conversation,
        text: str,
        options: ChatOptions,
        *,
        again: Message | None = None,
        replaces: str | None = None,
        beside: str | None = None,
        rebuild: bool = False,
    ) -> AsyncGenerator[TurnEvent, None]:
        """Ask `text` in `conversation` and yield what happens; wrap it in `aclosing`.

        The question and an empty answer are stored before anything is sent, the text received is
        stored each second, and the end is stored however the turn ends: closing the generator or
        cancelling its task stores what has arrived as stopped.

        Args:
            conversation: A new one is created with its first question.
            text: The question.
            options: What it is sent with.
            again: The stored question that is sent again, instead of a new one.
            replaces: The id of an answer that this turn takes the place of.
            beside: The id of a question that this one is another version of.
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
        answer = Message(
            id=new_id(),
            conversation_id=conversation.id,
            role=Role.ASSISTANT,
            text="",
            status=Status.STREAMING,
            model=options.model,
            preset=options.preset,
            references=options.references,
            created_at=self._clock(),
        )
        turn = Turn(question, answer, self._monotonic(), Phase.STORING)
        self.turns[conversation.id] = turn
        try:
            while True:
                try:
                    await self.store_ends()
                    break
                except StoreBusy as error:
                    yield QuestionWaits(str(error))
            run = Run(
                self._store,
                self.api,
                turn,
                options,
                self._unstored,
                is_failing=lambda: self.is_failing,
                monotonic=self._monotonic,
                jitter=self._jitter,
            )
            happened = run.events(conversation, replaces, beside, rebuild=rebuild)
            async with aclosing(happened) as events:
                async for event in events:
                    yield event
        finally:
            del self.turns[conversation.id]


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
