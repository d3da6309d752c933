"""What the server needs before its heavy imports: a socket that listens, and what it offers.

A connection made to the socket waits until the server takes it, so a client may be told where it
is while the rest is still being loaded.
"""

import errno
import socket
from dataclasses import dataclass
from pathlib import Path

from acechat.errors import ServerError
from acechat.server.names import GUIDE, SAMPLE, check, model_name

HOST = "127.0.0.1"
"""The only address ever listened on: nobody but this machine can reach the server."""

TOKEN_VARIABLE = "ACECHAT_SERVER_TOKEN"  # noqa: S105 - the name of a variable
"""The environment variable with the token that the server takes."""

WAITING = 128
"""Connections that may wait for the server to take them."""


@dataclass(frozen=True, slots=True)
class Listening:
    """A server that can be connected to."""

    listener: socket.socket
    gguf: Path | None
    """The file of the local model."""

    @property
    def url(self) -> str:
        """Where it is."""
        port: int = self.listener.getsockname()[1]
        return f"http://{HOST}:{port}"

    @property
    def models(self) -> tuple[str, ...]:
        """The names of its models, the one to ask by default first."""
        others = (GUIDE, SAMPLE)
        return (model_name(self.gguf), *others) if self.gguf else others


def open_server(port: int, gguf: str) -> Listening:
    """Listen on `port`, or a free one for 0; `gguf` names the file of a local model, if any.

    Raises:
        ServerError: the port cannot be had, or the file is no model that can be run.
    """
    path = check(gguf) if gguf else None
    listening = socket.socket()
    # Without this a port is refused for a minute after its last server has ended.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OverflowError:
        listening.close()
        raise ServerError(f"{port} is not a port: it is a number from 0 to 65535") from None
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise ServerError(f"port {port} is taken; choose another with --port") from None
        raise ServerError(f"port {port} cannot be used: {error.strerror}") from None
    listening.listen(WAITING)
    listening.settimeout(0)
    return Listening(listening, path)
