"""Finished text in pieces like a language model's tokens, at the pace of one."""

import asyncio
import math
import re
from collections.abc import AsyncGenerator, Iterator

_PIECE = re.compile(
    r"\s*(?:[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]{1,2}|[^\s\u2e80-\u9fff]{1,6})|\s+"
)

TURN_EVERY = 16
"""Pieces after which even an answer without a pace lets other requests have their turn."""


def pieces(text: str) -> Iterator[str]:
    """Cut `text` into pieces of up to six characters, with the space before them.

    Chinese, Japanese and Korean come one or two characters at a time. Joined, the pieces are
    `text` again.
    """
    return (match.group() for match in _PIECE.finditer(text))


async def paced(text: str, per_second: float) -> AsyncGenerator[str, None]:
    """Yield the pieces of `text`, `per_second` of them a second; infinite means at once.

    The times are counted from the start, so that a slow reader does not make the pace slower than
    it has to.
    """
    clock = asyncio.get_running_loop().time
    start = clock()
    for number, piece in enumerate(pieces(text)):
        due = 0.0 if math.isinf(per_second) else start + number / per_second
        if (wait := due - clock()) > 0:
            await asyncio.sleep(wait)
        elif number % TURN_EVERY == 0:
            await asyncio.sleep(0)
        yield piece
