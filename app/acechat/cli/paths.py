"""`acechat paths`: where the program's files are."""

import argparse

from acechat.cli.codes import COMPLETE
from acechat.cli.parsing import Commands, add_json
from acechat.cli.printing import write_columns, write_json
from acechat.paths import find_paths


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "paths",
        help="print where the files are",
        description="Print where the settings, the tokens, the conversations and the log are.",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the paths; nothing is made or read."""
    paths = find_paths()
    named = {
        "settings": str(paths.settings),
        "token": str(paths.token),
        "account_token": str(paths.account_token),
        "conversations": str(paths.store),
        "backups": str(paths.backups),
        "server": str(paths.server_store),
        "log": str(paths.log),
    }
    if args.json:
        write_json(named)
    else:
        write_columns(named.items())
    return COMPLETE
