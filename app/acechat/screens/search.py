"""The search: every message of every conversation, as it is typed."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from itertools import pairwise
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from acechat.clean import clean_line
from acechat.errors import StoreError
from acechat.models import Found, Role, SearchQuery
from acechat.screens.panel import MATCHED, MUTED, Hint, LineInput, Panel, Row, Rows
from acechat.services.search import FILTERS, QueryError, is_empty, parse_query, snippet
from acechat.widgets.labels import SEPARATOR, clock_time

SHOWN = 50
"""Hits that are shown: who has not found it among these types another word."""

Search = Callable[[SearchQuery, int], Awaitable[list[Found]]]
"""Looks for something in all conversations; returns so many hits at most."""


class SearchScreen(Panel[Found]):
    """Finds words in all conversations; the result is the hit that was taken, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move('cursor_up')", show=False),
        Binding("down", "move('cursor_down')", show=False),
        Binding("pageup", "move('page_up')", show=False),
        Binding("pagedown", "move('page_down')", show=False),
    ]

    def __init__(
        self,
        search: Search,
        today: date,
        *,
        is_indexing: Callable[[], bool],
        text: str = "",
    ) -> None:
        """Show the search.

        Args:
            search: Looks through the conversations; it may raise `StoreError`.
            today: The day it is where the user is.
            is_indexing: Whether old messages are still being taken into the index.
            text: What is looked for at once.
        """
        super().__init__("Find in all conversations")
        self._look_up = search
        self._today = today
        self._is_indexing = is_indexing
        self._asked = text
        self._found: list[Found] = []

    def body(self) -> Iterator[Widget]:
        """The input keeps the focus; the list is moved from here."""
        yield LineInput(self._asked, placeholder="words, or from: model: after: before: in:title")
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
        self._look(self._asked)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look(event.value)

    def _look(self, text: str) -> None:
        # A search that was overtaken is dropped before it reads anything.
        self.run_worker(self._answer(text), group="search", exclusive=True)

    async def _answer(self, text: str) -> None:
        try:
            query = parse_query(text, self._today)
            found = [] if is_empty(query) else await self._look_up(query, SHOWN)
        except (QueryError, StoreError) as error:
            self._show([], SearchQuery(), str(error))
            return
        if is_empty(query):
            self._show_filters()
        else:
            self._show(found, query, "" if found else "nothing was found")

    def _show(self, found: list[Found], query: SearchQuery, note: str) -> None:
        self._found = found
        rows = self.query_one(Rows)
        rows.set_options([self._row(number, hit, query) for number, hit in enumerate(found)])
        rows.action_first()
        indexing = "still reading older messages" if self._is_indexing() else ""
        more = f"the first {SHOWN} are shown" if len(found) == SHOWN else ""
        self._tell(SEPARATOR.join(filter(None, (note, more, indexing))))

    def _show_filters(self) -> None:
        self._found = []
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
        note.update(Content(text))
        note.set_class(bool(text), "-said")

    def _row(self, number: int, hit: Found, query: SearchQuery) -> Row:
        title = snippet(hit.title or "untitled", query.words)
        who = {Role.USER: "you", Role.ASSISTANT: clean_line(hit.model), None: "title"}[hit.role]
        about = [who, clock_time(hit.created_at, self._today), "archived" if hit.archived else ""]
        parts = [*_marked(title.text, title.marks, "")]
        parts.append((f"  {SEPARATOR.join(filter(None, about))}", MUTED))
        if hit.message_id is not None:
            said = snippet(hit.text, query.words)
            parts += [("\n  ", ""), *_marked(said.text, said.marks, MUTED)]
        return Row(str(number), *parts)

    def action_take(self) -> None:
        """Go to the highlighted hit."""
        self.query_one(Rows).action_select()

    def action_move(self, action: str) -> None:
        """Move in the list while the input keeps the focus."""
        rows = self.query_one(Rows)
        {
            "cursor_up": rows.action_cursor_up,
            "cursor_down": rows.action_cursor_down,
            "page_up": rows.action_page_up,
            "page_down": rows.action_page_down,
        }[action]()

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self.dismiss(self._found[int(event.option_id)])


def _marked(text: str, marks: tuple[tuple[int, int], ...], style: str) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a text with their styles: what was looked for stands out."""
    edges = [0, *(place for mark in marks for place in mark), len(text)]
    for number, (start, end) in enumerate(pairwise(edges)):
        if start < end:
            yield text[start:end], MATCHED if number % 2 else style
