"""The kept conversations: listing, opening, renaming, pinning, deleting."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from acechat.errors import StoreError, UnknownConversation
from acechat.files import Attached, KeptFiles, LookedAt
from acechat.models import (
    Conversation,
    Findings,
    Found,
    Message,
    SearchQuery,
    Usage,
    Whole,
    new_id,
    title_of,
)
from acechat.services.ports import ChatStore
from acechat.waiting import Queued

PAGE = 500
"""Conversations read at a time: 10,000 take 9 ms to read and far longer to show."""

SCREENFUL = 100
"""Conversations read with each key of a filter: few windows show more of them at once."""

BRANCH = "Branch of"
"""How the title of a branch begins."""

REST_SECONDS = 0.02
"""Seconds at least between two batches of a long work on the store."""

REST_SHARE = 3
"""How many times as long as a batch took the pause after it is: a quarter of the time at most."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation with all that its screen shows."""

    conversation: Conversation
    messages: list[Message]
    draft: str
    origin: Conversation | None = None
    """The conversation that it branched off, unless that was deleted."""
    branches: Sequence[Conversation] = ()
    """The conversations that branched off it."""
    brought_back: bool = False
    """What was queued when a program ended is in the draft again."""
    files: KeptFiles = field(default_factory=KeptFiles)
    """What goes with the next question, and what is known of the references."""


class Library:
    """Finds and changes conversations. Raises `StoreError` where the store does."""

    def __init__(self, store: ChatStore, *, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        self.is_indexing = False
        """Whether messages are being taken into the index of the search."""
        self._index_again = False

    def new(self) -> Conversation:
        """Return a conversation that will be stored with its first question."""
        now = self._clock()
        return Conversation(id=new_id(), created_at=now, updated_at=now)

    async def open_new(self) -> Opened:
        """Return a new conversation with the draft that was kept for it."""
        draft, files = await self._store.draft(""), await self._store.files("")
        return Opened(self.new(), [], draft, files=files)

    async def conversations(
        self, filter: str = "", *, offset: int = 0, count: int = PAGE
    ) -> list[Conversation]:
        """Return the next `count`, pinned first, then newest first.

        Args:
            filter: What titles must hold.
            offset: How many are known already.
            count: How many are wanted at most.
        """
        return await self._store.conversations(filter=filter, limit=count, offset=offset)

    async def conversation(self, conversation_id: str) -> Conversation:
        """Return one conversation as it is now, by its id or the beginning of it."""
        return await self._store.conversation(conversation_id)

    async def newest(self) -> Conversation | None:
        """Return the conversation that was last used, or None where there is none."""
        return await self._store.newest()

    async def changed(self) -> bool:
        """Whether another window has changed something since this was last asked."""
        changed = await self._store.changed()
        return bool(await self._store.settle()) or changed

    async def open(self, conversation_id: str, *, is_waited_in: bool = False) -> Opened:
        """Return a conversation whole and mark it as read.

        Args:
            conversation_id: Which one.
            is_waited_in: Questions wait in it here. Others that do are left by a program that has
                ended: they become its draft.
        """
        conversation = await self._store.conversation(conversation_id)
        if conversation.unread:
            read = replace(conversation, unread=False)
            # It is read all the same where nothing can be written at present.
            with suppress(StoreError):
                await self._store.save_conversation(read, was=conversation)
                conversation = read
        messages = await self._store.messages(conversation.id)
        brought_back = False
        if not is_waited_in and await self._store.queued(conversation.id):
            with suppress(StoreError):
                brought_back = bool(await self._store.take_back(conversation.id, idle=True))
        draft = await self._store.draft(conversation.id)
        origin, branches = await self.relatives(conversation)
        files = await self._store.files(conversation.id)
        return Opened(conversation, messages, draft, origin, branches, brought_back, files)

    async def relatives(
        self, conversation: Conversation
    ) -> tuple[Conversation | None, list[Conversation]]:
        """Return what a conversation branched off, unless that was deleted, and its branches."""
        origin = None
        if conversation.origin is not None:
            with suppress(UnknownConversation):
                origin = await self._store.conversation(conversation.origin.conversation_id)
        return origin, await self._store.branches(conversation.id)

    async def settle(self) -> int:
        """Mark answers of processes that have ended as interrupted; return how many."""
        return await self._store.settle()

    async def message(self, message_id: str) -> Message:
        """Return one message as it is now."""
        return await self._store.message(message_id)

    async def messages(self, conversation_id: str) -> list[Message]:
        """Return the messages of a conversation as they are now."""
        return await self._store.messages(conversation_id)

    async def versions(self, message_id: str) -> list[str]:
        """Return the ids of all messages in the place of this one, in the order of their making."""
        return await self._store.versions(message_id)

    async def show_version(self, message_id: str) -> None:
        """Put a conversation on the line through this message, with what was last said after it."""
        await self._store.show_version(message_id)

    async def branch(self, conversation: Conversation, message_id: str) -> Conversation:
        """Keep and return a new conversation that begins with the line up to this message."""
        branch = replace(self.new(), title=_branch_title(conversation.title))
        await self._store.branch(branch, message_id)
        return branch

    async def enqueue(self, conversation_id: str, text: str, references: Sequence[str]) -> Queued:
        """Keep a question that waits for the answer before it."""
        return await self._store.enqueue(conversation_id, text, references)

    async def take_back(self, conversation_id: str, *, newest: bool = False) -> list[Queued]:
        """Put the questions that wait, or the newest one, before the draft, and return them."""
        return await self._store.take_back(conversation_id, newest=newest)

    async def save(self, conversation: Conversation, *, was: Conversation) -> None:
        """Keep what differs from the conversation as it was."""
        await self._store.save_conversation(conversation, was=was)

    async def rename(self, conversation: Conversation, title: str) -> Conversation:
        """Give a conversation the user's own title and return it."""
        renamed = replace(conversation, title=" ".join(title.split()), renamed=True)
        await self._store.save_conversation(renamed, was=conversation)
        return renamed

    async def pin(self, conversation: Conversation) -> Conversation:
        """Pin or unpin a conversation and return it."""
        pinned = replace(conversation, pinned=not conversation.pinned)
        await self._store.save_conversation(pinned, was=conversation)
        return pinned

    async def archive(self, *conversation_ids: str, archived: bool = True) -> None:
        """Take conversations out of the list, or back into it."""
        await self._store.archive(*conversation_ids, archived=archived)

    async def mark_unread(self, conversation_id: str) -> None:
        """Mark that an answer ended while nobody was looking."""
        conversation = await self._store.conversation(conversation_id)
        unread = replace(conversation, unread=True)
        await self._store.save_conversation(unread, was=conversation)

    async def search(self, query: SearchQuery, limit: int) -> AsyncGenerator[Findings, None]:
        """Look for something; yield all that is found so far after each look.

        The first look is over within 50 ms and is nearly always the only one; each goes on with
        older messages. Whoever wants no more of it closes the generator.

        Args:
            query: What is looked for.
            limit: How many hits there are at most.
        """
        hits: dict[str, Found] = {}
        rest: range | None = None
        while True:
            found = await self._store.search(query, limit, rest)
            hits |= {hit.message_id or hit.conversation_id: hit for hit in found.hits}
            best = sorted(hits.values(), key=lambda hit: hit.order)[:limit]
            yield replace(found, hits=tuple(best))
            if (rest := found.rest) is None:
                return

    async def index(self) -> None:
        """Take messages that are not in the index of the search yet into it, a few at a time.

        Call it again when there are new ones; while one call is at work another only tells it.
        Where nothing can be stored at present it ends, and the next call goes on: the newest
        messages are found all the same.
        """
        self._index_again = True
        if self.is_indexing:
            return
        self.is_indexing = True
        try:
            with suppress(StoreError):
                while self._index_again:
                    self._index_again = False
                    await self._index_all()
        finally:
            self.is_indexing = False

    async def _index_all(self) -> None:
        await _little_by_little(self._store.index_some)

    async def purge(self) -> None:
        """Remove for good what was deleted before this program began, a little at a time."""
        with suppress(StoreError):
            await _little_by_little(self._store.purge_some)

    async def usage(self, since: float) -> Usage:
        """Return what was asked since a time, and how long the answers took."""
        return await self._store.usage(since)

    async def delete(self, *conversation_ids: str) -> None:
        """Take conversations out of every list."""
        await self._store.delete(*conversation_ids)

    async def restore(self, *conversation_ids: str) -> None:
        """Undo `delete`."""
        await self._store.restore(*conversation_ids)

    async def older_than(self, before: float) -> list[str]:
        """Return the ids of conversations that were last used before a time, archived ones too.

        Pinned ones are left out, and those in which an answer is arriving.
        """
        return await self._store.older_than(before)

    async def save_draft(self, conversation_id: str, text: str) -> None:
        """Keep what is typed but not sent; the empty id is the new conversation's."""
        await self._store.save_draft(conversation_id, text)

    async def keep_files(
        self, place: str, attached: Sequence[Attached], looked: Mapping[str, LookedAt]
    ) -> None:
        """Keep what goes with the next question, and what was found out of references."""
        await self._store.keep_files(place, attached, looked)

    async def draft(self, conversation_id: str) -> str:
        """Return what was typed but not sent."""
        return await self._store.draft(conversation_id)

    async def questions(self, limit: int = 200) -> list[str]:
        """Return the newest distinct questions, newest first, for the prompt's history."""
        return await self._store.questions(limit)

    async def recent_models(self, limit: int = 5) -> list[str]:
        """Return the models last asked, newest first."""
        return await self._store.recent_models(limit)

    def wholes(self) -> AsyncGenerator[Whole, None]:
        """Yield every conversation whole, archived ones too, newest first, one at a time."""
        return self._store.wholes()

    async def whole(self, conversation_id: str) -> Whole:
        """Return a conversation with every message of every line."""
        return await self._store.whole(conversation_id)

    def export_rows(self) -> AsyncGenerator[tuple[Conversation, list[Message]], None]:
        """Yield every conversation with the messages of its line, newest first, one at a time."""
        return self._store.export_rows()


async def _little_by_little(some: Callable[[], Awaitable[int]]) -> None:
    """Do `some` of a long work until nothing is left of it."""
    began = time.monotonic()
    while await some():
        # Keys, what else is to be stored, and other windows go first.
        took = time.monotonic() - began
        await asyncio.sleep(max(REST_SECONDS, REST_SHARE * took))
        began = time.monotonic()


def _branch_title(title: str) -> str:
    """Return the title of a branch; that of a branch of a branch does not grow."""
    return title_of(f"{BRANCH} {title.removeprefix(BRANCH).strip()}")
