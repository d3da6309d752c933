"""Lines into events: the right text once, in any cut, and without decoding it again and again."""

import json
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from acechat.client import answer as answer_module
from acechat.client import wire
from acechat.client.answer import AnswerReader
from acechat.client.inflate import Inflater
from acechat.client.ndjson import NdjsonDecoder
from acechat.client.refusal import rejected
from acechat.errors import ChatError
from acechat.events import (
    ApiEvent,
    ConversationOpened,
    StreamFlawed,
    TextDelta,
    TextReplaced,
)
from faults import line, sliced, stream, typed


@dataclass
class Said:
    """Events, whatever way they were cut."""

    text: str
    ids: list[str]
    flawed: bool
    error: tuple[str, str, str] | None


def told(pieces: list[bytes], *, cut: bool = False) -> Said:
    decoder = NdjsonDecoder()
    reader = AnswerReader()
    events: list[ApiEvent] = []
    for piece in pieces:
        events += reader.read(decoder.feed(piece))
    events += reader.finish(decoder.flush(), cut=cut)
    text = ""
    for event in events:
        if isinstance(event, TextDelta):
            text += event.text
        elif isinstance(event, TextReplaced):
            text = event.text
    assert text == reader.text
    error = reader.error
    return Said(
        text,
        [event.server_id for event in events if isinstance(event, ConversationOpened)],
        any(isinstance(event, StreamFlawed) for event in events),
        error and (type(error).__name__, error.code, error.message),
    )


UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no reason to fail."""

# A text of an alphabet would draw each of these as seldom as any other letter.
TEXT = st.lists(st.characters() | st.sampled_from('\ud83d\ude00"\\\n\u2028ab'), max_size=6).map(
    "".join
)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
NAME = st.sampled_from(
    "type answer delta_answer content id conversation_id error detail code message trace_id".split()
)
KIND = st.sampled_from(["text_delta", "done", "error", "card"])
OBJECT = st.dictionaries(NAME, VALUE | TEXT | KIND, max_size=5)
LINE = st.one_of(
    OBJECT.map(lambda fields: json.dumps(fields).encode()),
    OBJECT.map(lambda fields: json.dumps(fields, indent=1).encode()),
    OBJECT.map(lambda fields: b"data: " + json.dumps(fields).encode()),
    VALUE.map(lambda value: json.dumps(value).encode()),
    st.lists(TEXT, max_size=4).map(lambda deltas: b"".join(stream(*deltas))),
    st.binary(max_size=20),
    st.sampled_from([b"[DONE]", b"data: [DONE]", b": x", b"<html>", b"{", b"}", b""]),
)
BODY = st.lists(LINE, max_size=8).map(b"\n".join)


@UNHURRIED
@given(BODY, st.lists(st.integers(0, 10_000), max_size=12), st.booleans())
@example(b"\xef\xbb\xbf{", [1, 2], False)
def test_any_cut_of_any_bytes_says_the_same(data: bytes, cuts: list[int], cut: bool) -> None:
    said = told(sliced(data, cuts), cut=cut)
    assert said == told([data], cut=cut)
    said.text.encode()
    "".join(said.ids).encode()


@UNHURRIED
@given(st.binary(max_size=300))
@example(b"\x1f\x8b\x08")
def test_random_bytes_raise_nothing_but_chat_errors(data: bytes) -> None:
    told([data])
    rejected(wire.error_in_body(data), 500, "token")
    for encoding in ("gzip", "deflate", "br"):
        try:
            inflater = Inflater(encoding)
            list(inflater.feed(data))
            inflater.finish()
        except ChatError:
            pass


@UNHURRIED
@given(OBJECT | VALUE, st.integers(400, 599))
def test_an_error_of_any_shape_has_words(value: object, status: int) -> None:
    error = rejected(wire.error_in_body(json.dumps(value).encode()), status, "token")
    assert error.message.strip()
    assert error.code.strip()
    f"{error.message}{error.code}{error.trace_id}".encode()


@UNHURRIED
@given(
    st.lists(st.tuples(TEXT, st.sampled_from(["both", "delta", "answer", "twice"])), max_size=12),
    st.booleans(),
)
def test_the_right_text_once(parts: list[tuple[str, str]], escaped: bool) -> None:
    """Lines that lack a field, or come twice, in any order and either way of writing JSON."""
    answer = ""
    lines: list[bytes] = []
    for delta, has in parts:
        answer += delta
        fields = {"answer": answer, "delta_answer": delta}
        if has == "delta":
            del fields["answer"]
        elif has == "answer":
            del fields["delta_answer"]
        whole = json.dumps(fields, ensure_ascii=escaped).encode("utf-8", "surrogatepass") + b"\n"
        lines += [whole] * (2 if has == "twice" else 1)
    right = answer.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    said = told(lines)
    # Where only deltas came, the same text twice and a repeated word look the same.
    assert said.text == right
    assert not said.flawed


class Counted:
    """Counts what is decoded."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.size = 0
        self.most = 0
        decode = wire.text_of

        def counting(string: memoryview) -> wire.Decoded | None:
            self.size += len(string)
            self.most += len(string) > 1000
            return decode(string)

        monkeypatch.setattr(answer_module.wire, "text_of", counting)


DELTAS = ["word ", "naïve ", 'a "quoted" \\ ', "多字节 ", "😀 ", "\n"] * 300
LENGTH = len("".join(json.dumps(delta)[1:-1] for delta in DELTAS))


def lacking(name: str) -> list[bytes]:
    kept: list[bytes] = []
    for one in stream(*DELTAS):
        fields = json.loads(one)
        del fields[name]
        kept.append(line(**fields))
    return kept


@pytest.mark.parametrize(
    "lines",
    [
        stream(*DELTAS),
        typed(*DELTAS),
        lacking("answer"),
        lacking("delta_answer"),
        [again for one in stream(*DELTAS) for again in (one, one)],
    ],
    ids=["v1", "v2", "no answer", "no delta", "twice"],
)
def test_the_whole_answer_is_decoded_at_the_end_only(
    lines: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted(monkeypatch)
    assert told(lines).text == "".join(DELTAS)
    assert counted.most <= 1
    ids_and_kinds = len(lines) * 100 if b"type" in lines[0] else 200
    assert counted.size <= 2 * LENGTH + ids_and_kinds


def test_an_answer_of_many_lines_is_read_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_module, "MAX_ANSWER", 1_000)
    said = told([b'{"delta_answer": "' + b"x" * 90 + b'"}\n'] * 20)
    assert said.error is not None
    assert said.error[:2] == ("BadStream", "too_large")
    # What came stays, and nothing is taken in behind it.
    assert len(said.text) == 12 * 90


def test_an_id_that_is_spelled_otherwise_is_the_same_id() -> None:
    said = told(
        [b'{"id": "s-\\u0031", "delta_answer": "a"}\n', b'{"id": "s-1", "delta_answer": "b"}\n']
    )
    assert (said.text, said.ids) == ("ab", ["s-1"])


def test_a_rewritten_answer_is_decoded_when_it_does_not_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = stream(*DELTAS), stream("Sorry. ", *DELTAS)
    counted = Counted(monkeypatch)
    reader = AnswerReader()
    assert [type(event) for event in reader.read(first)] == [ConversationOpened, TextDelta]
    assert reader.read([second[-1]]) == [TextReplaced("Sorry. " + "".join(DELTAS))]
    assert reader.finish() == []
    assert counted.most == 1


def test_many_lines_at_once_are_one_event() -> None:
    reader = AnswerReader()
    lines = stream("a", "b", "c", server_id=None)
    assert reader.read(lines) == [TextDelta("abc")]
    assert reader.read([]) == []


def test_one_object_over_many_lines_is_collected_only_so_far(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answer_module, "MAX_ANSWER", 1024 * 1024)
    lines = [b"{"] + [b'"a": "' + b"x" * 100_000 + b'",'] * 20
    reader = AnswerReader()
    read = next(number for number, each in enumerate(lines) if reader.read([each]) or reader.over)
    assert read == 11
    assert reader.error is not None
    assert reader.error.code == "too_large"


@pytest.mark.parametrize("repeats", [True, False], ids=["answer", "delta"])
def test_an_answer_that_never_ends_stops_at_the_cap(
    repeats: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_module, "MAX_ANSWER", 1000)
    lines = stream(*["x" * 100] * 20) if repeats else [line(delta_answer="x" * 100)] * 20
    reader = AnswerReader()
    reader.read(lines)
    assert len(reader.text) == 1100
    assert reader.error is not None
    assert reader.error.code == "too_large"
