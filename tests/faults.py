"""A loopback server that answers byte for byte as a script says, faults and all.

    async with FaultServer(complete(stream("Hello", "!"))) as server:
        ...                      # ask server.url
    assert len(server.requests) == 1

A script is one behaviour, or several of which each serves one request and the last all others.
"""

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from types import TracebackType
from typing import Self, cast

SERVER_ID = "7cdb293b-2267-4979-a1ec-48d9ad149916"
"""The conversation id in what `stream` and `single` make."""

NDJSON = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Request:
    """What one client sent."""

    method: str
    path: str
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes

    @property
    def fields(self) -> dict[str, object]:
        """The JSON object of the body."""
        return cast("dict[str, object]", json.loads(self.body))


@dataclass(slots=True)
class Exchange:
    """One request, and what a behaviour can do to its connection."""

    request: Request
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    gate: asyncio.Event

    async def raw(self, data: bytes) -> None:
        """Send bytes as they are, in a packet of their own."""
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: str = "200 OK", *headers: str, kind: str = NDJSON) -> None:
        """Send a status line and headers; without more headers the body ends with the socket."""
        lines = (f"HTTP/1.1 {status}", f"content-type: {kind}", *headers, "", "")
        await self.raw("\r\n".join(lines).encode())

    async def chunk(self, data: bytes) -> None:
        """Send one chunk of a chunked body."""
        await self.raw(b"%x\r\n%b\r\n" % (len(data), data))

    async def end(self) -> None:
        """End a chunked body."""
        await self.raw(b"0\r\n\r\n")

    async def closed(self) -> None:
        """Wait until the client closes the connection."""
        try:
            while await self.reader.read(1024):
                pass
        except ConnectionError:
            pass

    async def gate_or_closed(self) -> None:
        """Wait until the test opens the gate, or the client goes."""
        waits = {asyncio.create_task(self.gate.wait()), asyncio.create_task(self.closed())}
        _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        sock = cast("socket.socket", self.writer.get_extra_info("socket"))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Behaviour = Callable[[Exchange], Awaitable[None]]


@dataclass
class FaultServer:
    """Serves a script on a free loopback port while it is entered."""

    script: Behaviour | Sequence[Behaviour]
    tls: ssl.SSLContext | None = None
    keeps: bool = False
    """Another request may come over the same connection, as HTTP allows."""
    requests: list[Request] = field(default_factory=list[Request])
    """Every request that came in whole."""
    connections: int = 0
    """Every connection that was made."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """What behaviours made by `held` wait for."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a request has come in."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client closed its connection before its answer was over."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _port: int = 0

    @property
    def url(self) -> str:
        """The base URL."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self._port = cast("int", self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._tasks.add(task)
        self.connections += 1
        try:
            while True:
                request = await _receive(reader)
                self.requests.append(request)
                self.asked.set()
                await self._behaviour()(Exchange(request, reader, writer, self.gate))
                if not self.keeps:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            self.left.set()
        except asyncio.CancelledError:
            pass  # the server is leaving; the stream module complains about cancelled handlers
        finally:
            if reader.at_eof():
                self.left.set()
            self._tasks.discard(task)
            writer.close()

    def _behaviour(self) -> Behaviour:
        if callable(self.script):
            return self.script
        return self.script[min(len(self.requests), len(self.script)) - 1]


async def _receive(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = head.rstrip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)


def sliced(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    """Return `data` in pieces, cut at these places, each taken modulo the length."""
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


def line(**fields: object) -> bytes:
    """Return one NDJSON line."""
    return json.dumps(fields).encode() + b"\n"


def stream(*deltas: str, server_id: str | None = SERVER_ID) -> list[bytes]:
    """Return the lines of an answer as `api.md` section 3 has them."""
    answer = ""
    lines: list[bytes] = []
    for delta in deltas:
        answer += delta
        named = {} if server_id is None else {"id": server_id}
        lines.append(line(answer=answer, delta_answer=delta, **named))
    return lines


def typed(*deltas: str) -> list[bytes]:
    """Return the lines of an answer as the newer endpoint has them (`api.md` section 7)."""
    lines = [line(type="thinking", content="hm")]
    lines += [
        line(type="text_delta", content=delta, delta_answer=delta, id=SERVER_ID) for delta in deltas
    ]
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    return [*lines, line(type="done", conversation_id=SERVER_ID, usage=usage)]


def complete(chunks: Iterable[bytes], *headers: str, kind: str = NDJSON) -> Behaviour:
    """Answer 200 with a chunked body that ends as it should."""
    pieces = list(chunks)

    async def behave(exchange: Exchange) -> None:
        await exchange.head("200 OK", "transfer-encoding: chunked", *headers, kind=kind)
        for piece in pieces:
            await exchange.chunk(piece)
        await exchange.end()

    return behave


def whole(
    body: bytes, status: str = "200 OK", *headers: str, kind: str = "application/json"
) -> Behaviour:
    """Answer with a body of a stated length."""

    async def behave(exchange: Exchange) -> None:
        await exchange.head(status, f"content-length: {len(body)}", *headers, kind=kind)
        await exchange.raw(body)

    return behave


def refusing(status: str, *headers: str, **fields: object) -> Behaviour:
    """Answer with a JSON error of `fields`."""
    return whole(json.dumps(fields).encode(), status, *headers)


def cut(chunks: Iterable[bytes], *, reset: bool = False) -> Behaviour:
    """Send chunks, then close without ending the body, or reset the connection."""
    pieces = list(chunks)

    async def behave(exchange: Exchange) -> None:
        await exchange.head("200 OK", "transfer-encoding: chunked")
        for piece in pieces:
            await exchange.chunk(piece)
        if reset:
            # A reset overtakes what was sent; it is due when the client has read it.
            await exchange.gate_or_closed()
            exchange.reset()

    return behave


def verbatim(data: bytes) -> Behaviour:
    """Send bytes, whatever they are, and close."""

    async def behave(exchange: Exchange) -> None:
        await exchange.raw(data)

    return behave


def held(*before: bytes, after: Iterable[bytes] = (), head: bool = True) -> Behaviour:
    """Send a head and chunks, wait for the gate, then send the rest and end."""
    rest = list(after)

    async def behave(exchange: Exchange) -> None:
        if head:
            await exchange.head("200 OK", "transfer-encoding: chunked")
        for piece in before:
            await exchange.chunk(piece)
        await exchange.gate_or_closed()
        if exchange.reader.at_eof():
            return
        if not head:
            await exchange.head("200 OK", "transfer-encoding: chunked")
        for piece in rest:
            await exchange.chunk(piece)
        await exchange.end()

    return behave


def in_three(go_on: asyncio.Event) -> Behaviour:
    """Answer "one two three": the second word waits for `go_on`, the third for the gate."""
    first, second, third = stream("one ", "two ", "three")

    async def behave(exchange: Exchange) -> None:
        await exchange.head("200 OK", "transfer-encoding: chunked")
        await exchange.chunk(first)
        await go_on.wait()
        await exchange.chunk(second)
        await exchange.gate_or_closed()
        await exchange.chunk(third)
        await exchange.end()

    return behave


async def reset_at_once(exchange: Exchange) -> None:
    """Reset the connection without a byte."""
    exchange.reset()


async def close_at_once(exchange: Exchange) -> None:
    """Close the connection without a byte."""


@dataclass
class Tunnel:
    """A proxy: it connects every CONNECT to one server, whatever host it names."""

    to: FaultServer
    heads: list[bytes] = field(default_factory=list[bytes])
    """The head of every request, as it came."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _port: int = 0

    @property
    def url(self) -> str:
        """Where the proxy is."""
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._port = cast("int", self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._tasks.add(task)
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        port = int(self.to.url.rpartition(":")[2])
        back, there = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(_carry(reader, there), _carry(back, writer))
        except asyncio.CancelledError:
            pass  # the proxy is leaving; the stream module complains about cancelled handlers
        finally:
            there.transport.abort()
            writer.transport.abort()
            self._tasks.discard(task)


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Pass bytes on until either side closes."""
    with suppress(ConnectionError):
        while more := await source.read(65536):
            target.write(more)
            await target.drain()
    if target.can_write_eof():
        target.write_eof()
