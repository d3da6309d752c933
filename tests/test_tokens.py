"""Where the token comes from, how it is kept, and that it is never shown."""

import os
import stat
from pathlib import Path

import pytest

from acechat.errors import SettingsError
from acechat.paths import Paths
from acechat.tokens import (
    ACCOUNT_VARIABLE,
    VARIABLE,
    Token,
    check_token,
    find_token,
    forget_token,
    save_token,
)

TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = "platform-v1-" + "0a" * 32


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    folder = tmp_path / "acechat"
    return Paths(folder, folder, folder)


async def test_without_any_there_is_none(paths: Paths) -> None:
    assert (await find_token(paths, {})).token is None
    assert (await find_token(paths, {VARIABLE: "  "})).token is None
    assert not paths.config.exists()


async def test_a_saved_token_is_found_and_private(paths: Paths) -> None:
    assert save_token(paths, f"  {TOKEN}\n") == Token(TOKEN, "file")
    assert (await find_token(paths, {})).token == Token(TOKEN, "file")
    assert stat.S_IMODE(paths.token.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.config.stat().st_mode) == 0o700
    assert list(paths.config.iterdir()) == [paths.token]


async def test_the_environment_goes_first(paths: Paths) -> None:
    save_token(paths, TOKEN)
    assert (await find_token(paths, {VARIABLE: " other-token \n"})).token == Token(
        "other-token", "environment"
    )


async def test_a_forgotten_token_is_gone(paths: Paths) -> None:
    save_token(paths, TOKEN)
    await forget_token(paths)
    await forget_token(paths)
    assert (await find_token(paths, {})).token is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
async def test_a_file_that_others_can_read_is_refused(paths: Paths, mode: int) -> None:
    save_token(paths, TOKEN)
    paths.token.chmod(mode)
    with pytest.raises(SettingsError) as caught:
        await find_token(paths, {})
    assert str(caught.value) == f"{paths.token} can be read by other users: run chmod 600 on it"


async def test_an_empty_file_is_no_token(paths: Paths) -> None:
    save_token(paths, TOKEN)
    paths.token.write_text("\n")
    assert (await find_token(paths, {})).token is None


async def test_a_file_that_holds_something_else_is_refused(paths: Paths) -> None:
    save_token(paths, TOKEN)
    paths.token.write_text("a b")
    with pytest.raises(SettingsError, match="spaces"):
        await find_token(paths, {})
    paths.token.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="special characters"):
        await find_token(paths, {})
    paths.token.write_text("x" * 5000)
    with pytest.raises(SettingsError, match="too long"):
        await find_token(paths, {})


async def test_a_wrong_token_in_the_environment_is_named(paths: Paths) -> None:
    with pytest.raises(SettingsError, match=f"^{VARIABLE}: this is an account token"):
        await find_token(paths, {VARIABLE: "platform-v1-" + "0" * 64})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "type the API token"),
        (" \n\t", "type the API token"),
        ("0123 4567", "spaces"),
        ("0123\n4567", "spaces"),
        ("“0123”", "special characters"),
        ("0123\u20144567", "special characters"),
        ("0123\x1b4567", "special characters"),
        ('"0123"', "leave the quotes out"),
        (
            "platform-v1-" + "a" * 64,
            "this is an account token; the API token comes from platform.acedata.cloud → "
            "Applications",
        ),
    ],
)
def test_what_cannot_be_a_token_is_refused_in_one_sentence(
    paths: Paths, text: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        check_token(text)
    assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match=words):
        save_token(paths, text)
    assert not paths.token.exists()


def test_another_kind_of_token_is_let_through() -> None:
    assert check_token(" sk-new_format.1 ") == "sk-new_format.1"


async def test_a_token_that_cannot_be_saved_leaves_the_old_one(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_token(paths, TOKEN)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match="the token cannot be saved: No space left"):
        save_token(paths, "another")
    monkeypatch.undo()
    assert (await find_token(paths, {})).token == Token(TOKEN, "file")
    assert list(paths.config.iterdir()) == [paths.token]


def test_a_token_is_never_shown() -> None:
    token = Token(TOKEN, "file")
    for shown in (repr(token), str(token), f"{token}", token.masked):
        assert TOKEN not in shown
        assert "••••cdef" in shown
    assert Token("short", "file").masked == "••••"


async def test_the_account_token_is_kept_beside_the_other(paths: Paths) -> None:
    save_token(paths, TOKEN)
    save_token(paths, f" {ACCOUNT}\n", "account_token")
    assert (await find_token(paths, {}, "account_token")).token == Token(ACCOUNT, "file")
    assert (await find_token(paths, {})).token == Token(TOKEN, "file")
    assert stat.S_IMODE(paths.account_token.stat().st_mode) == 0o600
    await forget_token(paths)
    assert (await find_token(paths, {}, "account_token")).token == Token(ACCOUNT, "file")
    await forget_token(paths, "account_token")
    assert not list(paths.config.iterdir())


async def test_each_token_has_a_variable_of_its_own(paths: Paths) -> None:
    environ = {VARIABLE: TOKEN, ACCOUNT_VARIABLE: ACCOUNT}
    assert (await find_token(paths, environ)).token == Token(TOKEN, "environment")
    account = (await find_token(paths, environ, "account_token")).token
    assert account == Token(ACCOUNT, "environment")
    assert (await find_token(paths, {VARIABLE: TOKEN}, "account_token")).token is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "type the account token"),
        (TOKEN, "this is an API token; an account token begins with platform-v1-"),
        ("platform-v1-0 a", "this is not an account token: it has spaces in it"),
        ("“platform-v1-0”", "this is not an account token: it has quotes"),
    ],
)
def test_what_cannot_be_an_account_token_is_refused(paths: Paths, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        save_token(paths, text, "account_token")
    assert not paths.account_token.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604])
async def test_an_account_token_that_others_can_read_is_refused(paths: Paths, mode: int) -> None:
    save_token(paths, ACCOUNT, "account_token")
    paths.account_token.chmod(mode)
    with pytest.raises(SettingsError, match="can be read by other users"):
        await find_token(paths, {}, "account_token")
