"""Asking through a `HttpChatApi`, in one line."""

import asyncio

import pytest

from acechat.client.api import HttpChatApi
from acechat.errors import ChatError
from acechat.events import ApiEvent
from acechat.models import ChatOptions
from fault_rows import TOKEN
from faults import FaultServer, complete, stream

OPTIONS = ChatOptions(model="gpt-5.1")
GOOD = complete(stream("Hel", "lo"))


def api_of(server: FaultServer, **more: object) -> HttpChatApi:
    return HttpChatApi(server.url, TOKEN, endpoint="aichat", **more)  # pyright: ignore[reportArgumentType]


async def ask(
    api: HttpChatApi,
    question: str = "Hello?",
    options: ChatOptions = OPTIONS,
    on: str | None = None,
) -> list[ApiEvent]:
    try:
        return [event async for event in api.stream(question, options, on)]
    finally:
        await api.aclose()


async def failing(api: HttpChatApi, question: str = "Hello?", *, within: float = 15.0) -> ChatError:
    """Ask, and return how it failed; one that takes longer than `within` seconds does not count."""
    with pytest.raises(ChatError) as caught:
        async with asyncio.timeout(within):
            await ask(api, question)
    return caught.value
