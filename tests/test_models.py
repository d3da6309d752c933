"""The nouns: ids, titles, references, and the text of a running turn."""

import pytest

from acechat.models import (
    MAX_TITLE,
    Message,
    Phase,
    Reference,
    Role,
    Status,
    Turn,
    last_question,
    new_id,
    title_of,
)


def test_ids_are_long_and_differ() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(each) == 32 and int(each, 16) >= 0 for each in ids)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Why?", "Why?"),
        ("\n \n  first   line \nsecond", "first line"),
        ("", ""),
        (" \n\t\n", ""),
        ("杭州天气", "杭州天气"),
        ("x" * MAX_TITLE, "x" * MAX_TITLE),
        ("x" * (MAX_TITLE + 1), "x" * (MAX_TITLE - 1) + "…"),
    ],
)
def test_a_title_is_the_first_line(question: str, title: str) -> None:
    assert title_of(question) == title


def test_a_long_title_does_not_end_in_a_space() -> None:
    assert title_of("word " * 40) == ("word " * 16)[: MAX_TITLE - 1].rstrip() + "…"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://a.test/cat.PNG", "image"),
        ("https://a.test/paper.pdf?download=1", "pdf"),
        ("https://a.test/table.csv#rows", "table"),
        ("http://a.test/notes.md", "text"),
        ("https://a.test/report.docx", "document"),
        ("https://a.test/song.mp3", "audio"),
        ("https://a.test/film.mp4", "video"),
        ("https://a.test/", "page"),
        ("https://a.test", "page"),
        ("  https://a.test/with-space-around.jpg\n", "image"),
    ],
)
def test_references(text: str, kind: str) -> None:
    reference = Reference.parse(text)
    assert reference.url == text.strip()
    assert reference.kind == kind


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "type a URL"),
        ("https://a.test/a b", "no spaces"),
        ("ftp://a.test/x", "starts with https"),
        ("/etc/passwd", "starts with https"),
        ("javascript:alert(1)", "starts with https"),
        ("https://", "names no host"),
        ("http://[x", "not a URL"),
    ],
)
def test_what_is_no_reference(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Reference.parse(text)


def test_the_text_of_a_turn_grows_and_can_be_replaced() -> None:
    question = Message("q", "c", Role.USER, "Why?")
    answer = Message("a", "c", Role.ASSISTANT, "", Status.STREAMING)
    turn = Turn(question, answer, 0.0, Phase.RECEIVING)
    assert turn.text == ""
    turn.append("Be")
    turn.append("cause")
    assert turn.text == "Because"
    turn.append("!")
    assert (turn.text, turn.text) == ("Because!", "Because!")
    turn.replace("No")
    turn.append(".")
    assert turn.text == "No."
    assert turn.conversation_id == "c"


def test_the_last_question() -> None:
    first = Message("1", "c", Role.USER, "one")
    answer = Message("2", "c", Role.ASSISTANT, "two")
    last = Message("3", "c", Role.USER, "three")
    assert last_question([]) is None
    assert last_question([answer]) is None
    assert last_question([first, answer]) is first
    assert last_question([first, answer, last]) is last
