"""The two short questions: one line, and yes or no."""

from pathlib import Path

import pytest
from panel_host import HOSTILE, SIZES, assert_inert, showing, type_text

from acechat.screens.confirm import ConfirmScreen
from acechat.screens.rename import LineScreen, RenameScreen
from acechat.screens.save import SaveScreen


async def test_a_title_is_edited_from_its_end() -> None:
    async with showing(RenameScreen("Old title")) as (app, pilot):
        await type_text(pilot, "s")
        await pilot.press("enter")
        assert app.results == ["Old titles"]


async def test_an_empty_title_is_refused_until_something_is_typed() -> None:
    async with showing(RenameScreen("x")) as (app, pilot):
        await pilot.press("backspace", "enter")
        assert app.results == []
        assert "type a title" in app.text
        await pilot.press("y")
        assert "type a title" not in app.text
        await pilot.press("enter")
        assert app.results == ["y"]


async def test_escape_leaves_the_title_as_it_is() -> None:
    async with showing(RenameScreen("x")) as (app, pilot):
        await pilot.press("y", "escape")
        assert app.results == [None]


async def test_a_hostile_title_is_inert() -> None:
    for size in SIZES:
        async with showing(RenameScreen(HOSTILE), size) as (app, _):
            assert "[/x]" in app.text
            assert_inert(app.text)


async def test_any_line_can_be_asked_for() -> None:
    async with showing(LineScreen("Save to a file", "/tmp/a.md")) as (app, pilot):
        assert "Save to a file" in app.text
        await pilot.press("enter")
        assert app.results == ["/tmp/a.md"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "this is a folder; add a name"),
        ("nothing/a.md", "there is no such folder"),
        (f"{'x' * 300}.md", "nothing can be saved there"),
        ("~nobody-here/a.md", "there is no such folder"),
    ],
)
async def test_a_file_that_cannot_be_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    path = Path(name) if name.startswith("~") else tmp_path / name
    async with showing(SaveScreen(path)) as (app, pilot):
        await pilot.press("enter")
        assert app.results == []
        assert reason in app.text


async def test_enter_on_a_question_takes_the_safe_answer() -> None:
    async with showing(ConfirmScreen("Delete?", yes="delete", no="keep")) as (app, pilot):
        assert "y delete" in app.text
        await pilot.press("enter")
        assert app.results == [False]


async def test_letters_and_arrows_answer() -> None:
    for keys, answer in ((("y",), True), (("n",), False), (("right", "enter"), True)):
        async with showing(ConfirmScreen("Delete?")) as (app, pilot):
            await pilot.press(*keys)
            assert app.results == [answer]


async def test_escape_and_a_click_beside_are_a_no() -> None:
    async with showing(ConfirmScreen("Delete?")) as (app, pilot):
        await pilot.press("escape")
        assert app.results == [False]
    async with showing(ConfirmScreen("Delete?")) as (app, pilot):
        await pilot.click(offset=(0, 0))
        assert app.results == [False]


async def test_answers_can_be_clicked() -> None:
    async with showing(ConfirmScreen("Delete?")) as (app, pilot):
        await pilot.click("#yes")
        assert app.results == [True]


async def test_a_hostile_question_is_inert() -> None:
    async with showing(ConfirmScreen(HOSTILE, detail=HOSTILE, yes="[/x]")) as (app, _):
        assert "[/x]" in app.text
        assert_inert(app.text)
