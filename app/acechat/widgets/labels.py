"""The small words of the transcript: times, durations, what an answer is doing."""

from datetime import date, datetime

from acechat.clean import clean_line
from acechat.models import Message, Phase, Reference, Status

QUIET_SECONDS = 3
"""Waiting is counted on screen from this second on."""

LONG_SECONDS = 30
"""From here on the label says why waiting can take long."""


def clock_time(seconds: float, today: date) -> str:
    """Return when something was said: the time, with the day where it was not today."""
    moment = datetime.fromtimestamp(seconds).astimezone()
    days = (today - moment.date()).days
    if days <= 0:
        return f"{moment:%H:%M}"
    if days < 7:
        return f"{moment:%a %H:%M}"
    return f"{moment:%Y-%m-%d %H:%M}"


def duration(seconds: float) -> str:
    """Return a duration as people say it: 3.2 s, 12 s, 2 min 5 s."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def ended_label(answer: Message, today: date) -> str:
    """Return the line under an answer that is over: model, time, what became of it."""
    took = "" if answer.seconds is None else duration(answer.seconds)
    match answer.status:
        case Status.STOPPED:
            outcome = f"stopped after {took}" if took else "stopped"
        case Status.INTERRUPTED:
            outcome = f"cut off after {took}" if took else "cut off"
        case Status.FAILED:
            outcome = "failed"
        case Status.STREAMING:
            outcome = "arriving in another window"
        case Status.COMPLETE:
            outcome = f"{took} · a part could not be read" if answer.error else took
    parts = [clean_line(answer.model), clock_time(answer.created_at, today), outcome]
    return " · ".join(part for part in parts if part)


def running_label(model: str, phase: Phase, elapsed: float, retry_in: float | None) -> str:
    """Return the line under an answer that is on its way.

    Args:
        model: The model that was asked.
        phase: Where the turn is.
        elapsed: Seconds since the question was sent.
        retry_in: Seconds until it is sent again, while that is being waited for.
    """
    model = clean_line(model)
    if phase is Phase.RETRYING and retry_in is not None:
        return f"{model} · trying again in {max(0.0, retry_in):.0f} s · esc stops"
    words = phase.value if elapsed < QUIET_SECONDS else f"{phase.value} · {duration(elapsed)}"
    if phase is Phase.WAITING and elapsed >= LONG_SECONDS:
        words += " · reasoning models can take minutes, esc stops"
    return f"{model} · {words}"


def references_label(references: tuple[str, ...]) -> str:
    """Return the line under a question that was sent with references."""
    names: list[str] = []
    for url in references:
        name = clean_line(url).rstrip("/").rpartition("/")[2] or clean_line(url)
        names.append(f"{Reference(url).kind} {name}")
    return "with " + ", ".join(names)
