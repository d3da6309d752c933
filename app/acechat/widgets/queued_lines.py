"""The lines above the prompt: questions that are sent when the answer has ended."""

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from acechat.clean import clean_line

SHOWN = 3
"""How many questions are shown, so that the transcript keeps its room."""

MAX_SHOWN = 500
"""Characters of a question that are looked at: a pasted book is none the slower."""

WHEN = "queued · sent when this answer ends"
BACK = "↑ takes it back"

LEAST = 24
"""Cells that a question keeps before what is said of it is shortened."""


class QueuedLines(Widget):
    """What waits, one line a question."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"queued-lines--note"}

    def __init__(self) -> None:
        super().__init__()
        self._texts: Sequence[str] = ()

    def show(self, texts: Sequence[str]) -> None:
        """Show these questions; none takes no room."""
        self._texts = [clean_line(text[:MAX_SHOWN]) for text in texts]
        self.display = bool(texts)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for each question, and one for those that have no room."""
        return min(len(self._texts), SHOWN + 1)

    def render(self) -> Content:
        """The questions, with what becomes of them at the right."""
        width = self.content_size.width
        muted = self.get_visual_style("queued-lines--note", partial=True)
        last = len(self._texts) - 1
        shown = SHOWN if last >= SHOWN else SHOWN + 1
        lines: list[Content] = []
        for index, text in enumerate(self._texts[:shown]):
            note = _note(width, is_first=index == 0, is_last=index == last)
            words = Content(text).truncate(width - len(note) - 2, ellipsis=True)
            gap = " " * (width - words.cell_length - len(note))
            lines.append(Content.assemble(words, gap, (note, muted)))
        if last >= shown:
            more = f"and {last + 1 - shown} more"
            note = BACK if width >= LEAST + len(BACK) else ""
            gap = " " * (width - len(more) - len(note))
            lines.append(Content.assemble((more + gap + note, muted)))
        return Content("\n").join(lines)


def _note(width: int, *, is_first: bool, is_last: bool) -> str:
    """Return what is said of a question, as long as there is room for it."""
    what = WHEN if is_first else "queued"
    wordings = [f"{what} · {BACK}", f"queued · {BACK}"] if is_last else [what]
    fitting = (each for each in wordings if width - len(each) - 2 >= LEAST)
    return next(fitting, "queued" if width >= LEAST else "")
