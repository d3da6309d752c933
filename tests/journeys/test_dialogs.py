"""Dialogs over dialogs: what the keys do that work everywhere."""

from pathlib import Path

from acechat.screens.help import HelpScreen
from acechat.screens.palette import Palette
from acechat.screens.settings import SettingsScreen
from acechat.settings_file import read_settings
from person import Person, at_the_program


def open_screens(person: Person) -> list[str]:
    return [type(screen).__name__ for screen in person.app.screen_stack[1:]]


async def test_a_key_that_is_pressed_twice_opens_one_dialog(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        for key, shown in (("f4", "ModelScreen"), ("f6", "PresetScreen"), ("f7", "References")):
            person.app.simulate_key(key)
            person.app.simulate_key(key)
            await person.until(key, lambda: open_screens(person))
            await person.pilot.pause(0.1)
            assert len(open_screens(person)) == 1
            assert open_screens(person)[0].startswith(shown)
            await person.presses("escape")
            await person.until("it is left", lambda: not open_screens(person))


async def test_the_key_of_the_palette_leaves_it(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        await person.presses("ctrl+p")
        await person.sees("All commands", "new conversation")
        await person.presses("ctrl+p")
        await person.until("it is left", lambda: not open_screens(person))


async def test_the_palette_offers_what_works_where_it_is_opened(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        await person.presses("f2")
        await person.until("open", lambda: isinstance(person.app.screen, SettingsScreen))
        await person.presses("ctrl+p")
        await person.sees("Commands that work here", "switch the theme")
        assert "new conversation" not in person.screen.split("Settings")[0]


async def test_the_palette_takes_the_place_of_the_help_that_names_it(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        await person.presses("f1")
        await person.until("help", lambda: isinstance(person.app.screen, HelpScreen))
        await person.presses("ctrl+p")
        await person.until("palette", lambda: isinstance(person.app.screen, Palette))
        assert open_screens(person) == ["Palette"]
        await person.types("statistics")
        await person.presses("enter")
        await person.sees("Nothing was asked in these days.")


async def test_a_theme_that_is_put_on_over_the_settings_stays(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        person.app.action_settings("appearance")
        await person.until("open", lambda: isinstance(person.app.screen, SettingsScreen))
        await person.sees("Off: the terminal's own selection works.")
        await person.presses("ctrl+p")
        await person.sees("Commands that work here")
        await person.types("theme")
        await person.presses("enter")
        await person.sees("acechat-contrast")
        await person.types("contrast")
        await person.presses("enter")
        await person.until("the theme", lambda: person.app.theme == "acechat-contrast")
        await person.sees("acechat-contrast")
        await person.presses("enter", "down", "right")
        await person.until("the mouse is off", lambda: not person.app.settings.mouse)
        kept = read_settings(tmp_path / "config.toml").settings
        assert (kept.theme, kept.mouse) == ("acechat-contrast", False)
