"""The styles that text is drawn in."""

from dataclasses import dataclass

from rich.style import Style

_PLAIN = Style()
_DIM = Style(dim=True)
_BOLD = Style(bold=True)
_ITALIC = Style(italic=True)
_STRUCK = Style(strike=True)
_BOLD_UNDERLINED = Style(bold=True, underline=True)
_UNDERLINED = Style(underline=True)


@dataclass(frozen=True, slots=True)
class Palette:
    """Every style of a message. The defaults use no colour at all.

    A style may name ANSI colours and needs no background. `text` and `fence` are bases; `strong`,
    `emphasis`, `strike`, `code`, `link` and `muted` are laid over the base they stand in.
    """

    text: Style = _PLAIN
    """Ordinary text."""
    muted: Style = _DIM
    """What steps back: link numbers, targets, what is left out."""
    strong: Style = _BOLD
    """`**strong**`."""
    emphasis: Style = _ITALIC
    """`*emphasis*`."""
    strike: Style = _STRUCK
    """`~~struck out~~`."""
    heading: Style = _BOLD_UNDERLINED
    """Headings of the first two levels."""
    subheading: Style = _BOLD
    """Headings of the other levels."""
    code: Style = _BOLD
    """Code inside a line."""
    fence: Style = _PLAIN
    """The base of a block of code, with its background where it has one."""
    frame: Style = _DIM
    """The frame round a block of code, and the rule under a table's header."""
    link: Style = _UNDERLINED
    """The label of a link."""
    quote: Style = _DIM
    """The bar at the left of a quotation."""
    rule: Style = _DIM
    """A thematic break."""
    marker: Style = _PLAIN
    """Bullets, numbers and boxes of lists."""
    table_header: Style = _BOLD
    """The header cells of a table."""
    caret: Style = _PLAIN
    """The mark at the end of a text that is still arriving."""
    keyword: Style = _BOLD
    """Keywords in code."""
    name: Style = _PLAIN
    """Names that code defines or knows: functions, classes, tags, builtins."""
    string: Style = _PLAIN
    """Strings in code, and added lines of a diff."""
    number: Style = _PLAIN
    """Numbers in code."""
    comment: Style = _DIM
    """Comments in code."""
    operator: Style = _PLAIN
    """Operators in code."""
    invalid: Style = _PLAIN
    """Tracebacks, and removed lines of a diff."""
