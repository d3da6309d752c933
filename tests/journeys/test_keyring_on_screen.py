"""The token in the keyring, as a person meets it."""

from pathlib import Path

import pytest

from a_keyring import FakeKeyring, installed
from acechat import system_keyring
from acechat.screens.settings import SettingsScreen
from fault_rows import TOKEN
from faults import FaultServer, complete, stream
from journeys.at_the_api import BASE_URL, at_the_api, ended
from person import at_the_program

ANSWER = complete(stream("It ", "scatters."))
OTHER = "fedcba9876543210fedcba9876543210"


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeKeyring:
    # How long Python takes to start on a busy machine is not what is tested.
    monkeypatch.setattr(system_keyring, "SECONDS", 30.0)
    return installed(monkeypatch, tmp_path)


async def test_a_token_of_the_keyring_is_used_shown_and_moved(
    keyring: FakeKeyring, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    keyring.holds(TOKEN)
    async with FaultServer(ANSWER) as server, at_the_api(home, server, token="") as person:
        await person.asks("Why?")
        await ended(person)
        assert not (home / "token").exists()
        await person.presses("f2")
        await person.sees("This conversation")
        await person.presses("escape")
        person.app.action_settings("token")
        await person.sees(f"kept in the keyring: ••••{TOKEN[-4:]}", "● the keyring", "○ a file")
        screen = person.app.settings_screen
        assert screen is not None
        await person.presses("tab", "tab", "tab", "right", "shift+tab", "shift+tab", "shift+tab")
        await person.sees("● a file")
        await person.types(OTHER)
        await person.presses("enter")
        await person.sees("saved", f"kept in a file that only you can read: ••••{OTHER[-4:]}")
        await person.presses("escape")
        await person.asks("And now?")
        await ended(person, 2)
    assert [r.headers["authorization"] for r in server.requests] == [
        f"Bearer {TOKEN}",
        f"Bearer {OTHER}",
    ]
    assert (keyring.token, (home / "token").read_text()) == (None, f"{OTHER}\n")


async def test_a_refused_token_stays_where_it_was(keyring: FakeKeyring, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "token").write_text(TOKEN)
    (home / "token").chmod(0o600)
    async with FaultServer(ANSWER) as server, at_the_api(home, server, token="") as person:
        person.app.action_settings("token")
        await person.sees("● a file")
        keyring.holds(None, does="drop")
        await person.presses("tab", "tab", "tab", "left", "shift+tab", "shift+tab", "shift+tab")
        await person.sees("● the keyring")
        await person.types(OTHER)
        await person.presses("enter")
        await person.sees("there is no keyring on this system that keeps the token")
        await person.presses("escape", "escape")
        await person.asks("Why?")
        await ended(person)
    assert [r.headers["authorization"] for r in server.requests] == [f"Bearer {TOKEN}"]


async def test_a_keyring_that_hangs_holds_up_neither_the_screen_nor_the_question(
    keyring: FakeKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_keyring, "SECONDS", 3.0)
    home = tmp_path / "home"
    home.mkdir()
    (home / "token").write_text(TOKEN)
    (home / "token").chmod(0o600)
    keyring.holds(OTHER, does="hang")
    async with (
        FaultServer(ANSWER) as server,
        at_the_program(home, environ={BASE_URL: server.url}) as person,
    ):
        # The question is typed and sent while the keyring is still waited for.
        await person.types("Why?")
        assert person.app.chat_screen.connection is None
        await person.sees("> Why?")
        await person.until("the store is read", lambda: person.app.chat_screen.conversation.id)
        await person.presses("enter")
        await person.sees("the keyring did not answer within 3 s", "It scatters.")
        # The settings open at once, and say the same when it is known.
        await person.presses("f2")
        await person.sees("This conversation")
        await person.sees("the keyring did not answer within 3 s")
    assert [r.headers["authorization"] for r in server.requests] == [f"Bearer {TOKEN}"]


async def test_a_keyring_that_asks_takes_no_key_from_the_screen(
    keyring: FakeKeyring, tmp_path: Path
) -> None:
    keyring.holds(TOKEN, does="ask")
    async with at_the_program(tmp_path / "home") as person:
        await person.sees("it asks for a password, which cannot be typed here")
        # Nobody else has a token, so this machine answers.
        await person.sees("token yet: the guide on this machine answers")
        await person.asks("hello")
        await ended(person)


async def test_a_setting_that_is_changed_meanwhile_leaves_the_keyring_its_time(
    keyring: FakeKeyring, tmp_path: Path
) -> None:
    async with (
        FaultServer(ANSWER) as server,
        at_the_api(tmp_path / "home", server, token="") as person,
    ):
        app = person.app
        app.on_settings_screen_token_entered(SettingsScreen.TokenEntered(OTHER, "keyring", "token"))
        assert await app.keep_settings(endpoint="aichat2") == ""
        await person.until("the token is kept", lambda: keyring.token == OTHER)
        await person.sees_no("connecting")
        await person.asks("Why?")
        await ended(person)
    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {OTHER}"
    assert request.path == "/aichat2/conversations"
