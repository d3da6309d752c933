"""Finding something in all conversations, and going there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from acechat.models import Found

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen


class Finding:
    """Shows the search over the chat screen and goes to what was found."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._text = ""

    def index(self) -> None:
        """Take what is new into the index, in the background."""
        self._screen.background(self._screen.library.index(), "index")

    async def find(self, text: str = "") -> None:
        """Ask for words, at first those of the last time, and go to the hit that is taken."""
        from acechat.screens.search import SearchScreen

        screen = self._screen
        library = screen.library
        dialog = SearchScreen(
            library.search,
            screen.today(),
            is_indexing=lambda: library.is_indexing,
            text=text or self._text,
            select=not text,
        )
        found = await screen.answer_of(dialog)
        self._text = dialog.text
        if found is not None:
            await self.go_to(found, dialog.words)

    async def go_to(self, found: Found, words: Sequence[str] = ()) -> None:
        """Open the conversation of a hit, on the line of its message, where the words stand.

        Raises:
            StoreError: the conversation is gone, or the message stands on another line of one
                whose answer is arriving.
        """
        screen = self._screen
        if found.message_id is None:
            if screen.conversation.id != found.conversation_id:
                await screen.open_conversation(found.conversation_id)
            return
        if await screen.lines.open_at(found.conversation_id, found.message_id):
            screen.say("this is another version of what was said, shown now")
        if words and screen.conversation.id == found.conversation_id:
            # Of several words, the longest is the rarest.
            await screen.within.go_to(max(words, key=len), found.message_id)
