"""The palette: every command of the table, and every theme, in the picker they all share."""

from collections.abc import Mapping

from textual.app import App
from textual.screen import Screen

from acechat.commands import BY_ID, COMMANDS, Command, keys_of
from acechat.key_names import key_label
from acechat.screens.dialog import Dialog
from acechat.screens.help import HelpScreen
from acechat.screens.picker import Choice, Picker
from acechat.themes import theme_choices


class Palette(Picker[str]):
    """All commands that can be carried out where it is opened; the result is the id of one."""

    def __init__(self, keys: Mapping[str, str], over: Screen[object]) -> None:
        """List the commands with the keys in force.

        Args:
            keys: The keys that the user gave to commands.
            over: The screen that they are carried out on.
        """

        def works(command: Command) -> bool:
            if command.id == "app.palette":
                return False
            if not isinstance(over, Dialog):
                return command.place == "anywhere"
            # Over the settings there are no others.
            is_of_app = command.id.startswith("app.") and command.id != "app.settings"
            return is_of_app or command.id.startswith(over.COMMANDS_HERE)

        super().__init__(
            "Commands that work here" if isinstance(over, Dialog) else "All commands",
            [
                Choice(command.id, command.title, key_label(keys_of(command, keys)))
                for command in COMMANDS
                if works(command)
            ],
        )


async def pick_command(app: App[int], keys: Mapping[str, str]) -> None:
    """Show the commands that work here and carry out the one that is picked."""
    if isinstance(app.screen, HelpScreen):
        # It names commands that only the palette has: they are those of what is below it.
        app.screen.action_leave()
    picked = await app.push_screen_wait(Palette(keys, app.screen))
    if picked is not None:
        namespace = "app" if picked.startswith("app.") else "screen"
        await app.run_action(f"{namespace}.{BY_ID[picked].action}")


def theme_picker(current: str) -> Picker[str]:
    """Return the list of all themes, on the one that is set."""
    choices = [Choice(name, name) for name in theme_choices()]
    return Picker[str]("Theme", choices, current=current)
