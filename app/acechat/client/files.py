"""Files over HTTP: one of this machine is uploaded, and a URL is looked at."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from acechat import __version__
from acechat.clean import clean_line
from acechat.client import wire
from acechat.client.body import small_body
from acechat.client.refusal import redirected, rejected
from acechat.client.timeouts import Timeouts
from acechat.errors import BadStream, ChatError, Unreachable
from acechat.files import LookedAt, StoredFile
from acechat.models import Reference
from acechat.origin import check_base_url, host_of

if TYPE_CHECKING:
    import httpx

    from acechat.client.multipart import FilePart
    from acechat.client.transport import Call, Reply

FILES = "/api/v1/files/"
"""Where files go (`api.md` section 8)."""

MAX_URL = 2048
"""Characters of a file's URL: what browsers and servers take at the least."""

_MAX_TYPE = 60
"""Characters of a content type that are shown; the longest of Office documents have 73."""

SUCCESS = range(200, 300)
"""The HTTP statuses of what was done."""

_REDIRECT = range(300, 400)
_NO_HEAD = frozenset({400, 403, 404, 405, 501})
"""With these some servers refuse HEAD, and not GET; links that are signed for GET among them."""


class HttpFileHost:
    """A `FileHost` at one base URL with one token."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        ca_file: str | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        """Take where files go; nothing is opened and nothing refused yet.

        Args:
            base_url: https, or http on a loopback address.
            token: it goes to that base URL and nowhere else; empty where there is none.
            ca_file: certificates to trust beside the usual ones.
            timeouts: how long each step may take.
        """
        self._base_url = base_url.strip().rstrip("/")
        self._token = token.strip()
        self._ca_file = ca_file
        self._timeouts = timeouts or Timeouts()

    @property
    def host(self) -> str:
        """The name of the host that files go to."""
        return host_of(self._base_url)

    @property
    def has_token(self) -> bool:
        """Whether there is a token to upload with."""
        return bool(self._token)

    async def upload(self, path: Path, told: Callable[[int], None]) -> StoredFile:
        """Send a file, and return it with its URL. Being cancelled closes the connection.

        Args:
            path: What is sent; it is read piece by piece.
            told: Hears how many bytes of it the network has taken.

        Raises:
            FileError: the file cannot be uploaded; nothing was sent, or not all of it.
            ChatError: the server did not take it, or cannot be reached.
        """
        self._check()
        from acechat.client.multipart import FilePart

        part = await asyncio.to_thread(FilePart, path, told)
        try:
            return await self._send(part)
        except ChatError:
            if part.failure is not None:
                raise part.failure from None
            raise
        finally:
            part.close()

    async def look(self, url: str) -> LookedAt:
        """Ask a URL whether it answers, without any token; no redirect is followed."""
        try:
            async with asyncio.timeout(self._timeouts.glance):
                return await self._look(url)
        except TimeoutError:
            words = f"no answer within {self._timeouts.glance:g} s"
        except ChatError as error:
            words = clean_line(error.message)
        except ValueError as error:
            words = str(error)
        return LookedAt(answers=False, words=words)

    def _check(self) -> None:
        """Refuse a base URL that no token may go to, and a token that no header can carry."""
        try:
            check_base_url(self._base_url)
        except ValueError as error:
            raise Unreachable(str(error), retryable=False) from None
        if not self._token:
            raise Unreachable("there is no account token", retryable=False, code="no_token")
        if not (self._token.isascii() and self._token.isprintable() and " " not in self._token):
            raise Unreachable(
                "the token holds characters that no token has; paste it again",
                retryable=False,
                code="invalid_token",
            )

    async def _send(self, part: "FilePart") -> StoredFile:
        from acechat.client.transport import Call

        headers = {
            "authorization": f"Bearer {self._token}",
            "content-type": part.content_type,
            "content-length": str(part.length),
            "accept": "application/json",
            "accept-encoding": "identity",
            "user-agent": f"acechat/{__version__}",
        }
        patience = self._timeouts.stored
        timeouts = Timeouts(self._timeouts.connect, self._timeouts.write, patience, patience)
        async with (
            opened(self._base_url, self._ca_file) as client,
            Call(
                client,
                f"{self._base_url}{FILES}",
                headers,
                part.pieces(),
                timeouts,
                what=part.file.name,
            ) as call,
        ):
            # However long it takes to go out: each piece has its own limit.
            await call.sent()
            reply = await call.reply()
            if reply.status not in SUCCESS:
                raise await self._refusal(call, reply)
            body = await small_body(call, reply, self._timeouts.check)
        return StoredFile(_checked(wire.file_url_in(body)), part.file.path.name, part.file.size)

    async def _refusal(self, call: "Call", reply: "Reply") -> ChatError:
        location = reply.headers.get("location")
        if reply.status in _REDIRECT and location:
            return redirected(location, reply.status, self.host, self._token)
        body = await small_body(call, reply, self._timeouts.check)
        words = wire.error_in_body(body)
        return rejected(words, reply.status, self._token, reply.headers, of_file=True)

    async def _look(self, url: str) -> LookedAt:
        url = Reference.parse(url).url
        async with opened(url, self._ca_file) as client:
            reply = await self._head_of(client, url, "HEAD")
            if reply.status in _NO_HEAD:
                # One byte is enough; who does not know ranges is cut short.
                reply = await self._head_of(client, url, "GET", {"range": "bytes=0-0"})
        return outcome(reply, host_of(url))

    async def _head_of(
        self,
        client: "httpx.AsyncClient",
        url: str,
        method: str,
        more: dict[str, str] | None = None,
    ) -> "Reply":
        from acechat.client.transport import Call

        limit = self._timeouts.glance
        headers = plain_headers() | (more or {})
        timeouts = Timeouts(limit, limit, limit, limit)
        call = Call(client, url, headers, b"", timeouts, method=method, what="the request")
        async with call:
            return await call.reply()


def plain_headers() -> dict[str, str]:
    """Return the headers of a request that carries no token."""
    return {
        "accept": "*/*",
        "accept-encoding": "identity",
        "user-agent": f"acechat/{__version__}",
    }


@asynccontextmanager
async def opened(url: str, ca_file: str | None) -> "AsyncGenerator[httpx.AsyncClient]":
    """Open a client for one call; files are few, so none is kept."""
    client = await asyncio.to_thread(_open, url, ca_file)
    try:
        yield client
    finally:
        await client.aclose()


def _open(url: str, ca_file: str | None) -> "httpx.AsyncClient":
    """Import httpx and make its client; both take tens of milliseconds."""
    from acechat.client.transport import open_client

    return open_client(url, ca_file)


def _checked(url: str) -> str:
    """Return the URL of an uploaded file, where it is one that can be a reference.

    Raises:
        BadStream: it is not.
    """
    if not url:
        raise BadStream("the server took the file and did not say where it is")
    try:
        if len(url) > MAX_URL or not url.isprintable():
            raise ValueError
        return Reference.parse(url).url
    except ValueError:
        raise BadStream("the server took the file, and what it calls its URL is none") from None


def outcome(reply: "Reply", host: str) -> LookedAt:
    """Say what became of asking a URL, by the head of the answer."""
    status = reply.status
    if status in _REDIRECT:
        to = clean_line(host_of(reply.headers.get("location", ""))) or clean_line(host)
        return LookedAt(answers=False, words=f"redirects to {to}, not followed")
    if status not in SUCCESS:
        said = {401: "asks for a login", 403: "refuses", 404: "is not there", 410: "is gone"}
        words = said.get(status) or ("has an error" if status >= 500 else "refuses")
        return LookedAt(answers=False, words=f"{words} (HTTP {status})")
    kind = clean_line(reply.headers.get("content-type", "").partition(";")[0])[:_MAX_TYPE]
    return LookedAt(answers=True, words="answers", content_type=kind, size=_size(reply))


def _size(reply: "Reply") -> int | None:
    whole = reply.headers.get("content-range", "").rpartition("/")[2]
    if reply.status != 206:
        whole = reply.headers.get("content-length", "")
    return int(whole) if whole.isascii() and whole.isdigit() and len(whole) < 16 else None
