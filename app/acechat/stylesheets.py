"""The ordered list of style sheets, and where they are."""

from pathlib import Path, PurePath

FIRST: tuple[str, ...] = (
    "base.tcss",
    "widgets/find_line.tcss",
    "widgets/header.tcss",
    "widgets/prompt.tcss",
    "widgets/sidebar.tcss",
    "widgets/status.tcss",
    "widgets/welcome.tcss",
    "screens/chat.tcss",
)
"""What the first paint looks like."""

SECOND: tuple[str, ...] = (
    "widgets/attached.tcss",
    "widgets/queued_lines.tcss",
    "widgets/suggestions.tcss",
    "widgets/toast.tcss",
    "widgets/transcript.tcss",
)
"""What else the chat screen can show: it is read right after the first paint."""

LATER: tuple[str, ...] = (
    "screens/fields.tcss",
    "screens/panel.tcss",
    "screens/sections.tcss",
    "screens/compare.tcss",
    "screens/confirm.tcss",
    "screens/help.tcss",
    "screens/older.tcss",
    "screens/picker.tcss",
    "screens/presets.tcss",
    "screens/preview.tcss",
    "screens/references.tcss",
    "screens/save.tcss",
    "screens/search.tcss",
    "screens/settings.tcss",
    "screens/usage.tcss",
)
"""What the screens that open over it look like; later sheets win over earlier ones."""

SHEETS = (*FIRST, *SECOND, *LATER)
"""Every sheet below `styles/`."""


def styles_folder() -> Path:
    """Return the folder of the sheets: in the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parent
    folders = [place / "styles" for place in (package, package.parent, package.parent.parent)]
    for folder in folders:
        if (folder / "base.tcss").is_file():
            return folder
    raise FileNotFoundError(f"no style sheets in {', '.join(map(str, folders))}")


def first_sheets() -> list[str | PurePath]:
    """Return the absolute paths of the sheets of the first paint, as `CSS_PATH` wants them."""
    return _paths(FIRST)


def second_sheets() -> list[str | PurePath]:
    """Return the absolute paths of the other sheets of the chat screen."""
    return _paths(SECOND)


def later_sheets() -> list[str | PurePath]:
    """Return the absolute paths of the sheets of all other screens."""
    return _paths(LATER)


def stylesheets() -> list[str | PurePath]:
    """Return the absolute paths of all sheets, in their order."""
    return _paths(SHEETS)


def _paths(sheets: tuple[str, ...]) -> list[str | PurePath]:
    folder = styles_folder()
    return [folder / sheet for sheet in sheets]
