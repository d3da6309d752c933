"""The few places for answers that arrive at the same time, and the line of those that wait."""

import asyncio

from acechat.waiting import AT_ONCE


class Places:
    """Gives places to those who come first; who leaves makes room for the next in line."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._line: list[asyncio.Event] = []

    def join(self) -> asyncio.Event:
        """Go to the end of the line; the event is set once there is a place, perhaps at once."""
        place = asyncio.Event()
        self._line.append(place)
        self._call()
        return place

    def leave(self, place: asyncio.Event) -> None:
        """Give the place up, or the wait for it."""
        self._line.remove(place)
        self._call()

    def _call(self) -> None:
        for place in self._line[: self._at_once]:
            place.set()
