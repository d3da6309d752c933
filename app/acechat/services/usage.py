"""The use of models as a chart of letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from acechat.models import Usage

DAYS = 30
"""Days that are looked at, today among them."""

_BARS = "▁▂▃▄▅▆▇█"
_NOTHING = "·"


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One model's line in the chart."""

    model: str
    chart: str
    """A letter for each day, the last one today's; the highest day of all models is full."""
    answers: int
    unfinished: int
    """Of these, those that were stopped, cut off or failed."""
    first: str
    """The middle time to the first text, `0.8 s`, or nothing."""
    took: str
    """The middle time of a whole answer."""


def asked(usage: Usage, days: int = DAYS) -> str:
    """Return how much was asked in so many days, in words."""
    total = sum(times.answers for times in usage.models)
    return f"{total:,} question{'' if total == 1 else 's'} in {days} day{'' if days == 1 else 's'}"


def since(today: date, days: int = DAYS) -> float:
    """Return the time at which the first of so many days begins, where the user is."""
    first = today - timedelta(days=days - 1)
    return datetime.combine(first, time()).astimezone().timestamp()


def rows(usage: Usage, today: date, days: int = DAYS) -> list[UsageRow]:
    """Return a line for each model, the most used first."""
    highest = max((each.answers for each in usage.days), default=0)
    counts = {(each.model, each.day): each.answers for each in usage.days}
    span = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    return [
        UsageRow(
            times.model,
            _chart([counts.get((times.model, day), 0) for day in span], highest),
            times.answers,
            times.answers - times.complete,
            _seconds(times.first_seconds),
            _seconds(times.seconds),
        )
        for times in usage.models
    ]


def _chart(counts: Sequence[int], highest: int) -> str:
    return "".join(
        _BARS[(count * len(_BARS) - 1) // highest] if count else _NOTHING for count in counts
    )


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f} s"
