"""`acechat models`, `paths` and `doctor`: what is in force here."""

import json
from pathlib import Path

import pytest

from acechat.__main__ import main
from acechat.errors import Rejected, ServerError
from cli.scripted_api import Connecting, ScriptedApi
from trust import nothing_set

Capture = pytest.CaptureFixture[str]
TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def api(home: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedApi:
    api = ScriptedApi([])
    monkeypatch.setattr("acechat.connection.connect", Connecting(api))
    return api


def test_the_models_by_family(api: ScriptedApi, capsys: Capture) -> None:
    assert main(["models"]) == 0
    assert capsys.readouterr().out == "GPT-5\n  gpt-5.1  (default)\nGLM\n  glm-5\n"
    assert api.closed == 1


def test_a_default_that_is_not_listed_is_shown_too(
    api: ScriptedApi, home: Path, capsys: Capture
) -> None:
    home.mkdir()
    (home / "config.toml").write_text('model = "brand-new"\n')
    assert main(["models"]) == 0
    assert capsys.readouterr().out.endswith("other\n  brand-new  (default)\n")


def test_the_models_as_json(api: ScriptedApi, capsys: Capture) -> None:
    assert main(["models", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"model": "gpt-5.1", "family": "GPT-5", "default": True},
        {"model": "glm-5", "family": "GLM", "default": False},
    ]


def test_the_paths(home: Path, capsys: Capture) -> None:
    assert main(["paths"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["settings", f"{home}/config.toml"],
        ["token", f"{home}/token"],
        ["account_token", f"{home}/account-token"],
        ["conversations", f"{home}/conversations.db"],
        ["backups", f"{home}/backups"],
        ["server", f"{home}/server.db"],
        ["log", f"{home}/acechat.log"],
    ]
    assert main(["paths", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == dict(lines)
    assert not home.exists()


def doctor(capsys: Capture) -> tuple[int, dict[str, dict[str, str]], list[str]]:
    code = main(["doctor", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["healthy"] is (code == 0)
    return code, found, found["problems"]


def test_all_is_well(
    api: ScriptedApi, home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACEDATACLOUD_API_TOKEN", TOKEN)
    code, found, problems = doctor(capsys)
    assert (code, problems) == (0, [])
    assert found["server"]["token"] == "••••cdef (from the environment)"
    assert found["server"]["reachable"] == "the server takes this token"
    assert found["store"] == {"conversations": "none yet"}
    assert found["paths"]["settings"] == f"{home}/config.toml (not there yet)"
    assert {"acechat", "python", "sqlite", "textual", "httpx"} <= set(found["versions"])
    assert {"TERM", "COLORTERM", "tmux", "ssh", "clipboard", "unicode"} <= set(found["terminal"])
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert out.endswith("\nall is well\n")
    assert "\nserver\n  token          ••••cdef (from the environment)\n" in out
    assert TOKEN not in out
    assert not home.exists()


def test_a_server_that_refuses_is_a_problem(api: ScriptedApi, capsys: Capture) -> None:
    api.checked = Rejected("the token is not known", code="invalid_token", status=401)
    code, found, problems = doctor(capsys)
    assert (code, problems) == (1, ["the token is not known"])
    assert found["server"]["reachable"] == "no"
    assert main(["doctor"]) == 1
    assert capsys.readouterr().out.endswith("\nproblem: the token is not known\n")


def test_a_server_that_cannot_start_is_a_problem(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise ServerError("the embedded server cannot be started")

    monkeypatch.setattr("acechat.connection.connect", fail)
    assert doctor(capsys)[2] == ["the embedded server cannot be started"]


def test_a_broken_settings_file_is_a_problem(api: ScriptedApi, home: Path, capsys: Capture) -> None:
    home.mkdir()
    (home / "config.toml").write_text("mouse = 3\n")
    code, _, problems = doctor(capsys)
    assert code == 1
    assert problems == [f"{home}/config.toml, line 1: mouse: must be true or false"]
    assert (home / "config.toml").read_text() == "mouse = 3\n"


def test_a_token_file_that_others_can_read_is_one_problem(home: Path, capsys: Capture) -> None:
    home.mkdir()
    (home / "token").write_text(TOKEN)
    (home / "token").chmod(0o644)
    code, found, problems = doctor(capsys)
    assert code == 1
    assert problems == [f"{home}/token can be read by other users: run chmod 600 on it"]
    assert TOKEN not in json.dumps(found)


def test_a_healthy_store_says_what_it_holds(api: ScriptedApi, home: Path, capsys: Capture) -> None:
    from acechat.store.conversations import ConversationStore

    async def make() -> None:
        await (await ConversationStore.open(home / "conversations.db")).close()

    import asyncio

    home.mkdir()
    asyncio.run(make())
    code, found, _ = doctor(capsys)
    assert code == 0
    assert "conversations: 0" in found["store"]["health"]


def test_tmux_and_ssh_are_seen(
    api: ScriptedApi, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmux = tmp_path / "bin" / "tmux"
    tmux.parent.mkdir()
    seen = tmp_path / "seen"
    tmux.write_text(f'#!/bin/sh\necho external\n/usr/bin/env > "{seen}"\n')
    tmux.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmux.parent))
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    monkeypatch.setenv("ACEDATACLOUD_API_TOKEN", "0123456789abcdef" * 2)
    monkeypatch.setenv("ACEDATACLOUD_ACCOUNT_TOKEN", "platform-v1-" + "0" * 64)
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 22 10.0.0.2 22")
    terminal = doctor(capsys)[1]["terminal"]
    assert terminal["tmux"] == "yes, set-clipboard external"
    assert "PATH" in seen.read_text()
    assert "ACEDATACLOUD" not in seen.read_text()
    assert terminal["ssh"] == "yes"
    assert terminal["clipboard"] == "through the terminal only"


def test_the_way_to_the_server_is_shown_without_passwords(
    api: ScriptedApi, home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_set(monkeypatch)
    assert doctor(capsys)[1]["network"] == {
        "proxies": "no variable names one",
        "certificates": "those of the system and of certifi",
        "ca_file": "not set",
    }
    home.mkdir()
    (home / "config.toml").write_text('ca_file = "~/company.pem"\n')
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@proxy:3128")
    monkeypatch.setenv("no_proxy", "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/all.pem")
    assert doctor(capsys)[1]["network"] == {
        "HTTPS_PROXY": "http://••••@proxy:3128",
        "no_proxy": "localhost",
        "SSL_CERT_FILE": "/etc/all.pem",
        "ca_file": "~/company.pem",
    }


@pytest.mark.parametrize("text", ["base_url = 3\n", "base_ulr = 'https://a.b'\n", "x = \n"])
def test_nobody_is_asked_where_the_settings_may_mean_another_server(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    async def connect(*_: object, **__: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr("acechat.connection.connect", connect)
    monkeypatch.setenv("ACEDATACLOUD_API_TOKEN", TOKEN)
    home.mkdir()
    (home / "config.toml").write_text(text)
    code, found, problems = doctor(capsys)
    assert code == 1
    assert problems[0].startswith(f"{home}/config.toml, line 1: ")
    assert found["server"]["reachable"] == "not tried, because of the settings file"


@pytest.mark.parametrize("arguments", [["paths"], ["list"], ["export", "--all"]])
def test_what_needs_no_settings_works_without_them(
    home: Path, capsys: Capture, arguments: list[str]
) -> None:
    home.mkdir()
    (home / "config.toml").write_text("x = \n")
    assert main(arguments) == 0
    assert capsys.readouterr().err == ""
