"""Certificates and proxies that are wrong: the program starts, says what it is, and goes on."""

from pathlib import Path

import pytest

from acechat.models import Status
from acechat.settings_file import load_settings
from acechat.start import ScreenOptions
from fault_rows import TOKEN
from faults import FaultServer, Tunnel, complete, stream
from journeys.at_the_api import API_TOKEN, BASE_URL, at_the_api, ended, kept
from person import at_the_program
from trust import CERTIFICATE, ELSEWHERE, nothing_set, tls

QUESTION = "Why is the sky blue?"
ANSWER = complete(stream("It ", "scatters."))


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_set(monkeypatch)


async def test_a_certificate_is_trusted_once_it_is_named_in_the_settings(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with FaultServer(ANSWER, tls=tls()) as server, at_the_api(home, server) as person:
        await person.asks(QUESTION)
        await person.sees("certificate is not trusted", "F2 settings", "F5 send the question again")
        assert server.requests == []
        await person.presses("f2")
        await person.sees("certificates", "trusted beside the usual ones")
        screen = person.app.settings_screen
        assert screen is not None
        field = screen.field("ca_file")
        assert field is not None
        await person.until("the field has the keyboard", lambda: screen.focused is field.control)
        await person.types(str(tmp_path / "gone.pem"))
        await person.presses("enter")
        await person.sees("gone.pem cannot be read; correct ca_file")
        await person.presses("ctrl+u")
        await person.types(str(CERTIFICATE))
        await person.presses("enter")
        await person.sees("saved")
        await person.sees_no("gone.pem")
        await person.presses("escape", "f5")
        await person.sees("It scatters.", "done in")
    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert load_settings(home / "config.toml").settings.ca_file == str(CERTIFICATE)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SSL_CERT_FILE", "/nowhere/ca.pem", "the certificates in SSL_CERT_FILE cannot be read"),
        ("HTTPS_PROXY", "ftp://user:secret@proxy", "the proxy in HTTPS_PROXY cannot be used"),
        ("NO_PROXY", "[::1", "the list of hosts in NO_PROXY cannot be used"),
    ],
)
async def test_a_variable_that_is_wrong_is_named_and_the_program_starts(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(name, value)
    environ = {BASE_URL: ELSEWHERE, API_TOKEN: TOKEN}
    async with at_the_program(tmp_path, environ=environ) as person:
        await person.sees(words)
        assert "secret" not in person.screen
        await person.asks(QUESTION)
        answer = await ended(person)
        assert answer.error is not None
        assert words in answer.error.message
        await person.types("a draft")
        await person.presses("ctrl+q")
    ((_, (question, failed)),) = await kept(tmp_path)
    assert (question.text, failed.status) == (QUESTION, Status.FAILED)
    newest = ScreenOptions(continue_newest=True)
    async with at_the_program(tmp_path, environ=environ, options=newest) as person:
        await person.sees(QUESTION, "a draft")


async def test_the_way_through_a_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text(f'ca_file = "{CERTIFICATE}"\n')
    async with FaultServer(ANSWER, tls=tls()) as server, Tunnel(server) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        environ = {BASE_URL: ELSEWHERE, API_TOKEN: TOKEN}
        async with at_the_program(home, environ=environ) as person:
            await person.asks(QUESTION)
            await person.sees("It scatters.", "done in")
    assert [head.split(b" ")[1] for head in proxy.heads] == [b"api.acedata.invalid:443"]
