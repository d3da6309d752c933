"""When a question is sent again unasked: only where the server surely did not take it."""

from collections.abc import Callable

from acechat.errors import TOKEN_CODES, Rejected, Unreachable

TRIES = 3
"""How often a question that the server surely did not take is sent, in all."""

FIRST_WAIT = 0.5
"""Seconds after the first try of a server that was not reached; doubled with each one."""

LONGEST_WAIT = 8.0
"""What doubling ends at."""

FIRST_BUSY_WAIT = 2.0
"""Seconds after the first 429 that names no time; doubled with each one."""

NOT_BY_WAITING = TOKEN_CODES | {
    "used_up",
    "disabled",
    "forbidden",
    "not_found",
    "bad_request",
    "api_not_implemented",
    "request_entity_too_large",
}
"""The codes (`api.md` section 4) of what no wait mends, under whichever status they come."""

MAX_WAIT = 60.0
"""The longest `Retry-After`, in seconds, that is waited for without being asked."""


def wait_before_next_try(
    error: Unreachable | Rejected, attempt: int, jitter: Callable[[], float]
) -> float | None:
    """Return the seconds to wait before a try that repeats nothing, or None where none is due.

    Only what the server surely did not take is sent again unasked: the connection was never made,
    or the answer was 429. The times are those of `reliability.md` section 4.

    Args:
        error: What went wrong.
        attempt: How many tries there were.
        jitter: Gives a number from 0 up to 1, so that many programs do not come back together.
    """
    if attempt >= TRIES:
        return None
    if isinstance(error, Unreachable):
        longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1))
        return longest * jitter() if error.retryable else None
    if error.status != 429 or error.code in NOT_BY_WAITING:
        return None
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= MAX_WAIT else None
    return FIRST_BUSY_WAIT * 2 ** (attempt - 1) + jitter()


def name_the_wait(error: Unreachable | Rejected) -> None:
    """Say how long the server asks to wait, where nobody waits for it."""
    if isinstance(error, Unreachable) or error.code in NOT_BY_WAITING:
        return
    seconds = error.retry_after
    if seconds is not None and seconds >= 2:
        error.message = f"{error.message.rstrip('.')}; the server asks to wait {_span(seconds)}"


def _span(seconds: float) -> str:
    """Return a span of time in words, in its largest unit that is not too rough."""
    for unit, size in (("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
