"""The screen of numbers."""

from pathlib import Path

from faults import FaultServer, complete, stream
from journeys.at_the_api import at_the_api, ended


async def test_what_was_asked_is_counted_on_a_screen(tmp_path: Path) -> None:
    async with (
        FaultServer(complete(stream("It is ", "blue."))) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks("Why?")
        await ended(person)
        await person.presses("ctrl+p")
        await person.sees("All commands")
        await person.types("statis")
        await person.presses("enter")
        await person.sees("Statistics", "1 question in 30 days", "gpt-5.1", "·█")
        await person.presses("escape")
        await person.sees_no("Statistics")
