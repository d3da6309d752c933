"""The part of the store that keeps what is known of files and URLs."""

from collections.abc import Mapping, Sequence

from acechat.files import Attached, KeptFiles, LookedAt
from acechat.store import references
from acechat.store.queued import QueuedConversations


class ConversationsWithFiles(QueuedConversations):
    """Conversations with their files and references. Every method raises `StoreError`."""

    async def files(self, place: str) -> KeptFiles:
        """Return what goes with the next question, and what was found out of references.

        The empty place is the new conversation's.
        """
        if self.refusal:
            # The file may be older than what is asked for.
            return KeptFiles()
        return await self._database.read(lambda connection: references.files(connection, place))

    async def keep_files(
        self, place: str, attached: Sequence[Attached], looked: Mapping[str, LookedAt]
    ) -> None:
        """Keep them, the latter beside what was kept before; nothing where nothing can be."""
        if self.refusal:
            return
        await self._database.write(
            lambda connection: references.keep_files(connection, place, attached, looked)
        )
