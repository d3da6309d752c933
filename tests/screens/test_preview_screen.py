"""An image on the screen: all of it, in its shape, in the room that there is, or one sentence."""

import asyncio

import pytest
from panel_host import HOSTILE, SIZES, TERMINALS, PanelHost, assert_inert, showing
from textual.pilot import Pilot

from acechat.errors import FileError
from acechat.screens.preview import PreviewScreen, preview_of
from acechat.screens.references import ReferencesScreen
from acechat.widgets.picture import Picture
from images import image_file, speaking

A, B = "https://a.example/pictures/red%20house.png", "https://b.example/report.pdf"


async def wide(_url: str = "") -> bytes:
    return image_file(1600, 900)


async def shown(pilot: Pilot[None], app: PanelHost) -> Picture:
    """Wait until the image is drawn."""
    picture = app.screen.query_one(Picture)
    while not picture.size.area:
        await pilot.pause(0.01)
    return picture


@pytest.mark.parametrize(("theme", "size"), TERMINALS)
async def test_the_whole_image_is_on_the_screen_in_its_shape(
    theme: str, size: tuple[int, int]
) -> None:
    async with showing(PreviewScreen("house.png", wide), size, theme) as (app, pilot):
        picture = await shown(pilot, app)
        columns, lines = picture.size
        assert abs(columns / (lines * 2) - 16 / 9) < 0.1
        room = app.screen.query_one("Area").content_region
        assert room.contains_region(picture.region)
        # As large as it fits: it ends at the sides, or above and below.
        assert columns >= room.width - 1 or lines >= room.height - 1
        assert app.text.count("▀") == columns * lines
        assert "PNG · 1600 × 900" in app.text
        await pilot.press("escape")
        assert app.results == [None]


async def test_the_image_follows_the_size_of_the_terminal() -> None:
    async with showing(PreviewScreen("house.png", wide), SIZES[0]) as (app, pilot):
        before = (await shown(pilot, app)).size
        await pilot.resize_terminal(60, 20)
        picture = app.screen.query_one(Picture)
        while picture.size == before or not app.screen.region.contains_region(picture.region):
            await pilot.pause(0.01)
        assert abs(picture.size.width / (picture.size.height * 2) - 16 / 9) < 0.1


@pytest.mark.parametrize("size", SIZES)
async def test_what_goes_wrong_stands_in_its_place(size: tuple[int, int]) -> None:
    async def fails() -> bytes:
        raise FileError(f"the URL is not there {HOSTILE}")

    async def broken() -> bytes:
        return image_file(500, 300)[:200]

    for fetch, words in ((fails, "the URL is not there"), (broken, "the image is broken")):
        async with showing(PreviewScreen(HOSTILE, fetch), size) as (app, pilot):
            while words not in app.text:
                await pilot.pause(0.01)
            assert "fetching" not in app.text
            assert_inert(app.text)
            await pilot.press("escape")
            assert app.results == [None]


async def test_nothing_of_the_file_is_shown_but_the_image() -> None:
    async def says_much() -> bytes:
        return speaking(HOSTILE, "a comment")

    async with showing(PreviewScreen("house.png", says_much)) as (app, pilot):
        await shown(pilot, app)
        assert_inert(app.text)
        assert "comment" not in app.text


async def test_escape_leaves_while_it_is_being_fetched() -> None:
    given_up = asyncio.Event()

    async def never() -> bytes:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()
        raise AssertionError

    async with showing(PreviewScreen("house.png", never)) as (app, pilot):
        assert "fetching …" in app.text
        await pilot.press("escape")
        assert app.results == [None]
        await given_up.wait()


async def test_an_image_is_fetched_on_its_key_only() -> None:
    asked: list[str] = []

    async def image(url: str) -> bytes:
        asked.append(url)
        return await wide()

    async with showing(ReferencesScreen((A, B), image=image), (120, 40)) as (app, pilot):
        assert "p preview" not in app.text
        await pilot.press("down")
        assert "p preview" in app.text
        assert asked == []
        await pilot.press("p")
        await pilot.pause()
        await shown(pilot, app)
        assert "red house.png" in app.text
        await pilot.press("escape")
        assert isinstance(app.screen, ReferencesScreen)
        assert asked == [A]


async def test_without_the_extra_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acechat.screens.preview.is_installed", lambda: False)

    async def image(url: str) -> bytes:
        raise AssertionError(url)

    for size in SIZES:
        async with showing(ReferencesScreen((A,), image=image), size) as (app, pilot):
            await pilot.press("down", "p")
            await pilot.pause()
            assert "pip install 'acechat[images]'" in " ".join(app.text.replace("│", "").split())
    assert isinstance(preview_of(A, image), str)
