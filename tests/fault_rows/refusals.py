"""What the API says when it refuses, in every shape."""

from fault_rows.row import ANSWER, GOOD, PAGE, TOKEN, Row, failed, lines, partial
from faults import cut, line, refusing, verbatim, whole


def _error(name: str, status: str, code: str, message: str) -> Row:
    error = {"code": code, "message": message}
    behave = refusing(status, error=error, trace_id="trace-1")
    return failed(name, behave, "Rejected", code, message, "trace-1")


def _said(name: str, code: str, says: str, /, **fields: object) -> Row:
    return failed(name, refusing("400 Bad Request", **fields), "Rejected", code, says)


_BROKEN = line(error={"code": "chat_error", "message": "it broke"}, trace_id="trace-2")

API = (
    _error("400", "400 Bad Request", "bad_request", "model is not right"),
    _error("400 token", "400 Bad Request", "token_mismatched", "another service"),
    _error("400 not offered", "400 Bad Request", "api_not_implemented", "not offered"),
    _error("401", "401 Unauthorized", "invalid_token", "token not right"),
    _error("401 expired", "401 Unauthorized", "token_expired", "token is too old"),
    _error("402", "402 Payment Required", "used_up", "no balance"),
    _error("403 balance", "403 Forbidden", "used_up", "no balance"),
    _error("403 disabled", "403 Forbidden", "disabled", "switched off"),
    _error("403 moderation", "403 Forbidden", "forbidden", "not this text"),
    _error("404", "404 Not Found", "not_found", "no such conversation"),
    _error("413", "413 Payload Too Large", "request_entity_too_large", "too large"),
    _error("429", "429 Too Many Requests", "too_many_requests", "slow down"),
    _error("500", "500 Internal Server Error", "api_error", "failed"),
    _error("500 chat", "500 Internal Server Error", "chat_error", "failed"),
    failed("401 without a body", whole(b"", "401 Unauthorized"), "Rejected", "http_401", "token"),
    failed("418 without a body", whole(b"", "418 Teapot"), "Rejected", "http_418", "418"),
    failed("101", verbatim(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), "BadStream", "bad_stream"),
    *(
        failed(
            f"{status} page",
            whole(PAGE, f"{status} Bad", kind="text/html"),
            "Rejected",
            f"http_{status}",
            "had an error",
        )
        for status in (500, 502, 503, 504)
    ),
    failed("error cut off", cut([]), "Interrupted", "no_reply"),
    failed(
        "plain text",
        whole(b"upstream timed out", "504 Bad", kind="text/plain"),
        "Rejected",
        "http_504",
        "upstream timed out",
    ),
    _said("error as a string", "http_400", "no model", error="no model"),
    _said("error as a list", "http_400", "one; two", error=["one", {"message": "two"}]),
    _said("error as null", "http_400", "could not read", error=None),
    _said("detail", "odd", "no model", detail="no model", code="odd"),
    _said("detail as a list", "http_400", "field required", detail=[{"msg": "field required"}]),
    _said("a code that is a number", "http_422", "no", code=422, message="no"),
    failed("a bare string", whole(b'"no model"', "400 Bad"), "Rejected", "http_400", "no model"),
    failed("error in a 200", whole(_BROKEN), "Rejected", "chat_error", "it broke", "trace-2"),
    failed(
        "error as first line",
        lines(_BROKEN, *GOOD),
        "Rejected",
        "chat_error",
        "it broke",
        "trace-2",
    ),
    failed(
        "string as error line", lines(line(error="it broke")), "Rejected", "http_200", "it broke"
    ),
    failed("null as error line", lines(line(error=None)), "BadStream", "empty_reply"),
    failed(
        "platform error line",
        lines(line(detail="it broke", code="odd")),
        "Rejected",
        "odd",
        "it broke",
    ),
    failed(
        "typed error line",
        lines(line(type="error", message="it broke", code="odd", status=500)),
        "Rejected",
        "odd",
        "it broke",
    ),
    partial(
        "error in mid-stream",
        lines(*GOOD[:2], _BROKEN, *GOOD[2:]),
        "Hello, wör",
        "it broke",
        error="Rejected",
        code="chat_error",
        trace_id="trace-2",
    ),
    partial(
        "error as last line",
        lines(*GOOD, _BROKEN),
        ANSWER,
        "it broke",
        error="Rejected",
        code="chat_error",
        trace_id="trace-2",
    ),
    partial(
        "error as last line, then a cut",
        cut([*GOOD, _BROKEN]),
        ANSWER,
        "it broke",
        error="Rejected",
        code="chat_error",
        trace_id="trace-2",
    ),
    _said(
        "error that is hostile",
        "o␛[31mdd",
        "␛]0;x",
        code="o\x1b[31mdd",
        message="\x1b]0;x\x07\ud800" + "y" * 900,
    ),
    failed(
        "a code and a trace id without end",
        refusing(
            "400 Bad Request", error={"code": "c" * 9_000, "message": "no"}, trace_id="t" * 9_000
        ),
        "Rejected",
        "c" * 120,
        "no",
        "t" * 120,
    ),
    _said(
        "error that echoes the token",
        "••••",
        "bad ••••",
        code=TOKEN,
        message=f"bad {TOKEN[:8]}\x90{TOKEN[8:]}",
    ),
)
"""What the API says."""
