"""The documented endpoint, rule by rule, as a client sees it."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from acechat.server.routes import MAX_BODY
from server.server_fakes import Asker, FakeModel

URL = "https://example.org/a.png"


def error_of(response: httpx.Response) -> tuple[int, str, str]:
    """The status, code and message of an error reply, which must have a trace id."""
    body = response.json()
    assert response.headers["content-type"] == "application/json"
    assert set(body) == {"error", "trace_id"}
    UUID(body["trace_id"])
    return response.status_code, body["error"]["code"], body["error"]["message"]


async def test_one_json_object_is_the_default(aichat: Asker) -> None:
    response = await aichat.post(model="fake", question="hi")
    assert response.status_code == 200
    assert response.json() == {"answer": "Hello wide world"}


async def test_every_line_carries_what_it_adds_and_everything_so_far(aichat: Asker) -> None:
    assert await aichat.lines(model="fake", question="hi") == [
        {"answer": "Hello", "delta_answer": "Hello"},
        {"answer": "Hello wide", "delta_answer": " wide"},
        {"answer": "Hello wide world", "delta_answer": " world"},
    ]


async def test_a_stateful_conversation_has_an_id_on_every_line(aichat: Asker) -> None:
    lines = await aichat.lines(model="fake", question="hi", stateful=True)
    (conversation,) = {line["id"] for line in lines}
    assert str(UUID(conversation)) == conversation


async def test_a_conversation_goes_on_by_its_id(aichat: Asker, fake: FakeModel) -> None:
    first = (await aichat.post(model="fake", question="one", stateful=True)).json()
    again = await aichat.post(
        model="fake", question="two", stateful=True, id=first["id"], preset="Be brief."
    )
    assert again.json()["id"] == first["id"]
    assert [(turn.question, turn.answer) for turn in fake.asked[1].history] == [
        ("one", "Hello wide world")
    ]
    assert fake.asked[1].preset == "Be brief."


async def test_the_model_may_change_within_a_conversation(
    aichat: Asker, failing: FakeModel
) -> None:
    first = (await aichat.post(model="fake", question="one", stateful=True)).json()
    await aichat.post(model="failing", question="two", stateful=True, id=first["id"])
    assert [turn.question for turn in failing.asked[0].history] == ["one"]


async def test_without_stateful_nothing_is_kept(aichat: Asker, fake: FakeModel) -> None:
    first = (await aichat.post(model="fake", question="one", stateful=True)).json()
    second = await aichat.post(model="fake", question="two", id=first["id"])
    assert "id" not in second.json()
    await aichat.post(model="fake", question="three", id=first["id"], stateful=True)
    assert [turn.question for turn in fake.asked[2].history] == ["one"]


async def test_references_reach_the_model(aichat: Asker, fake: FakeModel) -> None:
    await aichat.post(model="fake", question="what is this?", references=[URL])
    assert fake.asked[0].references == (URL,)


async def test_separators_and_other_scripts_pass_unharmed(aichat: Asker, fake: FakeModel) -> None:
    text = "a\u2028b\u2029c\u0085d 你好 👩‍🔬 \x00\x1b[31m"
    fake.pieces = (text,)
    (line,) = await aichat.lines(model="fake", question=text)
    assert line["answer"] == text
    assert fake.asked[0].question == text


async def test_null_stands_for_a_field_that_is_not_there(aichat: Asker) -> None:
    response = await aichat.post(
        model="fake", question="hi", id=None, stateful=None, preset=None, references=None
    )
    assert response.json() == {"answer": "Hello wide world"}


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({}, "no_token"),
        ({"authorization": ""}, "no_token"),
        ({"authorization": "Bearer wrong"}, "invalid_token"),
        ({"authorization": "Basic test-token-0123456789"}, "invalid_token"),
        ({"authorization": "Bearer"}, "invalid_token"),
        ({"authorization": b"Bearer t\xf6ken"}, "invalid_token"),
    ],
)
async def test_only_the_right_token_is_let_in(
    server_url: str, header: dict[str, str | bytes], code: str, fake: FakeModel
) -> None:
    headers = [
        (name.encode(), v if isinstance(v, bytes) else v.encode()) for name, v in header.items()
    ]
    async with httpx.AsyncClient(base_url=server_url) as client:
        response = await client.post(
            "/aichat/conversations", json={"model": "fake", "question": "hi"}, headers=headers
        )
    assert error_of(response)[:2] == (401, code)
    assert not fake.asked


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"question": "hi"}, "`model` is missing; the models here are fake, failing"),
        ({"model": "gpt-99", "question": "hi"}, "no model `gpt-99`; the models here are fake"),
        ({"model": "fake"}, "`question` is missing"),
        ({"model": "fake", "question": " \n"}, "`question` is empty"),
        ({"model": 5, "question": "hi"}, "`model`: expected `str | null`, got `int`"),
        ({"model": "fake", "question": "hi", "stateful": "yes"}, "`stateful`: expected `bool"),
        ({"model": "fake", "question": "hi", "references": URL}, "`references`: expected `array"),
        ({"model": "fake", "question": "hi", "references": [URL, 1]}, "`references[1]`: expected"),
        ({"model": "fake", "question": "hi", "references": ["a.png"]}, "`references[0]`: a ref"),
        ([], "the body: Expected `object`, got `array`"),
    ],
)
async def test_a_wrong_body_is_refused_by_name(
    http: httpx.AsyncClient, body: Any, said: str
) -> None:
    response = await http.post("/aichat/conversations", json=body)
    status, code, message = error_of(response)
    assert (status, code) == (400, "bad_request")
    assert said in message


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b'{"question": "\\ud800"}', b'{"x": ' + b"[" * 100_000]
)
async def test_what_is_not_json_is_refused(http: httpx.AsyncClient, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    response = await http.post("/aichat/conversations", content=content, headers=headers)
    status, code, message = error_of(response)
    assert (status, code) == (400, "bad_request")
    assert message.startswith("the body is not JSON")


async def test_the_content_type_must_be_json(http: httpx.AsyncClient) -> None:
    content = b'{"model": "fake", "question": "hi"}'
    response = await http.post("/aichat/conversations", content=content)
    assert error_of(response)[:2] == (400, "bad_request")
    headers = {"content-type": "application/json; charset=utf-8"}
    response = await http.post("/aichat/conversations", content=content, headers=headers)
    assert response.status_code == 200


async def test_an_unknown_conversation_is_not_found(aichat: Asker, fake: FakeModel) -> None:
    response = await aichat.post(model="fake", question="hi", stateful=True, id="gone")
    status, code, message = error_of(response)
    assert (status, code) == (404, "not_found")
    assert "gone" in message
    assert not fake.asked


async def test_a_request_that_is_too_large_is_told_so(aichat: Asker, fake: FakeModel) -> None:
    response = await aichat.post(model="fake", question="x" * (MAX_BODY + 1))
    assert error_of(response)[:2] == (413, "request_entity_too_large")
    assert not fake.asked


async def test_a_paste_of_a_megabyte_is_taken(aichat: Asker, fake: FakeModel) -> None:
    await aichat.post(model="fake", question="é" * 1_000_000)
    assert len(fake.asked[0].question) == 1_000_000


async def test_other_paths_and_methods_are_errors_of_the_api_too(http: httpx.AsyncClient) -> None:
    # The code is not `not_found`: that would say that a conversation is gone.
    assert error_of(await http.post("/nothing/here"))[:2] == (404, "api_not_implemented")
    response = await http.get("/aichat/conversations")
    assert error_of(response)[:2] == (405, "api_not_implemented")
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
async def test_a_model_that_refuses_at_once_sets_the_status(
    http: httpx.AsyncClient, accept: str
) -> None:
    body = {"model": "refusing", "question": "hi", "stateful": True}
    response = await http.post("/aichat/conversations", json=body, headers={"accept": accept})
    assert error_of(response) == (403, "forbidden", "not today")


async def test_a_model_that_fails_in_mid_stream_ends_it_with_the_error(aichat: Asker) -> None:
    lines = await aichat.lines(model="failing", question="hi")
    assert [line["answer"] for line in lines[:-1]] == ["It was", "It was a dark"]
    assert lines[-1]["error"] == {"code": "chat_error", "message": "the lamp went out"}
    UUID(lines[-1]["trace_id"])


async def test_a_model_that_fails_before_a_json_answer_is_whole(aichat: Asker) -> None:
    response = await aichat.post(model="failing", question="hi")
    assert error_of(response) == (500, "chat_error", "the lamp went out")


async def test_what_was_said_before_a_failure_is_part_of_the_conversation(
    aichat: Asker, fake: FakeModel
) -> None:
    lines = await aichat.lines(model="failing", question="hi", stateful=True)
    await aichat.post(model="fake", question="and?", stateful=True, id=lines[0]["id"])
    assert [turn.answer for turn in fake.asked[0].history] == ["It was a dark"]


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
async def test_a_client_that_goes_away_ends_the_answer(
    http: httpx.AsyncClient, endless: FakeModel, accept: str
) -> None:
    body = {"model": "endless", "question": "hi"}
    asking = asyncio.create_task(
        http.post("/aichat/conversations", json=body, headers={"accept": accept})
    )
    await asyncio.wait_for(endless.begun.wait(), 5)
    assert not endless.ended.is_set()
    asking.cancel()
    await asyncio.wait_for(endless.ended.wait(), 5)


async def test_an_answer_that_was_stopped_is_part_of_the_conversation(
    aichat: Asker, fake: FakeModel, endless: FakeModel
) -> None:
    first = (await aichat.post(model="fake", question="one", stateful=True)).json()
    body = {"model": "endless", "question": "two", "stateful": True, "id": first["id"]}
    accept = {"accept": "application/x-ndjson"}
    async with aichat.http.stream("POST", aichat.path, json=body, headers=accept) as response:
        async for _ in response.aiter_raw():
            break
    await asyncio.wait_for(endless.ended.wait(), 5)
    await aichat.post(model="fake", question="three", stateful=True, id=first["id"])
    assert [turn.answer for turn in fake.asked[1].history] == ["Hello wide world", "on and on"]


async def test_one_answer_does_not_hold_up_another(aichat: Asker, endless: FakeModel) -> None:
    asking = asyncio.create_task(aichat.post(model="endless", question="hi"))
    await asyncio.wait_for(endless.begun.wait(), 5)
    response = await aichat.post(model="fake", question="hi")
    assert response.status_code == 200
    asking.cancel()


async def test_lines_arrive_one_by_one(http: httpx.AsyncClient, endless: FakeModel) -> None:
    body = {"model": "endless", "question": "hi"}
    accept = {"accept": "application/x-ndjson"}
    async with http.stream("POST", "/aichat/conversations", json=body, headers=accept) as response:
        async for chunk in response.aiter_raw():
            assert chunk == b'{"answer":"on and on","delta_answer":"on and on"}\n'
            break
    assert endless.begun.is_set()


async def test_a_fault_of_the_server_is_an_api_error(aichat: Asker, fake: FakeModel) -> None:
    fake.pieces, fake.failure = (), ZeroDivisionError("a bug")
    response = await aichat.post(model="fake", question="hi")
    assert error_of(response)[:2] == (500, "api_error")
    assert "bug" not in response.text


async def test_a_fault_in_mid_stream_cuts_the_answer_off(aichat: Asker, fake: FakeModel) -> None:
    fake.failure = ZeroDivisionError("a bug")
    with pytest.raises(httpx.RemoteProtocolError):
        await aichat.lines(model="fake", question="hi")


async def test_conversations_that_cannot_be_written_are_an_error(
    aichat: Asker, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "server.db")) as other:
        other.execute("DROP TABLE turn")
    response = await aichat.post(model="fake", question="hi", stateful=True)
    status, code, message = error_of(response)
    assert (status, code) == (500, "api_error")
    assert message.startswith("the server's conversations cannot be read or written")
