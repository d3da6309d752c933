"""Selecting with the mouse: what is under it, as source words, wherever the view is."""

import asyncio
from itertools import pairwise

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset
from textual.selection import SELECT_ALL, Selection
from textual.widgets import Static

from acechat.markdown.lines import line_of
from acechat.widgets.selecting import decode, encode, painted, span_of, targets, word_at
from widgets.transcript_host import PROSE, Reader, answer, question, reading, talk, turn_of

NULL = Style()
LIT = Style(bgcolor="red")

MIXED = "他们 say 👩‍👩‍👧 family 🇫🇷 e\u0301nd"
"""Wide characters, an emoji of five code points, a flag of two, a letter with its accent."""


# Numbers for rows.


def test_numbers_of_rows_grow_downwards_and_can_be_read_back() -> None:
    places = [
        (0, (0, 0)),
        (0, (0, 40)),
        (0, (1, -1)),
        (0, (1, 0)),
        (0, (700, 3)),
        (0, (-1, 0)),
        (0, (-1, 4)),
        (1, (0, -1)),
        (1, (0, 0)),
        (10_000, (0, 0)),
    ]
    numbers = [encode(index, place) for index, place in places]
    assert all(first < second for first, second in pairwise(numbers))
    assert [decode(number) for number in numbers] == places


# Cells and characters.


@pytest.mark.parametrize("text", ["plain words", MIXED, "", "─ simple é ─", "日本語"])
def test_every_cell_of_a_row_means_the_character_under_it(text: str) -> None:
    strip = targets(line_of([(text, NULL)]), 7, 60)
    assert strip.cell_length == 60
    means: list[int] = []
    for segment in strip:
        assert segment.style is not None
        start, number = segment.style.meta["offset"]
        assert number == 7
        # Textual adds the characters of the segment that are left of the press.
        means += [start + index for index in range(len(segment.text))]
    assert means[:3] == [0, 0, 0]
    cells = means[3 : 3 + cell_len(text)]
    for cell, character in enumerate(cells):
        before = cell_len(text[:character])
        assert before <= cell
    assert [text[character] for character in dict.fromkeys(cells)] == [
        text[character] for character in sorted(set(cells))
    ]
    # Behind the text every cell is behind its last character.
    assert all(character >= len(text) for character in means[3 + cell_len(text) :])


def test_both_halves_of_a_wide_character_mean_it() -> None:
    strip = targets(line_of([("他们a", NULL)]), 1, 10)
    means = [segment.style.meta["offset"][0] for segment in strip if segment.style is not None]
    assert means[3:8] == [0, 0, 1, 1, 2]


def span(
    text: str, start: int, end: int, *, lead: int = 0, trail: int = 0
) -> tuple[int, int] | None:
    line = line_of([(text, NULL)], lead=lead, trail=trail)
    return span_of(line, Selection(Offset(start, 5), Offset(end, 5)), 5)


def test_decoration_is_not_selected() -> None:
    assert span("│ code   │", 0, 10, lead=2, trail=4) == (2, 6)
    assert span("│ code   │", 0, 2, lead=2, trail=4) is None
    assert span("│ code   │", 7, 10, lead=2, trail=4) is None


def test_what_is_seen_as_one_character_is_never_cut() -> None:
    family = MIXED.index("👩")
    whole = (family, family + len("👩‍👩‍👧"))
    assert span(MIXED, family, family + 1) == whole
    assert span(MIXED, family + 2, family + 3) == whole
    flag = MIXED.index("🇫🇷")
    assert span(MIXED, flag, flag + 1) == (flag, flag + 2)
    accented = MIXED.index("e\u0301")
    assert span(MIXED, accented, accented + 1) == (accented, accented + 2)


def test_rows_outside_are_not_selected() -> None:
    line = line_of([("words", NULL)])
    selection = Selection(Offset(2, 5), Offset(3, 7))
    assert span_of(line, selection, 4) is None
    assert span_of(line, selection, 5) == (2, 5)
    assert span_of(line, selection, 6) == (0, 5)
    assert span_of(line, selection, 7) == (0, 3)
    assert span_of(line, selection, 8) is None


def test_painting_cuts_segments_and_keeps_the_text() -> None:
    segments = [Segment("ab"), Segment("cd", Style(bold=True)), Segment("ef")]
    lit = painted(segments, (1, 3), LIT)
    assert "".join(segment.text for segment in lit) == "abcdef"
    assert [s.text for s in lit if s.style is not None and s.style.bgcolor == LIT.bgcolor] == [
        "b",
        "c",
    ]
    assert lit[2].style == Style(bold=True) + LIT


@pytest.mark.parametrize(
    ("text", "at", "word"),
    [
        ("say hello to it", "ello", "hello"),
        ("(see foo.bar, then)", "foo", "foo.bar"),
        ("at https://x.org/a?b=c#d.", "x.org", "https://x.org/a?b=c#d"),
        ("cd ~/src/main/ now", "src", "~/src/main/"),
        ("it's 1.5-rc", "t's", "it's"),
        ("--flag=3 x", "lag", "--flag=3"),
        ("他们在，杭州天气", "在", "他们在"),
        ("“quoted”", "uot", "quoted"),
    ],
)
def test_words(text: str, at: str, word: str) -> None:
    found = word_at(line_of([(text, NULL)]), text.index(at))
    assert found is not None
    assert text[slice(*found)] == word


def test_between_words_there_is_none() -> None:
    assert word_at(line_of([("a  b", NULL)]), 1) is None
    assert word_at(line_of([("a, b", NULL)]), 1) is None
    assert word_at(line_of([("│ code │", NULL)], lead=2, trail=2), 0) is None


# With the mouse.


async def selects(reader: Reader, first: str, last: str) -> str | None:
    """Drag from the beginning of one text to the end of another."""
    await reader.drags(reader.at(first), reader.at(last, last=True))
    return reader.selected


async def test_a_drag_selects_the_cells_under_it_and_paints_them() -> None:
    async with reading([question(0), answer(0, "One two three four.")]) as reader:
        assert await selects(reader, "two", "three") == "two three"
        assert reader.lit() == ["two three"]
        await reader.pilot.click(reader.view, offset=(1, 1))
        assert not reader.selected
        assert reader.lit() == []


async def test_a_drag_upwards_selects_the_same_rows() -> None:
    async with reading([question(0), answer(0, "One two.\n\nThree four.")]) as reader:
        await reader.drags(reader.at("four"), reader.at("two"))
        assert reader.selected is not None
        assert reader.selected.startswith("two.")
        assert "Three" in reader.selected


async def test_breaks_made_by_wrapping_are_not_copied_and_others_are() -> None:
    text = f"{PROSE * 3}End.\n\nNext."
    async with reading([question(0), answer(0, text)]) as reader:
        assert await selects(reader, "The quick", "Next.") == text


async def test_gutters_frames_and_link_numbers_are_not_copied() -> None:
    code = "```sh\nls  -l\n\ncd /\n```"
    text = f"See [the book](https://example.com/b) now.\n\n> Said.\n\n{code}\n\nEnd."
    async with reading([question(0), answer(0, text)]) as reader:
        assert await selects(reader, "See", "End.") == (
            "See the book now.\n\nSaid.\n\nls  -l\n\ncd /\n\nEnd."
        )
        await reader.pilot.click(reader.view, offset=(1, 1))
        assert await selects(reader, "ls", "cd /") == "ls  -l\n\ncd /"


async def test_what_lies_behind_a_frame_is_copied_with_the_rows_around_it() -> None:
    line = "0123456789" * 20
    async with reading([question(0), answer(0, f"```\n{line}\n{line}\n{line}\n```")]) as reader:
        await reader.presses("tab", "w", "l")
        y = reader.row_with("‹")
        await reader.drags((9, y), (9, y + 2))
        assert reader.selected == f"{line[12:]}\n{line}\n{line[:13]}"
        await reader.drags((9, y), (12, y))
        assert reader.selected == line[12:16]
        # What is selected is counted in rows that are gone.
        await reader.presses("h")
        assert not reader.selected


async def test_a_selection_goes_across_messages() -> None:
    async with reading([*talk(2), question(5, "and then?")]) as reader:
        await reader.drags(reader.at("answer 0"), reader.at("then?", last=True))
        assert reader.selected == "answer 0\n\ngpt-5.1 · 12:04 · 3.2 s\n\nand then?"
        # Not the bars, not the time at the right.
        assert reader.lit() == ["answer 0", "gpt-5.1 · 12:04 · 3.2 s", "and then?"]


async def test_wide_characters_are_selected_by_the_cells_they_take() -> None:
    async with reading([question(0), answer(0, f"{MIXED} 天气很好。")]) as reader:
        assert await selects(reader, "family", "family") == "family"
        x, y = reader.at("天气")
        # From the right half of the first to the left half of the second.
        await reader.drags((x + 1, y), (x + 2, y))
        assert reader.selected == "天气"
        assert reader.lit() == ["天气"]
        x, y = reader.at("👩")
        await reader.drags((x + 1, y), (x + 3, y))
        assert reader.selected == "👩‍👩‍👧 f"
        assert reader.lit() == ["👩‍👩‍👧 f"]


async def test_gutter_and_time_stand_in_their_columns_whatever_the_width_of_the_text() -> None:
    async with reading(
        [question(0, MIXED), question(1, "plain"), question(2, "天气" * 60)]
    ) as reader:
        assert all(strip.cell_length == 79 for strip in reader.strips)
        for text in (MIXED, "plain", "天气"):
            row = reader.rows[reader.row_with(text)]
            assert row.startswith(" ▌ ")
            assert row.endswith("12:04")
            assert cell_len(row) == 78
            assert reader.at(text)[0] == 3


async def test_a_selection_stays_where_it_is_when_the_view_scrolls() -> None:
    async with reading(talk(60)) as reader:
        await selects(reader, "answer 28", "answer 29")
        before = reader.selected
        assert reader.lit()[0] == "answer 28"
        await reader.wheels(-1, 2)
        assert reader.lit()[0] == "answer 28"
        assert reader.selected == before
        reader.view.page(-1)
        await reader.settled()
        assert reader.lit() == []
        reader.view.follow()
        await reader.settled()
        assert reader.lit()[0] == "answer 28"


async def test_a_selection_stays_when_heights_above_become_exact() -> None:
    code = "```\n" + "x\n" * 70 + "```"
    async with reading([question(0), answer(0, code), *talk(40)[20:]]) as reader:
        await selects(reader, "answer 18", "answer 18")
        for _ in range(8):
            reader.view.page(-1)
            await reader.settled()
        assert reader.selected == "answer 18"
        await reader.presses("tab", "G")
        assert reader.lit() == ["answer 18"]


async def test_another_width_ends_a_selection_and_another_theme_does_not() -> None:
    async with reading(talk(8)) as reader:
        await selects(reader, "answer 2", "answer 3")
        reader.host.theme = "acechat-light"
        await reader.settled()
        assert reader.lit()[0] == "answer 2"
        await reader.resizes(60, 25)
        assert not reader.selected
        assert reader.lit() == []


async def test_scrolled_text_is_selected_where_it_is_seen() -> None:
    async with reading(talk(60)) as reader:
        reader.view.page(-1)
        reader.view.page(-1)
        await reader.settled()
        (row,) = [row for row in reader.rows[4:12] if "question" in row][:1]
        words = row.removeprefix(" ▌ ").partition("   ")[0]
        assert await selects(reader, words, words) == words


async def test_a_press_in_the_gutter_selects_from_the_row_beside_it() -> None:
    async with reading(talk(60)) as reader:
        reader.view.page(-1)
        await reader.settled()
        _, y = reader.at("answer 23")
        await reader.drags((0, y), (5, y))
        assert reader.selected == "ans"


async def test_selecting_everything_gives_the_sources() -> None:
    text = "Some **bold** [link](https://example.com)\n\n```\ncode\n```"
    async with reading([question(0, "what?\x1b"), answer(0, text)]) as reader:
        reader.host.screen.selections = {reader.view: SELECT_ALL}
        await reader.pilot.pause()
        assert reader.selected == f"what?␛\n\n{text}"


async def test_a_selection_of_a_book_is_read_while_keys_go_on() -> None:
    text = f"{PROSE}\n\n" * 3000
    async with reading([question(0), answer(0, text)]) as reader:
        start, end = Offset(0, encode(1, (0, 0))), Offset(3, encode(1, (2999, 0)))
        reader.host.screen.selections = {reader.view: Selection(start, end)}
        reading_on = asyncio.create_task(reader.view.read_selection())
        turns = 0
        while not reading_on.done():
            await asyncio.sleep(0)
            turns += 1
        selected = reading_on.result()
        assert turns > 10
        assert selected == f"{PROSE.strip()}\n\n" * 2999 + "The"
        assert selected == reader.selected
        await reader.settled()
        assert reader.view.following


async def test_two_clicks_select_a_word() -> None:
    async with reading([question(0), answer(0, "Try `foo.bar`, then (really) go.")]) as reader:
        x, y = reader.at("foo.bar")
        await reader.pilot.double_click(reader.view, offset=(x + 2, y))
        await reader.pilot.pause()
        assert reader.selected == "foo.bar"
        assert reader.lit() == ["foo.bar"]
        await reader.pilot.double_click(reader.view, offset=(x + 8, y))
        await reader.pilot.pause()
        assert not reader.selected


async def test_three_clicks_select_a_block() -> None:
    text = f"First.\n\n{PROSE * 2}End.\n\n```\none\ntwo\n```\n\nLast."
    async with reading([question(0), answer(0, text)]) as reader:
        await reader.pilot.triple_click(reader.view, offset=reader.at("The quick"))
        await reader.pilot.pause()
        assert reader.selected == f"{PROSE * 2}End."
        await reader.pilot.triple_click(reader.view, offset=reader.at("two"))
        await reader.pilot.pause()
        assert reader.selected == "one\ntwo"


async def test_clicks_beside_the_text_select_nothing_absurd() -> None:
    async with reading([question(0), answer(0, "Short.")], size=(60, 25)) as reader:
        for offset in ((30, 20), (0, 0), (58, 23)):
            await reader.pilot.double_click(reader.view, offset=offset)
            await reader.pilot.triple_click(reader.view, offset=offset)
            await reader.pilot.pause()
            assert reader.selected in (None, "", "question 0", "question")


async def test_a_selection_that_comes_from_elsewhere_begins_at_the_top_of_the_view() -> None:
    async with reading(talk(60)) as reader:
        start = Selection(None, Offset(3, reader.view._number(4)))
        reader.host.screen.selections = {reader.view: start}
        await reader.pilot.pause()
        assert reader.selected is not None
        assert "question 0" not in reader.selected
        assert len(reader.lit()) == len([row for row in reader.rows[:5] if row])


async def test_pressing_while_text_is_put_in_place_of_other_text_is_safe() -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn) as reader:
        reader.view.extend("a0", f"{PROSE}\n\n" * 30)
        await reader.settled()
        await reader.pilot.mouse_down(reader.view, offset=(10, 15))
        reader.view.rewrite("a0", "short")
        await reader.pilot.hover(reader.view, offset=(20, 18))
        reader.view.rewrite("a0", "")
        await reader.pilot.mouse_up(reader.view, offset=(30, 20))
        await reader.pilot.triple_click(reader.view, offset=(10, 15))
        reader.view.take_away("a0")
        await reader.pilot.double_click(reader.view, offset=(10, 1))
        reader.view.show([])
        await reader.pilot.double_click(reader.view, offset=(10, 1))
        assert not reader.selected


# Nearer to the edge it scrolls faster, and slowly by parts of a row at a time.
@pytest.mark.parametrize("y", [0, 2])
async def test_a_drag_past_the_edge_of_the_view_scrolls_on(y: int) -> None:
    async with reading(talk(80)) as reader:
        await reader.pilot.mouse_down(reader.view, offset=(5, 10))
        await reader.moves((5, y), -10)
        before = reader.view.scroll_offset.y
        await reader.until(lambda: reader.view.scroll_offset.y < before - 4)
        await reader.pilot.mouse_up(reader.view, offset=(5, y))
        assert reader.selected is not None
        assert reader.selected.count("question") >= 2
        assert not reader.view.following


async def test_a_drag_into_another_widget_selects_to_the_edge() -> None:
    async with reading(talk(60)) as reader:
        await reader.host.mount(Static("below", id="below"))
        reader.view.follow()
        await reader.settled()
        reader.view.page(-1)
        await reader.settled()
        row = reader.row_with("answer")
        await reader.pilot.mouse_down(reader.view, offset=(3, row))
        await reader.pilot.hover("#below", offset=(2, 0))
        await reader.pilot.mouse_up("#below", offset=(2, 0))
        await reader.pilot.pause()
        assert reader.selected is not None
        assert reader.selected.startswith("answer")
        assert "answer 29" not in reader.selected
