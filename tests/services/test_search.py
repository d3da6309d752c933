"""What is typed to find something, and the line that answers."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acechat.models import Role, SearchQuery
from acechat.services.search import SNIPPET, QueryError, is_empty, parse_query, snippet

TODAY = date(2026, 11, 25)


def at(year: int, month: int, day: int) -> float:
    return datetime(year, month, day).astimezone().timestamp()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Café AU lait", SearchQuery(("cafe", "au", "lait"))),
        ('"two words" three', SearchQuery(("two words", "three"))),
        ('"not closed', SearchQuery(("not closed",))),
        ("from:me x", SearchQuery(("x",), Role.USER)),
        ("FROM:Model x", SearchQuery(("x",), Role.ASSISTANT)),
        ("model:GPT-5 x", SearchQuery(("x",), model="gpt-5")),
        ("after:2026-11-01", SearchQuery(after=at(2026, 11, 1))),
        ("after:2026-11", SearchQuery(after=at(2026, 11, 1))),
        ("before:yesterday", SearchQuery(before=at(2026, 11, 24))),
        ("after:today", SearchQuery(after=at(2026, 11, 25))),
        ("after:2w", SearchQuery(after=at(2026, 11, 11))),
        ("in:title x", SearchQuery(("x",), titles_only=True)),
        ("https://a.b/c std::move", SearchQuery(("https://a.b/c", "std::move"))),
        ("  ", SearchQuery()),
    ],
)
def test_words_and_filters(text: str, expected: SearchQuery) -> None:
    assert parse_query(text, TODAY) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("from:them", "from: me or model, not “them”"),
        ("in:text", "in: title"),
        ("after:soon", "a date is like 2026-11-01, yesterday or 7d, not “soon”"),
        ("before:2026-13-01", "a date is like"),
    ],
)
def test_a_filter_that_is_not_right_is_named(text: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason):
        parse_query(text, TODAY)


def test_nothing_to_look_for() -> None:
    assert is_empty(parse_query("", TODAY))
    assert is_empty(parse_query("in:title", TODAY))
    assert not is_empty(parse_query("from:me", TODAY))


@given(st.text())
def test_whatever_is_typed_is_a_query_or_a_sentence(text: str) -> None:
    sentence = ""
    try:
        parse_query(text, TODAY)
    except QueryError as error:
        sentence = str(error)
    assert sentence == "" or sentence.isprintable()


def marked(text: str, *words: str) -> tuple[str, list[str]]:
    found = snippet(text, words)
    return found.text, [found.text[start:end] for start, end in found.marks]


def test_the_line_with_most_of_the_words_is_shown() -> None:
    text = "a first line\nonly one\n  one and two here\nlater one"
    assert marked(text, "one", "two") == ("one and two here", ["one", "two"])


def test_marks_are_where_the_letters_are() -> None:
    assert marked("Das Café, ｃａｆé", "cafe") == ("Das Café, ｃａｆé", ["Café", "ｃａｆé"])
    assert marked("Große STRASSE", "strasse") == ("Große STRASSE", ["STRASSE"])
    assert marked("杭州的天气", "天气") == ("杭州的天气", ["天气"])
    assert marked("aaaa", "aa", "aaa") == ("aaaa", ["aaaa"])


def test_a_long_line_is_cut_around_the_first_hit() -> None:
    text, marks = marked("x " * 5000 + "the needle" + " y" * 5000, "needle")
    assert marks == ["needle"]
    assert text.startswith("…x x")
    assert text.endswith("…")
    assert len(text) <= SNIPPET + 2


def test_nothing_in_a_line_acts_on_a_terminal() -> None:
    assert marked("a\x1b[31m \u202eb needle", "needle") == ("a␛[31m b needle", ["needle"])


@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_marks_never_leave_the_text(text: str, words: list[str]) -> None:
    found = snippet(text, words)
    edge = 0
    for start, end in found.marks:
        assert edge <= start <= end <= len(found.text)
        edge = end
