"""The process that runs a GGUF model: questions on standard input, answers on standard output.

Both are JSON lines, `Ask` and `Said` of `local`. It ends when its standard input does.
"""

import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from typing import BinaryIO, Protocol, cast

import msgspec

from acechat.server.local import Ask, Message, Said

CONTEXT = 4096
"""Tokens of conversation and answer together: 94 MB of memory with a model of 135 million
parameters. llama.cpp takes less where the model was trained for less."""

ROOM = 1024
"""Tokens of the context that are kept free for the answer while earlier messages can give way."""

BATCH = 128
"""Tokens of the prompt between two looks at whether to stop: 0.4 s on two slow cores."""

TEMPERATURE = 0.3
REPEAT_PENALTY = 1.05
"""With both of these a small model stays with the question (measured with one of 135 million
parameters: without a penalty it ends in loops, at 1.1 it avoids even the names it was told)."""


class _Runner(Protocol):
    def handle_chat_completions(
        self, request: Mapping[str, object], callback: Callable[[object], bool], /
    ) -> None: ...


class _ModelParams(Protocol):
    path: str


class _Params(Protocol):
    model: _ModelParams
    n_ctx: int
    n_parallel: int
    n_batch: int
    n_ubatch: int
    verbosity: int
    cache_ram_mib: int
    api_keys: list[str]
    ui: bool
    endpoint_slots: bool
    endpoint_props: bool


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta


class _Progress(msgspec.Struct):
    total: int


class _Refusal(msgspec.Struct):
    message: str = "the model failed"
    type: str = ""
    n_prompt_tokens: int = 0
    n_ctx: int = 0


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = []
    prompt_progress: _Progress | None = None
    error: _Refusal | None = None


class Worker:
    """Answers one question after the other."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output
        self._questions: SimpleQueue[Ask] = SimpleQueue()
        self._stopped = 0

    def listen(self, lines: BinaryIO) -> None:
        """Take questions and stops until the input ends, then end the process."""
        for line in lines:
            ask = msgspec.json.decode(line, type=Ask)
            if ask.messages:
                self._questions.put(ask)
            else:
                self._stopped = ask.ask
        # Not `sys.exit`: the model's threads are in the middle of something.
        os._exit(0)

    def say(self, said: Said) -> None:
        """Write a line."""
        self._output.write(msgspec.json.encode(said) + b"\n")
        self._output.flush()

    def serve(self, runner: _Runner) -> None:
        """Answer questions for ever."""
        while True:
            ask = self._questions.get()
            error = self._answer(runner, ask)
            self.say(Said(ask=ask.ask, end=True, error=error))

    def _answer(self, runner: _Runner, ask: Ask) -> str:
        """Answer, without the oldest messages where not all fit; return what went wrong."""
        messages = ask.messages
        while True:
            attempt = _Attempt(self, ask.ask, can_shorten=bool(_shortened(messages, 1)))
            runner.handle_chat_completions(_request(messages), attempt.take)
            if not attempt.too_long:
                return attempt.error
            shorter = _shortened(messages, attempt.too_long)
            if not shorter:
                return "the question is too long for this model"
            messages = shorter

    def stopped(self, number: int) -> bool:
        """Return whether nobody waits for the answer to this question any more."""
        return self._stopped >= number


class _Attempt:
    """What comes from the runner for one question."""

    def __init__(self, worker: Worker, number: int, *, can_shorten: bool) -> None:
        self._worker = worker
        self._number = number
        self._can_shorten = can_shorten
        self.too_long = 0.0
        """The part of the messages that does not fit; 0 where all fit."""
        self.error = ""

    def take(self, chunk: object) -> bool:
        """Take what the runner says; return True to make it stop."""
        said = msgspec.convert(chunk, _Chunk, strict=False)
        if said.error:
            if said.error.type == "exceed_context_size_error":
                self.too_long = 1 - (said.error.n_ctx - ROOM) / said.error.n_prompt_tokens
            else:
                self.error = said.error.message
            return True
        if said.prompt_progress and self._can_shorten:
            fits = (CONTEXT - ROOM) / said.prompt_progress.total
            if fits < 1:
                self.too_long = 1 - fits
                return True
        for choice in said.choices:
            if choice.delta.content:
                self._worker.say(Said(ask=self._number, delta=choice.delta.content))
        return self._worker.stopped(self._number)


def _shortened(messages: list[Message], share: float) -> list[Message]:
    """Return `messages` without the oldest exchanges, about `share` of the text.

    The preset and the question always stay; returns nothing where there is only these.
    """
    preset = [message for message in messages[:1] if message.role == "system"]
    exchanges = messages[len(preset) : -1]
    if not exchanges:
        return []
    surplus = share * sum(len(message.content) for message in messages)
    while exchanges and surplus > 0:
        surplus -= sum(len(message.content) for message in exchanges[:2])
        exchanges = exchanges[2:]
    return [*preset, *exchanges, messages[-1]]


def _request(messages: list[Message]) -> Mapping[str, object]:
    return {
        "messages": [{"role": message.role, "content": message.content} for message in messages],
        "stream": True,
        # Reports the length of the prompt at once, and gives a chance to stop while it is read.
        "return_progress": True,
        "temperature": TEMPERATURE,
        "repeat_penalty": REPEAT_PENALTY,
    }


def load(path: str) -> _Runner:
    """Load the model.

    Raises:
        RuntimeError: it cannot be loaded.
        ImportError: the package that runs it cannot be imported.
    """
    # The package has no types.
    import xllamacpp  # pyright: ignore

    params = cast("_Params", xllamacpp.CommonParams())  # pyright: ignore
    params.model.path = path
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = BATCH
    params.verbosity = -1
    # It keeps prompts in up to 8 GB of memory otherwise.
    params.cache_ram_mib = 0
    # It listens on a loopback port of its own, which nobody is to use.
    params.api_keys = [secrets.token_hex(16)]
    params.ui = params.endpoint_slots = params.endpoint_props = False
    return cast("_Runner", xllamacpp.Server(params))  # pyright: ignore


def main() -> None:
    """Load the model named by the argument and answer."""
    # The terminal's ctrl+c goes to every process in it; this one ends with its parent.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    worker = Worker(os.fdopen(os.dup(1), "wb"))
    # llama.cpp writes to both of these.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    threading.Thread(target=worker.listen, args=(sys.stdin.buffer,), daemon=True).start()
    try:
        runner = load(sys.argv[1])
    except ImportError as error:
        worker.say(Said(error=f"the model cannot be run: {error}"))
        return
    except RuntimeError:
        # Its message says no more than that.
        worker.say(Said(error=f"llama.cpp cannot load {sys.argv[1]}"))
        return
    worker.say(Said(ready=True))
    worker.serve(runner)


if __name__ == "__main__":
    main()
