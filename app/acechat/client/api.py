"""The chat API over HTTP: a question goes out once, and events come back."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Literal

from acechat import __version__
from acechat.client import wire
from acechat.client.answer import AnswerReader
from acechat.client.body import AnswerBody, small_body
from acechat.client.refusal import redirected, rejected
from acechat.client.surrogates import repaired
from acechat.client.timeouts import Timeouts
from acechat.errors import TOKEN_CODES, ChatError, Interrupted, Rejected, Unreachable
from acechat.events import ApiEvent, BytesCame, RequestSent
from acechat.models import ChatOptions
from acechat.origin import check_base_url, host_of

if TYPE_CHECKING:
    import httpx

    from acechat.client.transport import Call, Reply

_MAX_LISTED = 4 * 1024 * 1024
"""Bytes of a listed conversation, which may come with everything said in it."""

_SUCCESS = range(200, 300)
_REDIRECT = range(300, 400)


class HttpChatApi:
    """A `ChatApi` at one base URL with one token."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        endpoint: Literal["aichat", "aichat2"],
        server: str | None = None,
        ca_file: str | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        """Take where to ask and how; nothing is opened and nothing refused yet.

        Args:
            base_url: https, or http on a loopback address.
            token: it goes to that base URL and nowhere else.
            endpoint: which of the two chat endpoints is asked.
            server: the name under which conversation ids are kept, where it is not the URL.
            ca_file: certificates to trust beside the usual ones.
            timeouts: how long each step may take.
        """
        self._base_url = base_url.strip().rstrip("/")
        self._token = token.strip()
        self._endpoint = endpoint
        self._server = server or f"{self._base_url}/{endpoint}"
        self._ca_file = ca_file
        self._timeouts = timeouts or Timeouts()
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()

    @property
    def server(self) -> str:
        """The name under which conversation ids of this server are kept."""
        return self._server

    async def prepare(self) -> None:
        """Load the HTTP library and the certificates off the loop, so that no question waits.

        Raises:
            Unreachable: the base URL, a proxy or the certificates cannot be used.
        """
        await self._ready_client()

    async def stream(
        self, question: str, options: ChatOptions, server_id: str | None
    ) -> AsyncGenerator[ApiEvent, None]:
        """Ask, and yield what comes back; the generator ends when the answer is complete.

        Closing the generator closes the connection at once.

        Raises:
            ChatError: the answer cannot be had, or not whole.
        """
        accept = "application/x-ndjson" if options.stream else "application/json"
        fields = _fields(question, options, server_id)
        async with self._post(self._endpoint, fields, accept, self._timeouts) as call:
            if await call.sent():
                yield RequestSent()
            reply = await call.reply()
            if reply.status not in _SUCCESS:
                raise await self._refusal(call, reply)
            reader = AnswerReader(self._token)
            body = AnswerBody(call, reply)
            failure: ChatError | None = None
            try:
                while not reader.over and (lines := await body.read()) is not None:
                    events = reader.read(lines)
                    for event in events or (BytesCame(),):
                        yield event
            except ChatError as error:
                failure = error
            for event in reader.finish(body.tail(), cut=failure is not None):
                yield event
            if ending := reader.error or failure:
                raise ending
            if not (reply.framed or reader.done or reader.self_contained):
                raise Interrupted("the connection was closed and nothing marked the end")

    async def check(self) -> str:
        """Ask the server whether it takes the token, at no cost; return one sentence.

        Raises:
            ChatError: it does not, or the server cannot be reached.
        """
        patience = self._timeouts.check
        timeouts = Timeouts(self._timeouts.connect, self._timeouts.write, patience, patience)
        # Lists one of the conversations kept on the server: `api.md` section 7.
        fields: dict[str, object] = {"action": "retrieve_batch", "limit": 1}
        host = host_of(self._base_url)
        async with self._post("aichat2", fields, "application/json", timeouts) as call:
            reply = await call.reply()
            if reply.status in _SUCCESS:
                text = await small_body(call, reply, patience, _MAX_LISTED)
                if wire.is_page(text):
                    return f"{host} answers with a web page; check the base URL"
                try:
                    line = wire.parse(text.strip())
                except wire.Unreadable:
                    return f"{host} was reached and did not refuse the token"
                words = wire.error_in(line) if line is not None else None
                if words is None:
                    return "the server takes this token"
                refusal = rejected(words, reply.status, self._token, reply.headers)
            else:
                refusal = await self._refusal(call, reply)
        if refusal.code in TOKEN_CODES or refusal.status in {401, *_REDIRECT}:
            raise refusal
        said = refusal.message.rstrip(".")
        return f"{host} was reached and did not refuse the token; it said: {said}"

    async def aclose(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _ready_client(self) -> "httpx.AsyncClient":
        try:
            check_base_url(self._base_url)
        except ValueError as error:
            raise Unreachable(str(error), retryable=False) from None
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(_open, self._base_url, self._ca_file)
            return self._client

    def _check_token(self) -> None:
        """Refuse a token that no HTTP header can carry, or none at all."""
        if not self._token:
            raise Unreachable("there is no API token", retryable=False, code="no_token")
        if not (self._token.isascii() and self._token.isprintable() and " " not in self._token):
            raise Unreachable(
                "the API token holds characters that no token has, such as spaces or typographic "
                "quotes; paste it again",
                retryable=False,
                code="invalid_token",
            )

    @asynccontextmanager
    async def _post(
        self, endpoint: str, fields: dict[str, object], accept: str, timeouts: Timeouts
    ) -> "AsyncGenerator[Call]":
        self._check_token()
        client = await self._ready_client()
        from acechat.client.transport import Call

        headers = {
            "authorization": f"Bearer {self._token}",
            "content-type": "application/json",
            "accept": accept,
            # An inflated body hides where it was cut off, and can be a thousand times larger.
            "accept-encoding": "identity",
            "user-agent": f"acechat/{__version__}",
        }
        url = f"{self._base_url}/{endpoint}/conversations"
        body = json.dumps(fields, ensure_ascii=False).encode()
        async with Call(client, url, headers, body, timeouts) as call:
            yield call

    async def _refusal(self, call: "Call", reply: "Reply") -> Rejected:
        location = reply.headers.get("location")
        if reply.status in _REDIRECT and location:
            return redirected(location, reply.status, host_of(self._base_url), self._token)
        body = await small_body(call, reply, self._timeouts.check)
        return rejected(wire.error_in_body(body), reply.status, self._token, reply.headers)


def _open(base_url: str, ca_file: str | None) -> "httpx.AsyncClient":
    """Import httpx and make its client; both take tens of milliseconds."""
    from acechat.client.transport import open_client

    return open_client(base_url, ca_file)


def _fields(question: str, options: ChatOptions, server_id: str | None) -> dict[str, object]:
    """Return the body of a question (`api.md` section 1); only what is set is sent."""
    fields: dict[str, object] = {
        "model": repaired(options.model),
        "question": repaired(question),
        "stateful": options.stateful,
    }
    if server_id:
        fields["id"] = repaired(server_id)
    if options.preset:
        fields["preset"] = repaired(options.preset)
    if options.references:
        fields["references"] = [repaired(url) for url in options.references]
    return fields
