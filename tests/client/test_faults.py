"""Every fault, in both formats: what is kept, what is said, and that it was asked once."""

from contextlib import aclosing

import pytest

from acechat.client.api import HttpChatApi
from acechat.errors import MAX_MESSAGE, ChatError
from acechat.events import (
    ApiEvent,
    ConversationOpened,
    RequestSent,
    StreamFlawed,
    TextDelta,
    TextReplaced,
)
from acechat.models import ChatOptions
from fault_rows import ROWS, TOKEN, Row
from faults import FaultServer


def text_in(events: list[ApiEvent]) -> str:
    text = ""
    for event in events:
        if isinstance(event, TextDelta):
            text += event.text
        elif isinstance(event, TextReplaced):
            text = event.text
    return text


@pytest.mark.parametrize("streaming", [True, False], ids=["ndjson", "json"])
@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_fault(row: Row, streaming: bool) -> None:
    events: list[ApiEvent] = []
    error: ChatError | None = None
    async with FaultServer(row.behave) as server:
        api = HttpChatApi(server.url, TOKEN, endpoint="aichat")
        options = ChatOptions(model="gpt-5.1", stream=streaming)
        try:
            async with aclosing(api.stream("Hello?", options, None)) as stream:
                async for event in stream:
                    events.append(event)
                    if isinstance(event, TextDelta):
                        server.gate.set()
        except ChatError as caught:
            error = caught
        await api.aclose()
        assert (len(server.requests), server.connections) == (1, 1)

    assert text_in(events) == row.text
    assert [event.server_id for event in events if isinstance(event, ConversationOpened)] == list(
        row.ids
    )
    assert any(isinstance(event, StreamFlawed) for event in events) is row.flawed
    assert events[:1] == [RequestSent()]
    if error is None:
        assert not row.error
    else:
        assert (type(error).__name__, error.code) == (row.error, row.code)
        assert row.says in error.message
        assert error.trace_id == row.trace_id
        assert error.charged or not row.text
        assert error.charged or row.error == "Rejected"
        assert len(error.message) <= MAX_MESSAGE
        assert error.message.isprintable()
        assert TOKEN not in repr(error.failure)
        assert "<" not in error.message


def test_names_are_unique() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
