"""Files that are named in the question, and paths that are pasted."""

import asyncio
import json
from pathlib import Path

import pytest
from textual import events

from acechat.widgets.pastes import SETTLE_SECONDS
from faults import Exchange, FaultServer, whole
from journeys.at_the_api import ended
from journeys.with_files import ANSWER, TAKEN, TOLD, URL, with_files
from person import Person


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the program is started in."""
    folder = tmp_path / "here"
    (folder / "notes").mkdir(parents=True)
    for name in ("report.pdf", "two words.txt", "notes/today.md", "decorator"):
        (folder / name).write_text("text")
    monkeypatch.chdir(folder)
    return folder


def draft(person: Person) -> str:
    return person.app.chat_screen.prompt.draft


async def types(person: Person, text: str) -> None:
    names = {" ": "space", "/": "slash", "@": "at", ".": "full_stop", "?": "question_mark"}
    await person.presses(*(names.get(letter, letter) for letter in text))


OTHER = whole(json.dumps({"file_url": "https://files.test/today.md"}).encode())


async def after_a_paste() -> None:
    """Let the time go by in which keys are taken for a part of the paste."""
    await asyncio.sleep(2 * SETTLE_SECONDS)


async def test_a_path_is_completed_and_its_file_goes_with_the_question(
    here: Path, tmp_path: Path
) -> None:
    async def by_name(exchange: Exchange) -> None:
        # They come side by side, in whatever order.
        taken = TAKEN if b"report.pdf" in exchange.request.body else OTHER
        await taken(exchange)

    async with (
        FaultServer(ANSWER) as api,
        FaultServer(by_name) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        await types(person, "compare @re")
        await person.sees(" report.pdf")
        await person.presses("tab")
        await person.until("completed", lambda: draft(person) == "compare @report.pdf ")
        await types(person, "and @no")
        await person.sees(" notes/")
        await person.presses("tab")
        await person.sees(" notes/today.md")
        await person.presses("down", "enter")
        wanted = "compare @report.pdf and @notes/today.md "
        await person.until("completed", lambda: draft(person) == wanted)
        assert platform.connections == 0
        await person.presses("enter")
        await ended(person)
        # Mentioned once more, a file is not sent once more.
        await person.asks("again: @report.pdf")
        await person.sees("@report.pdf: upload?")
        await person.presses("y")
        await ended(person, 2)
    first, second = api.requests
    assert first.fields["question"] == wanted
    assert first.fields["references"] == [URL, "https://files.test/today.md"]
    assert second.fields["references"] == [URL]
    assert len(platform.requests) == 2


async def test_blanks_are_written_between_quotes(here: Path, tmp_path: Path) -> None:
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        await types(person, "@two")
        await person.sees(" two words.txt")
        await person.presses("tab", "enter")
        await ended(person)
    assert api.requests[0].fields["question"] == '@"two words.txt" '
    assert api.requests[0].fields["references"] == [URL]


async def test_enter_sends_where_nothing_was_chosen_from_the_list(
    here: Path, tmp_path: Path
) -> None:
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        await types(person, "ask @rep")
        await person.sees(" report.pdf")
        await person.presses("enter")
        await ended(person)
        assert platform.connections == 0
    assert api.requests[0].fields["question"] == "ask @rep"


async def test_addresses_and_names_that_are_no_files_are_only_words(
    here: Path, tmp_path: Path
) -> None:
    text = "mail me@report.pdf, ask @nobody about @notes and @"
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        person.app.chat_screen.prompt.load(text)
        await person.presses("enter")
        await ended(person)
        assert platform.connections == 0
    assert api.requests[0].fields["question"] == text


async def test_a_word_that_happens_to_be_a_file_is_asked_about(here: Path, tmp_path: Path) -> None:
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        person.app.chat_screen.prompt.load("what does @decorator mean?")
        await person.presses("enter")
        await person.sees("@decorator: upload?", "The question names what is a file here")
        await person.presses("escape")
        await person.until("kept", lambda: draft(person) == "what does @decorator mean?")
        assert (api.connections, platform.connections) == (0, 0)
        await person.presses("enter")
        await person.sees("@decorator: upload?")
        await person.presses("n")
        await ended(person)
        assert platform.connections == 0
    assert api.requests[0].fields["question"] == "what does @decorator mean?"
    assert "references" not in api.requests[0].fields


@pytest.mark.parametrize("write", ["{}", "'{}' ", "file://{}"])
async def test_a_pasted_path_is_offered_and_tab_takes_it(
    write: str, here: Path, tmp_path: Path
) -> None:
    pasted = write.format(here / "report.pdf")
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        await types(person, "see ")
        person.app.post_message(events.Paste(pasted))
        await person.sees("report.pdf  tab uploads it, 4 B")
        assert draft(person) == f"see {pasted}"
        await after_a_paste()
        await person.presses("tab")
        await person.sees("▪ report.pdf  4 B")
        assert draft(person) == "see "
        await person.presses("backspace", "backspace", "backspace", "backspace", "backspace")
        await person.sees("report.pdf is left out")
        await person.sees_no("▪ report.pdf")


async def test_a_pasted_path_stays_text_where_it_is_not_taken(here: Path, tmp_path: Path) -> None:
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        person.app.post_message(events.Paste(f"{here}/report.pdf"))
        await person.sees("tab uploads it")
        await types(person, " is it?")
        await person.sees_no("tab uploads it")
        await person.presses("enter")
        await ended(person)
        assert platform.connections == 0
    assert api.requests[0].fields["question"] == f"{here}/report.pdf is it?"


async def test_a_pasted_path_that_is_not_uploaded_comes_back(here: Path, tmp_path: Path) -> None:
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(tmp_path / "home", api, platform, settings="") as person,
    ):
        person.app.post_message(events.Paste(f"{here}/report.pdf"))
        await person.sees("tab uploads it")
        await after_a_paste()
        await person.presses("tab")
        await person.sees("Upload report.pdf?", TOLD)
        await person.presses("n")
        await person.until("it is back", lambda: draft(person) == f"{here}/report.pdf")


async def test_a_command_completes_its_path(here: Path, tmp_path: Path) -> None:
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        await types(person, "/file two")
        await person.sees(" two words.txt")
        await person.presses("tab", "enter")
        await person.sees("▪ two words.txt")
