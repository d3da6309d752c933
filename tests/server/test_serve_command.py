"""`acechat serve`: the server on its own."""

import argparse
import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from acechat.cli import serve

PROGRAM = (
    "import argparse, sys\n"
    "from acechat.cli import serve\n"
    "parser = argparse.ArgumentParser()\n"
    "serve.register(parser.add_subparsers())\n"
    "args = parser.parse_args()\n"
    "sys.exit(args.run(args))\n"
)

Start = Callable[..., Awaitable[Process]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncGenerator[Start, None]:
    """Starts the command; whatever is left of it ends with the test."""
    started: list[Process] = []

    async def run(*args: str, **environment: str) -> Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PROGRAM, "serve", *args),
            stdout=PIPE,
            stderr=PIPE,
            env={**os.environ, "ACECHAT_HOME": str(tmp_path / "home"), **environment},
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def shown(process: Process) -> dict[str, str]:
    """What the command says at the start, by its first word."""
    assert process.stdout is not None
    said: dict[str, str] = {}
    async with asyncio.timeout(20):
        while line := (await process.stdout.readline()).decode():
            said[line.split()[0]] = line.split("  ")[-1].strip()
            if line.startswith("ctrl+c"):
                break
    return said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_says_how_to_ask_it_and_ends_quietly(start: Start, number: signal.Signals) -> None:
    process = await start("--port", "0", ACECHAT_SERVER_TOKEN="a-token")
    said = await shown(process)
    url = said["serving"]
    assert said["models"] == "guide, sample"
    assert said["token"] == "a-token"
    assert said["ask"] == (
        f"ACEDATACLOUD_API_BASE_URL={url} ACEDATACLOUD_API_TOKEN=a-token acechat"
    )
    headers = {"authorization": "Bearer a-token", "accept": "application/x-ndjson"}
    body = {"model": "sample", "question": "slowly"}
    async with (
        httpx.AsyncClient(base_url=url, headers=headers) as client,
        client.stream("POST", "/aichat/conversations", json=body) as response,
    ):
        assert response.status_code == 200
        async for _ in response.aiter_raw():
            break
        # In the middle of an answer.
        process.send_signal(number)
        out, err = await asyncio.wait_for(process.communicate(), 5)
    assert (process.returncode, out, err) == (0, b"", b"")


async def test_without_a_token_a_random_one_is_made(start: Start) -> None:
    first, second = await start("--port", "0"), await start("--port", "0")
    tokens = {(await shown(first))["token"], (await shown(second))["token"]}
    assert len(tokens) == 2
    assert all(len(token) == 32 for token in tokens)


async def test_a_port_that_is_taken_is_one_sentence(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await start("--port", str(port))
        out, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert out == b""
    assert err.decode() == f"acechat: port {port} is taken; choose another with --port\n"


async def test_a_port_that_is_none_is_one_sentence(start: Start) -> None:
    process = await start("--port", "70000")
    _, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert err.decode() == "acechat: 70000 is not a port: it is a number from 0 to 65535\n"


async def test_a_model_that_is_none_is_one_sentence(start: Start, tmp_path: Path) -> None:
    process = await start("--port", "0", "--gguf", str(tmp_path / "no.gguf"))
    _, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert err.decode() == f"acechat: there is no model file {tmp_path}/no.gguf\n"


async def test_a_place_that_cannot_be_had_is_one_sentence(start: Start, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, not a folder")
    process = await start("--port", "0")
    _, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert err.decode() == (
        "acechat: the server has no place for its conversations, "
        f"{tmp_path}/home/server.db: File exists\n"
    )


def test_there_is_no_option_for_the_token() -> None:
    # What is in the arguments can be read by everybody on the machine.
    parser = argparse.ArgumentParser()
    serve.register(parser.add_subparsers())
    args = parser.parse_args(["serve"])
    assert set(vars(args)) == {"port", "gguf", "run"}
