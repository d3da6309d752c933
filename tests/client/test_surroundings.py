"""Proxies and certificates of the environment: used, left out, named where they are wrong."""

from pathlib import Path

import pytest
from asking import GOOD, ask, failing

from acechat.client import surroundings
from acechat.client.api import HttpChatApi
from acechat.errors import PROXY, UNTRUSTED, Unreachable
from acechat.events import TextDelta
from fault_rows import TOKEN
from faults import FaultServer, Tunnel
from trust import CERTIFICATE, ELSEWHERE, nothing_set, tls


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_set(monkeypatch)


def elsewhere(ca_file: str | None = str(CERTIFICATE)) -> HttpChatApi:
    return HttpChatApi(ELSEWHERE, TOKEN, endpoint="aichat", ca_file=ca_file)


async def test_a_question_goes_through_the_proxy_and_the_proxy_sees_no_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with FaultServer(GOOD, tls=tls()) as server, Tunnel(server) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//user:secret@"))
        assert TextDelta("lo") in await ask(elsewhere())
    (head,) = proxy.heads
    assert head.startswith(b"CONNECT api.acedata.invalid:443 ")
    assert TOKEN.encode() not in head
    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert "secret" not in repr(request)


async def test_the_certificate_behind_a_proxy_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FaultServer(GOOD, tls=tls()) as server, Tunnel(server) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = await failing(elsewhere(ca_file=None))
    assert error.code == UNTRUSTED
    assert "name the certificates that you trust in ca_file or SSL_CERT_FILE" in error.message
    assert server.requests == []


@pytest.mark.parametrize("hosts", ["api.acedata.invalid", "*", "localhost,.acedata.invalid"])
async def test_no_proxy_leaves_the_proxy_out(hosts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with FaultServer(GOOD, tls=tls()) as server, Tunnel(server) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", hosts)
        error = await failing(elsewhere())
    assert error.message == "cannot reach api.acedata.invalid: its name is not known"
    assert proxy.heads == []


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(
    "value", ["::::", "http://[::1", "ftp://user:secret@127.0.0.1", "socks5://h"]
)
async def test_a_proxy_that_cannot_be_used_is_named(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    error = await failing(elsewhere())
    assert isinstance(error, Unreachable)
    assert (error.retryable, error.code) == (False, PROXY)
    assert error.message == f"the proxy in {variable} cannot be used; correct or unset it"


@pytest.mark.parametrize("proxy", [None, "http://127.0.0.1:9"])
@pytest.mark.parametrize("hosts", ["[::1", "a.b,*:x"])
async def test_a_list_of_hosts_that_cannot_be_read_is_named(
    hosts: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.setenv("NO_PROXY", hosts)
    error = await failing(elsewhere())
    assert error.code == PROXY
    assert error.message == "the list of hosts in NO_PROXY cannot be used; correct or unset it"


async def test_a_proxy_that_is_away_is_told_from_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with FaultServer(GOOD) as away:
        pass
    monkeypatch.setenv("HTTPS_PROXY", away.url)
    error = await failing(elsewhere())
    assert error.message == (
        "cannot reach api.acedata.invalid: the proxy in HTTPS_PROXY refused the connection"
    )
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.acedata.invalid:3128")
    error = await failing(elsewhere())
    assert error.message == (
        "cannot reach api.acedata.invalid: the name of the proxy in HTTPS_PROXY is not known"
    )


async def test_a_folder_of_certificates_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "gone"))
    error = await failing(elsewhere())
    assert error.code == UNTRUSTED
    assert error.message == ("the certificates in SSL_CERT_DIR cannot be read; correct or unset it")


def test_what_is_shown_has_no_password() -> None:
    shown = surroundings.in_force(
        {
            "HTTPS_PROXY": "http://user:secret@proxy:3128",
            "https_proxy": "http://small:secret@first:3128",
            "ALL_PROXY": "user:secret@proxy:1",
            "http_proxy": "http://a:sec\x1bret@[bad@secret@proxy",
            "NO_PROXY": "localhost,.example.org",
            "SSL_CERT_FILE": "/etc/company.pem",
        }
    )
    assert shown == {
        "https_proxy": "http://••••@first:3128",
        "ALL_PROXY": "http://••••@proxy:1",
        "http_proxy": "http://••••@proxy",
        "NO_PROXY": "localhost,.example.org",
        "SSL_CERT_FILE": "/etc/company.pem",
    }
    assert surroundings.in_force({"HTTPS_PROXY": "http://proxy:1"}) == {
        "HTTPS_PROXY": "http://proxy:1"
    }
