"""The list with more conversations than are read at once: what is read and built for each step."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from acechat.models import Conversation
from acechat.services.library import PAGE, SCREENFUL
from acechat.store.conversations import ConversationStore
from acechat.widgets.rows import ConversationList
from bench.seeding import make_store
from person import Person, at_the_program

COUNT = 1_200


@dataclass
class Work:
    """What was done since it was last cleared."""

    read: list[int] = field(default_factory=list[int])
    """How many conversations each query returned."""
    built: list[int] = field(default_factory=list[int])
    """How many rows were made each time that rows were made."""
    rebuilds: int = 0
    """How often all rows were thrown away."""

    def clear(self) -> None:
        """Forget it."""
        self.read.clear()
        self.built.clear()
        self.rebuilds = 0


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    done = Work()
    read, add = ConversationStore.conversations, OptionList.add_options
    replace = OptionList.set_options

    async def counted(
        self: ConversationStore, *, filter: str = "", limit: int = 500, offset: int = 0
    ) -> list[Conversation]:
        found = await read(self, filter=filter, limit=limit, offset=offset)
        done.read.append(len(found))
        return found

    def added(self: OptionList, options: Iterable[Option]) -> OptionList:
        made = list(options)
        if isinstance(self, ConversationList):
            done.built.append(len(made))
        return add(self, made)

    def replaced(self: OptionList, options: Iterable[Option]) -> OptionList:
        if isinstance(self, ConversationList):
            done.rebuilds += 1
        return replace(self, options)

    monkeypatch.setattr(ConversationStore, "conversations", counted)
    monkeypatch.setattr(OptionList, "add_options", added)
    monkeypatch.setattr(OptionList, "set_options", replaced)
    return done


@pytest.fixture
def home(tmp_path: Path) -> Path:
    titles = (f"title {number:04}" for number in range(COUNT))
    make_store(tmp_path / "conversations.db", ((title, 2, False) for title in titles))
    return tmp_path


def listed(person: Person) -> int:
    """How many conversations the list holds."""
    rows = person.app.screen.query_one(ConversationList)
    return sum(option.id is not None for option in rows.options)


async def at_the_list(person: Person) -> ConversationList:
    await person.sees("title 0000", "No token yet")
    rows = person.app.screen.query_one(ConversationList)
    rows.focus()
    await person.pilot.pause()
    return rows


def to_the_end(rows: ConversationList) -> None:
    rows.scroll_end(animate=False, immediate=True)


async def test_the_newest_are_read_first_and_more_at_the_end(home: Path, work: Work) -> None:
    async with at_the_program(home) as person:
        rows = await at_the_list(person)
        assert work.read == [PAGE]
        assert work.rebuilds == 1
        at = rows.current
        for shown, read in ((2 * PAGE, PAGE), (COUNT, COUNT - 2 * PAGE)):
            work.clear()
            to_the_end(rows)
            await person.until("more is listed", lambda shown=shown: listed(person) == shown)
            assert work.read == [read]
            # What stood there was left as it was: only new rows, and headings, were made.
            assert work.rebuilds == 0
            assert read <= sum(work.built) < read + 40
            assert rows.current == at


async def test_what_is_shown_is_read_again_as_far_as_it_is_shown(home: Path, work: Work) -> None:
    async with at_the_program(home) as person:
        rows = await at_the_list(person)
        to_the_end(rows)
        await person.until("more is listed", lambda: listed(person) == 2 * PAGE)
        rows.scroll_to(y=700, animate=False, immediate=True)
        await person.pilot.pause()
        work.clear()
        person.app.chat_screen.shelf.reload()
        await person.until("it is read again", lambda: work.read)
        await person.pilot.pause()
        assert work.read == [2 * PAGE]
        # Nothing has changed, so nothing was built, and the reader stays where they were.
        assert work.built == []
        assert rows.scroll_offset.y == 700


async def test_each_key_of_a_filter_reads_few(home: Path, work: Work) -> None:
    async with at_the_program(home) as person:
        await at_the_list(person)
        await person.presses("slash")
        await person.pilot.pause()
        work.clear()
        for letter, found in (("0", SCREENFUL), ("0", SCREENFUL), ("4", 12), ("4", 1)):
            await person.types(letter)
            await person.until("it is filtered", lambda found=found: listed(person) == found)
        assert len(work.read) <= 4
        assert max(work.read) <= SCREENFUL
        assert work.rebuilds <= 4


async def test_the_end_of_a_filtered_list_brings_more(home: Path, work: Work) -> None:
    async with at_the_program(home) as person:
        rows = await at_the_list(person)
        await person.presses("slash")
        await person.types("title")
        await person.until("it is filtered", lambda: listed(person) == SCREENFUL)
        to_the_end(rows)
        await person.until("more is listed", lambda: listed(person) == SCREENFUL + PAGE)
        await person.presses("escape")
        await person.until("all are back", lambda: listed(person) == PAGE)


async def test_a_filter_that_goes_shows_what_was_there_before_it_looks_again(
    home: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_the_program(home) as person:
        rows = await at_the_list(person)
        await person.presses("slash")
        await person.types("0044")
        await person.until("it is filtered", lambda: listed(person) == 1)
        work.clear()
        busy, read = asyncio.Event(), ConversationStore.conversations

        async def late(self: ConversationStore, **options: Any) -> list[Conversation]:
            await busy.wait()
            return await read(self, **options)

        monkeypatch.setattr(ConversationStore, "conversations", late)
        await person.presses("escape")
        await person.until("all are back", lambda: listed(person) == PAGE)
        assert work.read == []
        monkeypatch.setattr(ConversationStore, "conversations", read)
        busy.set()
        await person.until("it is looked at again", lambda: work.read == [PAGE])
        await person.pilot.pause()
        # It was right, so that nothing was built a second time.
        assert work.rebuilds == 1
        assert rows.current is not None


async def test_what_is_deleted_while_filtered_is_not_there_when_the_filter_goes(
    home: Path, work: Work
) -> None:
    async with at_the_program(home) as person:
        await at_the_list(person)
        await person.presses("slash")
        await person.types("0044")
        await person.until("it is filtered", lambda: listed(person) == 1)
        await person.presses("down", "d")
        await person.until("it is gone", lambda: listed(person) == 0)
        seen: list[str] = []
        show = ConversationList.show

        def shown(self: ConversationList, conversations: list[Conversation], **how: Any) -> None:
            seen.extend(each.title for each in conversations)
            show(self, conversations, **how)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ConversationList, "show", shown)
            await person.presses("slash", "escape")
            await person.until("all are back", lambda: listed(person) == PAGE)
        assert "title 0043" in seen
        assert "title 0044" not in seen
