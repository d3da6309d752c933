"""Conversations that leave the list and are still found."""

from pathlib import Path

from faults import FaultServer, complete, stream
from journeys.at_the_api import at_the_api, ended


async def test_an_archived_conversation_leaves_the_list_and_comes_back(tmp_path: Path) -> None:
    async with (
        FaultServer(complete(stream("It is ", "blue."))) as server,
        at_the_api(tmp_path, server) as person,
    ):
        screen = person.app.chat_screen
        await person.asks("Why?")
        await ended(person)

        def titles() -> list[str]:
            return [conversation.title for conversation in screen.shelf.listed]

        await person.until("is listed", lambda: titles() == ["Why?"])
        screen.sidebar.focus_list()
        await person.presses("a")
        await person.sees("archived “Why?”, u in the list brings it back")
        assert titles() == []
        # What is open stays open.
        await person.sees("It is blue.")
        await person.presses("u")
        await person.sees("brought back")
        assert titles() == ["Why?"]

        await person.presses("a")
        await person.until("is archived again", lambda: titles() == [])
        await person.presses("ctrl+f")
        await person.sees("Find in all conversations")
        await person.types("blue")
        await person.sees("archived")
        await person.presses("escape")
        await person.sees_no("Find in all conversations")
        # Going on with it puts it into the list again.
        screen.prompt.focus()
        await person.asks("And at dusk?")
        await ended(person, 2)
        await person.until("is listed", lambda: titles() == ["Why?"])


async def test_nothing_to_archive_and_nothing_to_undo_is_said(tmp_path: Path) -> None:
    async with (
        FaultServer(complete(stream("-"))) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.sees("Ask anything")
        screen = person.app.chat_screen
        await person.until("is open", lambda: screen.is_open)
        screen.action_archive_conversation()
        await person.sees("ask something first")
        await screen.shelf.undo()
        await person.sees("nothing was deleted or archived")
