"""The one picker: typing narrows, Enter takes, Escape leaves, and nothing in a title acts."""

from time import perf_counter

import pytest
from panel_host import HOSTILE, SIZES, TERMINALS, assert_inert, showing, type_text
from textual.widgets import Input

from acechat.screens.panel import Rows
from acechat.screens.picker import Choice, Picker, match

FRUIT = [
    Choice("apple", "Apple", "red", "round"),
    Choice("plum", "Plum", "blue", "round"),
    Choice("banana", "Banana", "yellow", "long"),
    Choice("pineapple", "Pineapple", "yellow", "long"),
]


def fruit(*, allow_other: bool = False) -> Picker[str]:
    return Picker("Fruit", FRUIT, allow_other=allow_other)


async def test_enter_takes_the_first_and_escape_nothing() -> None:
    async with showing(fruit()) as (app, pilot):
        await pilot.press("enter")
        assert app.results == ["apple"]
    async with showing(fruit()) as (app, pilot):
        await pilot.press("escape")
        assert app.results == [None]


async def test_arrows_move_over_the_headers_while_the_input_keeps_the_focus() -> None:
    async with showing(fruit()) as (app, pilot):
        await pilot.press("down", "down")
        assert isinstance(app.screen.focused, Input)
        await pilot.press("enter")
        assert app.results == ["banana"]


async def test_typing_narrows_and_the_best_match_is_under_the_cursor() -> None:
    async with showing(fruit()) as (app, pilot):
        await type_text(pilot, "apple")
        assert "Pineapple" in app.text
        assert "Banana" not in app.text
        await pilot.press("down", "enter")
        assert app.results == ["pineapple"]


async def test_groups_stand_over_their_choices_and_go_with_them() -> None:
    async with showing(fruit()) as (app, pilot):
        lines = [line.strip(" │") for line in app.text.splitlines()]
        assert lines.index("round") < lines.index("Apple      red") < lines.index("long")
        await type_text(pilot, "plum")
        assert "long" not in app.text


async def test_the_panel_keeps_its_height_while_it_is_narrowed() -> None:
    async with showing(fruit()) as (app, pilot):
        before = app.screen.query_one("#panel").region
        await type_text(pilot, "zzz")
        assert app.screen.query_one("#panel").region == before
        assert "nothing matches" in app.text
        await pilot.press("enter")
        assert app.results == []


async def test_what_is_not_listed_can_be_used_where_that_is_allowed() -> None:
    async with showing(fruit(allow_other=True)) as (app, pilot):
        await type_text(pilot, "fig")
        assert "use “fig”" in app.text
        await pilot.press("enter")
        assert app.results == ["fig"]


async def test_what_is_listed_is_not_offered_a_second_time() -> None:
    async with showing(fruit(allow_other=True)) as (app, pilot):
        await type_text(pilot, "Plum")
        assert "use" not in app.text


async def test_the_current_choice_is_marked_and_under_the_cursor() -> None:
    async with showing(Picker("Fruit", FRUIT, current="banana")) as (app, pilot):
        assert "▸ Banana" in app.text
        await pilot.press("enter")
        assert app.results == ["banana"]


async def test_a_click_takes_a_choice_and_a_click_beside_leaves() -> None:
    async with showing(fruit()) as (app, pilot):
        await pilot.click(Rows, offset=(3, 2))
        assert app.results == ["plum"]
    async with showing(fruit()) as (app, pilot):
        await pilot.click(offset=(0, 0))
        assert app.results == [None]


async def test_the_keys_at_the_bottom_can_be_clicked() -> None:
    async with showing(fruit()) as (app, pilot):
        await pilot.click("KeyLine", offset=(2, 0))
        assert app.results == ["apple"]


async def test_the_matched_letters_stand_out() -> None:
    async with showing(fruit()) as (app, pilot):
        await type_text(pilot, "an")
        accent = app.theme_variables["text-accent"]
        await pilot.press("backspace", "backspace", "l", "e")
        rows = app.screen.query_one(Rows)
        styled = {
            segment.text: segment.style.bold
            for y in range(rows.size.height)
            for segment in rows.render_line(y)
            if segment.style is not None and segment.text in {"le", "Pineapp"}
        }
        assert accent
        assert styled == {"Pineapp": None, "le": True}


@pytest.mark.parametrize("size", SIZES)
async def test_a_hostile_title_is_shown_and_does_nothing(size: tuple[int, int]) -> None:
    choices = [Choice("x", HOSTILE, HOSTILE, HOSTILE), Choice("y", "[/y]")]
    picker = Picker(HOSTILE, choices, allow_other=True, placeholder=HOSTILE, note="[/z]")
    async with showing(picker, size) as (app, pilot):
        assert "[/x]" in app.text
        assert_inert(app.text)
        await pilot.hover(Rows, offset=(2, 2))
        await type_text(pilot, "[/")
        assert "[/y]" in app.text
        assert_inert(app.text)
        await pilot.press("enter")
        assert app.results == ["y"]


async def test_what_is_pasted_is_cleaned() -> None:
    async with showing(fruit(allow_other=True)) as (app, pilot):
        from textual.events import Paste

        app.post_message(Paste("a\x1b[31mb\x9bc"))
        await pilot.pause()
        assert_inert(app.text)
        await pilot.press("enter")
        assert app.results == ["a␛[31mbc"]


@pytest.mark.parametrize(("theme", "size"), TERMINALS)
async def test_all_of_it_fits_on_every_terminal(theme: str, size: tuple[int, int]) -> None:
    many = [Choice(str(number), f"number {number}", "detail " * 20) for number in range(200)]
    async with showing(Picker("Many", many), size, theme) as (app, _):
        lines = app.text.splitlines()
        assert any("Many" in line for line in lines)
        assert any("esc leave" in line for line in lines)


def test_a_word_may_be_in_the_title_or_in_the_detail() -> None:
    assert match("gpt mini", "gpt-5-mini")
    assert match("mini gpt", "gpt-5-mini")
    assert match("web", "gpt-4o-search", "finds on the web")
    assert match("mega", "gpt-5-mini") is None
    assert match("", "anything") is not None


def test_whole_words_come_before_parts_and_parts_before_letters() -> None:
    titles = ["o3-mini", "minimal", "gemini", "m-i-n-i"]
    scores = [found.score for title in titles if (found := match("mini", title))]
    assert len(scores) == 4
    assert min(scores[0], scores[1]) > scores[2] > scores[3]


def test_positions_are_right_where_lower_case_is_longer() -> None:
    found = match("stanbul", "İstanbul")
    assert found is not None
    assert found.positions == (1, 2, 3, 4, 5, 6, 7)


def test_letters_far_apart_are_no_match() -> None:
    assert match("ab", "a" + "x" * 20 + "b") is None


def test_matching_does_not_explode_on_repeated_letters() -> None:
    start = perf_counter()
    assert match("a" * 30 + "b", "a" * 2000) is None
    # An exhaustive search of subsequences would not end in the life of the user.
    assert perf_counter() - start < 1
