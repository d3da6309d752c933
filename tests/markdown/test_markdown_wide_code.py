"""Code that is wider than its frame: it goes on in the next row, or behind the frame."""

from drawn import all_lines, copied
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from acechat.markdown.document import Document
from acechat.markdown.palette import Palette
from acechat.markdown.wrap import window

LONG = "0123456789" * 6


def scrolled(text: str, *, width: int = 24, shift: int = 0) -> Document:
    made = Document(text)
    made.set_layout(width, width, Palette(), folds=False, shift=shift)
    return made


def rows(text: str, *, width: int = 24, shift: int = 0) -> list[str]:
    return [line.text for line in all_lines(scrolled(text, width=width, shift=shift))]


def test_a_sign_in_the_frame_shows_that_a_line_goes_on() -> None:
    text = f"```py\n{LONG}\nshort\n```"
    assert rows(text) == [
        "╭ py ───────────── c 1 ╮",
        "│ 01234567890123456789 ›",
        "│ short                │",
        "╰──────────────────────╯",
    ]
    assert rows(text, shift=8)[1:3] == [
        "‹ 89012345678901234567 ›",
        "‹                      │",
    ]


def test_code_is_never_moved_further_than_to_the_end_of_its_longest_line() -> None:
    text = f"```\n{LONG}\n```\n\n```\n{LONG[:25]}\n```"
    made = scrolled(text)
    all_lines(made)
    assert made.overflow == 40
    assert rows(text, shift=500)[1] == "‹ 01234567890123456789 │"
    assert rows(text, shift=500)[5] == "‹ 56789012345678901234 │"


def test_code_that_fits_is_not_moved() -> None:
    assert rows("```\nshort\n```", shift=30)[1] == "│ short                │"
    made = scrolled("```\nshort\n```")
    all_lines(made)
    assert made.overflow == 0


def test_wrapped_code_is_not_moved() -> None:
    made = Document(f"```\n{LONG}\n```")
    made.set_layout(24, 24, Palette(), shift=8)
    assert [line.text for line in all_lines(made)][1] == "│ 01234567890123456789 │"
    assert made.overflow == 0


def test_half_of_a_wide_character_is_left_blank() -> None:
    text = f"```\n{'天地' * 20}\n```"
    assert rows(text, shift=3)[1] == "‹  天地天地天地天地天  ›"
    assert all(cell_len(row) == 24 for row in rows(text, shift=3))


def test_whole_lines_are_copied_wherever_they_are() -> None:
    text = f"{LONG}\n\n    indented\n天地天地天地天地天地天地天地天地\n\tx"
    for shift in (0, 3, 17, 40):
        lines = all_lines(scrolled(f"```\n{text}\n```", shift=shift))
        assert copied(lines[1:-1]) == text.expandtabs(4)


def test_data_is_wrapped_all_the_same() -> None:
    lines = rows(f"```json\n{LONG * 40}\n```")
    assert len(lines) == 2 + 2400 // 20
    assert "›" not in "".join(lines)


def test_a_narrow_window_wraps_all_the_same() -> None:
    assert rows(f"```\n{LONG}\n```", width=12) == [LONG[n : n + 12] for n in range(0, 60, 12)]


def test_code_above_moves_too_when_a_longer_line_comes() -> None:
    made = Document(f"```\n{LONG[:25]}\n", complete=False)
    made.set_layout(24, 24, Palette(), folds=False, shift=16)
    assert all_lines(made)[1].text == "‹ 56789012345678901234 │"
    made.append("short\n" * 60 + LONG)
    assert all_lines(made)[1].text == "‹ 678901234            │"


def test_only_code_is_drawn_again_when_it_moves() -> None:
    made = scrolled(f"```\n{LONG}\n```\n" + "\nSome text.\n" * 50)
    all_lines(made)
    drawn, height = made.renders, made.height
    made.set_layout(24, 24, Palette(), folds=False, shift=8)
    assert made.height == height
    all_lines(made)
    assert made.renders == drawn + 1


def test_a_place_stays_whether_code_is_wrapped_or_not() -> None:
    made = scrolled(f"Above.\n\n```\n{(LONG + chr(10)) * 30}```\n\nBelow.")
    all_lines(made)
    row = next(row for row in range(10, 40) if made.line(row).text.startswith("│ 0123"))
    place = made.locate(row)
    made.set_layout(24, 24, Palette(), folds=True)
    all_lines(made)
    assert made.locate(made.row_of(*place)) == place
    made.set_layout(24, 24, Palette(), folds=False)
    all_lines(made)
    assert made.row_of(*place) == row


@settings(max_examples=200, deadline=None)
@given(st.text("ab天👍🏽e\u0301🇫🇷 ", max_size=40), st.integers(0, 50), st.integers(2, 20))
def test_a_window_is_never_too_wide_and_hides_nothing_in_between(
    text: str, skip: int, width: int
) -> None:
    start, end, blank = window(text, skip, width)
    assert 0 <= start <= end <= len(text)
    assert blank + cell_len(text[start:end]) <= width
    assert blank in (0, 1)
    if cell_len(text) <= width and skip == 0:
        assert (start, end) == (0, len(text))
