"""Has an image drawn: a child process does it, and is ended when nobody waits for it any more."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from importlib.util import find_spec
from typing import cast

from acechat.clean import clean_line
from acechat.errors import FileError
from acechat.files import CELL, Drawn
from acechat.tokens import VARIABLES

PATIENCE_SECONDS = 15.0
"""How long drawing may take: its process has 10 s of a processor (`pictures/__main__.py`)."""

NEEDED = "images are shown with the extra images: pip install 'acechat[images]'"
"""What is said where it is not installed."""


def is_installed() -> bool:
    """Return whether images can be drawn; nothing is imported to find out."""
    try:
        return all(find_spec(name) is not None for name in ("textual_image", "PIL"))
    except ValueError:
        return False


async def draw(image: bytes, columns: int, lines: int, background: str) -> Drawn:
    """Draw an image within so many cells; being cancelled ends the process that does.

    Args:
        image: The bytes of its file.
        columns: At most.
        lines: At most.
        background: What shows through it, as `#rrggbb`.

    Raises:
        FileError: it cannot be drawn; the message says why.
    """
    # -P: a module that happens to lie in the current folder is not ours.
    command = (sys.executable, "-P", "-m", __package__ or "", str(columns), str(lines), background)
    environment = {k: v for k, v in os.environ.items() if k not in VARIABLES}
    try:
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise FileError(f"images cannot be drawn: {error.strerror}") from error
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            said, _ = await child.communicate(image)
    except TimeoutError:
        raise FileError("the image takes too long to be drawn") from None
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    return _drawn(said)


def _drawn(said: bytes) -> Drawn:
    head, _, cells = said.partition(b"\n")
    try:
        found = cast("dict[str, str | int]", json.loads(head))
    except ValueError:
        # It ended before it said anything: it took too much.
        raise FileError("the image cannot be drawn") from None
    if problem := found.get("problem"):
        raise FileError(clean_line(str(problem)))
    width, height, columns, lines = (
        int(found[name]) for name in ("width", "height", "columns", "lines")
    )
    drawn = Drawn(clean_line(str(found["format"])), width, height, columns, lines, cells)
    if len(cells) != drawn.columns * drawn.lines * CELL:
        raise FileError("the image cannot be drawn")
    return drawn
