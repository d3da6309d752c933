"""Models and a running server for the tests of the embedded server."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from acechat.server.answering import Asked

TOKEN = "test-token-0123456789"


@dataclass
class FakeModel:
    """Says its pieces; then ends, fails, or goes on for ever."""

    name: str = "fake"
    pieces: Sequence[str] = ("Hello", " wide", " world")
    failure: Exception | None = None
    endless: bool = False
    asked: list[Asked] = field(default_factory=list[Asked])
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, asked: Asked) -> AsyncGenerator[str, None]:
        self.asked.append(asked)
        self.begun.set()
        try:
            for piece in self.pieces:
                yield piece
            if self.endless:
                await asyncio.Event().wait()
        finally:
            self.ended.set()
        if self.failure:
            raise self.failure


@dataclass
class Asker:
    """A client that knows nothing but the API's description."""

    http: httpx.AsyncClient
    path: str = "/aichat/conversations"

    async def post(self, **body: Any) -> httpx.Response:
        """Ask for one JSON object."""
        return await self.http.post(self.path, json=body)

    async def lines(self, **body: Any) -> list[dict[str, Any]]:
        """Ask for NDJSON and return its lines."""
        accept = {"accept": "application/x-ndjson"}
        response = await self.http.post(self.path, json=body, headers=accept)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].startswith("application/x-ndjson")
        assert response.content.endswith(b"\n")
        return [json.loads(line) for line in response.content.split(b"\n")[:-1]]
