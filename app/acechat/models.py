"""The nouns of the program: conversations, messages, turns and what a question is sent with.

Everything here is plain data. Times are Unix seconds in UTC, durations are seconds.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

MAX_TITLE = 80
"""Characters of the first question that become the title of its conversation."""

REFERENCE_KINDS: dict[str, tuple[str, ...]] = {
    "image": ("png", "jpg", "jpeg", "gif", "webp", "bmp", "svg", "avif", "heic", "tiff"),
    "pdf": ("pdf",),
    "document": ("doc", "docx", "odt", "rtf", "epub", "ppt", "pptx", "odp"),
    "table": ("csv", "tsv", "xls", "xlsx", "ods", "parquet"),
    "text": ("txt", "md", "rst", "log", "json", "jsonl", "xml", "yaml", "yml", "toml"),
    "audio": ("mp3", "wav", "ogg", "flac", "m4a"),
    "video": ("mp4", "webm", "mov", "mkv", "avi"),
}
"""What a reference is, by the suffix of its path; anything else is a page."""


def new_id() -> str:
    """Return an id for a conversation or a message: 32 hex digits, random."""
    return os.urandom(16).hex()


class Role(StrEnum):
    """Who wrote a message."""

    USER = "user"
    ASSISTANT = "assistant"


class Status(StrEnum):
    """What became of an answer. A question is always complete."""

    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an answer failed or was cut off, as it is kept and shown."""

    code: str
    """The server's `error.code`, or one of the codes in `acechat.errors`."""
    message: str
    """One sentence, at most 500 characters, with the token masked."""
    trace_id: str | None = None
    """What the provider's support asks for, where the server sent one."""


class Carried(StrEnum):
    """What of the transcript a question carried into a new server conversation."""

    NOTHING = ""
    WHOLE = "whole"
    CUT = "cut"
    """Only the newest part of it, for its length."""


@dataclass(frozen=True, slots=True)
class Message:
    """One question or one answer."""

    id: str
    conversation_id: str
    role: Role
    text: str
    """As written or as received, raw: it is cleaned where it is shown or copied."""
    status: Status = Status.COMPLETE
    model: str = ""
    preset: str = ""
    """The preset's text as it was sent with the question; empty where there was none."""
    references: tuple[str, ...] = ()
    created_at: float = 0.0
    seconds: float | None = None
    """From sending to the end of the answer; None while streaming and for questions."""
    first_seconds: float | None = None
    """From sending to the first text; None where none came and for questions."""
    error: Failure | None = None
    carried: Carried = Carried.NOTHING
    """What of the transcript went along with the question, because no server held it."""
    parent_id: str | None = field(default=None, compare=False)
    """The message before it; None for the first ones. The store decides it where it is new."""
    server_id: str | None = field(default=None, compare=False)
    """The server's id of the conversation in which this answer stands."""
    server: str | None = field(default=None, compare=False)
    """The name of the server that gave `server_id`."""
    changed_at: float = field(default=0.0, compare=False)
    """When its text or status last changed: of two copies, the later is right."""
    version: int = 1
    """Which of the messages it is that stand in the same place, in the order they were made."""
    versions: int = 1
    """How many messages stand in the same place."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a conversation branched off another."""

    conversation_id: str
    message_id: str
    """The last message of the other conversation that this one began with."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the sidebar shows of a conversation, and what its next question needs."""

    id: str
    title: str = ""
    renamed: bool = False
    """True once the user has chosen the title."""
    server_id: str | None = None
    """The server's id of this conversation; it is sent to `server` only."""
    server: str | None = None
    """The name of the server that gave `server_id`, see `ChatApi.server`."""
    model: str | None = None
    """The model of the next question; None follows the default."""
    preset: str | None = None
    """The preset's text; None follows the default, empty means none."""
    references: tuple[str, ...] | None = None
    """URLs sent with every question; None follows the default."""
    pinned: bool = False
    created_at: float = 0.0
    updated_at: float = 0.0
    unread: bool = False
    """An answer ended while another conversation was open."""
    status: Status | None = None
    """The status of its newest answer; None where there is none yet."""
    changed_at: float = field(default=0.0, compare=False)
    """When anything of it last changed, its title, say: of two copies, the later is right."""
    archived: bool = False
    """It has left the list, and is still found."""
    origin: Origin | None = None
    """Where it branched off; None for a conversation that began by itself."""
    temporary: bool = False
    """Nothing of it is kept: it ends when it is left, and no server is asked to keep it."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A conversation with every message of every line, as it is carried from place to place."""

    conversation: Conversation
    messages: tuple[Message, ...]
    """Parents before what follows them, versions in the order of their making."""
    last_id: str | None
    """The last message of the line that the conversation is on."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of a conversation that was brought in."""

    is_new: bool
    """It was not here."""
    added: int
    """Messages that were not here."""
    changed: int
    """Messages, or the conversation itself, of which the other copy was newer."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """How often a model was asked on a day."""

    day: date
    model: str
    answers: int


@dataclass(frozen=True, slots=True)
class ModelTimes:
    """How often a model was asked, and how long it took, in the middle."""

    model: str
    answers: int
    complete: int
    """Answers that came to their end."""
    first_seconds: float | None
    """From sending to the first text."""
    seconds: float | None
    """From sending to the end, of complete answers."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What was asked over some days."""

    days: tuple[DayCount, ...]
    """In their order."""
    models: tuple[ModelTimes, ...]
    """The most asked first."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is looked for in all conversations. What is left empty does not narrow the search."""

    words: tuple[str, ...] = ()
    """Words or phrases, folded (`acechat.folding`); a message holds all of them."""
    role: Role | None = None
    model: str = ""
    """Part of the name of the model that was asked, folded."""
    after: float | None = None
    """Written at this time or later."""
    before: float | None = None
    """Written before this time."""
    titles_only: bool = False
    """Only titles of conversations are looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """A message, or the title of a conversation, in which all that was looked for stands."""

    conversation_id: str
    title: str
    archived: bool
    message_id: str | None
    """None where the title was found."""
    role: Role | None
    model: str
    created_at: float
    """Of the message; where the title was found, when the conversation was last used."""
    text: str
    """The whole text of the message, raw; empty where the title was found."""
    rank: int = 0
    """How well it answers: 2 for each whole word, 1 for each that a word begins with."""

    @property
    def order(self) -> tuple[bool, int, float]:
        """A key for sorting: titles first, then what fits best, the newest among equals."""
        return (self.message_id is not None, -self.rank, -self.created_at)


@dataclass(frozen=True, slots=True)
class Findings:
    """What one look for something found."""

    hits: tuple[Found, ...] = ()
    """Titles, then messages: the best first, the newest among equals."""
    rest: range | None = None
    """Which messages the next look goes on with; None where there is no need of one."""
    unread: int = 0
    """How many messages cannot be found yet: they are neither in the index nor of the newest."""


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """What one question is sent with."""

    model: str
    preset: str = ""
    references: tuple[str, ...] = ()
    stateful: bool = True
    """The server keeps the conversation and gives it an id (`api.md` section 1)."""
    stream: bool = True
    """Ask for NDJSON; otherwise for one JSON object."""


@dataclass(slots=True)
class Turn:
    """A question and its answer while it is running: the one place where its text grows."""

    question: Message
    answer: Message
    """As it was begun, and the final one once the turn is over."""
    started_at: float
    """By `acechat.clock`, for durations."""
    phase: "Phase"
    heard_at: float = 0.0
    """When something last came, by `acechat.clock`."""
    countdown: "Countdown | None" = None
    """What is waited for before the question is sent again, while that is so."""
    _parts: list[str] = field(default_factory=list[str])

    @property
    def conversation_id(self) -> str:
        """The conversation this turn belongs to."""
        return self.question.conversation_id

    @property
    def text(self) -> str:
        """Everything received so far."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    def append(self, text: str) -> None:
        """Add what has just arrived."""
        self._parts.append(text)

    def replace(self, text: str) -> None:
        """Put `text` in the place of everything received so far."""
        self._parts = [text]


@dataclass(frozen=True, slots=True)
class Countdown:
    """A question that the server surely did not take, until it is sent again."""

    at: float
    """When it is sent again, by `acechat.clock`."""
    failure: Failure
    """Why it was not taken."""
    attempt: int
    """The number of the try that will follow, from 2."""
    attempts: int
    """How many tries there are in all."""


class Phase(StrEnum):
    """Where a running turn is."""

    STORING = "storing"
    IN_LINE = "waiting in line"
    CONNECTING = "connecting"
    WAITING = "waiting"
    RECEIVING = "receiving"
    RETRYING = "retrying"
    ELSEWHERE = "arriving in another window"
    """Another process runs it; this one reads along."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A named system prompt of the library."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The URL of something an answer should draw on."""

    url: str

    @classmethod
    def parse(cls, text: str) -> "Reference":
        """Check what a user typed.

        Raises:
            ValueError: it is not an http or https URL with a host; the text says why.
        """
        url = text.strip()
        if not url:
            raise ValueError("type a URL")
        if any(character.isspace() for character in url):
            raise ValueError("a URL has no spaces in it")
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError:
            raise ValueError("this is not a URL") from None
        if parts.scheme not in {"http", "https"}:
            raise ValueError("a reference starts with https:// or http://")
        if not host:
            raise ValueError("the URL names no host")
        return cls(url)

    @property
    def kind(self) -> str:
        """What it is, by its suffix: image, pdf, document, table, text, audio, video or page."""
        suffix = urlsplit(self.url).path.rpartition(".")[2].lower()
        for kind, suffixes in REFERENCE_KINDS.items():
            if suffix in suffixes:
                return kind
        return "page"


def title_of(question: str) -> str:
    """Return the title a conversation takes from its first question: its first line."""
    for line in question.splitlines():
        if title := " ".join(line.split()):
            return title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 1].rstrip() + "…"
    return ""


def last_question(messages: Iterable[Message]) -> Message | None:
    """Return the newest question among `messages`, which are in their order."""
    newest = None
    for message in messages:
        if message.role is Role.USER:
            newest = message
    return newest
