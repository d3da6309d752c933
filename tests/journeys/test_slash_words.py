"""The `/` words of the prompt, each in the real program."""

from pathlib import Path

import pytest

from acechat.slash import SLASH_COMMANDS
from person import at_the_program

SEEN = {
    "new": "How do I add my API token?",
    "temporary": "temporary: nothing of this conversation is kept",
    "model": "answers from the manual",
    "compare": "Compare models",
    "preset": "Terse reviewer",
    "ref": "References of this conversation",
    "file": "name a file: /file PATH",
    "refs": "References of this conversation",
    "find": "Find in all conversations",
    "rename": "ask something first",
    "delete-older": "Pinned conversations always stay.",
    "again": "there is no question yet",
    "edit": "set $EDITOR",
    "copy": "there is nothing to copy yet",
    "export": "Save to a file",
    "import": "Bring in conversations from a file",
    "sync": "set a sync folder first",
    "theme": "acechat-contrast",
    "settings": "New conversations",
    "help": "send the question",
}


async def test_every_word_does_something_to_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        for command in SLASH_COMMANDS:
            if command.name == "quit":
                continue
            person.app.clear_notifications()
            await person.types(f"/{command.name}")
            await person.presses("escape", "enter")
            await person.sees(SEEN[command.name])
            while len(person.app.screen_stack) > 1:
                await person.presses("escape")
            if command.name == "temporary":
                # Much is refused there.
                await person.presses("ctrl+n")
                await person.sees_no("temporary:")
        await person.asks("/new what I want to ask")
        await person.sees("> what I want to ask")


async def test_quit_leaves(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        await person.asks("/quit ")
        await person.until("left", lambda: person.app._exit)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("/preset nobody", "no preset is called “nobody”"),
        ("/theme nobody", "there is no theme “nobody”"),
        ("/model two words", "the name of a model has no spaces in it"),
        ("/copy nothing", "copy what? answer, code or all"),
        ("/ref nothing", "a reference starts with https:// or http://"),
        ("/export ~nobody-here/chat.md", "not saved"),
        (f"/export {'x' * 300}.md", "not saved"),
    ],
)
async def test_what_a_word_cannot_do_is_said_and_the_word_comes_back(
    tmp_path: Path, word: str, reason: str
) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        await person.asks("Which keys are there?")
        await person.sees("done in")
        person.app.chat_screen.prompt.load(word)
        await person.presses("enter")
        await person.sees(reason)
        await person.until("it is back", lambda: person.app.chat_screen.prompt.text == word)
        assert len(person.app.chat_screen.messages) == 2


async def test_themes_are_offered_after_their_word(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        await person.types("/theme contr")
        await person.sees("acechat-contrast")
        await person.presses("tab", "enter")
        await person.until("it is on", lambda: person.app.theme == "acechat-contrast")
