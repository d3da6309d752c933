"""The newer endpoint: typed lines, conversations that are kept and managed."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from server.server_fakes import Asker, FakeModel


async def ask(aichat2: Asker, question: str) -> str:
    """Ask something and return the id of the new conversation."""
    return (await aichat2.post(model="fake", question=question)).json()["id"]


async def test_lines_have_a_type_and_end_with_done(aichat2: Asker) -> None:
    *deltas, done = await aichat2.lines(model="fake", question="four words in it")
    assert [line["type"] for line in deltas] == ["text_delta"] * 3
    assert "".join(line["content"] for line in deltas) == "Hello wide world"
    assert all(line["content"] == line["delta_answer"] for line in deltas)
    (conversation,) = {line["id"] for line in deltas}
    assert done["type"] == "done"
    assert done["conversation_id"] == conversation
    assert done["terminal_reason"] == "completed"
    usage = done["usage"]
    assert usage["completion_tokens"] == 4
    assert usage["prompt_tokens"] > 0
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


async def test_conversations_are_kept_unless_refused(aichat2: Asker) -> None:
    assert "id" in (await aichat2.post(model="fake", question="hi")).json()
    assert "id" not in (await aichat2.post(model="fake", question="hi", stateful=False)).json()


async def test_an_error_in_mid_stream_is_a_typed_line(aichat2: Asker) -> None:
    line = (await aichat2.lines(model="failing", question="hi"))[-1]
    UUID(line.pop("trace_id"))
    assert line == {
        "type": "error",
        "message": "the lamp went out",
        "code": "chat_error",
        "status": 500,
    }


async def test_a_conversation_is_shared_by_both_endpoints(
    aichat: Asker, aichat2: Asker, fake: FakeModel
) -> None:
    conversation = await ask(aichat2, "one")
    await aichat.post(model="fake", question="two", id=conversation, stateful=True)
    assert [turn.question for turn in fake.asked[1].history] == ["one"]


async def test_retrieve_tells_the_messages(aichat2: Asker) -> None:
    url = "https://example.org/a.pdf"
    first = (await aichat2.post(model="fake", question="one", references=[url])).json()
    await aichat2.post(model="fake", question="two", id=first["id"])
    kept = (await aichat2.post(action="retrieve", id=first["id"])).json()
    assert kept["id"] == first["id"]
    assert kept["title"] == "one"
    assert kept["model"] == "fake"
    assert kept["created_at"] <= kept["updated_at"]
    assert kept["messages"] == [
        {"role": "user", "content": "one", "model": "fake", "references": [url]},
        {"role": "assistant", "content": "Hello wide world", "model": "fake"},
        {"role": "user", "content": "two", "model": "fake"},
        {"role": "assistant", "content": "Hello wide world", "model": "fake"},
    ]


async def test_retrieve_batch_pages_through_the_newest(aichat2: Asker) -> None:
    for question in ("one", "two", "three"):
        await ask(aichat2, question)
    page = (await aichat2.post(action="retrieve_batch", offset=1, limit=2)).json()
    assert page["count"] == 3
    assert [item["title"] for item in page["items"]] == ["two", "one"]
    everything = (await aichat2.post(action="retrieve_batch")).json()
    assert [item["title"] for item in everything["items"]] == ["three", "two", "one"]


async def test_update_changes_the_title(aichat2: Asker) -> None:
    conversation = await ask(aichat2, "one")
    assert (await aichat2.post(action="update", id=conversation, title="Two")).json()[
        "title"
    ] == "Two"
    assert (await aichat2.post(action="retrieve", id=conversation)).json()["title"] == "Two"


async def test_delete_forgets_the_conversation(aichat2: Asker) -> None:
    conversation = await ask(aichat2, "one")
    assert (await aichat2.post(action="delete", id=conversation)).status_code == 200
    response = await aichat2.post(model="fake", question="two", id=conversation)
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("action", ["retrieve", "update", "delete"])
async def test_managing_an_unknown_conversation_is_not_found(aichat2: Asker, action: str) -> None:
    response = await aichat2.post(action=action, id="gone", title="x")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        {"action": "retrieve"},
        {"action": "dance", "id": "x"},
        {"action": "retrieve_batch", "limit": 101},
        {"action": "retrieve_batch", "limit": 0},
        {"action": "retrieve_batch", "offset": -1},
        {"action": "update", "id": "x"},
    ],
)
async def test_a_wrong_action_is_refused(aichat2: Asker, body: dict[str, Any]) -> None:
    response = await aichat2.post(**body)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_request")


async def test_managing_needs_the_token_too(server_url: str) -> None:
    async with httpx.AsyncClient(base_url=server_url) as client:
        response = await client.post("/aichat2/conversations", json={"action": "retrieve_batch"})
    assert response.status_code == 401


async def test_the_older_endpoint_knows_no_actions(aichat: Asker) -> None:
    response = await aichat.post(action="retrieve_batch")
    assert response.status_code == 400
