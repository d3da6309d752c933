"""A real server on a loopback port, with models that do what a test wants."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from acechat.server.answering import AnswerFailed
from acechat.server.conversations import Conversations
from acechat.server.listening import open_server
from acechat.server.routes import ChatServer
from acechat.server.sample import Sample
from acechat.server.serving import serve
from server.server_fakes import TOKEN, Asker, FakeModel


@pytest.fixture
def fake() -> FakeModel:
    return FakeModel()


@pytest.fixture
def failing() -> FakeModel:
    return FakeModel("failing", ("It was", " a dark"), AnswerFailed("the lamp went out"))


@pytest.fixture
def refusing() -> FakeModel:
    return FakeModel("refusing", (), AnswerFailed("not today", code="forbidden", status=403))


@pytest.fixture
def endless() -> FakeModel:
    return FakeModel("endless", ("on and on",), endless=True)


@pytest.fixture
async def server_url(
    tmp_path: Path,
    fake: FakeModel,
    failing: FakeModel,
    refusing: FakeModel,
    endless: FakeModel,
) -> AsyncGenerator[str, None]:
    """A running server; it ends with the test."""
    listening = open_server(0, "")
    models = (fake, failing, refusing, endless, Sample())
    chat = ChatServer(TOKEN, models, Conversations(tmp_path / "server.db"))
    leave = asyncio.Event()
    serving = asyncio.create_task(serve(listening.listener, chat, leave))
    yield listening.url
    leave.set()
    await serving
    chat.close()


@pytest.fixture
async def http(server_url: str) -> AsyncGenerator[httpx.AsyncClient, None]:
    """A client with the right token."""
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=server_url, headers=headers) as client:
        yield client


@pytest.fixture
def aichat(http: httpx.AsyncClient) -> Asker:
    return Asker(http)


@pytest.fixture
def aichat2(http: httpx.AsyncClient) -> Asker:
    return Asker(http, "/aichat2/conversations")
