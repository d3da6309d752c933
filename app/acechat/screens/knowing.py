"""What is known of files and references beside their URLs: kind, size, and whether they answer.

It is kept with the conversation, so that its list shows the same tomorrow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from acechat.errors import FileError
from acechat.files import LocalFile, LookedAt, StoredFile
from acechat.local_files import read_image
from acechat.models import Conversation

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen


def place_of(conversation: Conversation) -> str:
    """Return under which id the files of a conversation are kept.

    New conversations are one until their first question, as their draft is.
    """
    return conversation.id if conversation.title or conversation.temporary else ""


class Knowing:
    """Finds out what references are, and remembers it."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._seen: dict[str, dict[str, LookedAt]] = {}
        self._uploaded: dict[str, LocalFile] = {}
        """The files of this machine that were uploaded since the start, by their URLs."""

    @property
    def seen(self) -> dict[str, LookedAt]:
        """What is known of URLs, by what was found out in any conversation since the start."""
        return {url: seen for each in self._seen.values() for url, seen in each.items()}

    def of(self, place: str) -> Mapping[str, LookedAt]:
        """What was found out in one conversation."""
        return self._seen.get(place, {})

    def loaded(self, place: str, looked: Mapping[str, LookedAt]) -> None:
        """Take what was kept; what was found out since is newer."""
        self._seen[place] = {**looked, **self._seen.get(place, {})}

    def moved(self, place: str) -> None:
        """Take note that the new conversation has become one of its own."""
        self._seen[place] = self._seen.pop("", {})

    def uploaded(self, place: str, file: LocalFile, stored: StoredFile) -> None:
        """Remember a file that was uploaded."""
        self._uploaded[stored.url] = file
        self._seen.setdefault(place, {})[stored.url] = LookedAt(
            answers=True, words="", size=stored.size
        )

    async def look(self, url: str) -> LookedAt:
        """Ask a URL whether it answers, without any token, and remember what it said."""
        screen = self._screen
        place = place_of(screen.conversation)
        if (connection := screen.connection) is None:
            return LookedAt(answers=False, words="connecting, one moment")
        seen = await connection.look(url)
        self._seen.setdefault(place, {})[url] = seen
        screen.attaching.keep(place)
        return seen

    async def image(self, url: str) -> bytes:
        """Return the bytes of an image: of the file that was uploaded, or fetched from its URL.

        Raises:
            FileError: it cannot be had, or is too large to be shown.
        """
        if (file := self._uploaded.get(url)) is not None:
            content = await asyncio.to_thread(read_image, file)
            if content is not None:
                return content
        if (connection := self._screen.connection) is None:
            raise FileError("connecting, one moment")
        return await connection.fetch_image(url)
