"""Locks between processes, on files of their own; the system drops them when a process ends."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


def take(descriptor: int, *, wait: bool = False) -> bool:
    """Lock an open file for this process alone; return whether that was possible.

    Args:
        descriptor: The open file.
        wait: Wait for whoever holds it, however long that takes.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        # A file system without such locks: what two processes may do at once there is written
        # beside its place and put there whole, so that nothing is torn.
        return True
    return True


@contextmanager
def locked(path: Path, *, wait: bool = False) -> Generator[bool]:
    """Hold the lock of the file `path`, which is made; it is whether that was possible.

    Raises:
        OSError: the file cannot be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield take(descriptor, wait=wait)
    finally:
        os.close(descriptor)
