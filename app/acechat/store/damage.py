"""A damaged file: set aside under another name, and what can be read of it put in its place."""

import os
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from acechat.locks import locked
from acechat.store.backups import daily_backups
from acechat.store.database import connect, identity, make_file, transaction
from acechat.store.faults import damage_of, is_busy
from acechat.store.migrations import APPLICATION_ID, STEPS, migrate, number_of
from acechat.store.salvage import (
    Saved,
    fill,
    first_page_of,
    graft,
    make_whole,
    nothing_saved,
    salvage,
)

_UNFINISHED = ".unfinished"


def mend(path: Path, damaged: tuple[int, int], found: str) -> str:
    """Set a file aside, put what can be read of it in its place, and say what was done.

    Whoever else finds the damage waits, and then takes the mended file. Where that cannot be made,
    as on a full disk, the damaged file stays where it was.

    Args:
        path: Where it is.
        damaged: Which file is meant: one that was mended meanwhile is left alone.
        found: What SQLite says is wrong with it.

    Returns:
        A sentence for the user; empty where another process has mended the file.

    Raises:
        sqlite3.Error: another program holds the file, or the new one cannot be written.
        OSError: the same.
    """
    with locked(path.with_name(f"{path.name}.lock"), wait=True):
        if identity(path) != damaged:
            return ""
        new = path.with_name(f"{path.name}.mended{_UNFINISHED}")
        try:
            with _held(path) as connection:
                attempt = _Attempt(path, new)
                attempt.read(connection)
                attempt.fill()
                aside = _swap(path, new)
        finally:
            new.unlink(missing_ok=True)
    return _told(path, aside, found, attempt)


@dataclass(slots=True)
class _Attempt:
    """A new file, and what was saved into it."""

    path: Path
    new: Path
    saved: Saved = field(default_factory=nothing_saved)
    version: int = len(STEPS)
    backup: Path | None = None
    rows: dict[str, int] = field(default_factory=dict[str, int])

    def read(self, damaged: sqlite3.Connection) -> None:
        """Save what can be read, where need be with the first page of another file."""
        version = 0
        with suppress(sqlite3.DatabaseError):
            if number_of(damaged, "application_id") == APPLICATION_ID:
                version = number_of(damaged, "user_version")
        if 0 < version <= len(STEPS) and self._take(damaged, version):
            return
        copy = self.path.with_name(f"{self.path.name}.copy{_UNFINISHED}")
        try:
            make_file(copy)
            # Nobody else in this process has the file open now, whose locks this would drop.
            shutil.copyfile(self.path, copy)
            for page in self._first_pages():
                graft(copy, page)
                with closing(connect(copy)) as grafted, suppress(sqlite3.DatabaseError):
                    if self._take(grafted, number_of(grafted, "user_version")):
                        return
        finally:
            copy.unlink(missing_ok=True)
        self._begin(self.version)

    def fill(self) -> None:
        """Fill what could not be read from the newest backup that is whole."""
        with closing(connect(self.new)) as new, transaction(new):
            for backup in daily_backups(self.path) if self.saved.has_gaps else ():
                with closing(connect(backup)) as source, suppress(sqlite3.DatabaseError):
                    if damage_of(source) or number_of(source, "user_version") != self.version:
                        continue
                    fill(source, new, self.saved)
                    self.backup = backup
                    break
            self.rows = make_whole(new)

    def _take(self, damaged: sqlite3.Connection, version: int) -> bool:
        """Save what can be read as a file of `version`; return whether there was anything."""
        self._begin(version)
        with closing(connect(self.new)) as new, transaction(new):
            saved = salvage(damaged, new)
        if saved.total:
            self.saved, self.version = saved, version
        return bool(saved.total)

    def _begin(self, version: int) -> None:
        self.new.unlink(missing_ok=True)
        _make(self.new, version)

    def _first_pages(self) -> Generator[bytes]:
        for backup in daily_backups(self.path):
            yield first_page_of(backup)
        for version in range(len(STEPS), 0, -1):
            self._begin(version)
            yield first_page_of(self.new)


def _make(path: Path, version: int) -> None:
    make_file(path)
    with closing(connect(path)) as connection:
        migrate(connection, None, STEPS[:version])


@contextmanager
def _held(path: Path) -> Generator[sqlite3.Connection]:
    """Keep everybody else out of the damaged file, where SQLite can still do that."""
    with closing(connect(path)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if is_busy(error):
                raise
        yield connection


def _swap(path: Path, new: Path) -> Path:
    """Give the damaged file another name and `new` its own; return the other name."""
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    while aside.exists():
        aside = aside.with_name(f"{aside.name}-again")
    journal = path.with_name(f"{path.name}-journal")
    if journal.exists() and journal.stat().st_size:
        # It belongs to the damaged file, and would be played into the new one.
        journal.replace(aside.with_name(f"{aside.name}-journal"))
    try:
        # As a second name first: at no moment is there no file, which would be made anew then.
        aside.hardlink_to(path)
    except OSError:
        path.replace(aside)
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return aside


def _told(path: Path, aside: Path, found: str, attempt: _Attempt) -> str:
    saved, rows, backup = attempt.saved, attempt.rows, attempt.backup
    count = (
        f"saved: conversations {rows['conversations']:,}, messages {rows['messages']:,}, "
        f"drafts {rows['drafts']:,}"
    )
    if not saved.total:
        parts = (
            ["nothing in it could be read, and there is no backup, so a new one was begun"]
            if backup is None
            else [f"nothing in it could be read, so the backup {backup} took its place", count]
        )
    elif not saved.has_gaps:
        parts = [count, "nothing was lost"]
    elif backup is None:
        parts = [count, "the rest could not be read, and there is no backup"]
    else:
        parts = [count, f"{saved.filled:,} rows that could not be read come from {backup}"]
    return f"{path} was damaged ({found}); {'; '.join(parts)}; the damaged file is {aside}"
