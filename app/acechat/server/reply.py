"""An answer on its way to the client: whole, or line by line, and ended when the client leaves."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from acechat.server import bodies
from acechat.server.answering import Asked
from acechat.server.bodies import ApiError

_log = logging.getLogger(__name__)


class Reply(Response):
    """The reply to a question; the work on the answer begins when it is sent."""

    def __init__(
        self,
        answer: AsyncGenerator[tuple[str | None, str], None],
        asked: Asked,
        *,
        typed: bool,
        streamed: bool,
    ) -> None:
        super().__init__(media_type=bodies.NDJSON)
        # Its length is not known in advance, so it goes out in chunks.
        del self.headers["content-length"]
        self._answer = answer
        self._asked = asked
        self._typed = typed
        self._streamed = streamed
        self._begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer, until it ends or the client has gone."""
        speaking = asyncio.create_task(self._speak(scope, receive, send))
        leaving = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({speaking, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            speaking.cancel()
            leaving.cancel()
            ends = await asyncio.gather(speaking, leaving, return_exceptions=True)
        if isinstance(ends[0], Exception):
            if self._begun:
                # Too late for an error of the API: the connection is cut, and this is all there is.
                _log.error("an answer failed", exc_info=ends[0])
            raise ends[0]

    async def _speak(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._answer) as answer:
            if self._streamed:
                await self._stream(answer, scope, receive, send)
                return
            parts: list[str] = []
            conversation_id = None
            try:
                async for named, piece in answer:
                    conversation_id = named
                    parts.append(piece)
                reply = bodies.answer_reply("".join(parts), conversation_id)
            except ApiError as error:
                reply = bodies.error_reply(error)
        await reply(scope, receive, send)

    async def _stream(
        self,
        answer: AsyncGenerator[tuple[str | None, str], None],
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        whole = ""
        conversation_id = None

        async def write(line: bytes) -> None:
            if not self._begun:
                self._begun = True
                start = {"status": self.status_code, "headers": self.raw_headers}
                await send({"type": "http.response.start", **start})
            await send({"type": "http.response.body", "body": line, "more_body": True})

        try:
            async for conversation_id, piece in answer:
                whole += piece
                await write(
                    bodies.text_line(piece, conversation_id)
                    if self._typed
                    else bodies.answer_line(whole, piece, conversation_id)
                )
        except ApiError as error:
            if not self._begun:
                # Nothing was said yet: the status can still say what is wrong.
                await bodies.error_reply(error)(scope, receive, send)
                return
            await write(bodies.typed_error_line(error) if self._typed else bodies.error_line(error))
        else:
            if self._typed:
                await write(bodies.done_line(conversation_id, self._prompt(), whole))
            elif not self._begun:
                await write(b"")
        await send({"type": "http.response.body", "body": b""})

    def _prompt(self) -> str:
        earlier = (text for turn in self._asked.history for text in (turn.question, turn.answer))
        return "\n".join((self._asked.preset, *earlier, self._asked.question))


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
