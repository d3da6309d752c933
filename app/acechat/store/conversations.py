"""`ConversationStore`: what the rest of the program knows of the file."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from acechat.errors import StoreError
from acechat.models import Conversation, Found, Message, SearchQuery
from acechat.store import edits, lines, listing, search, turns
from acechat.store.carried import CarriedConversations
from acechat.store.database import Database, Memory, transaction
from acechat.store.faults import primary_code
from acechat.store.migrations import damage_of, migrate
from acechat.store.owners import Owner

OWNERS = "owners"
"""The folder beside the file in which living processes are known."""


class ConversationStore(CarriedConversations):
    """Conversations and messages in one SQLite file, shared by any number of processes.

    Every method raises `StoreError` where the file cannot be read or written. Every write is one
    transaction, durable when the call returns, and is carried out whole even if the caller is
    cancelled while waiting.
    """

    def __init__(self, database: Database, owner: Owner, clock: Callable[[], float]) -> None:
        super().__init__(database, owner)
        self._clock = clock
        self._seen_version: int | None = None

    @classmethod
    async def open(
        cls, path: Path | Memory, *, clock: Callable[[], float] = time.time
    ) -> "ConversationStore":
        """Open the file, make or migrate it, and settle what ended processes left behind.

        Answers that they were receiving become interrupted. What they had deleted goes for good:
        undo lasts until the program ends, and nobody is left who could ask for it.

        Raises:
            StoreError: the file cannot be opened, is damaged, newer, or another program's.
        """
        file = path if isinstance(path, Path) else None
        owner = Owner(None if file is None else file.parent / OWNERS)

        def prepare(connection: sqlite3.Connection) -> None:
            migrate(connection, file)
            connection.execute("PRAGMA foreign_keys = ON")
            _settle_all(connection, owner)

        store = cls(await Database.open(path, prepare), owner, clock)
        await store.changed()
        return store

    @property
    def path(self) -> Path | None:
        """Where the conversations are; None for a store in memory."""
        return self._database.path

    async def close(self) -> None:
        """Finish all writes and close the file. Marks nothing; may be called twice."""

        def last() -> None:
            # A file that stays is swept away by the next one to open the store.
            with suppress(OSError):
                self._owner.release()

        await self._database.close(last)

    # Reading

    async def conversations(
        self, *, filter: str = "", limit: int = 500, offset: int = 0
    ) -> list[Conversation]:
        """Return conversations, pinned first, then newest first.

        `filter` is part of a title; neither case nor the width of letters matters.
        """
        return await self._database.read(
            lambda connection: listing.conversations(connection, filter, limit, offset)
        )

    async def count(self, *, filter: str = "") -> int:
        """Return how many conversations `conversations` would list without a limit."""
        return await self._database.read(lambda connection: listing.count(connection, filter))

    async def newest(self) -> Conversation | None:
        """Return the conversation that was last used, or None where there is none."""
        return await self._database.read(listing.newest)

    async def conversation(self, conversation_id: str) -> Conversation:
        """Return the one with this id, or the only one whose id begins with it (4 or more).

        Raises:
            UnknownConversation: there is none, or more than one.
        """
        return await self._database.read(
            lambda connection: listing.conversation(connection, conversation_id)
        )

    async def messages(self, conversation_id: str) -> list[Message]:
        """Return the messages of a conversation in their order."""
        return await self._database.read(
            lambda connection: listing.messages(connection, conversation_id)
        )

    async def message(self, message_id: str) -> Message:
        """Return one message, on whatever line it is.

        Raises:
            StoreError: it is gone.
        """
        return await self._database.read(lambda connection: listing.message(connection, message_id))

    async def branches(self, conversation_id: str) -> list[Conversation]:
        """Return the conversations that branched off this one, the oldest first."""
        return await self._database.read(
            lambda connection: listing.branches(connection, conversation_id)
        )

    async def search(self, query: SearchQuery, limit: int) -> list[Found]:
        """Return titles, then messages: those with whole words first, the newest among equals."""
        return await self._database.read(lambda connection: search.search(connection, query, limit))

    async def index_some(self) -> int:
        """Take messages that are not in the index of the search yet into it; return how many."""
        return await self._database.write(search.index_some)

    async def draft(self, conversation_id: str) -> str:
        """Return the draft of a conversation; the empty id is the new conversation's."""
        return await self._database.read(
            lambda connection: listing.draft(connection, conversation_id)
        )

    async def questions(self, limit: int) -> list[str]:
        """Return the newest distinct questions of all conversations, newest first."""
        return await self._database.read(lambda connection: listing.questions(connection, limit))

    async def recent_models(self, limit: int) -> list[str]:
        """Return the models last asked, newest first, each once."""
        return await self._database.read(
            lambda connection: listing.recent_models(connection, limit)
        )

    async def changed(self) -> bool:
        """Return whether another process has written since this was last asked."""
        return await self._database.read(self._version_moved)

    async def check(self) -> str:
        """Look for damage in the whole file; return one sentence about what is in it.

        Raises:
            StoreError: there is damage; the text says what SQLite found.
        """
        return await self._database.read(self._examine)

    # Turns

    async def begin_turn(
        self,
        conversation: Conversation,
        question: Message,
        answer: Message,
        *others: Message,
        replaces: str | None = None,
        beside: str | None = None,
    ) -> None:
        """Store a question and its empty, streaming answer before anything is sent.

        Creates the conversation where it is new, stores the question where it is new (its id is
        not known yet), clears the conversation's draft, and marks the answer as owned by this
        process. What stood behind the question until now leaves the line and stays as a version.

        Args:
            conversation: It need not be stored yet.
            question: A new one comes behind the end of the line.
            answer: The answer that the line goes on with.
            others: Further answers to the same question, as versions of the first.
            replaces: An answer that is removed; the new one takes its place.
            beside: The question that a new one is another version of.

        Raises:
            UnknownConversation: the conversation was deleted.
            StoreError: an answer of this conversation is streaming, here or in another process.
        """
        now = self._clock()
        await self._database.write(
            lambda connection: turns.begin(
                connection,
                self._owner,
                conversation,
                question,
                (answer, *others),
                replaces=replaces,
                beside=beside,
                now=now,
            )
        )

    async def open_server_conversation(self, answer_id: str, server_id: str, server: str) -> None:
        """Keep the server's id of the conversation in which an answer stands, and who gave it."""
        await self._database.write(
            lambda connection: turns.open_server_conversation(
                connection, answer_id, server_id, server
            )
        )

    async def checkpoint(self, answer_id: str, text: str) -> None:
        """Keep the text received so far; does nothing once the answer has ended."""
        now = self._clock()
        await self._database.write(
            lambda connection: turns.checkpoint(connection, answer_id, text, now)
        )

    async def finish_turn(self, answer: Message, *, unread: bool) -> None:
        """Keep the final answer: text, status, seconds and error; mark its conversation unread.

        Does nothing where the answer is gone, and leaves a deleted conversation deleted.
        """
        now = self._clock()
        await self._database.write(
            lambda connection: turns.finish(connection, answer, unread=unread, now=now)
        )

    async def settle(self) -> int:
        """Mark as interrupted what processes were receiving that have ended; return how many.

        `open` and `begin_turn` do this by themselves; it is for a list that is shown for long.
        """
        gone = await self._database.read(
            lambda connection: turns.gone_owners(connection, self._owner)
        )
        if not gone:
            return 0
        return await self._database.write(
            lambda connection: sum(turns.interrupt(connection, name) for name in gone)
        )

    # Lines

    async def versions(self, message_id: str) -> list[str]:
        """Return the ids of all messages in the place of this one, in the order of their making.

        Raises:
            StoreError: the message is gone.
        """
        return await self._database.read(lambda connection: lines.versions(connection, message_id))

    async def show_version(self, message_id: str) -> None:
        """Put a conversation on the line through this message, with what was last said after it.

        Raises:
            StoreError: the message is gone, or an answer of the conversation is arriving.
        """
        now = self._clock()
        await self._database.write(lambda connection: lines.show(connection, message_id, now))

    async def branch(self, conversation: Conversation, message_id: str) -> None:
        """Store `conversation` as a new one that begins with the line up to this message.

        Raises:
            StoreError: the message is gone, or is still arriving.
        """
        now = self._clock()
        await self._database.write(
            lambda connection: lines.branch(connection, conversation, message_id, now)
        )

    # What the user changes

    async def save_conversation(
        self, conversation: Conversation, *, was: Conversation | None = None
    ) -> None:
        """Keep title, renamed, model, preset, references, pinned and unread of a conversation.

        With `was`, only what differs from it: another window's change of the rest stays. Does
        nothing where the conversation is not in the store yet. Leaves `server_id`, `server` and
        the times alone.
        """
        now = self._clock()
        await self._database.write(
            lambda connection: edits.save(connection, conversation, was, now)
        )

    async def delete(self, conversation_id: str) -> None:
        """Hide a conversation from every list; `restore` brings it back until this store closes."""
        now = self._clock()
        await self._database.write(
            lambda connection: edits.delete(connection, self._owner, conversation_id, now)
        )

    async def restore(self, conversation_id: str) -> None:
        """Undo `delete`.

        Raises:
            UnknownConversation: it is gone for good.
        """
        await self._database.write(lambda connection: edits.restore(connection, conversation_id))

    async def save_draft(self, conversation_id: str, text: str) -> None:
        """Keep a draft; an empty text removes it."""
        now = self._clock()
        await self._database.write(
            lambda connection: edits.save_draft(connection, conversation_id, text, now)
        )

    def _version_moved(self, connection: sqlite3.Connection) -> bool:
        row: tuple[int] = connection.execute("PRAGMA data_version").fetchone()
        before, self._seen_version = self._seen_version, row[0]
        return before is not None and before != row[0]

    def _examine(self, connection: sqlite3.Connection) -> str:
        if damage := damage_of(connection):
            raise StoreError(f"{self.path or 'the store in memory'} is damaged: {damage}")
        row: tuple[int] = connection.execute("SELECT COUNT(*) FROM messages").fetchone()
        kept = listing.count(connection, "")
        return f"no damage found; conversations: {kept:,}, messages: {row[0]:,}"


def _settle_all(connection: sqlite3.Connection, owner: Owner) -> None:
    """Put in order what ended processes left; a file that can only be read stays as it is."""
    with suppress(OSError):
        try:
            receiving = turns.gone_owners(connection, owner)
            deleting = edits.gone_deleters(connection, owner)
            if receiving or deleting:
                with transaction(connection):
                    for name in receiving:
                        turns.interrupt(connection, name)
                    for name in deleting:
                        edits.purge(connection, name)
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_READONLY:
                raise
        owner.sweep()
