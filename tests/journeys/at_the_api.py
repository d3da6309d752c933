"""A person whose program asks an API: what they start it with, and what is on disk afterwards."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from acechat.connection import VARIABLE as BASE_URL
from acechat.models import Conversation, Message, Role, Status
from acechat.start import ScreenOptions
from acechat.store.conversations import ConversationStore
from acechat.tokens import VARIABLE as API_TOKEN
from fault_rows import TOKEN
from faults import FaultServer
from person import Person, at_the_program


def environ_for(server: FaultServer, token: str = TOKEN) -> dict[str, str]:
    """Return the variables that make `server` the API of the program."""
    return {BASE_URL: server.url} | ({API_TOKEN: token} if token else {})


@asynccontextmanager
async def at_the_api(
    home: Path, server: FaultServer, *, token: str = TOKEN, newest: bool = False
) -> AsyncGenerator[Person]:
    """Start the real program with `server` as its API, and wait until it can ask."""
    environ = environ_for(server, token)
    options = ScreenOptions(continue_newest=newest)
    async with at_the_program(home, environ=environ, options=options) as person:
        await person.until("a connection", lambda: person.app.chat_screen.connection)
        yield person


async def kept(home: Path) -> list[tuple[Conversation, list[Message]]]:
    """Return all conversations and their messages as they are on disk, newest first."""
    store = await ConversationStore.open(home / "conversations.db")
    found = [(each, await store.messages(each.id)) for each in await store.conversations()]
    await store.close()
    return found


def shown_messages(person: Person) -> list[Message]:
    """Return the messages of the open conversation."""
    return person.app.chat_screen.messages


async def ended(person: Person, answers: int = 1) -> Message:
    """Wait until so many answers of the open conversation are over; return the last."""
    screen = person.app.chat_screen

    def over() -> bool:
        said = [m for m in screen.messages if m.role is Role.ASSISTANT]
        running = any(m.status is Status.STREAMING for m in said)
        return len(said) == answers and not running and not screen.prompt.busy

    await person.until(f"{answers} answers are over", over)
    return screen.messages[-1]
