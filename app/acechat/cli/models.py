"""`acechat models`: what can be asked."""

import argparse
import os

from acechat.cli.codes import COMPLETE
from acechat.cli.kept import open_settings
from acechat.cli.parsing import Commands, add_gguf, add_json
from acechat.cli.printing import write_json, write_line
from acechat.paths import find_paths


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "models",
        help="list the models",
        description="List the models of the server that answers, by family. The API takes other "
        "names too.",
    )
    add_gguf(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the models."""
    import asyncio

    return asyncio.run(_run(args.gguf, as_json=args.json))


async def _run(gguf: str, *, as_json: bool) -> int:
    from acechat.connection import connect
    from acechat.services.catalogue import FAMILIES, family

    paths = find_paths()
    settings = open_settings(paths)
    connection = await connect(settings, paths, os.environ, gguf=gguf)
    try:
        default = connection.model_for(settings)
        listed = connection.models
        if default not in listed:
            listed = (default, *listed)
    finally:
        await connection.aclose()
    if as_json:
        write_json(
            [{"model": name, "family": family(name), "default": name == default} for name in listed]
        )
        return COMPLETE
    for title in FAMILIES:
        if names := [name for name in listed if family(name) == title]:
            write_line(title)
            for name in names:
                write_line(f"  {name}{'  (default)' if name == default else ''}")
    return COMPLETE
