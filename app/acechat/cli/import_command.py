"""`acechat import`: conversations from JSON lines or a ChatGPT export."""

import argparse
from dataclasses import asdict
from pathlib import Path

from acechat.cli.codes import COMPLETE, FAILED
from acechat.cli.kept import open_store
from acechat.cli.parsing import Commands, add_json
from acechat.cli.printing import complain, write_json, write_line
from acechat.errors import SettingsError
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
    from acechat.importing import bring_in

    async with open_store(find_paths()) as store:
        try:
            done = await bring_in(store, path)
        except OSError as error:
            raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
        while await store.index_some():
            pass
    for problem in done.problems:
        complain(problem)
    if as_json:
        write_json(asdict(done))
    else:
        write_line(str(done))
    return FAILED if done.problems else COMPLETE
