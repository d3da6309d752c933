"""The one thread that touches the file: work in its order, and what may be done while it waits."""

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Generic, Literal, TypeVar

from acechat.store.faults import is_busy

BUSY_SECONDS = 10.0
"""How long a call waits for another program's lock before it says so."""
WAIT_SECONDS = 0.05
"""How long it waits at a time: what ends a wait early, as leaving does, ends it so soon."""

T = TypeVar("T")

Kind = Literal["in turn", "meanwhile", "at once"]
"""When work is done: in its turn; in its turn or while earlier work waits for another program; so,
but without waiting itself."""


class Job(Generic[T]):
    """Work that is done once."""

    def __init__(
        self,
        work: Callable[[], T],
        kind: Kind,
        told: Callable[[sqlite3.Error | OSError], Exception],
    ) -> None:
        self.future: Future[T] = Future()
        """What comes of it."""
        self.kind: Kind = kind
        """When it is done."""
        self._work = work
        self._told = told
        self._given_up = threading.Event()

    def give_up(self) -> None:
        """Wait for another program no longer; it is not begun where it has not been yet."""
        self._given_up.set()
        self.future.cancel()

    def is_given_up(self) -> bool:
        """Whether it is not to wait any longer."""
        return self._given_up.is_set()

    def run(self, wait: Callable[["Job[T]", Callable[[], T]], T]) -> None:
        """Do the work in its turn; `wait` does it again while another program holds the file."""
        # Once begun it cannot be cancelled: whoever asked for it has to know what came of it.
        if not self.future.done() and self.future.set_running_or_notify_cancel():
            self._end(lambda: wait(self, self._work))

    def try_once(self) -> None:
        """Do the work before its turn, where it can be done now."""
        if self.kind == "at once":
            self.run(lambda _, work: work())
        elif not self.future.done():
            with suppress(sqlite3.OperationalError):
                self._end(self._work, waits=True)

    def _end(self, work: Callable[[], T], *, waits: bool = False) -> None:
        # The caller may have gone away between the look and this.
        with suppress(InvalidStateError):
            try:
                done = work()
            except (sqlite3.Error, OSError) as error:
                if waits and isinstance(error, sqlite3.OperationalError) and is_busy(error):
                    raise
                told = self._told(error)
                told.__cause__ = error
                self.future.set_exception(told)
            except BaseException as error:  # noqa: BLE001 - as an executor: it is told to the caller
                self.future.set_exception(error)
            else:
                self.future.set_result(done)


class StoreThread:
    """Does what it is handed, one thing after the other."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._early: list[Job[Any]] = []
        self._hurried = threading.Event()

    def submit(
        self,
        work: Callable[[], T],
        told: Callable[[sqlite3.Error | OSError], Exception],
        kind: Kind = "in turn",
    ) -> Job[T]:
        """Hand over work.

        Args:
            work: What is to be done. Where another program holds the file it is done again, until
                it succeeds or `BUSY_SECONDS` are over.
            told: Returns what is raised to the caller for an error of SQLite or of the system.
            kind: When it is done.
        """
        job = Job(work, kind, told)
        if kind != "in turn":
            self._early.append(job)
        self._executor.submit(self._run, job)
        return job

    def hurry(self) -> None:
        """Wait for no other program any more: what finds the file locked fails at once."""
        self._hurried.set()

    def shut(self, last: Callable[[], None]) -> "Future[None]":
        """Finish what was handed over, do `last`, and end the thread."""
        closing = self._executor.submit(last)
        self._executor.shutdown(wait=False)
        return closing

    def _run(self, job: Job[T]) -> None:
        try:
            job.run(self._patiently)
        finally:
            if job.kind != "in turn":
                self._early.remove(job)

    def _patiently(self, job: Job[T], work: Callable[[], T]) -> T:
        limit = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return work()
            except sqlite3.OperationalError as error:
                ended = job.is_given_up() or self._hurried.is_set() or time.monotonic() >= limit
                if not is_busy(error) or ended or job.kind == "at once":
                    raise
            # Others can often be read all the same, or want to fail at once.
            for early in sorted(self._early, key=lambda each: each.kind != "at once"):
                if early is not job:
                    early.try_once()
