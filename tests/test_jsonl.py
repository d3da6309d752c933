"""A conversation as one line of JSON, out and in again."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acechat.jsonl import conversation_object, from_jsonl, to_jsonl
from acechat.models import Carried, Conversation, Failure, Message, Origin, Role, Status, Whole

KEY = "c" * 32

CONVERSATION = Conversation(
    id=KEY,
    title="Sorting in Python",
    renamed=True,
    server_id="srv-1",
    server="https://api.acedata.cloud/aichat",
    model="gpt-5.1",
    preset="Be terse.",
    references=("https://example.org/a.pdf",),
    pinned=True,
    created_at=1_767_323_045.678,
    updated_at=1_767_323_100.0,
    changed_at=1_767_323_200.0,
    origin=Origin("o" * 32, "m" * 32),
)

QUESTION = Message("q", KEY, Role.USER, "How do I sort?", created_at=1_767_323_045.678)

ANSWER = Message(
    "a",
    KEY,
    Role.ASSISTANT,
    "Use `sorted`.",
    Status.INTERRUPTED,
    model="gpt-5.1",
    preset="Be terse.",
    references=("https://example.org/a.pdf",),
    created_at=1_767_323_046.0,
    changed_at=1_767_323_050.0,
    seconds=3.21049,
    first_seconds=0.8,
    carried=Carried.CUT,
    error=Failure("cut_off", "the connection broke", "t-1"),
    parent_id="q",
    server_id="srv-1",
    server="https://api.acedata.cloud/aichat",
)

WHOLE = Whole(CONVERSATION, (QUESTION, ANSWER), "a")


def test_the_object_has_exactly_the_keys_of_the_format() -> None:
    assert conversation_object(WHOLE) == {
        "id": KEY,
        "title": "Sorting in Python",
        "renamed": True,
        "server_id": "srv-1",
        "server": "https://api.acedata.cloud/aichat",
        "model": "gpt-5.1",
        "preset": "Be terse.",
        "references": ["https://example.org/a.pdf"],
        "pinned": True,
        "archived": False,
        "origin": {"conversation_id": "o" * 32, "message_id": "m" * 32},
        "created_at": "2026-01-02T03:04:05.678Z",
        "updated_at": "2026-01-02T03:05:00.000Z",
        "changed_at": "2026-01-02T03:06:40.000Z",
        "last_id": "a",
        "messages": [
            {
                "id": "q",
                "parent_id": None,
                "role": "user",
                "text": "How do I sort?",
                "status": "complete",
                "model": "",
                "preset": "",
                "references": [],
                "created_at": "2026-01-02T03:04:05.678Z",
                "changed_at": "1970-01-01T00:00:00.000Z",
                "seconds": None,
                "first_seconds": None,
                "carried": "",
                "error": None,
                "server_id": None,
                "server": None,
            },
            {
                "id": "a",
                "parent_id": "q",
                "role": "assistant",
                "text": "Use `sorted`.",
                "status": "interrupted",
                "model": "gpt-5.1",
                "preset": "Be terse.",
                "references": ["https://example.org/a.pdf"],
                "created_at": "2026-01-02T03:04:06.000Z",
                "changed_at": "2026-01-02T03:04:10.000Z",
                "seconds": 3.21,
                "first_seconds": 0.8,
                "carried": "cut",
                "error": {"code": "cut_off", "message": "the connection broke", "trace_id": "t-1"},
                "server_id": "srv-1",
                "server": "https://api.acedata.cloud/aichat",
            },
        ],
    }


def test_what_follows_the_defaults_is_null() -> None:
    found = conversation_object(Whole(Conversation(id="c"), (), None))
    assert [found[key] for key in ("model", "preset", "references", "server_id", "origin")] == [
        None
    ] * 5


def test_a_line_comes_back_as_it_went_out() -> None:
    line = to_jsonl(WHOLE)
    found = from_jsonl(line)
    assert found == replace(WHOLE, messages=(QUESTION, replace(ANSWER, seconds=3.21)))
    assert to_jsonl(found) == line


@given(st.text())
def test_every_character_is_kept_on_one_inert_line(text: str) -> None:
    line = to_jsonl(Whole(CONVERSATION, (replace(QUESTION, text=text),), "q"))
    assert line.endswith("}\n")
    assert len(line.splitlines()) == 1
    assert not any(0x7F <= ord(letter) < 0xA0 for letter in line)
    assert not any(letter in "\x1b\u202e\u2066\u2028" for letter in line)
    assert from_jsonl(line).messages[0].text == text


def test_a_line_of_the_first_version_is_read() -> None:
    old = conversation_object(WHOLE)
    for name in ("renamed", "archived", "origin", "changed_at", "last_id"):
        del old[name]
    old["messages"] = [
        {"role": role, "text": role, "status": "complete", "created_at": "2026-01-02T03:04:05Z"}
        for role in ("user", "assistant", "user")
    ]
    found, again = from_jsonl(json.dumps(old)), from_jsonl(json.dumps(old))
    assert [m.text for m in found.messages] == ["user", "assistant", "user"]
    assert [m.parent_id for m in found.messages] == [None, *(m.id for m in found.messages[:2])]
    assert found.last_id == found.messages[2].id
    # So that bringing it in twice doubles nothing.
    assert found == again


def test_an_answer_that_was_arriving_is_interrupted() -> None:
    line = to_jsonl(replace(WHOLE, messages=(QUESTION, replace(ANSWER, status=Status.STREAMING))))
    assert from_jsonl(line).messages[1].status is Status.INTERRUPTED


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a conversation"),
        ('{"id": "x"}', "not a conversation"),
        ('{"messages": [], "created_at": "2026-01-02T03:04:05Z"}', "id is missing"),
        ('{"id": "\\u001b", "messages": [], "created_at": "2026-01-02T03:04:05Z"}', "no id"),
        (
            '{"id": "../x", "messages": [], "created_at": "2026-01-02T03:04:05Z"}',
            "id is missing or is no id",
        ),
        (
            '{"id": "/x", "messages": [], "created_at": "2026-01-02T03:04:05Z"}',
            "id is missing or is no id",
        ),
        ('{"id": "x", "messages": []}', "created_at is not a time"),
        (
            '{"id": "x", "messages": [], "created_at": "0001-01-01T00:00:00+14:00"}',
            "created_at is not a time",
        ),
        (
            '{"id": "x", "messages": [], "created_at": "9999-12-31T23:59:59-14:00"}',
            "created_at is not a time",
        ),
        ('{"id": "x", "messages": [], "created_at": 5}', "created_at is not a time"),
        (
            '{"id": "x", "messages": 3, "created_at": "2026-01-02T03:04:05Z"}',
            "messages is not a list",
        ),
        (
            '{"id": "x", "messages": [3], "created_at": "2026-01-02T03:04:05Z"}',
            "messages is not a list of objects",
        ),
    ],
)
def test_what_is_no_conversation_is_named(line: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        from_jsonl(line)


@pytest.mark.parametrize("seconds", ["1e999", "-1e999", "NaN", "1" + "0" * 400])
def test_a_span_that_is_no_number_of_seconds_is_left_out(seconds: str) -> None:
    line = to_jsonl(WHOLE).replace('"seconds": 3.21', f'"seconds": {seconds}')
    _, answer = from_jsonl(line).messages
    assert (answer.seconds, answer.first_seconds) == (None, 0.8)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"role": "system"}, "role is none of user, assistant"),
        ({"text": 5}, "text is not a text"),
        ({"parent_id": "nobody"}, "follows one that does not stand before it"),
        ({"id": "q"}, "has the id of another"),
        ({"references": [5]}, "references is not a list of texts"),
    ],
)
def test_a_message_that_is_not_right_is_named(change: dict[str, object], reason: str) -> None:
    value = json.loads(to_jsonl(WHOLE))
    value["messages"][1].update(change)
    with pytest.raises(ValueError, match=reason):
        from_jsonl(json.dumps(value))
