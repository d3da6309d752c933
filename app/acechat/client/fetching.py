"""An image over HTTP, to be shown: asked for without any token, and no more of it than is shown."""

import asyncio
from typing import TYPE_CHECKING

from acechat.client.body import read_whole
from acechat.client.files import SUCCESS, opened, outcome, plain_headers
from acechat.client.timeouts import Timeouts
from acechat.errors import ChatError, FileError
from acechat.files import IMAGE_LIMIT, MAX_IMAGE, size_words
from acechat.models import Reference
from acechat.origin import host_of

if TYPE_CHECKING:
    from acechat.client.transport import Call, Reply

_UNNAMED = frozenset({"", "application/octet-stream", "binary/octet-stream"})
"""What servers call files of which they know nothing."""


async def fetch_image(
    url: str, *, ca_file: str | None = None, timeouts: Timeouts | None = None
) -> bytes:
    """Return the bytes of an image; no redirect is followed.

    Args:
        url: Where it is.
        ca_file: Certificates to trust beside the usual ones.
        timeouts: How long each step may take, `fetched` for all of it.

    Raises:
        FileError: it cannot be had, is larger than `MAX_IMAGE`, or is no image.
    """
    timeouts = timeouts or Timeouts()
    try:
        async with asyncio.timeout(timeouts.fetched):
            return await _fetch(Reference.parse(url).url, ca_file, timeouts)
    except TimeoutError:
        raise FileError(f"the image did not come within {timeouts.fetched:g} s") from None
    except ChatError as error:
        raise FileError(error.message) from None
    except ValueError as error:
        raise FileError(str(error)) from None


async def _fetch(url: str, ca_file: str | None, timeouts: Timeouts) -> bytes:
    async with opened(url, ca_file) as client:
        from acechat.client.transport import Call

        limit = timeouts.glance
        patience = Timeouts(limit, limit, limit, limit)
        call = Call(client, url, plain_headers(), b"", patience, method="GET", what="the request")
        async with call:
            return await _body(call, await call.reply(), host_of(url))


async def _body(call: "Call", reply: "Reply", host: str) -> bytes:
    seen = outcome(reply, host)
    if reply.status not in SUCCESS:
        raise FileError(f"the URL {seen.words}")
    kind = seen.content_type.lower()
    if not kind.startswith("image/") and kind not in _UNNAMED:
        size = "" if seen.size is None else f", {size_words(seen.size)}"
        raise FileError(f"this is no image: {seen.content_type}{size}")
    if seen.size is not None and seen.size > MAX_IMAGE:
        raise FileError(f"the image has {size_words(seen.size)}; {IMAGE_LIMIT}")
    content = await read_whole(call, reply, MAX_IMAGE)
    if content is None:
        raise FileError(f"the image is too large; {IMAGE_LIMIT}")
    return content
