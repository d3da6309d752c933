"""The header: one line with the title at the left and what the next question is sent with."""

from typing import ClassVar

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from acechat.clean import clean_line
from acechat.models import Conversation
from acechat.settings import Settings

UNTITLED = "new conversation"
"""What stands where a conversation has no title yet."""

TEMPORARY = "temporary"
"""How the title of a conversation begins of which nothing is kept."""

_GAP = 3
"""Cells that are kept free between the two sides."""

_TITLE_CELLS = 24
"""A title is cut to this width before anything else gives way no more."""

_SEPARATOR = " · "


class HeaderLine(Widget):
    """Shows title, model, preset, number of references and server, as many as there is room for.

    The server gives way first, then the references, then the preset; title and model never do.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "header-line--title",
        "header-line--model",
        "header-line--part",
    }
    ALLOW_SELECT = False

    title: reactive[str] = reactive("")
    """The title of the open conversation; empty before its first question."""

    model: reactive[str] = reactive("")
    """The model of the next question."""

    preset: reactive[str] = reactive("")
    """The name of the preset of the next question; empty where there is none."""

    references: reactive[int] = reactive(0)
    """How many references the next question carries."""

    server: reactive[str] = reactive("")
    """Who answers."""

    origin: reactive[str] = reactive("")
    """The title of the conversation that this one branched off; empty where there is none."""

    def show(
        self,
        conversation: Conversation,
        settings: Settings,
        *,
        model: str,
        extra_references: int,
        server: str,
    ) -> None:
        """Show the choices of a conversation, and the defaults where it made none.

        Args:
            conversation: The one that is open.
            settings: The defaults.
            model: The model of the next question.
            extra_references: How many references go with the next question only.
            server: Who answers.
        """
        preset, references = conversation.preset, conversation.references
        if preset is None:
            self.preset = settings.preset
        else:
            self.preset = (settings.preset_name(preset) or "own preset") if preset else ""
        count = len(settings.references if references is None else references)
        self.references = count + extra_references
        self.title = conversation.title
        if conversation.temporary:
            # In front, so that it is never cut off.
            self.title = (
                f"{TEMPORARY} · {self.title}" if self.title else f"{TEMPORARY} conversation"
            )
        self.model = model
        self.server = server

    def render(self) -> Content:
        """Fit the parts into the width."""
        width = self.content_size.width
        title = Content(clean_line(self.title) or UNTITLED)
        model = clean_line(self.model)
        title_room = min(title.cell_length, _TITLE_CELLS)
        extras = self._extras()
        while extras and self._joined(model, extras).cell_length + _GAP + title_room > width:
            extras.pop()
        right = self._joined(model, extras)
        # The model is the one part that may not be cut in favour of the title, but for a
        # name that fills more than half of the line.
        right = right.truncate(max(width // 2, width - _GAP - title_room), ellipsis=True)
        room = max(0, width - right.cell_length - _GAP)
        left = title.truncate(room, ellipsis=True)
        left = left.stylize(self.get_visual_style("header-line--title", partial=True))
        if (origin := self._origin()).cell_length + left.cell_length <= room:
            left = Content.assemble(left, origin)
        gap = " " * max(0, width - left.cell_length - right.cell_length)
        return Content.assemble(left, gap, right)

    def _origin(self) -> Content:
        """Where it branched off, unless its title says so."""
        origin = clean_line(self.origin)
        if not origin or origin in self.title:
            return Content("")
        part = self.get_visual_style("header-line--part", partial=True)
        return Content.assemble((f"  branched from “{origin}”", part))

    def _extras(self) -> list[str]:
        """The parts after the model, the least important one last."""
        count = self.references
        references = f"{count} ref{'' if count == 1 else 's'}" if count else ""
        parts = (clean_line(self.preset), references, clean_line(self.server))
        return [part for part in parts if part]

    def _joined(self, model: str, extras: list[str]) -> Content:
        part = self.get_visual_style("header-line--part", partial=True)
        name = self.get_visual_style("header-line--model", partial=True)
        rest = _SEPARATOR.join(extras)
        between = _SEPARATOR if model and rest else ""
        return Content.assemble((model, name), (between + rest, part))
