"""How a question leaves the chat screen: a new one, one asked again, one that was edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from acechat.models import ChatOptions, Conversation, Message, Turn
from acechat.options import options_for

if TYPE_CHECKING:
    from textual.worker import Worker

    from acechat.screens.chat import ChatScreen


BUSY = "an answer is still arriving"
"""Why what would change the line waits."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A question on its way out of the screen."""

    text: str
    draft: str = ""
    """How it stands in the prompt, which it leaves when it is stored; empty: not from there."""
    again: Message | None = None
    """The stored question that is asked once more, instead of a new one."""
    replaces: str | None = None
    """The id of an answer that gives its place up."""
    instead_of: str | None = None
    """The id of an answer that stands beside others, and that this turn asks for again."""
    beside: Message | None = None
    """The question that this one is another version of."""
    compared: Message | None = None
    """An answer that is there already: the new ones are shown beside it, as it is."""
    models: tuple[str, ...] = ("",)
    """Who is asked this once, each for an answer; empty: the model of the conversation."""
    references: tuple[str, ...] = ()
    """What goes with this question only, where it was asked before it could be sent."""
    queued: int | None = None
    """The number of the queued question that this is."""
    afresh: bool = False
    """In a new server conversation, which is given what was said before where it keeps that."""
    rebuild: bool = False
    """In a new server conversation that is given what was said before in any case."""

    @property
    def is_new(self) -> bool:
        """Whether it goes behind the end of the line."""
        return self.again is None and self.beside is None

    def options(self, conversation: Conversation, screen: ChatScreen) -> list[ChatOptions]:
        """Return what it is sent with, for each answer; a question keeps its references."""
        before = self.again or self.beside
        is_typed = self.again is None and self.queued is None
        options = options_for(
            conversation,
            screen.settings,
            screen.default_model,
            extra_references=(
                *(before.references if before else self.references),
                *(screen.attaching.urls if is_typed else ()),
            ),
        )
        return [replace(options, model=model or options.model) for model in self.models]

    def line(self, messages: Sequence[Message], turn: Turn) -> list[Message]:
        """Return the line that goes on with this turn; what stood in its place is a version."""
        asked = self.beside or turn.question
        places = (n for n, message in enumerate(messages) if message.id == asked.id)
        place = next(places, len(messages))
        question, answer = turn.question, turn.answer
        if self.beside is not None:
            versions = self.beside.versions + 1
            question = replace(question, version=versions, versions=versions)
        elif old := messages[place + 1 : place + 2]:
            versions = old[0].versions + (old[0].id != self.replaces)
            answer = replace(answer, version=versions, versions=versions)
        if (count := len(self.models)) > 1:
            answer = replace(answer, versions=answer.versions - 1 + count)
        return [*messages[:place], question, answer]


@dataclass(slots=True, eq=False)
class Answering:
    """An answer on its way, from Enter to its final row."""

    conversation: Conversation
    sent: Sent
    turn: Turn | None = None
    """The question and the answer, once they are stored."""
    worker: Worker[None] | None = None

    def cancel(self) -> None:
        """Stop it."""
        if self.worker is not None:
            self.worker.cancel()


class AnswerView(Protocol):
    """Something that shows running answers; what is said of others does nothing."""

    def extend(self, message_id: str, text: str) -> None:
        """Add text to a running answer."""
        ...

    def rewrite(self, message_id: str, text: str) -> None:
        """Put `text` in the place of a running answer's text so far."""
        ...

    def count_on(self) -> None:
        """Show what the answer waits for."""
        ...

    def finish(self, message: Message) -> None:
        """Show the final answer."""
        ...
