"""One SQLite file and the one thread that touches it."""

import asyncio
import os
import sqlite3
import stat
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, TypeVar

from acechat.errors import StoreError
from acechat.store.faults import Doing, is_damage, store_error
from acechat.store.thread import WAIT_SECONDS, Job, Kind, StoreThread

FILE_MODE = 0o600
"""Of the file, its journal and its backups: nobody else may read conversations."""
FOLDER_MODE = 0o700
"""Of the folders made for them."""

Memory = Literal[":memory:"]
"""The name of a store that lives as long as its connection."""

T = TypeVar("T")


def make_file(path: Path) -> None:
    """Make an empty file that only the user can read, or take such rights from one that is there.

    SQLite itself would make it readable for everybody; its journal takes the file's mode.

    Raises:
        OSError: it cannot be made.
    """
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    try:
        # Only a new file is opened here: closing any descriptor of a file drops the locks that
        # SQLite holds on it elsewhere in this process.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE_MODE))
    except FileExistsError:
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            # What may only be read is only read.
            with suppress(OSError):
                path.chmod(FILE_MODE)


def identity(path: Path) -> tuple[int, int]:
    """Return what tells a file from another one that takes its name.

    Raises:
        OSError: it is not there.
    """
    status = path.stat()
    return status.st_dev, status.st_ino


def connect(path: Path | Memory) -> sqlite3.Connection:
    """Open a connection that has not been told yet how to write; foreign keys are off.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def prepare_to_write(connection: sqlite3.Connection) -> None:
    """Tell a connection how this program writes.

    Raises:
        sqlite3.Error: the file cannot be read.
    """
    # Two connections to one WAL file can damage it in SQLite 3.7.0 to 3.51.2, and Python 3.11
    # ships older ones. TRUNCATE with FULL costs 0.8 ms a commit and survives a power cut.
    connection.execute("PRAGMA journal_mode = TRUNCATE")
    connection.execute("PRAGMA synchronous = FULL")
    # On macOS the usual sync ends in the cache of the disk; elsewhere this changes nothing.
    connection.execute("PRAGMA fullfsync = ON")
    # What a user deletes for good is overwritten, not only forgotten.
    connection.execute("PRAGMA secure_delete = ON")


@contextmanager
def transaction(
    connection: sqlite3.Connection, mode: Literal["IMMEDIATE", "DEFERRED"] = "IMMEDIATE"
) -> Generator[None, None, None]:
    """Carry out everything inside, or nothing of it.

    IMMEDIATE takes the write lock at once and waits for it. A deferred transaction that reads and
    then writes fails at once where another program writes, so DEFERRED is for reading only.
    """
    connection.execute(f"BEGIN {mode}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has already rolled back by itself after some errors, a full disk among them.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


Opened = tuple[sqlite3.Connection, tuple[int, int] | None]
"""An open connection, and which file it is on; None for one in memory."""


class _Replaced(Exception):
    """The name belongs to another file now: the open one was set aside."""


class Database:
    """An open file. Work on it is done in the order it was asked for, on a thread of its own."""

    def __init__(
        self,
        path: Path | None,
        opener: Callable[[], "Opened"],
        *,
        mark: Callable[[], object] = lambda: None,
        refusal: Callable[[], str] = lambda: "",
    ) -> None:
        """Take what is needed; nothing is opened yet.

        Args:
            path: Where the file is; None for one in memory.
            opener: Opens it, on the thread; once more where another file has taken its name.
            mark: Makes known, before each write, that this process writes.
            refusal: Returns why nothing can be written, or an empty text.
        """
        self.path = path
        """Where the file is; None for one in memory."""
        self.damaged = False
        """SQLite has found damage since the file was opened."""
        self._opener = opener
        self._mark = mark
        self._refusal = refusal
        self._thread = StoreThread()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._closed = False

    async def open(self) -> None:
        """Open the file. What the opener does is carried out before anything else.

        Raises:
            StoreError: it cannot be opened.
        """
        try:
            opening = asyncio.wrap_future(self._submit(self._open, "opened").future)
            opening.add_done_callback(_hear)
            await asyncio.shield(opening)
        except BaseException:
            # Also where the caller was cancelled: the thread finishes opening, and then closes.
            self.hurry()
            self._shut()
            raise

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` on the thread; it is dropped where the caller is cancelled before it begins.

        Raises:
            StoreError: the file cannot be read.
        """
        reading = self._submit(lambda: work(self._connected()), "read", "meanwhile")
        return await asyncio.wrap_future(reading.future)

    async def write(
        self,
        work: Callable[[sqlite3.Connection], T],
        *,
        wait: bool = True,
        give_up: bool = False,
    ) -> T:
        """Do `work` on the thread in one transaction, whatever becomes of the caller.

        Args:
            work: What is to be written.
            wait: Wait for another program that holds the file; otherwise that fails at once.
            give_up: Where the caller is cancelled before the file could be had, do nothing.

        Raises:
            StoreBusy: another program has held the file all the time.
            StoreError: the file cannot be written; nothing of `work` was kept.
        """
        if refusal := self._refusal():
            raise StoreError(f"the conversations cannot be written: {refusal}")
        job = self._submit(lambda: self._whole(work), "written", "in turn" if wait else "at once")
        writing = asyncio.wrap_future(job.future)
        # Where the caller goes away nobody is left to hear of an error, and asyncio would complain.
        writing.add_done_callback(_hear)
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            if not give_up:
                raise
            job.give_up()
            # What is being written is whole in a moment, and then the caller has to know.
            await asyncio.wait({writing})
            if writing.cancelled() or writing.exception() is not None:
                raise
            return writing.result()

    def hurry(self) -> None:
        """Wait for no other program any more: what finds the file locked fails at once."""
        self._thread.hurry()

    async def close(self, last: Callable[[], None] = lambda: None) -> None:
        """Finish what was asked for, do `last` on the thread, and close the file.

        May be called twice. It is carried out whatever becomes of the caller.
        """
        if not self._closed:
            await asyncio.shield(asyncio.wrap_future(self._shut(last)))

    def _open(self) -> None:
        self._disconnect()
        self._connection, self._identity = self._opener()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _shut(self, last: Callable[[], None] = lambda: None) -> "Future[None]":
        def disconnect() -> None:
            try:
                last()
            finally:
                self._disconnect()

        self._closed = True
        return self._thread.shut(disconnect)

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            # It could not be opened again after it was replaced.
            self._open()
        assert self._connection is not None
        if self._connection.in_transaction:
            # On a disk that fails, even rolling back can fail; what was torn must not be seen.
            self._connection.execute("ROLLBACK")
        return self._connection

    def _whole(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return self._written(work)
        except _Replaced:
            # Another process found damage and put a mended file in its place.
            self._open()
            # Once: a file system may name a file differently each time.
            return self._written(work, sure=True)

    def _written(self, work: Callable[[sqlite3.Connection], T], *, sure: bool = False) -> T:
        connection = self._connected()
        # Where the mark cannot be made, work that depends on it says so itself.
        with suppress(OSError):
            self._mark()
        with transaction(connection):
            # Under the lock, which whoever replaces the file holds meanwhile.
            if self.path is not None and self._identity != identity(self.path) and not sure:
                raise _Replaced
            return work(connection)

    def _submit(self, work: Callable[[], T], doing: Doing, kind: Kind = "in turn") -> Job[T]:
        if self._closed:
            raise StoreError("the conversations are closed")

        def told(error: sqlite3.Error | OSError) -> StoreError:
            if isinstance(error, sqlite3.Error):
                self.damaged = self.damaged or is_damage(error)
            return store_error(error, doing, self.path)

        return self._thread.submit(work, told, kind)


def _hear(future: "asyncio.Future[T]") -> None:
    if not future.cancelled():
        future.exception()
