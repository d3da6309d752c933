"""What is kept, as commands open it first: the settings and the conversations."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from acechat.cli.printing import complain
from acechat.errors import StoreError, UnknownConversation
from acechat.models import Conversation
from acechat.paths import Paths
from acechat.settings import Settings
from acechat.settings_file import load_settings

if TYPE_CHECKING:
    from acechat.store.conversations import ConversationStore


def open_settings(paths: Paths) -> Settings:
    """Return the settings; say on standard error what is odd in their file.

    Raises:
        SettingsError: the file holds a mistake.
    """
    loaded = load_settings(paths.settings)
    for warning in loaded.warnings:
        complain(warning)
    return loaded.settings


@asynccontextmanager
async def open_store(
    paths: Paths, *, back_up: bool = False
) -> "AsyncGenerator[ConversationStore, None]":
    """Open the store for a while; say on standard error what was found to be wrong with it.

    Args:
        paths: Where it is.
        back_up: Make the backup of today in the end, where one is due: 0.2 s for 40 MB.

    Raises:
        StoreError: it cannot be opened.
    """
    from acechat.store.conversations import ConversationStore

    store = await ConversationStore.open(paths.store)
    try:
        for notice in store.notices():
            complain(notice)
        if store.refusal:
            complain(store.refusal)
        yield store
        if back_up:
            try:
                await store.back_up()
            except StoreError as error:
                # What was asked for is done.
                complain(str(error))
    finally:
        await store.close()


async def find_conversation(
    store: "ConversationStore", identity: str | None, *, newest: bool
) -> Conversation | None:
    """Return the conversation that the options name, or None where they name none.

    Raises:
        UnknownConversation: it is not there.
    """
    if identity is not None:
        return await store.conversation(identity)
    if not newest:
        return None
    found = await store.newest()
    if found is None:
        raise UnknownConversation("there is no conversation yet to go on with")
    return found
