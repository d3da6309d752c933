"""A server's refusal in this program's words: the code decides, the status where there is none."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from acechat.clean import clean_line, masked
from acechat.client.wire import ErrorWords
from acechat.errors import MAX_MESSAGE, REDIRECTED, TOKEN_CODES, Rejected
from acechat.origin import host_of

ACCOUNT_HINT = (
    "this looks like an account token; the API wants an API token, "
    "from platform.acedata.cloud, Applications"
)
"""For a token that belongs to platform.acedata.cloud (`api.md` section 8)."""

_MAX_NAME = 120
"""Characters of a code or a trace id; the provider's have at most 40."""

_TRACE_HEADERS = ("x-trace-id", "trace-id", "x-request-id", "request-id", "x-correlation-id")

_ACCOUNT_TOKEN = re.compile(r"platform-v1-[0-9a-fA-F]{64}")

_BY_CODE = {
    "bad_request": "the server could not read the question",
    "token_mismatched": "this token is for another service",
    "api_not_implemented": "the server does not offer this",
    "invalid_token": "the server does not take this token",
    "token_expired": "this token has expired",
    "no_token": "the server asks for a token",
    "used_up": "the balance of this token is used up",
    "disabled": "the service is disabled for this token",
    "forbidden": "the server refused the question",
    "not_found": "the server no longer knows this conversation",
    "request_entity_too_large": "the question or its references are too large",
    "too_many_requests": "too many questions in a short time",
    "api_error": "the server had an error",
    "chat_error": "the server had an error",
}

_BY_STATUS = {
    400: "the server could not read the question",
    401: "the server does not take this token",
    402: "the server asks for payment",
    403: "the server refused the question",
    404: "the server does not know what was asked for",
    413: "the question or its references are too large",
    429: "too many questions in a short time",
}

_FILE_WORDS = {
    "bad_request": "the server could not read the file",
    "forbidden": "the server refused the file",
    "not_found": "the server does not take files there",
    "request_entity_too_large": "the file is too large for the server",
    "too_many_requests": "too many files in a short time",
    "http_400": "the server could not read the file",
    "http_403": "the server refused the file",
    "http_404": "the server does not take files there",
    "http_405": "the server does not take files there",
    "http_413": "the file is too large for the server",
    "http_429": "too many files in a short time",
}
"""What a code means where a file was sent, in the place of the words for questions."""


def is_account_token(token: str) -> bool:
    """Return whether `token` has the shape of an account token (`api.md` section 8)."""
    return _ACCOUNT_TOKEN.fullmatch(token) is not None


def presentable(text: str, token: str) -> str:
    """Return a server's words on one line, inert, without the token, and not too long."""
    mask: Callable[[str], str] = masked(token)
    # Masked after cleaning: a token with invisible characters in it would be whole again.
    line = mask(clean_line(text))
    return line if len(line) <= MAX_MESSAGE else line[: MAX_MESSAGE - 1] + "…"


def rejected(
    words: ErrorWords,
    status: int,
    token: str,
    headers: Mapping[str, str] | None = None,
    *,
    of_file: bool = False,
) -> Rejected:
    """Return the error for an answer with `status` that says `words`.

    Args:
        words: What the server says.
        status: The HTTP status.
        token: What is masked in the server's words.
        headers: Those of the answer.
        of_file: It was a file that was sent, not a question.
    """
    headers = headers or {}
    code = presentable(words.code, token)[:_MAX_NAME] or f"http_{status}"
    message = presentable(words.message, token)
    if not message:
        message = (_FILE_WORDS.get(code, "") if of_file else "") or _words_for(code, status)
    if not of_file and (code in TOKEN_CODES or status == 401) and is_account_token(token):
        message = f"{message[: MAX_MESSAGE - len(ACCOUNT_HINT) - 2]}; {ACCOUNT_HINT}"
    trace_id = words.trace_id or next(filter(None, map(headers.get, _TRACE_HEADERS)), "")
    return Rejected(
        message,
        code=code,
        status=status,
        trace_id=presentable(trace_id, token)[:_MAX_NAME] or None,
        retry_after=seconds_to_wait(headers),
    )


def redirected(location: str, status: int, own_host: str, token: str) -> Rejected:
    """Return the error for a redirect: nothing, and above all no token, is sent there."""
    host = presentable(host_of(location) or own_host, token)[:_MAX_NAME]
    return Rejected(
        f"the server redirects to {host}, which was not followed", code=REDIRECTED, status=status
    )


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """Read `Retry-After` in both its forms; None where it is missing or cannot be read."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        until = _date(value)
        if until is None:
            return None
        # The server's own clock is the one its date was made with.
        now = _date(headers.get("date", "")) or datetime.now(UTC)
        seconds = (until - now).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _words_for(code: str, status: int) -> str:
    if words := _BY_CODE.get(code) or _BY_STATUS.get(status):
        return words
    if status >= 500:
        return f"the server had an error (HTTP {status})"
    if status == 200:
        return "the server reported an error and said nothing more"
    return f"the server refused it (HTTP {status})"
