"""What a model is to the server: something that answers a question piece by piece."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question of the conversation and its answer."""

    question: str
    answer: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with everything it was sent with."""

    question: str
    preset: str = ""
    references: tuple[str, ...] = ()
    history: tuple[Exchange, ...] = ()
    """The conversation so far, oldest first."""


class AnswerFailed(Exception):
    """A model cannot answer, or not go on; the message is one sentence."""

    def __init__(self, message: str, *, code: str = "chat_error", status: int = 500) -> None:
        super().__init__(message)
        self.message = message
        """One sentence for the user."""
        self.code = code
        """The error's `code`, `api.md` section 4."""
        self.status = status
        """The HTTP status, where nothing was answered yet."""


class Model(Protocol):
    """One of the server's models."""

    @property
    def name(self) -> str:
        """The name by which a question asks for it."""
        ...

    def answer(self, asked: Asked) -> AsyncGenerator[str, None]:
        """Yield the answer in pieces; closing the generator ends the work on it.

        Raises:
            AnswerFailed: it cannot answer, or not go on.
        """
        ...
