"""An image in the terminal, as large as it fits."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from urllib.parse import unquote, urlsplit

from textual import events, work
from textual.containers import Container
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from acechat.clean import clean_line
from acechat.errors import FileError
from acechat.files import size_words
from acechat.pictures.drawing import NEEDED, draw, is_installed
from acechat.screens.panel import Panel
from acechat.widgets.picture import Picture


def preview_of(url: str, image: Callable[[str], Awaitable[bytes]]) -> "PreviewScreen | str":
    """Return the screen that fetches and shows an image, or why there is none."""
    if not is_installed():
        return NEEDED
    return PreviewScreen(_name(url), partial(image, url))


def _name(url: str) -> str:
    parts = urlsplit(url)
    return unquote(parts.path.rpartition("/")[2]) or parts.netloc


class PreviewScreen(Panel[None]):
    """Fetches an image, and shows it, or says in its place why that cannot be."""

    def __init__(self, name: str, image: Callable[[], Awaitable[bytes]]) -> None:
        """Show an image.

        Args:
            name: The title.
            image: Fetches it; raises `FileError`.
        """
        super().__init__(name)
        self._fetch = image
        self._image: bytes | None = None

    def body(self) -> Iterator[Widget]:
        """The image, and a line in its place while there is none."""
        with Area():
            yield Picture()
            yield Static(Content("fetching …"), id="state", markup=False)

    def on_mount(self) -> None:
        """Begin to fetch."""
        self._load()

    @work(group="fetch")
    async def _load(self) -> None:
        try:
            self._image = await self._fetch()
        except FileError as error:
            self._say(str(error))
        else:
            self.draw()

    @work(group="draw", exclusive=True)
    async def draw(self) -> None:
        """Draw the image as large as there is room now, once it is there."""
        room = self.query_one(Area).content_size
        if self._image is None or not room:
            return
        try:
            drawn = await draw(self._image, room.width, room.height, self._background())
        except FileError as error:
            self._say(str(error))
            return
        self.query_one("#state").display = False
        self.query_one(Picture).show(drawn)
        size = size_words(len(self._image))
        self.note(f"{drawn.format} · {drawn.width} × {drawn.height} · {size}")

    def _background(self) -> str:
        """What shows through an image; of a terminal's own colour only the kind is known."""
        _, colour = self.query_one("#panel").background_colors
        if colour.ansi is not None:
            return "#000000" if self.app.current_theme.dark else "#ffffff"
        return f"#{colour.r:02x}{colour.g:02x}{colour.b:02x}"

    def _say(self, reason: str) -> None:
        self.query_one(Picture).show(None)
        state = self.query_one("#state", Static)
        state.display = True
        state.add_class("-wrong")
        state.update(Content(clean_line(reason)))


class Area(Container):
    """The room for the image."""

    def on_resize(self, _event: events.Resize) -> None:
        """Draw anew for another size."""
        if isinstance(self.screen, PreviewScreen):
            self.screen.draw()
