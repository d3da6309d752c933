"""Finding words within the open conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acechat.clean import clean_line

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen
    from acechat.widgets.find_line import FindLine
    from acechat.widgets.seeker import Tally

_OPEN = "-finding"
"""The class of the screen while words are being looked for."""


class Within:
    """The line in which words are typed, and the transcript that marks them."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._line: FindLine | None = None

    async def open(self) -> None:
        """Ask for the words; those of the last time stand there to be taken or typed over."""
        screen = self._screen
        if not screen.messages:
            screen.say("there is nothing to find in yet")
            return
        line = await self._shown_line()
        line.edit()
        self.mark(line.text)

    async def go_to(self, text: str, message_id: str) -> None:
        """Go to where words stand in a message, while the keyboard stays in the text."""
        line = await self._shown_line()
        line.show(clean_line(text))
        self.mark(line.text, message_id)

    async def _shown_line(self) -> FindLine:
        from acechat.widgets.find_line import FindLine

        screen = self._screen
        if self._line is None:
            self._line = FindLine()
            await screen.query_one("#main").mount(self._line, after=screen.transcript)
        screen.add_class(_OPEN)
        return self._line

    def close(self) -> bool:
        """Mark nothing any more; False where nothing was being looked for."""
        if not self._screen.has_class(_OPEN):
            return False
        self._screen.remove_class(_OPEN)
        self._screen.transcript.unmark()
        return True

    def mark(self, text: str, message_id: str = "") -> None:
        """Mark other words, and go to the first place, in a message where one is named."""
        if self._screen.has_class(_OPEN):
            self.tell(None)
            self._screen.transcript.mark(text, message_id)

    def step(self, step: int) -> None:
        """Go to the next place, or for -1 to the one before."""
        if not self._screen.transcript.next_match(step):
            find = self._screen.key_of("transcript.find")
            self._screen.say(f"{find} finds words in this conversation")

    def tell(self, tally: Tally | None) -> None:
        """Say how often the words are there."""
        if self._line is not None:
            self._line.tell(tally)
