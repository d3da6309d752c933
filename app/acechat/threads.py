"""Threads for what blocks, which the end of the program does not wait for."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock, Thread
from typing import ParamSpec, TypeVar

LAST_SECONDS = 0.5
"""How long what is under way may go on at the end: a file is written in milliseconds, a name that
nobody knows is looked up for half a minute."""

T = TypeVar("T")
P = ParamSpec("P")


class PatientThreads(ThreadPoolExecutor):
    """Runs each call in a thread of its own, which ends with the program at the latest.

    Make it the default executor of an event loop: the one that Python makes waits at the end until
    every call has returned, and so does the interpreter.
    """

    def __init__(self) -> None:
        super().__init__()
        self._running: set[Thread] = set()
        self._changing = Lock()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Begin a call; nothing is waited for."""
        future: Future[T] = Future()

        def run() -> None:
            try:
                if future.set_running_or_notify_cancel():
                    future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
                future.set_exception(error)
            finally:
                with self._changing:
                    self._running.discard(thread)

        thread = Thread(target=run, name="beside", daemon=True)
        with self._changing:
            self._running.add(thread)
        thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        """Wait for what is under way, but not for long."""
        super().shutdown(wait=False, cancel_futures=cancel_futures)
        ends = time.monotonic() + LAST_SECONDS
        with self._changing:
            running = list(self._running)
        for thread in running if wait else ():
            thread.join(max(0.0, ends - time.monotonic()))
