"""The file call of the platform, `api.md` section 8: files are taken, and given to who has the URL.

They are in temporary files that have no name, so nothing of them is left when the server ends,
however it ends.
"""

import asyncio
import os
import tempfile
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import BinaryIO, cast
from urllib.parse import quote
from uuid import uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from acechat.server.bodies import ApiError
from acechat.server.multipart import Part, boundary_of, read_file

MAX_FILE = 100_000_000
"""Bytes of a file, `api.md` section 8."""

MAX_FORM = MAX_FILE + 64 * 1024
"""Bytes of a request with such a file."""

KEPT = 100
"""Files that are kept; the oldest goes when another one comes."""

PIECE = 64 * 1024
"""Bytes that are sent at a time."""

_MAX_NAME = 120
"""Characters of a file's name that stand in its URL."""

_SHOWN = ("text/plain", "image/", "audio/", "video/", "application/pdf", "application/json")
"""What is sent as what it is. A page would be run by the browser that opens it."""


class FileReply(msgspec.Struct):
    """The reply to a file."""

    file_url: str


@dataclass(frozen=True, slots=True)
class _Kept:
    content: BinaryIO
    size: int
    content_type: str


class Files:
    """The files that were uploaded since the server was started."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def take(self, request: Request) -> FileReply:
        """Keep the file of a form and return where it is.

        Raises:
            ApiError: the form cannot be read, or the file is too large.
        """
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length) > MAX_FORM:
            raise _too_large()
        boundary = boundary_of(request.headers.get("content-type", ""))
        content = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - kept open
        try:
            part = await self._read(request, boundary, content)
            content.flush()
        except BaseException:
            content.close()
            raise
        size = content.tell()
        identity = uuid4().hex
        self._kept[identity] = _Kept(content, size, part.content_type)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)[1].content.close()
        host, port = cast("tuple[str, int]", request.scope["server"])
        name = part.name.rpartition("/")[2][-_MAX_NAME:] or "file"
        return FileReply(f"http://{host}:{port}/files/{identity}/{quote(name, safe='')}")

    async def _read(self, request: Request, boundary: bytes, content: BinaryIO) -> Part:
        size = 0

        def write(piece: bytes) -> None:
            nonlocal size
            size += len(piece)
            if size > MAX_FILE:
                raise _too_large()
            content.write(piece)

        async with aclosing(request.stream()) as stream:
            part = await read_file(stream, boundary, write)
            # What follows the file is read too: a reply before the end is often lost.
            async for _ in stream:
                pass
        return part

    def send(self, identity: str) -> Response | None:
        """Return the reply with a file, or None where there is none of this name."""
        kept = self._kept.get(identity)
        if kept is None:
            return None
        shown = kept.content_type.isprintable() and kept.content_type.startswith(_SHOWN)
        headers = {"content-length": str(kept.size), "x-content-type-options": "nosniff"}
        kind = kept.content_type if shown else "application/octet-stream"
        return StreamingResponse(_pieces(kept), media_type=kind, headers=headers)

    def close(self) -> None:
        """Let go of all files."""
        while self._kept:
            self._kept.popitem()[1].content.close()


async def _pieces(kept: _Kept) -> AsyncGenerator[bytes, None]:
    # A descriptor of its own: the file may leave while it is being sent.
    descriptor = os.dup(kept.content.fileno())
    try:
        at = 0
        while piece := await asyncio.to_thread(os.pread, descriptor, PIECE, at):
            yield piece
            at += len(piece)
    finally:
        os.close(descriptor)


def _too_large() -> ApiError:
    message = f"the file is larger than {MAX_FILE // 1_000_000} MB"
    return ApiError(413, "request_entity_too_large", message)
