"""Our own themes, and the choice that `auto` makes.

Every theme of Textual stays available. Ours have one accent colour, and text colours that are
given, not blended, so that their contrast can be measured.
"""

from collections.abc import Mapping

from textual.theme import BUILTIN_THEMES, Theme

AUTO = "auto"
"""The name in the settings that leaves the choice to `resolve_theme`."""


def _ours(
    name: str,
    *,
    dark: bool,
    background: str,
    surface: str,
    panel: str,
    text: str,
    muted: str,
    faint: str,
    accent: str,
    on_accent: str,
    error: str,
    warning: str,
    success: str,
) -> Theme:
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        secondary=muted,
        accent=accent,
        error=error,
        warning=warning,
        success=success,
        foreground=text,
        background=background,
        surface=surface,
        panel=panel,
        variables={
            "text": text,
            "text-muted": muted,
            "foreground-muted": muted,
            "text-disabled": faint,
            "foreground-disabled": faint,
            "text-primary": accent,
            "text-accent": accent,
            "text-secondary": muted,
            "text-error": error,
            "text-warning": warning,
            "text-success": success,
            "border": accent,
            "border-blurred": faint,
            "block-cursor-foreground": on_accent,
            "block-cursor-background": accent,
            "block-cursor-text-style": "none",
            "block-cursor-blurred-foreground": text,
            "block-cursor-blurred-background": panel,
            "block-hover-background": surface,
            "input-cursor-foreground": background,
            "input-cursor-background": text,
            "input-selection-background": f"{accent} 30%",
            "screen-selection-background": f"{accent} 30%",
            "link-color": accent,
            "link-color-hover": on_accent,
            "footer-key-foreground": accent,
            "button-color-foreground": on_accent,
            "scrollbar": panel,
            "scrollbar-hover": faint,
            "scrollbar-active": accent,
            "scrollbar-background": background,
            "scrollbar-background-hover": background,
            "scrollbar-background-active": background,
            "scrollbar-corner-color": background,
        },
    )


DARK = _ours(
    "acechat-dark",
    dark=True,
    background="#16181d",
    surface="#1c1f26",
    panel="#272b34",
    text="#d7dae0",
    muted="#9299a8",
    faint="#4a505e",
    accent="#7fb4ca",
    on_accent="#16181d",
    error="#e5848b",
    warning="#d9b06c",
    success="#8fbf7f",
)
LIGHT = _ours(
    "acechat-light",
    dark=False,
    background="#fbfaf7",
    surface="#f2f0ea",
    panel="#e4e1d8",
    text="#2a2c31",
    muted="#5f636d",
    faint="#b5b3ac",
    accent="#1f6a87",
    on_accent="#ffffff",
    error="#a8323f",
    warning="#7d5600",
    success="#2f6b2a",
)
CONTRAST = _ours(
    "acechat-contrast",
    dark=True,
    background="#000000",
    surface="#0a0a0a",
    panel="#262626",
    text="#ffffff",
    muted="#d0d0d0",
    faint="#8a8a8a",
    accent="#ffd75f",
    on_accent="#000000",
    error="#ff8f8f",
    warning="#ffc46b",
    success="#8dff8d",
)

THEMES: tuple[Theme, ...] = (DARK, LIGHT, CONTRAST)
"""What this program adds to the themes of Textual."""

_LIGHT_BACKGROUNDS = frozenset({7, *range(9, 16)})
"""The colours of the basic sixteen that are light: white, and the bright ones but for grey."""

_FULL_COLOUR = ("256color", "direct", "kitty", "ghostty", "alacritty", "foot", "wezterm", "iterm")
"""Parts of the names of terminals that show more than sixteen colours."""


def theme_names() -> list[str]:
    """Return every theme: ours, then Textual's by name."""
    return [*(theme.name for theme in THEMES), *sorted(BUILTIN_THEMES)]


def theme_choices() -> list[str]:
    """Return all that the setting can be: the choice for the terminal, then every theme."""
    return [AUTO, *theme_names()]


def resolve_theme(name: str, environ: Mapping[str, str]) -> str:
    """Return the name of the theme to use.

    Args:
        name: what the settings say; `auto` and names of no theme are chosen for the terminal.
        environ: the environment; COLORFGBG tells the background, TERM and COLORTERM the colours.
    """
    if name in theme_names():
        return name
    light = _is_light(environ.get("COLORFGBG", ""))
    if _has_few_colours(environ):
        return "ansi-light" if light else "ansi-dark"
    return LIGHT.name if light else DARK.name


def _is_light(colours: str) -> bool:
    """Tell whether COLORFGBG, as in `0;15` or `0;default;15`, names a light background."""
    background = colours.rpartition(";")[2]
    return background.isdecimal() and int(background) in _LIGHT_BACKGROUNDS


def _has_few_colours(environ: Mapping[str, str]) -> bool:
    if environ.get("COLORTERM", "") in {"truecolor", "24bit"}:
        return False
    terminal = environ.get("TERM", "").lower()
    return not any(part in terminal for part in _FULL_COLOUR)
