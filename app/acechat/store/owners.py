"""Which processes are alive that may be writing an answer.

Each process that writes holds a lock on a file of its own in `owners/` beside the conversations.
The system drops the lock when the process ends, however it ends, so that nothing depends on process
ids, which are used again.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from acechat.locks import take
from acechat.models import new_id
from acechat.store.database import FILE_MODE, FOLDER_MODE


def _is_free(path: Path) -> bool:
    """Return whether a process that ended left the file behind. It stays."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _is_held(path: Path) -> bool:
    """Return whether a living process holds the file; remove it where none does."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        # A shared lock: two processes that look at the same time do not see each other.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    else:
        # Under the lock, so that its maker cannot lock it between the look and this. It may
        # stay where it cannot be removed: it is not locked.
        with suppress(OSError):
            path.unlink()
        return False
    finally:
        os.close(descriptor)


class Owner:
    """This process, or this store of it, as the others see it.

    Its file is made with the first write: reading leaves no trace. Use it from the store's thread
    only.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        """Where the owners' files are; None for a store in memory, which has no other owners."""
        self.id = ""
        """Empty until `claim`."""
        self._descriptor: int | None = None

    def claim(self) -> str:
        """Return the id, which others see as living from now on.

        Raises:
            OSError: the file cannot be made.
        """
        while not self.id:
            name = new_id()
            if self.folder is None or self._hold(self.folder / name):
                self.id = name
        return self.id

    def is_alive(self, owner: str | None) -> bool:
        """Return whether the process that called itself `owner` can still write.

        Raises:
            OSError: the owners' files cannot be read.
        """
        if not owner or not owner.isalnum():
            return False
        return owner == self.id or (self.folder is not None and _is_held(self.folder / owner))

    def others_left(self) -> bool:
        """Return whether a process that wrote has ended without saying so: killed, or no power."""
        return any(_is_free(path) for path in self._others())

    def others_live(self) -> bool:
        """Return whether another process is there that has written."""
        return any(not _is_free(path) for path in self._others())

    def _others(self) -> list[Path]:
        with suppress(OSError):
            if self.folder is not None:
                return [path for path in self.folder.iterdir() if path.name != self.id]
        return []

    def sweep(self) -> None:
        """Remove the files of processes that ended without doing so.

        Raises:
            OSError: the owners' files cannot be read.
        """
        if self.folder is None or not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            if path.name != self.id:
                _is_held(path)

    def release(self, *, cleanly: bool = True) -> None:
        """Stop being an owner; unless `cleanly`, as one that was killed: the file is checked then.

        Raises:
            OSError: the file cannot be removed; it is unlocked all the same.
        """
        if self._descriptor is not None and self.folder is not None:
            os.close(self._descriptor)
            self._descriptor = None
            if cleanly:
                (self.folder / self.id).unlink(missing_ok=True)
        self.id = ""

    def _hold(self, path: Path) -> bool:
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE_MODE)
        # Another process may sweep the file away between the two calls; then nobody would see the
        # lock, and another name is tried.
        if not take(descriptor) or not path.exists():
            os.close(descriptor)
            path.unlink(missing_ok=True)
            return False
        self._descriptor = descriptor
        return True
