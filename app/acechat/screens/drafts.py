"""What is typed but not sent, kept for each conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acechat.errors import StoreError

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen


class Drafts:
    """Keeps what is in the prompt."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._kept = ("", "")

    @property
    def place(self) -> str:
        """Under which id what is typed is kept: of the conversation, or of an edited question.

        All new conversations share the empty one.
        """
        screen = self._screen
        if screen.lines.editing is not None:
            return screen.lines.editing.id
        conversation = screen.conversation
        return conversation.id if screen.messages or conversation.temporary else ""

    def loaded(self, text: str) -> None:
        """Take what is kept for the open conversation."""
        self._kept = (self.place, text)

    def leave(self) -> None:
        """Store what came into the prompt since it was kept: it is about to hold something else."""
        screen = self._screen
        draft = (self.place, screen.prompt.draft)
        if screen.conversation.id and draft != self._kept:
            screen.background(screen.library.save_draft(*draft), "draft")

    async def keep(self) -> None:
        """Store what is in the prompt.

        Raises:
            StoreError: it cannot be stored, and something was typed since it last was.
        """
        screen = self._screen
        if not screen.conversation.id:
            return
        draft = (self.place, screen.prompt.draft)
        try:
            await screen.library.save_draft(*draft)
        except StoreError:
            if draft != self._kept:
                raise
        self._kept = draft
