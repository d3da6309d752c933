"""`acechat search`: where something was said."""

import argparse
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING

from acechat.clean import clean_line
from acechat.cli.codes import COMPLETE, FAILED
from acechat.cli.kept import open_store
from acechat.cli.list import SHORT_ID
from acechat.cli.parsing import Commands, add_json
from acechat.cli.printing import complain, write_json, write_styled
from acechat.errors import SettingsError
from acechat.export import iso_time
from acechat.models import Found, Role, SearchQuery
from acechat.paths import find_paths
from acechat.services.search import QueryError, Snippet, is_empty, parse_query, snippet

if TYPE_CHECKING:
    from acechat.store.conversations import ConversationStore

INDEX_SECONDS = 10.0
"""How long messages are taken into the index first: some 50,000 of 600 characters."""

DEFAULT_COUNT = 20
"""Hits that fit two screens of a terminal of 24 lines."""

_MARK, _MUTED, _PLAIN = "\x1b[1;4m", "\x1b[2m", "\x1b[0m"


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "search",
        help="find words in all conversations",
        description="Print where something was said: conversation, message and the line. Words can "
        "be narrowed with from:me, model:grok, after:7d, before:2026-11-01 and in:title. Exits "
        "with 1 where nothing is found.",
    )
    parser.add_argument("words", nargs="+", metavar="WORD", help="what to look for")
    parser.add_argument(
        "-n",
        type=_count,
        default=DEFAULT_COUNT,
        dest="count",
        metavar="N",
        help=f"how many at most (default {DEFAULT_COUNT})",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what is found."""
    import asyncio

    return asyncio.run(_run(args.words, args.count, as_json=args.json))


async def _run(words: list[str], count: int, *, as_json: bool) -> int:
    # An argument with spaces in it was quoted in the shell.
    text = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)
    try:
        query = parse_query(text, datetime.now().astimezone().date())
    except QueryError as error:
        raise SettingsError(str(error)) from None
    if is_empty(query):
        raise SettingsError("type a word to look for")
    paths = find_paths()
    found: tuple[Found, ...] = ()
    unread = 0
    if paths.store.exists():
        async with open_store(paths) as store:
            found, unread = await _found(store, query, count)
    if as_json:
        write_json([_object(hit, snippet(hit.text, query.words)) for hit in found])
    else:
        for hit in found:
            _write(hit, snippet(hit.text, query.words))
    if not found:
        complain("nothing was found")
    if unread:
        complain(
            f"{unread:,} messages are not in the index yet and were not looked at; "
            "searching again goes on with it"
        )
    return COMPLETE if found else FAILED


async def _found(
    store: "ConversationStore", query: SearchQuery, count: int
) -> tuple[tuple[Found, ...], int]:
    """Return what is found, and how many messages could not be looked at."""
    from acechat.services.library import Library

    deadline = time.monotonic() + INDEX_SECONDS
    while time.monotonic() < deadline and await store.index_some():
        pass
    looks = [found async for found in Library(store).search(query, count)]
    return looks[-1].hits, looks[-1].unread


def _write(hit: Found, said: Snippet) -> None:
    # The user's own clock: this is read by people.
    when = datetime.fromtimestamp(hit.created_at).astimezone().strftime("%Y-%m-%d %H:%M")
    archived = "  archived" if hit.archived else ""
    key = hit.conversation_id[:SHORT_ID]
    _print(f"{key}  {when}  {_who(hit)}  {clean_line(hit.title)}{archived}", muted=True)
    if hit.message_id is not None:
        _print(f"  {_lit(said)}")


def _print(line: str, *, muted: bool = False) -> None:
    if muted and sys.stdout.isatty():
        line = f"{_MUTED}{line}{_PLAIN}"
    write_styled(f"{line}\n")


def _lit(said: Snippet) -> str:
    """Return the line with what was looked for set off, where a terminal shows it."""
    if not sys.stdout.isatty():
        return said.text
    text, after = "", 0
    for start, end in said.marks:
        text += f"{said.text[after:start]}{_MARK}{said.text[start:end]}{_PLAIN}"
        after = end
    return text + said.text[after:]


def _who(hit: Found) -> str:
    match hit.role:
        case Role.USER:
            return "you"
        case Role.ASSISTANT:
            return clean_line(hit.model) or "answer"
        case None:
            return "title"


def _object(hit: Found, said: Snippet) -> dict[str, object]:
    return {
        "conversation_id": hit.conversation_id,
        "title": hit.title,
        "archived": hit.archived,
        "message_id": hit.message_id,
        "role": None if hit.role is None else hit.role.value,
        "model": hit.model,
        "created_at": iso_time(hit.created_at),
        "line": said.text,
    }


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError("must be a number from 1 on")
    return int(text)
