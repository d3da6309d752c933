"""Pictures of what has to do with files: going with a question, as references, as images."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from acechat.files import PUBLIC, Attached, LookedAt
from acechat.screens.confirm import ConfirmScreen
from acechat.screens.preview import PreviewScreen
from acechat.screens.references import ReferencesScreen
from acechat.widgets.picture import Picture
from images import image_file
from pictures.pictured import EVERYWHERE, Compare, Screens, acts, filled

BOOK = "https://doc.rust-lang.org/book/ch10-03-lifetime-syntax.html"
PAPER = "https://files.test/abc/a-report-on-borrowing.pdf"
HOUSE = "https://files.test/abc/house.png"
GONE = "https://files.test/abc/notes.txt"

SEEN = {
    BOOK: LookedAt(answers=True, words="answers", content_type="text/html", size=51_200),
    PAPER: LookedAt(answers=True, words="", size=1_400_000),
    HOUSE: LookedAt(answers=True, words="answers", content_type="image/png", size=310_000),
    GONE: LookedAt(answers=False, words="not there (404)"),
}


async def look(url: str) -> LookedAt:
    return SEEN[url]


async def image(_url: str) -> bytes:
    return image_file(640, 360)


def over(screen: Callable[[], Screen[Any]], *keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Show a screen over the conversation, and press keys there."""

    async def act(pilot: Pilot[None]) -> None:
        await acts()(pilot)
        await pilot.app.push_screen(screen())
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()

    return act


@pytest.mark.parametrize(("theme", "size"), EVERYWHERE)
def test_references(snap_compare: Compare, theme: str, size: tuple[int, int]) -> None:
    def screen() -> Screen[Any]:
        title = "References of this conversation"
        return ReferencesScreen(tuple(SEEN), title, (), seen=SEEN, look=look, image=image)

    app = Screens(filled(), theme)
    assert snap_compare(app, terminal_size=size, run_before=over(screen, "down", "down"))


@pytest.mark.parametrize(("theme", "size"), EVERYWHERE)
def test_files_on_their_way(snap_compare: Compare, theme: str, size: tuple[int, int]) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await acts()(pilot)
        app = pilot.app
        assert isinstance(app, Screens)
        app.chat_screen.attaching.attached.extend(
            [
                Attached("a report.pdf", Path("/r/a report.pdf"), 1_400_000, PAPER),
                Attached("house.png", Path("/r/house.png"), 310_000, sent=160_000),
                Attached(
                    "notes.txt", Path("/r/notes.txt"), 900, failure="the server refused the file"
                ),
            ]
        )
        app.chat_screen.attaching.show()
        await pilot.pause()

    assert snap_compare(Screens(filled(), theme), terminal_size=size, run_before=act)


@pytest.mark.parametrize(("theme", "size"), EVERYWHERE)
def test_before_the_first_upload(snap_compare: Compare, theme: str, size: tuple[int, int]) -> None:
    def screen() -> Screen[Any]:
        return ConfirmScreen(
            "Upload a report.pdf?",
            detail=f"It goes to platform.acedata.cloud. {PUBLIC} "
            "Once you agree, you are not asked again.",
            yes="upload",
            no="do not upload",
        )

    assert snap_compare(Screens(filled(), theme), terminal_size=size, run_before=over(screen))


@pytest.mark.parametrize(("theme", "size"), EVERYWHERE)
def test_an_image(snap_compare: Compare, theme: str, size: tuple[int, int]) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await over(lambda: PreviewScreen("house.png", lambda: image(HOUSE)))(pilot)
        while not pilot.app.screen.query_one(Picture).size.area:
            await pilot.pause(0.01)

    assert snap_compare(Screens(filled(), theme), terminal_size=size, run_before=act)
