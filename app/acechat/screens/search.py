"""The search: every message of every conversation, as it is typed."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from datetime import date
from functools import partial
from itertools import pairwise

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from acechat.clean import clean_line
from acechat.errors import StoreError
from acechat.models import Findings, Found, Role, SearchQuery
from acechat.screens.panel import MATCHED, MUTED, Hint, LineInput, ListPanel, Row, Rows
from acechat.services.search import FILTERS, QueryError, is_empty, parse_query, snippet
from acechat.widgets.labels import SEPARATOR, clock_time
from acechat.widgets.pace import BREATH_SECONDS

SHOWN = 50
"""Hits that are shown: who has not found it among these types another word."""

IN_SIGHT = 24
"""Lines of hits that are in sight at most."""

REPAINT_SECONDS = 0.25
"""How often what further looks find is shown."""

Search = Callable[[SearchQuery, int], AsyncGenerator[Findings, None]]
"""Looks for something in all conversations; yields all that is found so far, again and again."""


class SearchScreen(ListPanel[Found]):
    """Finds words in all conversations; the result is the hit that was taken, or None."""

    def __init__(
        self,
        search: Search,
        today: date,
        *,
        is_indexing: Callable[[], bool],
        text: str = "",
        select: bool = False,
    ) -> None:
        """Show the search.

        Args:
            search: Looks through the conversations; it may raise `StoreError`.
            today: The day it is where the user is.
            is_indexing: Whether old messages are still being taken into the index.
            text: What is looked for at once.
            select: Whether the next key types over it.
        """
        super().__init__("Find in all conversations")
        self.text = text
        """What is looked for, as it was typed."""
        self.words: Sequence[str] = ()
        """The words that the rows answer, folded."""
        self._select = select
        self._search = search
        self._today = today
        self._is_indexing = is_indexing
        self._found: Sequence[Found] = ()
        # The rows that stand there answer what is typed now, and not what was typed before.
        self._answered = False
        self._take_first = False
        self._moved = False

    def body(self) -> Iterator[Widget]:
        """The input keeps the focus; the list is moved from here."""
        yield LineInput(self.text, placeholder="words, or from: model: after: before: in:title")
        rows = Rows()
        rows.can_focus = False
        yield rows
        yield Static(id="search-note", markup=False)

    def hints(self) -> tuple[Hint, ...]:
        """The keys of every picker."""
        return (
            Hint("⏎", "go there", "take"),
            Hint("↑↓", "move"),
            Hint("esc", "leave", "leave"),
        )

    def on_mount(self) -> None:
        """Look for what was given, or say what can be looked for."""
        if self._select:
            self.query_one(LineInput).select_all()
        self._look(self.text)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look(event.value)

    def _look(self, text: str) -> None:
        self.text = text
        self._answered = self._take_first = self._moved = False
        # A search that was overtaken is dropped: at most one look of it is waited for.
        self.run_worker(partial(self._answer, text), group="search", exclusive=True)

    async def _answer(self, text: str) -> None:
        if not self.is_active:
            return
        try:
            query = parse_query(text, self._today)
            if is_empty(query):
                self._show_filters()
            else:
                await self._show_all(query)
        except (QueryError, StoreError) as error:
            self._show_rows((), SearchQuery())
            self._tell(str(error))

    async def _show_all(self, query: SearchQuery) -> None:
        """Show what is found: at once, and again while older messages are looked at."""
        due = time.monotonic()
        async with aclosing(self._search(query, SHOWN)) as looks:
            async for found in looks:
                if not self.is_active:
                    # It was left; what showed the answers goes before this is given up.
                    return
                over = found.rest is None
                # The rows that answer what was typed before stay until there are others.
                if over or (found.hits and time.monotonic() >= due):
                    await self._show(found, query)
                    due = time.monotonic() + REPAINT_SECONDS
                elif not self._answered:
                    self._tell(self._remark(found))

    async def _show(self, found: Findings, query: SearchQuery) -> None:
        self._tell(self._remark(found))
        rest = self._show_rows(found.hits, query)
        if self._take_first:
            self.action_take()
        elif rest:
            # What is out of sight comes after the next key, and not at all if that is a letter.
            await asyncio.sleep(BREATH_SECONDS)
            self.query_one(Rows).add_options(
                self._row(number, found.hits[number], query) for number in rest
            )

    def _remark(self, found: Findings) -> str:
        """Say what else there is to know."""
        if found.rest is not None:
            state = "looking at older messages"
        elif not found.hits:
            state = "nothing was found"
        else:
            state = f"the best {SHOWN} are shown" if len(found.hits) == SHOWN else ""
        unread = ""
        if found.unread and self._is_indexing():
            unread = f"still indexing ({found.unread:,} left)"
        elif found.unread:
            unread = f"{found.unread:,} old messages are not in the index"
        return SEPARATOR.join(filter(None, (state, unread)))

    def _show_rows(self, found: Sequence[Found], query: SearchQuery) -> range:
        """Show those of the hits that are in sight at first; return the numbers of the others."""
        rows = self.query_one(Rows)
        at = rows.highlighted
        stays = self._found[at] if self._moved and self._found and at is not None else None
        if self._answered and found == self._found:
            return range(rows.option_count, len(found))
        self._found, self._answered = found, True
        self.words = query.words
        on = found.index(stays) if stays is not None and stays in found else 0
        first = len(found) if on else _in_sight(found)
        # Lit before they are measured: a row that changes makes the list measure all of them.
        rows.set_options(
            [self._row(each, found[each], query, lit=each == on) for each in range(first)]
        )
        rows.highlighted = on if found else None
        return range(first, len(found))

    def _show_filters(self) -> None:
        self._found, self._answered = (), True
        width = max(len(name) for name, _ in FILTERS)
        self.query_one(Rows).set_options(
            [
                Option(Content.assemble(f"{name:<{width}}  ", (what, MUTED)), disabled=True)
                for name, what in FILTERS
            ]
        )
        self._tell("")

    def _tell(self, text: str) -> None:
        note = self.query_one("#search-note", Static)
        note.update(Content(text), layout=False)

    def _row(self, number: int, hit: Found, query: SearchQuery, *, lit: bool = False) -> Row:
        title = snippet(hit.title or "untitled", query.words)
        who = {Role.USER: "you", Role.ASSISTANT: clean_line(hit.model), None: "title"}[hit.role]
        about = [who, clock_time(hit.created_at, self._today), "archived" if hit.archived else ""]
        parts = [*_marked(title.text, title.marks, "")]
        parts.append((f"  {SEPARATOR.join(filter(None, about))}", MUTED))
        if hit.message_id is not None:
            said = snippet(hit.text, query.words)
            parts += [("\n  ", ""), *_marked(said.text, said.marks, MUTED)]
        return Row(str(number), *parts, lit=lit)

    def action_take(self) -> None:
        """Go to the highlighted hit, or to the first one once there is an answer."""
        if self._answered:
            self.query_one(Rows).action_select()
        else:
            self._take_first = True

    def action_move(self, action: str) -> None:
        """Move in the list; what more is found leaves the cursor where it was put."""
        self._moved = True
        super().action_move(action)

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self.dismiss(self._found[int(event.option_id)])


def _in_sight(found: Sequence[Found]) -> int:
    """Return how many hits are in sight: a title takes one line, a message two."""
    lines = 0
    for number, hit in enumerate(found):
        if lines >= IN_SIGHT:
            return number
        lines += 1 if hit.message_id is None else 2
    return len(found)


def _marked(text: str, marks: tuple[tuple[int, int], ...], style: str) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a text with their styles: what was looked for stands out."""
    edges = [0, *(place for mark in marks for place in mark), len(text)]
    for number, (start, end) in enumerate(pairwise(edges)):
        if start < end:
            yield text[start:end], MATCHED if number % 2 else style
