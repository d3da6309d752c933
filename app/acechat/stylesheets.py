"""The ordered list of style sheets, and where they are."""

from pathlib import Path, PurePath

SHEETS: tuple[str, ...] = (
    "base.tcss",
    "widgets/header.tcss",
    "widgets/prompt.tcss",
    "widgets/sidebar.tcss",
    "widgets/status.tcss",
    "widgets/suggestions.tcss",
    "widgets/toast.tcss",
    "widgets/transcript.tcss",
    "widgets/welcome.tcss",
    "screens/fields.tcss",
    "screens/panel.tcss",
    "screens/sections.tcss",
    "screens/chat.tcss",
    "screens/confirm.tcss",
    "screens/help.tcss",
    "screens/picker.tcss",
    "screens/presets.tcss",
    "screens/references.tcss",
    "screens/settings.tcss",
    "screens/usage.tcss",
)
"""Every sheet below `styles/`; later ones win over earlier ones."""


def styles_folder() -> Path:
    """Return the folder of the sheets: in the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parent
    folders = [place / "styles" for place in (package, package.parent, package.parent.parent)]
    for folder in folders:
        if (folder / "base.tcss").is_file():
            return folder
    raise FileNotFoundError(f"no style sheets in {', '.join(map(str, folders))}")


def stylesheets() -> list[str | PurePath]:
    """Return the absolute paths of all sheets, in their order, as `CSS_PATH` wants them."""
    folder = styles_folder()
    return [folder / sheet for sheet in SHEETS]
