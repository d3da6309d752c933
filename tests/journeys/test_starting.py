"""The start: little is done before the prompt is there, and nothing twice."""

import threading
from pathlib import Path

import pytest
from textual.color import Color
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen

from acechat.markdown import inline
from acechat.screens.help import HelpScreen
from acechat.stylesheets import later_sheets
from person import Person, at_the_program


@pytest.fixture
def restyled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has styled everything anew."""
    done: list[str] = []
    reparse, update = Stylesheet.reparse, Screen.update_node_styles

    def read_again(self: Stylesheet) -> None:
        done.append("sheets")
        reparse(self)

    def style_again(self: Screen[object], animate: bool = True) -> None:
        done.append("screen")
        update(self, animate)

    monkeypatch.setattr(Stylesheet, "reparse", read_again)
    monkeypatch.setattr(Screen, "update_node_styles", style_again)
    return done


async def sheets_are_read(person: Person) -> None:
    """Wait until the sheets of the dialogs are there."""
    await person.until(
        "all sheets are read",
        lambda: all(person.app.stylesheet.has_source(str(sheet)) for sheet in later_sheets()),
    )


@pytest.mark.parametrize("size", [(120, 40), (60, 20), (30, 8)])
async def test_everything_is_styled_once(
    restyled: list[str], tmp_path: Path, size: tuple[int, int]
) -> None:
    async with at_the_program(tmp_path, size=size) as person:
        await person.until("the screen is there", lambda: person.app.screen.is_mounted)
        await person.pilot.pause()
        assert not restyled


async def test_what_reads_markup_is_loaded_beside_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded_by: list[threading.Thread] = []
    monkeypatch.setattr(inline, "load_parser", lambda: loaded_by.append(threading.current_thread()))
    async with at_the_program(tmp_path) as person:
        await person.until("it is loaded", lambda: loaded_by)
    assert threading.main_thread() not in loaded_by


async def test_another_theme_styles_everything(restyled: list[str], tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await sheets_are_read(person)
        assert "sheets" not in restyled
        person.app.theme = "nord"
        await person.until("the theme is on", lambda: "sheets" in restyled)
        nord = Color.parse(person.app.available_themes["nord"].background or "")
        await person.until("it shows", lambda: person.app.screen.styles.background == nord)


async def test_a_dialog_opens_with_its_looks_already_read(
    restyled: list[str], tmp_path: Path
) -> None:
    async with at_the_program(tmp_path) as person:
        await sheets_are_read(person)
        await person.presses("f1")
        await person.until("help", lambda: isinstance(person.app.screen, HelpScreen))
        assert "sheets" not in restyled


async def test_a_dialog_that_opens_at_once_has_its_looks(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.app.push_screen(HelpScreen({}, "manual"))
        await person.sees("Help")
        assert person.app.screen.query_one("#panel").styles.border.top[0]
