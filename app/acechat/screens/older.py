"""The dialog that deletes all conversations that are older than a date."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date, datetime
from functools import partial

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from acechat.errors import StoreError
from acechat.screens.panel import Hint, LineInput, Panel, Reason
from acechat.services.search import QueryError, named_time

OlderThan = Callable[[float], Awaitable[Sequence[str]]]
"""Returns the ids of conversations that were last used before a time; may raise `StoreError`."""


class OlderScreen(Panel[Sequence[str]]):
    """Ask for a date, and say how many conversations are older; the result is their ids."""

    def __init__(self, older_than: OlderThan, today: date, named: str = "") -> None:
        """Ask.

        Args:
            older_than: Looks for them.
            today: The day it is where the user is.
            named: The date that stands there at first.
        """
        super().__init__("Delete old conversations")
        self._older_than = older_than
        self._today = today
        self._named = named
        self._found: Sequence[str] | None = None
        self._taken = False

    def body(self) -> Iterator[Widget]:
        """The date, and what would go."""
        yield LineInput(self._named, placeholder="older than: 2026-01-01, 90d, 8w or 12m")
        yield Static(id="older-count", markup=False)
        yield Reason()

    def hints(self) -> tuple[Hint, ...]:
        """Enter deletes."""
        return (Hint("⏎", "delete them", "take"), Hint("esc", "leave", "leave"))

    def on_mount(self) -> None:
        """Look for what was given."""
        self._look(self._named)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look(event.value)

    def _look(self, named: str) -> None:
        self._found, self._taken = None, False
        self.run_worker(partial(self._count, named.strip()), group="older", exclusive=True)

    async def _count(self, named: str) -> None:
        try:
            before = named_time(named, self._today) if named else None
            found = () if before is None else await self._older_than(before)
        except (QueryError, StoreError) as error:
            self._tell("")
            self.query_one(Reason).show(str(error))
            return
        self.query_one(Reason).show("")
        self._found = found
        if before is None:
            self._tell("Pinned conversations always stay.")
        else:
            self._tell(_what_goes(len(found), datetime.fromtimestamp(before).astimezone().date()))
        if self._taken:
            self.action_take()

    def _tell(self, text: str) -> None:
        self.query_one("#older-count", Static).update(Content(text))

    def action_take(self) -> None:
        """Close with what was found, once that is known."""
        if self._found is None:
            self._taken = True
        elif self._found:
            self.dismiss(self._found)
        else:
            self.query_one(Reason).show("nothing is that old" if self._is_named else "type a date")

    @property
    def _is_named(self) -> bool:
        return bool(self.query_one(LineInput).value.strip())

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()


def _what_goes(count: int, day: date) -> str:
    if not count:
        return f"No conversation was last used before {day}.\nPinned ones always stay."
    named = "1 conversation was" if count == 1 else f"{count:,} conversations were"
    goes = "goes" if count == 1 else "go, archived ones too"
    return f"{named} last used before {day} and {goes}.\nPinned ones stay."
