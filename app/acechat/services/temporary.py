"""The conversations as the full screen has them: the kept ones, and a temporary one."""

import time
from collections.abc import Callable
from dataclasses import replace

from acechat.services.library import Library, Opened
from acechat.services.ports import TemporaryStore


class LibraryWithTemporary(Library):
    """A library that can also open a conversation of which nothing is kept, one at a time."""

    def __init__(self, store: TemporaryStore, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__(store, clock=clock)
        self._holding = store

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
