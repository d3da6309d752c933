"""One turn from its first write to its last."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
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
from acechat.services.places import Places
from acechat.services.ports import ChatApi, ChatStore
from acechat.services.rebuild import carried_question, is_answered
from acechat.services.retrying import TRIES, name_the_wait, wait_before_next_try
from acechat.services.uncancelled import carried_out

FAILED = "the program failed while this answer was arriving"
"""Why an answer is interrupted where a mistake of our own ended the program."""

UNSENT = "not sent: the program ended while it waited for other answers to end"
"""What is kept with an answer for as long as nothing of its question was sent."""

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
    """One answer from its first write to its last."""

    def __init__(
        self,
        store: ChatStore,
        api: ChatApi,
        turn: Turn,
        options: ChatOptions,
        unstored: dict[str, End],
        places: Places,
        *,
        is_failing: Callable[[], bool],
        monotonic: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._store = store
        self._api = api
        self._is_failing = is_failing
        self.turn = turn
        """The question and its answer."""
        self._options = options
        self._unstored = unstored
        self._places = places
        self._place: asyncio.Event | None = None
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
        *others: "Run",
        replaces: str | None = None,
        beside: str | None = None,
        queued: int | None = None,
        rebuild: bool = False,
    ) -> AsyncGenerator[TurnEvent, None]:
        """Store the question, ask, and yield what happens; `ChatService.ask` tells more.

        The answers of `others` are stored with it; each of them then only asks.
        """
        # What ends a turn in any other way than those below is a mistake of our own.
        status, failure = Status.INTERRUPTED, Failure(PROGRAM_FAILED, FAILED)
        try:
            if not self._begun:
                for run in (self, *others):
                    run._stand_in_line()
            while not self._begun:
                begin = self._begin(conversation, others, replaces, beside, queued)
                try:
                    await carried_out(begin, give_up=True)
                except StoreBusy as error:
                    yield QuestionWaits(str(error))
            yield TurnStarted(self.turn, tuple(other.turn for other in others))
            async with aclosing(self._answer(conversation, rebuild=rebuild)) as events:
                async for event in events:
                    yield event
            status = Status.COMPLETE
            failure = Failure(FLAWED, self._flaw) if self._flaw else None
        except ChatError as error:
            failure = error.failure
            status = Status.INTERRUPTED if self.turn.text else Status.FAILED
        except (asyncio.CancelledError, GeneratorExit):
            status, failure = Status.STOPPED, None
            raise
        finally:
            # Reached by every way out, also when the generator is closed or the task cancelled.
            unkept = await self.end(status, failure)
            if not self._begun:
                for run in others:
                    await run.end(status)
        if unkept:
            yield NotKept(unkept)
        yield TurnFinished(self.turn.answer)

    async def end(self, status: Status, failure: Failure | None = None) -> str:
        """End the answer and store what has arrived; return why that cannot be, or ""."""
        self._checkpoints.stop()
        if self._place is not None:
            self._places.leave(self._place)
            self._place = None
        if not self._begun:
            return ""
        if status is Status.STOPPED and self._is_failing():
            status, failure = Status.INTERRUPTED, Failure(PROGRAM_FAILED, FAILED)
        is_sent = self.turn.phase is not Phase.IN_LINE
        answer = replace(
            self.turn.answer,
            text=self.turn.text,
            status=status,
            seconds=self._monotonic() - self.turn.started_at if is_sent else None,
            first_seconds=self._first_seconds,
            carried=self._carried,
            error=failure,
        )
        self.turn.answer = answer
        _log_failure(answer)
        return await carried_out(self._finish(answer))

    def _stand_in_line(self) -> None:
        """Take a place among the answers that arrive, or go to the end of the line for one."""
        self._place = self._places.join()
        if not self._place.is_set():
            self.turn.phase = Phase.IN_LINE
            # It is stored with this, so that whoever finds it knows that nothing was sent.
            self.turn.answer = replace(self.turn.answer, error=Failure(NOT_SENT, UNSENT))

    async def _begin(
        self,
        conversation: Conversation,
        others: "Sequence[Run]",
        replaces: str | None,
        beside: str | None,
        queued: int | None,
    ) -> None:
        await self._store.begin_turn(
            conversation,
            self.turn.question,
            *(run.turn.answer for run in (self, *others)),
            replaces=replaces,
            beside=beside,
            queued=queued,
        )
        for run in (self, *others):
            run._begun = True

    async def _finish(self, answer: Message) -> str:
        end = End(answer, self._checkpoints.server_id, self._api.server)
        try:
            # Whoever stops an answer, or leaves, does not wait for another program.
            failed = answer.error is not None and answer.error.code == PROGRAM_FAILED
            leaving = failed or answer.status is Status.STOPPED
            await end.store(self._store, wait=not leaving)
        except StoreError as error:
            self._unstored[answer.id] = end
            return str(error)
        return ""

    async def _answer(
        self, conversation: Conversation, *, rebuild: bool
    ) -> AsyncGenerator[TurnEvent, None]:
        while self.turn.phase is Phase.IN_LINE and self._place is not None:
            await self._place.wait()
            try:
                await self._store.leave_line(self.turn.answer.id)
            except StoreBusy as error:
                yield QuestionWaits(str(error))
            except StoreError as error:
                raise ChatError(f"not sent: {error}", code=NOT_SENT) from error
            else:
                self.turn.phase = Phase.STORING
                self.turn.started_at = self._monotonic()
                self.turn.answer = replace(self.turn.answer, error=None)
        async with aclosing(self._tries(conversation, rebuild=rebuild)) as events:
            async for event in events:
                yield event

    async def _tries(
        self, conversation: Conversation, *, rebuild: bool
    ) -> AsyncGenerator[TurnEvent, None]:
        text, server_id = self.turn.question.text, conversation.server_id
        goes_on = self._options.stateful or conversation.temporary
        if rebuild or (server_id is None and goes_on):
            # Where no server conversation holds this line, the transcript does.
            try:
                kept = await self._store.messages(conversation.id)
            except StoreError as error:
                raise ChatError(f"not sent: {error}", code=NOT_SENT) from error
            if rebuild or is_answered(kept):
                text, self._carried = carried_question(kept, self.turn.question)
                server_id = None
                if conversation.temporary and self._carried is Carried.WHOLE:
                    # Each of its questions does so: that is worth no word.
                    self._carried = Carried.NOTHING
        elif server_id is not None and conversation.server != self._api.server:
            raise ChatError(
                f"this conversation is kept by another server ({conversation.server}), "
                "so nothing was sent",
                code=OTHER_SERVER,
            )
        for attempt in range(1, TRIES + 1):
            self.turn.phase = Phase.CONNECTING
            try:
                async with aclosing(self._api.stream(text, self._options, server_id)) as events:
                    async for event in events:
                        if trouble := await self._keep(event):
                            yield NotKept(trouble)
                        yield event
            except (Unreachable, Rejected) as error:
                wait = wait_before_next_try(error, attempt, self._jitter)
                if wait is None or self.turn.text:
                    name_the_wait(error)
                    raise
                at = self._monotonic() + wait
                self.turn.countdown = Countdown(at, error.failure, attempt + 1, TRIES)
                self.turn.phase = Phase.RETRYING
                yield RetryScheduled(error.failure, wait, attempt + 1, TRIES)
                await asyncio.sleep(wait)
                self.turn.countdown = None
            else:
                return

    async def _keep(self, event: ApiEvent) -> str:
        """Take `event` into the turn and the store; return why it could not be stored, or ""."""
        self.turn.heard_at = self._monotonic()
        match event:
            case RequestSent():
                self.turn.phase = Phase.WAITING
            case BytesCame():
                pass
            case ConversationOpened(server_id):
                return await self._checkpoints.opened(server_id)
            case TextDelta(text):
                self._receive()
                self.turn.append(text)
                return await self._checkpoints.grown()
            case TextReplaced(text):
                self._receive()
                self.turn.replace(text)
                return await self._checkpoints.grown()
            case StreamFlawed(reason):
                self._flaw = reason
        return ""

    def _receive(self) -> None:
        if self.turn.phase is not Phase.RECEIVING:
            self.turn.phase = Phase.RECEIVING
            self._first_seconds = self.turn.heard_at - self.turn.started_at


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
