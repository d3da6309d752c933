"""What one line, or one body, of a server says; nothing is decoded that nobody asks for.

`answer` repeats everything said so far (`api.md` section 3), so all fields stay raw views of the
line until their text is wanted.
"""

import json
import re
from typing import Any, NamedTuple, cast

import msgspec

_NOTHING = msgspec.Raw()
_QUOTE = 0x22
_MAX_DEPTH = 4
_GOOD_NUMBERS = (0, 200)
_SKIPPED_BY_SSE = (b":", b"event:", b"id:", b"retry:")
_PAGE = re.compile(rb"\s*<(!doctype|html|head|body|title|center|h1|\?xml|!--)", re.IGNORECASE)

DONE = b"[DONE]"
"""The end mark of event streams."""


class Line(msgspec.Struct):
    """The fields in use of one object; each is the raw JSON of its value."""

    type: msgspec.Raw = _NOTHING
    answer: msgspec.Raw = _NOTHING
    delta_answer: msgspec.Raw = _NOTHING
    content: msgspec.Raw = _NOTHING
    id: msgspec.Raw = _NOTHING
    conversation_id: msgspec.Raw = _NOTHING
    error: msgspec.Raw = _NOTHING
    detail: msgspec.Raw = _NOTHING
    code: msgspec.Raw = _NOTHING
    message: msgspec.Raw = _NOTHING
    trace_id: msgspec.Raw = _NOTHING
    file_url: msgspec.Raw = _NOTHING


class Decoded(NamedTuple):
    """A JSON string's text."""

    text: str
    """It may hold lone surrogates."""
    damaged: bool
    """Bytes that are not UTF-8 became U+FFFD."""


class ErrorWords(NamedTuple):
    """What a server says about an error; empty where it says nothing."""

    code: str = ""
    message: str = ""
    trace_id: str = ""


class Unreadable(Exception):
    """A line is not JSON."""


_LINE = msgspec.json.Decoder(Line)
_STRING = msgspec.json.Decoder(str)
_ANYTHING = msgspec.json.Decoder(msgspec.Raw)


def unframed(line: bytes) -> bytes:
    """Return `line` without the framing of `text/event-stream`; empty where nothing is left."""
    if line.startswith(b"data:"):
        return line[5:].strip()
    return b"" if line.startswith(_SKIPPED_BY_SSE) else line


def parse(line: bytes) -> Line | None:
    """Return the object in `line`, or None where it is JSON and not an object.

    Raises:
        Unreadable: it is not JSON, or nested too deeply to be read.
    """
    try:
        return _LINE.decode(line)
    except msgspec.ValidationError:
        # Told by its first byte; whether the rest is JSON is another matter.
        try:
            _ANYTHING.decode(line)
        except (msgspec.MsgspecError, RecursionError, UnicodeError):
            raise Unreadable from None
        return None
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return _parse_leniently(line)


def _parse_leniently(line: bytes) -> Line | None:
    """Read what strict JSON forbids: lone surrogates, and control characters in strings."""
    text, _ = _unicode(line)
    try:
        value = json.loads(text, strict=False, parse_int=str)
        if not isinstance(value, dict):
            return None
        plain = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return _LINE.decode(plain)
    except (ValueError, RecursionError):
        raise Unreadable from None


def _unicode(raw: bytes) -> tuple[str, bool]:
    try:
        return raw.decode("utf-8", "surrogatepass"), False
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace"), True


def is_page(line: bytes) -> bool:
    """Return whether `line` is the beginning of a web page."""
    return _PAGE.match(line) is not None


def string_in(raw: msgspec.Raw) -> memoryview | None:
    """Return what stands between the quotes, as it is on the wire; None where it is no string."""
    view = memoryview(raw)
    return view[1:-1] if len(view) >= 2 and view[0] == _QUOTE else None


def text_of(string: memoryview) -> Decoded | None:
    """Decode what `string_in` returned, or a part of it; None where the part was cut wrongly."""
    quoted = b'"%b"' % string
    try:
        return Decoded(_STRING.decode(quoted), damaged=False)
    except (msgspec.MsgspecError, UnicodeError):
        text, damaged = _unicode(quoted)
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        return None
    return Decoded(str(value), damaged)


def name_in(raw: msgspec.Raw) -> str:
    """Return a string or a number as text, anything else as the empty string."""
    string = string_in(raw)
    if string is not None:
        decoded = text_of(string)
        return decoded.text if decoded else ""
    number = bytes(memoryview(raw))
    return number.decode("ascii", "replace") if number[:1] in b"-0123456789" else ""


def kind_of(line: Line) -> str:
    """Return the `type` of a line; empty for the lines of the older endpoint."""
    string = string_in(line.type)
    return "" if string is None else name_in(line.type)


def file_url_in(body: bytes) -> str:
    """Return the `file_url` of the reply to a file (`api.md` section 8), or an empty text."""
    try:
        line = parse(body.strip())
    except Unreadable:
        return ""
    return name_in(line.file_url) if line is not None and string_in(line.file_url) else ""


def error_in(line: Line) -> ErrorWords | None:
    """Return what an error object says, or None where `line` is none (`api.md` section 4)."""
    if line.error is line.detail is line.code is line.message is line.type:
        return None  # nearly every line: all of them are missing
    kind = kind_of(line)
    if kind not in {"", "error"}:
        return None
    error = _value(line.error)
    detail = _value(line.detail)
    message = _value(line.message)
    code = _code(_value(line.code))
    if not (kind == "error" or error):
        says_text = string_in(line.answer) is not None or string_in(line.delta_answer) is not None
        if says_text or not (detail or (code and message)):
            return None
    inner = _fields(error)
    words = (_words(error), _words(message), _words(detail), _words(_value(line.content)))
    return ErrorWords(
        code=_code(inner.get("code")) or code or _code(inner.get("type")),
        message=next(filter(None, words), ""),
        trace_id=_code(_value(line.trace_id)) or _code(inner.get("trace_id")),
    )


def error_in_body(body: bytes) -> ErrorWords:
    """Return what the body of an error status says: an object, a string, a list or plain text.

    Web pages say nothing: they are a gateway's and are never shown.
    """
    for candidate in (body, *body.split(b"\n")):
        inside = unframed(candidate.strip())
        try:
            line = parse(inside)
        except Unreadable:
            continue
        if line is None:
            return ErrorWords(message=_words(_value(msgspec.Raw(inside))))
        words = error_in(line)
        if words is None:
            words = ErrorWords(
                code=_code(_value(line.code)),
                message=_words(_value(line.message)),
                trace_id=_code(_value(line.trace_id)),
            )
        return words
    text, damaged = _unicode(body)
    looks_like_words = not damaged and b"<" not in body and not body.lstrip().startswith(b"{")
    return ErrorWords(message=text.strip() if looks_like_words else "")


def _value(raw: msgspec.Raw) -> object:
    """Decode a small value; one that cannot be read counts as missing."""
    try:
        text, _ = _unicode(bytes(memoryview(raw)))
        value: Any = json.loads(text, strict=False, parse_int=_integer)
    except (ValueError, RecursionError):
        return None
    return value


def _words(value: object, depth: int = 0) -> str:
    """Return the words for a person in an error of whatever shape."""
    if isinstance(value, str):
        return value.strip()
    if depth == _MAX_DEPTH:
        return ""
    if isinstance(value, list):
        parts = (_words(part, depth + 1) for part in cast("list[object]", value))
        return "; ".join(filter(None, parts))
    if fields := _fields(value):
        names = ("message", "msg", "detail", "error", "reason", "description", "title")
        return next(filter(None, (_words(fields.get(name), depth + 1) for name in names)), "")
    return ""


def _fields(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _integer(digits: str) -> int | str:
    """Python refuses to convert numbers of more than 4,300 digits, so long ones stay text."""
    return int(digits) if len(digits) < 20 else digits


def _code(value: object) -> str:
    """Return a code or a trace id; a number between 400 and 599 is a status without a name."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int):
        return ""
    if 400 <= value <= 599:
        return f"http_{value}"
    return "" if value in _GOOD_NUMBERS else str(value)
