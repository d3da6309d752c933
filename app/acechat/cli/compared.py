"""Several answers to one question: they arrive at the same time, and are printed in their order."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from acechat.clean import clean_line
from acechat.cli.codes import COMPLETE, STOPPED
from acechat.cli.printing import write, write_json
from acechat.cli.spoken import Spoken, answer_object
from acechat.errors import StoreError
from acechat.events import ConversationOpened, TurnEvent, TurnStarted
from acechat.models import Conversation, Turn
from acechat.services.chat import ChatService

_Events = asyncio.Queue[TurnEvent | StoreError | None]
"""What happens to one answer; None is its end."""


class Compared:
    """Prints each answer under a heading, whole before the next one; or all as one JSON array."""

    def __init__(self, chat: ChatService, conversation: Conversation, *, as_json: bool) -> None:
        self._chat = chat
        self._conversation = conversation
        self._as_json = as_json
        self._turns: list[Turn] = []
        self._server_ids: dict[str, str] = {}
        self._queues: list[_Events] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def follow(self, events: AsyncGenerator[TurnEvent, None], first: str) -> int:
        """Print what happens until all answers are over; return the code of the first failure.

        Args:
            events: What `ChatService.ask` yields for the first answer.
            first: The model of the first answer.
        """
        objects: list[dict[str, object]] = []
        code, printed = COMPLETE, 0
        self._start(events)
        try:
            while printed < len(self._queues) and code != STOPPED:
                queue = self._queues[printed]
                if not self._as_json:
                    model = self._turns[printed].answer.model if printed else first
                    write("\n" * bool(printed) + f"## {clean_line(model)}\n\n")
                conversation = self._conversation
                if printed:
                    conversation = replace(conversation, server_id=None)
                spoken = Spoken(
                    conversation, as_json=self._as_json, objects=objects if self._as_json else None
                )
                ended = await spoken.follow(_read(queue))
                code = ended if ended == STOPPED else code or ended
                printed += 1
        finally:
            for task in self._tasks:
                task.cancel()
            # What was arriving is stored as stopped by that.
            await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._as_json:
            objects += [
                answer_object(turn.answer, turn.text, self._server_ids.get(turn.answer.id))
                for turn in self._turns[printed:]
            ]
            write_json(objects, indent=None)
        return code

    def _start(self, events: AsyncGenerator[TurnEvent, None]) -> None:
        queue: _Events = asyncio.Queue()
        self._queues.append(queue)
        self._tasks.append(asyncio.create_task(self._pump(events, queue)))

    async def _pump(self, events: AsyncGenerator[TurnEvent, None], queue: _Events) -> None:
        answer_id = ""
        try:
            async with aclosing(events):
                async for event in events:
                    if isinstance(event, TurnStarted):
                        answer_id = event.turn.answer.id
                        if not self._turns:
                            self._turns = [event.turn, *event.others]
                            for turn in event.others:
                                self._start(self._chat.go_on(turn))
                    elif isinstance(event, ConversationOpened):
                        self._server_ids[answer_id] = event.server_id
                    queue.put_nowait(event)
        except StoreError as error:
            queue.put_nowait(error)
        finally:
            queue.put_nowait(None)


async def _read(queue: _Events) -> AsyncGenerator[TurnEvent, None]:
    while (event := await queue.get()) is not None:
        if isinstance(event, StoreError):
            raise event
        yield event
