"""Going back: versions of answers and questions, edited questions, branches.

What was said is never touched: another version stands beside it, a branch is a conversation of its
own. The dialogs are imported when they are first opened: the first paint does not wait for them.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from acechat.advice import advice
from acechat.clean import clean_line
from acechat.models import Conversation, Message, Status
from acechat.screens.alongside import ELSEWHERE
from acechat.screens.sending import BUSY, Sent
from acechat.slash import Question, parse
from acechat.waiting import BETWEEN

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen
    from acechat.services.library import Opened

_NO_QUESTION = "there is no question yet"

_ORIGIN = ""
"""Stands for the other conversation among the ids of branches."""


class Lines:
    """Switches between versions, edits questions, and makes and follows branches."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self.editing: Message | None = None
        """The question whose text is in the prompt to be sent another way."""
        self._aside = ""
        self.settled = asyncio.Event()
        """Set but for the moment in which the conversation changes to another line."""
        self.settled.set()

    @property
    def _is_running(self) -> bool:
        return self._screen.turns.is_running(self._screen.conversation.id)

    def opened(self, found: Opened) -> None:
        """Show where the conversation that is opened came from, and what branched off it."""
        screen = self._screen
        self._end_editing()
        conversation, origin = found.conversation, found.origin
        beginning = ""
        if conversation.origin is not None:
            name = f"“{clean_line(origin.title)}”" if origin else "a conversation that was deleted"
            key = screen.key_of("transcript.branches") if origin else ""
            beginning = f"branched from {name}" + (f", {key} goes there" if key else "")
        counts: dict[str, int] = {}
        for branch in found.branches:
            if branch.origin is not None:
                at = branch.origin.message_id
                counts[at] = counts.get(at, 0) + 1
        screen.transcript.set_branches(beginning, counts)
        screen.header.origin = origin.title if origin else ""

    # Another answer.

    def again_with(self) -> None:
        """Ask for another version of an answer from a model that is picked, this once."""
        screen = self._screen
        question, _ = screen.turns.chosen()
        if question is None:
            screen.say(_NO_QUESTION)
        elif self._is_running:
            screen.say(BUSY + screen.stops)
        else:
            screen.background(self._pick_and_ask(question), "dialog")

    async def _pick_and_ask(self, question: Message) -> None:
        screen = self._screen
        name = await screen.choosing.picked_model(with_default=False)
        if name and screen.conversation.id == question.conversation_id:
            screen.turns.again(question, model=name)

    # Another question.

    def edit(self) -> None:
        """Put a question into the prompt, to be sent another way."""
        screen = self._screen
        question, _ = screen.turns.chosen()
        if question is None:
            screen.say(_NO_QUESTION)
        elif self._is_running:
            screen.say(BUSY + screen.stops)
        else:
            screen.background(self._edit(question), "edit", exclusive=True)

    async def _edit(self, question: Message) -> None:
        screen = self._screen
        prompt, library = screen.prompt, screen.library
        await screen.drafts.keep()
        # What became of it before the program ended, or another conversation was opened.
        text = await library.draft(question.id) or _typed(question.text)
        if screen.conversation.id != question.conversation_id:
            return
        if self.editing is None:
            self._aside = prompt.draft
        self.editing = question
        key = screen.key_of("chat.stop")
        prompt.note = "editing your question" + (f", {key} leaves it as it was" if key else "")
        prompt.load(text)
        prompt.focus()

    def _end_editing(self) -> None:
        self.editing = None
        screen = self._screen
        screen.prompt.note = screen.comparing.note or screen.temporary.note

    def leave_editing(self) -> bool:
        """Leave the question as it was; return whether one was being edited.

        What was typed is one step back among the questions of the prompt.
        """
        question, screen = self.editing, self._screen
        if question is None:
            return False
        text = screen.prompt.draft
        if text.strip() and text != _typed(question.text):
            screen.remember(text)
        self._take_up_draft(question)
        return True

    def submit(self, text: str) -> None:
        """Send what was typed: a new question, or the edited one beside what it was."""
        screen, question = self._screen, self.editing
        conversation_id = screen.conversation.id
        if screen.alongside.follows(conversation_id):
            screen.prompt.allow_repeat()
            screen.say(ELSEWHERE)
            return
        if self._is_running or screen.queue.holds(conversation_id):
            if question is None and not screen.comparing.note:
                screen.queue.add(text)
            else:
                screen.say(BUSY + screen.stops)
            return
        sent = Sent(text, screen.prompt.draft, models=screen.comparing.models)
        if question is not None:
            sent = Sent(text, sent.draft, beside=question, afresh=not self._was_not_taken(question))
        screen.turns.send(sent)

    def sent(self, question: Message) -> None:
        """Let the draft come back: what became of `question` is stored."""
        if self.editing is not None and self.editing.id == question.id:
            self._take_up_draft(question)
        else:
            self._forget_edited(question)

    def bring_back(self, text: str) -> None:
        """Put a question back into the prompt, before what is being written."""
        prompt = self._screen.prompt
        if self.editing is not None:
            self._aside = BETWEEN.join(filter(None, (text, self._aside)))
        else:
            prompt.load(BETWEEN.join(filter(None, (text, prompt.draft))))

    def _take_up_draft(self, question: Message) -> None:
        """Put what was in the prompt before back, with what was typed since the text was sent."""
        screen = self._screen
        typed = screen.prompt.draft if screen.turns.is_running(question.conversation_id) else ""
        self._end_editing()
        screen.prompt.load(self._aside + typed)
        self._forget_edited(question)

    def _forget_edited(self, question: Message) -> None:
        self._screen.background(self._screen.library.save_draft(question.id, ""), "draft")

    def _was_not_taken(self, question: Message) -> bool:
        """Whether the server conversation ends before a question, which it refused."""
        if len(self._screen.messages) < 2:
            return False
        asked, answer = self._screen.messages[-2:]
        return (
            asked.id == question.id
            and answer.status is Status.FAILED
            and answer.error is not None
            and "chat.rebuild" not in advice(answer.error).commands
        )

    # Versions.

    def switch(self, step: int) -> None:
        """Show the version before (-1) or after (1) of the message that the keyboard is on."""
        screen = self._screen
        place = screen.transcript.focused_message
        if place is None or not self.settled.is_set():
            return
        message = screen.messages[place]
        if message.versions == 1:
            screen.say("there is only this version")
        elif self._is_running:
            screen.say("an answer is still arriving; other versions can be seen when it has ended")
        elif message.version + step < 1:
            screen.say("this is the first version")
        elif message.version + step > message.versions:
            screen.say("this is the newest version")
        else:
            self.settled.clear()
            screen.background(self._switch(message, step, place), "line")

    async def _switch(self, message: Message, step: int, place: int) -> None:
        library = self._screen.library
        try:
            versions = await library.versions(message.id)
            at = versions.index(message.id) + step
            if 0 <= at < len(versions):
                await self._show_line(versions[at], place)
        finally:
            self.settled.set()

    async def take(self, answer_id: str) -> None:
        """Put the open conversation on the line through one of several answers."""
        self.settled.clear()
        try:
            await self._show_line(answer_id)
        finally:
            self.settled.set()

    async def _show_line(self, message_id: str, place: int | None = None) -> None:
        screen = self._screen
        conversation_id = screen.conversation.id
        await screen.library.show_version(message_id)
        conversation = await screen.library.conversation(conversation_id)
        messages = await screen.library.messages(conversation_id)
        if screen.conversation.id == conversation_id:
            screen.conversation = conversation
            screen.show_messages(messages, place)
            screen.shelf.reload()

    # Branches.

    def branch(self) -> None:
        """Open a new conversation that begins with all up to the message of the keyboard."""
        screen = self._screen
        current = screen.transcript.current
        if current is None:
            screen.say("there is nothing to branch off yet")
        elif screen.conversation.temporary:
            screen.say("a branch would be kept; keep this temporary conversation first")
        elif current.message.status is Status.STREAMING:
            screen.say("this answer is still arriving; branch when it has ended")
        else:
            screen.background(self._branch(current.message.id), "open", exclusive=True)

    async def _branch(self, message_id: str) -> None:
        screen = self._screen
        origin = screen.conversation
        branch = await screen.library.branch(origin, message_id)
        await screen.open_conversation(branch.id)
        await screen.shelf.refresh()
        screen.say(f"a branch of “{clean_line(origin.title)}”, which stays as it is")

    def jump(self) -> None:
        """Go to where this conversation branched off, or to one of its branches."""
        self._screen.background(self._jump(), "dialog")

    async def _jump(self) -> None:
        screen = self._screen
        conversation = screen.conversation
        found = await screen.library.relatives(conversation)
        origin, branches = found
        if conversation.origin is not None and origin is None and not branches:
            screen.say("the conversation that this one branched off was deleted")
            return
        if origin is None and not branches:
            key = screen.key_of("transcript.branch")
            screen.say("this conversation has no branches" + (f", {key} makes one" if key else ""))
            return
        picked: str | None = branches[0].id if branches else _ORIGIN
        if len(branches) + (origin is not None) > 1:
            picked = await self._pick(origin, branches)
        if picked is None:
            return
        if picked == _ORIGIN and conversation.origin is not None:
            await self.open_at(conversation.origin.conversation_id, conversation.origin.message_id)
        else:
            await screen.open_conversation(picked)
            screen.transcript.focus()

    async def _pick(self, origin: Conversation | None, branches: list[Conversation]) -> str | None:
        from acechat.screens.picker import Choice, Picker

        choices = [Choice(_ORIGIN, origin.title, group="this one branched off")] if origin else []
        choices += [Choice(branch.id, branch.title, group="branches") for branch in branches]
        return await self._screen.answer_of(Picker[str]("Branches", choices))

    async def open_at(self, conversation_id: str, message_id: str) -> bool:
        """Open a conversation with the keyboard on one of its messages, on whatever line it is.

        Returns:
            Whether the conversation was on another line.

        Raises:
            UnknownConversation: it was deleted.
            StoreError: the message is gone, or it is on another line than an arriving answer.
        """
        screen = self._screen
        if screen.conversation.id != conversation_id and not (
            await screen.open_conversation(conversation_id)
        ):
            return False
        if screen.transcript.focus_message(message_id):
            return False
        await self._show_line(message_id)
        screen.transcript.focus_message(message_id)
        return True


def _typed(text: str) -> str:
    """Return how a question is typed: one that begins with a slash would be a command."""
    return text if parse(text) == Question(text) else f"/{text}"
