"""The search when it is left while it still looks."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import date

from panel_host import showing, type_text

from acechat.models import Findings, SearchQuery
from acechat.screens.search import SearchScreen


async def endless(query: SearchQuery, limit: int) -> AsyncGenerator[Findings, None]:
    """Find nothing, again and again."""
    while True:
        yield Findings(rest=range(1))
        await asyncio.sleep(0)


async def test_a_search_that_is_left_shows_nothing_any_more() -> None:
    screen = SearchScreen(endless, date(2026, 11, 20), is_indexing=lambda: False)
    async with showing(screen) as (app, pilot):
        await type_text(pilot, "w")
        assert "looking at older messages" in app.text
        await pilot.press("escape")
        await pilot.pause(0.05)
        assert app.results == [None]
        assert not [worker for worker in app.workers if worker.group == "search"]
