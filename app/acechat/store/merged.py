"""The part of the store that gives conversations out whole, merges others in, and counts them."""

import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

from acechat.errors import UnknownConversation
from acechat.models import Conversation, Merged, Message, Usage, Whole
from acechat.store import listing, merging, usage
from acechat.store.database import Database, transaction
from acechat.store.owners import Owner


class MergedConversations:
    """Conversations with every message of every line. Every method raises `StoreError`."""

    def __init__(self, database: Database, owner: Owner) -> None:
        self._database = database
        self._owner = owner

    async def export_rows(self) -> AsyncGenerator[tuple[Conversation, list[Message]], None]:
        """Yield every conversation with the messages of its line, newest first, one at a time."""
        for conversation_id in await self._database.read(listing.conversation_ids):
            # It may have been deleted since the ids were read.
            with suppress(UnknownConversation):
                yield await self._database.read(_shown(conversation_id))

    async def whole(self, conversation_id: str) -> Whole:
        """Return a conversation with every message of every line.

        Raises:
            UnknownConversation: there is none with this id.
        """

        def read(connection: sqlite3.Connection) -> Whole:
            # All of it as it was at one moment.
            with transaction(connection, "DEFERRED"):
                return merging.whole(connection, conversation_id)

        return await self._database.read(read)

    async def wholes(self) -> AsyncGenerator[Whole, None]:
        """Yield every conversation whole, archived ones too, newest first, one at a time."""
        for conversation_id in await self._database.read(merging.conversation_ids):
            with suppress(UnknownConversation):
                yield await self.whole(conversation_id)

    async def merge(self, brought: Whole) -> Merged:
        """Take in what is not here yet, and what is newer; nothing is doubled, nothing is lost.

        Raises:
            StoreError: one of its messages belongs to another conversation here.
        """
        return await self._database.write(
            lambda connection: merging.merge(connection, brought, self._owner.is_alive)
        )

    async def changes(self) -> dict[str, float]:
        """Return when each conversation last changed, by its id."""
        return await self._database.read(merging.changes)

    async def usage(self, since: float) -> Usage:
        """Return what was asked since a time: of each model on each day, and how long it took."""
        return await self._database.read(lambda connection: usage.usage(connection, since))

    async def removals(self) -> dict[str, float]:
        """Return when conversations were deleted for good, by their ids."""
        return await self._database.read(merging.removals)

    async def remove(self, conversation_id: str, at: float) -> bool:
        """Delete a conversation that was deleted elsewhere at that time; return whether it was.

        It stays where it was changed after that, or where an answer is arriving in it.
        """
        return await self._database.write(
            lambda connection: merging.remove(connection, conversation_id, at)
        )


def _shown(
    conversation_id: str,
) -> Callable[[sqlite3.Connection], tuple[Conversation, list[Message]]]:
    def read(connection: sqlite3.Connection) -> tuple[Conversation, list[Message]]:
        # Both as they were at one moment.
        with transaction(connection, "DEFERRED"):
            return (
                listing.conversation(connection, conversation_id),
                listing.messages(connection, conversation_id),
            )

    return read
