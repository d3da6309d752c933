"""The server of prepared answers, in a process of its own, as the bench sees it."""

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import NotRequired, Self, TypedDict

from bench.children import end_with_parent
from bench.terminal import PATIENCE, NeverSeen

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
        self._said = b""
        told = self._next(PATIENCE)
        if told is None:
            raise NeverSeen("the server of prepared answers did not start")
        self.url = f"http://127.0.0.1:{told.get('port')}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def _next(self, patience: float) -> Event | None:
        """Return what it says next; None where it says nothing for so many seconds."""
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        deadline = time.monotonic() + patience
        while b"\n" not in self._said:
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            said = os.read(pipe, 4096) if ready else b""
            if not said:
                return None
            self._said += said
        line, _, self._said = self._said.partition(b"\n")
        event: Event = json.loads(line)
        return event

    def forget(self) -> None:
        """Forget what was said so far: it is about answers that are not waited for any more."""
        while self._next(0.0) is not None:
            pass

    def when(self, event: str, name: str, patience: float = PATIENCE) -> float:
        """Wait for an event of an answer; return when it happened, by the monotonic clock.

        Raises:
            NeverSeen: the server says nothing for so many seconds.
        """
        while (told := self._next(patience)) is not None:
            if told["event"] == event and told.get("name") == name and "at" in told:
                return told["at"]
        raise NeverSeen(f"the server was not asked for {name}, or could not send it")
