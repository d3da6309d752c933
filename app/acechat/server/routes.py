"""The two endpoints of the API and the file call as a Starlette application."""

import asyncio
import hmac
import logging
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from acechat.server import bodies
from acechat.server.answering import AnswerFailed, Asked, Model
from acechat.server.bodies import ApiError, Body, Question
from acechat.server.conversations import Conversations
from acechat.server.files import Files
from acechat.server.reply import Reply

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a request: a paste of 1 MB fits with every character escaped in six bytes."""

READ_ON = 4 * MAX_BODY
"""Bytes that are read of a request that is too large, so that the client hears why."""

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """In what the two endpoints differ."""

    stateful: bool
    """Whether a conversation is kept where the request does not say."""
    typed: bool
    """Lines have a `type`, and kept conversations can be managed by `action`."""


AICHAT = Endpoint(stateful=False, typed=False)
"""`api.md` section 1."""

AICHAT2 = Endpoint(stateful=True, typed=True)
"""`api.md` section 7."""


class ChatServer:
    """The models and the kept conversations behind the two endpoints."""

    def __init__(self, token: str, models: Sequence[Model], conversations: Conversations) -> None:
        self._token = token.encode()
        self._models: Mapping[str, Model] = {model.name: model for model in models}
        self._conversations = conversations
        self._files = Files()
        # One thread: writes keep their order, and a cancelled request cannot tear one.
        self._thread = ThreadPoolExecutor(1, "conversations")

    def app(self) -> Starlette:
        """Return the application to serve."""
        return Starlette(
            routes=[
                Route("/aichat/conversations", self._answering(AICHAT), methods=["POST"]),
                Route("/aichat2/conversations", self._answering(AICHAT2), methods=["POST"]),
                Route("/api/v1/files/", self._take_file, methods=["POST"]),
                Route("/files/{identity}/{name}", self._send_file),
            ],
            exception_handlers={HTTPException: _no_such_call, Exception: _bug},
        )

    def close(self) -> None:
        """Finish what is being written, close the conversations and forget the files."""
        self._files.close()
        self._thread.shutdown()
        self._conversations.close()

    def _answering(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                self._check_token(request)
                body = await _read_body(request)
                if endpoint.typed and body.action is not None:
                    return await self._act(body)
                streamed = bodies.NDJSON in request.headers.get("accept", "")
                return await self._ask(body, endpoint, streamed=streamed)
            except ApiError as error:
                return bodies.error_reply(error)
            except ClientDisconnect:
                # Nobody is there to read it.
                return Response(status_code=400)

        return answer

    async def _take_file(self, request: Request) -> Response:
        try:
            self._check_token(request)
            return bodies.json_reply(await self._files.take(request))
        except ApiError as error:
            return bodies.error_reply(error)
        except ClientDisconnect:
            return Response(status_code=400)

    async def _send_file(self, request: Request) -> Response:
        """Send a file to whoever has its URL, without a token: that is what `api.md` says."""
        reply = self._files.send(request.path_params["identity"])
        return reply or _no_such_call(request, HTTPException(404))

    def _check_token(self, request: Request) -> None:
        header = request.headers.get("authorization")
        if not header:
            raise ApiError(401, "no_token", "the request has no `authorization` header")
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(
            token.strip().encode("latin-1", "replace"), self._token
        ):
            raise ApiError(401, "invalid_token", "this token is not valid here")

    async def _kept(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Carry out `call` in the thread of the conversations."""
        try:
            return await asyncio.wrap_future(self._thread.submit(call, *args, **kwargs))
        except sqlite3.Error as error:
            message = f"the server's conversations cannot be read or written: {error}"
            raise ApiError(500, "api_error", message) from error

    async def _ask(self, body: Body, endpoint: Endpoint, *, streamed: bool) -> Response:
        question = bodies.parse_question(body, list(self._models), stateful=endpoint.stateful)
        history = ()
        if question.id is not None:
            history = await self._kept(self._conversations.history, question.id)
            if history is None:
                raise _not_found(question.id)
        asked = Asked(question.question, question.preset, question.references, history)
        return Reply(
            self._answer(question, asked),
            asked,
            typed=endpoint.typed,
            streamed=streamed,
        )

    async def _answer(
        self, question: Question, asked: Asked
    ) -> AsyncGenerator[tuple[str | None, str], None]:
        """Yield the conversation's id with each piece of the answer; keep what was answered."""
        turn = None
        if question.stateful:
            turn = await self._kept(self._conversations.begin, question.id, question.model, asked)
            if turn is None:
                raise _not_found(question.id)
        conversation_id = turn[0] if turn else None
        parts: list[str] = []
        whole = False
        try:
            async with aclosing(self._models[question.model].answer(asked)) as answer:
                async for piece in answer:
                    parts.append(piece)
                    yield conversation_id, piece
            whole = True
        except AnswerFailed as failure:
            raise ApiError(failure.status, failure.code, failure.message) from failure
        finally:
            if turn and not whole:
                # Not awaited: this may be a cancelled request, whose answer counts all the same.
                kept = self._thread.submit(self._conversations.finish, turn[1], "".join(parts))
                kept.add_done_callback(_log_failure)
        if turn:
            await self._kept(self._conversations.finish, turn[1], "".join(parts))

    async def _act(self, body: Body) -> Response:
        """Manage kept conversations, `api.md` section 7."""
        if body.action == "retrieve_batch":
            if body.offset < 0 or not 0 < body.limit <= bodies.MAX_BATCH:
                limits = f"`offset` is 0 or more, `limit` 1 to {bodies.MAX_BATCH}"
                raise ApiError(400, "bad_request", limits)
            items, count = await self._kept(self._conversations.batch, body.offset, body.limit)
            return bodies.batch_reply(items, count)
        if body.action not in {"retrieve", "update", "delete"}:
            actions = "`action` is one of retrieve, retrieve_batch, update, delete"
            raise ApiError(400, "bad_request", actions)
        if not body.id:
            raise ApiError(400, "bad_request", f"`{body.action}` needs an `id`")
        if body.action == "delete":
            if not await self._kept(self._conversations.delete, body.id):
                raise _not_found(body.id)
            return bodies.deleted_reply(body.id)
        turns = None
        if body.action == "retrieve":
            turns = await self._kept(self._conversations.turns, body.id)
        elif body.title is None:
            raise ApiError(400, "bad_request", "`update` needs a `title`")
        else:
            await self._kept(self._conversations.rename, body.id, body.title)
        kept = await self._kept(self._conversations.kept, body.id)
        if kept is None:
            raise _not_found(body.id)
        return bodies.conversation_reply(kept, turns)


async def _read_body(request: Request) -> Body:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise ApiError(400, "bad_request", "`content-type` must be application/json")
    data = bytearray()
    size = 0
    # A reply before the request has ended is often lost with the connection: read on for a while.
    async with aclosing(request.stream()) as stream:
        async for part in stream:
            size += len(part)
            if size <= MAX_BODY:
                data += part
            elif size > READ_ON:
                break
    if size > MAX_BODY:
        message = f"the request is larger than {MAX_BODY // 1024 // 1024} MB"
        raise ApiError(413, "request_entity_too_large", message)
    return bodies.parse_body(bytes(data))


def _not_found(conversation_id: str | None) -> ApiError:
    return ApiError(404, "not_found", f"there is no conversation `{conversation_id}` here")


def _log_failure(kept: Future[None]) -> None:
    if error := kept.exception():
        _log.error("an unfinished answer was not kept: %s", error)


def _no_such_call(request: Request, exception: Exception) -> Response:
    assert isinstance(exception, HTTPException)
    # Not `not_found`: that says that a conversation is unknown, which a client acts upon.
    what = f"the server does not offer {request.method} {request.url.path}"
    reply = bodies.error_reply(ApiError(exception.status_code, "api_not_implemented", what))
    reply.headers.update(exception.headers or {})
    return reply


def _bug(request: Request, exception: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=exception)
    return bodies.error_reply(ApiError(500, "api_error", "the server failed; its log says why"))
