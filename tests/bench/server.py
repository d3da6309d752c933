"""The server of prepared answers, in a process of its own, as the bench sees it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import NotRequired, Self, TypedDict

from bench.children import end_with_parent

TESTS = Path(__file__).parents[1]


class Event(TypedDict):
    """What the server says."""

    event: str
    port: NotRequired[int]
    name: NotRequired[str]
    at: NotRequired[float]


class PlayingServer:
    """Runs while it is entered."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.playing"],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            # Interrupted at the keyboard, it goes on until the programs that it serves have ended.
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509  The bench has a single thread.
        )
        self.url = f"http://127.0.0.1:{self._next().get('port')}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def _next(self) -> Event:
        assert self._process.stdout is not None
        event: Event = json.loads(self._process.stdout.readline())
        return event

    def when(self, event: str, name: str) -> float:
        """Wait for an event of an answer; return when it happened, by the monotonic clock."""
        while True:
            told = self._next()
            if told["event"] == event and told.get("name") == name and "at" in told:
                return told["at"]
