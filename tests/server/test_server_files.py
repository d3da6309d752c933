"""The file call: what it takes, what it refuses, and who may read what it has taken."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from itertools import pairwise
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acechat.server.bodies import ApiError
from acechat.server.files import KEPT, MAX_FILE
from acechat.server.multipart import boundary_of, read_file
from server.test_server_aichat import error_of

FILES = "/api/v1/files/"


async def given_url(http: httpx.AsyncClient, name: str, content: bytes, kind: str) -> str:
    response = await http.post(FILES, files={"file": (name, content, kind)})
    assert response.status_code == 200
    assert set(response.json()) == {"file_url"}
    return response.json()["file_url"]


async def test_a_file_is_taken_and_given_to_who_has_its_url(
    http: httpx.AsyncClient, server_url: str
) -> None:
    content = bytes(range(256)) * 1000
    url = await given_url(http, "photo.png", content, "image/png")
    assert url.startswith(f"{server_url}/files/")
    assert url.endswith("/photo.png")
    async with httpx.AsyncClient() as anybody:
        response = await anybody.get(url)
        assert response.content == content
        assert response.headers["content-type"] == "image/png"
        assert response.headers["x-content-type-options"] == "nosniff"
        head = await anybody.head(url)
        assert (head.status_code, head.headers["content-length"]) == (200, str(len(content)))


async def test_two_files_have_two_urls(http: httpx.AsyncClient) -> None:
    first = await given_url(http, "a.txt", b"one", "text/plain")
    second = await given_url(http, "a.txt", b"two", "text/plain")
    assert first != second
    assert (await http.get(first)).text == "one"
    assert (await http.get(second)).text == "two"


async def test_a_page_is_not_run_by_a_browser(http: httpx.AsyncClient) -> None:
    url = await given_url(http, "a.html", b"<script>", "text/html")
    assert (await http.get(url)).headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a b.txt", "杭州.txt", "a?b#c.txt", "x" * 500]
)
async def test_whatever_a_file_is_called_its_url_leads_to_it(
    name: str, http: httpx.AsyncClient
) -> None:
    url = await given_url(http, name, b"content", "text/plain")
    assert (await http.get(url)).content == b"content"
    assert len(urlsplit(url).path.split("/")) == 4
    assert url.isascii()


async def test_the_oldest_file_goes_where_there_are_many(http: httpx.AsyncClient) -> None:
    first = await given_url(http, "a.txt", b"one", "text/plain")
    last = first
    for _ in range(KEPT):
        last = await given_url(http, "a.txt", b"more", "text/plain")
    assert (await http.get(last)).content == b"more"
    assert error_of(await http.get(first))[:2] == (404, "api_not_implemented")


async def test_without_the_token_nothing_is_taken(server_url: str) -> None:
    async with httpx.AsyncClient(base_url=server_url) as client:
        response = await client.post(FILES, files={"file": b"x"})
        assert error_of(response)[:2] == (401, "no_token")
        wrong = {"authorization": "Bearer wrong"}
        response = await client.post(FILES, files={"file": b"x"}, headers=wrong)
        assert error_of(response)[:2] == (401, "invalid_token")


async def test_what_is_no_form_with_a_file_is_refused(http: httpx.AsyncClient) -> None:
    response = await http.post(FILES, json={"file": "x"})
    assert error_of(response)[:2] == (400, "bad_request")
    response = await http.post(FILES, files={"other": b"x"})
    assert error_of(response) == (400, "bad_request", "the form has no field `file`")
    form = {"content-type": "multipart/form-data; boundary=b"}
    response = await http.post(FILES, content=b"--b\r\n" + b"x" * 100_000, headers=form)
    assert error_of(response) == (400, "bad_request", "the form cannot be read")


async def test_a_file_that_is_too_large_is_refused(http: httpx.AsyncClient) -> None:
    head = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n'

    async def content() -> AsyncGenerator[bytes, None]:
        yield head
        for _ in range(MAX_FILE // 1_000_000 + 1):
            yield b"x" * 1_000_000

    form = {"content-type": "multipart/form-data; boundary=b"}
    try:
        response = await http.post(FILES, content=content(), headers=form)
    except httpx.WriteError:
        return  # it was refused while it was being sent
    status, code, message = error_of(response)
    assert (status, code) == (413, "request_entity_too_large")
    assert message == "the file is larger than 100 MB"


def form_with(content: bytes, before: bytes = b"") -> bytes:
    return (
        before
        + b'--edge\r\nContent-Disposition: form-data; name="note"\r\n\r\nfile\r\n'
        + b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n'
        + b"Content-Type: image/png\r\n\r\n"
        + content
        + b"\r\n--edge--\r\n"
    )


@given(content=st.binary(max_size=80), cuts=st.lists(st.integers(0, 300), max_size=8))
def test_any_cut_of_the_form_gives_the_same_file(content: bytes, cuts: list[int]) -> None:
    content = content.replace(b"--edge", b"")
    whole = form_with(content)
    edges = [0, *sorted(cut % len(whole) for cut in cuts), len(whole)]

    async def chunks() -> AsyncIterator[bytes]:
        for start, end in pairwise(edges):
            yield whole[start:end]

    written: list[bytes] = []
    part = asyncio.run(read_file(chunks(), b"edge", written.append))
    assert b"".join(written) == content
    assert (part.name, part.content_type) == ("a.bin", "image/png")


async def test_a_form_that_ends_too_early_is_refused() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield form_with(b"content")[:-12]

    with pytest.raises(ApiError, match="ends too early"):
        await read_file(chunks(), b"edge", lambda _: None)


@pytest.mark.parametrize(
    "kind", ["", "application/json", "multipart/form-data", "text/x; boundary=b"]
)
def test_a_content_type_without_a_boundary_is_refused(kind: str) -> None:
    with pytest.raises(ApiError, match="multipart/form-data"):
        boundary_of(kind)


def test_the_boundary_may_be_quoted() -> None:
    assert boundary_of('Multipart/Form-Data; charset=x; Boundary="a b"') == b"a b"
