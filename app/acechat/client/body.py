"""The body of an answer as lines: inflated where need be, each piece as it comes."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from acechat.client.inflate import Inflater
from acechat.client.ndjson import NdjsonDecoder
from acechat.errors import ChatError

if TYPE_CHECKING:
    from acechat.client.transport import Call, Reply

MAX_SMALL = 64 * 1024
"""Bytes that are read of the body of an error; at most 500 characters of it are shown."""


class AnswerBody:
    """Reads the lines of a body that may be very long."""

    def __init__(self, call: "Call", reply: "Reply") -> None:
        """Take a call whose head has arrived.

        Raises:
            BadStream: the body is encoded in a way that this program does not know.
        """
        encoding = reply.headers.get("content-encoding", "")
        self._call = call
        self._inflater = Inflater(encoding)
        self._pieces: Iterator[bytes] = iter(())
        self._decoder = NdjsonDecoder()

    async def read(self) -> list[bytes] | None:
        """Wait for more of the body and return the lines it completes; None at the end.

        Raises:
            ChatError: the body broke off, is silent for too long, or cannot be read.
        """
        piece = next(self._pieces, None)
        if piece is not None:
            # A few compressed bytes can hold very much: the keyboard comes in between.
            await asyncio.sleep(0)
            return self._decoder.feed(piece)
        chunk = await self._call.read()
        if chunk is None:
            self._inflater.finish()
            return None
        self._pieces = self._inflater.feed(chunk)
        return self._decoder.feed(next(self._pieces, b""))

    def tail(self) -> bytes | None:
        """Return what came behind the last newline."""
        return self._decoder.flush()


async def small_body(call: "Call", reply: "Reply", seconds: float, size: int = MAX_SMALL) -> bytes:
    """Return the beginning of a body, or what came of it within `seconds`; never fails."""
    found = b""
    try:
        inflater = Inflater(reply.headers.get("content-encoding", ""))
        async with asyncio.timeout(seconds):
            while len(found) < size and (chunk := await call.read()) is not None:
                for piece in inflater.feed(chunk):
                    found += piece
                    if len(found) >= size:
                        break
    except (ChatError, TimeoutError):
        pass  # the status says enough
    return found[:size]


async def read_whole(call: "Call", reply: "Reply", size: int) -> bytes | None:
    """Return a whole body, or None where it is larger than `size`.

    Raises:
        ChatError: the body broke off, is silent for too long, or cannot be read.
    """
    found = bytearray()
    inflater = Inflater(reply.headers.get("content-encoding", ""))
    while (chunk := await call.read()) is not None:
        for piece in inflater.feed(chunk):
            found += piece
            if len(found) > size:
                return None
    inflater.finish()
    return bytes(found)
