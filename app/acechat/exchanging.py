"""The part of the application that exchanges conversations with files and with other machines."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING

from acechat.connected import ConnectedApp
from acechat.errors import StoreError
from acechat.paths import at_home

if TYPE_CHECKING:
    from acechat.sync import Synced

TOLD_SECONDS = 6.0
"""How long it is shown what came in: two numbers or more to read."""


class ExchangingApp(ConnectedApp):
    """Brings conversations in, and takes part in a shared folder."""

    @cached_property
    def _exchange(self) -> asyncio.Lock:
        """Held while conversations are being brought in."""
        return asyncio.Lock()

    # A shared folder.

    async def sync_at_start(self) -> None:
        """Take part in the folder of the settings, where one is set; say only what changed."""
        if self.settings.sync_folder:
            await self._sync(asked=False)

    def action_sync(self) -> None:
        """Take part in the shared folder now."""
        if not self.settings.sync_folder:
            self.chat_screen.say("set a sync folder first")
            self.run_worker(self.show_settings("sync_folder"), group="dialog", exclusive=True)
        elif self._exchange.locked():
            self.chat_screen.say("conversations are being brought in already")
        else:
            self.run_worker(self._sync(asked=True), group="sync")

    async def _sync(self, *, asked: bool) -> None:
        from acechat.sync import SyncError, sync

        store, screen = self._store, self.chat_screen
        if store is None:
            return
        folder = at_home(self.settings.sync_folder)
        async with self._exchange:
            try:
                done = await sync(store, folder, self._paths.sync_state)
            except (SyncError, StoreError) as error:
                screen.say(f"not synced: {error}", severity="error", seconds=TOLD_SECONDS)
                return
        if done.has_brought_in:
            screen.background(screen.shelf.came_in(), "shelf")
        if asked or done.has_brought_in or done.problems:
            self._tell(done)

    def _tell(self, done: Synced) -> None:
        severity = "error" if done.problems else "information"
        self.chat_screen.say(
            str(done) + _also(done.problems), severity=severity, seconds=TOLD_SECONDS
        )

    # A file.

    def action_import(self) -> None:
        """Ask for a file, and bring in what is in it."""
        self.run_worker(self._ask_and_import, group="dialog", exclusive=True)

    def action_import_file(self, path: str) -> None:
        """Bring in the conversations of a file."""
        self.run_worker(self._import(path), group="sync")

    async def _ask_and_import(self) -> None:
        from acechat.screens.bring_in import ImportScreen

        path = await self.push_screen_wait(ImportScreen())
        if path is not None:
            self.action_import_file(path)

    async def _import(self, typed: str) -> None:
        from acechat.importing import bring_in

        store, screen, path = self._store, self.chat_screen, at_home(typed)
        if store is None:
            return
        screen.say(f"bringing in {path}")
        async with self._exchange:
            try:
                done = await bring_in(store, path)
            except OSError as error:
                screen.say(f"{path} cannot be read: {error.strerror}", severity="error")
                return
        screen.background(screen.shelf.came_in(), "shelf")
        severity = "error" if done.problems else "information"
        screen.say(str(done) + _also(done.problems), severity=severity, seconds=TOLD_SECONDS)


def _also(problems: list[str]) -> str:
    """Return a sentence about what went wrong beside."""
    if not problems:
        return ""
    more = f", and {len(problems) - 1:,} more" if len(problems) > 1 else ""
    return f"; not taken in: {problems[0]}{more}"
