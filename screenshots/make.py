"""Make the pictures of the README from the real program, with invented conversations.

Run it with `make screenshots`. It writes an SVG for each scene and size, and a PNG beside it where
`rsvg-convert` is installed.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

os.environ.update(TEXTUAL_ANIMATIONS="none", COLORTERM="truecolor", TERM="xterm-256color")
# The folder that files are saved to is shown.
os.environ["HOME"] = "/home/reader"
os.environ.pop("NO_COLOR", None)

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "app"), str(HERE.parent / "tests"), str(HERE)]

from invented import PlayedServer, fill_store  # noqa: E402

from acechat.start import ScreenOptions  # noqa: E402
from person import Person, at_the_program  # noqa: E402

SIZES = ((120, 40), (80, 24))
TOKEN = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class Scene:
    """One picture: how the program is started, and what a person does before it is taken."""

    name: str
    acts: Callable[[Person], Awaitable[None]]
    settings: str = ""
    filled: bool = True
    sizes: tuple[tuple[int, int], ...] = field(default=SIZES)


async def first_start(person: Person) -> None:
    """Nothing set up."""
    await person.sees("No token yet")


async def streaming(person: Person) -> None:
    """An answer on its way."""
    await person.asks("And with structs?")
    await person.sees("receiving", "rest.len")


async def queue(person: Person) -> None:
    """A question that waits for the answer before it."""
    await streaming(person)
    await person.asks("Is there a rule of thumb?")
    await person.sees("Is there a rule of thumb?", "receiving")


async def save(person: Person) -> None:
    """Where conversations are written to, and as what."""
    await person.sees("Rust lifetimes")
    await person.types("/export")
    await person.presses("escape", "enter")
    await person.sees("Markdown")


async def light(person: Person) -> None:
    """The end of an answer, on light ground."""
    await person.sees("grok-3")


async def models(person: Person) -> None:
    """The model picker, narrowed."""
    await person.sees("Rust lifetimes")
    await person.presses("f4")
    await person.types("gpt-5")
    await person.sees("as default")


async def search(person: Person) -> None:
    """Words found in every conversation."""
    await person.sees("Rust lifetimes")
    await person.presses("ctrl+f")
    await person.types("index")
    await person.sees("an index on the partition")


async def compare(person: Person) -> None:
    """One question to three models, side by side."""
    await person.presses("ctrl+n")
    await person.types("Which index fits a JSON column in Postgres?")
    await person.presses("f9")
    for name in ("deepseek-v3", "grok-3"):
        await person.types(name)
        await person.presses("space")
        await person.presses(*["backspace"] * len(name))
    await person.presses("enter")
    await person.sees("It is a third", "receiving")


async def versions(person: Person) -> None:
    """A second answer of another model, as a version of the first."""
    await person.sees("Rust lifetimes")
    await person.presses("tab", "up", "R")
    await person.types("o3")
    await person.presses("enter")
    await person.sees("‹ 2/2 ›", "so this is allowed")


async def statistics(person: Person) -> None:
    """What was asked, of whom, and how fast answers were."""
    await person.presses("ctrl+p")
    await person.types("statistics")
    await person.presses("enter")
    await person.sees("deepseek-v3")


async def references(person: Person) -> None:
    """What goes along with each question: kind, size, and whether it answers."""
    await person.sees("Rust lifetimes")
    await person.presses("f7", "down")
    await person.sees("1.4 MB", "preview")


async def settings(person: Person) -> None:
    """The settings."""
    await person.sees("Rust lifetimes")
    await person.presses("f2")
    await person.sees("New conversations")
    await person.presses("down", "down", "down")
    await person.sees("base URL")


async def error(person: Person) -> None:
    """A refused question."""
    await person.asks("/model gpt-5.5-pro")
    await person.asks("What did we decide about the index?")
    await person.sees("trace")


SCENES = (
    Scene("first-start", first_start, filled=False),
    Scene("chat", streaming),
    Scene("queue", queue),
    Scene("models", models),
    Scene("search", search),
    Scene("compare", compare),
    Scene("versions", versions),
    Scene("statistics", statistics),
    Scene("references", references),
    Scene("save", save),
    Scene("settings", settings),
    Scene("error", error),
    Scene("light", light, settings='theme = "acechat-light"\n'),
)


async def take(scene: Scene, size: tuple[int, int]) -> Path:
    """Act out a scene, take its picture, and return where it is."""
    svg = HERE / f"{scene.name}-{size[0]}x{size[1]}.svg"
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "config.toml").write_text(scene.settings, encoding="utf-8")
        environ: Mapping[str, str] = {}
        options = ScreenOptions()
        async with PlayedServer() as server:
            if scene.filled:
                await fill_store(home, server.url)
                environ = {
                    "ACEDATACLOUD_API_TOKEN": TOKEN,
                    "ACEDATACLOUD_API_BASE_URL": server.url,
                }
                options = ScreenOptions(continue_newest=True)
            async with at_the_program(home, environ=environ, options=options, size=size) as person:
                await person.until("connected", lambda: person.app.chat_screen.connection)
                if scene.filled:
                    # The address of the player is of no interest in a picture.
                    connection = person.app.chat_screen.connection
                    assert connection is not None
                    connection.label = "api"
                    person.app.chat_screen.show_header()
                await scene.acts(person)
                await person.pilot.pause()
                person.app.save_screenshot(svg.name, str(HERE))
    return svg


def drawable(svg: Path) -> str:
    """Return the picture with plain spaces that stay: rsvg-convert drops others at the edges."""
    text = svg.read_text(encoding="utf-8")
    return text.replace("<text ", '<text xml:space="preserve" ').replace("&#160;", " ")


def main() -> None:
    """Take every picture, or those whose names are given."""
    renderer = shutil.which("rsvg-convert")
    for scene in SCENES:
        if len(sys.argv) == 1 or scene.name in sys.argv[1:]:
            for size in scene.sizes:
                svg = asyncio.run(take(scene, size))
                if renderer:
                    png = str(svg.with_suffix(".png"))
                    subprocess.run(
                        [renderer, "-o", png], input=drawable(svg), text=True, check=True
                    )
                print(svg.stem)


if __name__ == "__main__":
    main()
