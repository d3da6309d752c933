"""Stands in for the package that runs GGUF models: a model that repeats what it was given."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

print("a library that writes to standard output")
print("and to standard error", file=sys.stderr)


class CommonParams(SimpleNamespace):
    """Takes any parameter."""

    def __init__(self) -> None:
        super().__init__(model=SimpleNamespace())


class Server:
    """One token a character; its context is as long as it was told."""

    def __init__(self, params: CommonParams) -> None:
        self._context: int = params.n_ctx
        if b"broken" in Path(params.model.path).read_bytes():
            raise RuntimeError("Failed to init server, please check the input params.")
        os.write(1, b"loaded\n")
        os.write(2, b"loaded\n")

    def handle_chat_completions(
        self, request: dict[str, Any], callback: Callable[[object], bool]
    ) -> None:
        messages = request["messages"]
        total = sum(len(message["content"]) for message in messages)
        if total > self._context:
            error = {
                "code": 400,
                "message": "too long",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": total,
                "n_ctx": self._context,
            }
            callback({"error": error})
            return
        question = messages[-1]["content"]
        head = {"delta": {"role": "assistant", "content": None}}
        if callback({"choices": [head], "prompt_progress": {"total": total, "processed": 0}}):
            return
        if "crash" in question:
            os._exit(7)
        if "refuse" in question:
            callback({"error": {"code": 500, "message": "no template", "type": "server_error"}})
            return
        for message in messages:
            text = f"{message['role']}={message['content'][:100]}; "
            if callback({"choices": [{"delta": {"content": text}}]}):
                return
        while "for ever" in question:
            if callback({"choices": [{"delta": {"content": "on "}}]}):
                return
        callback({"choices": [{"delta": {}, "finish_reason": "stop"}], "timings": {}})
