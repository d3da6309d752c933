"""A temporary conversation: begun on a key, ended when it is left, kept where the user says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from acechat.screens.fields import Press
from acechat.screens.panel import Hint, Panel

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen

NOTE = "temporary: nothing of this conversation is kept"
"""What stands over the prompt meanwhile."""

_ARRIVING = "an answer is still arriving; keep the conversation when it has ended"


class Temporary:
    """Begins, keeps and ends the temporary conversation of the chat screen."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen

    @property
    def note(self) -> str:
        """What stands over the prompt, where the open conversation is temporary."""
        return NOTE if self._screen.conversation.temporary else ""

    async def begin(self) -> None:
        """Show a new conversation of which nothing is kept."""
        screen = self._screen
        if screen.conversation.temporary and not screen.messages:
            screen.say(NOTE)
        else:
            await screen.open_new(temporary=True)

    async def keep(self) -> None:
        """Make the open conversation one like all others."""
        screen = self._screen
        conversation = screen.conversation
        if not conversation.temporary:
            screen.say("this conversation is kept as it is")
        elif not screen.messages:
            screen.say("ask something first")
        elif screen.turns.is_running(conversation.id):
            screen.say(_ARRIVING)
        else:
            await screen.drafts.keep()
            await screen.library.keep_temporary(conversation.id)
            screen.conversation = await screen.library.conversation(conversation.id)
            screen.attaching.keep(conversation.id)
            screen.prompt.note = ""
            await screen.shelf.refresh()
            screen.finding.index()
            screen.say("kept: the conversation is in the list now")

    async def leave(self) -> bool:
        """End the open conversation, where it is temporary; return whether it was left.

        Where something was said, the user is asked before it is lost.
        """
        screen = self._screen
        conversation = screen.conversation
        if not conversation.temporary:
            return True
        if screen.messages:
            answer = await screen.answer_of(LeaveScreen())
            if answer == "keep":
                await self.keep()
                return not screen.conversation.temporary
            if answer != "end":
                return False
            screen.queue.forget(conversation.id)
            await screen.turns.stopped(conversation.id)
        await screen.library.end_temporary()
        return True


class LeaveScreen(Panel[str]):
    """Ask before a temporary conversation is lost; the result is "end", "keep", or None to stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "answer('end')", "end it", show=False),
        Binding("k", "answer('keep')", "keep it", show=False),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]
    AUTO_FOCUS = "#stay"

    def __init__(self) -> None:
        super().__init__("This temporary conversation ends now, and nothing of it is kept.")

    def body(self) -> Iterator[Widget]:
        """The answers; the keyboard is on the one that loses nothing."""
        with Horizontal(id="answers"):
            yield Press("stay", id="stay")
            yield Press("keep it", id="keep")
            yield Press("end it", id="end")

    def hints(self) -> tuple[Hint, ...]:
        """Letters do the same as the answers."""
        return (
            Hint("e", "end it", "answer('end')"),
            Hint("k", "keep it", "answer('keep')"),
            Hint("esc", "stay", "leave"),
        )

    def on_press_pressed(self, event: Press.Pressed) -> None:
        """Take the answer that was pressed."""
        event.stop()
        if event.control.id == "stay":
            self.leave()
        else:
            self.action_answer(str(event.control.id))

    def action_answer(self, answer: str) -> None:
        """Close with `answer`."""
        self.dismiss(answer)
