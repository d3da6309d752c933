"""One picker for everything that is picked: type to narrow, Enter takes, Escape leaves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, Generic, TypeVar, cast

from rich.cells import cell_len
from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from acechat.clean import clean_line
from acechat.screens.panel import MATCHED, MUTED, Hint, LineInput, ListPanel, Row, Rows

IdT = TypeVar("IdT")

MAX_COLUMN = 44
"""Cells that titles take at most before the column of details begins: the longest command fits."""

_OTHER = "other"
_WORD_START, _INSIDE, _SCATTERED, _IN_DETAIL = 4.0, 3.0, 2.0, 1.0
_MIN_DENSITY = 0.33
"""Letters strewn thinner than this are a coincidence: `dsr1` finds `deepseek-r1` at 0.36."""


@dataclass(frozen=True, slots=True)
class Choice(Generic[IdT]):
    """Something that can be picked."""

    id: IdT
    """What the picker returns."""
    title: str
    """What is shown and searched."""
    detail: str = ""
    """A few muted words behind the title; searched after it."""
    group: str = ""
    """The header under which it stands; choices of one group follow each other."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well a choice fits what was typed."""

    score: float
    """Higher is better."""
    positions: tuple[int, ...]
    """The matched characters of the title."""


def match(query: str, title: str, detail: str = "") -> Match | None:
    """Return how `title` fits `query`, or None where it does not.

    Every word of the query must be found: as it is, or its letters in their order. A word that is
    not in the title may stand in the detail.
    """
    text = _folded(title)
    positions: set[int] = set()
    score = 0.0
    for word in _folded(query).split():
        if found := _find(word, text):
            score += found.score
            positions.update(found.positions)
        elif word in _folded(detail):
            score += _IN_DETAIL
        else:
            return None
    # Of equally good matches the shortest title is the likeliest; less than one in all.
    return Match(score - len(text) / (len(text) + 100), tuple(sorted(positions)))


def _folded(text: str) -> str:
    """Return `text` in lower case, each character still in its place."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


def _find(word: str, text: str) -> Match | None:
    start = text.find(word)
    if start >= 0:
        inner = start
        while inner > 0 and text[inner - 1].isalnum():
            inner = text.find(word, inner + 1)
        at = inner if inner >= 0 else start
        return Match(_WORD_START if inner >= 0 else _INSIDE, tuple(range(at, at + len(word))))
    positions: list[int] = []
    for letter in word:
        at = text.find(letter, positions[-1] + 1 if positions else 0)
        if at < 0:
            return None
        positions.append(at)
    density = len(word) / (positions[-1] - positions[0] + 1)
    return Match(_SCATTERED * density, tuple(positions)) if density >= _MIN_DENSITY else None


class Picker(ListPanel[IdT]):
    """A list to pick one thing from; its result is the id of the choice, or None.

    With `allow_other` what was typed can be taken as it is: for choices whose ids are strings.
    """

    INPUT: ClassVar[type[LineInput]] = LineInput
    """Where letters are typed."""

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice[IdT]],
        *,
        placeholder: str = "type to narrow",
        allow_other: bool = False,
        current: IdT | None = None,
        note: str = "",
    ) -> None:
        super().__init__(title, note)
        self._choices = tuple(choices)
        self._placeholder = placeholder
        self._allow_other = allow_other
        self._current = current

    def body(self) -> Iterator[Widget]:
        """The input keeps the focus; the list is moved from here."""
        yield self.INPUT(placeholder=self._placeholder)
        choices = Rows()
        choices.can_focus = False
        yield choices

    def hints(self) -> tuple[Hint, ...]:
        """The keys of every picker."""
        return (
            Hint("⏎", "take", "take"),
            Hint("↑↓", "move"),
            Hint("esc", "leave", "leave"),
        )

    def on_mount(self) -> None:
        """Show everything, on what is current."""
        self._fill("")
        # The panel keeps its height while the list is narrowed, so that nothing jumps.
        choices = self.query_one(Rows)
        choices.styles.min_height = choices.option_count

    @property
    def highlighted(self) -> Choice[IdT] | None:
        """The choice that Enter would take."""
        option = self.query_one(Rows).highlighted_option
        if option is None or option.id is None or option.id == _OTHER:
            return None
        return self._choices[int(option.id)]

    def show_choices(self, choices: Sequence[Choice[IdT]], current: IdT | None) -> None:
        """Show other choices, narrowed as before, with the cursor on `current`."""
        self._choices = tuple(choices)
        self._fill(self.query_one(LineInput).value, on=current)

    @property
    def choices(self) -> tuple[Choice[IdT], ...]:
        """All that can be picked."""
        return self._choices

    def take(self, choice: Choice[IdT]) -> None:
        """Close with `choice`."""
        self.dismiss(choice.id)

    def take_typed(self, typed: str) -> None:
        """Close with what was typed."""
        self.dismiss(cast("IdT", typed))

    def mark(self, choice: Choice[IdT]) -> str:
        """Return what stands before a choice: whether it is the current one."""
        if self._current is None:
            return ""
        return "▸ " if choice.id == self._current else "  "

    def action_take(self) -> None:
        """Take the highlighted choice."""
        self.query_one(Rows).action_select()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._fill(event.value)

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id == _OTHER:
            self.take_typed(self._typed)
        elif event.option_id is not None:
            self.take(self._choices[int(event.option_id)])

    @property
    def _typed(self) -> str:
        return clean_line(self.query_one(LineInput).value)

    def _fill(self, query: str, *, on: IdT | None = None) -> None:
        """List what fits `query`; the cursor goes to `on`, to what is current, or to the best."""
        listed = [
            (index, choice, found)
            for index, choice in enumerate(self._choices)
            if (found := match(query, clean_line(choice.title), clean_line(choice.detail)))
        ]
        if query.split():
            # Groups keep their order, and what fits best comes first in each.
            order = {
                group: place
                for place, group in reversed([*enumerate(c.group for c in self._choices)])
            }
            listed.sort(key=lambda item: (order[item[1].group], -item[2].score))
        titles = (cell_len(clean_line(c.title)) for _, c, _ in listed if c.detail)
        column = min(MAX_COLUMN, max(titles, default=0))
        options: list[Option] = []
        group = ""
        for index, choice, found in listed:
            if choice.group != group:
                group = choice.group
                if options:
                    options.append(Option("", disabled=True))
                options.append(Option(Content(clean_line(group)), disabled=True))
            options.append(self._row(index, choice, found, column))
        if self._allow_other and (typed := self._typed) and not self._is_listed(typed):
            if options:
                options.append(Option("", disabled=True))
            options.append(Option(Content(f"use “{typed}”"), id=_OTHER))
        if not options:
            options.append(Option(Content("nothing matches"), disabled=True))
        choices = self.query_one(Rows)
        choices.set_options(options)
        target = self._target(listed, on, narrowed=bool(query.split()))
        if target is not None:
            choices.highlighted = choices.get_option_index(str(target))
        else:
            choices.action_first()

    def _target(
        self, listed: list[tuple[int, Choice[IdT], Match]], on: IdT | None, *, narrowed: bool
    ) -> int | None:
        wanted = self._current if on is None and not narrowed else on
        if wanted is not None:
            for index, choice, _ in listed:
                if choice.id == wanted:
                    return index
        if narrowed and listed:
            return max(listed, key=lambda item: (item[2].score, -item[0]))[0]
        return None

    def _is_listed(self, typed: str) -> bool:
        return any(clean_line(choice.title) == typed for choice in self._choices)

    def _row(self, index: int, choice: Choice[IdT], found: Match, column: int) -> Row:
        title = clean_line(choice.title)
        parts = [(self.mark(choice), "")]
        for matched, run in groupby(enumerate(title), lambda item: item[0] in found.positions):
            parts.append(("".join(letter for _, letter in run), MATCHED if matched else ""))
        if choice.detail:
            parts.append((" " * max(2, column - cell_len(title) + 2), ""))
            parts.append((clean_line(choice.detail), MUTED))
        return Row(str(index), *parts)
