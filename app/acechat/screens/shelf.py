"""The list of conversations on the chat screen: reading, filtering, renaming, deleting."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from acechat.clean import clean_line
from acechat.errors import StoreError, UnknownConversation
from acechat.models import Conversation

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen


class Shelf:
    """Keeps the sidebar true to the store."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self.listed: list[Conversation] = []
        """The conversations that are shown."""
        self._undoable: list[Callable[[], Coroutine[None, None, None]]] = []
        self._filter = ""
        self._complete = False
        self._behind = False
        self._looking = False
        self._trouble = ""

    def _find(self, conversation_id: str) -> Conversation | None:
        return next((c for c in self.listed if c.id == conversation_id), None)

    async def refresh(self) -> None:
        """Read the list again and show it, as far as it was shown."""
        await self._read(len(self.listed))

    async def _read(self, least: int = 0) -> None:
        self.listed = await self._screen.library.conversations(self._filter, least=least)
        self._complete = False
        self.show_opened()

    def reload(self) -> None:
        """Read the list again in the background."""
        self._screen.background(self.refresh(), "shelf", exclusive=True)

    def show_opened(self) -> None:
        """Show the list as it was read, with what is open and streaming now."""
        screen = self._screen
        screen.sidebar.show(
            self.listed,
            opened=screen.conversation.id,
            streaming=screen.turns.streaming,
            today=screen.today(),
        )

    async def follow(self) -> None:
        """Show what another window has changed, and store what could not be stored before."""
        if self._looking:
            # A change is reported once: a look that is cut short would lose it.
            return
        screen, self._looking = self._screen, True
        try:
            await screen.turns.store_ends()
            if await screen.library.changed():
                self._behind = True
                await self.refresh()
                screen.finding.index()
            if self._behind:
                await self._catch_up()
        except StoreError as error:
            # This is tried every few seconds; the same trouble is told once.
            if self._trouble != str(error):
                self._trouble = str(error)
                raise
        else:
            self._trouble = ""
        finally:
            self._looking = False

    async def _catch_up(self) -> None:
        """Show the open conversation as another window has left it, once that disturbs nothing."""
        screen = self._screen
        shown = screen.conversation
        if shown.id in screen.turns.streaming or not screen.transcript.following:
            return
        if screen.messages:
            try:
                conversation = await screen.library.conversation(shown.id)
                messages = await screen.library.messages(shown.id)
            except UnknownConversation:
                # Deleted there: what is shown stays, and asking in it says so.
                self._behind = False
                return
            if screen.conversation is not shown or shown.id in screen.turns.streaming:
                return
            screen.conversation = conversation
            if messages != screen.messages:
                screen.show_messages(messages)
        self._behind = False
        self._looking = False

    async def more(self) -> None:
        """Read the next page: the end of the list was reached."""
        if self._complete or not self.listed:
            return
        found = await self._screen.library.conversations(self._filter, offset=len(self.listed))
        known = {conversation.id for conversation in self.listed}
        self.listed += [conversation for conversation in found if conversation.id not in known]
        self._complete = not found
        if found:
            self.show_opened()

    async def filter(self, text: str) -> None:
        """Show only conversations with `text` in their title."""
        self._filter = text
        await self._read()

    def ended(self, conversation_id: str, *, opened: bool) -> None:
        """Show that an answer ended; mark it unread where nobody was looking."""
        self._screen.background(self._ended(conversation_id, opened=opened), "ended")

    async def _ended(self, conversation_id: str, *, opened: bool) -> None:
        screen = self._screen
        # It may have been deleted meanwhile, here or in another window.
        with suppress(UnknownConversation):
            if opened:
                stored = await screen.library.conversation(conversation_id)
                if screen.conversation.id == conversation_id:
                    screen.conversation = stored
            else:
                await screen.library.mark_unread(conversation_id)
        await self.refresh()
        screen.finding.index()

    async def rename(self, conversation_id: str) -> None:
        """Ask for a new title."""
        from acechat.screens.rename import RenameScreen

        conversation = await self._screen.library.conversation(conversation_id)
        title = await self._screen.answer_of(RenameScreen(conversation.title))
        if title is not None:
            await self.rename_to(conversation, title)

    async def rename_to(self, conversation: Conversation, title: str) -> None:
        """Give a conversation a title of the user's own."""
        screen = self._screen
        renamed = await screen.library.rename(conversation, title)
        if screen.conversation.id == renamed.id:
            screen.conversation = replace(screen.conversation, title=renamed.title, renamed=True)
        await self.refresh()

    async def pin(self, conversation_id: str) -> None:
        """Pin or unpin."""
        if (conversation := self._find(conversation_id)) is None:
            return
        pinned = await self._screen.library.pin(conversation)
        if self._screen.conversation.id == pinned.id:
            self._screen.conversation = replace(self._screen.conversation, pinned=pinned.pinned)
        await self.refresh()

    async def archive(self, conversation_id: str) -> None:
        """Take a conversation out of the list, which the search still finds, or back into it."""
        screen = self._screen
        try:
            conversation = await screen.library.conversation(conversation_id)
        except UnknownConversation:
            screen.say("ask something first")
            return
        await self._turn_archived(conversation)
        title = clean_line(conversation.title)
        if conversation.archived:
            screen.say(f"“{title}” is in the list again")
            return
        self._undoable.append(partial(self._unarchive, conversation_id))
        key = screen.key_of("sidebar.undo")
        screen.say(f"archived “{title}”, {key} in the list brings it back", seconds=4.0)

    async def _unarchive(self, conversation_id: str) -> None:
        conversation = await self._screen.library.conversation(conversation_id)
        if conversation.archived:
            await self._turn_archived(conversation)

    async def _turn_archived(self, conversation: Conversation) -> None:
        screen = self._screen
        changed = await screen.library.archive(conversation)
        if screen.conversation.id == changed.id:
            screen.conversation = replace(screen.conversation, archived=changed.archived)
        await self.refresh()

    async def delete(self, conversation_id: str) -> None:
        """Delete; ask first where an answer is arriving."""
        from acechat.screens.confirm import ConfirmScreen

        screen = self._screen
        conversation = self._find(conversation_id)
        if conversation is None:
            return
        if conversation_id in screen.turns.streaming:
            sure = await screen.answer_of(
                ConfirmScreen("An answer is arriving here. Stop it and delete the conversation?")
            )
            if not sure:
                return
            await screen.turns.stopped(conversation_id)
        await screen.library.delete(conversation_id)
        self._undoable.append(partial(screen.library.restore, conversation_id))
        if screen.conversation.id == conversation_id:
            await screen.open_new()
        await self.refresh()
        key = screen.key_of("sidebar.undo")
        title = clean_line(conversation.title)
        screen.say(f"deleted “{title}”, {key} in the list brings it back", seconds=4.0)

    async def show_usage(self) -> None:
        """Show how much was asked, of whom, and how long the answers took."""
        from acechat.screens.usage import UsageScreen
        from acechat.services.usage import since

        today = self._screen.today()
        usage = await self._screen.library.usage(since(today))
        await self._screen.answer_of(UsageScreen(usage, today))

    async def undo(self) -> None:
        """Undo the last deletion or archiving of this run."""
        if not self._undoable:
            self._screen.say("nothing was deleted or archived")
            return
        await self._undoable.pop()()
        await self.refresh()
        self._screen.say("brought back")
