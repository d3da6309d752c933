"""The help: every command of the table with the keys in force."""

from panel_host import LOOKS, SIZES, showing

from acechat.commands import COMMANDS
from acechat.screens.help import HelpScreen, all_keys

MANUAL = "The manual is in docs/, and the model guide answers from it."


async def test_every_command_is_there_with_its_keys() -> None:
    async with showing(HelpScreen({}, MANUAL), (160, 100)) as (app, _):
        for command in COMMANDS:
            assert command.title in app.text
        for keys in ("^n", "F4  ^o", "esc", "⏎", "↑  k"):
            assert keys in app.text
        assert MANUAL in app.text


async def test_the_users_keys_are_shown_in_place_of_the_defaults() -> None:
    async with showing(HelpScreen({"chat.new": "ctrl+t"}, MANUAL), (120, 100)) as (app, _):
        line = next(line for line in app.text.splitlines() if "new conversation" in line)
        assert "^t" in line
        assert "^n" not in line


async def test_it_scrolls_and_escape_closes_it() -> None:
    for size in SIZES:
        async with showing(HelpScreen({}, MANUAL), size) as (app, pilot):
            assert "esc close" in app.text
            assert MANUAL[:20] not in app.text
            await pilot.press("end")
            await pilot.pause(0.3)
            assert "The manual is in" in app.text
            await pilot.press("escape")
            assert app.results == [None]


async def test_it_is_drawn_in_every_theme() -> None:
    for theme in LOOKS:
        async with showing(HelpScreen({}, "[/x]"), theme=theme) as (app, _):
            assert "Help" in app.text


def test_a_command_without_a_key_has_no_label() -> None:
    bare = next(command for command in COMMANDS if not command.keys)
    assert all_keys(bare, {}) == ""
    assert all_keys(bare, {bare.id: "f9, ctrl+r"}) == "F9  ^r"
