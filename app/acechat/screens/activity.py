"""What the status line says of a turn, while it runs and when it is over."""

from acechat import clock
from acechat.models import Message, Phase, Status, Turn
from acechat.widgets.labels import LONG_SECONDS, QUIET_SECONDS, counted, counted_down, duration


def activity(turn: Turn) -> str:
    """Return what goes on in a running turn, with its age where that is long."""
    now = clock.now()
    if turn.countdown is not None:
        return counted_down(turn.countdown, now)
    elapsed, quiet = now - turn.started_at, now - turn.heard_at
    if turn.phase is Phase.RECEIVING and quiet >= LONG_SECONDS:
        return f"no data for {counted(int(quiet))}"
    if turn.phase in {Phase.STORING, Phase.WAITING} and elapsed >= QUIET_SECONDS:
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
