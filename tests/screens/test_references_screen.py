"""The list of references: what is typed is checked, and the list is edited in its place."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from panel_host import HOSTILE, SIZES, assert_inert, showing, type_text

from acechat.files import LocalFile, LookedAt, StoredFile
from acechat.screens.panel import LineInput
from acechat.screens.references import ReferencesChoice, ReferencesScreen

A, B, C = "https://a.example/report.pdf", "https://b.example/photo.png", "https://c.example/page"


def kept(app_results: list[object]) -> tuple[str, ...] | None:
    (choice,) = app_results
    assert isinstance(choice, ReferencesChoice)
    return choice.references


async def test_urls_are_added_with_their_kind() -> None:
    async with showing(ReferencesScreen(())) as (app, pilot):
        assert "no references" in app.text
        await type_text(pilot, A)
        await pilot.press("enter")
        await type_text(pilot, B)
        await pilot.press("enter")
        lines = [line.split("│")[1].split() for line in app.text.splitlines() if "example" in line]
        assert lines == [["pdf", A], ["image", B]]
        await pilot.press("escape")
        assert kept(app.results) == (A, B)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "type a URL"),
        ("ftp://a.example/x", "starts with https:// or http://"),
        ("https://", "names no host"),
        ("https://a b", "no spaces"),
        (A, "in the list already"),
    ],
)
async def test_what_is_no_url_is_refused_with_the_reason(typed: str, reason: str) -> None:
    async with showing(ReferencesScreen((A,))) as (app, pilot):
        await type_text(pilot, typed)
        await pilot.press("enter")
        assert reason in app.text
        await pilot.press("x")
        assert reason not in app.text
        await pilot.press("escape")
        assert app.results == []
        await pilot.press("escape")
        assert app.results == [None]


async def test_nothing_changed_is_none() -> None:
    async with showing(ReferencesScreen((A,))) as (app, pilot):
        await pilot.press("escape")
        assert app.results == [None]


async def test_urls_are_moved_up_and_down() -> None:
    async with showing(ReferencesScreen((A, B, C))) as (app, pilot):
        await pilot.press("down", "J", "J", "J", "K", "escape")
        assert kept(app.results) == (B, A, C)
    async with showing(ReferencesScreen((A, B, C))) as (app, pilot):
        await pilot.press("down", "down", "alt+up", "escape")
        assert kept(app.results) == (B, A, C)


async def test_a_url_is_removed_and_brought_back() -> None:
    async with showing(ReferencesScreen((A, B))) as (app, pilot):
        await pilot.press("down", "d")
        assert A not in app.text
        await pilot.press("u")
        assert A in app.text
        await pilot.press("down", "d", "escape")
        assert kept(app.results) == (A,)


async def test_removing_the_last_one_leads_back_to_the_input() -> None:
    async with showing(ReferencesScreen((A,))) as (app, pilot):
        await pilot.press("down", "d")
        assert "no references" in app.text
        await type_text(pilot, C)
        await pilot.press("enter", "escape")
        assert kept(app.results) == (C,)


async def test_a_url_is_edited_in_its_place() -> None:
    async with showing(ReferencesScreen((A, B))) as (app, pilot):
        await pilot.press("down", "enter")
        assert "changing 1 of 2" in app.text
        await type_text(pilot, "x")
        await pilot.press("enter")
        assert "changing" not in app.text
        await pilot.press("escape")
        assert kept(app.results) == (f"{A}x", B)


async def test_escape_leaves_an_edit_before_it_leaves_the_list() -> None:
    async with showing(ReferencesScreen((A,))) as (app, pilot):
        await pilot.press("down", "e", "x", "escape")
        assert app.results == []
        await pilot.press("escape")
        assert app.results == [None]


async def test_the_keys_of_the_list_are_letters_in_the_input() -> None:
    async with showing(ReferencesScreen((A, B))) as (app, pilot):
        await type_text(pilot, "dexuK")
        assert A in app.text
        assert "dexuK" in app.text
        assert "esc done" in app.text
        await pilot.press("down")
        assert "d remove" in app.text


async def test_the_default_is_shown_copied_and_followed_again() -> None:
    async with showing(ReferencesScreen(None, "References", (A,))) as (app, pilot):
        assert "as default" in app.text
        assert A in app.text
        await type_text(pilot, B)
        await pilot.press("enter")
        assert "as default" not in app.text.splitlines()[5]
        await pilot.press("escape")
        assert kept(app.results) == (A, B)
    async with showing(ReferencesScreen((B,), "References", (A,))) as (app, pilot):
        await pilot.press("down", "x")
        assert A in app.text
        await pilot.press("escape")
        assert kept(app.results) is None


async def test_all_of_the_default_can_be_left_out() -> None:
    async with showing(ReferencesScreen(None, "References", (A,))) as (app, pilot):
        await pilot.press("down", "d", "escape")
        assert kept(app.results) == ()


async def test_hostile_urls_are_inert_and_the_keys_fit() -> None:
    for size in SIZES:
        url = f"https://a.example/{HOSTILE}"
        screen = ReferencesScreen((url, A), HOSTILE, (url,))
        async with showing(screen, size) as (app, pilot):
            await pilot.press("down")
            assert "[/x]" in app.text
            assert "esc done" in app.text
            assert_inert(app.text)
            await pilot.press("e")
            assert_inert(app.text)


async def test_sizes_are_shown_where_they_are_known() -> None:
    async with showing(
        ReferencesScreen((A, B), seen={A: LookedAt(answers=True, words="", size=1_234_567)})
    ) as (app, _):
        assert f"pdf       1.2 MB  {A}" in app.text
        assert f"{B} ·" not in app.text


async def test_a_url_is_asked_on_its_key_only() -> None:
    asked: list[str] = []
    answer = asyncio.Event()

    async def look(url: str) -> LookedAt:
        asked.append(url)
        await answer.wait()
        return LookedAt(answers=True, words="answers", content_type="text/html", size=4200)

    async with showing(ReferencesScreen((A, B), look=look), (120, 40)) as (app, pilot):
        await type_text(pilot, "c")
        assert "c check" not in app.text
        await pilot.press("escape", "down")
        assert "c check" in app.text
        assert asked == []
        await pilot.press("c", "c")
        assert asked == [A]
        assert f"asking …  {A}" in app.text
        answer.set()
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert f"page      4.2 kB · answers  {A}" in app.text
        assert f"{B} ·" not in app.text
        await pilot.press("escape")
        assert app.results == [None]


async def test_what_a_server_says_is_inert() -> None:
    async def look(url: str) -> LookedAt:
        return LookedAt(answers=False, words=HOSTILE, content_type=HOSTILE)

    for size in SIZES:
        async with showing(ReferencesScreen((A,), look=look), size) as (app, pilot):
            await pilot.press("down", "c")
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert_inert(app.text)


async def test_leaving_while_a_url_is_asked() -> None:
    async def look(url: str) -> LookedAt:
        await asyncio.Event().wait()
        raise AssertionError

    async with showing(ReferencesScreen((A,), look=look)) as (app, pilot):
        await pilot.press("down", "c", "escape")
        assert app.results == [None]


async def test_a_word_that_is_no_file_was_meant_as_a_url(tmp_path: Path) -> None:
    async def upload(*_: object) -> StoredFile:
        raise AssertionError

    for typed, reason in (
        ("example", "starts with https:// or http://"),
        ("ftp://a.example/x.png", "starts with https:// or http://"),
        ("nowhere.pdf", "nowhere.pdf cannot be read"),
        ("@nowhere", "nowhere cannot be read"),
        (str(tmp_path), "is a folder"),
    ):
        async with showing(ReferencesScreen((A,), upload=upload)) as (app, pilot):
            app.screen.query_one(LineInput).value = typed
            await pilot.press("enter")
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert reason in app.text
            assert app.screen.query_one(LineInput).value == typed


async def test_a_file_is_uploaded_into_its_place(tmp_path: Path) -> None:
    file = tmp_path / "two words.pdf"
    file.write_bytes(bytes(1000))
    told: list[Callable[[int], None]] = []
    go_on = asyncio.Event()

    async def upload(found: LocalFile, tell: Callable[[int], None], _ask: object) -> StoredFile:
        assert found.path == file
        told.append(tell)
        await go_on.wait()
        return StoredFile(C, found.path.name, found.size)

    async with showing(ReferencesScreen((A, B), upload=upload)) as (app, pilot):
        await pilot.press("down", "e")
        search = app.screen.query_one(LineInput)
        search.value = f'@"{file}"'
        await pilot.press("enter", "enter")
        while not told:
            await pilot.pause(0.01)
        told[0](500)
        await pilot.pause()
        assert "uploading, 50 %" in app.text
        # The list waits, and what is typed meanwhile stays.
        await pilot.press("down", "d", "K")
        search.value = "https://d.example"
        go_on.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "uploading" not in app.text
        assert f"page      1.0 kB  {C}" in app.text
        assert search.value == "https://d.example"
        await pilot.press("escape", "escape")
        assert kept(app.results) == (C, B)


async def test_escape_cancels_an_upload_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"a")
    ended = asyncio.Event()

    async def upload(*_: object) -> StoredFile:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    async with showing(ReferencesScreen((A,), upload=upload)) as (app, pilot):
        app.screen.query_one(LineInput).value = str(file)
        await pilot.press("enter")
        while "uploading, 0 %" not in app.text:
            await pilot.pause(0.01)
        await pilot.press("escape")
        await ended.wait()
        await pilot.pause()
        assert "uploading" not in app.text
        assert app.screen.query_one(LineInput).value == str(file)
        await pilot.press("escape", "escape")
        assert app.results == [None]
