"""Faults of the network and of HTTP."""

import gzip
import json
import zlib

from fault_rows.row import (
    ANSWER,
    BODY,
    DELTAS,
    GOOD,
    PAGE,
    SINGLE,
    Row,
    failed,
    ok,
    partial,
)
from faults import (
    SERVER_ID,
    Behaviour,
    Exchange,
    close_at_once,
    complete,
    cut,
    reset_at_once,
    typed,
    verbatim,
    whole,
)


def _unmarked(body: bytes, *headers: str) -> Behaviour:
    """Send a body whose end only the closing of the connection marks."""

    async def behave(exchange: Exchange) -> None:
        await exchange.head("200 OK", *headers)
        await exchange.raw(body)

    return behave


async def _bad_chunk(exchange: Exchange) -> None:
    await exchange.head("200 OK", "transfer-encoding: chunked")
    await exchange.chunk(GOOD[0])
    await exchange.raw(b"not a chunk size\r\n")


async def _bytewise(exchange: Exchange) -> None:
    await exchange.head("200 OK", f"content-length: {len(BODY)}")
    for position in range(len(BODY)):
        await exchange.raw(BODY[position : position + 1])


async def _one_packet(exchange: Exchange) -> None:
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(BODY)}\r\n\r\n".encode()
    await exchange.raw(head + BODY)


async def _informational(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 100 Continue\r\n\r\n")
    await exchange.raw(b"HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n")
    await complete(GOOD)(exchange)


def _sse(*, done: bool) -> Behaviour:
    events = [b": hello\n\n", b"event: message\nid: 1\nretry: 10\n"]
    events += [b"data: " + part + b"\n" for part in GOOD]
    return complete([*events, b"data: [DONE]\n\n"] if done else events, kind="text/event-stream")


def _slices(size: int) -> list[bytes]:
    return [BODY[start : start + size] for start in range(0, len(BODY), size)]


_PACKED = gzip.compress(BODY)
_PRETTY = json.dumps({**SINGLE, "usage": [{"a": 1}, 5]}, indent=2).encode()

NETWORK = (
    failed("closed without a byte", close_at_once, "Interrupted", "no_reply", "no reply"),
    failed("reset without a byte", reset_at_once, "Interrupted", "no_reply", "no reply"),
    failed("closed in the head", verbatim(b"HTTP/1.1 200 OK\r\nx"), "Interrupted", "no_reply"),
    failed("closed after the head", cut([]), "Interrupted", "no_reply", "no reply"),
    partial("cut in mid-line", cut([*GOOD[:2], GOOD[2][:30]]), "Hello, wör", "cut off"),
    partial("cut between lines", cut(GOOD[:2]), "Hello, wör", "cut off"),
    partial("cut behind the last line", cut(GOOD), ANSWER, "cut off"),
    partial("cut before a newline", cut([GOOD[0], GOOD[1][:-1]]), "Hello, wör", "cut off"),
    partial("reset", cut(GOOD[:2], reset=True), "Hello, wör", "cut off"),
    partial("bad chunk", _bad_chunk, "Hello", "cut off"),
    partial(
        "short length",
        _unmarked(GOOD[0], "content-length: 999"),
        "Hello",
        "cut off",
    ),
    partial("close without length", _unmarked(b"".join(GOOD[:2])), "Hello, wör", "closed"),
    partial(
        "close without length in mid-line",
        _unmarked(GOOD[0] + GOOD[1][:-9]),
        "Hello",
        "cut off",
    ),
    partial("ended in mid-line", complete([GOOD[0], GOOD[1][:-9]]), "Hello", "cut off"),
    partial(
        "truncated gzip",
        whole(gzip.compress(BODY, 0)[:250], "200 OK", "content-encoding: gzip"),
        "Hello, wör",
        "cut off",
    ),
    ok("no last newline", complete([*GOOD[:-1], GOOD[-1].rstrip()])),
    ok("one byte per packet", _bytewise),
    ok("odd chunks", complete(_slices(7))),
    ok("all in one packet", _one_packet),
    ok("informational responses", _informational),
    ok("gzip", complete([_PACKED[:20], _PACKED[20:]], "content-encoding: gzip")),
    ok(
        "gzip in two members",
        complete(
            [gzip.compress(GOOD[0]), gzip.compress(b"".join(GOOD[1:]))], "content-encoding: gzip"
        ),
    ),
    ok("deflate", complete([zlib.compress(BODY)], "content-encoding: deflate")),
    failed("lying gzip", complete(GOOD, "content-encoding: gzip"), "BadStream", "bad_stream"),
    failed("unknown encoding", complete(GOOD, "content-encoding: br"), "BadStream", "bad_stream"),
    failed(
        "bomb",
        whole(gzip.compress(bytes(100_000_000), 1), "200 OK", "content-encoding: gzip"),
        "BadStream",
        "too_large",
        "larger than 32 MB",
    ),
    ok("one JSON object", whole(json.dumps(SINGLE).encode())),
    ok("one JSON object without length", _unmarked(json.dumps(SINGLE).encode())),
    ok("lines", complete(GOOD)),
    ok("typed lines", complete(typed(*DELTAS)), ids=(SERVER_ID,)),
    ok("typed lines without length", _unmarked(b"".join(typed(*DELTAS)))),
    ok("pretty-printed JSON", whole(_PRETTY)),
    ok("pretty-printed JSON without length", _unmarked(_PRETTY)),
    ok("wrong content type", complete(GOOD, kind="text/html")),
    ok("event stream", _sse(done=True)),
    ok("event stream without its end mark", _sse(done=False)),
    failed("not HTTP", verbatim(b"SSH-2.0-x\r\n\r\n"), "BadStream", "bad_stream", "HTTP"),
    failed(
        "300 KB header",
        verbatim(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 300_000 + b"\r\n\r\n"),
        "BadStream",
        "bad_stream",
        "HTTP",
    ),
    failed("empty 200", whole(b""), "BadStream", "empty_reply", "empty"),
    failed("204", verbatim(b"HTTP/1.1 204 No Content\r\n\r\n"), "BadStream", "empty_reply"),
    failed("HTML 200", whole(PAGE, kind="text/html"), "BadStream", "bad_stream", "web page"),
    Row(
        "text 200",
        whole(b"OK", kind="text/plain"),
        "",
        "BadStream",
        "bad_stream",
        "not an answer",
        flawed=True,
        ids=(),
    ),
)
"""Network."""
