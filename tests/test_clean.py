"""The one boundary for text from outside: nothing that passes it acts on a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acechat.clean import clean, clean_line, masked

CONTROLS = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
BIDI = "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
LINES = "\u2028\u2029\x85"

hostile = st.lists(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from(CONTROLS),
        st.sampled_from(BIDI),
        st.sampled_from(LINES + "\ud800\udfff"),
        st.sampled_from(["\x1b[31m", "\x1b]52;c;QUFB\x07", "\x9b31m", "\x1bP+q", "\r\n", "[/x]"]),
    )
).map("".join)
"""Every code point there is, lone surrogates too, and often what acts on a terminal: a text of an
alphabet would draw each of its letters as seldom as any other."""

SAMPLES = {
    "\x1b[31mred\x1b[0m": "␛[31mred␛[0m",
    "\x1b]52;c;QUFB\x07": "␛]52;c;QUFB␇",
    "\x1b]8;;https://evil.test\x1b\\here\x1b]8;;\x1b\\": "␛]8;;https://evil.test␛\\here␛]8;;␛\\",
    "\x9b31mred\x9d0;title\x9c": "31mred0;title",
    "\x1bP+q544e\x1b\\": "␛P+q544e␛\\",
    "a\x00b\x08c\x7fd": "a␀b␈c␡d",
    "one\r\ntwo\rthree": "one\ntwothree",
    "one\u2028two\u2029three\x85four": "one\ntwo\nthree\nfour",
    "safe\u202etxt.exe\u202c": "safetxt.exe",
    "\u2066a\u2067b\u2068c\u2069": "abc",
    "tab\tand\nnewline": "tab\tand\nnewline",
    "👩\u200d👩\u200d👧 and ❤\ufe0f": "👩\u200d👩\u200d👧 and ❤\ufe0f",
    "\ud83d alone": "\ufffd alone",
    "شكرا and תודה": "شكرا and תודה",
    "[@click=app.quit]x[/x]": "[@click=app.quit]x[/x]",
}


@pytest.mark.parametrize(("raw", "shown"), SAMPLES.items())
def test_samples(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_every_control_of_all_that_there_are() -> None:
    left = {letter for letter in CONTROLS + BIDI + LINES if set(clean(letter)) & {letter}}
    assert left == {"\n", "\t"}
    assert clean(BIDI) == ""
    assert clean(LINES) == "\n\n\n"


@given(hostile)
def test_nothing_is_left_that_acts(text: str) -> None:
    cleaned = clean(text)
    assert not [
        letter
        for letter in cleaned
        if unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t"
    ]
    assert not set(cleaned) & set(BIDI + LINES)
    cleaned.encode()


@given(hostile)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)


@given(hostile)
def test_pieces_are_cleaned_like_the_whole(text: str) -> None:
    for cut in range(len(text)):
        assert clean(text[:cut]) + clean(text[cut:]) == clean(text)


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@given(hostile)
def test_a_line_is_one_line(text: str) -> None:
    line = clean_line(text)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()


def test_a_secret_is_hidden_wherever_it_stands() -> None:
    mask = masked("s3cret")
    assert mask("s3cret, Bearer s3cret; s3cre") == "••••, Bearer ••••; s3cre"
    assert mask("") == ""
    assert masked("")("any text") == "any text"
