"""The list of conversations under a person's hands."""

from pathlib import Path

from faults import FaultServer, complete, stream
from journeys.at_the_api import at_the_api, ended
from person import Person


async def ask_three(person: Person) -> None:
    """Leave three conversations, the last one open."""
    for count, question in enumerate(("Apples", "Pears", "Plums")):
        if count:
            await person.presses("ctrl+n")
            await person.until("a new one", lambda: not person.app.chat_screen.messages)
        await person.asks(question)
        await ended(person)
    await person.until("all are listed", lambda: len(person.app.chat_screen.shelf.listed) == 3)


async def test_enter_opens_what_was_typed_however_fast(tmp_path: Path) -> None:
    async with (
        FaultServer(complete(stream("Yes."))) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await ask_three(person)
        screen = person.app.chat_screen
        await person.presses("tab", "tab", "slash")
        for key in ("a", "p", "p", "l", "enter"):
            # As from a paste, or a fast hand: nothing is waited for in between.
            person.app.simulate_key(key)
        await person.until("it is open", lambda: screen.conversation.title == "Apples")
        assert [each.title for each in screen.shelf.listed] == ["Apples"]


async def test_the_keyboard_stays_in_the_list_when_the_open_conversation_is_deleted(
    tmp_path: Path,
) -> None:
    async with (
        FaultServer(complete(stream("Yes."))) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await ask_three(person)
        screen = person.app.chat_screen
        await person.presses("tab", "tab")
        assert screen.sidebar.highlighted == screen.conversation.id
        await person.presses("d")
        await person.sees("deleted “Plums”, u in the list brings it back")
        await person.presses("d")
        await person.sees("deleted “Pears”")
        await person.presses("u", "u")
        await person.until("both are back", lambda: len(screen.shelf.listed) == 3)
        assert screen.prompt.text == ""
