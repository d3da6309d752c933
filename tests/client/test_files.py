"""A file on its way: what is sent, what comes back, and what each fault says."""

import asyncio
import json
import os
import socket
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from itertools import pairwise
from pathlib import Path

import pytest

from acechat.client.files import HttpFileHost
from acechat.client.multipart import PIECE
from acechat.client.timeouts import Timeouts
from acechat.errors import ChatError, FileError, Rejected, TimedOut, Unreachable
from acechat.files import MAX_FILE, StoredFile
from faults import (
    Behaviour,
    Exchange,
    FaultServer,
    Request,
    close_at_once,
    cut,
    held,
    refusing,
    reset_at_once,
    verbatim,
    whole,
)
from hostile import LINE

ACCOUNT = "platform-v1-" + "0a" * 32
URL = "https://cdn.acedata.cloud/abc/report.pdf"
GOOD = whole(json.dumps({"file_url": URL, "id": 7}).encode())


def host_of(server: FaultServer, **seconds: float) -> HttpFileHost:
    return HttpFileHost(server.url, ACCOUNT, timeouts=Timeouts(**seconds))


def a_file(folder: Path, content: bytes = b"%PDF-1.7 and so on", name: str = "report.pdf") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


async def upload(host: HttpFileHost, path: Path) -> StoredFile:
    return await host.upload(path, lambda _: None)


async def failing(host: HttpFileHost, path: Path) -> ChatError:
    with pytest.raises(ChatError) as caught:
        async with asyncio.timeout(15):
            await upload(host, path)
    assert ACCOUNT not in str(caught.value)
    return caught.value


def form_of(request: Request) -> tuple[str | None, str | None, str, bytes]:
    """Return field, file name, type and content of the one part, as another library reads them."""
    head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
    (part,) = BytesParser(policy=HTTP).parsebytes(head + request.body).iter_parts()
    disposition = part["content-disposition"].params
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return disposition.get("name"), part.get_filename(), part.get_content_type(), content


async def test_a_file_is_sent_as_a_form_and_its_url_comes_back(tmp_path: Path) -> None:
    content = bytes(range(256)) * 1000
    told: list[int] = []
    async with FaultServer(GOOD) as server:
        stored = await host_of(server).upload(a_file(tmp_path, content), told.append)
    assert stored == StoredFile(URL, "report.pdf", len(content))
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/api/v1/files/")
    assert form_of(request) == ("file", "report.pdf", "application/pdf", content)
    assert request.headers["authorization"] == f"Bearer {ACCOUNT}"
    assert "transfer-encoding" not in request.headers
    # In pieces, in order, to the end.
    assert told == sorted(set(told))
    assert len(told) > 2
    assert told[-1] == len(content)


@pytest.mark.parametrize(
    "name",
    ['a "quoted" name.txt', "two\nlines\r\nx-evil: 1.txt", "esc\x1b]52;c;x\x07.txt", "杭州 é.txt"],
)
async def test_a_hostile_name_is_one_harmless_field(name: str, tmp_path: Path) -> None:
    async with FaultServer(GOOD) as server:
        stored = await upload(host_of(server), a_file(tmp_path, b"text", name))
    assert stored.name == name
    (request,) = server.requests
    head = request.body.split(b"\r\n\r\n")[0]
    assert head.count(b"\r\n") == 2
    assert b"\x1b" not in head
    assert head.split(b"\r\n")[1].startswith(b'content-disposition: form-data; name="file"; ')
    assert head.split(b"\r\n")[1].count(b'"') == 4


async def test_a_file_that_is_too_large_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    with path.open("wb") as file:
        file.truncate(101_000_000)
    async with FaultServer(GOOD) as server:
        with pytest.raises(FileError) as caught:
            await upload(host_of(server), path)
        assert server.connections == 0
    assert str(caught.value) == "film.mkv has 101 MB; at most 100 MB can be uploaded"


async def test_the_largest_file_goes_without_being_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    with path.open("wb") as file:
        file.truncate(MAX_FILE)
    received = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal received
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while received < length:
            received += len(await reader.read(1 << 20))
        body = json.dumps({"file_url": URL}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
        writer.close()

    pieces: list[int] = []

    async with await asyncio.start_server(count, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        stored = await HttpFileHost(url, ACCOUNT).upload(path, pieces.append)
    assert stored.size == MAX_FILE
    assert received > MAX_FILE
    assert max(b - a for a, b in pairwise([0, *pieces])) <= PIECE


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Path.absolute, "cannot be read: No such file"),
        (Path.mkdir, "is a folder; name a file in it"),
        (Path.touch, "is empty"),
        (os.mkfifo, "is no plain file"),
    ],
)
async def test_what_is_no_file_is_refused_before_anything_is_sent(
    make: Callable[[Path], object], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "thing"
    make(path)
    async with FaultServer(GOOD) as server:
        with pytest.raises(FileError, match=words):
            await upload(host_of(server), path)
        assert server.connections == 0


async def test_a_name_that_acts_on_terminals_is_inert_in_errors(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        await upload(HttpFileHost("http://127.0.0.1:9", ACCOUNT), tmp_path / "a\x1b[2J\nb")
    assert str(caught.value).startswith("a␛[2J b cannot be read")


async def test_a_file_that_becomes_shorter_is_named(tmp_path: Path) -> None:
    path = a_file(tmp_path, b"x" * 1_000_000)

    def told(sent: int) -> None:
        path.write_bytes(b"x")

    async with FaultServer(GOOD) as server:
        with pytest.raises(FileError, match="cannot be read: it became shorter"):
            await host_of(server).upload(path, told)


async def test_a_reply_that_names_no_url_is_refused(tmp_path: Path) -> None:
    bodies: list[bytes] = [
        b"",
        b"{}",
        b"[1]",
        b"<html>ok</html>",
        b'{"file_url": 7}',
        b'{"file_url": "file:///etc/passwd"}',
        b'{"file_url": "https://"}',
        b'{"file_url": "https://a/\\u001b[2J"}',
        b'{"file_url": "https://a/' + b"x" * 3000 + b'"}',
        b'{"file_url": "https://a/x',
    ]
    for body in bodies:
        async with FaultServer(whole(body)) as server:
            error = await failing(host_of(server), a_file(tmp_path))
        assert "the server took the file" in error.message, body


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (close_at_once, "no reply from 127.0.0.1"),
        (reset_at_once, "no reply from 127.0.0.1"),
        (verbatim(b"SSH-2.0-OpenSSH\r\n\r\n"), "is not HTTP"),
        (refusing("401 Unauthorized", detail="Token is invalid."), "Token is invalid."),
        (whole(b"", "413 Payload Too Large"), "the file is too large for the server"),
        (whole(b"<html>x</html>", "502 Bad Gateway", kind="text/html"), "HTTP 502"),
        (whole(b"<html>x</html>", "404 Not Found", kind="text/html"), "does not take files there"),
        (refusing("403 Forbidden", error={"code": "used_up", "message": ""}), "balance"),
        (refusing("400 Bad Request", error=f"bad {ACCOUNT} \x1b[2J"), "bad •••• ␛[2J"),
        (cut([b'{"file_url": "https://a']), "the server took the file"),
    ],
)
async def test_faults_are_one_sentence(behaviour: Behaviour, words: str, tmp_path: Path) -> None:
    async with FaultServer(behaviour) as server:
        error = await failing(host_of(server), a_file(tmp_path))
        assert server.connections == 1
    assert words in error.message
    assert "<html>" not in error.message
    assert "question" not in error.message


async def test_a_wrong_token_is_told_by_its_status(tmp_path: Path) -> None:
    async with FaultServer(refusing("401 Unauthorized", detail="no")) as server:
        error = await failing(host_of(server), a_file(tmp_path))
    assert isinstance(error, Rejected)
    assert error.status == 401


async def test_a_server_that_is_away(tmp_path: Path) -> None:
    async with FaultServer(GOOD) as server:
        url = server.url
    error = await failing(HttpFileHost(url, ACCOUNT), a_file(tmp_path))
    assert error.message == "cannot reach 127.0.0.1: it refused the connection"


async def test_a_name_that_is_not_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    host = HttpFileHost("https://platform.acedata.invalid", ACCOUNT)
    assert "its name is not known" in (await failing(host, a_file(tmp_path))).message


async def test_a_server_that_hangs_ends_in_time(tmp_path: Path) -> None:
    async with FaultServer(held(head=False)) as server:
        error = await failing(host_of(server, stored=0.2), a_file(tmp_path))
    assert isinstance(error, TimedOut)
    assert "no answer from 127.0.0.1 within 0.2 s" in error.message


async def test_a_server_that_takes_no_more_ends_in_time(tmp_path: Path) -> None:
    over = asyncio.Event()
    closed = asyncio.Event()

    async def deaf(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.transport.abort()
        closed.set()

    path = tmp_path / "film.mkv"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    server = await asyncio.start_server(deaf, "127.0.0.1", 0, limit=1024)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    host = HttpFileHost(url, ACCOUNT, timeouts=Timeouts(write=0.2, stored=0.2))
    error = await failing(host, path)
    assert isinstance(error, TimedOut)
    assert error.message == "127.0.0.1 did not take film.mkv"
    over.set()
    await closed.wait()
    server.close()


async def test_however_long_a_file_takes_to_go_out_it_is_no_silence(tmp_path: Path) -> None:
    sent: list[int] = []

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        left = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        # Longer than an answer is waited for, while the file waits in between.
        await asyncio.sleep(0.5)
        assert sent[-1] < 50_000_000
        while left:
            left -= len(await reader.read(1 << 20))
        body = json.dumps({"file_url": URL}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
        writer.close()

    path = tmp_path / "film.mkv"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    async with await asyncio.start_server(slow, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        host = HttpFileHost(url, ACCOUNT, timeouts=Timeouts(stored=0.3))
        assert (await host.upload(path, sent.append)).url == URL


async def test_a_refusal_before_the_end_is_heard(tmp_path: Path) -> None:
    async def early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"detail": "larger than allowed"}'
        writer.write(
            b"HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%b"
            % (len(body), body)
        )
        await writer.drain()
        while await reader.read(1 << 20):
            pass
        writer.close()

    path = tmp_path / "film.mkv"
    with path.open("wb") as file:
        file.truncate(20_000_000)
    async with await asyncio.start_server(early, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        error = await failing(HttpFileHost(url, ACCOUNT), path)
    assert error.message == "larger than allowed"


async def test_being_cancelled_closes_the_connection(tmp_path: Path) -> None:
    async with FaultServer(held(head=False)) as server:
        task = asyncio.create_task(upload(host_of(server), a_file(tmp_path)))
        await server.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.left.wait(), 10)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status: int, tmp_path: Path) -> None:
    async with FaultServer(GOOD) as other:
        location = f"location: {other.url.replace('127.0.0.1', 'localhost')}/x"
        async with FaultServer(whole(b"", f"{status} Moved", location)) as server:
            error = await failing(host_of(server), a_file(tmp_path))
        assert other.connections == 0
    assert error.message == "the server redirects to localhost, which was not followed"


@pytest.mark.parametrize(
    ("url", "token", "words"),
    [
        ("http://platform.acedata.cloud", ACCOUNT, "use https"),
        ("https://platform.acedata.cloud", "", "there is no account token"),
        ("https://platform.acedata.cloud", "“abc”", "characters that no token has"),
        ("https://platform.acedata.cloud", "a b", "characters that no token has"),
    ],
)
async def test_what_no_token_is_sent_to_or_with(
    url: str, token: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(Unreachable, match=words):
        await upload(HttpFileHost(url, token), a_file(tmp_path))


# Looking at a URL.


def typed(kind: str, length: int) -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        await exchange.head("200 OK", f"content-length: {length}", kind=kind)

    return behave


async def test_a_url_that_answers_says_what_it_is() -> None:
    async with FaultServer(typed("image/png; x=1", 1234)) as server:
        seen = await host_of(server).look(f"{server.url}/a.png")
    assert (seen.answers, seen.content_type, seen.size) == (True, "image/png", 1234)
    (request,) = server.requests
    assert request.method == "HEAD"
    assert not {"authorization", "cookie"} & set(request.headers)
    assert ACCOUNT not in repr(request)


async def test_who_refuses_head_is_asked_for_one_byte() -> None:
    script = [
        whole(b"", "405 Method Not Allowed"),
        whole(b"x", "206 Partial Content", "content-range: bytes 0-0/4321", kind="text/plain"),
    ]
    async with FaultServer(script) as server:
        seen = await host_of(server).look(f"{server.url}/a")
    assert (seen.answers, seen.content_type, seen.size) == (True, "text/plain", 4321)
    head, get = server.requests
    assert (head.method, get.method, get.headers["range"]) == ("HEAD", "GET", "bytes=0-0")
    assert "authorization" not in get.headers


async def test_an_endless_body_is_not_read() -> None:
    async def endless(exchange: Exchange) -> None:
        if exchange.request.method == "HEAD":
            await exchange.head("501 Not Implemented", "content-length: 0")
            return
        await exchange.head("200 OK", kind="video/mp4")
        while True:
            await exchange.raw(b"x" * 65536)

    async with FaultServer(endless) as server:
        seen = await host_of(server).look(f"{server.url}/a")
        await asyncio.wait_for(server.left.wait(), 10)
    assert (seen.answers, seen.content_type, seen.size) == (True, "video/mp4", None)


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (whole(b"", "404 Not Found"), "is not there (HTTP 404)"),
        (whole(b"", "403 Forbidden"), "refuses (HTTP 403)"),
        (whole(b"", "503 Busy"), "has an error (HTTP 503)"),
        (close_at_once, "no reply from 127.0.0.1"),
        (verbatim(b"hello\r\n\r\n"), "what 127.0.0.1 sent is not HTTP"),
        (whole(b"", "302 Found", "location: https://evil.example/"), "evil.example, not followed"),
        (whole(b"", "302 Found", "location: /elsewhere"), "redirects to 127.0.0.1, not followed"),
    ],
)
async def test_a_url_that_does_not_answer_says_why(behaviour: Behaviour, words: str) -> None:
    async with FaultServer(behaviour) as server:
        seen = await host_of(server).look(f"{server.url}/a")
    assert not seen.answers
    assert words in seen.words


async def test_a_silent_url_ends_in_time() -> None:
    async with FaultServer(held(head=False)) as server:
        async with asyncio.timeout(15):
            seen = await host_of(server, glance=0.2).look(server.url)
    assert seen.words == "no answer within 0.2 s"


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        # No header may hold what LINE does: the answer is none.
        ("image/" + LINE, ""),
        ("image/\x9b31m\u202e" + "y" * 400, "image/31m" + "y" * 51),
    ],
    ids=["escape", "C1"],
)
async def test_hostile_headers_are_inert(kind: str, told: str) -> None:
    raw = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {'9' * 18}\r\n\r\n"
    async with FaultServer(verbatim(raw.encode())) as server:
        seen = await host_of(server).look(server.url)
    assert seen.content_type == told
    assert seen.words.isprintable()
    assert seen.size is None


async def test_what_is_no_url_is_not_asked() -> None:
    host = HttpFileHost("https://platform.acedata.cloud", "")
    assert (await host.look("ftp://a")).words == "a reference starts with https:// or http://"
