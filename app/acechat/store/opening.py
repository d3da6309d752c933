"""How a file is opened: looked at, mended, brought up to date, put in order, or only read."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from acechat.errors import StoreError
from acechat.store import removing, turns
from acechat.store.backups import daily_backups
from acechat.store.damage import mend
from acechat.store.database import (
    Memory,
    Opened,
    connect,
    identity,
    make_file,
    prepare_to_write,
    transaction,
)
from acechat.store.faults import Damaged, damage_of, is_damage, primary_code
from acechat.store.migrations import STEPS, migrate, version_of
from acechat.store.owners import Owner
from acechat.store.rows import SELECT_CONVERSATION, SELECT_MESSAGE

_READ = (
    SELECT_CONVERSATION,
    SELECT_MESSAGE,
    "SELECT conversation_id, text FROM drafts",
    "SELECT rowid FROM trigrams",
    "SELECT rowid FROM letters",
)
"""What a newer file must answer, to be read by this program."""


class Opening:
    """Opens one file, as often as that is needed."""

    def __init__(self, path: Path | Memory, owner: Owner) -> None:
        self._path = path
        self._owner = owner
        self.refusal = ""
        """Why nothing can be written, a sentence; empty where it can."""
        self.notices: list[str] = []
        """What the user has to know of how the file was found, a sentence each."""

    def __call__(self) -> Opened:
        """Open the file.

        Raises:
            StoreError: it is another program's, or of a version that cannot be read.
            sqlite3.Error: it cannot be opened or written.
            OSError: the same.
        """
        path = self._path
        if not isinstance(path, Path):
            return self._checked(":memory:", unclean=False), None
        make_file(path)
        # Before it is opened: where another one takes its name just then, that is noticed later.
        file = identity(path)
        try:
            return self._checked(path, unclean=self._ended_uncleanly(path)), file
        except Damaged as error:
            found = str(error)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            found = str(error)
        if refusal := _read_only(path):
            raise StoreError(f"{path} is damaged ({found}), and {refusal}")
        if notice := mend(path, file, found):
            self.notices.append(notice)
        file = identity(path)
        return self._checked(path, unclean=False), file

    def _ended_uncleanly(self, path: Path) -> bool:
        """Whether a process was killed while it could write, or the power went."""
        if self._owner.others_left():
            return True
        # A journal that nobody works with any more; a living process has one for milliseconds.
        with suppress(OSError):
            journal = path.with_name(f"{path.name}-journal")
            return journal.stat().st_size > 0 and not self._owner.others_live()
        return False

    def _checked(self, path: Path | Memory, *, unclean: bool) -> sqlite3.Connection:
        file = path if isinstance(path, Path) else None
        connection = connect(path)
        try:
            version = version_of(connection, file)
            self.refusal = _refusal(file, version)
            if self.refusal:
                _require_columns(connection, file, version)
                connection.execute("PRAGMA query_only = ON")
                return connection
            prepare_to_write(connection)
            if unclean and (damage := damage_of(connection)):
                raise Damaged(damage)
            if not version and file is not None and (backups := daily_backups(file)):
                self.notices.append(
                    f"{file} was gone or empty, so a new one was begun; "
                    f"the newest backup is {backups[0]}"
                )
            migrate(connection, file)
            connection.execute("PRAGMA foreign_keys = ON")
            _settle(connection, self._owner)
        except BaseException:
            connection.close()
            raise
        return connection


def _refusal(path: Path | None, version: int) -> str:
    """Return why the file is only read, or an empty text."""
    if path is None:
        return ""
    if version > len(STEPS):
        return f"{path} was written by a newer acechat, so this one only reads it"
    if reason := _read_only(path):
        return f"{path} is only read, because {reason}"
    return ""


def _read_only(path: Path) -> str:
    """Return what keeps this process from writing the file, or an empty text."""
    for name, word in ((path, "file"), (path.parent, "folder")):
        if not os.access(name, os.W_OK):
            return f"the {word} may not be written"
    return ""


def _require_columns(connection: sqlite3.Connection, path: Path | None, version: int) -> None:
    """Refuse a file that has not all that is read of it.

    Raises:
        StoreError: it has not.
    """
    if version < len(STEPS) and path is not None:
        raise StoreError(
            f"{path} has version {version} and would have to be brought up to date, "
            f"but {_read_only(path)}"
        )
    for statement in _READ:
        try:
            connection.execute(f"{statement} LIMIT 0")
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_ERROR:
                raise
            raise StoreError(
                f"{path} has version {version}, which cannot be read as it is ({error}); "
                f"this acechat knows versions up to {len(STEPS)} and left it alone"
            ) from error


def _settle(connection: sqlite3.Connection, owner: Owner) -> None:
    """Put in order what ended processes left; a file that can only be read stays as it is."""
    with suppress(OSError):
        try:
            receiving = turns.gone_owners(connection, owner)
            deleting = removing.gone_deleters(connection, owner)
            if receiving or deleting:
                with transaction(connection):
                    for name in receiving:
                        turns.interrupt(connection, name)
                    for name in deleting:
                        removing.give_up(connection, name)
                    removing.purge_some(connection)
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_READONLY:
                raise
        owner.sweep()
