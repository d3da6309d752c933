"""Picking a link of a message: to open it, or to see the image that it leads to."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import OptionList

from acechat.clean import clean_line
from acechat.markdown.links import hidden_host
from acechat.models import Reference
from acechat.screens.panel import Hint, KeyLine
from acechat.screens.picker import Choice, Picker


def _leading(url: str) -> str:
    """Return what is said before a URL that looks as if it led elsewhere."""
    host = hidden_host(url)
    return f"leads to {clean_line(host)}: " if host else ""


class LinkPicker(Picker[str]):
    """The links of a message; the result is the URL to be opened."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "preview", show=False)]

    def __init__(
        self,
        links: Sequence[tuple[int, str, str]],
        image: Callable[[str], Awaitable[bytes]],
    ) -> None:
        """Offer links.

        Args:
            links: The number, the URL and the words of each.
            image: Fetches an image to be shown; nothing is fetched before the user wants it.
        """
        choices = [
            Choice(
                url, f"{number}  {_leading(url)}{clean_line(url)}", "" if words == url else words
            )
            for number, url, words in links
        ]
        super().__init__("Open which link?", choices)
        self._image = image

    @property
    def _at_image(self) -> str:
        """The link under the cursor where it is one to an image, as far as its name shows."""
        at = self.highlighted
        return at.id if at is not None and Reference(at.id).kind == "image" else ""

    def hints(self) -> tuple[Hint, ...]:
        """Beside the keys of every picker, the one for images where it works."""
        take, move, leave = super().hints()
        shown = (Hint("tab", "preview", "preview"),) if self.is_mounted and self._at_image else ()
        return (take, move, *shown, leave)

    def action_preview(self) -> None:
        """Show the image that the link leads to."""
        if not (url := self._at_image):
            return
        from acechat.screens.preview import preview_of

        shown = preview_of(url, self._image)
        if isinstance(shown, str):
            self.notify(shown, markup=False)
        else:
            self.app.push_screen(shown)

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self.query_one(KeyLine).show(*self.hints())
