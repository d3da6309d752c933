"""The palette: every command of the table, and every theme, in the picker they all share."""

from collections.abc import Mapping

from textual.app import App

from acechat.commands import BY_ID, COMMANDS, key_label, keys_of


async def pick_command(app: App[int], keys: Mapping[str, str]) -> None:
    """Show all commands that work anywhere and carry out the one that is picked."""
    from acechat.screens.picker import Choice, Picker

    choices = [
        Choice(command.id, command.title, key_label(keys_of(command, keys)))
        for command in COMMANDS
        if command.place == "anywhere" and command.id != "app.palette"
    ]
    picked = await app.push_screen_wait(Picker[str]("All commands", choices))
    if picked is not None:
        namespace = "app" if picked.startswith("app.") else "screen"
        await app.run_action(f"{namespace}.{BY_ID[picked].action}")


async def pick_theme(app: App[int], current: str) -> str | None:
    """Show all themes and return the one that is picked."""
    from acechat.screens.picker import Choice, Picker

    names = ["auto", *sorted(app.available_themes)]
    choices = [Choice(name, name) for name in names]
    return await app.push_screen_wait(Picker[str]("Theme", choices, current=current))
