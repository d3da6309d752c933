"""One message of the transcript as rows: its text, and what stands around it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from acechat.advice import advice
from acechat.clean import clean_line
from acechat.markdown.document import Document
from acechat.markdown.lines import Line, line_of
from acechat.markdown.palette import Palette
from acechat.markdown.wrap import wrap
from acechat.models import Message, Role, Status, Turn
from acechat.widgets.labels import clock_time, ended_label, references_label, running_label

GUTTER = 2
"""Cells to the left of every text: the bar of a question, the indent of an answer."""

MARGIN = 1
"""Cells kept free at the right, before the scrollbar."""

TEXT_WIDTH = 96
"""The widest column of running text; longer lines tire the eye. Code and tables may be wider."""

_TIME_ROOM = 18
"""Cells kept for the time at the right of a question, with its distance to the text."""

_MIN_TEXT = 8
"""Text is never wrapped narrower than this, however small the window."""

BAR = "▌ "
CARET = "▍"


@dataclass(frozen=True, slots=True)
class Look:
    """How entries are drawn; the same value means the same rows."""

    width: int
    """Cells from the gutter to the margin, both included."""
    palette: Palette
    bar: Style
    """The bar of a question."""
    focus: Style
    """The bar of the message that the keyboard is on."""
    focus_tint: Style
    """Laid over all rows of the message that the keyboard is on."""
    label: Style
    error_bar: Style
    error_text: Style
    key: Style
    today: date
    key_of: Callable[[str], str]
    """The label of a command's key, by the command's id."""
    title_of: Callable[[str], str]
    """The short title of a command, by its id."""

    @property
    def inner(self) -> int:
        """Cells between the gutter and the margin."""
        return max(_MIN_TEXT, self.width - GUTTER - MARGIN)


class Entry:
    """A message on screen."""

    def __init__(self, message: Message, look: Look, turn: Turn | None = None) -> None:
        self.message = message
        """As it is kept; the text of a running answer is in `document`."""
        self.turn = turn
        """The running turn of an answer that is on its way."""
        self.retry_at: float | None = None
        """Monotonic seconds at which the question is sent again."""
        self.document = Document(
            message.text, complete=turn is None, breaks=message.role is Role.USER
        )
        self._look = look
        self._above: list[Line] = []
        self._below: list[Line] = []
        self.relayout(look)

    @property
    def is_question(self) -> bool:
        """Whether the user wrote it."""
        return self.message.role is Role.USER

    @property
    def source(self) -> str:
        """The text as it was written or received."""
        return self.document.text

    def relayout(self, look: Look) -> None:
        """Take a new width, theme or day; rows are made again when they are seen."""
        self._look = look
        width = look.inner
        text_width = min(TEXT_WIDTH, width)
        if self.is_question and width > _TIME_ROOM * 2:
            text_width = min(text_width, width - _TIME_ROOM)
        self.document.set_layout(width, text_width, look.palette)
        self.refresh_words()

    def finish(self, message: Message) -> None:
        """Take the final answer."""
        self.message = message
        self.turn = None
        self.retry_at = None
        self.document.finish(message.text)
        self.refresh_words()

    def refresh_words(self) -> None:
        """Make the rows under the text again: label, failure, references."""
        blank = line_of([])
        below: list[Line] = []
        if self.is_question:
            if self.message.references:
                below.append(
                    self._plain(references_label(self.message.references), self._look.label)
                )
        else:
            if self.document.text:
                below.append(blank)
            below.extend(self._failure_rows())
            below.append(self._plain(self._label(), self._look.label))
        below.append(blank)
        self._below = below

    def _label(self) -> str:
        if self.turn is None:
            return ended_label(self.message, self._look.today)
        now = time.monotonic()
        retry_in = None if self.retry_at is None else self.retry_at - now
        return running_label(
            self.message.model, self.turn.phase, now - self.turn.started_at, retry_in
        )

    def _failure_rows(self) -> list[Line]:
        failure = self.message.error
        if self.turn is not None or (
            failure is None and self.message.status not in {Status.STOPPED, Status.INTERRUPTED}
        ):
            return []
        look, rows = self._look, list[Line]()
        if failure is None:
            return []
        told = advice(failure)
        for sentence in (failure.message, told.step):
            rows.extend(
                self._barred(text, look.error_text)
                for text in _wrapped(sentence, look.inner)
                if sentence
            )
        trace = f" · {clean_line(failure.trace_id)}" if failure.trace_id else ""
        rows.append(self._barred(clean_line(failure.code) + trace, look.label))
        if self.message.status is not Status.COMPLETE:
            rows.append(self._keys(told.commands))
        rows.append(line_of([]))
        return rows

    def _keys(self, commands: Sequence[str]) -> Line:
        look = self._look
        runs = [(BAR, look.error_bar)]
        for command in commands:
            runs.append((look.key_of(command), look.key))
            runs.append((f" {look.title_of(command)}   ", look.label))
        return line_of(runs, lead=len(BAR))

    def _barred(self, text: str, style: Style) -> Line:
        return line_of([(BAR, self._look.error_bar), (text, style)], lead=len(BAR))

    def _plain(self, text: str, style: Style) -> Line:
        shown = next(iter(_wrapped(text, self._look.inner)), "")
        return line_of([(" " * GUTTER, Style.null()), (shown, style)], lead=GUTTER)

    @property
    def height(self) -> int:
        """Rows, as far as they are known."""
        return self.document.height + len(self._below)

    def prepare(self, first: int, last: int) -> bool:
        """Render rows from `first` up to `last`; return whether positions changed by it."""
        if first >= self.document.height:
            return False
        return self.document.render_rows(max(0, first), min(last, self.document.height))

    def locate(self, row: int) -> tuple[int, int]:
        """Return a name for a row that stays right when heights or the width change."""
        height = self.document.height
        if row >= height:
            return -1, row - height
        return self.document.locate(row)

    def row_of(self, place: tuple[int, int]) -> int:
        """Return the row that `locate` named."""
        block, offset = place
        if block < 0:
            return self.document.height + min(offset, len(self._below) - 1)
        return self.document.row_of(block, offset)

    def line(self, row: int, *, focused: bool) -> Line:
        """Return a row with its gutter, not padded to the width."""
        look, height = self._look, self.document.height
        if row >= height:
            below = row - height
            line = self._below[below] if below < len(self._below) else self._below[-1]
            if focused and below < len(self._below) - 1:
                return _with_bar(line, look.focus)
            return line
        inner = self.document.line(row)
        strip, trail = inner.strip, inner.trail
        if self.turn is not None and row == self.document.caret()[0]:
            strip = self._with_caret(strip)
            trail += len(strip.text) - len(inner.text)
        segments = list(strip)
        if self.is_question or focused:
            segments.insert(0, Segment(BAR, look.focus if focused else look.bar))
        else:
            segments.insert(0, Segment(" " * GUTTER))
        cells = strip.cell_length + GUTTER
        if self.is_question and row == 0:
            time, gap = self._time(inner.cells)
            segments += time
            trail += gap
            cells += gap
        notes = tuple((first + GUTTER, after + GUTTER) for first, after in inner.notes)
        return Line(tuple(segments), cells, inner.join, inner.lead + GUTTER, trail, notes)

    def _with_caret(self, strip: Strip) -> Strip:
        cell = self.document.caret()[1]
        caret = Strip([Segment(CARET, self._look.palette.caret)])
        after = strip.crop(cell + 1, None) if cell + 1 < strip.cell_length else Strip([])
        return Strip.join([strip.crop(0, cell), caret, after])

    def _time(self, used: int) -> tuple[list[Segment], int]:
        """Return the time at the right of a question behind `used` cells, and how wide it is."""
        look = self._look
        text = clock_time(self.message.created_at, look.today)
        gap = look.width - GUTTER - MARGIN - used - len(text)
        if gap < 2:
            return [], 0
        return [Segment(" " * gap), Segment(text, look.label)], gap + len(text)


def _wrapped(text: str, width: int) -> list[str]:
    text = clean_line(text)
    return [text[start:end] for start, end, _ in wrap(text, width)]


def _with_bar(line: Line, style: Style) -> Line:
    """Return a row under a message with the focus bar in its gutter."""
    runs = [(segment.text, segment.style or Style.null()) for segment in line.segments[1:]]
    return line_of([(BAR, style), *runs], join=line.join, lead=max(line.lead, GUTTER))
