"""The small words of the transcript: times, durations, what an answer is doing."""

from datetime import date, datetime

from acechat.clean import clean_line
from acechat.errors import NOT_SENT
from acechat.models import Carried, Countdown, Message, Phase, Reference, Status

QUIET_SECONDS = 3
"""Waiting is counted on screen from this second on."""

LONG_SECONDS = 30
"""From here on the label says why waiting can take long."""

LONG_WORDS = 12
"""Characters between two spaces on average from which on a text is not counted in words: English
has 6, German 7, code 8, Chinese and Japanese have next to no spaces."""

SEPARATOR = " · "
"""Stands between the parts of a label."""

IN_LINE = "waiting for one of four answers to end"
"""What an answer does while as many are arriving as may at once (`acechat.waiting`)."""

_REBUILT = {
    Carried.NOTHING: "",
    Carried.WHOLE: "context rebuilt",
    Carried.CUT: "context rebuilt from its newest part",
}
"""Says that the question carried the transcript into a new server conversation."""


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
    """Return how long something took, as people say it: 3.2 s, 12 s, 2 min 5 s."""
    tenths = round(seconds, 1)
    return f"{tenths:.1f} s" if tenths < 10 else counted(round(seconds))


def counted(seconds: int) -> str:
    """Return whole seconds as a label counts them: 4 s, 12 s, 2 min 5 s."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def version_mark(message: Message) -> str:
    """Return which of its versions a message is, `‹ 2/3 ›`, or nothing for the only one."""
    return f"‹ {message.version}/{message.versions} ›" if message.versions > 1 else ""


def ended_label(answer: Message, today: date, again_key: str) -> str:
    """Return the line under an answer that is over: model, time, what became of it.

    Args:
        answer: As it was kept.
        today: The day that times are told from.
        again_key: The label of the key that sends a question again; empty where no key does.
    """
    outcome = _outcome(answer)
    # What failed or was cut off has a place of its own for its keys.
    again = f"{again_key} sends it again" if again_key and answer.status is Status.STOPPED else ""
    flaw = "a part could not be read" if answer.status is Status.COMPLETE and answer.error else ""
    rebuilt = _REBUILT[answer.carried]
    when = clock_time(answer.created_at, today)
    parts = (clean_line(answer.model), when, outcome, again, rebuilt, flaw)
    return SEPARATOR.join(part for part in parts if part)


def _outcome(answer: Message) -> str:
    """Return what became of an answer, and how long it took."""
    took = "" if answer.seconds is None else duration(answer.seconds)
    match answer.status:
        case Status.STOPPED:
            return f"stopped after {took}" if took else "stopped"
        case Status.INTERRUPTED:
            unsent = answer.error is not None and answer.error.code == NOT_SENT
            return f"cut off after {took}" if took else "not sent" if unsent else "cut off"
        case Status.FAILED:
            return "failed"
        case Status.STREAMING if answer.error is not None:
            return "waiting in another window"
        case Status.STREAMING:
            return "arriving in another window"
        case Status.COMPLETE:
            return took


def compared_label(answer: Message, *, is_kept: bool = False) -> str:
    """Return the line under an answer that is over, beside others: time, length, what became.

    Args:
        answer: As it was kept.
        is_kept: It was there before the others were asked.
    """
    before = "from before" if is_kept else ""
    parts = (before, _outcome(answer), length(answer.text), _REBUILT[answer.carried])
    return SEPARATOR.join(part for part in parts if part)


def length(text: str) -> str:
    """Return how long a text is: in words, or in characters where it has no spaces between them."""
    words = len(text.split())
    if not words:
        return ""
    if len(text) > LONG_WORDS * words:
        return f"{len(text):,} characters"
    return f"{words:,} word{'' if words == 1 else 's'}"


def running_label(
    model: str,
    phase: Phase,
    elapsed: float,
    stop_key: str,
    *,
    quiet: float = 0.0,
    countdown: Countdown | None = None,
    now: float = 0.0,
) -> str:
    """Return the line under an answer that is on its way.

    Args:
        model: The model that was asked.
        phase: Where the turn is.
        elapsed: Seconds since the question was sent.
        stop_key: The label of the key that stops; empty where no key does.
        quiet: Seconds since something last came.
        countdown: What is waited for before it is sent again, while that is so.
        now: The time that the countdown is told from, by `acechat.clock`.
    """
    parts = [clean_line(model)]
    stops = f"{stop_key} stops" if stop_key else ""
    if countdown is not None:
        tries = f"({countdown.attempt} of {countdown.attempts})"
        why = clean_line(countdown.failure.message).rstrip(".")
        parts += [why, f"{counted_down(countdown, now)} {tries}", stops]
    else:
        parts.append(IN_LINE if phase is Phase.IN_LINE else phase.value)
        if elapsed >= QUIET_SECONDS:
            parts.append(counted(int(elapsed)))
        if phase is Phase.RECEIVING and quiet >= LONG_SECONDS:
            parts += [f"no data for {counted(int(quiet))}", stops]
        if phase is Phase.IN_LINE:
            parts.append(stops)
        if phase is Phase.WAITING and elapsed >= LONG_SECONDS:
            parts += ["reasoning models can take minutes", stops]
    return SEPARATOR.join(part for part in parts if part)


def counted_down(countdown: Countdown, now: float) -> str:
    """Return how long it is until a question is sent again."""
    return f"trying again in {counted(max(0, round(countdown.at - now)))}"


def references_label(references: tuple[str, ...]) -> str:
    """Return the line under a question whose references are not those of the one before."""
    names: list[str] = []
    for url in references:
        name = clean_line(url).rstrip("/").rpartition("/")[2] or clean_line(url)
        names.append(f"{Reference(url).kind} {name}")
    return "with " + ", ".join(names) if names else "without references"
