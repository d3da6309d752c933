"""What was measured, as a table for people and as JSON."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.rows import ROWS, Numbers, Row


def values_of(row: Row, rounds: Sequence[Numbers]) -> list[float]:
    """Return the value of a row in each round that measured it."""
    values: list[float] = []
    for numbers in rounds:
        try:
            values.append(row.value(numbers))
        except KeyError:
            continue
    return values


def table(rounds: Sequence[Numbers]) -> list[str]:
    """Return the lines of the table: each row with median, spread, target, pass or miss."""
    lines = [f"{'':38} {'median':>9} {'spread':>17} {'target':>9}"]
    for row in ROWS:
        values = values_of(row, rounds)
        target = f"{_number(row.limit)} {row.unit}"
        if not values:
            continue
        median = statistics.median(values)
        spread = f"{_number(min(values))} - {_number(max(values))}"
        verdict = "pass" if median <= row.limit else "MISS"
        shown = f"{_number(median)} {row.unit}"
        of = f"  of {row.reference}" if row.reference else ""
        lines.append(f"{row.title:38} {shown:>9} {spread:>17} {target:>9}  {verdict}{of}")
    return lines


def machine(rounds: int) -> str:
    """Return one line of where and when this is measured, in Markdown."""
    return (
        f"Measured on {_today()}, {platform.system()} {platform.machine()} with {os.cpu_count()} "
        f"cores, load {os.getloadavg()[0]:.1f} before, Python {platform.python_version()}, "
        + ", ".join(f"{name} {number}" for name, number in _versions().items())
        + f"; {rounds} round{'s' if rounds > 1 else ''}."
    )


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("acechat", "textual", "rich", "httpx")}


def markdown(rounds: Sequence[Numbers]) -> list[str]:
    """Return the lines of the table in Markdown."""
    lines = [
        "| what | median | spread | at most | |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for row in ROWS:
        if values := values_of(row, rounds):
            median = statistics.median(values)
            shown = f"{_number(median)} {row.unit}"
            spread = f"{_number(min(values))} – {_number(max(values))}"
            limit = f"{_number(row.limit)} {row.unit}"
            verdict = "met" if median <= row.limit else "**missed**"
            title = f"{row.title}, to {row.reference}" if row.reference else row.title
            lines.append(f"| {title} | {shown} | {spread} | {limit} | {verdict} |")
    return lines


def put_section(path: Path, heading: str, lines: Sequence[str] | None) -> None:
    """Write what was measured under a heading of the second level, in the place of the last time.

    That is everything from “Measured on” or the first row of a table to the last row; words before
    and behind it stay.

    Args:
        path: A file of Markdown.
        heading: Without its `##`.
        lines: What is to stand there; None only looks whether the heading is there.

    Raises:
        ValueError: There is no such heading.
    """
    before, found, after = path.read_text(encoding="utf-8").partition(f"## {heading}\n")
    if not found:
        raise ValueError(f"{path} has no heading “{heading}”")
    if lines is not None:
        section, next_heading, rest = after.partition("\n## ")
        there = section.splitlines()
        old = [n for n, line in enumerate(there) if line.startswith(("Measured on ", "|"))]
        first, last = (old[0], old[-1] + 1) if old else (len(there), len(there))
        body = "\n".join([*there[:first], *lines, *there[last:], ""])
        path.write_text(before + found + body + next_heading + rest, encoding="utf-8")


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 and value != int(value) else f"{value:.0f}"


def write_json(path: Path, rounds: Sequence[Numbers]) -> None:
    """Write the rows and all numbers they are made of."""
    rows = [
        {
            "row": row.title,
            "reference": row.reference,
            "unit": row.unit,
            "target": row.limit,
            "values": values,
            "median": statistics.median(values),
            "pass": statistics.median(values) <= row.limit,
        }
        for row in ROWS
        if (values := values_of(row, rounds))
    ]
    report = {
        "date": _today(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": _versions(),
        "rows": rows,
        "rounds": list(rounds),
    }
    path.write_text(json.dumps(report, indent=2) + "\n")
