"""The part of the store that keeps questions waiting for the answer before them."""

from collections.abc import Sequence

from acechat.store import queueing, turns
from acechat.store.removed import RemovedConversations
from acechat.waiting import Queued


class QueuedConversations(RemovedConversations):
    """Conversations with the questions that wait in them. Every method raises `StoreError`."""

    async def enqueue(self, conversation_id: str, text: str, references: Sequence[str]) -> Queued:
        """Keep a question that waits for the answer before it; it was the draft."""
        now = self._clock()
        return await self._database.write(
            lambda connection: queueing.enqueue(connection, conversation_id, text, references, now)
        )

    async def queued(self, conversation_id: str) -> list[Queued]:
        """Return the questions that wait in a conversation, in their order."""
        return await self._database.read(
            lambda connection: queueing.queued(connection, conversation_id)
        )

    async def take_back(
        self, conversation_id: str, *, newest: bool = False, idle: bool = False
    ) -> list[Queued]:
        """Put what waits before the draft, all or the newest, and return it.

        Where it must be `idle`, nothing is taken while an answer is arriving.
        """
        now = self._clock()
        return await self._database.write(
            lambda connection: queueing.take_back(
                connection, conversation_id, now, newest=newest, idle=idle
            )
        )

    async def leave_line(self, answer_id: str) -> None:
        """Note that an answer waits for no other one any more: its question is being sent."""
        await self._database.write(lambda connection: turns.leave_line(connection, answer_id))
