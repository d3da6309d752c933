"""An image is fetched to be shown: without a token, from where it is, and only so much of it."""

import asyncio
import gzip

import pytest

from acechat.client.fetching import fetch_image
from acechat.client.timeouts import Timeouts
from acechat.errors import FileError
from acechat.files import MAX_IMAGE
from faults import Behaviour, Exchange, FaultServer, held, refusing, verbatim, whole

IMAGE = b"\x89PNG and so on"


async def failing(behave: Behaviour, **seconds: float) -> str:
    async with FaultServer(behave) as server:
        with pytest.raises(FileError) as caught:
            await fetch_image(f"{server.url}/a.png", timeouts=Timeouts(**seconds))
    assert str(caught.value).isprintable()
    return str(caught.value)


async def test_an_image_is_asked_for_once_and_without_a_token() -> None:
    async with FaultServer(whole(IMAGE, kind="image/png")) as server:
        assert await fetch_image(f"{server.url}/a.png?b=c") == IMAGE
    (request,) = server.requests
    assert (request.method, request.path) == ("GET", "/a.png?b=c")
    assert "authorization" not in request.headers
    assert "cookie" not in request.headers


@pytest.mark.parametrize("kind", ["application/octet-stream", "IMAGE/webp; q=1"])
async def test_what_may_be_an_image_is_taken(kind: str) -> None:
    async with FaultServer(whole(IMAGE, kind=kind)) as server:
        assert await fetch_image(server.url) == IMAGE


async def test_what_is_packed_unasked_is_unpacked() -> None:
    packed = whole(gzip.compress(IMAGE), "200 OK", "content-encoding: gzip", kind="image/png")
    async with FaultServer(packed) as server:
        assert await fetch_image(server.url) == IMAGE


def stating(length: int, body: bytes = b"") -> Behaviour:
    """Speak of more in the head than what comes behind it."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: %d\r\n\r\n" % length
    return verbatim(head + body)


async def endless(exchange: Exchange) -> None:
    """Send zeros until nobody listens."""
    await exchange.head("200 OK", "transfer-encoding: chunked", kind="image/png")
    while not exchange.reader.at_eof():
        await exchange.chunk(bytes(1_000_000))


BOMB = gzip.compress(bytes(MAX_IMAGE + 1))
"""Some kilobytes that become too large."""


HOSTILE = verbatim(
    b"HTTP/1.1 200 OK\r\ncontent-type: text/[/x]\x1b]52;c;aGk=\x07\r\ncontent-length: 9\r\n\r\n"
)


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (stating(MAX_IMAGE + 1_000_000), "the image has 21.0 MB; at most 20 MB are shown"),
        (endless, "the image is too large; at most 20 MB are shown"),
        (whole(BOMB, "200 OK", "content-encoding: gzip", kind="image/png"), "is too large"),
        (whole(b"<p>", kind="text/html; charset=utf-8"), "this is no image: text/html, 3 B"),
        (whole(b"", "302 Found", "location: http://127.0.0.1:1/b"), "redirects to 127.0.0.1"),
        (refusing("404 Not Found"), "the URL is not there (HTTP 404)"),
        (refusing("401 Unauthorized"), "the URL asks for a login (HTTP 401)"),
        (refusing("500 Internal Server Error"), "the URL has an error (HTTP 500)"),
        (stating(500, IMAGE), "cut off"),
        (verbatim(b"hello\r\n\r\n"), "is not HTTP"),
        (HOSTILE, "this is no image: text/[/x]"),
    ],
)
async def test_what_cannot_be_had_is_one_sentence(behave: Behaviour, words: str) -> None:
    assert words in await failing(behave)


async def test_what_does_not_come_ends_in_time() -> None:
    assert await failing(held(head=False), fetched=0.2) == "the image did not come within 0.2 s"


async def test_what_is_no_url_is_not_asked() -> None:
    with pytest.raises(FileError, match="starts with https:// or http://"):
        await fetch_image("ftp://a")


async def test_being_cancelled_closes_the_connection() -> None:
    async with FaultServer(held(head=False)) as server:
        fetching = asyncio.create_task(fetch_image(server.url))
        await server.asked.wait()
        fetching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await fetching
        await asyncio.wait_for(server.left.wait(), 10)
