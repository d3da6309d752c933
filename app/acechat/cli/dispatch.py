"""Which command runs, and what its end means for the shell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from acechat import __version__
from acechat.cli.codes import COMPLETE, FAILED, STOPPED, USAGE
from acechat.cli.printing import OutputFailed, complain, leave_stdout, prepare_streams
from acechat.cli.screen import open_screen
from acechat.errors import (
    ChatError,
    FileError,
    ServerError,
    SettingsError,
    StoreError,
    UnknownConversation,
)
from acechat.start import ScreenOptions

if TYPE_CHECKING:
    import argparse

COMMANDS = (
    "ask",
    "list",
    "search",
    "export",
    "import_command",
    "sync",
    "delete",
    "stats",
    "models",
    "paths",
    "doctor",
    "serve",
)
"""The modules of the commands, in the order of the help."""


def run(argv: Sequence[str]) -> int:
    """Carry out what the arguments say and return the exit code.

    Raises:
        SystemExit: after `--help`, and with 2 where an option is not right.
    """
    if not argv:
        # What most starts are; the parser and the commands would take a tenth of such a start.
        return _carry_out(partial(open_screen, ScreenOptions()))
    from acechat.cli.parsing import screen_options_given

    parser = parser_of_all()
    args = parser.parse_args(argv)
    if args.command is not None and (given := screen_options_given(args)):
        parser.error(
            f"{given} belongs to the full screen; put it after {args.command} where that takes it"
        )
    return _carry_out(partial(args.run, args))


def parser_of_all() -> argparse.ArgumentParser:
    """Return the parser of the full screen's options and of every command."""
    from acechat.cli import screen
    from acechat.cli.parsing import Parser, add_screen_options

    parser = Parser(
        prog="acechat",
        description="Chat in the terminal. Without a command it opens the full screen.",
    )
    parser.add_argument("--version", action="version", version=f"acechat {__version__}")
    add_screen_options(parser)
    parser.set_defaults(run=screen.run)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name in COMMANDS:
        import_module(f"acechat.cli.{name}").register(commands)
    return parser


def _carry_out(command: Callable[[], int]) -> int:
    prepare_streams()
    try:
        return int(command())
    except BrokenPipeError:
        # Whoever read the output has enough of it, as `head` does.
        leave_stdout()
        return COMPLETE
    except OutputFailed as error:
        leave_stdout()
        complain(str(error))
        return FAILED
    except KeyboardInterrupt:
        return STOPPED
    except (SettingsError, FileError, UnknownConversation) as error:
        complain(str(error))
        return USAGE
    except (ChatError, ServerError, StoreError) as error:
        complain(str(error))
        return FAILED
