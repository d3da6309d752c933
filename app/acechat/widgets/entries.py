"""One message of the transcript as rows: its text, and what stands around it."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from acechat import clock
from acechat.advice import advice
from acechat.clean import clean_line
from acechat.markdown.document import Document
from acechat.markdown.lines import Line, line_of
from acechat.markdown.wrap import wrap
from acechat.models import Message, Role, Status, Turn
from acechat.widgets.labels import (
    SEPARATOR,
    clock_time,
    ended_label,
    references_label,
    running_label,
    version_mark,
)
from acechat.widgets.look import GUTTER, MARGIN, Look

BAR = " ▌ "
"""To the left of a question, and of a failure."""

FOCUS_BAR = " █ "
"""To the left of the message that the keyboard is on; another sign, to be seen without colours."""

CARET = "▍"
"""At the end of a text that is still arriving."""

BEFORE_COLUMN = 8
"""Cells of a line of code that are shown before the one to be seen."""

Place = tuple[int, int]
"""A row of a message by what it shows, see `Entry.locate`."""


class Below(NamedTuple):
    """A row under the text of a message."""

    line: Line
    """What it says, without a gutter."""
    bar: Style | None = None
    """The style of the bar at its left, where it has one."""


class Entry:
    """A message on screen.

    Its text is read and drawn when it is first looked at; until then its height is a guess.
    """

    __slots__ = (
        "_before",
        "_below",
        "_document",
        "_height",
        "_look",
        "_note",
        "_shift",
        "message",
        "turn",
    )

    def __init__(
        self,
        message: Message,
        look: Look,
        *,
        before: tuple[str, ...] = (),
        note: str = "",
        turn: Turn | None = None,
    ) -> None:
        """Show a message.

        Args:
            message: What is shown.
            look: How it is drawn.
            before: The references of the question before this one.
            note: What is said of it besides.
            turn: The running turn of an answer that is on its way.
        """
        self.message = message
        """As it is kept; the text of a running answer is in `document`."""
        self.turn = turn
        """The running turn of an answer that is on its way."""
        self._before = before
        self._note = note
        self._look = look
        self._document: Document | None = None
        self._below: list[Below] | None = None
        self._height: int | None = None
        self._shift = 0
        if turn is not None:
            # Now, not when it is seen: the turn's text grows, and what is new is appended here.
            self._document = self.document

    @property
    def is_question(self) -> bool:
        """Whether the user wrote it."""
        return self.message.role is Role.USER

    @property
    def source(self) -> str:
        """The text as it was written or received."""
        if self._document is not None:
            return self._document.text
        return self.message.text if self.turn is None else self.turn.text

    @property
    def document(self) -> Document:
        """The text as rows."""
        if self._document is None:
            self._document = Document(
                self.source, complete=self.turn is None, breaks=self.is_question
            )
            self._lay_out(self._document)
        return self._document

    def _lay_out(self, document: Document, *, colours: bool = True) -> None:
        look = self._look
        document.set_layout(
            look.inner,
            self._text_width,
            look.palette,
            folds=look.folds,
            shift=self._shift,
            colours=colours,
        )

    @property
    def _text_width(self) -> int:
        """The cells for running text."""
        return self._look.text_width(question=self.is_question, mark=len(self._mark_before_time))

    @property
    def _mark_before_time(self) -> str:
        """The mark of a question's version with two spaces, where there is room for it."""
        mark = f"{version_mark(self.message)}  " if self.message.versions > 1 else ""
        return mark if self.is_question and self._look.has_room(len(mark)) else ""

    def to_seek_in(self) -> Document:
        """Return a document with the same rows, to look for words in; code has no colours there."""
        document = Document(self.source, breaks=self.is_question)
        self._lay_out(document, colours=False)
        return document

    def show_code(self, column: int) -> None:
        """Move code so that a cell of its lines is in sight."""
        self.shift_code(column - BEFORE_COLUMN - self._shift)

    def shift_code(self, cells: int) -> bool:
        """Move code that is wider than its frame, to the left for more than 0; tell if it moved."""
        shift = min(max(self._shift + cells, 0), self.document.overflow)
        if shift == self._shift:
            return False
        self._shift = shift
        self._lay_out(self.document)
        return True

    def relayout(self, look: Look, *, visible: bool) -> None:
        """Take a new width, theme or day; what is not in view is drawn anew when it is."""
        resized = (look.width, look.folds) != (self._look.width, self._look.folds)
        self._look = look
        self._below = None
        if self._document is not None:
            if visible or self.turn is not None:
                self._lay_out(self._document)
                return
            self.forget()
        if resized:
            self._height = None

    def forget(self) -> None:
        """Give the memory of the rows back; they are drawn anew when they are seen again."""
        if self.turn is None and self._document is not None:
            self._height = self.height
            self._document = self._below = None

    # What happens to a running answer.

    def append(self, text: str) -> None:
        """Add what has arrived."""
        self.document.append(text)
        self._below = None

    def replace(self, text: str) -> None:
        """Put `text` in the place of everything that has arrived."""
        self.document.replace(text)
        self._below = None

    def finish(self, message: Message) -> None:
        """Take the final answer."""
        document = self.document
        self.message = message
        self.turn = None
        document.finish(message.text)
        self._below = None

    def count_on(self) -> None:
        """Let the label say how much time has passed."""
        self._below = None

    # Rows.

    @property
    def height(self) -> int:
        """Rows, as far as they are known."""
        if self._document is not None:
            return self._document.height + len(self.below)
        if self._height is None:
            self._height = self._guess()
        return self._height

    def _guess(self) -> int:
        """Return about how many rows there are, without reading the text."""
        text = self.source
        # A character of three bytes is two cells wide more often than not.
        cells = (
            len(text) if text.isascii() else (len(text) + len(text.encode(errors="replace"))) // 2
        )
        around = 1 if self.is_question else 7 if self.message.error else 3
        return text.count("\n") + cells // self._text_width + around

    def prepare(self, first: int, last: int) -> bool:
        """Draw rows from `first` up to `last`, as much as is good at once.

        Returns:
            Whether positions may have changed, or more is to be drawn; ask again then.
        """
        top, bottom = max(0, first), min(last, self.document.height)
        return top < bottom and self.document.render_rows(top, bottom)

    def locate(self, row: int) -> Place:
        """Return a name for a row that stays right when heights or the width change."""
        height = self.document.height
        if row >= height:
            return -1, row - height
        return self.document.locate(row)

    def row_of(self, place: Place) -> int:
        """Return the row that `locate` named."""
        block, offset = place
        if block < 0:
            return self.document.height + min(offset, len(self.below) - 1)
        return self.document.row_of(block, offset)

    def bare(self, first: int, last: int) -> list[Line]:
        """Return what rows say, without gutter, time and caret: what copying takes."""
        height = self.document.height
        lines = self.document.lines(first, min(last, height))
        # Whoever asks may still think that the message is higher than it is.
        end = len(self.below) - 1
        under = [min(row - height, end) for row in range(max(first, height), last)]
        return [*lines, *(self.below[row].line for row in under)]

    def _under(self, row: int) -> Below | None:
        """Return what stands at a row that is under the text."""
        below = row - self.document.height
        return None if below < 0 else self.below[min(below, len(self.below) - 1)]

    @property
    def caret(self) -> tuple[int, int] | None:
        """Row and cell just after the end of a text that is still arriving."""
        if self.turn is None or not self.document.text:
            return None
        return self.document.caret()

    def dressed(self, row: int, line: Line, *, focused: bool, caret: int | None) -> list[Segment]:
        """Return a row as it is drawn, not padded to the width.

        Args:
            row: Which one it is.
            line: What it says.
            focused: The keyboard is on this message.
            caret: The cell at which text goes on to arrive, if that is in this row.
        """
        styles = self._look.styles
        under = self._under(row)
        if focused:
            gutter = Segment(FOCUS_BAR, styles.focus)
        elif under is None and self.is_question:
            gutter = Segment(BAR, styles.bar)
        elif under is None or under.bar is None:
            gutter = Segment(" " * GUTTER)
        else:
            gutter = Segment(BAR, under.bar)
        segments = line.segments if caret is None else self._with_caret(line, caret)
        time_ = self._time(line.cells) if row == 0 and self.is_question else []
        return [gutter, *segments, *time_]

    def _with_caret(self, line: Line, cell: int) -> list[Segment]:
        strip = Strip(line.segments, line.cells)
        caret = Segment(CARET, self._look.palette.caret)
        return [*strip.crop(0, cell), caret, *strip.crop(cell + 1)]

    def _time(self, used: int) -> list[Segment]:
        """Return version and time at the right of a question, behind `used` cells of text."""
        look = self._look
        text = self._mark_before_time + clock_time(self.message.created_at, look.today)
        gap = look.width - GUTTER - MARGIN - used - len(text)
        if gap < 2:
            return []
        return [Segment(" " * gap), Segment(text, look.styles.label)]

    # What stands under the text.

    @property
    def below(self) -> list[Below]:
        """The rows under the text: failure, label, references, and a blank one."""
        if self._below is None:
            self._below = [*self._words(), Below(line_of([]))]
        return self._below

    def _words(self) -> list[Below]:
        label = self._look.styles.label
        if self.is_question:
            references = self.message.references
            told = "" if references == self._before else references_label(references)
            mark = "" if self._mark_before_time else version_mark(self.message)
            texts = (told, SEPARATOR.join(filter(None, (mark, self._note))))
            return [row for text in texts if text for row in self._told(text, label)]
        rows = [Below(line_of([]))] if self.source else []
        rows += self._failure()
        return rows + (self._told(self._label(), label) if self._look.signed else [])

    def _told(self, text: str, style: Style, bar: Style | None = None) -> list[Below]:
        text = clean_line(text)
        pieces = wrap(text, self._look.text_width(question=False))
        last = len(pieces) - 1
        return [
            Below(line_of([(text[start:end], style)], join="\n" if index == last else join), bar)
            for index, (start, end, join) in enumerate(pieces)
        ]

    def _label(self) -> str:
        look = self._look
        if self.turn is None:
            label = ended_label(self.message, look.today, look.keys["chat.again"])
        else:
            now = clock.now()
            label = running_label(
                self.message.model,
                self.turn.phase,
                now - self.turn.started_at,
                look.keys["chat.stop"],
                quiet=now - self.turn.heard_at,
                countdown=self.turn.countdown,
                now=now,
            )
        return SEPARATOR.join(filter(None, (label, version_mark(self.message), self._note)))

    def _failure(self) -> list[Below]:
        """Return what went wrong; where the answer is whole all the same, its label says it."""
        failure = self.message.error
        unsaid = self.message.status in {Status.COMPLETE, Status.STREAMING}
        if failure is None or self.turn is not None or unsaid:
            return []
        styles, palette = self._look.styles, self._look.palette
        told = advice(failure)
        code = SEPARATOR.join(part for part in (failure.code, failure.trace_id) if part)
        rows: list[Below] = []
        for text, style in (
            (failure.message, styles.error_text),
            (told.step, palette.text),
            (code, styles.label),
        ):
            if text:
                rows += self._told(text, style, styles.error_bar)
        # Beside others there is no room for more than the best.
        rows += self._keys(told.commands if self._look.signed else told.commands[:1])
        return [*rows, Below(line_of([]))]

    def _keys(self, commands: Sequence[str]) -> list[Below]:
        """Return the keys that help, as many in a row as there is room for."""
        look = self._look
        rows: list[list[tuple[str, Style]]] = []
        used = 0
        for command in commands:
            key, title = clean_line(look.keys[command]), clean_line(look.title_of(command))
            if not key:
                continue
            size = len(key) + 1 + len(title)
            if rows and used + 3 + size <= look.inner:
                rows[-1].append(("   ", look.styles.label))
                used += 3 + size
            else:
                rows.append([])
                used = size
            rows[-1] += [(key, look.styles.key), (f" {title}", look.styles.label)]
        return [Below(line_of(runs), look.styles.error_bar) for runs in rows]
