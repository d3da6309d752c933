"""The part of the application that knows who answers: finds out, tells, and finds out anew."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from acechat.configured import ConfiguredApp
from acechat.errors import UNTRUSTED, ChatError, ServerError, SettingsError, StoreError
from acechat.logfile import hide
from acechat.paths import Paths
from acechat.settings_file import LoadedSettings
from acechat.start import ScreenOptions
from acechat.tokens import FoundToken, Kind, find_token

if TYPE_CHECKING:
    from textual.worker import Worker

    from acechat.connection import Connection
    from acechat.screens.settings import SettingsScreen
    from acechat.services.chat import ChatService
    from acechat.store.temporary import StoreWithTemporary


class ConnectedApp(ConfiguredApp):
    """Asks the server that the settings name, and nobody while it is unclear which that is."""

    def __init__(
        self,
        options: ScreenOptions,
        loaded: LoadedSettings,
        paths: Paths,
        environ: Mapping[str, str],
    ) -> None:
        super().__init__(loaded, paths, environ)
        self._options = options
        self._store: StoreWithTemporary | None = None
        self._chat: ChatService | None = None
        self._connection: Connection | None = None
        self._old_connections: list[Connection] = []
        self._retiring: Worker[None] | None = None
        self._reconnecting = asyncio.Lock()
        self.found = FoundToken()
        """The token in force, as it was last found."""

    async def reconnect(self) -> None:
        """Find out who answers; the newest settings count where several of these are on the way."""
        async with self._reconnecting:
            self.chat_screen.connecting()
            await self._connect()

    def look_again(self) -> None:
        """Try once more where nobody could be asked: the user may have put right what was wrong."""
        self.read_again()
        self.reconnect_soon()

    async def _connect(self) -> None:
        # The first paint does not wait for this code.
        from acechat.connection import connect
        from acechat.services.chat import ChatService

        assert self._store is not None
        before, self._connection = self._connection, None
        if before is not None:
            # Answers that are arriving stay with the server that was asked.
            self._old_connections.append(before)
            if self._retiring is None or self._retiring.is_finished:
                self._retiring = self.run_worker(self._retire, group="old connections")
        gguf = self._options.gguf
        if (wrong := self.loaded.misleading) and not gguf:
            self.chat_screen.not_connected(f"{wrong}; nothing is asked until it is mended")
            return
        try:
            connection = await connect(self.settings, self._paths, self._environ, gguf=gguf)
        except (ServerError, SettingsError) as error:
            self.chat_screen.not_connected(str(error))
            return
        self._connection = connection
        self._take_token(connection.found)
        if self._chat is None:
            self._chat = ChatService(self._store, connection.api)
        else:
            self._chat.api = connection.api
        self.chat_screen.connected(connection, self._chat)
        try:
            await connection.api.prepare()
        except ChatError as error:
            # A question would fail on it too; it is better known before.
            self.chat_screen.doubt(error.message)
            if error.code == UNTRUSTED and (screen := self.settings_screen) is not None:
                screen.refuse("ca_file", error.message)

    async def show_settings(self, section: str) -> None:
        """Open the settings as their file has them now, on a section or a field."""
        from acechat.screens.settings import SettingsScreen
        from acechat.services.catalogue import DEFAULT_MODEL, MODELS

        if not self.chat_screen.is_open:
            self.chat_screen.say("one moment, the conversations are being opened")
            return
        if self.read_again():
            self.reconnect_soon()
        connection = self._connection
        recent: list[str] = []
        with suppress(StoreError):
            # The settings are needed all the more where the store cannot be read.
            recent = await self.chat_screen.library.recent_models()
        screen = SettingsScreen(
            self.settings,
            self.chat_screen.conversation,
            self.found,
            models=connection.models if connection else MODELS,
            recent=recent,
            default_model=connection.default_model if connection else DEFAULT_MODEL,
            check=self._check,
            section=section,
        )
        await self.push_screen(screen)
        if self.loaded.mistakes:
            screen.say(self.loaded.mistakes[0].sentence, failed=True)
        # A keyring may take seconds: the settings do not wait for it.
        await self.show_token(screen)

    async def show_token(self, screen: SettingsScreen) -> None:
        """Show on the settings screen which tokens are in force."""
        self.found = await self._find(screen, "token")
        await self._find(screen, "account_token")

    async def _find(self, screen: SettingsScreen, kind: Kind) -> FoundToken:
        found = FoundToken()
        try:
            found = await find_token(self._paths, self._environ, kind)
        except SettingsError as error:
            self.chat_screen.say(str(error), severity="error")
        if found.token is not None:
            hide(found.token.value)
        if found.trouble:
            screen.say(found.trouble, failed=True)
        screen.show_token(found, kind)
        return found

    def _take_token(self, found: FoundToken) -> None:
        self.found = found
        if found.token is not None:
            hide(found.token.value)

    async def _check(self) -> str:
        if self._connection is None:
            return "nobody answers at present"
        return await self._connection.api.check()

    async def _retire(self) -> None:
        """Close the old connections when nothing arrives: a server may hold a model in memory."""
        while self._old_connections:
            if self._chat is not None:
                await self._chat.idle.wait()
            await self._close_old()

    async def close_connections(self) -> None:
        """Close what was opened to ask."""
        await self._close_old()
        if self._connection is not None:
            await self._connection.aclose()

    async def _close_old(self) -> None:
        """Close what nobody is asked through any more: each may be a server on this machine."""
        while self._old_connections:
            await self._old_connections.pop().aclose()
