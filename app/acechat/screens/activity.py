"""What the status line says of a turn, while it runs and when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.timer import Timer

from acechat import clock
from acechat.models import Message, Phase, Status, Turn
from acechat.widgets.labels import LONG_SECONDS, QUIET_SECONDS, counted, counted_down, duration

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen

_SLOW = {Phase.STORING, Phase.IN_LINE, Phase.WAITING}
"""What is shown with its age where it takes long."""


def activity(turn: Turn) -> str:
    """Return what goes on in a running turn, with its age where that is long."""
    now = clock.now()
    if turn.countdown is not None:
        return counted_down(turn.countdown, now)
    elapsed, quiet = now - turn.started_at, now - turn.heard_at
    if turn.phase is Phase.RECEIVING and quiet >= LONG_SECONDS:
        return f"no data for {counted(int(quiet))}"
    if turn.phase in _SLOW and elapsed >= QUIET_SECONDS:
        return f"{turn.phase.value} {counted(int(elapsed))}"
    return turn.phase.value


def outcome(answer: Message) -> str:
    """Return what became of an answer that has just ended."""
    took = duration(answer.seconds or 0.0)
    match answer.status:
        case Status.COMPLETE:
            return f"done in {took}"
        case Status.STOPPED:
            return f"stopped after {took}"
        case Status.INTERRUPTED:
            return f"cut off after {took}"
        case Status.FAILED:
            return "failed"
        case Status.STREAMING:
            return ""


class Activity:
    """Says what goes on in the open conversation, each second while something does."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._ticker: Timer | None = None
        self._outcome = ("", "")
        self._phase: Phase | None = None

    def ended(self, answer: Message) -> None:
        """Take what became of the answer that is shown."""
        self._outcome = (answer.conversation_id, outcome(answer))

    def follow(self, turn: Turn) -> None:
        """Show where a turn is, if that is new."""
        if turn.phase is not self._phase:
            self.show()

    def show(self) -> None:
        """Say what goes on now."""
        screen = self._screen
        running = screen.chat.turns.get(screen.conversation.id, []) if screen.chat else []
        shown = screen.running_turn
        turns = [turn for turn in (shown, *running) if turn is not None]
        turn = next((each for each in turns if each.answer.status is Status.STREAMING), None)
        if turn is not None:
            self._outcome = ("", "")
            self._phase = turn.phase
            screen.status.set_activity(activity(turn))
            if self._ticker is None:
                self._ticker = screen.set_interval(1.0, self.show)
        else:
            if self._ticker is not None:
                self._ticker.stop()
                self._ticker = None
            of, ended = self._outcome
            screen.status.set_activity(ended if of == screen.conversation.id else "")
        screen.show_hints()
