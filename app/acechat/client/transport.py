"""The one place that knows httpx: a request goes out, bytes come in, errors are translated."""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self, cast

from acechat.clean import clean_line
from acechat.client import surroundings
from acechat.client.httpx_alone import httpx
from acechat.client.patience import Patience
from acechat.client.timeouts import Timeouts
from acechat.errors import (
    NO_REPLY,
    PROXY,
    UNTRUSTED,
    BadStream,
    ChatError,
    Interrupted,
    TimedOut,
    Unreachable,
)
from acechat.origin import host_of, is_loopback

_FAILURES = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, ValueError)
"""Everything that httpx and what is below it raise; UnicodeError is a ValueError."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The head of an answer."""

    status: int
    """The HTTP status."""
    headers: Mapping[str, str]
    """By lower-case name."""

    @property
    def framed(self) -> bool:
        """The end of the body is marked, so that a cut can be told from the end."""
        return "content-length" in self.headers or "transfer-encoding" in self.headers


def open_client(base_url: str, ca_file: str | None) -> httpx.AsyncClient:
    """Make the client for one server.

    A connection serves one question: a POST on a kept connection that the server has closed
    meanwhile breaks without a byte, and must not be repeated unasked because it may be charged
    twice. A new connection costs two round trips, against seconds of an answer.

    Raises:
        Unreachable: certificates or proxies of the environment cannot be used.
    """
    context = _trust(ca_file) if base_url.startswith("https:") else _no_trust()
    try:
        return httpx.AsyncClient(
            verify=context,
            # A proxy cannot reach this machine's own loopback address.
            trust_env=not is_loopback(base_url),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            follow_redirects=False,
        )
    except (*_FAILURES, ImportError):
        raise Unreachable(
            f"{_wrong_variable()} cannot be used; correct or unset it",
            retryable=False,
            code=PROXY,
        ) from None


def _no_trust() -> ssl.SSLContext:
    """Return a context that trusts nobody, for URLs without TLS: it costs nothing to make."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _trust(ca_file: str | None) -> ssl.SSLContext:
    named = surroundings.certificates(os.environ)
    try:
        if named and named[0] == "SSL_CERT_DIR" and not surroundings.are_readable(named[1]):
            raise FileNotFoundError
        context = httpx.create_ssl_context()
    except (OSError, ValueError):
        where = named[0] if named else "the system"
        raise Unreachable(
            f"the certificates in {where} cannot be read; correct or unset it",
            retryable=False,
            code=UNTRUSTED,
        ) from None
    if named is None:
        context.load_default_certs()
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ValueError):
            raise Unreachable(
                f"the certificates in {clean_line(ca_file)} cannot be read; correct ca_file",
                retryable=False,
                code=UNTRUSTED,
            ) from None
    return context


def _wrong_variable() -> str:
    """Name the variable that no client can be made with, by trying each proxy on its own."""
    for name, url in surroundings.proxies(os.environ):
        try:
            httpx.AsyncClient(
                proxy=url if "://" in url else f"http://{url}", verify=_no_trust(), trust_env=False
            )
        except (*_FAILURES, ImportError):
            return f"the proxy in {name}"
    exceptions = surroundings.no_proxy(os.environ)
    return f"the list of hosts in {exceptions[0]}" if exceptions else "the proxy of the system"


class _Wire(Protocol):
    """The connection below an answer."""

    async def aclose(self) -> None: ...


class Call:
    """One request and its answer. Leaving its context closes the connection at once."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        headers: Mapping[str, str],
        body: bytes | AsyncIterable[bytes],
        timeouts: Timeouts,
        *,
        method: str = "POST",
        what: str = "the question",
    ) -> None:
        """Take what is sent; nothing is sent before the context is entered.

        Args:
            client: Whose certificates and proxies count.
            url: Where it goes.
            headers: With the length of the body, where that comes in pieces.
            body: Whole, or piece by piece as the network takes it.
            timeouts: How long each step may take.
            method: GET, HEAD or POST.
            what: What is sent, in the words for an error.
        """
        self._client = client
        self._method = method
        self._what = what
        self._url = url
        self._host = clean_line(host_of(url))
        self._host_on_wire = ""
        self._headers = headers
        self._body = body
        self._timeouts = timeouts
        self._patience = Patience(timeouts)
        # The read limit is for a proxy's tunnel; once the request itself goes out, patience counts.
        self._limits: dict[str, float | None] = {
            "connect": timeouts.connect,
            "read": timeouts.connect,
            "write": timeouts.write,
            "pool": None,
        }
        self._progress = asyncio.Event()
        self._began = False
        self._sent = False
        self._received = False
        self._by_proxy = False

    async def __aenter__(self) -> Self:
        self._sending = asyncio.create_task(self._send())
        self._sending.add_done_callback(lambda _: self._progress.set())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._patience.end()
        # Whoever stops twice must not stop this: the server would go on, and charge for it.
        self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        self._sending.cancel()
        (outcome,) = await asyncio.gather(self._sending, return_exceptions=True)
        if isinstance(outcome, httpx.Response):
            await outcome.aclose()
            # httpx takes what was stopped in the middle of its own closing for closed.
            wire: _Wire = outcome.extensions["network_stream"]
            await wire.aclose()

    async def sent(self) -> bool:
        """Wait until the whole request went out; False where it never did."""
        await self._progress.wait()
        return self._sent

    async def reply(self) -> Reply:
        """Wait for the head of the answer.

        Raises:
            ChatError: none came.
        """
        try:
            async with self._patience.limit(self._timeouts.first_byte):
                response = await self._sending
        except _FAILURES as error:
            raise self._no_reply(error) if self._began else self._unreachable(error) from None
        self._chunks = response.aiter_raw()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers)

    async def read(self) -> bytes | None:
        """Wait for the next bytes of the body, as they are on the wire; None at its end.

        Raises:
            ChatError: the body broke off, or nothing came for too long.
        """
        limit = self._timeouts.between if self._received else self._timeouts.first_byte
        try:
            async with self._patience.limit(limit):
                chunk = await anext(self._chunks, None)
        except (TimeoutError, httpx.TimeoutException):
            raise self._silence(limit) from None
        except _FAILURES:
            raise self._cut_off() from None
        if chunk:
            self._received = True
        return chunk

    async def _send(self) -> httpx.Response:
        request = self._client.build_request(
            self._method,
            self._url,
            content=self._body,
            headers=dict(self._headers),
            extensions={"trace": self._trace, "timeout": self._limits},
        )
        # A host with other letters than ASCII has another name there.
        self._host_on_wire = request.url.raw_host.decode("ascii")
        return await self._client.send(request, stream=True)

    async def _trace(self, name: str, about: Mapping[str, object]) -> None:
        if name == "connection.connect_tcp.started":
            self._by_proxy = about.get("host") != self._host_on_wire
        elif name == "http11.send_request_headers.started":
            # A CONNECT to a proxy passes here too; the request has not begun with it.
            self._began = getattr(about.get("request"), "method", b"") == self._method.encode()
            if self._began:
                self._limits["read"] = None
        elif name == "http11.send_request_body.complete" and self._began:
            self._sent = True
            self._progress.set()

    def _silence(self, limit: float) -> ChatError:
        if self._received:
            return Interrupted(f"no data for {limit:g} s")
        return TimedOut(f"no answer from {self._host} within {limit:g} s")

    def _cut_off(self) -> Interrupted:
        if self._received:
            return Interrupted("the connection broke and the answer was cut off")
        return Interrupted(f"no reply from {self._host}", code=NO_REPLY)

    def _no_reply(self, error: Exception) -> ChatError:
        """Name what happened after the request began to go out."""
        if isinstance(error, httpx.WriteTimeout):
            return TimedOut(f"{self._host} did not take {self._what}")
        if isinstance(error, (httpx.TimeoutException, TimeoutError)):
            return self._silence(self._timeouts.first_byte)
        # httpcore says this of a connection that was closed; all else is not HTTP.
        if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in str(error):
            return BadStream(f"what {self._host} sent is not HTTP")
        return self._cut_off()

    def _unreachable(self, error: Exception) -> Unreachable:
        """Name what happened before the request began to go out."""
        start = f"cannot reach {self._host}"
        proxy = f"the proxy in {surroundings.proxy_variable()}"
        if isinstance(error, httpx.TimeoutException):
            reason = f"no connection within {self._timeouts.connect:g} s"
            return Unreachable(f"{start}: {reason}", retryable=True)
        if isinstance(error, httpx.ProxyError):
            refusal = clean_line(str(error))[:80]
            return Unreachable(f"{start}: {proxy} refused ({refusal})", retryable=False, code=PROXY)
        for cause in _causes(error):
            if isinstance(cause, ssl.SSLCertVerificationError):
                reason = f"its certificate is not trusted ({clean_line(cause.verify_message)})"
                advice = "name the certificates that you trust in ca_file or SSL_CERT_FILE"
                return Unreachable(f"{start}: {reason}; {advice}", retryable=False, code=UNTRUSTED)
            if isinstance(cause, ssl.SSLError):
                reason = clean_line(cause.reason or "no secure connection").lower()
                return Unreachable(f"{start}: TLS failed ({reason})", retryable=False)
            if isinstance(cause, socket.gaierror):
                unknown = f"the name of {proxy}" if self._by_proxy else "its name"
                return Unreachable(f"{start}: {unknown} is not known", retryable=True)
            if isinstance(cause, ConnectionRefusedError):
                refusing = proxy if self._by_proxy else "it"
                return Unreachable(f"{start}: {refusing} refused the connection", retryable=True)
        if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError)):
            return Unreachable(f"{start}: the base URL cannot be used", retryable=False)
        return Unreachable(start, retryable=True)


def _causes(error: BaseException) -> list[BaseException]:
    """Return `error` and what led to it, nearest first, inside groups as well."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop()
        if cause is None or cause in found:
            continue
        found.append(cause)
        waiting += [cause.__context__, cause.__cause__]
        if isinstance(cause, BaseExceptionGroup):
            waiting += cast("tuple[BaseException, ...]", cause.exceptions)
    return found
