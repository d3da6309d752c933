"""A settings file with a mistake in it, and one that others write to."""

import fcntl
import os
from pathlib import Path

import pytest
from textual.widgets import Static

from acechat.settings import Settings
from acechat.settings_file import load_settings, save_settings
from fault_rows import TOKEN
from faults import FaultServer, complete, stream
from journeys.at_the_api import at_the_api, ended, environ_for, kept
from person import Person, at_the_program

QUESTION = "Why is the sky blue?"
ANSWER = complete(stream("It ", "scatters."))


def home_with(folder: Path, text: str) -> Path:
    home = folder / "home"
    home.mkdir()
    (home / "config.toml").write_text(text)
    return home


def on_the_page(person: Person, id: str) -> str:
    """Return what a part of the first page says, where it is in sight."""
    part = person.app.chat_screen.query_one(f"#{id}", Static)
    return str(part.content) if part.is_on_screen else ""


async def opens_the_settings(person: Person, section: str) -> None:
    person.app.action_settings(section)
    await person.until("the settings", lambda: person.app.settings_screen)
    screen = person.app.settings_screen
    assert screen is not None
    await person.until("its fields", lambda: screen.query("Field"))


async def test_what_is_wrong_is_at_its_default_and_named_until_it_is_mended(
    tmp_path: Path,
) -> None:
    text = '# mine\nsidebar = false\ntheme = 3\nsend_key = "ctrl+j"\n'
    home = home_with(tmp_path, text)
    named = f"{home}/config.toml, line 3: theme: must be a text in quotes"
    async with FaultServer(ANSWER) as server, at_the_api(home, server) as person:
        await person.sees(f"{named}; its default is used")
        # The first page says it for as long as it is in sight.
        await person.until(
            "the page", lambda: on_the_page(person, "warning") == f"{named}; its default is used"
        )
        assert person.app.settings == Settings(sidebar=False, send_key="ctrl+j")
        await person.types(QUESTION)
        await person.presses("ctrl+j")
        await person.sees("It scatters.", "done in")

        await opens_the_settings(person, "appearance")
        await person.sees("line 3: theme")
        await opens_field_and_switches(person, "mouse")
        await person.sees("nothing is saved until")
        assert person.app.settings.mouse
        assert (home / "config.toml").read_text() == text
        await person.presses("escape")

        (home / "config.toml").write_text(text.replace("3", '"nord"'))
        await opens_the_settings(person, "appearance")
        await person.sees("nord")
        assert person.app.theme == "nord"
        await opens_field_and_switches(person, "mouse")
        await person.sees("saved")
    assert load_settings(home / "config.toml").settings == Settings(
        sidebar=False, theme="nord", send_key="ctrl+j", mouse=False
    )


async def opens_field_and_switches(person: Person, name: str) -> None:
    screen = person.app.settings_screen
    assert screen is not None
    await person.until("the field", lambda: screen.field(name))
    field = screen.field(name)
    assert field is not None
    field.control.focus()
    await person.presses("right")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('theme = "nord"\nbase_url = \n', "line 2: "),
        ('server = "aip"', "line 1: server: must be one of"),
        ('base_url = "http://api.acedata.cloud"', "line 1: base_url: use https"),
        ("endpoint = 2", "line 1: endpoint: must be one of"),
        ("ca_file = 3", "line 1: ca_file: must be a text"),
        ('base_ulr = "https://gateway.test"', 'line 1: there is no setting "base_ulr"'),
        ('[server]\n"x" = 1', "line 1: server: must be one of"),
    ],
)
async def test_nothing_is_asked_while_it_is_unclear_who_is_meant(
    text: str, words: str, tmp_path: Path
) -> None:
    home = home_with(tmp_path, text)
    async with (
        FaultServer(ANSWER) as server,
        at_the_program(home, environ=environ_for(server)) as person,
    ):
        await person.sees(words, "nothing is asked until it is mended")
        await person.until("the page", lambda: words in on_the_page(person, "answerer"))
        await person.asks(QUESTION)
        await person.sees("not sent: ", words)
        assert person.app.chat_screen.prompt.draft == QUESTION
        assert await kept(home) == []

        await opens_the_settings(person, "connection")
        await person.sees("test it", words)
        await person.pilot.click("#test-token")
        await person.sees("nobody answers at present")
        await person.presses("escape")
        assert server.connections == 0
        assert (home / "config.toml").read_text() == text

        # As soon as it is mended the same question goes out.
        (home / "config.toml").write_text("")
        await person.presses("enter")
        await person.sees("It scatters.", "done in")
    assert len(server.requests) == 1


async def test_opening_the_settings_takes_up_a_mended_file(tmp_path: Path) -> None:
    home = home_with(tmp_path, "base_url = \n")
    async with (
        FaultServer(ANSWER) as server,
        at_the_program(home, environ=environ_for(server)) as person,
    ):
        await person.sees("nothing is asked until it is mended")
        (home / "config.toml").write_text("sidebar = false\n")
        await person.presses("f2")
        await person.sees("This conversation")
        await person.presses("escape")
        await person.sees("answers.")
        assert not person.app.settings.sidebar


async def test_a_file_that_is_spoilt_meanwhile_stops_the_asking_and_keeps_the_settings(
    tmp_path: Path,
) -> None:
    home = home_with(tmp_path, 'theme = "nord"\n')
    async with FaultServer(ANSWER) as server, at_the_api(home, server) as person:
        (home / "config.toml").write_text('theme = "dracula\n')
        await person.presses("f2")
        await person.sees("config.toml, line 1: ")
        await person.presses("escape")
        assert person.app.theme == "nord"
        await person.asks(QUESTION)
        await person.sees("not sent: ")
    assert server.requests == []


async def test_the_settings_screen_shows_what_another_window_saved(tmp_path: Path) -> None:
    home = home_with(tmp_path, "")
    async with FaultServer(ANSWER) as server, at_the_api(home, server) as person:
        file = home / "config.toml"
        save_settings(file, Settings(model="grok-3"), before=Settings())
        await opens_the_settings(person, "appearance")
        await opens_field_and_switches(person, "mouse")
        await person.sees("saved")
        save_settings(file, Settings(theme="nord"), before=Settings())
        await opens_field_and_switches(person, "sidebar")
        await person.until("saved", lambda: not load_settings(file).settings.sidebar)
    assert load_settings(file).settings == Settings(
        model="grok-3", theme="nord", mouse=False, sidebar=False
    )


async def test_another_program_that_saves_holds_no_key_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_with(tmp_path, "")
    # Seconds that saving waits for it: on the event loop nothing else would be done for as long.
    monkeypatch.setattr("acechat.settings_file.PATIENCE", 30.0)
    async with FaultServer(ANSWER) as server, at_the_api(home, server) as person:
        await opens_the_settings(person, "appearance")
        other = os.open(home, os.O_RDONLY)
        fcntl.flock(other, fcntl.LOCK_EX)
        await opens_field_and_switches(person, "mouse")
        await opens_field_and_switches(person, "sidebar")
        # It is switched back before the first change is saved.
        await opens_field_and_switches(person, "mouse")
        await person.presses("left")
        await person.presses("ctrl+p")
        await person.sees("Commands that work here")
        await person.presses("escape")
        assert load_settings(home / "config.toml").settings == Settings()
        os.close(other)
        await person.until("saved", lambda: not person.app._being_saved)
        await person.sees("saved")
    assert load_settings(home / "config.toml").settings == Settings(sidebar=False)


# Where the token goes when the answerer changes.


async def test_after_a_change_of_the_base_url_the_old_server_is_asked_no_more(
    tmp_path: Path,
) -> None:
    home = home_with(tmp_path, "")
    (home / "token").write_text(TOKEN)
    (home / "token").chmod(0o600)
    async with FaultServer(ANSWER) as old, FaultServer(ANSWER) as new:
        (home / "config.toml").write_text(f'base_url = "{old.url}"\n')
        async with at_the_program(home) as person:
            await person.sees("answers.")
            await opens_the_settings(person, "base_url")
            await person.presses("ctrl+u")
            await person.types(new.url)
            # The question is sent in the same breath.
            await person.presses("enter", "escape")
            await person.asks(QUESTION)
            await ended(person)
            await person.sees("It scatters.")
    assert old.requests == []
    assert [r.headers["authorization"] for r in new.requests] == [f"Bearer {TOKEN}"]


async def test_where_nobody_answers_any_more_the_old_server_is_not_asked_instead(
    tmp_path: Path,
) -> None:
    home = home_with(tmp_path, 'server = "api"\n')
    (home / "token").write_text(TOKEN)
    (home / "token").chmod(0o600)
    async with FaultServer(ANSWER) as server:
        (home / "config.toml").write_text(f'server = "api"\nbase_url = "{server.url}"\n')
        async with at_the_program(home) as person:
            await person.sees("answers.")
            await opens_the_settings(person, "token")
            await person.sees("forget it")
            await person.pilot.click("#forget-token")
            await person.sees("no token yet")
            await person.presses("escape")
            await person.asks(QUESTION)
            await person.sees("not sent: there is no API token")
            assert person.app.chat_screen.prompt.draft == QUESTION
    assert server.requests == []
    assert not (home / "token").exists()


async def test_what_is_said_names_the_keys_of_the_user(tmp_path: Path) -> None:
    home = home_with(tmp_path, '[keys]\n"app.settings" = "ctrl+t"\n"chat.stop" = "f12"\n')
    async with at_the_program(home) as person:
        await person.sees("the guide on this machine answers. ^t adds a token.")
        await person.asks("Which keys are there?")
        await person.sees("receiving")
        await person.presses("f5")
        await person.sees("an answer is still arriving, F12 stops it")
