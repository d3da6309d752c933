"""Windows of any size, changed at any moment."""

from collections.abc import Callable
from pathlib import Path

import pytest

from faults import FaultServer, complete, stream
from journeys.at_the_api import at_the_api, ended


def all_sizes(number: int) -> tuple[int, int]:
    return (20 + number * 7 % 160, 5 + number * 11 % 60)


def hardly_any_room(number: int) -> tuple[int, int]:
    return (20, 5) if number % 2 else (120, 40)


@pytest.mark.parametrize("storm", [all_sizes, hardly_any_room])
async def test_a_storm_of_sizes_while_an_answer_arrives(
    storm: Callable[[int], tuple[int, int]], tmp_path: Path
) -> None:
    words = stream(*(f"word{number} " for number in range(200)))
    async with (
        FaultServer(complete(words)) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks("Why?")
        for number in range(40):
            await person.pilot.resize_terminal(*storm(number))
        await person.pilot.resize_terminal(20, 5)
        await person.sees("at least 40")
        await person.presses("tab", "f1", "escape", "f2", "escape")
        await person.pilot.resize_terminal(120, 40)
        await ended(person)
        await person.sees("word199", "done in")
        assert len(server.requests) == 1
