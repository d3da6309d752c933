"""Heights are guessed until blocks are seen, and what is being read never moves."""

import pytest
from drawn import all_lines, copied, document
from test_markdown_streaming import SECTION

from acechat.markdown.document import Document
from acechat.markdown.palette import Palette

LONG = "".join(f"{SECTION}Paragraph {number}. " + "More words. " * 30 for number in range(60))


def test_nothing_is_drawn_before_it_is_seen() -> None:
    made = document(LONG)
    assert made.height > 500
    assert made.renders == 0
    while made.render_rows(0, 30):
        pass
    assert 0 < made.renders < 20


def test_the_guess_is_near() -> None:
    made = document(LONG)
    guess = made.height
    exact = len(all_lines(made))
    assert abs(guess - exact) < exact * 0.3


def test_a_place_is_found_again_when_heights_become_exact() -> None:
    made = document(LONG)
    row = made.height // 2
    while made.render_rows(row, row + 20):
        row = min(row, made.height - 20)
    place = made.locate(row)
    text = made.line(row).text
    all_lines(made)
    assert made.line(made.row_of(*place)).text == text


@pytest.mark.parametrize("step", [1, 7])
def test_every_row_is_found_again(step: int) -> None:
    made = document(SECTION + "> a\n>\n> b\n\n\n```\n\n\n\n```\n", 24)
    rows = len(all_lines(made))
    for row in range(0, rows, step):
        assert made.row_of(*made.locate(row)) == row


def test_a_place_survives_another_layout() -> None:
    words = " ".join(f"w{number}" for number in range(400))
    made = document(f"{SECTION}{words}\n\nend", 60)
    lines = [line.text for line in all_lines(made)]
    row = next(index for index, text in enumerate(lines) if "w200" in text)
    first = lines[row].split()[0]
    place = made.locate(row)
    for width in (30, 100, 60):
        made.set_layout(width, width, Palette())
        assert first in made.line(made.row_of(*place)).text.split()
    assert made.row_of(*place) == row


def test_places_past_the_end() -> None:
    made = document("one\n\ntwo")
    assert made.row_of(*made.locate(99)) <= 2
    assert made.line(99).text == ""
    assert made.line(99).cells == 0
    assert made.row_of(5, 0) == 2
    assert document("").locate(0) == (0, 0)
    assert document("").height == 0


def test_another_palette_keeps_the_heights() -> None:
    made = document(LONG)
    lines = all_lines(made)
    drawn_before, height = made.renders, made.height
    made.set_layout(40, 40, Palette())
    assert made.line(5) == lines[5]
    assert made.renders == drawn_before
    made.set_layout(40, 40, Palette(text=Palette().strong))
    assert made.height == height
    assert made.line(5).text == lines[5].text
    assert made.renders == drawn_before + 1


def test_forgotten_lines_are_drawn_again() -> None:
    made = document(SECTION)
    lines = all_lines(made)
    for index in range(made.blocks):
        made.forget(index)
    assert made.height == len(lines)
    assert all_lines(made) == lines


def test_reading_above_does_not_move_what_follows() -> None:
    made = Document("", complete=False)
    made.set_layout(40, 40, Palette())
    made.append(LONG)
    all_lines(made)
    place = made.locate(100)
    text = made.line(100).text
    made.append("\n\nmore\n\n" + SECTION)
    while made.render_rows(100, 130):
        pass
    assert made.row_of(*place) == 100
    assert made.line(100).text == text


def test_a_narrow_screen_shows_everything() -> None:
    made = document("> - > - > - > - deep text in a narrow place", 12)
    assert copied(all_lines(made)).endswith("deep text in a narrow place")
