"""One SQLite file and the one thread that touches it."""

import asyncio
import os
import sqlite3
import stat
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, TypeVar

from acechat.errors import StoreError
from acechat.store.faults import Doing, sentence

BUSY_SECONDS = 10.0
"""How long a call waits for another program's lock before it says so."""
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
            with suppress(PermissionError):
                path.chmod(FILE_MODE)


def connect(path: Path | Memory) -> sqlite3.Connection:
    """Open a connection as this program wants it; foreign keys are still off, for migrations.

    Raises:
        OSError: the file cannot be made.
        sqlite3.Error: it cannot be opened.
    """
    if isinstance(path, Path):
        make_file(path)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        # Two connections to one WAL file can damage it in SQLite 3.7.0 to 3.51.2, and Python 3.11
        # ships older ones. TRUNCATE with FULL costs 0.8 ms a commit and survives a power cut.
        connection.execute("PRAGMA journal_mode = TRUNCATE")
        connection.execute("PRAGMA synchronous = FULL")
        # What a user deletes for good is overwritten, not only forgotten.
        connection.execute("PRAGMA secure_delete = ON")
    except BaseException:
        connection.close()
        raise
    return connection


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


class Database:
    """An open file. Work on it is done in the order it was asked for, on a thread of its own."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        """Where the file is; None for one in memory."""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    @classmethod
    async def open(
        cls, path: Path | Memory, prepare: Callable[[sqlite3.Connection], None]
    ) -> "Database":
        """Open the file and let `prepare` bring it up to date before anything else is done.

        Raises:
            StoreError: it cannot be opened.
        """
        database = cls(path if isinstance(path, Path) else None)

        def start() -> None:
            connection = connect(path)
            try:
                prepare(connection)
            except BaseException:
                connection.close()
                raise
            database._connection = connection

        try:
            opening = database._submit(start, "opened")
            opening.add_done_callback(_hear)
            await asyncio.shield(opening)
        except BaseException:
            # Also where the caller was cancelled: the thread finishes opening, and then closes.
            database._shut()
            raise
        return database

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` on the thread; it is dropped where the caller is cancelled before it begins.

        Raises:
            StoreError: the file cannot be read.
        """
        return await self._submit(lambda: work(self._connected()), "read")

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` on the thread in one transaction, whatever becomes of the caller.

        Raises:
            StoreError: the file cannot be written; nothing of `work` was kept.
        """

        def whole() -> T:
            connection = self._connected()
            with transaction(connection):
                return work(connection)

        writing = self._submit(whole, "written")
        # Where the caller goes away nobody is left to hear of an error, and asyncio would complain.
        writing.add_done_callback(_hear)
        return await asyncio.shield(writing)

    async def close(self, last: Callable[[], None] = lambda: None) -> None:
        """Finish what was asked for, do `last` on the thread, and close the file.

        May be called twice. It is carried out whatever becomes of the caller.
        """
        if not self._closed:
            await asyncio.shield(asyncio.wrap_future(self._shut(last)))

    def _shut(self, last: Callable[[], None] = lambda: None) -> "Future[None]":
        def disconnect() -> None:
            try:
                last()
            finally:
                if self._connection is not None:
                    self._connection.close()
                    self._connection = None

        self._closed = True
        closing = self._thread.submit(disconnect)
        self._thread.shutdown(wait=False)
        return closing

    def _connected(self) -> sqlite3.Connection:
        assert self._connection is not None  # nothing is submitted before it is open
        if self._connection.in_transaction:
            # On a disk that fails, even rolling back can fail; what was torn must not be seen.
            self._connection.execute("ROLLBACK")
        return self._connection

    def _submit(self, work: Callable[[], T], doing: Doing) -> "asyncio.Future[T]":
        if self._closed:
            raise StoreError("the conversations are closed")

        def guarded() -> T:
            try:
                return work()
            except (sqlite3.Error, OSError) as error:
                raise StoreError(sentence(error, doing, self.path)) from error

        return asyncio.wrap_future(self._thread.submit(guarded))


def _hear(future: "asyncio.Future[T]") -> None:
    if not future.cancelled():
        future.exception()
