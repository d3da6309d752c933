"""`acechat ask`: one question, its answer on standard output."""

import argparse
import os
import sys

from acechat.cli.codes import USAGE
from acechat.cli.parsing import Commands, add_gguf, add_json
from acechat.cli.printing import complain
from acechat.waiting import AT_ONCE


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "ask",
        help="ask one question and print the answer",
        description="Ask one question; the answer is printed as it comes and kept with the other "
        "conversations. What is piped in is put after the question.",
    )
    parser.add_argument("question", nargs="*", metavar="QUESTION", help="the question")
    parser.add_argument("-m", "--model", metavar="MODEL", help="the model to ask")
    parser.add_argument(
        "-M",
        "--compare",
        action="append",
        default=[],
        dest="compared",
        metavar="MODEL",
        help="one of two to four models that are asked at once; give it for each",
    )
    parser.add_argument("--preset", metavar="NAME", help="a preset by its name, or the text of one")
    parser.add_argument(
        "--ref",
        action="append",
        default=[],
        dest="references",
        metavar="URL",
        help="what the answer should draw on; can be given several times",
    )
    parser.add_argument(
        "--file",
        action="append",
        default=[],
        dest="files",
        metavar="PATH",
        help="a file to upload first, as a reference; can be given several times",
    )
    parser.add_argument(
        "--yes",
        action="store_true",
        help="upload without asking: everybody who has the URL of a file can read it",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "-c",
        "--continue",
        dest="newest",
        action="store_true",
        help="go on with the newest conversation",
    )
    which.add_argument("--conversation", metavar="ID", help="go on with this conversation")
    parser.add_argument(
        "--rebuild",
        action="store_true",
        help="begin a new conversation on the server that carries what was said so far",
    )
    add_gguf(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask, print, and return 0 complete, 1 failed or cut off, 2 usage, 130 stopped."""
    import asyncio

    from acechat.cli.asking import Wanted, ask

    question = "\n\n".join(part for part in (" ".join(args.question), _piped()) if part.strip())
    if not question:
        complain("there is no question; write it after ask, or pipe it in")
        return USAGE
    models = [*([args.model] if args.model else []), *args.compared]
    if len(set(models)) < len(models):
        complain("a model is named twice; each is asked once")
        return USAGE
    if len(models) > AT_ONCE:
        complain(f"{len(models)} models are too many; {AT_ONCE} can be asked at once")
        return USAGE
    wanted = Wanted(
        # What the shell passes on in another encoding cannot be sent as it is.
        question=question.encode("utf-8", "replace").decode(),
        model=models[0] if models else None,
        others=tuple(models[1:]),
        preset=args.preset,
        references=tuple(args.references),
        files=tuple(args.files),
        agreed=args.yes,
        newest=args.newest,
        conversation=args.conversation,
        rebuild=args.rebuild,
        as_json=args.json,
        gguf=args.gguf,
    )
    return asyncio.run(ask(wanted, os.environ))


def _piped() -> str:
    """Return what is piped in, or an empty text where standard input is the keyboard."""
    if sys.stdin.isatty():
        return ""
    content = sys.stdin.buffer.read()
    return content.decode("utf-8-sig", "replace").replace("\r\n", "\n").strip("\n")
