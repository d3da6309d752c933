"""Uploading a file: to whom it goes, whether the user agrees, and what stands in the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from acechat.errors import TOKEN_CODES, ChatError, FileError, Rejected, SettingsError, StoreError
from acechat.files import PUBLIC, LocalFile, StoredFile
from acechat.local_files import local_file
from acechat.screens.knowing import place_of

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen
    from acechat.screens.confirm import ConfirmScreen
    from acechat.services.ports import FileHost

MISSING = "the account token is missing"
"""Why nothing was sent to the platform; the settings open on the field for it."""

_TOKEN_CODES = TOKEN_CODES | {"not_authenticated", "authentication_failed"}
"""Codes that speak of the token: those of `api.md` section 4, and of the platform's own shape."""

Ask = Callable[["ConfirmScreen"], Awaitable[bool | None]]
"""Shows a question, and returns the answer."""


class Uploading:
    """Uploads files to whoever answers, each once as long as the program runs."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._stored: dict[tuple[str, LocalFile], StoredFile] = {}
        """What was uploaded since the start, by the server that took it: it is not sent twice."""

    def stored(self, file: LocalFile) -> StoredFile | None:
        """Return what came of a file that was uploaded already, and has not changed."""
        return self._stored.get((self._server, file))

    @property
    def _server(self) -> str:
        connection = self._screen.connection
        return connection.label if connection is not None else ""

    async def agreed(self, files: Sequence[LocalFile], ask: Ask | None = None) -> bool:
        """Tell the user before the first upload ever that files become public, who may refuse.

        Args:
            files: What is to be uploaded.
            ask: Shows the question, where that is not the chat screen's to do.
        """
        screen = self._screen
        try:
            # Where files go depends on who answers.
            await screen.server()
        except StoreError as error:
            screen.say(str(error), severity="error")
            return False
        from acechat.connection import EMBEDDED

        connection = screen.connection
        if screen.settings.public_uploads or connection is None or connection.label == EMBEDDED:
            # What goes to this machine is seen by nobody else.
            return True
        from acechat.screens.confirm import ConfirmScreen

        try:
            host = (await connection.file_host()).host
        except SettingsError as error:
            screen.say(str(error), severity="error")
            return False
        named = files[0].name if len(files) == 1 else f"{len(files)} files"
        question = ConfirmScreen(
            f"Upload {named}?",
            detail=f"It goes to {host}. {PUBLIC} Once you agree, you are not asked again.",
            yes="upload",
            no="do not upload",
        )
        agreed = await (ask or screen.answer_of)(question)
        if agreed:
            await screen.run_action("app.agree_to_uploads")
        return bool(agreed)

    async def upload(self, path: Path, told: Callable[[int], None], place: str) -> StoredFile:
        """Upload a file that the user has agreed to.

        Where it is the account token that is missing or refused, the settings open on it.

        Args:
            path: The file.
            told: Hears how many bytes of it the network has taken.
            place: Which conversation remembers how large it is.

        Raises:
            FileError: it was not uploaded; the message says why.
        """
        try:
            host = await self._host()
            file = await asyncio.to_thread(local_file, path)
            stored = await host.upload(path, told)
        except (SettingsError, StoreError) as error:
            raise FileError(str(error)) from None
        except ChatError as error:
            refused = isinstance(error, Rejected) and error.status == 401
            if refused or error.code in _TOKEN_CODES:
                self._ask_for_token(error.code)
            raise FileError(error.message) from None
        self._stored[self._server, file] = stored
        self._screen.knowing.uploaded(place, file, stored)
        return stored

    async def for_list(self, file: LocalFile, told: Callable[[int], None], ask: Ask) -> StoredFile:
        """Upload a file for the references of the open conversation, if the user agrees.

        Raises:
            FileError: it was not uploaded; the message says why.
        """
        place = place_of(self._screen.conversation)
        if not await self.agreed([file], ask):
            raise FileError(f"{file.name} was not uploaded")
        if (stored := self.stored(file)) is None:
            stored = await self.upload(file.path, told, place)
            self._screen.attaching.keep(place)
        return stored

    async def _host(self) -> FileHost:
        screen = self._screen
        await screen.server()
        assert screen.connection is not None
        return await screen.connection.file_host()

    def _ask_for_token(self, code: str) -> None:
        screen = self._screen
        reason = MISSING if code == "no_token" else "the platform does not take this token"
        screen.say(f"{reason}; enter it here, the file is kept", severity="error", seconds=8.0)
        screen.run_worker(screen.run_action("app.settings('account_token')"), group="dialog")
