"""Questions that were asked while an answer was arriving: sent when it has ended, one by one.

Only a complete answer sends what waits for it. Where it was stopped, cut off or failed, what waits
comes back into the prompt: the user decides anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acechat.clean import clean_line
from acechat.errors import UnknownConversation
from acechat.models import Status
from acechat.screens.sending import Sent
from acechat.slash import Question, parse
from acechat.waiting import BETWEEN, Queued

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen
    from acechat.widgets.queued_lines import QueuedLines

_EARLY = "one moment, the question before this one is on its way"


class Queue:
    """Keeps, shows, sends and gives back what waits, in every conversation of this program."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._waiting: dict[str, list[Queued]] = {}
        self._being_kept: set[str] = set()
        self._lines: QueuedLines | None = None

    def holds(self, conversation_id: str) -> bool:
        """Whether questions wait in a conversation."""
        return bool(self._waiting.get(conversation_id))

    def add(self, text: str) -> None:
        """Let what was typed wait for the answer that is arriving in the open conversation."""
        screen = self._screen
        conversation_id, draft = screen.conversation.id, screen.prompt.draft
        if parse(draft) != Question(text):
            # It has left the prompt since Enter was pressed: it is being asked already.
            return
        if screen.turns.is_sending(conversation_id, draft):
            return
        going = screen.turns.is_begun(conversation_id) or self.holds(conversation_id)
        if conversation_id in self._being_kept or not going:
            screen.say(_EARLY)
            return
        self._being_kept.add(conversation_id)
        screen.background(self._add(conversation_id, text, draft), "queue")

    async def _add(self, conversation_id: str, text: str, draft: str) -> None:
        screen = self._screen
        references = screen.attaching.urls
        try:
            # As it was typed: one that comes back must not be a command.
            queued = await screen.library.enqueue(conversation_id, draft, references)
        finally:
            self._being_kept.discard(conversation_id)
        self._waiting.setdefault(conversation_id, []).append(queued)
        if screen.conversation.id == conversation_id:
            screen.turns.take_from_prompt(draft)
            screen.attaching.taken(screen.conversation, references)
            screen.remember(text)
            self.show()
        await self._go_on(conversation_id)

    def forget(self, conversation_id: str) -> None:
        """Let nothing wait any more in a conversation that ends."""
        self._waiting.pop(conversation_id, None)

    def asked(self, conversation_id: str, number: int) -> None:
        """Take note that a question is stored as one that was asked."""
        waiting = self._waiting.pop(conversation_id, [])
        if left := [each for each in waiting if each.number != number]:
            self._waiting[conversation_id] = left
        self.show()

    def ended(self, conversation_id: str, *, begun: bool) -> None:
        """Send what waits in a conversation whose answers have ended, or give it back.

        Args:
            conversation_id: Which one.
            begun: There was an answer; otherwise what was to be asked could not be stored.
        """
        if self.holds(conversation_id):
            work = self._go_on(conversation_id) if begun else self._give_back(conversation_id)
            self._screen.background(work, "queue")

    async def _go_on(self, conversation_id: str) -> None:
        screen = self._screen
        messages = await screen.library.messages(conversation_id)
        waiting = self._waiting.get(conversation_id)
        if not waiting or screen.turns.is_running(conversation_id):
            return
        if messages and messages[-1].status is Status.COMPLETE:
            first = waiting[0]
            meant = parse(first.text)
            text = meant.text if isinstance(meant, Question) else first.text
            sent = Sent(text, references=first.references, queued=first.number)
            screen.turns.send(sent, await screen.library.conversation(conversation_id))
        else:
            await self._give_back(conversation_id)

    async def _give_back(self, conversation_id: str) -> None:
        screen = self._screen
        back = await screen.library.take_back(conversation_id)
        self._waiting.pop(conversation_id, None)
        if await self._put_back(conversation_id, back):
            screen.say("the answer did not end well, so what was queued is in the prompt again")
            return
        try:
            title = clean_line((await screen.library.conversation(conversation_id)).title)
        except UnknownConversation:
            return
        screen.say(f"the answer in “{title}” did not end well; what was queued is a draft there")

    def take_back(self) -> None:
        """Put the question that was queued last into the prompt again."""
        if self.holds(self._screen.conversation.id):
            self._screen.background(self._take_back(self._screen.conversation.id), "queue")

    async def _take_back(self, conversation_id: str) -> None:
        back = await self._screen.library.take_back(conversation_id, newest=True)
        for each in back:
            self.asked(conversation_id, each.number)
        await self._put_back(conversation_id, back)

    async def _put_back(self, conversation_id: str, back: list[Queued]) -> bool:
        """Put what the store has made a draft into the prompt too; False where that is elsewhere.

        Whoever switched meanwhile has kept what was in the prompt, which is the draft now.
        """
        screen = self._screen
        self.show()
        text = BETWEEN.join(each.text for each in back)
        if screen.conversation.id != conversation_id:
            draft = await screen.library.draft(conversation_id)
            if not draft.startswith(text):
                draft = BETWEEN.join(filter(None, (text, draft)))
                await screen.library.save_draft(conversation_id, draft)
            return False
        if not screen.prompt.draft.startswith(text):
            screen.lines.bring_back(text)
        if text:
            for url in dict.fromkeys(url for each in back for url in each.references):
                screen.attaching.add_url(url)
        return True

    def show(self) -> None:
        """Show above the prompt what waits in the open conversation."""
        screen = self._screen
        waiting = self._waiting.get(screen.conversation.id, [])
        screen.prompt.has_queue = bool(waiting)
        if self._lines is None:
            if not waiting:
                return
            from acechat.widgets.queued_lines import QueuedLines

            self._lines = QueuedLines()
            screen.query_one("#main").mount(self._lines, before=screen.prompt)
        self._lines.show([each.text for each in waiting])
