"""Seeing an image: of the references, of this machine, and of an answer."""

from pathlib import Path

from acechat.screens.links import LinkPicker
from acechat.screens.preview import PreviewScreen
from acechat.widgets.picture import Picture
from faults import FaultServer, complete, held, stream, whole
from images import image_file
from journeys.at_the_api import at_the_api, ended
from journeys.with_files import ANSWER, TAKEN, URL, names, with_files
from person import Person, at_the_program

IMAGE = whole(image_file(640, 360), kind="image/png")


async def sees_the_image(person: Person) -> None:
    """Wait until an image is drawn."""

    def drawn() -> bool:
        screen = person.app.screen
        return isinstance(screen, PreviewScreen) and bool(screen.query_one(Picture).size.area)

    await person.until("the image", drawn)


async def test_an_image_of_the_references(tmp_path: Path) -> None:
    async with FaultServer(IMAGE) as server:
        (tmp_path / "config.toml").write_text(f'references = ["{server.url}/red.png"]\n')
        async with at_the_program(tmp_path) as person:
            await person.sees("No token yet")
            await person.presses("f7")
            await person.sees("red.png")
            assert server.connections == 0
            await person.presses("down", "p")
            await sees_the_image(person)
            await person.sees("PNG · 640 × 360")
            await person.presses("escape", "escape")
            await person.until("the prompt", lambda: person.app.screen is person.app.chat_screen)
        assert [request.path for request in server.requests] == ["/red.png"]


async def test_escape_gives_up_a_server_that_is_silent(tmp_path: Path) -> None:
    async with FaultServer(held(head=False)) as server:
        (tmp_path / "config.toml").write_text(f'references = ["{server.url}/red.png"]\n')
        async with at_the_program(tmp_path) as person:
            await person.sees("No token yet")
            await person.presses("f7", "down", "p")
            await server.asked.wait()
            await person.sees("fetching …")
            await person.presses("escape")
            await person.sees_no("fetching …")
            await server.left.wait()


async def test_an_uploaded_image_is_shown_from_this_machine(tmp_path: Path) -> None:
    image = tmp_path / "house.png"
    image.write_bytes(image_file(640, 360))
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        await names(person, image)
        await person.sees("▪ house.png")
        # The host of its URL is not there: nothing could be fetched.
        await person.presses("f7")
        await person.sees("https://…")
        await person.types(URL)
        await person.presses("enter", "down", "p")
        await sees_the_image(person)
        await person.sees("PNG · 640 × 360")


async def test_an_image_that_an_answer_links_to(tmp_path: Path) -> None:
    async with FaultServer(IMAGE) as server:
        said = f"See [the page]({server.url}/page) and ![the house]({server.url}/red.png)."
        async with (
            FaultServer(complete(stream(said))) as api,
            at_the_api(tmp_path, api) as person,
        ):
            await person.asks("Show me")
            await ended(person)
            await person.presses("tab", "o")
            await person.until("links", lambda: isinstance(person.app.screen, LinkPicker))
            await person.sees("/page")
            assert "tab preview" not in person.screen
            await person.presses("tab", "down")
            await person.sees("tab preview")
            assert server.connections == 0
            await person.presses("tab")
            await sees_the_image(person)
            await person.presses("escape")
            await person.sees("Open which link?")
