"""What SQLite and the system report, as sentences for the user."""

import errno
import sqlite3
from pathlib import Path
from typing import Literal

Doing = Literal["opened", "brought up to date", "read", "written"]
"""What could not be done with the conversations."""

DISK_FULL = "the disk is full"
"""The reason a user can act on most easily, in the same words wherever it comes from."""

_BY_CODE = {
    sqlite3.SQLITE_FULL: DISK_FULL,
    sqlite3.SQLITE_BUSY: "{path} is locked by another program",
    sqlite3.SQLITE_LOCKED: "{path} is locked by another program",
    sqlite3.SQLITE_READONLY: "{path} is read-only",
    sqlite3.SQLITE_CORRUPT: "{path} is damaged",
    sqlite3.SQLITE_NOTADB: "{path} is damaged, or not a file of conversations",
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened",
    sqlite3.SQLITE_PERM: "{path} belongs to somebody else",
    sqlite3.SQLITE_IOERR: "the disk reports an error at {path}",
    sqlite3.SQLITE_TOOBIG: "a text is too long to be kept",
    sqlite3.SQLITE_NOMEM: "there is not enough memory",
}

_BY_ERRNO = {
    errno.ENOSPC: DISK_FULL,
    errno.EDQUOT: "your share of the disk is full",
    errno.EROFS: "{path} is on a read-only disk",
    errno.EACCES: "{path} belongs to somebody else",
    errno.EPERM: "{path} belongs to somebody else",
}


def sentence(error: sqlite3.Error | OSError, doing: Doing, path: Path | None) -> str:
    """Return one sentence that says what could not be done, and why."""
    # The system names the file itself: it may be an owner's or a backup.
    name = error.filename if isinstance(error, OSError) and error.filename else path
    reason = _reason(error).replace("{path}", str(name or "the store in memory"))
    return f"the conversations cannot be {doing}: {reason}"


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code; 0 where the error comes from Python's module."""
    # The low byte is the primary code, the rest says more than a user can act on.
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def _reason(error: sqlite3.Error | OSError) -> str:
    if isinstance(error, OSError):
        if error.errno in _BY_ERRNO:
            return _BY_ERRNO[error.errno]
        return f"{{path}}: {error.strerror or error}"
    # The file may hold bytes that are no text where text belongs; the module names no code then.
    if "decode to UTF-8" in str(error):
        return _BY_CODE[sqlite3.SQLITE_CORRUPT]
    return _BY_CODE.get(primary_code(error), str(error))
