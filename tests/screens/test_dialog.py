"""Dialogs that keys reach while they are being built, and after they are left."""

from textual.app import App

from acechat.screens.confirm import ConfirmScreen
from acechat.stylesheets import stylesheets


class Host(App[None]):
    """Something for dialogs to lie over."""

    CSS_PATH = [*stylesheets()]


async def test_a_dialog_that_is_left_while_it_is_built_closes_once_it_is_there() -> None:
    app = Host()
    async with app.run_test() as pilot:
        below, dialog = ConfirmScreen("Below?"), ConfirmScreen("Above?")
        await app.push_screen(below)
        shown = app.push_screen(dialog)
        assert not dialog.is_mounted
        # Its lists are not there: no key may move them.
        assert not dialog.check_action("answer", (True,))
        dialog.action_leave()
        assert app.screen is dialog
        await shown
        await pilot.pause()
        assert app.screen is below


async def test_a_dialog_is_left_once_and_takes_none_below_with_it() -> None:
    app = Host()
    async with app.run_test() as pilot:
        below, dialog = ConfirmScreen("Below?"), ConfirmScreen("Above?")
        await app.push_screen(below)
        await app.push_screen(dialog)
        dialog.action_leave()
        dialog.action_leave()
        await pilot.pause()
        assert app.screen is below
