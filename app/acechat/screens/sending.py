"""How a question leaves the chat screen: a new one, one asked again, one that was edited."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from acechat.models import Message, Turn


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
    beside: Message | None = None
    """The question that this one is another version of."""
    model: str = ""
    """Who is asked this once; empty: the model of the conversation."""
    afresh: bool = False
    """In a new server conversation, which is given what was said before where it keeps that."""
    rebuild: bool = False
    """In a new server conversation that is given what was said before in any case."""

    @property
    def is_new(self) -> bool:
        """Whether it goes behind the end of the line."""
        return self.again is None and self.beside is None

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
        return [*messages[:place], question, answer]
