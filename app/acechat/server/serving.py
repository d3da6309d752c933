"""Runs the server: a socket, the models, and uvicorn between them."""

import asyncio
import contextlib
import socket
from collections.abc import Generator
from pathlib import Path

import uvicorn

from acechat.server.answering import Model
from acechat.server.conversations import Conversations
from acechat.server.guide import Guide
from acechat.server.local import LocalModel
from acechat.server.routes import ChatServer
from acechat.server.sample import Sample

KEEP_ALIVE = 24 * 3600
"""Seconds that an idle connection is kept: a client that takes up one that is just being closed
cannot know whether its question arrived, so this never closes one."""

LEAVE = 0.2
"""Seconds that answers have to end in when the server does."""


class _Uvicorn(uvicorn.Server):
    """Uvicorn, ended by an event in place of signals and of looking ten times a second."""

    def __init__(self, config: uvicorn.Config, leave: asyncio.Event) -> None:
        super().__init__(config)
        self._leave = leave

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def main_loop(self) -> None:
        await self._leave.wait()
        running = set(self.server_state.tasks)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=LEAVE)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        # Each connection closes in the next turn of the loop.
        await asyncio.sleep(0)


async def serve(listening: socket.socket, chat: ChatServer, leave: asyncio.Event) -> None:
    """Answer on a socket that listens, until `leave` is set; then end what runs at once."""
    config = uvicorn.Config(
        chat.app(),
        loop="none",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        # It takes an answer that is ended for a fault; real ones are logged by `routes`.
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE,
    )
    await _Uvicorn(config, leave).serve([listening])


async def run(
    listening: socket.socket,
    token: str,
    conversations: Conversations,
    leave: asyncio.Event,
    gguf: Path | None = None,
) -> None:
    """Serve every model until `leave` is set; the local one loads meanwhile."""
    models: list[Model] = [Guide(), Sample()]
    local = LocalModel(gguf) if gguf else None
    if local:
        models.insert(0, local)
        local.load()
    chat = ChatServer(token, models, conversations)
    try:
        await serve(listening, chat, leave)
    finally:
        if local:
            await local.aclose()
        chat.close()
