"""`acechat ask --file`: uploaded first, said where it is, and nothing asked where it fails."""

import io
from pathlib import Path

import pytest

from acechat.__main__ import main
from acechat.errors import Rejected
from acechat.files import StoredFile
from acechat.settings import Settings
from acechat.settings_file import load_settings, save_settings
from cli.scripted_api import Connecting, ScriptedApi, answer

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def api(home: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedApi:
    api = ScriptedApi([answer("A cat.")])
    monkeypatch.setattr("acechat.cli.asking.connect", Connecting(api))
    return api


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "photo.png"
    path.write_bytes(b"\x89PNG")
    return str(path)


class Typing(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def types(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", Typing(io.BytesIO(text.encode())))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)


def test_files_are_uploaded_and_go_with_the_question(
    api: ScriptedApi, photo: str, tmp_path: Path, capsys: Capture
) -> None:
    other = tmp_path / "two words.txt"
    other.write_text("text")
    words = ["ask", "What?", "--file", photo, "--file", str(other), "--ref", "https://a.test/b"]
    assert main([*words, "--yes"]) == 0
    out, err = capsys.readouterr()
    assert out == "A cat.\n"
    assert err.splitlines() == [
        "acechat: uploaded photo.png to https://files.test/photo.png",
        "acechat: uploaded two words.txt to https://files.test/two words.txt",
    ]
    assert [str(path) for path in api.files.taken] == [photo, str(other)]
    ((_, options, _),) = api.asked
    assert options.references == (
        "https://a.test/b",
        "https://files.test/photo.png",
        "https://files.test/two words.txt",
    )


def test_without_a_word_that_files_are_public_nothing_is_sent(
    api: ScriptedApi, photo: str, home: Path, capsys: Capture
) -> None:
    assert main(["ask", "What?", "--file", photo]) == 2
    err = capsys.readouterr().err
    assert "photo.png would go to platform.test. An uploaded file can be read by everybody" in err
    assert "--yes" in err
    assert (api.files.taken, api.asked) == ([], [])
    # What the full screen was told counts here too.
    save_settings(home / "config.toml", Settings(public_uploads=True))
    assert main(["ask", "What?", "--file", photo]) == 0


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("\n", 2), ("no\n", 2), ("", 2)])
def test_at_a_terminal_it_is_asked_once(
    typed: str, code: int, api: ScriptedApi, photo: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    types(monkeypatch, typed)
    assert main(["ask", "What?", "--file", photo]) == code
    assert len(api.files.taken) == len(api.asked) == (code == 0)
    assert load_settings(home / "config.toml").settings.public_uploads is (code == 0)


@pytest.mark.parametrize(
    ("size", "words"),
    [(101_000_000, "has 101 MB; at most 100 MB can be uploaded"), (0, "is empty")],
)
def test_every_file_is_looked_at_before_the_first_is_sent(
    size: int, words: str, api: ScriptedApi, photo: str, tmp_path: Path, capsys: Capture
) -> None:
    with (tmp_path / "film.mkv").open("wb") as file:
        file.truncate(size)
    files = ["--file", photo, "--file", str(tmp_path / "film.mkv")]
    assert main(["ask", "What?", *files, "--yes"]) == 2
    assert f"film.mkv {words}" in capsys.readouterr().err
    assert (api.files.taken, api.asked) == ([], [])


def test_without_an_account_token_it_says_what_helps(
    api: ScriptedApi, photo: str, capsys: Capture
) -> None:
    api.files.has_token = False
    assert main(["ask", "What?", "--file", photo, "--yes"]) == 2
    assert "set ACEDATACLOUD_ACCOUNT_TOKEN" in capsys.readouterr().err
    assert api.asked == []


def test_a_file_that_is_not_taken_leaves_the_question_unasked(
    api: ScriptedApi, photo: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(path: Path, told: object) -> StoredFile:
        raise Rejected("Token is invalid.", code="http_401", status=401)

    monkeypatch.setattr(api.files, "upload", refuse)
    assert main(["ask", "What?", "--file", photo, "--yes"]) == 1
    assert capsys.readouterr() == ("", "acechat: Token is invalid.\n")
    assert api.asked == []


def test_a_hostile_name_is_printed_as_letters(
    api: ScriptedApi, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "a\x1b[2J\nb.txt"
    path.write_text("text")
    assert main(["ask", "What?", "--file", str(path), "--yes"]) == 0
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert err.count("\n") == 1
