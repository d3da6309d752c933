"""Which heading of the sidebar a conversation stands under."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import groupby

from acechat.models import Conversation

PINNED = "Pinned"
"""The heading of pinned conversations, whatever their age."""

_WEEK = 7


def local_today() -> date:
    """Return the day it is where the user is."""
    return datetime.now().astimezone().date()


def local_day(timestamp: float) -> date:
    """Return the day of `timestamp` in the time zone of this machine."""
    return datetime.fromtimestamp(timestamp, tz=UTC).astimezone().date()


def heading_of(day: date, today: date) -> str:
    """Return the heading of conversations that were last used on `day`."""
    age = (today - day).days
    if age <= 0:
        return "Today"
    if age == 1:
        return "Yesterday"
    if age <= _WEEK:
        return "Previous 7 days"
    return f"{day:%B}" if day.year == today.year else f"{day:%B %Y}"


def grouped(
    conversations: Iterable[Conversation], today: date
) -> Iterator[tuple[str, list[Conversation]]]:
    """Yield headings and what stands under them: pinned first, then newest first."""

    def heading(conversation: Conversation) -> str:
        if conversation.pinned:
            return PINNED
        return heading_of(local_day(conversation.updated_at), today)

    ordered = sorted(conversations, key=lambda each: (not each.pinned, -each.updated_at))
    for name, members in groupby(ordered, heading):
        yield name, list(members)
