"""Copies of the file: one before each migration, and one a day when something changed."""

import os
import sqlite3
import time
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime
from pathlib import Path

from acechat.errors import StoreError
from acechat.locks import locked
from acechat.models import new_id
from acechat.store.database import FOLDER_MODE, make_file
from acechat.store.faults import Damaged, damage_of, found_damaged, sentence

FOLDER = "backups"
"""The folder beside the file in which the daily ones are."""
KEPT = 7
"""Daily backups that are kept (`reliability.md` section 5)."""
PAGES = 256
"""Pages that are copied at a time, 1 MB in 2 ms. Between two steps everybody else can write."""
REST_SECONDS = 0.002
"""How long the copy rests after each step, so that somebody who waits for the file gets it."""
RESTARTS = 3
"""How often the copy is begun anew because somebody wrote, before it is made in one piece.

One step of 250 MB takes 0.3 s, and writers wait for it."""

_UNFINISHED = ".unfinished"


class Stop:
    """Ends a copy that is being made, from another thread."""

    def __init__(self) -> None:
        self.asked = False
        """The copy is to end."""
        self._connection: sqlite3.Connection | None = None

    def __call__(self) -> None:
        """Ask for the end; it comes within milliseconds."""
        self.asked = True
        if (connection := self._connection) is not None:
            with suppress(sqlite3.ProgrammingError):
                connection.interrupt()

    @contextmanager
    def ends(self, connection: sqlite3.Connection) -> Generator[None]:
        """Interrupt what is done on `connection` meanwhile, where the end is asked for."""
        self._connection = connection
        try:
            yield
        finally:
            self._connection = None


def version_backup(path: Path, version: int) -> Path:
    """Return where a file of `version` is kept before it is migrated."""
    return path.with_name(f"{path.name}.version-{version}.backup")


def daily_backup(path: Path, day: date) -> Path:
    """Return where the backup of a day is."""
    return path.parent / FOLDER / f"{path.stem}-{day.isoformat()}{path.suffix}"


def daily_backups(path: Path) -> list[Path]:
    """Return the daily backups that are there, the newest first."""
    pattern = f"{path.stem}-????-??-??{path.suffix}"
    # The names hold the day, so that their order is that of time.
    return sorted((path.parent / FOLDER).glob(pattern), reverse=True)


def back_up(path: Path, target: Path, stop: Stop | None = None) -> None:
    """Copy the conversations in `path` to `target`, which is whole or not there.

    The caller may hold the write lock: the copy is read through a connection of its own.

    Args:
        path: The file.
        target: Its copy; one that is there is replaced.
        stop: Gives up soon after it is called.

    Raises:
        Damaged: the copy is, and so is the file.
        sqlite3.Error: the one cannot be read or the other not written, or `stop` was called.
        OSError: the copy cannot be made.
    """
    unfinished = target.with_name(f"{target.name}.{new_id()[:8]}{_UNFINISHED}")
    make_file(unfinished)
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(unfinished, check_same_thread=False)) as copy,
        ):
            stop = stop or Stop()
            with stop.ends(copy):
                _copy(source, copy, stop)
                damage = damage_of(copy)
            if stop.asked:
                raise sqlite3.OperationalError("stopped")
            if damage:
                raise Damaged(damage)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def make_daily_backup(path: Path, now: float, stop: Stop) -> Path | None:
    """Make the backup of today where something changed since the last one.

    Returns:
        The new backup; None where none was due, or `stop` was called.

    Raises:
        StoreError: it cannot be made, or the file is damaged.
    """
    today = datetime.fromtimestamp(now).astimezone().date()
    try:
        return back_up_daily(path, today, stop)
    except Damaged as error:
        raise found_damaged(path, str(error)) from error
    except (sqlite3.Error, OSError) as error:
        if stop.asked:
            return None
        raise StoreError(sentence(error, "backed up", path)) from error


def back_up_daily(path: Path, day: date, stop: Stop) -> Path | None:
    """Make the backup of a day where something changed since the last one.

    Returns:
        The new backup; None where there is one of this day already, nothing has changed, or
        another process is making it.

    Raises:
        Damaged: the file is; the backups before stay.
        sqlite3.Error: the file cannot be read or its copy not written, or `stop` was called.
        OSError: the copy cannot be made.
    """
    target = daily_backup(path, day)
    if not _is_due(path, target):
        return None
    target.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
    with locked(target.with_name("lock")) as held:
        if not held or not _is_due(path, target):
            return None
        for left in target.parent.glob(f"*{_UNFINISHED}"):
            left.unlink(missing_ok=True)
        # Written during the copy, it is newer than the copy says, and copied once more tomorrow.
        changed = path.stat().st_mtime_ns
        back_up(path, target, stop)
        os.utime(target, ns=(changed, changed))
        for old in daily_backups(path)[KEPT:]:
            old.unlink(missing_ok=True)
    return target


def _is_due(path: Path, target: Path) -> bool:
    if target.exists():
        return False
    newest = next(iter(daily_backups(path)), None)
    return newest is None or newest.stat().st_mtime_ns != path.stat().st_mtime_ns


class _BegunAnew(Exception):
    """Somebody wrote, and the copy starts from the beginning once more."""


def _copy(source: sqlite3.Connection, copy: sqlite3.Connection, stop: Stop) -> None:
    left, restarts = -1, 0

    def after_step(status: int, remaining: int, _: int) -> None:
        nonlocal left, restarts
        if stop.asked:
            raise sqlite3.OperationalError("stopped")
        restarts += status == sqlite3.SQLITE_OK and remaining >= left >= 0
        if restarts > RESTARTS:
            raise _BegunAnew
        left = remaining
        time.sleep(REST_SECONDS)

    try:
        source.backup(copy, pages=PAGES, progress=after_step, sleep=REST_SECONDS)
    except _BegunAnew:
        source.backup(copy)
