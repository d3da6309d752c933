"""What a key costs where much is listed: counted in layouts and whole paintings, not in time."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from textual._compositor import Compositor, LayoutUpdate
from textual.screen import Screen

from acechat.screens.panel import LineInput, Rows
from acechat.screens.search import SearchScreen
from acechat.widgets.header import HeaderLine
from acechat.widgets.rows import ConversationList
from bench.seeding import make_store
from person import Person, at_the_program


@dataclass
class Painting:
    """What was done since it was last cleared."""

    layouts: int = 0
    """How often widgets were laid out anew."""
    whole: int = 0
    """How often the whole terminal was painted."""

    def clear(self) -> None:
        """Forget it."""
        self.layouts = self.whole = 0


@pytest.fixture
def painting(monkeypatch: pytest.MonkeyPatch) -> Painting:
    done = Painting()
    lay_out, paint = Screen._refresh_layout, Compositor.render_full_update

    def laid_out(self: Screen[object], *args: object, **options: object) -> None:
        done.layouts += 1
        lay_out(self, *args, **options)  # pyright: ignore[reportArgumentType]

    def painted(self: Compositor, simplify: bool = False) -> LayoutUpdate:
        done.whole += 1
        return paint(self, simplify=simplify)

    monkeypatch.setattr(Screen, "_refresh_layout", laid_out)
    monkeypatch.setattr(Compositor, "render_full_update", painted)
    return done


@pytest.fixture
def home(tmp_path: Path) -> Path:
    titles = (f"harbour {number:04}" for number in range(300))
    make_store(tmp_path / "conversations.db", ((title, 4, False) for title in titles))
    return tmp_path


async def settled(person: Person) -> None:
    for _ in range(3):
        await person.pilot.pause()


async def test_a_key_of_the_filter_lays_nothing_out_anew(home: Path, painting: Painting) -> None:
    async with at_the_program(home) as person:
        await person.sees("harbour 0000", "No token yet")
        person.app.screen.query_one(ConversationList).focus()
        await person.presses("slash")
        await person.types("har")
        await settled(person)
        painting.clear()
        for letter in "bour 00":
            await person.types(letter)
            await settled(person)
        await person.sees("/ harbour 00")
        assert painting == Painting()


async def test_a_key_of_the_search_lays_nothing_out_anew_over_a_screen_that_changes(
    home: Path, painting: Painting
) -> None:
    async with at_the_program(home) as person:
        await person.sees("harbour 0000", "No token yet")
        await person.presses("ctrl+f")
        await person.until("the search is open", lambda: person.app.screen.query(LineInput))
        await person.types("h")
        rows = person.app.screen.query_one(Rows)
        await person.until("hits are there", lambda: rows.option_count > 30)
        for title in ("one", "two", "three"):
            # What lies under the search goes on changing.
            person.app.chat_screen.query_one(HeaderLine).title = title
            await settled(person)
        painting.clear()
        for letter in "arbour":
            await person.types(letter)
            await settled(person)
        await person.until("hits are there", lambda: rows.option_count > 30)
        assert isinstance(person.app.screen, SearchScreen)
        assert painting == Painting()
