"""Which command runs, and what its end means for the shell."""

import argparse
import sys
from collections.abc import Sequence

from acechat import __version__
from acechat.cli import (
    ask,
    doctor,
    export,
    import_command,
    models,
    paths,
    screen,
    serve,
    stats,
    sync,
)
from acechat.cli import list as list_command
from acechat.cli.codes import COMPLETE, FAILED, STOPPED, USAGE
from acechat.cli.parsing import add_screen_options, screen_options_given
from acechat.cli.printing import complain, leave_stdout, prepare_stdout
from acechat.errors import ChatError, ServerError, SettingsError, StoreError, UnknownConversation

COMMANDS = (
    ask,
    list_command,
    export,
    import_command,
    sync,
    stats,
    models,
    paths,
    doctor,
    serve,
)
"""The modules of the commands, in the order of the help."""


def run(argv: Sequence[str]) -> int:
    """Carry out what the arguments say and return the exit code.

    Raises:
        SystemExit: after `--help`, and with 2 where an option is not right.
    """
    parser = _parser()
    args = parser.parse_args(argv)
    if args.command is not None and (given := screen_options_given(args)):
        parser.error(f"{given} belongs to the full screen; put it after {args.command} instead")
    return _carry_out(args)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="acechat",
        description="Chat in the terminal. Without a command it opens the full screen.",
    )
    parser.add_argument("--version", action="version", version=f"acechat {__version__}")
    add_screen_options(parser)
    parser.set_defaults(run=screen.run)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for command in COMMANDS:
        command.register(commands)
    return parser


def _carry_out(args: argparse.Namespace) -> int:
    prepare_stdout()
    try:
        code = int(args.run(args))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has enough of it, as `head` does.
        leave_stdout()
        return COMPLETE
    except KeyboardInterrupt:
        return STOPPED
    except (SettingsError, UnknownConversation) as error:
        complain(str(error))
        return USAGE
    except (ChatError, ServerError, StoreError) as error:
        complain(str(error))
        return FAILED
    return code
