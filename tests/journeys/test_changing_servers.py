"""Servers on this machine that are not asked any more."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

from acechat.client.api import HttpChatApi
from acechat.models import Status
from journeys.at_the_api import ended
from person import Person, at_the_program


def address(person: Person) -> str:
    """Return where the server is that the next question goes to, or an empty text."""
    connection = person.app.chat_screen.connection
    if connection is None:
        return ""
    assert isinstance(connection.api, HttpChatApi)
    return connection.api._base_url


def listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=5).close()
    except OSError:
        return False
    return True


async def test_one_waits_for_the_last_answer_however_often_the_server_changes(
    tmp_path: Path,
) -> None:
    async with at_the_program(tmp_path) as person:
        app = person.app
        await person.sees("No token yet")
        await person.asks("/model sample")
        await person.asks("400 words, 20 words/s")
        await person.until("it arrives", lambda: any(mark in person.screen for mark in "◌◍"))
        seen = [address(person)]
        for endpoint in ("aichat2", "aichat", "aichat2"):
            assert await app.keep_settings(endpoint=endpoint) == ""
            await person.until("another", lambda: address(person) not in {"", *seen})
            seen.append(address(person))
        assert all(map(listens, seen))
        waiting = [w for w in app.workers if w.group == "old connections" and not w.is_finished]
        assert len(waiting) == 1
        await person.presses("escape")
        await person.until("the old ones have ended", lambda: not any(map(listens, seen[:-1])))
        assert listens(seen[-1])


async def test_a_server_ends_when_its_last_answer_has_arrived(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        app = person.app
        await person.sees("No token yet")
        await person.asks("/model sample")
        await person.asks("40 words, 20 words/s")
        await person.until("it arrives", lambda: any(mark in person.screen for mark in "◌◍"))
        first = address(person)
        assert await app.keep_settings(endpoint="aichat2") == ""
        await person.until("another server", lambda: address(person) not in {"", first})
        second = address(person)
        assert listens(first)
        answer = await ended(person)
        assert (answer.status, answer.error) == (Status.COMPLETE, None)
        await person.until("the first has ended", lambda: not listens(first))
        assert listens(second)
        assert await app.keep_settings(endpoint="aichat") == ""
        await person.until("the second has ended", lambda: not listens(second))
        await person.until("a third one", lambda: listens(address(person)))
