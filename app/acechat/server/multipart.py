"""Reads the one file of a form while its bytes arrive, so that none is ever whole in memory."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from acechat.server.bodies import ApiError

MAX_HEADERS = 16 * 1024
"""Bytes before the content of a part."""

_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))', re.IGNORECASE)
_NAME = re.compile(rb'[;\s]name="([^"]*)"', re.IGNORECASE)
_FILENAME = re.compile(rb'filename="([^"]*)"', re.IGNORECASE)
_TYPE = re.compile(rb"^content-type:[ \t]*([^\r\n]+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """What a form says about its file."""

    name: str
    """The name of the file; empty where there is none."""
    content_type: str


def boundary_of(content_type: str) -> bytes:
    """Return the boundary that a form's content type names.

    Raises:
        ApiError: it is no form with files, or names none.
    """
    kind, _, rest = content_type.partition(";")
    found = _BOUNDARY.search(rest)
    if kind.strip().lower() != "multipart/form-data" or found is None:
        raise _wrong("`content-type` must be multipart/form-data with a boundary")
    return (found[1] or found[2]).encode("latin-1", "replace")


async def read_file(
    chunks: AsyncIterator[bytes], boundary: bytes, write: Callable[[bytes], object]
) -> Part:
    """Hand the content of the field `file` to `write`, and return what is said about it.

    Args:
        chunks: The body, in whatever pieces.
        boundary: What separates the parts.
        write: Takes the bytes of the file.

    Raises:
        ApiError: the form has no such field, or ends too early.
    """
    # Every boundary stands at the beginning of a line, the first one at that of the body.
    mark = b"\r\n--" + boundary
    rest = b"\r\n"
    part: Part | None = None
    inside = False
    async for chunk in chunks:
        rest += chunk
        while True:
            if inside:
                at = rest.find(mark)
                # The last bytes may be the beginning of a mark.
                end = at if at >= 0 else max(0, len(rest) - len(mark))
                if part is not None:
                    write(rest[:end])
                rest = rest[end:]
                if at < 0:
                    break
                if part is not None:
                    return part
                inside = False
            head = _head(rest, mark)
            if head is None:
                break
            fields, rest = head
            inside = True
            part = _file_part(fields)
    raise _wrong("the form ends too early" if inside else "the form has no field `file`")


def _head(rest: bytes, mark: bytes) -> tuple[bytes, bytes] | None:
    """Return the headers of the next part and what follows them; None where more has to come."""
    at = rest.find(mark)
    end = rest.find(b"\r\n\r\n", at) if at >= 0 else -1
    if end < 0:
        if len(rest) > MAX_HEADERS:
            raise _wrong("the form cannot be read")
        return None
    return rest[at + len(mark) : end], rest[end + 4 :]


def _file_part(fields: bytes) -> Part | None:
    name = _NAME.search(fields)
    if name is None or name[1] != b"file":
        return None
    filename = _FILENAME.search(fields)
    kind = _TYPE.search(fields)
    return Part(
        filename[1].decode("utf-8", "replace") if filename else "",
        kind[1].decode("latin-1").strip() if kind else "application/octet-stream",
    )


def _wrong(what: str) -> ApiError:
    return ApiError(400, "bad_request", what)
