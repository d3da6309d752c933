"""Carrying a kept transcript into a new server conversation.

The server only appends and may forget a conversation, or another server may be in use; the
transcript is here, so the first question of the new server conversation carries it (`api.md`
section 5).
"""

from collections.abc import Sequence

from acechat.models import Carried, Message, Role

MAX_CARRIED = 24_000
"""Characters of transcript that are carried, about 6,000 tokens: it leaves room for the question
and the answer in the smallest context among the models, 16,000 tokens."""

CUT_MARK = "[… the beginning of the conversation was left out …]"


def is_answered(messages: Sequence[Message]) -> bool:
    """Whether anything was answered in these messages, so that there is something to go on from."""
    return any(message.role is Role.ASSISTANT and message.text for message in messages)


def carried_question(messages: Sequence[Message], question: Message) -> tuple[str, Carried]:
    """Return the text that asks `question` after everything said before it, and what it carries.

    Cut from the oldest end to `MAX_CARRIED` characters and marked where it was cut. A question
    with nothing before it is returned as it is.
    """
    spoken: list[str] = []
    for message in messages:
        if message.id == question.id:
            break
        if message.text:
            who = "User" if message.role is Role.USER else "Assistant"
            spoken.append(f"{who}:\n{message.text}")
    if not spoken:
        return question.text, Carried.NOTHING
    kept: list[str] = []
    room = MAX_CARRIED
    for part in reversed(spoken):
        if len(part) > room:
            if room > len(CUT_MARK):
                kept.append(part[len(part) - room :])
            kept.append(CUT_MARK)
            break
        kept.append(part)
        room -= len(part)
    transcript = "\n\n".join(reversed(kept))
    text = (
        "This conversation goes on from here. What was said so far:\n\n"
        f"<transcript>\n{transcript}\n</transcript>\n\n"
        f"Answer this now:\n\n{question.text}"
    )
    return text, Carried.CUT if CUT_MARK in kept else Carried.WHOLE
