"""Faults in what the lines of a stream hold."""

import json
from collections.abc import Sequence

from fault_rows.row import ANSWER, DELTAS, GOOD, PAGE, SINGLE, Row, failed, lines, ok, partial
from faults import SERVER_ID, complete, line, stream, typed


def _twice(lines: Sequence[bytes]) -> list[bytes]:
    return [again for one in lines for again in (one, one)]


def _without(name: str) -> list[bytes]:
    kept: list[bytes] = []
    for one in GOOD:
        fields = json.loads(one)
        del fields[name]
        kept.append(line(**fields))
    return kept


_ODD = "a\u2028b\u2029c\u0085d\x0be\x0cf"
_EARTH = json.dumps("🌍")[1:-1]
_CARD = line(type="card", answer="no")
_FLAW_AHEAD = stream("one ", "two ", "three")


def _flawed(name: str, garbage: bytes) -> Row:
    mixed = [_FLAW_AHEAD[0], garbage + b"\n", *_FLAW_AHEAD[1:]]
    return ok(name, complete(mixed), "one two three", flawed=True)


def _plain(answer: str, delta: str) -> bytes:
    fields = {"answer": answer, "delta_answer": delta, "id": SERVER_ID}
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


NDJSON_ROWS = (
    ok(
        "unescaped line separators",
        lines(_plain(_ODD[:4], _ODD[:4]), _plain(_ODD, _ODD[4:])),
        _ODD,
    ),
    ok("CRLF", complete([one.replace(b"\n", b"\r\n") for one in GOOD])),
    ok("blank lines", complete([b"\n\r\n  \n", *(one + b"\n\n" for one in GOOD)])),
    ok("BOM", complete([b"\xef\xbb", b"\xbf" + GOOD[0], *GOOD[1:]])),
    ok("lines that are not objects", complete([b"[]\n", b"5\n", *GOOD, b'"x"\n', b"null\n"])),
    ok("unknown objects", complete([line(kind="ping"), _CARD, *GOOD, _CARD])),
    ok(
        "odd types",
        complete(
            [
                line(answer=5, delta_answer=None, id=[]),
                line(answer=["x"], delta_answer={"a": 1}, id=True),
                *GOOD,
            ]
        ),
    ),
    _flawed("garbage line", b"\x00garbage"),
    _flawed("half a line", _FLAW_AHEAD[1][:20]),
    _flawed("200,000 levels", b'{"x":' + b"[" * 200_000 + b"]" * 200_000 + b"}"),
    ok(
        "a number of 6,000 digits",
        lines(line(n=1).replace(b"1", b"1" * 6000), *stream("one ", "two")),
        "one two",
    ),
    ok(
        "a number of 6,000 digits beside what JSON forbids",
        lines(
            b'{"n": %b, "delta_answer": "one\x01 "}\n' % (b"1" * 6000),
            line(delta_answer="two"),
        ),
        "one\x01 two",
        ids=(),
    ),
    ok(
        "garbage in place of a delta",
        lines(_FLAW_AHEAD[0], b"{]\n", _FLAW_AHEAD[2]),
        "one two three",
        flawed=True,
    ),
    ok("garbage first", lines(b'{"answer": "x\n', *_FLAW_AHEAD), "one two three", flawed=True),
    ok(
        "bad UTF-8",
        lines(
            b'{"answer": "a\xff", "delta_answer": "a\xff"}\n',
            b'{"answer": "a\xffb", "delta_answer": "b"}\n',
        ),
        "a\ufffdb",
        flawed=True,
        ids=(),
    ),
    Row(
        "nothing but garbage",
        lines(b"x\n", b"\xff\n", b"}{\n"),
        "",
        "BadStream",
        "bad_stream",
        "not an answer",
        flawed=True,
        ids=(),
    ),
    partial(
        "HTML in the middle",
        lines(_FLAW_AHEAD[0], PAGE + b"\n", _FLAW_AHEAD[1]),
        "one ",
        "cut off",
    ),
    ok(
        "lone surrogates",
        lines(*stream("a\ud83d b", "\ude00c", "d\ud83d")),
        "a\ufffd b\ufffdcd\ufffd",
    ),
    ok("a pair over two deltas", lines(*stream("a\ud83d", "\ude00b", " c")), "a😀b c"),
    ok(
        "a pair over two deltas, never told again",
        lines(line(delta_answer="a\ud83d"), line(delta_answer="\ude00b")),
        "a😀b",
        ids=(),
    ),
    ok("NUL", lines(*stream("a\x00b", "c")), "a\x00bc"),
    ok(
        "escaped and unescaped",
        lines(*stream("hi "), (f'{{"answer": "hi {_EARTH}", "delta_answer": "🌍"}}\n').encode()),
        "hi 🌍",
    ),
    ok("no delta_answer", complete(_without("delta_answer"))),
    ok("no answer", complete(_without("answer"))),
    ok("some lines without answer", complete([*_without("answer")[:2], *GOOD[2:]])),
    ok("some lines without delta", complete([*GOOD[:3], *_without("delta_answer")[3:]])),
    ok(
        "answer is not cumulative",
        lines(*(line(answer=d, delta_answer=d) for d in DELTAS)),
        ids=(),
    ),
    ok(
        "not cumulative, and words repeat",
        lines(*(line(answer=d, delta_answer=d) for d in ("ha", "ha", "ha", "!", "ha"))),
        "hahaha!ha",
        ids=(),
    ),
    ok(
        "answer rewritten",
        lines(*stream("The cat"), _plain("A dog", " dog"), _plain("A dog sat", " sat")),
        "A dog sat",
    ),
    ok(
        "answer rewritten in the same length",
        lines(
            *stream("The cat sat on the mat and looked at the moon"),
            _plain("The dog sat on the mat and looked at the moon!", "!"),
        ),
        "The dog sat on the mat and looked at the moon!",
    ),
    ok("an empty answer at the end", lines(*GOOD, line(answer="", delta_answer=""))),
    ok("the whole answer again at the end", lines(*GOOD, line(**SINGLE, delta_answer=ANSWER))),
    ok("every line twice", complete(_twice(GOOD))),
    ok("one line twice", complete(_twice(stream("Hi"))), "Hi"),
    ok("every line twice without delta", complete(_twice(_without("delta_answer")))),
    ok("a line lost", complete([*GOOD[:2], *GOOD[3:]])),
    ok("no id", complete(stream(*DELTAS, server_id=None)), ids=()),
    ok("a late id", complete([*stream(*DELTAS, server_id=None)[:-1], GOOD[-1]])),
    ok(
        "an id that changes",
        complete([*stream(*DELTAS, server_id="a")[:2], *GOOD[2:]]),
        ids=("a", SERVER_ID),
    ),
    ok("an id that is a number", lines(line(answer="x", delta_answer="x", id=7)), "x", ids=("7",)),
    ok(
        "a hostile id",
        lines(line(answer="x", delta_answer="x", id="\x1b]0;x\x07\ud800")),
        "x",
        ids=("\x1b]0;x\x07\ufffd",),
    ),
    ok("an id of 10 KB", lines(line(answer="x", delta_answer="x", id="i" * 10_000)), "x", ids=()),
    ok("one line of 8 MB", lines(line(answer="x" * 8_000_000)), "x" * 8_000_000, ids=()),
    ok("3,000 deltas", complete(stream(*["word "] * 3000)), "word " * 3000),
    failed(
        "empty answer",
        lines(line(answer="", delta_answer="")),
        "BadStream",
        "empty_reply",
        "empty",
    ),
    ok(
        "typed lines that repeat nothing",
        lines(*(line(type="text_delta", content=delta) for delta in DELTAS), line(type="done")),
        ids=(),
    ),
    failed("typed lines without text", complete(typed()[:1]), "BadStream", "empty_reply"),
    failed("an end mark and no text", lines(b"data: [DONE]\n"), "BadStream", "empty_reply"),
)
"""What the lines of a stream can hold."""
