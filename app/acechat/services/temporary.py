"""The conversations as the full screen has them: the kept ones, and a temporary one."""

import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

from acechat.models import Conversation, Message, Whole
from acechat.services.library import Library, Opened
from acechat.services.ports import TemporaryStore


class LibraryWithTemporary(Library):
    """A library that can also open a conversation of which nothing is kept, one at a time."""

    def __init__(self, store: TemporaryStore, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__(store, clock=clock)
        self._holding = store

    def wholes(self) -> AsyncGenerator[Whole, None]:
        """Yield every conversation whole, archived ones too, newest first, one at a time."""
        return self._holding.wholes()

    async def whole(self, conversation_id: str) -> Whole:
        """Return a conversation with every message of every line."""
        return await self._holding.whole(conversation_id)

    def export_rows(self) -> AsyncGenerator[tuple[Conversation, list[Message]], None]:
        """Yield every conversation with the messages of its line, newest first, one at a time."""
        return self._holding.export_rows()

    async def open_temporary(self) -> Opened:
        """Return a new conversation of which nothing is kept; `end_temporary` forgets it."""
        conversation = replace(self.new(), temporary=True)
        await self._holding.begin_temporary(conversation.id)
        return Opened(conversation, [], "")

    async def end_temporary(self) -> None:
        """Forget the temporary conversation, where there is one."""
        await self._holding.end_temporary()

    async def keep_temporary(self, conversation_id: str) -> None:
        """Make a conversation like all others of the temporary one."""
        await self._holding.keep_temporary(conversation_id)
