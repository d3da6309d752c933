"""`acechat import`: conversations from JSON lines or a ChatGPT export."""

import argparse
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

from acechat.cli.codes import COMPLETE, FAILED
from acechat.cli.opening import open_store
from acechat.cli.parsing import Commands, add_json
from acechat.cli.printing import complain, write_json, write_line
from acechat.errors import SettingsError, StoreError
from acechat.models import Whole
from acechat.paths import find_paths


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "import",
        help="bring in conversations from a file",
        description="Bring in conversations: JSON lines as `acechat export` writes them, or a "
        "ChatGPT data export (conversations.json, or the zip that holds it). What is here already "
        "is not doubled; of two copies of a message the newer one stays.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the file")
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Bring in the file and say what was done."""
    import asyncio

    return asyncio.run(_run(args.file, as_json=args.json))


async def _run(path: Path, *, as_json: bool) -> int:
    counts = {"new": 0, "changed": 0, "unchanged": 0, "messages": 0}
    problems: list[str] = []
    async with open_store(find_paths()) as store:
        async for found in _found(path):
            if isinstance(found, str):
                problems.append(found)
                continue
            try:
                merged = await store.merge(found)
            except StoreError as error:
                problems.append(f"{found.conversation.id}: {error}")
                continue
            is_changed = merged.added or merged.changed
            counts["new" if merged.is_new else "changed" if is_changed else "unchanged"] += 1
            counts["messages"] += merged.added
        while await store.index_some():
            pass
    for problem in problems:
        complain(problem)
    if as_json:
        write_json({**counts, "problems": problems})
    else:
        write_line(
            f"conversations: {counts['new']:,} new, {counts['changed']:,} changed, "
            f"{counts['unchanged']:,} as they were; messages: {counts['messages']:,} new"
        )
    return FAILED if problems else COMPLETE


async def _found(path: Path) -> AsyncGenerator[Whole | str, None]:
    """Yield the conversations of a file, and a sentence for each that cannot be read.

    Raises:
        SettingsError: the file cannot be read.
    """
    from acechat.chatgpt import conversations, read_export

    try:
        export = read_export(path)
        for found in _lines(path) if export is None else conversations(export):
            yield found if isinstance(found, Whole) else f"{path}: {found}"
    except ValueError as error:
        yield f"{path}: {error}"
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None


def _lines(path: Path) -> Iterator[Whole | str]:
    from acechat.jsonl import from_jsonl

    # Only newlines end a line: other separators may stand inside a text.
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield from_jsonl(line)
            except ValueError as error:
                yield f"line {number}: {error}"
