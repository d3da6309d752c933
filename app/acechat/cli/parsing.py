"""Arguments that several commands share."""

import argparse
from typing import NoReturn, Protocol

from acechat.clean import clean


class Parser(argparse.ArgumentParser):
    """A parser whose complaints act on no terminal, whatever the arguments that they repeat."""

    def error(self, message: str) -> NoReturn:
        """Complain, and end with 2."""
        super().error(clean(message))


class Commands(Protocol):
    """Where a command adds itself: what `ArgumentParser.add_subparsers` returns."""

    def add_parser(self, name: str, *, help: str, description: str) -> argparse.ArgumentParser:
        """Add a command and return the parser of its arguments."""
        ...


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def add_gguf(parser: argparse.ArgumentParser, *, dest: str = "gguf") -> None:
    """Add `--gguf FILE`."""
    parser.add_argument(
        "--gguf",
        dest=dest,
        default="",
        metavar="FILE",
        help="answer with this GGUF model file on this machine",
    )


def add_screen_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the full screen; it is what runs where no command is named."""
    which = parser.add_mutually_exclusive_group()
    # The commands have options of the same names, whose values must not mix with these.
    which.add_argument(
        "-c",
        "--continue",
        dest="screen_newest",
        action="store_true",
        help="go on with the newest conversation",
    )
    which.add_argument(
        "--conversation",
        dest="screen_conversation",
        metavar="ID",
        help="open this conversation; the beginning of its id is enough",
    )
    parser.add_argument(
        "-m", "--model", dest="screen_model", metavar="MODEL", help="the model to ask"
    )
    add_gguf(parser, dest="screen_gguf")


def screen_options_given(args: argparse.Namespace) -> str:
    """Return the first option of the full screen among the arguments, or an empty text."""
    given = (
        ("-c", args.screen_newest),
        ("--conversation", args.screen_conversation),
        ("-m", args.screen_model),
        ("--gguf", args.screen_gguf),
    )
    return next((name for name, value in given if value), "")
