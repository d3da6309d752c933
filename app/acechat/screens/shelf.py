"""The list of conversations on the chat screen: reading, filtering, renaming, deleting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from acechat.clean import clean_line
from acechat.errors import StoreError, UnknownConversation
from acechat.models import Conversation, Status
from acechat.services.library import PAGE, SCREENFUL
from acechat.widgets.pace import BREATH_SECONDS

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
        self._before_filter: list[Conversation] = []
        self._complete = False
        self._behind = False
        self._looking = False
        self._trouble = ""

    def _find(self, conversation_id: str) -> Conversation | None:
        return next((c for c in self.listed if c.id == conversation_id), None)

    def _elsewhere(self, conversation: Conversation) -> bool:
        """Whether another window is receiving an answer of a conversation."""
        turns, chat = self._screen.turns, self._screen.chat
        ours = turns.is_running(conversation.id) or (
            chat is not None and chat.is_unstored(conversation.id)
        )
        return conversation.status is Status.STREAMING and not ours

    async def refresh(self) -> None:
        """Read the list again and show it, as far as it was shown."""
        count = max(PAGE, len(self.listed))
        self._before_filter = []
        self._take(await self._screen.library.conversations(self._filter, count=count))

    def _take(self, listed: list[Conversation]) -> None:
        self.listed = listed
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
            streaming=screen.turns.streaming | {c.id for c in self.listed if self._elsewhere(c)},
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

    async def came_in(self) -> None:
        """Show what was brought in from elsewhere."""
        self._behind = True
        await self.refresh()
        self._screen.finding.index()
        await self._catch_up()

    async def _catch_up(self) -> None:
        """Show the open conversation as another window has left it, once that disturbs nothing."""
        screen = self._screen
        shown = screen.conversation
        if shown.id in screen.turns.streaming or screen.alongside.follows(shown.id):
            return
        if not screen.transcript.following:
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
        """Show only conversations with `text` in their title, all of them where it is empty."""
        screen, before, self._filter = self._screen, self._filter, text
        if text:
            if not before:
                self._before_filter = self.listed[:PAGE]
            self._take(await screen.library.conversations(text, count=SCREENFUL))
            return
        if self._before_filter:
            # At once what was there before; what has changed since comes behind it.
            self._take(self._before_filter)
            await asyncio.sleep(BREATH_SECONDS)
        await self.refresh()

    async def open_filtered(self, text: str) -> None:
        """Open what the cursor is on once only titles with `text` are shown."""
        await self.filter(text)
        screen = self._screen
        if (found := screen.sidebar.highlighted) is not None:
            screen.open_listed(found)

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

    async def archive(self, *conversation_ids: str) -> None:
        """Take conversations out of the list, which the search still finds.

        A single one that is out of it already comes back.
        """
        screen, library = self._screen, self._screen.library
        try:
            first = await library.conversation(conversation_ids[0])
        except UnknownConversation:
            screen.say("ask something first")
            return
        if first.temporary:
            screen.say("a temporary conversation is in no list")
            return
        archived = len(conversation_ids) > 1 or not first.archived
        await self._set_archived(conversation_ids, archived=archived)
        named = _named(first.title, len(conversation_ids))
        if not archived:
            screen.say(f"{named} is in the list again")
        else:
            self._undoable.append(partial(self._set_archived, conversation_ids, archived=False))
            self._say_undoable(f"archived {named}", len(conversation_ids))

    async def _set_archived(self, conversation_ids: Sequence[str], *, archived: bool) -> None:
        screen = self._screen
        await screen.library.archive(*conversation_ids, archived=archived)
        if screen.conversation.id in conversation_ids:
            screen.conversation = replace(screen.conversation, archived=archived)
        await self.refresh()

    async def delete(self, *conversation_ids: str) -> None:
        """Delete conversations; ask first where an answer is arriving in one of them."""
        from acechat.screens.confirm import ConfirmScreen

        screen = self._screen
        running = len(screen.turns.streaming.intersection(conversation_ids))
        elsewhere = any(self._elsewhere(c) for c in self.listed if c.id in conversation_ids)
        count = len(conversation_ids)
        if running or elsewhere:
            question = _stop_and_delete(running, count) if running else _delete_elsewhere(count)
            sure = await screen.answer_of(ConfirmScreen(question))
            if not sure:
                return
        title = await self._title(conversation_ids[0])
        for conversation_id in conversation_ids:
            await screen.turns.stopped(conversation_id)
        await screen.library.delete(*conversation_ids)
        self._undoable.append(partial(screen.library.restore, *conversation_ids))
        if screen.conversation.id in conversation_ids:
            await self._open_new_behind()
        await self.refresh()
        self._say_undoable(f"deleted {_named(title, count)}", count)

    async def _open_new_behind(self) -> None:
        """Show a new conversation; the keyboard stays in the list, where it is undone."""
        screen = self._screen
        in_list, over = screen.sidebar.has_focus_within, screen.has_class("-sidebar-over")
        await screen.open_new()
        if in_list:
            screen.set_class(over, "-sidebar-over")
            screen.sidebar.focus_list()

    async def _title(self, conversation_id: str) -> str:
        # Another window may have deleted it.
        with suppress(UnknownConversation):
            return (await self._screen.library.conversation(conversation_id)).title
        return ""

    async def delete_older(self, named: str = "") -> None:
        """Ask how old, from `named` on, and delete all conversations that are older."""
        from acechat.screens.older import OlderScreen

        screen = self._screen
        dialog = OlderScreen(screen.library.older_than, screen.today(), named)
        if conversation_ids := await screen.answer_of(dialog):
            await self.delete(*conversation_ids)

    def _say_undoable(self, what: str, count: int) -> None:
        key = self._screen.key_of("sidebar.undo")
        self._screen.say(
            f"{what}, {key} in the list brings {'it' if count == 1 else 'them'} back", seconds=4.0
        )

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


def _named(title: str, count: int) -> str:
    return f"“{clean_line(title)}”" if count == 1 else f"{count:,} conversations"


def _stop_and_delete(running: int, count: int) -> str:
    """Return what is asked before conversations are deleted in which answers are arriving."""
    if count == 1:
        return "An answer is arriving here. Stop it and delete the conversation?"
    arriving = "An answer is" if running == 1 else f"{running} answers are"
    stop = "it" if running == 1 else "them"
    return f"{arriving} arriving there. Stop {stop} and delete all {count:,}?"


def _delete_elsewhere(count: int) -> str:
    """Return what is asked before conversations are deleted that another window asks in."""
    if count == 1:
        return "Another window is receiving an answer here. Delete the conversation?"
    return f"Another window is receiving an answer there. Delete all {count:,}?"
