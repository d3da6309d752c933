"""A server on this machine that plays a prepared answer at a given pace, in three protocols.

Run as a program: `python -m bench.playing`. The question `play NAME PACE` chooses the answer and
how many pieces a second are sent; 0 is as fast as they are taken. Each line on standard output is
a JSON object: the port first, then when an answer began and when its last piece was due, in seconds
of the system's monotonic clock.

Which protocol is spoken follows from the path: the Ace Data Cloud API, which repeats the whole
answer in every line (`api.md` section 3), OpenAI's chat completions, or Ollama's chat.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable

from bench.answers import ANSWERS

_ASKED = re.compile(rb"play (\w+) (\d+)")
_MODEL = "prepared"
_BURST = 1 << 18
"""Bytes that are handed to the socket before it is waited for, where there is no pace."""

LineOf = Callable[[str], bytes]


def say(**fields: object) -> None:
    """Tell the bench what happens."""
    print(json.dumps(fields), flush=True)


def _quoted(text: str) -> bytes:
    return json.dumps(text).encode()[1:-1]


def ace_lines() -> LineOf:
    """Return what makes the lines of the API, each with all that came before."""
    answer = bytearray()

    def line(piece: str) -> bytes:
        delta = _quoted(piece)
        answer.extend(delta)
        return b'{"answer": "%b", "delta_answer": "%b", "id": "5f0d"}\n' % (answer, delta)

    return line


def openai_lines() -> LineOf:
    """Return what makes the events of a chat completion."""
    return lambda piece: (
        b'data: {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "prepared", '
        b'"choices": [{"index": 0, "delta": {"content": "%b"}, "finish_reason": null}]}\n\n'
        % _quoted(piece)
    )


def ollama_lines() -> LineOf:
    """Return what makes the lines of Ollama's chat."""
    return lambda piece: (
        b'{"model": "prepared", "created_at": "2026-01-01T00:00:00Z", "message": '
        b'{"role": "assistant", "content": "%b"}, "done": false}\n' % _quoted(piece)
    )


OPENAI_END = (
    b'data: {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "prepared", '
    b'"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
)
OLLAMA_END = (
    b'{"model": "prepared", "created_at": "2026-01-01T00:00:00Z", "message": {"role": '
    b'"assistant", "content": ""}, "done": true, "done_reason": "stop", "total_duration": 1, '
    b'"load_duration": 1, "prompt_eval_count": 1, "prompt_eval_duration": 1, "eval_count": 1, '
    b'"eval_duration": 1}\n'
)

FOUND = {
    "/v1/models": {"object": "list", "data": [{"id": _MODEL, "object": "model", "created": 1}]},
    "/api/version": {"version": "0.5.0"},
    "/api/ps": {"models": []},
    "/api/tags": {
        "models": [
            {
                "name": f"{_MODEL}:latest",
                "model": f"{_MODEL}:latest",
                "modified_at": "2026-01-01T00:00:00Z",
                "size": 1,
                "digest": "0" * 64,
                "details": {
                    "parent_model": "",
                    "format": "gguf",
                    "family": "none",
                    "families": ["none"],
                    "parameter_size": "1B",
                    "quantization_level": "Q4",
                },
            }
        ]
    },
    "/api/show": {
        "license": "",
        "modelfile": "",
        "parameters": "",
        "template": "",
        "details": {"family": "none", "parameter_size": "1B", "quantization_level": "Q4"},
        "model_info": {"general.architecture": "none", "none.context_length": 4096},
        "capabilities": ["completion"],
    },
}
"""What the other clients ask for before they show anything."""


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *rest = head.rstrip().split("\r\n")
            headers = {name.lower(): value for name, value in (row.split(": ", 1) for row in rest)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            await _answer(first.split(" ")[1].partition("?")[0], body, writer)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def _answer(path: str, body: bytes, writer: asyncio.StreamWriter) -> None:
    asked = None
    for found in _ASKED.finditer(body):
        # The question that was asked last; earlier ones and their answers come along with it.
        asked = found
    if path.startswith("/aichat"):
        line_of, kind, end = ace_lines(), "application/x-ndjson", b""
    elif path.endswith("/chat/completions"):
        line_of, kind, end = openai_lines(), "text/event-stream", OPENAI_END
    elif path == "/api/chat":
        line_of, kind, end = ollama_lines(), "application/x-ndjson", OLLAMA_END
    else:
        content = json.dumps(FOUND.get(path, {})).encode()
        length = f"content-length: {len(content)}\r\n\r\n".encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + length + content)
        await writer.drain()
        return
    writer.write(
        f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n".encode()
    )
    # A title for the conversation, or a question that nobody prepared: a word will do.
    name, pace = (asked[1].decode(), int(asked[2])) if asked else ("", 0)
    pieces = ANSWERS[name]() if name in ANSWERS else ["Fine."]
    if name in ANSWERS:
        began = time.monotonic()
        say(event="began", name=name, at=began)
        await _play(pieces, pace, line_of, writer)
        # A reader that is slow holds the server up too: what counts is when the end was due.
        due = began + (len(pieces) - 1) / pace if pace else time.monotonic()
        say(event="ended", name=name, at=due)
    else:
        await _play(pieces, pace, line_of, writer)
    if end:
        writer.write(b"%x\r\n%b\r\n" % (len(end), end))
    writer.write(b"0\r\n\r\n")
    await writer.drain()


async def _play(
    pieces: list[str], pace: int, line_of: LineOf, writer: asyncio.StreamWriter
) -> None:
    clock = asyncio.get_running_loop().time
    start, waiting = clock(), 0
    for number, piece in enumerate(pieces):
        if pace and (wait := start + number / pace - clock()) > 0:
            await asyncio.sleep(wait)
        if writer.is_closing():
            raise ConnectionResetError("whoever asked is gone")
        line = line_of(piece)
        writer.write(b"%x\r\n%b\r\n" % (len(line), line))
        waiting += len(line)
        if waiting > _BURST:
            await writer.drain()
            waiting = 0
    await writer.drain()


async def _run() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    say(event="ready", port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_run())
