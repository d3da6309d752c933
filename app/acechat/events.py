"""What happens during a turn, in the order it happens.

A client yields `RequestSent`, `ConversationOpened`, `BytesCame`, `TextDelta`, `TextReplaced` and
`StreamFlawed`; `ChatService.ask` passes these on between `TurnStarted` and `TurnFinished`.
"""

from dataclasses import dataclass

from acechat.models import Failure, Message, Turn


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """The question and an empty answer are in the store; nothing was sent yet."""

    turn: Turn
    others: tuple[Turn, ...] = ()
    """What else answers the same question; `ChatService.go_on` asks for each."""


@dataclass(frozen=True, slots=True)
class RequestSent:
    """The whole request went out; the server may have taken it from here on."""


@dataclass(frozen=True, slots=True)
class RetryScheduled:
    """The server surely did not take the question; it is sent again in `seconds`."""

    failure: Failure
    seconds: float
    attempt: int
    """The number of the try that will follow, from 2."""
    attempts: int
    """How many tries there are in all."""


@dataclass(frozen=True, slots=True)
class ConversationOpened:
    """The server named the conversation."""

    server_id: str


@dataclass(frozen=True, slots=True)
class BytesCame:
    """Something came that holds no text yet: a part of a long line, or a line for others."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The answer goes on with `text`."""

    text: str


@dataclass(frozen=True, slots=True)
class TextReplaced:
    """The whole answer so far is `text`, whatever was said before."""

    text: str


@dataclass(frozen=True, slots=True)
class StreamFlawed:
    """A part of the stream could not be read; the rest goes on."""

    reason: str


@dataclass(frozen=True, slots=True)
class QuestionWaits:
    """Another program holds the conversations: nothing was sent yet, and it is tried again."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotKept:
    """What arrived cannot be stored at present; it goes on in memory."""

    reason: str


@dataclass(frozen=True, slots=True)
class TurnFinished:
    """The turn is over and stored: complete, interrupted or failed."""

    answer: Message


ApiEvent = RequestSent | ConversationOpened | BytesCame | TextDelta | TextReplaced | StreamFlawed
TurnEvent = QuestionWaits | TurnStarted | RetryScheduled | ApiEvent | NotKept | TurnFinished
