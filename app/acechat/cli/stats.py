"""`acechat stats`: how much was asked, of whom, and how long the answers took."""

import argparse
from datetime import date, datetime
from typing import TYPE_CHECKING

from acechat.cli.codes import COMPLETE
from acechat.cli.kept import open_store
from acechat.cli.parsing import Commands, add_json
from acechat.cli.printing import write_columns, write_json, write_line
from acechat.paths import find_paths
from acechat.services.usage import DAYS, asked, rows, since

if TYPE_CHECKING:
    from acechat.models import Usage

MOST_DAYS = 3650
"""Ten years: more would not fit any line."""


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "stats",
        help="count questions, and how long answers took",
        description="Print, for each model, how many questions it was asked on each day, how long "
        "the first text of an answer took and how long the whole answer, in the middle.",
    )
    parser.add_argument(
        "--days",
        type=_days,
        default=DAYS,
        metavar="N",
        help=f"how many days to look at, today among them (default {DAYS})",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the numbers."""
    import asyncio

    return asyncio.run(_run(args.days, as_json=args.json))


async def _run(days: int, *, as_json: bool) -> int:
    # The day it is where the user is.
    today = datetime.now().astimezone().date()
    paths = find_paths()
    usage: Usage | None = None
    if paths.store.exists():
        async with open_store(paths) as store:
            usage = await store.usage(since(today, days))
    if as_json:
        write_json(_object(usage))
    elif usage is None or not usage.models:
        write_line(f"Nothing was asked in {days} days.")
    else:
        _write(usage, today, days)
    return COMPLETE


def _write(usage: "Usage", today: date, days: int) -> None:
    found = rows(usage, today, days)
    write_line(asked(usage, days))
    write_line()
    header = ("model", "each day, the last one is today", "asked", "first text", "whole answer")
    lines = [
        (row.model, row.chart, f"{row.answers:,}", row.first, _whole(row.took, row.unfinished))
        for row in found
    ]
    write_columns([header, *lines])


def _whole(took: str, unfinished: int) -> str:
    return f"{took}{', ' if took and unfinished else ''}{f'{unfinished} not' if unfinished else ''}"


def _object(usage: "Usage | None") -> dict[str, object]:
    return {
        "days": [
            {"day": each.day.isoformat(), "model": each.model, "questions": each.answers}
            for each in (usage.days if usage else ())
        ],
        "models": [
            {
                "model": each.model,
                "questions": each.answers,
                "complete": each.complete,
                "first_seconds": each.first_seconds,
                "seconds": each.seconds,
            }
            for each in (usage.models if usage else ())
        ],
    }


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {MOST_DAYS}")
    return int(text)
