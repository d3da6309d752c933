"""An answer on its way to standard output, and what is said about it on standard error."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from dataclasses import replace

from acechat.advice import advice
from acechat.cli.clock import Clock
from acechat.cli.codes import COMPLETE, FAILED, STOPPED
from acechat.cli.list import SHORT_ID
from acechat.cli.printing import complain, leave_stdout, write, write_json
from acechat.clock import now
from acechat.events import (
    ConversationOpened,
    NotKept,
    QuestionWaits,
    RetryScheduled,
    TextDelta,
    TextReplaced,
    TurnEvent,
    TurnFinished,
    TurnStarted,
)
from acechat.models import Conversation, Failure, Message, Status, Turn
from acechat.tokens import VARIABLE as TOKEN_VARIABLE

_NO_TOKEN = advice(Failure("no_token", ""))


class Spoken:
    """Prints one answer: as it comes, or as one JSON object at its end."""

    def __init__(
        self,
        conversation: Conversation,
        *,
        as_json: bool,
        objects: list[dict[str, object]] | None = None,
    ) -> None:
        """Print an answer.

        Args:
            conversation: Where it is kept.
            as_json: Print one JSON object at its end, in the place of text.
            objects: Takes that object, which is not printed then.
        """
        self._conversation = conversation
        self._as_json = as_json
        self._objects = objects
        self._server_id = conversation.server_id
        self._printed: list[str] = []
        self._turn: Turn | None = None
        self._clock = Clock()

    async def follow(self, events: AsyncGenerator[TurnEvent, None]) -> int:
        """Print what happens until the turn is over and return the exit code.

        SIGINT, SIGTERM and SIGHUP stop the answer; what has arrived is kept and printed.
        """
        answer: Message | None = None
        try:
            with _ended_by_signals():
                async for event in events:
                    if isinstance(event, TurnFinished):
                        answer = event.answer
                    else:
                        self._show(event)
        except asyncio.CancelledError:
            # The task was cancelled by a signal; there is nothing to pass it on to.
            pass
        except BrokenPipeError:
            leave_stdout()
        finally:
            self._clock.hide()
        # A generator that the user cancelled has stored the answer as stopped by now; closing it
        # is what stores it where standard output is gone.
        await events.aclose()
        return self._stopped() if answer is None else self._finished(answer)

    def _show(self, event: TurnEvent) -> None:
        match event:
            case TurnStarted(turn):
                self._turn = turn
                self._clock.show("waiting")
            case ConversationOpened(server_id):
                self._server_id = server_id
            case TextDelta(text):
                self._print(text)
            case TextReplaced(text):
                self._reprint(text)
            case RetryScheduled():
                self._clock.hide()
                complain(
                    f"{event.failure.message}; trying again in {event.seconds:.1f} s "
                    f"({event.attempt} of {event.attempts})"
                )
                self._clock.show("waiting")
            case QuestionWaits(reason):
                complain(f"{reason}; trying again")
            case NotKept(reason):
                self._clock.hide()
                complain(f"the answer cannot be kept at present: {reason}")
            case _:
                pass

    def _print(self, text: str) -> None:
        if self._as_json:
            return
        self._clock.hide()
        self._printed.append(text)
        write(text)

    def _reprint(self, text: str) -> None:
        """Print a new version of the whole answer: what is on paper cannot be taken back."""
        before = "".join(self._printed)
        if not text.startswith(before):
            self._print("\n\n")
            complain("the server has rewritten its answer; the new one follows")
            self._printed.clear()
            before = ""
        self._print(text[len(before) :])

    def _finished(self, answer: Message) -> int:
        self._close(answer.text, answer)
        if answer.error is not None:
            self._explain(answer.error)
        if answer.status is Status.COMPLETE:
            self._sign(answer)
            return COMPLETE
        return FAILED

    def _stopped(self) -> int:
        if (turn := self._turn) is not None:
            self._close(turn.text, turn.answer, Status.STOPPED, now() - turn.started_at)
        return STOPPED

    def _close(
        self, text: str, answer: Message, status: Status | None = None, seconds: float | None = None
    ) -> None:
        if not self._as_json:
            if self._printed and not "".join(self._printed).endswith("\n"):
                write("\n")
            return
        taken = answer.seconds if seconds is None else seconds
        ended = replace(answer, status=status or answer.status, seconds=taken)
        found = answer_object(ended, text, self._server_id)
        if self._objects is None:
            write_json(found, indent=None)
        else:
            self._objects.append(found)

    def _explain(self, failure: Failure) -> None:
        named = f"code {failure.code}"
        if failure.trace_id:
            named = f"{named}, trace id {failure.trace_id}"
        complain(f"{failure.message.rstrip('.')} ({named})")
        if step := _next_step(failure):
            complain(step)

    def _sign(self, answer: Message) -> None:
        """Say below the answer who gave it, where somebody is looking."""
        if sys.stderr.isatty() and not self._as_json:
            complain(
                f"{answer.model} · {answer.seconds or 0:.1f} s · "
                f"conversation {self._conversation.id[:SHORT_ID]}"
            )


def answer_object(answer: Message, text: str, server_id: str | None) -> dict[str, object]:
    """Return what `--json` prints of an answer that is over."""
    return {
        "id": answer.id,
        "conversation": answer.conversation_id,
        "server_id": server_id,
        "model": answer.model,
        "answer": text,
        "status": answer.status.value,
        "seconds": None if answer.seconds is None else round(answer.seconds, 3),
    }


def _next_step(failure: Failure) -> str:
    """Return what helps, with the options of this command in place of the screen's commands."""
    found = advice(failure)
    if found == _NO_TOKEN:
        return f"Set {TOKEN_VARIABLE}, or enter a token in the settings of the full screen."
    if found.commands[0] == "chat.rebuild":
        return "Add --rebuild to go on in a new server conversation that carries what was said."
    return found.step


@contextmanager
def _ended_by_signals() -> Generator[None]:
    """Let SIGTERM and SIGHUP cancel this task, as SIGINT does of itself."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.remove_signal_handler(number)
