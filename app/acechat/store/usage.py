"""How much was asked, of whom, and how long the answers took."""

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from statistics import median

from acechat.errors import UNSENT
from acechat.models import DayCount, ModelTimes, Usage

_UNSENT = json.dumps(UNSENT)


def usage(connection: sqlite3.Connection, since: float) -> Usage:
    """Return what was asked since a time: of each model on each day, and how long it took.

    Every try counts that was sent: it may have been charged. Days are those of the user's own
    clock.
    """
    # One that was stopped while it waited in line has taken no time.
    rows: list[tuple[str, str, str, float | None, float | None]] = connection.execute(
        """
        SELECT
            date(created_at, 'unixepoch', 'localtime'), model, status, first_seconds, seconds
        FROM messages
        WHERE role = 'assistant' AND created_at >= ?
        AND COALESCE(error_code, '') NOT IN (SELECT value FROM json_each(?))
        AND NOT (status = 'stopped' AND seconds IS NULL)
        """,
        (since, _UNSENT),
    ).fetchall()
    days = Counter((day, model) for day, model, *_ in rows)
    by_model: dict[str, list[tuple[str, float | None, float | None]]] = {}
    for _, model, status, first, took in sorted(rows, key=lambda row: row[1]):
        by_model.setdefault(model, []).append((status, first, took))
    return Usage(
        tuple(
            DayCount(date.fromisoformat(day), model, count)
            for (day, model), count in sorted(days.items())
        ),
        tuple(_times(by_model)),
    )


def _times(
    by_model: Mapping[str, Sequence[tuple[str, float | None, float | None]]],
) -> list[ModelTimes]:
    found = [
        ModelTimes(
            model,
            answers=len(answers),
            complete=sum(status == "complete" for status, _, _ in answers),
            first_seconds=_middle([first for _, first, _ in answers]),
            # Only a whole answer tells how long answers take.
            seconds=_middle([took for status, _, took in answers if status == "complete"]),
        )
        for model, answers in by_model.items()
    ]
    return sorted(found, key=lambda times: -times.answers)


def _middle(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
