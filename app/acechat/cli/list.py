"""`acechat list`: the conversations, newest first."""

import argparse
import shutil
import sys
from datetime import datetime

from acechat.cli.codes import COMPLETE
from acechat.cli.kept import open_store
from acechat.cli.parsing import Commands, add_json
from acechat.cli.printing import write_columns, write_json, write_line
from acechat.export import iso_time
from acechat.models import Conversation
from acechat.paths import find_paths
from acechat.services.ports import ChatStore

SHORT_ID = 8
"""Digits of an id that are shown: enough to tell tens of thousands of conversations apart."""

DEFAULT_COUNT = 20
"""Rows that fit a terminal of 24 lines."""

PAGE = 500
"""Conversations that are read at a time."""


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "list",
        help="list the conversations",
        description="List the conversations, pinned ones first, then the newest.",
    )
    parser.add_argument(
        "-n",
        type=_count,
        default=DEFAULT_COUNT,
        dest="count",
        metavar="N",
        help=f"how many at most, 0 for all (default {DEFAULT_COUNT})",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the list."""
    import asyncio

    return asyncio.run(_run(args.count, as_json=args.json))


async def _run(count: int, *, as_json: bool) -> int:
    paths = find_paths()
    if not paths.store.exists():
        found: list[Conversation] = []
        models: dict[str, str] = {}
    else:
        async with open_store(paths) as store:
            found = await _read(store, count or None)
            models = await store.last_models([each.id for each in found if not each.model])
    listed = [(each, each.model or models.get(each.id, "")) for each in found]
    if as_json:
        write_json([_row_object(conversation, model) for conversation, model in listed])
    elif not listed:
        write_line("There are no conversations yet.")
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        write_columns((_row(conversation, model) for conversation, model in listed), width=width)
    return COMPLETE


async def _read(store: ChatStore, limit: int | None) -> list[Conversation]:
    """Return all conversations, or the first `limit` of them, in the order of the list."""
    found: list[Conversation] = []
    while limit is None or len(found) < limit:
        wanted = PAGE if limit is None else min(PAGE, limit - len(found))
        page = await store.conversations(limit=wanted, offset=len(found))
        found.extend(page)
        if len(page) < wanted:
            break
    return found


def _row(conversation: Conversation, model: str) -> tuple[str, str, str, str]:
    # The user's own clock: a list is read by people.
    when = datetime.fromtimestamp(conversation.updated_at).astimezone()
    mark = "* " if conversation.pinned else ""
    return (
        conversation.id[:SHORT_ID],
        when.strftime("%Y-%m-%d %H:%M"),
        model,
        f"{mark}{conversation.title}",
    )


def _row_object(conversation: Conversation, model: str) -> dict[str, object]:
    return {
        "id": conversation.id,
        "title": conversation.title,
        "model": model,
        "pinned": conversation.pinned,
        "status": None if conversation.status is None else conversation.status.value,
        "created_at": iso_time(conversation.created_at),
        "updated_at": iso_time(conversation.updated_at),
    }


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError("must be a number, 0 for all")
    return int(text)
