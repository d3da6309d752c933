"""`acechat delete`: all conversations that are older than a date, for good."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime

from acechat.cli.codes import COMPLETE
from acechat.cli.kept import open_store
from acechat.cli.parsing import Commands, add_json
from acechat.cli.printing import write, write_json, write_line
from acechat.errors import SettingsError
from acechat.paths import Paths, find_paths


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "delete",
        help="delete all conversations that are older than a date",
        description="Delete, for good, all conversations that were last used before a date, "
        "archived ones too. Pinned ones stay, and those in which an answer is arriving.",
    )
    parser.add_argument(
        "--older-than",
        required=True,
        metavar="DATE",
        help="a date such as 2026-01-01, or so many days (90d), weeks (8w) or months (12m) ago",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask, delete, and say how many there were."""
    import asyncio

    from acechat.services.search import QueryError, named_time

    try:
        before = named_time(args.older_than, date.today())  # noqa: DTZ011 - the user's day
    except QueryError as error:
        raise SettingsError(str(error)) from None
    paths = find_paths()
    found = asyncio.run(_find(paths, before)) if paths.store.exists() else []
    sure = bool(found) and (args.yes or _ask(len(found), before))
    count = asyncio.run(_delete(paths, found, before)) if sure else 0
    if args.json:
        write_json({"deleted": count})
    elif not found:
        write_line("nothing is that old")
    else:
        write_line(f"conversations deleted: {count:,}" if sure else "nothing was deleted")
    return COMPLETE


def _ask(count: int, before: float) -> bool:
    """Ask whether so many conversations shall go.

    Raises:
        SettingsError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise SettingsError("nobody can be asked here; --yes deletes without asking")
    day = datetime.fromtimestamp(before).astimezone().date()
    write(
        f"Conversations last used before {day}, archived ones too and pinned ones not: {count:,}.\n"
        "They cannot be brought back. Delete them? [y/N] "
    )
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


async def _find(paths: Paths, before: float) -> list[str]:
    async with open_store(paths) as store:
        return await store.older_than(before)


async def _delete(paths: Paths, named: Sequence[str], before: float) -> int:
    """Delete what was named, but for what was used or pinned since; return how many."""
    async with open_store(paths) as store:
        old = set(await store.older_than(before)).intersection(named)
        await store.delete_for_good(*old)
        while await store.purge_some():
            pass
    return len(old)
