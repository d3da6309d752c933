"""Themes: readable, complete, and chosen for the terminal."""

import pytest
from textual.app import App
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from acechat.themes import THEMES, resolve_theme, theme_names

ENOUGH = 4.5
"""The contrast that WCAG 2 asks for in text of normal size (success criterion 1.4.3, level AA)."""

TEXT = (
    "foreground",
    "text",
    "text-muted",
    "foreground-muted",
    "text-accent",
    "text-primary",
    "text-secondary",
    "text-error",
    "text-warning",
    "text-success",
    "accent",
    "error",
    "link-color",
)
GROUND = ("background", "surface", "panel")


def luminance(color: Color) -> float:
    """Relative luminance as WCAG 2 defines it."""

    def channel(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * channel(color.r) + 0.7152 * channel(color.g) + 0.0722 * channel(color.b)


def contrast(one: Color, other: Color) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_right() -> None:
    assert contrast(Color.parse("#ffffff"), Color.parse("#000000")) == pytest.approx(21)
    assert contrast(Color.parse("#777777"), Color.parse("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", GROUND)
@pytest.mark.parametrize("text", TEXT)
def test_text_is_readable_on_every_ground(theme: Theme, text: str, ground: str) -> None:
    variables = theme.to_color_system().generate()
    assert contrast(Color.parse(variables[text]), Color.parse(variables[ground])) >= ENOUGH


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("block-cursor-foreground", "block-cursor-background"),
        ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
        ("input-cursor-foreground", "input-cursor-background"),
        ("link-color-hover", "link-background-hover"),
    ],
)
def test_what_the_keyboard_is_on_is_readable(theme: Theme, text: str, ground: str) -> None:
    variables = theme.to_color_system().generate()
    assert contrast(Color.parse(variables[text]), Color.parse(variables[ground])) >= ENOUGH


def test_high_contrast_is_higher() -> None:
    (theme,) = (each for each in THEMES if each.name == "acechat-contrast")
    variables = theme.to_color_system().generate()
    ground = Color.parse(variables["background"])
    # Success criterion 1.4.6, level AAA, asks for 7.
    assert all(contrast(Color.parse(variables[text]), ground) >= 7 for text in TEXT)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_one_accent(theme: Theme) -> None:
    assert theme.primary == theme.accent


def test_all_of_textuals_themes_stay_available() -> None:
    assert set(theme_names()) == {*BUILTIN_THEMES, *(theme.name for theme in THEMES)}


async def test_every_theme_can_be_worn() -> None:
    app = App[None]()
    async with app.run_test():
        for theme in THEMES:
            app.register_theme(theme)
        for name in theme_names():
            app.theme = name


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"TERM": "xterm-256color"}, "acechat-dark"),
        ({"TERM": "xterm-256color", "COLORFGBG": "15;0"}, "acechat-dark"),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;15"}, "acechat-light"),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;default;15"}, "acechat-light"),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;7"}, "acechat-light"),
        ({"TERM": "xterm-256color", "COLORFGBG": "7;8"}, "acechat-dark"),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;default"}, "acechat-dark"),
        ({"TERM": "xterm-256color", "COLORFGBG": "nonsense"}, "acechat-dark"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "acechat-dark"),
        ({"TERM": "xterm-kitty"}, "acechat-dark"),
        ({"TERM": "tmux-256color"}, "acechat-dark"),
        ({"TERM": "linux"}, "ansi-dark"),
        ({"TERM": "xterm"}, "ansi-dark"),
        ({"TERM": "xterm", "COLORFGBG": "0;15"}, "ansi-light"),
        ({}, "ansi-dark"),
    ],
)
def test_auto_fits_the_terminal(environ: dict[str, str], name: str) -> None:
    assert resolve_theme("auto", environ) == name


def test_a_name_is_taken_as_it_is_and_an_unknown_one_is_auto() -> None:
    environ = {"TERM": "linux"}
    assert resolve_theme("nord", environ) == "nord"
    assert resolve_theme("acechat-light", environ) == "acechat-light"
    assert resolve_theme("gone", environ) == "ansi-dark"
