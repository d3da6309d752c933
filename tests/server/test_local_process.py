"""The model in a process of its own, with a package that only repeats what it is given."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest

from acechat.paths import find_paths
from acechat.server.answering import AnswerFailed, Asked, Exchange
from acechat.server.local import LocalModel
from acechat.server.local_worker import CONTEXT, ROOM
from acechat.server.process import EmbeddedServer

PACKAGE = Path(__file__).parent / "fake_package"


@pytest.fixture
def gguf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE))
    file = tmp_path / "Parrot-1B-Q4_0.gguf"
    file.write_bytes(b"GGUF")
    return file


@pytest.fixture
async def model(gguf: Path) -> AsyncGenerator[LocalModel, None]:
    local = LocalModel(gguf)
    yield local
    await local.aclose()


async def say(model: LocalModel, question: str) -> str:
    return "".join([piece async for piece in model.answer(Asked(question))])


async def test_preset_and_conversation_are_in_the_prompt(model: LocalModel) -> None:
    history = (Exchange("one", "1"), Exchange("two", "2"))
    pieces = [piece async for piece in model.answer(Asked("three", "Be kind.", (), history))]
    assert pieces == [
        "system=Be kind.; ",
        "user=one; ",
        "assistant=1; ",
        "user=two; ",
        "assistant=2; ",
        "user=three; ",
    ]


async def test_references_are_named_as_what_cannot_be_opened(model: LocalModel) -> None:
    asked = Asked("?", references=("https://example.org/a.png",))
    assert [piece async for piece in model.answer(asked)] == [
        "user=?\n\n(This refers to addresses that you cannot open:\nhttps://example.org/a.png); "
    ]


async def test_the_oldest_exchanges_give_way(model: LocalModel) -> None:
    long = "x" * (CONTEXT // 4)
    history = tuple(Exchange(f"{number} {long}", "yes") for number in range(6))
    asked = Asked("now?", "Be kind.", (), history)
    roles = [piece async for piece in model.answer(asked)]
    assert roles[0] == "system=Be kind.; "
    assert roles[-1] == "user=now?; "
    kept = [piece for piece in roles if piece.startswith("user=")][:-1]
    assert [piece[5] for piece in kept] == ["4", "5"]
    assert sum(len(turn.question) for turn in history[-2:]) < CONTEXT - ROOM


async def test_a_question_beyond_the_context_is_refused(model: LocalModel) -> None:
    with pytest.raises(AnswerFailed, match="the question is too long for this model"):
        await say(model, "x" * (CONTEXT + 1))
    # Into the room for the answer it may go.
    assert await say(model, "x" * (CONTEXT - 1)) == f"user={'x' * 100}; "


async def test_one_answer_at_a_time(model: LocalModel) -> None:
    answers = await asyncio.gather(*(say(model, f"question {number}") for number in range(5)))
    assert answers == [f"user=question {number}; " for number in range(5)]


async def test_an_answer_that_is_given_up_makes_room_for_the_next(model: LocalModel) -> None:
    async with aclosing(model.answer(Asked("go on for ever"))) as answer:
        assert await anext(answer) == "user=go on for ever; "
        assert await anext(answer) == "on "
    assert await say(model, "next") == "user=next; "


async def test_a_cancelled_question_leaves_the_line(model: LocalModel) -> None:
    async with aclosing(model.answer(Asked("go on for ever"))) as answer:
        await anext(answer)
        waiting = asyncio.create_task(say(model, "never answered"))
        await asyncio.sleep(0)
        waiting.cancel()
    assert await say(model, "next") == "user=next; "


async def test_what_the_model_refuses_is_told(model: LocalModel) -> None:
    with pytest.raises(AnswerFailed, match="no template"):
        await say(model, "refuse this")
    assert await say(model, "next") == "user=next; "


async def test_a_crash_is_told_and_the_next_question_starts_it_again(model: LocalModel) -> None:
    with pytest.raises(AnswerFailed, match=r"that runs parrot-1b ended by itself \(7\)"):
        await say(model, "crash")
    assert await say(model, "next") == "user=next; "


@pytest.fixture
def broken(gguf: Path) -> Path:
    gguf.write_bytes(b"GGUF broken")
    return gguf


async def test_a_file_that_cannot_be_loaded_is_told_to_each_question(broken: Path) -> None:
    model = LocalModel(broken)
    model.load()
    for _ in range(2):
        with pytest.raises(AnswerFailed, match=r"llama\.cpp cannot load .*Parrot-1B-Q4_0\.gguf"):
            await say(model, "hi")
    await model.aclose()


async def test_closing_while_it_loads(gguf: Path) -> None:
    model = LocalModel(gguf)
    model.load()
    await model.aclose()
    await model.aclose()


async def test_the_server_offers_it_first_and_stays_silent(
    gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACECHAT_HOME", str(tmp_path / "home"))
    paths = find_paths()
    server = EmbeddedServer(paths, str(gguf))
    served = await server.start()
    assert served.models == ("parrot-1b", "guide", "sample")
    assert served.default_model == "parrot-1b"
    headers = {"authorization": f"Bearer {served.token}"}
    async with httpx.AsyncClient(base_url=served.url, headers=headers) as client:
        body = {"model": "parrot-1b", "question": "hello", "preset": "Be kind."}
        response = await client.post("/aichat/conversations", json=body)
    assert response.json() == {"answer": "system=Be kind.; user=hello; "}
    await server.aclose()
    assert paths.log.read_text() == ""
