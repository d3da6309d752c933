"""A person whose program uploads: an API, a platform, and a file to upload."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from acechat.connection import PLATFORM_VARIABLE
from acechat.tokens import ACCOUNT_VARIABLE
from faults import FaultServer, complete, stream, whole
from journeys.at_the_api import environ_for
from person import Person, at_the_program

ACCOUNT = "platform-v1-" + "0a" * 31 + "beef"
URL = "https://files.test/abc/report.pdf"
TAKEN = whole(json.dumps({"file_url": URL}).encode())
ANSWER = complete(stream("It ", "scatters."))
AGREED = "public_uploads = true\n"
TOLD = "An uploaded file can be read by everybody"


def write(home: Path, settings: str) -> None:
    home.mkdir()
    (home / "config.toml").write_text(settings)


@asynccontextmanager
async def with_files(
    home: Path,
    api: FaultServer,
    platform: FaultServer,
    *,
    settings: str = AGREED,
    token: str = ACCOUNT,
    size: tuple[int, int] = (120, 40),
    again: bool = False,
) -> AsyncGenerator[Person]:
    """Start the program with an API and a platform; nothing else takes files.

    Where it is started `again`, its settings are as they were.
    """
    if not again:
        write(home, settings)
    environ = environ_for(api) | {PLATFORM_VARIABLE: platform.url}
    if token:
        environ[ACCOUNT_VARIABLE] = token
    async with at_the_program(home, environ=environ, size=size) as person:
        await person.until("a connection", lambda: person.app.chat_screen.connection)
        yield person


async def names(person: Person, path: Path | str) -> None:
    """Enter a `/file` command."""
    person.app.chat_screen.prompt.load(f"/file {path}")
    await person.presses("enter")
