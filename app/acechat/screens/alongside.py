"""An answer that another window is receiving: it is read along, and nothing is asked meanwhile."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.timer import Timer

from acechat import clock
from acechat.errors import StoreBusy, StoreError
from acechat.models import Message, Phase, Status, Turn, last_question
from acechat.widgets.prompt import PLACEHOLDER

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen

ELSEWHERE = "another window is receiving an answer here"
"""Why nothing can be asked, and what an empty prompt says meanwhile."""

READ_SECONDS = 0.5
"""How often the text is read on. The other window stores it each second."""


class Alongside:
    """Follows the answer of the open conversation that another process receives."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._turn: Turn | None = None
        self._timer: Timer | None = None
        self._reading = False

    def follows(self, conversation_id: str) -> bool:
        """Whether an answer of this conversation is being read along."""
        return self._turn is not None and self._turn.conversation_id == conversation_id

    def begin(self, messages: Sequence[Message]) -> Turn | None:
        """Follow the answer of what is shown now; return its turn, or None where there is none.

        Args:
            messages: The messages of the conversation, none of which this window is receiving.
        """
        self.end()
        answer = messages[-1] if messages else None
        if answer is None or answer.status is not Status.STREAMING:
            return None
        chat, conversation_id = self._screen.chat, answer.conversation_id
        if chat is not None and chat.is_unstored(conversation_id):
            # It was received here, and only its end could not be stored yet.
            return None
        age = max(0.0, time.time() - answer.created_at)
        began = clock.now() - age
        turn = Turn(last_question(messages) or answer, answer, began, Phase.ELSEWHERE)
        turn.append(answer.text)
        self._turn = turn
        self._timer = self._screen.set_interval(READ_SECONDS, self._look)
        if self._screen.prompt.placeholder == PLACEHOLDER:
            self._screen.prompt.placeholder = ELSEWHERE
        return turn

    def end(self) -> None:
        """Follow nothing any more."""
        self._turn = None
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._screen.prompt.placeholder == ELSEWHERE:
            self._screen.prompt.placeholder = PLACEHOLDER

    def _look(self) -> None:
        if not self._reading:
            self._screen.background(self._read_on(), "alongside")

    async def _read_on(self) -> None:
        turn, library = self._turn, self._screen.library
        if turn is None:
            return
        self._reading = True
        try:
            # Where the other window is gone, this is what ends its answer.
            await library.settle()
            answer = await library.message(turn.answer.id)
        except StoreBusy:
            return
        except StoreError:
            # The answer is gone: what is shown stays until the list is read again.
            if self._turn is turn:
                self.end()
            return
        finally:
            self._reading = False
        if self._turn is turn:
            self._take(turn, answer)

    def _take(self, turn: Turn, answer: Message) -> None:
        screen, shown = self._screen, turn.text
        if answer.status is not Status.STREAMING:
            before = next(m for m in screen.messages if m.id == answer.id)
            answer = replace(answer, version=before.version, versions=before.versions)
            screen.messages = [answer if m.id == answer.id else m for m in screen.messages]
            self.end()
            screen.transcript.finish(answer)
        elif answer.text.startswith(shown):
            if more := answer.text[len(shown) :]:
                turn.append(more)
                screen.transcript.extend(answer.id, more)
        else:
            turn.replace(answer.text)
            screen.transcript.rewrite(answer.id, answer.text)
