"""The embedded server as a child process: it starts, answers, and never stays behind."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from acechat.errors import ServerError
from acechat.paths import Paths, find_paths
from acechat.server.process import EmbeddedServer, Served

CANARY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("ACECHAT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ACEDATACLOUD_API_TOKEN", CANARY)
    return find_paths()


@pytest.fixture
async def server(paths: Paths) -> AsyncGenerator[EmbeddedServer, None]:
    embedded = EmbeddedServer(paths)
    yield embedded
    await embedded.aclose()


async def refused(url: str) -> None:
    """Wait until nothing listens at `url` any more."""
    address = urlsplit(url)
    async with asyncio.timeout(5):
        while True:
            try:
                _, writer = await asyncio.open_connection(address.hostname, address.port)
            except ConnectionRefusedError:
                return
            writer.close()
            await asyncio.sleep(0.01)


async def ask(served: Served, question: str, **body: str | bool) -> dict[str, str]:
    headers = {"authorization": f"Bearer {served.token}"}
    async with httpx.AsyncClient(base_url=served.url, headers=headers) as client:
        body = {"model": served.default_model, "question": question, **body}
        response = await client.post("/aichat/conversations", json=body)
    assert response.status_code == 200, response.text
    return response.json()


async def test_it_answers_as_soon_as_it_is_started(server: EmbeddedServer) -> None:
    served = await server.start()
    assert served.url.startswith("http://127.0.0.1:")
    assert served.models == ("guide", "sample")
    assert served.default_model == "guide"
    assert "I am the guide" in (await ask(served, "hi"))["answer"]


async def test_conversations_outlive_a_restart(server: EmbeddedServer) -> None:
    served = await server.start()
    first = await ask(served, "how do I add a token?", stateful=True)
    await server.aclose()
    again = await server.start()
    assert again.token != served.token
    second = await ask(again, "more", stateful=True, id=first["id"])
    assert second["id"] == first["id"]
    assert "There is nothing to go on with" not in second["answer"]


async def test_it_is_gone_at_once_when_closed(server: EmbeddedServer) -> None:
    served = await server.start()
    # Even in the middle of an answer.
    asking = asyncio.create_task(ask(served, "slowly", model="sample"))
    await asyncio.sleep(0)
    start = time.monotonic()
    await server.aclose()
    assert time.monotonic() - start < 0.5
    with pytest.raises(httpx.TransportError):
        await asking
    await refused(served.url)
    await server.aclose()


async def test_the_child_knows_no_secret_but_its_own(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\nenv > {tmp_path}/environment\necho "$@" > {tmp_path}/arguments')
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(ServerError, match="its process ended with status 0"):
        await EmbeddedServer(paths).start()
    environment = (tmp_path / "environment").read_text()
    token = environment.partition("ACECHAT_SERVER_TOKEN=")[2].split()[0]
    assert len(token) == 32
    assert CANARY not in environment
    assert token not in (tmp_path / "arguments").read_text()


async def test_the_terminals_signals_do_not_reach_it(server: EmbeddedServer) -> None:
    served = await server.start()
    assert server._child is not None
    pid = server._child.pid
    assert os.getpgid(pid) != os.getpgid(os.getpid())
    os.kill(pid, signal.SIGINT)
    assert "guide" in (await ask(served, "hi"))["answer"]


async def test_a_model_file_that_is_none_is_named(paths: Paths, tmp_path: Path) -> None:
    bogus = tmp_path / "bogus.gguf"
    bogus.write_bytes(b"not a model")
    server = EmbeddedServer(paths, str(bogus))
    with pytest.raises(ServerError, match=r"bogus\.gguf is not a GGUF model file"):
        await server.start()


async def test_a_child_that_dies_is_quoted(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/ls")
    with pytest.raises(ServerError, match=r"the embedded server did not start: .*ls"):
        await EmbeddedServer(paths).start()


async def test_a_child_that_cannot_be_run_is_an_error(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ServerError, match="the embedded server cannot be started"):
        await EmbeddedServer(paths).start()


async def test_a_folder_that_cannot_be_made_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ACECHAT_HOME", str(tmp_path / "file"))
    with pytest.raises(ServerError, match="has no place for its files"):
        await EmbeddedServer(find_paths()).start()


async def test_it_ends_with_its_parent_even_if_that_is_killed(paths: Paths) -> None:
    program = (
        "import asyncio\n"
        "from acechat.paths import find_paths\n"
        "from acechat.server.process import EmbeddedServer\n"
        "async def main():\n"
        "    server = EmbeddedServer(find_paths())\n"
        "    print((await server.start()).url, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=PIPE)
    assert parent.stdout is not None
    url = (await parent.stdout.readline()).decode().strip()
    assert url.startswith("http://127.0.0.1:")
    parent.kill()
    await parent.wait()
    await refused(url)
