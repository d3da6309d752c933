"""Who answers: the token, the settings, the environment and a model file decide."""

import json
import logging
import os
from pathlib import Path

import pytest

from acechat.connection import GUIDE_QUESTIONS, connect
from acechat.errors import ChatError, ServerError, SettingsError
from acechat.logfile import start_log
from acechat.paths import Paths, find_paths
from acechat.server.process import EmbeddedServer, Served
from acechat.services.catalogue import DEFAULT_MODEL, MODELS
from acechat.settings import Settings
from acechat.tokens import ACCOUNT_VARIABLE, save_token
from faults import FaultServer, whole

TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = "platform-v1-" + "0a" * 32
TAKEN = whole(json.dumps({"file_url": "https://files.test/a"}).encode())
ENVIRON = {"ACEDATACLOUD_API_TOKEN": TOKEN}


class Child:
    """What `connect` did with the embedded server."""

    def __init__(self) -> None:
        self.ggufs: list[str] = []
        self.closed = 0
        self.models: tuple[str, ...] = ("guide", "sample")
        self.trouble = ""


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Child:
    child = Child()

    def begin(server: EmbeddedServer, paths: Paths, gguf: str = "") -> None:
        child.ggufs.append(gguf)

    async def start(server: EmbeddedServer) -> Served:
        if child.trouble:
            raise ServerError(child.trouble)
        return Served("http://127.0.0.1:1234", "t" * 32, child.models, child.models[0])

    async def aclose(server: EmbeddedServer) -> None:
        child.closed += 1

    monkeypatch.setattr(EmbeddedServer, "__init__", begin)
    monkeypatch.setattr(EmbeddedServer, "start", start)
    monkeypatch.setattr(EmbeddedServer, "aclose", aclose)
    return child


@pytest.fixture
def paths(home: Path) -> Paths:
    return find_paths(os.environ)


async def test_without_a_token_this_machine_answers(paths: Paths, child: Child) -> None:
    connection = await connect(Settings(), paths, {})
    assert connection.label == "embedded"
    assert connection.api.server == "embedded/aichat"
    assert connection.models == connection.closed_models == ("guide", "sample")
    assert connection.model_for(Settings()) == "guide"
    assert connection.note == "No token yet: the guide on this machine answers."
    assert connection.lacks_token
    assert connection.questions == GUIDE_QUESTIONS
    await connection.aclose()
    assert child.closed == 1


async def test_with_a_token_the_api_answers(paths: Paths, child: Child) -> None:
    save_token(paths, TOKEN)
    for environ in ({}, ENVIRON):
        connection = await connect(Settings(), paths, environ)
        assert connection.label == "api"
        assert connection.api.server == "https://api.acedata.cloud/aichat"
        assert connection.models == MODELS
        assert connection.closed_models == ()
        assert connection.model_for(Settings()) == DEFAULT_MODEL
        assert connection.model_for(Settings(model="brand-new")) == "brand-new"
        assert connection.note == "api.acedata.cloud answers."
        await connection.aclose()
    assert child.ggufs == []


async def test_the_settings_can_ask_for_either(paths: Paths, child: Child) -> None:
    connection = await connect(Settings(server="embedded", endpoint="aichat2"), paths, ENVIRON)
    assert connection.api.server == "embedded/aichat2"
    assert connection.note == "the guide on this machine answers."
    await connection.aclose()
    with pytest.raises(SettingsError, match="there is no API token"):
        await connect(Settings(server="api"), paths, {})


async def test_another_base_url_is_named_by_its_host(paths: Paths) -> None:
    settings = Settings(base_url="https://gateway.example.org/ace/")
    connection = await connect(settings, paths, ENVIRON)
    assert connection.label == "gateway.example.org"
    assert connection.api.server == "https://gateway.example.org/ace/aichat"
    await connection.aclose()
    environ = {**ENVIRON, "ACEDATACLOUD_API_BASE_URL": " http://127.0.0.1:8765/ "}
    connection = await connect(settings, paths, environ)
    assert connection.label == "127.0.0.1:8765"
    assert connection.api.server == "http://127.0.0.1:8765/aichat"
    await connection.aclose()


async def test_the_case_of_a_base_url_and_spaces_around_it_make_no_other_server(
    paths: Paths,
) -> None:
    connection = await connect(Settings(base_url=" HTTPS://API.acedata.cloud/ "), paths, ENVIRON)
    assert connection.label == "api"
    assert connection.api.server == "https://api.acedata.cloud/aichat"
    await connection.aclose()


async def test_a_base_url_that_would_show_the_token_is_refused(paths: Paths) -> None:
    environ = {**ENVIRON, "ACEDATACLOUD_API_BASE_URL": "http://api.acedata.cloud"}
    with pytest.raises(SettingsError, match=r"^ACEDATACLOUD_API_BASE_URL: use https"):
        await connect(Settings(), paths, environ)


async def test_a_token_that_cannot_be_used_is_not_passed_over(paths: Paths, child: Child) -> None:
    environ = {"ACEDATACLOUD_API_TOKEN": "platform-v1-" + "0" * 64}
    with pytest.raises(SettingsError, match="account token"):
        await connect(Settings(), paths, environ)
    assert child.ggufs == []
    # Whoever asks for this machine does not need it.
    await (await connect(Settings(server="embedded"), paths, environ)).aclose()


async def test_a_model_file_of_this_run_answers(paths: Paths, child: Child) -> None:
    child.models = ("smol", "guide", "sample")
    settings = Settings(model="guide", gguf="kept.gguf")
    connection = await connect(settings, paths, ENVIRON, gguf="now.gguf")
    assert connection.label == "embedded"
    assert connection.model_for(settings) == "smol"
    assert connection.note == "smol on this machine answers."
    assert connection.questions != GUIDE_QUESTIONS
    await connection.aclose()
    # The one in the settings does not go before the model that they name.
    connection = await connect(settings, paths, {})
    assert connection.model_for(settings) == "guide"
    await connection.aclose()
    assert child.ggufs == ["now.gguf", "kept.gguf"]


async def test_a_default_model_that_is_not_served_gives_way(paths: Paths, child: Child) -> None:
    connection = await connect(Settings(model="gpt-5.1"), paths, {})
    assert connection.model_for(Settings(model="gpt-5.1")) == "guide"
    assert connection.model_for(Settings(model="sample")) == "sample"
    await connection.aclose()


async def test_a_server_that_does_not_start_is_closed(paths: Paths, child: Child) -> None:
    child.trouble = "there is no such file"
    with pytest.raises(ServerError, match="no such file"):
        await connect(Settings(), paths, {})
    assert child.closed == 1


@pytest.mark.parametrize("source", ["environment", "file"])
async def test_files_go_to_the_platform_with_the_account_token(
    source: str, paths: Paths, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("text")
    async with FaultServer(TAKEN) as platform, FaultServer(TAKEN) as api:
        environ = {**ENVIRON, "ACEDATACLOUD_API_BASE_URL": api.url}
        if source == "environment":
            environ[ACCOUNT_VARIABLE] = ACCOUNT
            environ["ACEDATACLOUD_PLATFORM_BASE_URL"] = f" {platform.url}/ "
            settings = Settings()
        else:
            save_token(paths, ACCOUNT, "account_token")
            settings = Settings(platform_url=platform.url)
        connection = await connect(settings, paths, environ)
        host = await connection.file_host()
        assert (host.host, host.has_token) == ("127.0.0.1", True)
        await host.upload(path, lambda _: None)
        await connection.aclose()
        assert api.connections == 0
    (request,) = platform.requests
    assert request.headers["authorization"] == f"Bearer {ACCOUNT}"
    assert TOKEN not in repr(request)


async def test_without_an_account_token_nothing_is_sent_with_the_other_unless_it_is_wished(
    paths: Paths, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("text")
    async with FaultServer(TAKEN) as platform:
        settings = Settings(platform_url=platform.url)
        host = await (await connect(settings, paths, ENVIRON)).file_host()
        assert not host.has_token
        with pytest.raises(ChatError, match="there is no account token"):
            await host.upload(path, lambda _: None)
        assert platform.connections == 0
        wished = Settings(platform_url=platform.url, upload_with="api")
        host = await (await connect(wished, paths, ENVIRON)).file_host()
        await host.upload(path, lambda _: None)
    (request,) = platform.requests
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


async def test_a_platform_that_would_show_the_token_is_refused(paths: Paths) -> None:
    environ = {**ENVIRON, "ACEDATACLOUD_PLATFORM_BASE_URL": "http://platform.acedata.cloud"}
    connection = await connect(Settings(), paths, environ)
    with pytest.raises(SettingsError, match=r"^ACEDATACLOUD_PLATFORM_BASE_URL: use https"):
        await connection.file_host()


async def test_files_stay_on_this_machine_where_it_answers(paths: Paths, child: Child) -> None:
    save_token(paths, ACCOUNT, "account_token")
    host = await (await connect(Settings(server="embedded"), paths, ENVIRON)).file_host()
    assert (host.host, host.has_token) == ("127.0.0.1", True)


async def test_the_account_token_is_not_in_what_is_logged(paths: Paths) -> None:
    save_token(paths, ACCOUNT, "account_token")
    await (await connect(Settings(), paths, ENVIRON)).file_host()
    start_log(paths)
    logging.getLogger("acechat").warning("sent %s", ACCOUNT)
    assert ACCOUNT not in paths.log.read_text()
    assert "sent ••••" in paths.log.read_text()
