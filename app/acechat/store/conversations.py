"""`ConversationStore`: what the rest of the program knows of the file."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from acechat.models import Conversation, Findings, Message, SearchQuery
from acechat.store import edits, lines, listing, search, turns
from acechat.store.backups import Stop, make_daily_backup
from acechat.store.database import Database, Memory
from acechat.store.faults import Damaged, damage_of, found_damaged
from acechat.store.opening import Opening
from acechat.store.owners import Owner
from acechat.store.with_files import ConversationsWithFiles

OWNERS = "owners"
"""The folder beside the file in which living processes are known."""


class ConversationStore(ConversationsWithFiles):
    """Conversations and messages in one SQLite file, shared by any number of processes.

    Every method raises `StoreError` where the file cannot be read or written. Every write is one
    transaction, durable when the call returns, and is carried out whole even if the caller is
    cancelled while waiting.
    """

    def __init__(
        self, database: Database, owner: Owner, clock: Callable[[], float], opening: Opening
    ) -> None:
        super().__init__(database, owner, clock)
        self._opening = opening
        self._unkept: dict[str, str] = {}
        self._stop = Stop()
        self._seen_version: int | None = None
        self._moved = False

    @classmethod
    async def open(cls, path: Path | Memory, *, clock: Callable[[], float] = time.time) -> Self:
        """Open the file, make or migrate it, and settle what ended processes left behind.

        Answers that they were receiving become interrupted. What they had deleted goes for good:
        undo lasts until the program ends, and nobody is left who could ask for it.

        After a process was killed, or the power went, the whole file is checked first. A damaged
        one is set aside by name, and what can be read of it takes its place: `notices` tells.
        One that is newer, or may not be written, is only read: `refusal` says why.

        Raises:
            StoreError: the file cannot be opened, or is another program's.
        """
        file = path if isinstance(path, Path) else None
        owner = Owner(None if file is None else file.parent / OWNERS)
        opening = Opening(path, owner)
        database = Database(file, opening, mark=owner.claim, refusal=lambda: opening.refusal)
        await database.open()
        store = cls(database, owner, clock, opening)
        await store.changed()
        return store

    @property
    def path(self) -> Path | None:
        """Where the conversations are; None for a store in memory."""
        return self._database.path

    @property
    def refusal(self) -> str:
        """Why nothing can be written, a sentence; empty where it can."""
        return self._opening.refusal

    @property
    def unkept_drafts(self) -> bool:
        """Whether there are drafts that end with the program, because nothing can be written."""
        return any(self._unkept.values())

    def notices(self) -> list[str]:
        """Return, once, what the user has to know of how the file was found, a sentence each."""
        told = self._opening.notices.copy()
        self._opening.notices.clear()
        return told

    def hurry(self) -> None:
        """Wait for no other program any more: what finds the file locked fails at once."""
        self._database.hurry()

    async def close(self) -> None:
        """Finish all writes and close the file. Marks nothing; may be called twice."""
        self._stop()

        def last() -> None:
            # A file that stays is swept away by the next one to open the store. Where damage was
            # found, it stays for that: whoever opens the store next looks at the whole file.
            with suppress(OSError):
                if self._database.damaged:
                    self._owner.claim()
                self._owner.release(cleanly=not self._database.damaged)

        await self._database.close(last)

    async def back_up(self) -> Path | None:
        """Make the backup of today where something changed since the last one.

        It is made beside the thread of the store, which goes on meanwhile: 212 MB take 1.0 s, and
        a write waits for a few milliseconds. `close` ends one that is being made.

        Returns:
            The new backup; None where none was due.

        Raises:
            StoreError: it cannot be made, or the file is damaged.
        """
        if self.path is None or self.refusal:
            return None
        try:
            return await asyncio.to_thread(make_daily_backup, self.path, self._clock(), self._stop)
        except Damaged:
            self._database.damaged = True
            raise

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

    async def search(self, query: SearchQuery, limit: int, rest: range | None = None) -> Findings:
        """Take one look for something, of 20 to 30 ms; what is left over, another goes on with.

        Titles come first, then messages: those with whole words first, the newest among equals.
        """
        return await self._database.read(
            lambda connection: search.search(connection, query, limit, rest)
        )

    async def index_some(self) -> int:
        """Take messages that are not in the index of the search yet into it; return how many."""
        return 0 if self.refusal else await self._database.write(search.index_some)

    async def draft(self, conversation_id: str) -> str:
        """Return the draft of a conversation, or of a question that is being edited.

        The empty id is the new conversation's.
        """
        if conversation_id in self._unkept:
            return self._unkept[conversation_id]
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

    async def last_models(self, conversation_ids: Sequence[str]) -> dict[str, str]:
        """Return who answered last in each of these conversations, where anybody did, by its id."""
        return await self._database.read(
            lambda connection: listing.last_models(connection, conversation_ids)
        )

    async def changed(self) -> bool:
        """Return whether another process has written since this was last asked."""
        await self._database.read(self._look_at_version)
        # Only here: a caller that goes away before it hears of it must not take it along.
        moved, self._moved = self._moved, False
        return moved

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
        queued: int | None = None,
    ) -> None:
        """Store a question and its empty, streaming answer before anything is sent.

        Creates the conversation where it is new, stores the question where it is new (its id is
        not known yet), and marks the answer as owned by this process. What stood behind the
        question until now leaves the line and stays as a version. A question that comes behind the
        end of the line clears the conversation's draft. Where the caller is cancelled while another
        program holds the file, nothing is stored.

        Args:
            conversation: It need not be stored yet.
            question: A new one comes behind the end of the line.
            answer: The answer that the line goes on with.
            others: Further answers to the same question, as versions of the first.
            replaces: An answer that is removed; the new one takes its place.
            beside: The question that a new one is another version of.
            queued: The number of the queued question that this is.

        Raises:
            StoreBusy: another program holds the file, and nothing was stored.
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
                queued=queued,
                now=now,
            ),
            give_up=True,
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

    async def finish_turn(self, answer: Message, *, unread: bool, wait: bool = True) -> None:
        """Keep the final answer: text, status, seconds and error; mark its conversation unread.

        Does nothing where the answer is gone, and leaves a deleted conversation deleted. Unless it
        may `wait`, it fails at once where another program holds the file.
        """
        now = self._clock()
        await self._database.write(
            lambda connection: turns.finish(connection, answer, unread=unread, now=now), wait=wait
        )

    async def settle(self) -> int:
        """Mark as interrupted what processes were receiving that have ended; return how many.

        `open` and `begin_turn` do this by themselves; it is for a list that is shown for long.
        """
        gone = await self._database.read(
            lambda connection: turns.gone_owners(connection, self._owner)
        )
        if not gone or self.refusal:
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

    async def save_draft(self, conversation_id: str, text: str) -> None:
        """Keep a draft; an empty text removes it. Where nothing can be written, until the end."""
        if self.refusal:
            self._unkept[conversation_id] = text
            return
        now = self._clock()
        await self._database.write(
            lambda connection: edits.save_draft(connection, conversation_id, text, now)
        )

    def _look_at_version(self, connection: sqlite3.Connection) -> None:
        row: tuple[int] = connection.execute("PRAGMA data_version").fetchone()
        before, self._seen_version = self._seen_version, row[0]
        self._moved |= before is not None and before != row[0]

    def _examine(self, connection: sqlite3.Connection) -> str:
        if damage := damage_of(connection):
            self._database.damaged = True
            raise found_damaged(self.path, damage)
        row: tuple[int] = connection.execute("SELECT COUNT(*) FROM messages").fetchone()
        kept = listing.count(connection, "")
        return f"no damage found; conversations: {kept:,}, messages: {row[0]:,}"
