"""A chat API that plays prepared events, in the place of a connection."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from acechat.connection import Connection
from acechat.errors import ChatError
from acechat.events import ApiEvent, ConversationOpened, RequestSent, TextDelta
from acechat.models import ChatOptions
from acechat.paths import Paths
from acechat.settings import Settings
from fakes import FakeFileHost

Step = ApiEvent | ChatError
HANG = "hang"
"""A step that never ends."""


def answer(*texts: str, server_id: str = "srv-1") -> list[Step | str]:
    """Return the steps of an answer that arrives in these pieces."""
    return [RequestSent(), ConversationOpened(server_id), *map(TextDelta, texts)]


@dataclass
class ScriptedApi:
    """Plays one script a question; keeps what it was asked with."""

    scripts: list[list[Step | str]]
    server: str = "scripted/aichat"
    asked: list[tuple[str, ChatOptions, str | None]] = field(default_factory=list)
    closed: int = 0
    checked: str | ChatError = "the server takes this token"
    files: FakeFileHost = field(default_factory=FakeFileHost)
    on_hang: Callable[[], None] = lambda: None

    async def stream(
        self, question: str, options: ChatOptions, server_id: str | None
    ) -> AsyncGenerator[ApiEvent, None]:
        self.asked.append((question, options, server_id))
        for step in self.scripts.pop(0):
            if isinstance(step, ChatError):
                raise step
            if isinstance(step, str):
                self.on_hang()
                await asyncio.Event().wait()
            else:
                yield step

    async def prepare(self) -> None:
        pass

    async def check(self) -> str:
        if isinstance(self.checked, ChatError):
            raise self.checked
        return self.checked

    async def aclose(self) -> None:
        self.closed += 1


@dataclass
class Connecting:
    """Stands in for `connect`."""

    api: ScriptedApi
    closed_models: tuple[str, ...] = ()

    async def __call__(
        self, settings: Settings, paths: Paths, environ: Mapping[str, str], *, gguf: str = ""
    ) -> Connection:
        lifetimes = AsyncExitStack()
        lifetimes.push_async_callback(self.api.aclose)
        return Connection(
            api=self.api,
            models=("gpt-5.1", "glm-5"),
            closed_models=self.closed_models,
            default_model="gpt-5.1",
            label="api",
            note="",
            questions=(),
            file_host=self.api.files,
            lifetimes=lifetimes,
        )
