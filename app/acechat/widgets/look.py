"""How the messages of the transcript are drawn, taken from the style sheets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date

from rich.style import Style
from textual.color import Color
from textual.css.styles import RenderStyles
from textual.widget import Widget

from acechat.commands import BY_ID
from acechat.markdown.palette import Palette

GUTTER = 3
"""Cells to the left of every text: a margin, the bar of a question, a space."""

MARGIN = 1
"""Cells kept free at the right, before the scrollbar."""

TEXT_WIDTH = 96
"""The widest column of running text; longer lines tire the eye. Code and tables may be wider."""

TIME_ROOM = 18
"""Cells kept for the time at the right of a question: the longest one, and two before it."""

MIN_TEXT = 8
"""Text is never wrapped narrower than this, however small the window."""

PREFIX = "entry-view--"
"""How the names of the styles begin in the sheet."""


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles of what stands around the text of messages."""

    bar: Style
    """The bar of a question."""
    focus: Style
    """The bar of the message that the keyboard is on."""
    focus_tint: Style
    """Under all rows of the message that the keyboard is on."""
    label: Style
    """The time of a question, the line under an answer."""
    error_bar: Style
    """The bar of a failure."""
    error_text: Style
    """What went wrong."""
    key: Style
    """A key that helps."""
    badge: Style
    """The notice about new text below."""
    match: Style
    """What is being looked for."""
    match_here: Style
    """The same, at the place that was gone to."""


@dataclass(frozen=True, slots=True)
class Look:
    """How entries are drawn; the same value means the same rows."""

    width: int
    """Cells from the left edge to the scrollbar."""
    base: Style
    """The ground, and text on it; under all other styles."""
    selection: Style
    """Laid over what the mouse has selected."""
    palette: Palette
    """The styles of text."""
    styles: Styles
    """The styles of what stands around it."""
    today: date
    """The day it is, for the times of messages."""
    keys: Mapping[str, str]
    """The labels of the commands' keys, by the commands' ids."""
    title_of: Callable[[str], str]
    """The short title of a command, by its id."""
    signed: bool = True
    """A line under each answer says whose it is and what became of it."""
    folds: bool = True
    """Long lines of code go on in the next row, not behind their frame."""

    @property
    def inner(self) -> int:
        """Cells between the gutter and the margin."""
        return max(MIN_TEXT, self.width - GUTTER - MARGIN)

    def has_room(self, cells: int = 0) -> bool:
        """Whether the time of a question, and what takes so many cells before it, has room."""
        return self.inner > (TIME_ROOM + cells) * 2

    def text_width(self, *, question: bool, mark: int = 0) -> int:
        """Return the cells for running text; a question leaves room for its time.

        Args:
            question: Whether it is one.
            mark: Cells that stand before its time.
        """
        text_width = min(TEXT_WIDTH, self.inner)
        if question and self.has_room(mark):
            return min(text_width, self.inner - TIME_ROOM - mark)
        return text_width


COMPONENTS = {
    *(f"{PREFIX}{field.name.replace('_', '-')}" for field in (*fields(Palette), *fields(Styles))),
}
"""The names of all styles in the sheet."""


def look_of(
    view: Widget,
    *,
    today: date,
    key_of: Callable[[str], str],
    title_of: Callable[[str], str],
    folds: bool,
    signed: bool = True,
) -> Look:
    """Return how entries are drawn in `view`, which has the component classes `COMPONENTS`."""
    ground = view.background_colors[1]

    def style(name: str) -> Style:
        return _blended(view.get_component_styles(f"{PREFIX}{name.replace('_', '-')}"), ground)

    return Look(
        width=view.scrollable_content_region.width,
        base=view.rich_style,
        selection=_blended(view.screen.get_component_styles("screen--selection"), ground),
        palette=Palette(**{field.name: style(field.name) for field in fields(Palette)}),
        styles=Styles(**{field.name: style(field.name) for field in fields(Styles)}),
        today=today,
        keys={command_id: key_of(command_id) for command_id in BY_ID},
        title_of=title_of,
        signed=signed,
        folds=folds,
    )


def _blended(styles: RenderStyles, ground: Color) -> Style:
    """Return what a rule of the sheet says, and no more; Rich knows no transparency.

    A colour that is faint is mixed with the ground, one that cannot be seen is left out.
    """
    colour = styles.color if styles.has_rule("color") else None
    behind = styles.background if styles.has_rule("background") else None
    if behind is not None and behind.is_transparent:
        behind = None
    if colour is not None and colour.is_transparent:
        colour = None
    back = ground if behind is None else ground + behind
    return styles.text_style + Style(
        color=None if colour is None else (back + colour).rich_color,
        bgcolor=None if behind is None else back.rich_color,
    )
