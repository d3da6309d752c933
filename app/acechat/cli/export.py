"""`acechat export`: conversations as Markdown or JSON lines."""

import argparse
from collections.abc import AsyncGenerator
from pathlib import Path

from acechat.cli.codes import COMPLETE, FAILED
from acechat.cli.kept import open_store
from acechat.cli.parsing import Commands
from acechat.cli.printing import complain, write
from acechat.errors import SettingsError, UnknownConversation
from acechat.export import to_markdown, write_new
from acechat.paths import Paths, find_paths

FORMATS = ("md", "jsonl")
"""What `--format` takes."""

_SUFFIXES = {
    ".md": "md",
    ".markdown": "md",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "export",
        help="write conversations as Markdown or JSON lines",
        description="Write a conversation, or all of them, to standard output or to a file.",
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "id", nargs="?", metavar="ID", help="the conversation; the beginning of its id is enough"
    )
    which.add_argument("--all", action="store_true", help="all conversations")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help="Markdown or JSON lines (default: by the suffix of FILE, else jsonl with --all, "
        "else md)",
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="the file to write")
    parser.add_argument("--force", action="store_true", help="replace FILE if it is there already")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write what was asked for."""
    import asyncio

    output: Path | None = args.output
    if output is not None and output.exists() and not args.force:
        raise SettingsError(f"{output} is there already; --force replaces it")
    fallback = "jsonl" if args.all else "md"
    named = _SUFFIXES.get(output.suffix.lower(), fallback) if output else fallback
    return asyncio.run(
        _run(None if args.all else args.id, args.format or named, output, force=args.force)
    )


async def _run(identity: str | None, form: str, output: Path | None, *, force: bool) -> int:
    texts = _texts(find_paths(), identity, form)
    if output is None:
        async for text in texts:
            write(text)
        return COMPLETE
    try:
        write_new(output, *[text async for text in texts], replace=force)
    except FileExistsError:
        raise SettingsError(f"{output} is there already; --force replaces it") from None
    except OSError as error:
        complain(f"{output} cannot be written: {error.strerror}")
        return FAILED
    return COMPLETE


async def _texts(paths: Paths, identity: str | None, form: str) -> AsyncGenerator[str, None]:
    if not paths.store.exists():
        if identity is not None:
            raise UnknownConversation(f"there is no conversation {identity}")
        return
    from acechat.jsonl import to_jsonl

    async with open_store(paths) as store:
        if identity is not None:
            conversation = await store.conversation(identity)
            if form == "jsonl":
                yield to_jsonl(await store.whole(conversation.id))
            else:
                yield to_markdown(conversation, await store.messages(conversation.id))
        elif form == "jsonl":
            async for whole in store.wholes():
                yield to_jsonl(whole)
        else:
            # Each begins on a line of its own after the end of the one before.
            before = ""
            async for conversation, messages in store.export_rows():
                yield before + to_markdown(conversation, messages)
                before = "\n"
