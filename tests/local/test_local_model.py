"""A real model on this machine, from the child process to the streamed answer.

Collected where `ACECHAT_TEST_GGUF` names an instruct model, see `conftest.py`.
"""

import asyncio
import json
import os
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from acechat.paths import find_paths
from acechat.server.names import model_name
from acechat.server.process import EmbeddedServer, Served

GGUF = os.environ["ACECHAT_TEST_GGUF"]
NDJSON = {"accept": "application/x-ndjson"}
PATH = "/aichat/conversations"


@pytest.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Served, None]:
    monkeypatch.setenv("ACECHAT_HOME", str(tmp_path))
    server = EmbeddedServer(find_paths(), GGUF)
    yield await server.start()
    await server.aclose()
    # What llama.cpp says never comes out.
    assert find_paths().log.read_text() == ""


@pytest.fixture
async def http(served: Served) -> AsyncGenerator[httpx.AsyncClient, None]:
    headers = {"authorization": f"Bearer {served.token}"}
    async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=50) as client:
        yield client


async def beginning(http: httpx.AsyncClient, count: int = 3, **body: Any) -> list[dict[str, Any]]:
    """Ask, and return the first lines: how much a small model goes on to say is up to it."""
    body = {"model": model_name(Path(GGUF)), **body}
    received: list[dict[str, Any]] = []
    async with http.stream("POST", PATH, json=body, headers=NDJSON) as response:
        assert response.status_code == 200
        async for line in response.aiter_lines():
            received.append(json.loads(line))
            if len(received) == count:
                break
    return received


async def test_the_model_is_the_default_and_streams_as_it_speaks(
    served: Served, http: httpx.AsyncClient
) -> None:
    assert served.default_model == model_name(Path(GGUF))
    assert served.models == (served.default_model, "guide", "sample")
    received = await beginning(http, question="Name three colours of the rainbow.")
    said = "".join(line["delta_answer"] for line in received)
    assert said
    assert received[-1]["answer"] == said


async def test_the_guide_answers_while_the_model_loads(http: httpx.AsyncClient) -> None:
    loading = asyncio.create_task(beginning(http, question="Say hello."))
    guide = {"model": "guide", "question": "thanks"}
    assert (await http.post(PATH, json=guide)).status_code == 200
    assert await loading


async def test_a_stopped_answer_frees_the_model(http: httpx.AsyncClient) -> None:
    # One answer at a time: the second would wait for all five hundred numbers.
    assert await beginning(http, 1, question="Count from one to five hundred.")
    assert await beginning(http, 1, question="Say hello.")


async def test_a_long_question_can_be_stopped_while_it_is_read(http: httpx.AsyncClient) -> None:
    # Reading it takes ten seconds on two slow cores.
    question = "Summarise: " + "the quick brown fox jumps over the lazy dog. " * 250
    body = {"model": model_name(Path(GGUF)), "question": question}
    with suppress(httpx.ReadTimeout):
        await http.post(PATH, json=body, timeout=1)
    assert await beginning(http, 1, question="Say hello.")


async def test_a_question_longer_than_the_context_is_refused(http: httpx.AsyncClient) -> None:
    body = {"model": model_name(Path(GGUF)), "question": "word " * 20_000}
    response = await http.post(PATH, json=body)
    assert response.status_code == 500
    assert "too long for this model" in response.json()["error"]["message"]
