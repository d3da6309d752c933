"""Draws a text whole, as a reader would see it."""

from collections.abc import Iterable

from acechat.markdown.document import Document
from acechat.markdown.lines import Line
from acechat.markdown.palette import Palette

WIDTH = 40


def document(
    text: str, width: int = WIDTH, text_width: int | None = None, *, breaks: bool = False
) -> Document:
    """A complete document in a layout."""
    made = Document(text, breaks=breaks)
    made.set_layout(width, text_width or width, Palette())
    return made


def all_lines(made: Document) -> list[Line]:
    """Every line of a document, all of it drawn."""
    while made.render_rows(0, made.height + 1):
        pass
    return [made.line(row) for row in range(made.height)]


def drawn(
    text: str, width: int = WIDTH, text_width: int | None = None, *, breaks: bool = False
) -> list[str]:
    """What stands on the screen, row by row."""
    made = document(text, width, text_width, breaks=breaks)
    return [line.text.rstrip() for line in all_lines(made)]


def copied(lines: Iterable[Line]) -> str:
    """What copying whole lines yields."""
    return "".join(line.content() + line.join for line in lines).removesuffix("\n")
