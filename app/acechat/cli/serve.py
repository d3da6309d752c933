"""`acechat serve`: the embedded server on its own, for this machine."""

import argparse
import os
import secrets

from acechat.cli.codes import COMPLETE, FAILED
from acechat.cli.parsing import Commands
from acechat.cli.printing import complain, write_line
from acechat.errors import ServerError
from acechat.paths import find_paths, make_folder
from acechat.tokens import VARIABLE as API_TOKEN_VARIABLE

DEFAULT_PORT = 8765
"""Fixed, so that what was set up once stays right."""


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "serve",
        help="run the embedded server on its own",
        description="Run the embedded server on its own. It answers this machine only."
        " The token is random unless ACECHAT_SERVER_TOKEN names one.",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        metavar="N",
        help=f"the port to listen on, 0 for a free one (default {DEFAULT_PORT})",
    )
    parser.add_argument("--gguf", default="", metavar="FILE", help="a GGUF model file to serve too")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until ctrl+c or SIGTERM; return the exit status."""
    from acechat.server.conversations import Conversations
    from acechat.server.listening import TOKEN_VARIABLE, open_server

    port: int = args.port
    gguf: str = args.gguf
    token = os.environ.get(TOKEN_VARIABLE) or secrets.token_hex(16)
    store = find_paths().server_store
    try:
        listening = open_server(port, gguf)
        make_folder(store.parent)
        conversations = Conversations(store)
    except ServerError as error:
        complain(str(error))
        return FAILED
    except OSError as error:
        complain(f"the server has no place for its conversations, {store}: {error.strerror}")
        return FAILED
    write_line(f"serving at  {listening.url}")
    write_line(f"models      {', '.join(listening.models)}")
    write_line(f"token       {token}")
    asking = f"ACEDATACLOUD_API_BASE_URL={listening.url} {API_TOKEN_VARIABLE}={token} acechat"
    write_line(f"ask it      {asking}")
    write_line("ctrl+c ends it")

    import asyncio
    import signal

    from acechat.server import serving

    async def serve() -> None:
        leave = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, leave.set)
        await serving.run(listening.listener, token, conversations, leave, listening.gguf)

    try:
        asyncio.run(serve())
    except KeyboardInterrupt:
        # It came before the loop could take it: nothing is being answered yet.
        return COMPLETE
    return COMPLETE
