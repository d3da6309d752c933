"""Programs that end with the bench, however it ends. Left without a terminal, some would spin."""

import ctypes
import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from types import FrameType

_PR_SET_PDEATHSIG = 1
_LIBRARY = ctypes.CDLL(None)


def end_with_parent() -> None:
    """Have this process killed when its parent is gone. Called between fork and exec."""
    if sys.platform == "linux":
        _LIBRARY.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def signal_group(pid: int, number: int) -> None:
    """Send a signal to a program that leads a group of processes, and to what it has started."""
    with suppress(ProcessLookupError):
        os.killpg(pid, number)


@contextmanager
def ended_by_signals() -> Generator[None]:
    """Let SIGTERM and SIGHUP end the bench as ctrl+c does: in order, with all that it started."""
    before = {each: signal.signal(each, _leave) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
