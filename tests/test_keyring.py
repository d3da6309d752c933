"""The keyring: asked before the file, never waited for long, told of where it fails."""

import asyncio
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from a_keyring import FakeKeyring, installed
from acechat import system_keyring
from acechat.errors import SettingsError
from acechat.paths import Paths
from acechat.tokens import (
    VARIABLE,
    FoundToken,
    Token,
    find_token,
    forget_token,
    keep_token,
    save_token,
)

TOKEN = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"
NAME = "a keyring of the tests"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    folder = tmp_path / "acechat"
    return Paths(folder, folder, folder)


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeKeyring:
    return installed(monkeypatch, tmp_path)


async def test_it_goes_before_the_file_and_after_the_environment(
    keyring: FakeKeyring, paths: Paths
) -> None:
    save_token(paths, OTHER)
    assert await find_token(paths, {}) == FoundToken(Token(OTHER, "file"), NAME)
    keyring.holds(TOKEN)
    assert await find_token(paths, {}) == FoundToken(Token(TOKEN, "keyring"), NAME)
    keyring.holds(TOKEN, does="die")
    # It is not even asked then.
    assert await find_token(paths, {VARIABLE: OTHER}) == FoundToken(Token(OTHER, "environment"))


def no_package(name: str) -> None:
    assert name == "keyring"


async def test_without_the_package_nothing_is_started(
    monkeypatch: pytest.MonkeyPatch, paths: Paths
) -> None:
    async def start(*_: object, **__: object) -> None:
        raise AssertionError("started")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)
    monkeypatch.setattr(system_keyring, "find_spec", no_package)
    assert await find_token(paths, {}) == FoundToken()
    await forget_token(paths)


@pytest.mark.parametrize(
    ("does", "sentence"),
    [
        ("hang", "the keyring did not answer within 0.5 s"),
        ("ask", "the keyring refused: it asks for a password, which cannot be typed here"),
        ("refuse", "the keyring refused: locked "),
        ("die", "the keyring cannot be used: its process ended"),
    ],
)
async def test_one_that_fails_is_told_of_and_the_file_is_used(
    keyring: FakeKeyring,
    paths: Paths,
    monkeypatch: pytest.MonkeyPatch,
    does: str,
    sentence: str,
) -> None:
    if does == "hang":
        monkeypatch.setattr(system_keyring, "SECONDS", 0.5)
    else:
        # How long Python takes to start is not what is tested.
        monkeypatch.setattr(system_keyring, "SECONDS", 30.0)
    keyring.holds(TOKEN, does=does)
    found = await find_token(paths, {})
    assert found.token is None
    assert found.trouble.startswith(sentence)
    assert found.trouble.isprintable()
    assert len(found.trouble) < 200
    save_token(paths, OTHER)
    found = await find_token(paths, {})
    assert found.token == Token(OTHER, "file")
    assert found.trouble.startswith(sentence)


async def test_one_that_hangs_leaves_no_process(
    keyring: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_keyring, "SECONDS", 0.2)
    keyring.holds(TOKEN, does="hang")
    before = time.monotonic()
    with pytest.raises(SettingsError):
        await system_keyring.read("ACEDATACLOUD_API_TOKEN")
    assert time.monotonic() - before < 20
    assert not [command for command in running_children() if b"system_keyring" in command]


def running_children() -> list[bytes]:
    """Return the command lines of the processes that this one has started."""
    found: list[bytes] = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            if state != "Z" and int(parent) == os.getpid():
                found.append((folder / "cmdline").read_bytes())
    return found


async def test_its_process_is_given_no_token_but_the_one_that_it_keeps(
    keyring: FakeKeyring, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\nenv > {tmp_path}/given\necho "$@" >> {tmp_path}/given\n')
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv(VARIABLE, TOKEN)
    with pytest.raises(SettingsError, match="its process ended"):
        await keep_token(paths, OTHER, "keyring")
    given = (tmp_path / "given").read_text()
    assert f"keep {VARIABLE}" in given
    assert TOKEN not in given
    assert OTHER not in given


async def test_a_token_in_it_that_cannot_be_one_is_named(
    keyring: FakeKeyring, paths: Paths
) -> None:
    keyring.holds("platform-v1-" + "0" * 64)
    with pytest.raises(SettingsError, match="the keyring: this is an account token"):
        await find_token(paths, {})


async def test_a_system_without_one_is_no_trouble(keyring: FakeKeyring, paths: Paths) -> None:
    keyring.holds(TOKEN, does="nowhere")
    assert await find_token(paths, {}) == FoundToken()
    with pytest.raises(SettingsError, match="there is no keyring on this system"):
        await keep_token(paths, TOKEN, "keyring")


async def test_a_token_is_kept_in_one_place_only(keyring: FakeKeyring, paths: Paths) -> None:
    await keep_token(paths, OTHER, "file")
    await keep_token(paths, f" {TOKEN}\n", "keyring")
    assert keyring.token == TOKEN
    assert not paths.token.exists()
    await keep_token(paths, OTHER, "file")
    assert keyring.token is None
    assert await find_token(paths, {}) == FoundToken(Token(OTHER, "file"), NAME)


async def test_forgetting_forgets_everywhere(keyring: FakeKeyring, paths: Paths) -> None:
    save_token(paths, OTHER)
    keyring.holds(TOKEN)
    await forget_token(paths)
    await forget_token(paths)
    assert keyring.token is None
    assert not paths.token.exists()


@pytest.mark.parametrize(
    ("does", "sentence"),
    [("refuse", "the keyring refused: cannot keep ••••"), ("drop", "there is no keyring")],
)
async def test_a_token_that_it_does_not_keep_leaves_the_file(
    keyring: FakeKeyring, paths: Paths, does: str, sentence: str
) -> None:
    save_token(paths, OTHER)
    keyring.holds(None, does=does)
    with pytest.raises(SettingsError, match=sentence) as caught:
        await keep_token(paths, TOKEN, "keyring")
    assert TOKEN not in str(caught.value)
    assert paths.token.read_text() == f"{OTHER}\n"


async def test_a_token_that_cannot_be_removed_from_it_is_told(
    keyring: FakeKeyring, paths: Paths
) -> None:
    keyring.holds(TOKEN, does="die")
    with pytest.raises(SettingsError, match="the token is kept in its file; the keyring cannot"):
        await keep_token(paths, OTHER, "file")


def test_what_it_said_shows_no_token() -> None:
    answer = system_keyring.Answer(NAME, TOKEN)
    assert TOKEN not in repr(answer)
    assert TOKEN not in f"{answer}"


async def test_two_tokens_are_two_entries(keyring: FakeKeyring, paths: Paths) -> None:
    account = "platform-v1-" + "0a" * 32
    await keep_token(paths, TOKEN, "keyring")
    await keep_token(paths, account, "keyring", "account_token")
    assert (await find_token(paths, {})).token == Token(TOKEN, "keyring")
    assert (await find_token(paths, {}, "account_token")).token == Token(account, "keyring")
    await forget_token(paths, "account_token")
    assert (await find_token(paths, {})).token == Token(TOKEN, "keyring")
    assert (await find_token(paths, {}, "account_token")).token is None
