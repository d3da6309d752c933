"""`acechat sync`: conversations as files in a folder that another program carries."""

import argparse
from pathlib import Path

from acechat.cli.codes import COMPLETE, FAILED
from acechat.cli.kept import open_settings, open_store
from acechat.cli.parsing import Commands, add_json
from acechat.cli.printing import complain, write_json, write_line
from acechat.errors import SettingsError
from acechat.paths import Paths, at_home, find_paths


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "sync",
        help="exchange conversations with other machines through a folder",
        description="Bring in what other machines wrote into a folder, and write what has changed "
        "here. The folder is carried by a program of yours: Syncthing, Dropbox, git.",
    )
    parser.add_argument(
        "folder", nargs="?", metavar="FOLDER", help="the folder (default: the setting sync_folder)"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exchange, and say what was done."""
    import asyncio

    paths = find_paths()
    folder = args.folder or open_settings(paths).sync_folder
    if not folder:
        raise SettingsError("name a folder, or set sync_folder")
    return asyncio.run(_run(paths, at_home(folder), as_json=args.json))


async def _run(paths: Paths, folder: Path, *, as_json: bool) -> int:
    from acechat.sync import SyncError, sync

    async with open_store(paths) as store:
        try:
            done = await sync(store, folder, paths.sync_state)
        except SyncError as error:
            complain(str(error))
            return FAILED
        while await store.index_some():
            pass
    for problem in done.problems:
        complain(problem)
    if as_json:
        write_json(
            {
                "new": done.new,
                "changed": done.changed,
                "removed": done.removed,
                "written": done.written,
                "problems": done.problems,
            }
        )
    else:
        write_line(str(done))
    return FAILED if done.problems else COMPLETE
