"""A file of this machine becomes a reference of the conversation."""

from pathlib import Path

import pytest

from acechat.screens.references import ReferencesScreen
from acechat.screens.settings import SettingsScreen
from faults import FaultServer, held
from journeys.at_the_api import ended
from journeys.with_files import ANSWER, TAKEN, TOLD, URL, with_files
from person import Person


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF-1.7" * 200)
    return path


async def enters(person: Person, path: Path) -> None:
    """Put a path into the references."""
    await person.sees("answers.")
    await person.presses("f7")
    await person.sees("https://… or a file")
    await person.types(str(path))
    await person.presses("enter")


async def test_it_is_agreed_to_uploaded_and_goes_with_every_question(
    report: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    async with FaultServer(ANSWER) as api, FaultServer(TAKEN) as platform:
        async with with_files(home, api, platform, settings="") as person:
            await enters(person, report)
            await person.sees("Upload report.pdf?", TOLD)
            assert platform.connections == 0
            await person.presses("n")
            await person.sees("report.pdf was not uploaded")
            await person.presses("enter")
            await person.sees("Upload report.pdf?")
            await person.presses("y")
            await person.sees(f"pdf       1.6 kB  {URL}")
            await person.presses("escape")
            for number in (1, 2):
                await person.asks("What is in it?")
                await ended(person, number)
            talked = person.app.chat_screen.conversation.id
        # Tomorrow the list shows the same.
        async with with_files(home, api, platform, again=True) as person:
            await person.sees("answers.", "What is in it?")
            await person.app.chat_screen.open_conversation(talked)
            await person.sees("It scatters.")
            await person.presses("f7")
            await person.sees(f"pdf       1.6 kB  {URL}")
    assert [r.fields.get("references") for r in api.requests] == [[URL], [URL]]
    assert len(platform.requests) == 1


async def test_a_token_that_is_missing_is_asked_for_and_the_path_stays(
    report: Path, tmp_path: Path
) -> None:
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(tmp_path / "home", api, platform, token="") as person,
    ):
        await enters(person, report)
        await person.until("settings", lambda: isinstance(person.app.screen, SettingsScreen))
        await person.presses("escape")
        await person.until("list", lambda: isinstance(person.app.screen, ReferencesScreen))
        await person.sees("there is no account token", report.name)
        assert "uploading" not in person.screen
        assert platform.connections == 0


async def test_escape_gives_up_the_upload(report: Path, tmp_path: Path) -> None:
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(held(head=False)) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        await enters(person, report)
        await platform.asked.wait()
        await person.sees("uploading, ")
        await person.presses("escape")
        await platform.left.wait()
        await person.sees_no("uploading, ")
        assert isinstance(person.app.screen, ReferencesScreen)
