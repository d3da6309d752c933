"""A GGUF model on this machine, run by a process of its own (`local_worker`).

Loading a model blocks its whole process (measured: no other thread ran for the 0.4 to 0.7 s that a
model of 135 million parameters takes), and a model that crashes ends it. In its own process it
can do neither to the server, and the other models answer while it loads.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

import msgspec

from acechat.server.answering import AnswerFailed, Asked
from acechat.server.names import model_name


class Said(msgspec.Struct):
    """A line from the worker."""

    ready: bool = False
    """The model is loaded."""
    ask: int = 0
    """The number of the question this belongs to."""
    delta: str = ""
    """The answer goes on."""
    end: bool = False
    """The answer is over."""
    error: str = ""
    """Why there is no model, or no more answer."""


class Message(msgspec.Struct):
    """One message of a conversation, as chat templates take it."""

    role: str
    content: str


class Ask(msgspec.Struct):
    """A line to the worker: a question, or with no messages the wish to stop answering it."""

    ask: int
    messages: list[Message] = []


class LocalModel:
    """A model file that answers one question at a time; further questions wait."""

    def __init__(self, path: Path) -> None:
        self.name = model_name(path)
        """The name of the file."""
        self._path = path
        self._one_at_a_time = asyncio.Lock()
        self._loading: asyncio.Task[Process | AnswerFailed] | None = None
        self._asked = 0

    def load(self) -> None:
        """Begin to load the model; a question waits until it is loaded."""
        if self._loading is None:
            self._loading = asyncio.create_task(self._start())

    async def aclose(self) -> None:
        """End the process at once, whatever it is doing."""
        if (loading := self._loading) is None:
            return
        self._loading = None
        loading.cancel()
        (worker,) = await asyncio.gather(loading, return_exceptions=True)
        if isinstance(worker, Process):
            await _end(worker)

    async def answer(self, asked: Asked) -> AsyncGenerator[str, None]:
        """Yield the answer as the model speaks it."""
        async with self._one_at_a_time:
            worker = await self._worker()
            self._asked += 1
            number = self._asked
            _write(worker, Ask(number, _messages(asked)))
            ended = False
            try:
                while not ended:
                    said = await self._read(worker)
                    if said.ask != number:
                        # The rest of an earlier answer that was stopped.
                        continue
                    ended = said.end or bool(said.error)
                    if said.error:
                        raise AnswerFailed(said.error)
                    if said.delta:
                        yield said.delta
            finally:
                if not ended:
                    _write(worker, Ask(number))

    async def _worker(self) -> Process:
        self.load()
        assert self._loading is not None
        # Shielded: a question that is given up does not end the loading.
        worker = await asyncio.shield(self._loading)
        if isinstance(worker, AnswerFailed):
            self._loading = None
            raise worker
        return worker

    async def _start(self) -> Process | AnswerFailed:
        """Return the process when it has loaded the model, or why it cannot."""
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "acechat.server.local_worker", str(self._path)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
        )
        failed = None
        ready = False
        try:
            said = await self._read(worker)
            ready = said.ready
            if not ready:
                failed = AnswerFailed(said.error)
        except AnswerFailed as error:
            failed = error
        finally:
            if not ready:
                await _end(worker)
        return failed or worker

    async def _read(self, worker: Process) -> Said:
        assert worker.stdout is not None
        line = await worker.stdout.readline()
        if line:
            return msgspec.json.decode(line, type=Said)
        # The next question starts it again.
        self._loading = None
        code = await worker.wait()
        raise AnswerFailed(f"the process that runs {self.name} ended by itself ({code})")


def _messages(asked: Asked) -> list[Message]:
    messages = [Message("system", asked.preset)] if asked.preset else []
    for turn in asked.history:
        messages += Message("user", turn.question), Message("assistant", turn.answer)
    question = asked.question
    if asked.references:
        listed = "\n".join(asked.references)
        question += f"\n\n(This refers to addresses that you cannot open:\n{listed})"
    return [*messages, Message("user", question)]


def _write(worker: Process, ask: Ask) -> None:
    assert worker.stdin is not None
    # Where the process has ended, reading from it says so.
    with suppress(OSError):
        worker.stdin.write(msgspec.json.encode(ask) + b"\n")


async def _end(worker: Process) -> None:
    with suppress(ProcessLookupError):
        worker.kill()
    await worker.wait()
