"""One turn from its first write to its last."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from acechat.clean import clean_line
from acechat.errors import (
    FLAWED,
    NOT_SENT,
    OTHER_SERVER,
    PROGRAM_FAILED,
    ChatError,
    Rejected,
    StoreBusy,
    StoreError,
    Unreachable,
)
from acechat.events import (
    ApiEvent,
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
    Carried,
    ChatOptions,
    Conversation,
    Countdown,
    Failure,
    Message,
    Phase,
    Status,
    Turn,
)
from acechat.services.checkpoints import Checkpoints
from acechat.services.ports import ChatApi, ChatStore
from acechat.services.rebuild import carried_question, is_answered
from acechat.services.retrying import TRIES, name_the_wait, wait_before_next_try
from acechat.services.uncancelled import carried_out

FAILED = "the program failed while this answer was arriving"
"""Why an answer is interrupted where a mistake of our own ended the program."""

MAX_LOGGED = 80
"""Characters of a code, a trace id or a model's name in the log; real ones have 36 at most."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class End:
    """The end of a turn, until it is stored."""

    answer: Message
    server_id: str | None
    """The server's id of the conversation, where it could not be stored when it came."""
    server: str

    async def store(self, store: ChatStore, *, wait: bool = True) -> None:
        """Store it; unless it may `wait`, fail at once where another program holds the file.

        Raises:
            StoreError: it cannot be stored.
        """
        await store.finish_turn(self.answer, unread=False, wait=wait)
        if self.server_id is not None:
            await store.open_server_conversation(self.answer.id, self.server_id, self.server)


class Run:
    """One turn from its first write to its last."""

    def __init__(
        self,
        store: ChatStore,
        api: ChatApi,
        turn: Turn,
        options: ChatOptions,
        unstored: dict[str, End],
        *,
        is_failing: Callable[[], bool],
        monotonic: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._store = store
        self._api = api
        self._is_failing = is_failing
        self._turn = turn
        self._options = options
        self._unstored = unstored
        self._monotonic = monotonic
        self._jitter = jitter
        self._first_seconds: float | None = None
        self._carried = Carried.NOTHING
        self._checkpoints = Checkpoints(store, api.server, turn, monotonic)
        self._begun = False
        self._flaw = ""

    async def events(
        self,
        conversation: Conversation,
        replaces: str | None,
        beside: str | None,
        *,
        rebuild: bool,
    ) -> AsyncGenerator[TurnEvent, None]:
        """Store the question, ask, and yield what happens; `ChatService.ask` tells more."""
        answer = self._turn.answer
        # What ends a turn in any other way than those below is a mistake of our own.
        status, failure = Status.INTERRUPTED, Failure(PROGRAM_FAILED, FAILED)
        try:
            while not self._begun:
                try:
                    await carried_out(self._begin(conversation, replaces, beside), give_up=True)
                except StoreBusy as error:
                    yield QuestionWaits(str(error))
            yield TurnStarted(self._turn)
            async with aclosing(self._tries(conversation, rebuild=rebuild)) as events:
                async for event in events:
                    yield event
            status = Status.COMPLETE
            failure = Failure(FLAWED, self._flaw) if self._flaw else None
        except ChatError as error:
            failure = error.failure
            status = Status.INTERRUPTED if self._turn.text else Status.FAILED
        except (asyncio.CancelledError, GeneratorExit):
            if not self._is_failing():
                status, failure = Status.STOPPED, None
            raise
        finally:
            # Reached by every way out, also when the generator is closed or the task cancelled.
            unkept = ""
            self._checkpoints.stop()
            if self._begun:
                answer = replace(
                    answer,
                    text=self._turn.text,
                    status=status,
                    seconds=self._monotonic() - self._turn.started_at,
                    first_seconds=self._first_seconds,
                    carried=self._carried,
                    error=failure,
                )
                self._turn.answer = answer
                _log_failure(answer)
                unkept = await carried_out(self._finish(answer))
        if unkept:
            yield NotKept(unkept)
        yield TurnFinished(answer)

    async def _begin(
        self, conversation: Conversation, replaces: str | None, beside: str | None
    ) -> None:
        await self._store.begin_turn(
            conversation,
            self._turn.question,
            self._turn.answer,
            replaces=replaces,
            beside=beside,
        )
        self._begun = True

    async def _finish(self, answer: Message) -> str:
        end = End(answer, self._checkpoints.server_id, self._api.server)
        try:
            # Whoever stops an answer, or leaves, does not wait for another program.
            failed = answer.error is not None and answer.error.code == PROGRAM_FAILED
            leaving = failed or answer.status is Status.STOPPED
            await end.store(self._store, wait=not leaving)
        except StoreError as error:
            self._unstored[answer.conversation_id] = end
            return str(error)
        return ""

    async def _tries(
        self, conversation: Conversation, *, rebuild: bool
    ) -> AsyncGenerator[TurnEvent, None]:
        text, server_id = self._turn.question.text, conversation.server_id
        if rebuild or (server_id is None and self._options.stateful):
            # Where no server conversation holds this line, the transcript does.
            try:
                kept = await self._store.messages(conversation.id)
            except StoreError as error:
                raise ChatError(f"not sent: {error}", code=NOT_SENT) from error
            if rebuild or is_answered(kept):
                text, self._carried = carried_question(kept, self._turn.question)
                server_id = None
        elif server_id is not None and conversation.server != self._api.server:
            raise ChatError(
                f"this conversation is kept by another server ({conversation.server}), "
                "so nothing was sent",
                code=OTHER_SERVER,
            )
        for attempt in range(1, TRIES + 1):
            self._turn.phase = Phase.CONNECTING
            try:
                async with aclosing(self._api.stream(text, self._options, server_id)) as events:
                    async for event in events:
                        if trouble := await self._keep(event):
                            yield NotKept(trouble)
                        yield event
            except (Unreachable, Rejected) as error:
                wait = wait_before_next_try(error, attempt, self._jitter)
                if wait is None or self._turn.text:
                    name_the_wait(error)
                    raise
                at = self._monotonic() + wait
                self._turn.countdown = Countdown(at, error.failure, attempt + 1, TRIES)
                self._turn.phase = Phase.RETRYING
                yield RetryScheduled(error.failure, wait, attempt + 1, TRIES)
                await asyncio.sleep(wait)
                self._turn.countdown = None
            else:
                return

    async def _keep(self, event: ApiEvent) -> str:
        """Take `event` into the turn and the store; return why it could not be stored, or ""."""
        self._turn.heard_at = self._monotonic()
        match event:
            case RequestSent():
                self._turn.phase = Phase.WAITING
            case BytesCame():
                pass
            case ConversationOpened(server_id):
                return await self._checkpoints.opened(server_id)
            case TextDelta(text):
                self._receive()
                self._turn.append(text)
                return await self._checkpoints.grown()
            case TextReplaced(text):
                self._receive()
                self._turn.replace(text)
                return await self._checkpoints.grown()
            case StreamFlawed(reason):
                self._flaw = reason
        return ""

    def _receive(self) -> None:
        if self._turn.phase is not Phase.RECEIVING:
            self._turn.phase = Phase.RECEIVING
            self._first_seconds = self._turn.heard_at - self._turn.started_at


def _log_failure(answer: Message) -> None:
    """Log what support asks for, and no word of what was said."""
    if (failure := answer.error) is None:
        return
    _log.warning(
        "turn %s: code=%s trace=%s model=%s seconds=%.1f",
        answer.status.value,
        clean_line(failure.code)[:MAX_LOGGED],
        clean_line(failure.trace_id or "none")[:MAX_LOGGED],
        clean_line(answer.model)[:MAX_LOGGED],
        answer.seconds or 0.0,
    )
