"""What goes with the next question only: a line for each file or URL, above the prompt."""

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from acechat.clean import clean_line
from acechat.files import Attached, size_words

SHOWN = 4
"""Lines at most; what has no line of its own is counted in the last."""

_GAP = "  "


class AttachedLines(Widget):
    """Shows attachments, and how far those have come that are being uploaded."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "attached-lines--running",
        "attached-lines--failed",
        "attached-lines--words",
    }

    def __init__(self) -> None:
        super().__init__()
        self._attached: tuple[Attached, ...] = ()
        self._keys = ("", "")
        self.display = False

    def show(self, attached: Sequence[Attached], *, send: str, stop: str) -> None:
        """Show attachments; none hides the lines.

        Args:
            attached: In their order.
            send: How the key is written that tries a failed one again.
            stop: How the key is written that leaves one out.
        """
        lines = len(self._attached)
        self._attached = tuple(attached)
        self._keys = (send, stop)
        self.display = bool(attached)
        self.refresh(layout=lines != len(self._attached))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for each, up to the limit."""
        return min(len(self._attached), SHOWN)

    def render(self) -> Content:
        """Draw the lines."""
        shown = self._attached
        if len(shown) > SHOWN:
            # What is under way or went wrong is seen first.
            shown = tuple(sorted(shown, key=lambda each: bool(each.url)))[: SHOWN - 1]
        lines = [self._line(each) for each in shown]
        if rest := len(self._attached) - len(shown):
            words = self.get_visual_style("attached-lines--words", partial=True)
            lines.append(Content.styled(f"  and {rest} more", words))
        return Content("\n").join(lines)

    def _line(self, each: Attached) -> Content:
        send, stop = self._keys
        if each.failure:
            mark, style, words = "!", "failed", each.failure
            words += f" · {send} tries again, {stop} leaves it out"
        elif each.url:
            mark, style, words = "▪", "words", size_words(each.size) if each.size else ""
        else:
            mark, style = "◌", "running"
            words = f"{each.percent} % of {size_words(each.size or 0)} · {stop} cancels"
        looks = self.get_visual_style(f"attached-lines--{style}", partial=True)
        muted = self.get_visual_style("attached-lines--words", partial=True)
        width = self.content_size.width
        tail = Content.styled(f"{_GAP}{clean_line(words)}" if words else "", muted)
        room = max(width // 3, width - 2 - tail.cell_length)
        name = Content(clean_line(each.name)).truncate(room, ellipsis=True)
        line = Content.assemble((f"{mark} ", looks), name, tail)
        return line.truncate(width, ellipsis=True)
