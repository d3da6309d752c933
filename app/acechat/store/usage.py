"""How much was asked, of whom, and how long the answers took."""

import sqlite3
from datetime import date
from statistics import median

from acechat.models import DayCount, ModelTimes, Usage


def usage(connection: sqlite3.Connection, since: float) -> Usage:
    """Return what was asked since a time: of each model on each day, and how long it took.

    Every try counts: it may have been charged. Days are those of the user's own clock.
    """
    days: list[tuple[str, str, int]] = connection.execute(
        """
        SELECT date(created_at, 'unixepoch', 'localtime') AS day, model, COUNT(*) FROM messages
        WHERE role = 'assistant' AND created_at >= ? GROUP BY day, model ORDER BY day, model
        """,
        (since,),
    ).fetchall()
    return Usage(
        tuple(DayCount(date.fromisoformat(day), model, count) for day, model, count in days),
        tuple(_times(connection, since)),
    )


def _times(connection: sqlite3.Connection, since: float) -> list[ModelTimes]:
    rows: list[tuple[str, str, float | None, float | None]] = connection.execute(
        """
        SELECT model, status, first_seconds, seconds FROM messages
        WHERE role = 'assistant' AND created_at >= ? ORDER BY model
        """,
        (since,),
    ).fetchall()
    by_model: dict[str, list[tuple[str, float | None, float | None]]] = {}
    for model, status, first, took in rows:
        by_model.setdefault(model, []).append((status, first, took))
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
