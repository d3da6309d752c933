"""Escape, whatever is waited for: the wait ends, and the next question can be asked."""

import gzip
import socket
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest

from acechat.client.timeouts import Timeouts
from acechat.connection import VARIABLE as BASE_URL
from acechat.models import Status
from acechat.tokens import VARIABLE as API_TOKEN
from fault_rows import TOKEN
from faults import Exchange, FaultServer, complete, stream
from journeys.at_the_api import at_the_api, kept
from person import Person, at_the_program


@pytest.fixture(autouse=True)
def waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no limit end what is waited for: only Escape does."""
    for_ever = (3600.0,) * len(Timeouts.__init__.__defaults__ or ())
    monkeypatch.setattr(Timeouts.__init__, "__defaults__", for_ever)


@asynccontextmanager
async def at(home: Path, url: str) -> AsyncGenerator[Person]:
    """Start the program with this base URL, and wait until it can ask."""
    environ = {BASE_URL: url, API_TOKEN: TOKEN}
    async with at_the_program(home, environ=environ) as person:
        await person.until("a connection", lambda: person.app.chat_screen.connection)
        yield person


async def stops_at_once(person: Person, home: Path) -> None:
    """Press Escape; nothing is left of the wait, and the question can be sent again."""
    await person.presses("escape")
    await person.until("free", lambda: not person.app.chat_screen.prompt.busy)
    await person.sees("stopped after", "> Ask anything")
    ((_, messages),) = await kept(home)
    assert [(m.text, m.status) for m in messages] == [
        ("Why?", Status.COMPLETE),
        ("", Status.STOPPED),
    ]


@contextmanager
def black_hole() -> Generator[int]:
    """Yield a port at which every connection is begun and never made."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        port: int = server.getsockname()[1]
        waiting: list[socket.socket] = []
        # The queue is filled: what comes after it is not answered.
        for _ in range(3):
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(("127.0.0.1", port))
        try:
            yield port
        finally:
            for each in waiting:
                each.close()


async def test_while_a_connection_is_being_made(tmp_path: Path) -> None:
    with black_hole() as port:
        async with at(tmp_path, f"http://127.0.0.1:{port}") as person:
            await person.asks("Why?")
            await person.sees("· connecting")
            await stops_at_once(person, tmp_path)


async def test_while_tls_is_being_agreed_on(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with at(tmp_path, f"https://127.0.0.1:{silent.getsockname()[1]}") as person:
            await person.asks("Why?")
            await person.sees("· connecting")
            await stops_at_once(person, tmp_path)


async def test_while_a_name_is_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answered = threading.Event(), threading.Event()

    def slow(*_: object, **__: object) -> None:
        asked.set()
        answered.wait(60)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    try:
        async with at(tmp_path, "https://api.acedata.invalid") as person:
            await person.asks("Why?")
            await person.until("it is asked for", asked.is_set)
            await stops_at_once(person, tmp_path)
    finally:
        answered.set()


async def test_while_an_answer_is_being_inflated(tmp_path: Path) -> None:
    # A few bytes that hold 3 MB of lines without anything, again and again: there is no end to it.
    packed = gzip.compress((b" " * 999_999 + b"\n") * 3)

    async def unpacks_for_ever(exchange: Exchange) -> None:
        await exchange.head("200 OK", "transfer-encoding: chunked", "content-encoding: gzip")
        with suppress(ConnectionError):
            while True:
                await exchange.chunk(packed)

    async with (
        FaultServer([unpacks_for_ever, complete(stream("It is blue."))]) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks("Why?")
        await server.asked.wait()
        await stops_at_once(person, tmp_path)
        await person.asks("And then?")
        await person.sees("It is blue.", "done in")
