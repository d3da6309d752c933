"""The doors through which the program reaches the outside: a chat API, a file host, a store."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from acechat.events import ApiEvent
from acechat.files import Attached, KeptFiles, LookedAt, StoredFile
from acechat.models import ChatOptions, Conversation, Findings, Message, SearchQuery, Usage, Whole
from acechat.waiting import Queued


class ChatApi(Protocol):
    """A server that answers questions."""

    @property
    def server(self) -> str:
        """The name under which conversation ids of this server are kept.

        The base URL and endpoint (`https://api.acedata.cloud/aichat`), or `embedded/aichat`: the
        embedded server's port changes with each start, its conversations stay.
        """
        ...

    def stream(
        self, question: str, options: ChatOptions, server_id: str | None
    ) -> AsyncGenerator[ApiEvent, None]:
        """Ask, and yield what comes back; the generator ends when the answer is complete.

        Closing the generator closes the connection at once.

        Raises:
            ChatError: the answer cannot be had, or not whole.
        """
        ...

    async def prepare(self) -> None:
        """Load what the first question needs, so that it does not wait for it.

        Raises:
            ChatError: something is wrong already; `stream` will say the same.
        """
        ...

    async def check(self) -> str:
        """Ask the server whether it takes the token, at no cost; return one sentence.

        Raises:
            ChatError: it does not, or the server cannot be reached.
        """
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class FileHost(Protocol):
    """A server that takes files and gives them URLs."""

    @property
    def host(self) -> str:
        """The name of the host that files go to."""
        ...

    @property
    def has_token(self) -> bool:
        """Whether there is a token to upload with."""
        ...

    async def upload(self, path: Path, told: Callable[[int], None]) -> StoredFile:
        """Send a file, and return it with its URL. Being cancelled closes the connection.

        Args:
            path: What is sent; it is read piece by piece.
            told: Hears how many bytes of it the network has taken.

        Raises:
            FileError: the file cannot be uploaded; nothing was sent, or not all of it.
            ChatError: the server did not take it, or cannot be reached.
        """
        ...


class ChatStore(Protocol):
    """Where conversations and messages are kept.

    Every method raises `StoreError` where the file cannot be read or written. Every write is one
    transaction, durable when the call returns, and is carried out whole even if the caller is
    cancelled while waiting.
    """

    async def conversations(
        self, *, filter: str = "", limit: int = 500, offset: int = 0
    ) -> list[Conversation]:
        """Return conversations, pinned first, then newest first; `filter` is part of a title."""
        ...

    async def newest(self) -> Conversation | None:
        """Return the conversation that was last used, or None where there is none."""
        ...

    async def changed(self) -> bool:
        """Whether another process has written since this was last asked."""
        ...

    async def settle(self) -> int:
        """Mark answers of processes that have ended as interrupted; return how many."""
        ...

    async def conversation(self, conversation_id: str) -> Conversation:
        """Return the one with this id, or the only one whose id begins with it (4 or more).

        Raises:
            UnknownConversation: there is none, or more than one.
        """
        ...

    async def messages(self, conversation_id: str) -> list[Message]:
        """Return the messages of the line that a conversation is on, in their order."""
        ...

    async def message(self, message_id: str) -> Message:
        """Return one message, on whatever line it is."""
        ...

    async def versions(self, message_id: str) -> list[str]:
        """Return the ids of all messages in the place of this one, in the order of their making."""
        ...

    async def show_version(self, message_id: str) -> None:
        """Put a conversation on the line through this message, with what was last said after it.

        Raises:
            StoreError: an answer of the conversation is arriving.
        """
        ...

    async def branch(self, conversation: Conversation, message_id: str) -> None:
        """Store `conversation` as a new one that begins with the line up to this message.

        Raises:
            StoreError: the message is still arriving.
        """
        ...

    async def branches(self, conversation_id: str) -> list[Conversation]:
        """Return the conversations that branched off this one, the oldest first."""
        ...

    async def search(self, query: SearchQuery, limit: int, rest: range | None = None) -> Findings:
        """Take one look for something, which takes a limited time.

        Args:
            query: What is looked for.
            limit: How many hits are returned at most.
            rest: What the look before has left over; None begins.
        """
        ...

    async def usage(self, since: float) -> Usage:
        """Return what was asked since a time: of each model on each day, and how long it took."""
        ...

    async def index_some(self) -> int:
        """Take messages that are not in the index of the search yet into it; return how many."""
        ...

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
            queued: The number of the queued question that this is; it leaves the queue.

        Raises:
            StoreBusy: another program holds the file, and nothing was stored.
            StoreError: an answer of this conversation is streaming, here or in another process, or
                the queued question was taken back.
        """
        ...

    async def leave_line(self, answer_id: str) -> None:
        """Note that an answer waits for no other one any more: its question is being sent.

        Where an answer begins with a failure, that is what becomes of it if the process ends before
        this.
        """
        ...

    async def enqueue(self, conversation_id: str, text: str, references: Sequence[str]) -> Queued:
        """Keep a question that waits for the answer before it, in the place of the draft."""
        ...

    async def queued(self, conversation_id: str) -> list[Queued]:
        """Return the questions that wait in a conversation, in their order."""
        ...

    async def take_back(
        self, conversation_id: str, *, newest: bool = False, idle: bool = False
    ) -> list[Queued]:
        """Put what waits before the draft, all or the newest, and return it.

        Where it must be `idle`, nothing is taken while an answer is arriving.
        """
        ...

    async def open_server_conversation(self, answer_id: str, server_id: str, server: str) -> None:
        """Keep the server's id of the conversation in which an answer stands, and who gave it.

        A server conversation belongs to one line: versions that stood in it before give it up.
        """
        ...

    async def checkpoint(self, answer_id: str, text: str) -> None:
        """Keep the text received so far."""
        ...

    async def finish_turn(self, answer: Message, *, unread: bool, wait: bool = True) -> None:
        """Keep the final answer: text, status, seconds and error; mark its conversation unread.

        Unless it may `wait`, it fails at once where another program holds the file.
        """
        ...

    async def save_conversation(
        self, conversation: Conversation, *, was: Conversation | None = None
    ) -> None:
        """Keep title, renamed, model, preset, references, pinned and unread of a conversation.

        Does nothing where the conversation is not in the store yet. Leaves `server_id`, `server`
        and the times alone. Where `was`, the conversation as it was read, is given, only what
        differs from it is written, so that another window's changes stay.
        """
        ...

    async def archive(self, *conversation_ids: str, archived: bool) -> None:
        """Take conversations out of the list, where the search still finds them, or back into it.

        All of them in one transaction, as in `delete` and `restore`.
        """
        ...

    async def delete(self, *conversation_ids: str) -> None:
        """Hide conversations from every list; `restore` brings them back."""
        ...

    async def restore(self, *conversation_ids: str) -> None:
        """Undo `delete`."""
        ...

    async def older_than(self, before: float) -> list[str]:
        """Return the ids of conversations that were last used before a time, archived ones too.

        Pinned ones are left out, and those in which an answer is arriving.
        """
        ...

    async def purge_some(self) -> int:
        """Remove for good some of what cannot be brought back; return how many rows that were."""
        ...

    async def draft(self, conversation_id: str) -> str:
        """Return the draft of a conversation, or of a question that is being edited.

        The empty id is the new conversation's.
        """
        ...

    async def save_draft(self, conversation_id: str, text: str) -> None:
        """Keep a draft; an empty text removes it."""
        ...

    async def files(self, place: str) -> KeptFiles:
        """Return what goes with the next question, and what was found out of references.

        The empty place is the new conversation's.
        """
        ...

    async def keep_files(
        self, place: str, attached: Sequence[Attached], looked: Mapping[str, LookedAt]
    ) -> None:
        """Keep them, the latter beside what was kept before; nothing where nothing can be."""
        ...

    async def questions(self, limit: int) -> list[str]:
        """Return the newest distinct questions of all conversations, newest first."""
        ...

    async def recent_models(self, limit: int) -> list[str]:
        """Return the models last asked, newest first, each once."""
        ...

    def wholes(self) -> AsyncGenerator[Whole, None]:
        """Yield every conversation whole, archived ones too, newest first, one at a time."""
        ...

    async def whole(self, conversation_id: str) -> Whole:
        """Return a conversation with every message of every line."""
        ...

    def export_rows(self) -> AsyncGenerator[tuple[Conversation, list[Message]], None]:
        """Yield every conversation with the messages of its line, newest first, one at a time."""
        ...


class TemporaryStore(ChatStore, Protocol):
    """A store that can also hold one conversation of which nothing is kept."""

    async def begin_temporary(self, conversation_id: str) -> None:
        """Let nothing of a conversation be kept that is not stored yet."""
        ...

    async def end_temporary(self) -> None:
        """Forget the temporary conversation, where there is one."""
        ...

    async def keep_temporary(self, conversation_id: str) -> None:
        """Make a conversation like all others of the temporary one.

        Raises:
            StoreError: it cannot be stored, and stays temporary.
        """
        ...
