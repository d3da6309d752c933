"""Writes whose outcome has to be known, also while their task is being cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


async def carried_out(write: Coroutine[object, object, T], *, give_up: bool = False) -> T:
    """Wait until a write is carried out, even while this task is being cancelled.

    Args:
        write: The write.
        give_up: Cancel the write too, which decides itself whether that comes too late.
    """
    task = asyncio.ensure_future(write)
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            if give_up and not cancelled:
                task.cancel()
            cancelled = True
    if cancelled and (task.cancelled() or task.exception() is None):
        raise asyncio.CancelledError
    return task.result()
