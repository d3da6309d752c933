"""What cannot be reached, what is refused before it goes, and where a token goes."""

import asyncio
import os
import socket
from pathlib import Path

import pytest
from asking import GOOD, api_of, ask, failing

from acechat.client.api import HttpChatApi
from acechat.client.timeouts import Timeouts
from acechat.errors import Rejected, Unreachable
from acechat.events import TextDelta
from fault_rows import TOKEN
from faults import (
    FaultServer,
    held,
    refusing,
    verbatim,
    whole,
)
from trust import CERTIFICATE, tls


async def test_refused() -> None:
    async with FaultServer(GOOD) as server:
        url = server.url
    error = await failing(HttpChatApi(url, TOKEN, endpoint="aichat"))
    assert isinstance(error, Unreachable)
    assert error.retryable
    assert not error.charged
    assert error.message == "cannot reach 127.0.0.1: it refused the connection"


@pytest.mark.parametrize("host", ["api.acedata.invalid", "bücher.invalid"])
async def test_name_not_known(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = await failing(HttpChatApi(f"https://{host}", TOKEN, endpoint="aichat"))
    assert isinstance(error, Unreachable)
    assert error.retryable
    assert error.message == f"cannot reach {host}: its name is not known"


async def test_a_certificate_that_is_not_trusted() -> None:
    async with FaultServer(GOOD, tls=tls()) as server:
        error = await failing(api_of(server))
        assert server.requests == []
    assert isinstance(error, Unreachable)
    assert not error.retryable
    assert "certificate is not trusted" in error.message
    assert "SSL_CERT_FILE" in error.message


@pytest.mark.parametrize("variable", [True, False], ids=["SSL_CERT_FILE", "ca_file"])
async def test_a_certificate_that_was_named(
    variable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if variable:
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    async with FaultServer(GOOD, tls=tls()) as server:
        events = await ask(api_of(server, ca_file=None if variable else str(CERTIFICATE)))
    assert TextDelta("lo") in events


async def test_plain_http_behind_an_https_url() -> None:
    async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        error = await failing(HttpChatApi(url, TOKEN, endpoint="aichat"))
    assert isinstance(error, Unreachable)
    assert error.message.startswith("cannot reach 127.0.0.1: TLS failed")


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "not a certificate"])
@pytest.mark.parametrize("variable", [True, False], ids=["SSL_CERT_FILE", "ca_file"])
async def test_certificates_that_cannot_be_read(
    variable: bool, content: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content)
    if variable:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    ca_file = None if variable else str(path)
    api = HttpChatApi("https://127.0.0.1:9", TOKEN, endpoint="aichat", ca_file=ca_file)
    error = await failing(api)
    assert isinstance(error, Unreachable)
    assert not error.retryable
    assert ("SSL_CERT_FILE" if variable else "ca_file") in error.message


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.mark.usefixtures("no_proxies")
@pytest.mark.parametrize("proxy", ["gopher://user:secret@127.0.0.1:1", "socks5://127.0.0.1:1"])
async def test_a_proxy_that_cannot_be_used(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    error = await failing(HttpChatApi("https://api.acedata.invalid", TOKEN, endpoint="aichat"))
    assert isinstance(error, Unreachable)
    assert not error.retryable
    assert "HTTPS_PROXY" in error.message
    assert "secret" not in error.message


@pytest.mark.usefixtures("no_proxies")
async def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    head = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"
    async with FaultServer(verbatim(head)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = await failing(HttpChatApi("https://api.acedata.invalid", TOKEN, endpoint="aichat"))
    assert isinstance(error, Unreachable)
    assert not error.retryable
    assert "HTTPS_PROXY" in error.message
    assert "407" in error.message
    assert [request.method for request in proxy.requests] == ["CONNECT"]
    assert TOKEN not in repr(proxy.requests)


@pytest.mark.usefixtures("no_proxies")
async def test_a_silent_proxy_is_not_taken_for_a_sent_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with FaultServer(held(head=False)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        api = HttpChatApi(
            "https://api.acedata.invalid",
            TOKEN,
            endpoint="aichat",
            timeouts=Timeouts(connect=0.1),
        )
        error = await failing(api)
    assert isinstance(error, Unreachable)
    assert error.retryable


@pytest.mark.usefixtures("no_proxies")
async def test_loopback_needs_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with FaultServer(GOOD) as server:
        assert TextDelta("lo") in await ask(api_of(server))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    async with FaultServer(GOOD) as other:
        location = f"location: {other.url.replace('127.0.0.1', 'localhost')}/aichat"
        async with FaultServer(whole(b"", f"{status} Moved", location)) as server:
            error = await failing(api_of(server))
        assert other.connections == 0
    assert isinstance(error, Rejected)
    assert (error.code, error.status) == ("redirected", status)
    assert error.message == "the server redirects to localhost, which was not followed"


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("“abc”", "invalid_token"),
        ("a b", "invalid_token"),
        ("a\nb", "invalid_token"),
        (" ", "no_token"),
    ],
)
async def test_a_token_that_cannot_be_sent(token: str, code: str) -> None:
    async with FaultServer(GOOD) as server:
        error = await failing(HttpChatApi(server.url, token, endpoint="aichat"))
        assert server.connections == 0
    assert isinstance(error, Unreachable)
    assert error.code == code
    assert "token" in error.message
    assert not error.retryable


async def test_the_token_is_not_sent_over_plain_http() -> None:
    error = await failing(HttpChatApi("http://api.acedata.cloud", TOKEN, endpoint="aichat"))
    assert isinstance(error, Unreachable)
    assert not error.retryable
    assert "https" in error.message


async def test_an_account_token_gets_its_own_hint() -> None:
    account = "platform-v1-" + "0a" * 32
    error = {"code": "invalid_token", "message": "Invalid token."}
    async with FaultServer(refusing("401 Unauthorized", error=error)) as server:
        caught = await failing(HttpChatApi(server.url, account, endpoint="aichat"))
    assert caught.code == "invalid_token"
    assert "this looks like an account token" in caught.message
    assert account not in caught.message
