"""Finding words in what is seen, whatever case, accents, markup and breaks are in between."""

import unicodedata

import pytest
from drawn import all_lines, document
from hypothesis import given, settings
from hypothesis import strategies as st

from acechat.markdown.document import Document
from acechat.markdown.needle import Needle, matches
from acechat.markdown.palette import Palette
from acechat.markdown.seek import count, seek


def found(text: str, words: str, width: int = 40, *, folds: bool = True) -> list[list[str]]:
    """The pieces of each place as they stand in the rows, with the rows' numbers."""
    made = Document(text)
    made.set_layout(width, width, Palette(), folds=folds)
    all_lines(made)
    needle = Needle(words)
    places: list[list[str]] = []
    for block in range(made.blocks):
        lines = made.block_lines(block)
        places += [
            [f"{line} {lines[line].text[start:end]}" for line, start, end in match.spans]
            for match in matches(lines, needle)
        ]
    assert sum(count(made, needle)) == len(places)
    assert len([each for some in seek(made, needle) for each in some]) == len(places)
    return places


@pytest.mark.parametrize(
    ("text", "words", "seen"),
    [
        ("Un café, un CAFÉ, un cafe\u0301.", "cafe", ["café", "CAFÉ", "cafe\u0301"]),
        ("Straße und STRASSE", "strasse", ["Straße", "STRASSE"]),
        ("Straße", "s", ["S", "ß", "ß"]),
        ("杭州天气很好，天气", "天气", ["天气", "天气"]),
        ("ｆｕｌｌ width", "FULL", ["ｆｕｌｌ"]),
        ("がか か", "か", ["か", "か"]),
        ("각 가", "가", ["가"]),
        ("ÀÉÎ aei", "aei", ["ÀÉÎ", "aei"]),
        ("aaaa", "aa", ["aa", "aa"]),
        ("İstanbul", "istanbul", ["İstanbul"]),
    ],
)
def test_case_and_accents_make_no_difference(text: str, words: str, seen: list[str]) -> None:
    assert found(text, words) == [[f"0 {each}"] for each in seen]


def test_markup_makes_no_difference() -> None:
    text = "The b**ol**d `co`de and a [li*n*k](https://x.example) at AT&amp;T, a\\_b."
    for words in ("bold", "code and", "link at", "AT&T", "a_b"):
        if words == "link at":
            # The number behind the link is no part of the text.
            assert found(text, words, 80) == [["0 link", "0  at"]]
        else:
            assert found(text, words, 80) == [[f"0 {words}"]]
    assert not found(text, "x.example", 80)


def test_breaks_made_by_wrapping_make_no_difference() -> None:
    assert found("one two three four five", "two three four", 9) == [["0 two", "1 three", "2 four"]]


def test_frames_are_not_text() -> None:
    text = "> quoted\n\n```py\nx = '│'\n```\n\n- item"
    assert found(text, "│") == [["1 │"]]
    assert not found(text, "▏")
    assert found(text, "item") == [["0 item"]]


def test_what_lies_behind_a_frame_is_found_without_being_seen() -> None:
    text = f"```\n{'x' * 50} needle\nneedle\n```"
    assert found(text, "needle", 30, folds=False) == [[], ["2 needle"]]


def test_the_cells_of_a_table_are_text() -> None:
    assert found("| a | needle |\n|-|-|\n| Needle | b |\n", "needle") == [
        ["0 needle"],
        ["2 Needle"],
    ]


def test_nothing_is_found_for_nothing() -> None:
    assert not found("some text", "")
    assert not found("some text", "  ")
    assert not found("", "a")


def test_a_place_is_found_again_in_another_width() -> None:
    text = "Above.\n\n" + "some words " * 60 + "needle " + "more words " * 60
    made = document(text, 30)
    all_lines(made)
    place = next(each for some in seek(document(text, 200), Needle("needle")) for each in some)
    row = made.row_of(place.block, place.offset)
    assert "needle" in made.line(row).text


@settings(max_examples=200, deadline=None)
@given(st.text("abcé天\u0301ß ", min_size=1, max_size=30), st.data())
def test_any_piece_of_a_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    needle = Needle(text[start:end])
    spans = list(needle.spans(text))
    assert all(0 <= first < last <= len(text) for first, last in spans)
    if needle.text:
        bare = unicodedata.normalize("NFD", text[start:end].strip()).replace("\u0301", "")
        assert spans or not bare
        assert needle.may_be_in(text)


def test_only_blocks_that_may_hold_the_words_are_drawn() -> None:
    made = document("Some text.\n\n" * 500 + "The needle.\n\n" + "Some text.\n\n" * 500)
    assert sum(count(made, Needle("needle"))) == 1
    assert made.renders == 1
