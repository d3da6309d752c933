"""The part of the store that deletes conversations, brings them back, and removes them for good."""

import sqlite3
from abc import abstractmethod
from collections.abc import Callable

from acechat.store import edits, removing
from acechat.store.database import Database
from acechat.store.merged import MergedConversations
from acechat.store.owners import Owner


class RemovedConversations(MergedConversations):
    """Conversations that leave the list. Every method raises `StoreError`."""

    def __init__(self, database: Database, owner: Owner, clock: Callable[[], float]) -> None:
        super().__init__(database, owner)
        self._clock = clock

    @property
    @abstractmethod
    def refusal(self) -> str:
        """Why nothing can be written, a sentence; empty where it can."""

    async def archive(self, *conversation_ids: str, archived: bool) -> None:
        """Take conversations out of the list, where the search still finds them, or back into it.

        All of them in one transaction.
        """
        now = self._clock()
        await self._database.write(
            lambda connection: edits.archive(connection, conversation_ids, now, archived=archived)
        )

    async def delete(self, *conversation_ids: str) -> None:
        """Hide conversations from every list; `restore` brings them back until this store closes.

        All of them in one transaction: 10,000 take 0.1 s.
        """
        now = self._clock()
        await self._database.write(
            lambda connection: removing.delete(connection, self._owner, conversation_ids, now)
        )

    async def restore(self, *conversation_ids: str) -> None:
        """Undo `delete`.

        Raises:
            UnknownConversation: all of them are gone for good.
        """
        await self._database.write(
            lambda connection: removing.restore(connection, conversation_ids)
        )

    async def delete_for_good(self, *conversation_ids: str) -> None:
        """Delete conversations that nobody will want back; `purge_some` removes them."""
        now = self._clock()

        def work(connection: sqlite3.Connection) -> None:
            removing.delete(connection, self._owner, conversation_ids, now)
            removing.give_up(connection, self._owner.id)

        await self._database.write(work)

    async def older_than(self, before: float) -> list[str]:
        """Return the ids of conversations that were last used before a time, archived ones too.

        Pinned ones are left out, and those in which an answer is arriving.
        """
        return await self._database.read(lambda connection: removing.older_than(connection, before))

    async def purge_some(self) -> int:
        """Remove for good some of what cannot be brought back; return how many rows that were."""
        return 0 if self.refusal else await self._database.write(removing.purge_some)
