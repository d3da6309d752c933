"""Who answers: the API with the user's token, or the embedded server on this machine."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from acechat.errors import SettingsError
from acechat.files import LookedAt
from acechat.logfile import hide
from acechat.options import default_model
from acechat.origin import check_base_url
from acechat.paths import Paths, at_home
from acechat.services.catalogue import DEFAULT_MODEL, MODELS
from acechat.services.ports import ChatApi, FileHost
from acechat.settings import DEFAULT_BASE_URL, Settings
from acechat.tokens import VARIABLE as TOKEN_VARIABLE
from acechat.tokens import FoundToken, find_token

VARIABLE = "ACEDATACLOUD_API_BASE_URL"
"""Overrides the base URL of the settings (`api.md` section 8)."""

PLATFORM_VARIABLE = "ACEDATACLOUD_PLATFORM_BASE_URL"
"""Overrides the platform's URL of the settings, as its sibling does the API's."""

API = "api"
"""The label of the API at its own address."""

EMBEDDED = "embedded"
"""The label of the embedded server."""


GUIDE_QUESTIONS = (
    "How do I add my API token?",
    "How do I switch the model in the middle of a conversation?",
    "Which keys are there?",
)
"""To try with the guide, which answers from the manual of this program."""

QUESTIONS = (
    "Explain how a hash table works, with a small example in Python",
    "Compare TCP and UDP in a table",
    "Write a polite note that asks for a day off",
)
"""To try with a language model."""


@dataclass(slots=True)
class Connection:
    """A server that answers, and what is to be said about it."""

    api: ChatApi
    """Where questions are sent."""
    models: tuple[str, ...]
    """What can be picked."""
    closed_models: tuple[str, ...]
    """All models of a server that has no others; empty where any name can be tried."""
    default_model: str
    """The server's default; the settings may name another, see `acechat.options`."""
    label: str
    """Which server, for the header: `api`, `embedded`, or the host of another base URL."""
    note: str
    """One line for the screen; empty where there is nothing to say."""
    questions: tuple[str, ...]
    """Questions to try."""
    file_host: Callable[[], Awaitable[FileHost]] = field(repr=False)
    """Finds out where files go and with which token, each time anew: a keyring takes its time,
    and what was just entered counts. Raises `SettingsError` where the token cannot be used."""
    lifetimes: AsyncExitStack = field(repr=False)
    """What was opened for it."""
    found: FoundToken = field(default_factory=FoundToken)
    """The token that it asks with, and what was found out about the keyring on the way to it."""
    lacks_token: bool = False
    """It answers because there is no token for the API."""
    ca_file: str | None = None
    """Certificates that are trusted beside the usual ones."""
    run_model: str = ""
    """The model that was named for this run by its file; it goes before the settings' default."""

    def model_for(self, settings: Settings) -> str:
        """Return the model of conversations that name none."""
        return self.run_model or default_model(settings, self.closed_models, self.default_model)

    async def look(self, url: str) -> LookedAt:
        """Ask a URL whether it answers, without any token; no redirect is followed."""
        from acechat.client.files import HttpFileHost

        return await HttpFileHost("", "", ca_file=self.ca_file).look(url)

    async def fetch_image(self, url: str) -> bytes:
        """Return the bytes of an image, asked for without any token.

        Raises:
            FileError: it cannot be had, or is too large to be shown.
        """
        from acechat.client.fetching import fetch_image

        return await fetch_image(url, ca_file=self.ca_file)

    async def aclose(self) -> None:
        """Close the connections, and the embedded server where there is one."""
        await self.lifetimes.aclose()


async def connect(
    settings: Settings, paths: Paths, environ: Mapping[str, str], *, gguf: str = ""
) -> Connection:
    """Choose who answers and make the connection ready; nothing is sent yet.

    Args:
        settings: Its `server`, `base_url`, `endpoint`, `ca_file` and `gguf` count.
        paths: Where the token and the embedded server's conversations are.
        environ: The token and the base URL in it go before the files.
        gguf: A model file named for this run; the embedded server runs it, whatever the settings
            say.

    Raises:
        SettingsError: the token or the base URL cannot be used, or there is no token for the API.
        ServerError: the embedded server cannot be started.
    """
    if gguf or settings.server == "embedded":
        return await _embedded(settings, paths, gguf)
    found = await find_token(paths, environ)
    if found.token is not None:
        return _api(settings, paths, environ, found)
    if settings.server == "api":
        reason = found.trouble or f"add it in the settings or set {TOKEN_VARIABLE}"
        raise SettingsError(f"there is no API token: {reason}")
    connection = await _embedded(settings, paths, gguf)
    connection.found = found
    connection.note = f"No token yet: {connection.note}"
    connection.lacks_token = True
    return connection


def base_url(settings: Settings, environ: Mapping[str, str]) -> str:
    """Return where the API is, as `check_base_url` writes it.

    Raises:
        SettingsError: it cannot be used.
    """
    return _url(environ, VARIABLE, settings.base_url, "base_url")


def platform_url(settings: Settings, environ: Mapping[str, str]) -> str:
    """Return where files go, as `check_base_url` writes it.

    Raises:
        SettingsError: it cannot be used.
    """
    return _url(environ, PLATFORM_VARIABLE, settings.platform_url, "platform_url")


def _url(environ: Mapping[str, str], variable: str, otherwise: str, setting: str) -> str:
    url = environ.get(variable, "").strip()
    try:
        return check_base_url(url or otherwise)
    except ValueError as error:
        raise SettingsError(f"{variable if url else setting}: {error}") from None


def _api(
    settings: Settings, paths: Paths, environ: Mapping[str, str], found: FoundToken
) -> Connection:
    from acechat.client.api import HttpChatApi

    assert found.token is not None
    api_token, url = found.token.value, base_url(settings, environ)
    ca_file = str(at_home(settings.ca_file)) if settings.ca_file else None

    async def file_host() -> FileHost:
        from acechat.client.files import HttpFileHost

        token = api_token
        if settings.upload_with == "account":
            account = (await find_token(paths, environ, "account_token")).token
            token = account.value if account is not None else ""
            hide(token)
        return HttpFileHost(platform_url(settings, environ), token, ca_file=ca_file)

    api = HttpChatApi(url, api_token, endpoint=settings.endpoint, ca_file=ca_file)
    lifetimes = AsyncExitStack()
    lifetimes.push_async_callback(api.aclose)
    return Connection(
        api=api,
        models=MODELS,
        closed_models=(),
        default_model=DEFAULT_MODEL,
        label=API if url == DEFAULT_BASE_URL else urlsplit(url).netloc,
        note=f"{urlsplit(url).netloc} answers.",
        questions=QUESTIONS,
        file_host=file_host,
        ca_file=ca_file,
        lifetimes=lifetimes,
        found=found,
    )


async def _embedded(settings: Settings, paths: Paths, gguf: str) -> Connection:
    from acechat.client.api import HttpChatApi
    from acechat.server.process import EmbeddedServer

    server = EmbeddedServer(paths, gguf or settings.gguf)
    lifetimes = AsyncExitStack()
    lifetimes.push_async_callback(server.aclose)
    try:
        served = await server.start()
        api = HttpChatApi(
            served.url,
            served.token,
            endpoint=settings.endpoint,
            # The port is new with each start, its conversations stay.
            server=f"{EMBEDDED}/{settings.endpoint}",
        )
    except BaseException:
        await lifetimes.aclose()
        raise
    lifetimes.push_async_callback(api.aclose)

    async def file_host() -> FileHost:
        from acechat.client.files import HttpFileHost

        return HttpFileHost(served.url, served.token)

    is_guide = served.default_model == "guide"
    return Connection(
        api=api,
        models=served.models,
        closed_models=served.models,
        default_model=served.default_model,
        label=EMBEDDED,
        note=f"{'the guide' if is_guide else served.default_model} on this machine answers.",
        questions=GUIDE_QUESTIONS if is_guide else QUESTIONS,
        file_host=file_host,
        lifetimes=lifetimes,
        run_model=served.default_model if gguf else "",
    )
