"""Conversations of which nothing is kept, beside those in the file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from acechat.errors import UnknownConversation
from acechat.files import Attached, LookedAt
from acechat.models import Conversation, Message, Whole
from acechat.store.conversations import ConversationStore
from acechat.store.database import Database
from acechat.store.opening import Opening
from acechat.store.owners import Owner
from acechat.waiting import Queued


class StoreWithTemporary(ConversationStore):
    """The file, and in memory one temporary conversation at a time.

    What concerns that conversation never reaches the file: neither lists nor the search, statistics
    or drafts know of it. What comes for it after its end is refused.
    """

    def __init__(
        self, database: Database, owner: Owner, clock: Callable[[], float], opening: Opening
    ) -> None:
        super().__init__(database, owner, clock, opening)
        self._memory: ConversationStore | None = None
        self._known: set[str] = set()
        self._ended: set[str] = set()

    async def begin_temporary(self, conversation_id: str) -> None:
        """Let nothing of a conversation be kept that is not stored yet."""
        self._memory = await ConversationStore.open(":memory:", clock=self._clock)
        self._known = {conversation_id}

    async def end_temporary(self) -> None:
        """Forget the temporary conversation, where there is one."""
        memory, self._memory = self._memory, None
        self._ended |= self._known
        self._known = set()
        if memory is not None:
            await memory.close()

    async def keep_temporary(self, conversation_id: str) -> None:
        """Make a conversation of the file of the temporary one.

        Raises:
            StoreError: it cannot be stored, and stays temporary.
        """
        if (memory := self._of(conversation_id)) is None:
            return
        await self.merge(await memory.whole(conversation_id))
        draft = await memory.draft(conversation_id)
        self._known, self._memory = set(), None
        await memory.close()
        await self.save_draft(conversation_id, draft)

    async def close(self) -> None:
        """Finish all writes and close the file; the temporary conversation ends."""
        await self.end_temporary()
        await super().close()

    def _of(self, *names: str) -> ConversationStore | None:
        """Return where a conversation or a message is that is not in the file.

        Raises:
            UnknownConversation: it was temporary, and is gone.
        """
        if not self._ended.isdisjoint(names):
            raise UnknownConversation("this temporary conversation has ended")
        return None if self._known.isdisjoint(names) else self._memory

    # Of one conversation or one message.

    async def conversation(self, conversation_id: str) -> Conversation:
        """Return the one with this id, or the only one whose id begins with it (4 or more)."""
        if (memory := self._of(conversation_id)) is not None:
            return replace(await memory.conversation(conversation_id), temporary=True)
        return await super().conversation(conversation_id)

    async def messages(self, conversation_id: str) -> list[Message]:
        """Return the messages of a conversation in their order."""
        if (memory := self._of(conversation_id)) is not None:
            return await memory.messages(conversation_id)
        return await super().messages(conversation_id)

    async def whole(self, conversation_id: str) -> Whole:
        """Return a conversation with every message of every line."""
        if (memory := self._of(conversation_id)) is not None:
            return await memory.whole(conversation_id)
        return await super().whole(conversation_id)

    async def message(self, message_id: str) -> Message:
        """Return one message, on whatever line it is."""
        if (memory := self._of(message_id)) is not None:
            return await memory.message(message_id)
        return await super().message(message_id)

    async def versions(self, message_id: str) -> list[str]:
        """Return the ids of all messages in the place of this one, in the order of their making."""
        if (memory := self._of(message_id)) is not None:
            return await memory.versions(message_id)
        return await super().versions(message_id)

    async def show_version(self, message_id: str) -> None:
        """Put a conversation on the line through this message, with what was last said after it."""
        if (memory := self._of(message_id)) is not None:
            await memory.show_version(message_id)
        else:
            await super().show_version(message_id)

    async def draft(self, conversation_id: str) -> str:
        """Return the draft of a conversation, or of a question that is being edited."""
        if (memory := self._of(conversation_id)) is not None:
            return await memory.draft(conversation_id)
        return await super().draft(conversation_id)

    async def save_draft(self, conversation_id: str, text: str) -> None:
        """Keep a draft for as long as its conversation is there; an empty text removes it."""
        if (memory := self._of(conversation_id)) is not None:
            await memory.save_draft(conversation_id, text)
        else:
            await super().save_draft(conversation_id, text)

    async def keep_files(
        self, place: str, attached: Sequence[Attached], looked: Mapping[str, LookedAt]
    ) -> None:
        """Keep what goes with the next question, but for the temporary conversation."""
        if place not in self._known | self._ended:
            await super().keep_files(place, attached, looked)

    async def save_conversation(
        self, conversation: Conversation, *, was: Conversation | None = None
    ) -> None:
        """Keep what the user can choose of a conversation."""
        if (memory := self._of(conversation.id)) is not None:
            await memory.save_conversation(conversation, was=was)
        else:
            await super().save_conversation(conversation, was=was)

    # Turns

    async def begin_turn(
        self,
        conversation: Conversation,
        question: Message,
        answer: Message,
        *others: Message,
        replaces: str | None = None,
        beside: str | None = None,
        queued: int | None = None,
    ) -> None:
        """Store a question and its empty, streaming answer before anything is sent."""
        if (memory := self._of(conversation.id)) is not None:
            self._known.update(each.id for each in (question, answer, *others))
            begin = memory.begin_turn
        else:
            begin = super().begin_turn
        await begin(
            conversation,
            question,
            answer,
            *others,
            replaces=replaces,
            beside=beside,
            queued=queued,
        )

    async def open_server_conversation(self, answer_id: str, server_id: str, server: str) -> None:
        """Keep the server's id of the conversation in which an answer stands.

        A temporary conversation is asked not to be kept there: an id that comes all the same is
        not used.
        """
        if self._of(answer_id) is None:
            await super().open_server_conversation(answer_id, server_id, server)

    async def checkpoint(self, answer_id: str, text: str) -> None:
        """Keep the text received so far."""
        if (memory := self._of(answer_id)) is not None:
            await memory.checkpoint(answer_id, text)
        else:
            await super().checkpoint(answer_id, text)

    async def finish_turn(self, answer: Message, *, unread: bool, wait: bool = True) -> None:
        """Keep the final answer: text, status, seconds and error."""
        if (memory := self._of(answer.id)) is not None:
            await memory.finish_turn(answer, unread=unread, wait=wait)
        else:
            await super().finish_turn(answer, unread=unread, wait=wait)

    # What waits

    async def enqueue(self, conversation_id: str, text: str, references: Sequence[str]) -> Queued:
        """Keep a question that waits for the answer before it; it was the draft."""
        if (memory := self._of(conversation_id)) is not None:
            return await memory.enqueue(conversation_id, text, references)
        return await super().enqueue(conversation_id, text, references)

    async def queued(self, conversation_id: str) -> list[Queued]:
        """Return the questions that wait in a conversation, in their order."""
        if (memory := self._of(conversation_id)) is not None:
            return await memory.queued(conversation_id)
        return await super().queued(conversation_id)

    async def take_back(
        self, conversation_id: str, *, newest: bool = False, idle: bool = False
    ) -> list[Queued]:
        """Put what waits before the draft, all or the newest, and return it."""
        if (memory := self._of(conversation_id)) is not None:
            return await memory.take_back(conversation_id, newest=newest, idle=idle)
        return await super().take_back(conversation_id, newest=newest, idle=idle)

    async def leave_line(self, answer_id: str) -> None:
        """Note that an answer waits for no other one any more: its question is being sent."""
        if (memory := self._of(answer_id)) is not None:
            await memory.leave_line(answer_id)
        else:
            await super().leave_line(answer_id)
