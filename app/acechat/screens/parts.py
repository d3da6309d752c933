"""The parts of the chat screen, and how it begins: with no more than its first paint shows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, cast

from textual import events
from textual.geometry import Size
from textual.screen import Screen

from acechat import commands
from acechat.widgets.header import HeaderLine
from acechat.widgets.prompt import Prompt
from acechat.widgets.sidebar import Sidebar
from acechat.widgets.status import StatusLine
from acechat.widgets.welcome import Welcome

if TYPE_CHECKING:
    from acechat.screens.activity import Activity
    from acechat.screens.alongside import Alongside
    from acechat.screens.attaching import Attaching
    from acechat.screens.chat import ChatScreen
    from acechat.screens.choosing import Choosing
    from acechat.screens.comparing import Comparing
    from acechat.screens.copying import Copying
    from acechat.screens.drafts import Drafts
    from acechat.screens.finding import Finding
    from acechat.screens.knowing import Knowing
    from acechat.screens.lines import Lines
    from acechat.screens.queueing import Queue
    from acechat.screens.shelf import Shelf
    from acechat.screens.temporary import Temporary
    from acechat.screens.turns import Turns
    from acechat.screens.uploading import Uploading
    from acechat.screens.within import Within
    from acechat.widgets.attached import AttachedLines
    from acechat.widgets.transcript import Transcript

COLUMNS = [(0, "-tiny"), (40, "-narrow"), (90, "-wide")]
"""From how many columns on the screen has which class."""

LINES = [(0, "-flat"), (10, "-low"), (16, "-high")]
"""From how many rows on it has which class."""


class Parts(Screen[None]):
    """What the chat screen is made of. What is not seen at first comes when it is asked for."""

    HORIZONTAL_BREAKPOINTS = COLUMNS
    VERTICAL_BREAKPOINTS = LINES

    today: Callable[[], date]
    """The day it is where the user is."""

    _begins = False

    @abstractmethod
    def key_of(self, command_id: str) -> str:
        """Return how the key of a command is written."""

    def _compositor_refresh(self) -> None:
        """Show what has changed.

        A screen of Textual that lies under another asks to be painted whole whenever a part of it
        was, so that from the second time on each of its events would paint everything anew.
        """
        super()._compositor_refresh()
        if not self.is_active:
            # It is painted whole when it is on top again; until then its changes are enough.
            self._repaint_required = False

    @property
    def stops(self) -> str:
        """Which key stops an answer, for behind a comma; nothing where none does."""
        key = self.key_of("chat.stop")
        return f", {key} stops it" if key else ""

    # There from the first paint on.

    @property
    def sidebar(self) -> Sidebar:
        """The list of conversations."""
        return self.query_one(Sidebar)

    @property
    def prompt(self) -> Prompt:
        """Where questions are typed."""
        return self.query_one(Prompt)

    @property
    def header(self) -> HeaderLine:
        """The line at the top."""
        return self.query_one(HeaderLine)

    @property
    def status(self) -> StatusLine:
        """The line at the bottom."""
        return self.query_one(StatusLine)

    # Made, and their code loaded, when they are first asked for.

    @cached_property
    def transcript(self) -> Transcript:
        """The messages, in the place of the first page."""
        from acechat.widgets.transcript import Transcript

        transcript = Transcript(key_of=self.key_of, title_of=hint_of, today=self.today)
        self.query_one("#main").mount(transcript, after=self.query_one(Welcome))
        return transcript

    @cached_property
    def attached_lines(self) -> AttachedLines:
        """What goes with the next question, above the prompt."""
        from acechat.widgets.attached import AttachedLines

        lines = AttachedLines()
        self.query_one("#main").mount(lines, before=self.prompt)
        return lines

    @cached_property
    def turns(self) -> Turns:
        """Runs its turns."""
        from acechat.screens.turns import Turns

        return Turns(self._whole)

    @cached_property
    def activity(self) -> Activity:
        """Says what goes on in it."""
        from acechat.screens.activity import Activity

        return Activity(self._whole)

    @cached_property
    def queue(self) -> Queue:
        """Keeps questions that wait for the answer before them."""
        from acechat.screens.queueing import Queue

        return Queue(self._whole)

    @cached_property
    def shelf(self) -> Shelf:
        """Keeps its list of conversations."""
        from acechat.screens.shelf import Shelf

        return Shelf(self._whole)

    @cached_property
    def alongside(self) -> Alongside:
        """Reads along what another window receives."""
        from acechat.screens.alongside import Alongside

        return Alongside(self._whole)

    @cached_property
    def lines(self) -> Lines:
        """Goes back in its conversation."""
        from acechat.screens.lines import Lines

        return Lines(self._whole)

    @cached_property
    def copying(self) -> Copying:
        """Takes things out of it."""
        from acechat.screens.copying import Copying

        return Copying(self._whole)

    @cached_property
    def drafts(self) -> Drafts:
        """Keeps what is typed but not sent."""
        from acechat.screens.drafts import Drafts

        return Drafts(self._whole)

    @cached_property
    def choosing(self) -> Choosing:
        """Changes what its next question is sent with."""
        from acechat.screens.choosing import Choosing

        return Choosing(self._whole)

    @cached_property
    def attaching(self) -> Attaching:
        """Attaches files and URLs to the next question."""
        from acechat.screens.attaching import Attaching

        return Attaching(self._whole)

    @cached_property
    def uploading(self) -> Uploading:
        """Uploads files."""
        from acechat.screens.uploading import Uploading

        return Uploading(self._whole)

    @cached_property
    def knowing(self) -> Knowing:
        """Remembers what references are."""
        from acechat.screens.knowing import Knowing

        return Knowing(self._whole)

    @cached_property
    def comparing(self) -> Comparing:
        """Asks several models at once."""
        from acechat.screens.comparing import Comparing

        return Comparing(self._whole)

    @cached_property
    def finding(self) -> Finding:
        """Finds something in all conversations."""
        from acechat.screens.finding import Finding

        return Finding(self._whole)

    @cached_property
    def temporary(self) -> Temporary:
        """Keeps nothing of a conversation."""
        from acechat.screens.temporary import Temporary

        return Temporary(self._whole)

    @cached_property
    def within(self) -> Within:
        """Finds words in the open conversation."""
        from acechat.screens.within import Within

        return Within(self._whole)

    @property
    def _whole(self) -> ChatScreen:
        return cast("ChatScreen", self)

    # The beginning.

    def begin_with(self, size: Size) -> None:
        """Fit the terminal before anything is mounted, so that all of it is styled only once."""
        for breakpoints, extent in ((COLUMNS, size.width), (LINES, size.height)):
            fitting = next(name for least, name in reversed(breakpoints) if extent >= least)
            self.add_class(fitting, update=False)
        self._begins = True

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Leave the first styles alone: nothing has changed since everything was mounted."""
        event.refresh_styles = not self._begins
        self._begins = False


def hint_of(command_id: str) -> str:
    """Return the short title of a command."""
    command = commands.BY_ID[command_id]
    return command.hint or command.title
