"""The embedded server as a child process: `python -m acechat.server STORE [GGUF]`.

The token comes in the environment. One JSON line on standard output says where the server is, or
why it is not; nothing else is ever written there. The process ends when its standard input does,
so it never outlives the program that started it, even where that was killed.
"""

import functools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from acechat.errors import ServerError
from acechat.server.conversations import Conversations
from acechat.server.listening import TOKEN_VARIABLE, Listening, open_server

FINISH = 0.3
"""Seconds after which the process ends however far it is with ending: its parent waits for 0.5."""


class Announcement(msgspec.Struct, omit_defaults=True):
    """The one line."""

    url: str = ""
    models: tuple[str, ...] = ()
    error: str = ""


def announce(announcement: Announcement) -> None:
    """Write the line, and leave nothing open that its reader would wait for."""
    with os.fdopen(os.dup(1), "wb") as output:
        output.write(msgspec.json.encode(announcement) + b"\n")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def watch(leave: Callable[[], None]) -> None:
    """Wait until the parent lets go of standard input, then leave, and see to it that this ends."""
    while os.read(0, 1024):
        pass
    leave()
    time.sleep(FINISH)
    os._exit(0)


def run(listening: Listening, token: str, conversations: Conversations) -> None:
    """Serve until standard input ends."""
    import asyncio

    from acechat.server import serving

    async def main() -> None:
        leaving = asyncio.Event()
        loop = asyncio.get_running_loop()
        leave = functools.partial(loop.call_soon_threadsafe, leaving.set)
        threading.Thread(target=watch, args=(leave,), daemon=True).start()
        await serving.run(listening.listener, token, conversations, leaving, listening.gguf)

    asyncio.run(main())


def main() -> int:
    """Announce the server and run it; return the exit status."""
    # The terminal's ctrl+c is for the program that started this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    store, gguf = sys.argv[1:]
    token = os.environ.pop(TOKEN_VARIABLE)
    try:
        listening = open_server(0, gguf)
        conversations = Conversations(Path(store))
    except ServerError as error:
        announce(Announcement(error=str(error)))
        return 1
    announce(Announcement(listening.url, listening.models))
    run(listening, token, conversations)
    return 0


if __name__ == "__main__":
    sys.exit(main())
