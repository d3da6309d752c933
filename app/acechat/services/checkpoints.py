"""What has arrived of a running answer, kept while more of it comes."""

import asyncio
from collections.abc import Callable

from acechat.errors import StoreError
from acechat.models import Turn
from acechat.services.ports import ChatStore

CHECKPOINT_SECONDS = 0.8
"""Between two stores of a running answer: what was on the screen for 1 s is on disk
(`reliability.md` section 1), and the commit takes its time, too."""

WAIT_SECONDS = 0.1
"""How long the stream waits for the store, which takes milliseconds. Where another program holds
the file, the answer goes on meanwhile."""


class Checkpoints:
    """Stores the text of one answer each second, and the server's id at once.

    What cannot be stored stays in memory, and is tried again each second.
    """

    def __init__(
        self, store: ChatStore, server: str, turn: Turn, monotonic: Callable[[], float]
    ) -> None:
        self.server_id: str | None = None
        """The server's id of the conversation, for as long as it is not stored."""
        self._store = store
        self._server = server
        self._turn = turn
        self._monotonic = monotonic
        self._saved_at = turn.started_at
        self._saving: asyncio.Task[str] | None = None
        self._later: asyncio.Task[None] | None = None
        self._told = ""
        self._kept = ""

    async def opened(self, server_id: str) -> str:
        """Keep the server's id; return why it cannot be stored, where that is new, or ""."""
        self.server_id = server_id
        trouble = await self._save_soon()
        self._save_in_time()
        return trouble

    async def grown(self) -> str:
        """Store the text where that is due; return why it cannot be, where that is new, or ""."""
        trouble = ""
        if self._monotonic() - self._saved_at >= CHECKPOINT_SECONDS:
            trouble = await self._save_soon()
            if self._saving is None:
                return trouble
        self._save_in_time()
        return trouble

    def stop(self) -> None:
        """Store nothing more."""
        for task in (self._saving, self._later):
            if task is not None:
                task.cancel()

    async def _save_soon(self) -> str:
        if self._saving is None:
            self._saving = asyncio.create_task(self._save())
            await asyncio.wait({self._saving}, timeout=WAIT_SECONDS)
        if not self._saving.done():
            return ""
        trouble, self._saving = self._saving.result(), None
        told, self._told = self._told, trouble
        return "" if told == trouble else trouble

    async def _save(self) -> str:
        self._saved_at = self._monotonic()
        try:
            if (text := self._turn.text) != self._kept:
                await self._store.checkpoint(self._turn.answer.id, text)
                self._kept = text
            if (server_id := self.server_id) is not None:
                await self._store.open_server_conversation(
                    self._turn.answer.id, server_id, self._server
                )
                if self.server_id == server_id:
                    # Another one may have come meanwhile.
                    self.server_id = None
        except StoreError as error:
            return str(error)
        return ""

    @property
    def _is_behind(self) -> bool:
        """Something came that is not stored yet."""
        return self.server_id is not None or self._kept != self._turn.text

    def _save_in_time(self) -> None:
        """See to it that what comes last before a silence is stored, too."""
        if self._later is None and self._is_behind:
            self._later = asyncio.create_task(self._save_later())

    async def _save_later(self) -> None:
        # What goes wrong here is told with the next text, or at the end.
        while self._is_behind:
            await asyncio.sleep(CHECKPOINT_SECONDS)
            if self._saving is not None:
                await asyncio.wait({self._saving})
            if self._is_behind:
                await self._save()
        self._later = None
