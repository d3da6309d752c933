"""Stores for the tests of this room; each is closed again."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from acechat.store.conversations import ConversationStore
from store.samples import Clock


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the conversations are; neither the file nor its folder is there yet."""
    return tmp_path / "data" / "conversations.db"


@pytest.fixture
async def store(file: Path) -> AsyncGenerator[ConversationStore, None]:
    """A store in a file, with a clock that moves on by a second a call."""
    store = await ConversationStore.open(file, clock=Clock())
    yield store
    await store.close()


@pytest.fixture
async def other(file: Path, store: ConversationStore) -> AsyncGenerator[ConversationStore, None]:
    """A second store on the same file, as another window has it."""
    assert store.path == file
    other = await ConversationStore.open(file, clock=Clock(2_000_000))
    yield other
    await other.close()
