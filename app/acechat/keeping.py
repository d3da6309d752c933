"""The store while the full screen is open: what the user has to know of it, and its backups."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from acechat.errors import StoreError

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen
    from acechat.store.conversations import ConversationStore

NOTICE_SECONDS = 30.0
"""How long a notice of how the file was found stays: it names two paths."""
LOOK_SECONDS = 3600.0
"""How often it is looked whether today has a backup; a window may stay open for weeks."""


def tell_how_it_was_found(store: ConversationStore, screen: ChatScreen) -> None:
    """Say what was damaged and saved, and whether the conversations are only read."""
    for notice in store.notices():
        screen.say(notice, severity="error", seconds=NOTICE_SECONDS)
    if store.refusal:
        screen.say(store.refusal, severity="error", seconds=NOTICE_SECONDS)
        screen.only_reads()


async def keep_backed_up(store: ConversationStore, screen: ChatScreen) -> None:
    """Make the backup of each day on which something changed, for as long as nobody stops it."""
    while True:
        try:
            await store.back_up()
        except StoreError as error:
            screen.say(str(error), severity="error", seconds=NOTICE_SECONDS)
        await asyncio.sleep(LOOK_SECONDS)
