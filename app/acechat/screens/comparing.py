"""One question to several models at once: whom it goes to, and which answer the talk goes on with.

The dialogs are imported when they are first opened: the first paint does not wait for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from acechat.clean import clean_line
from acechat.models import Message, Turn, last_question
from acechat.screens.sending import BUSY, Sent

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen
    from acechat.screens.compare import CompareScreen


class Comparing:
    """Asks several models, and takes up the answer that is chosen."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._last: tuple[str, ...] = ()
        self._next: tuple[str, tuple[str, ...]] = ("", ())
        self._open: CompareScreen | None = None
        self._turns: Sequence[Turn] = ()

    @property
    def models(self) -> tuple[str, ...]:
        """Who answers the next question of the open conversation; empty: its model."""
        of, models = self._next
        return models if of == self._screen.conversation.id and models else ("",)

    def compare(self, question: str = "") -> None:
        """Pick models, and ask them what is in the prompt, or what is typed next.

        Where a comparison is arriving in the open conversation, it is shown again.
        """
        screen = self._screen
        if screen.turns.is_running(screen.conversation.id):
            if any(self._is_here(turn) for turn in self._turns):
                screen.background(self._show(), "dialog")
            else:
                screen.say(BUSY)
        elif screen.lines.editing is not None:
            screen.say("send the edited question first, or leave it as it was")
        else:
            screen.background(self._pick_and_ask(question), "dialog")

    def is_arriving(self, turn: Turn) -> bool:
        """Whether a turn is running."""
        chat = self._screen.chat
        return chat is not None and chat.turn_of(turn.answer.id) is not None

    def _is_here(self, turn: Turn) -> bool:
        return turn.conversation_id == self._screen.conversation.id

    async def _pick_and_ask(self, question: str) -> None:
        from acechat.screens.several_models import SeveralModelsScreen

        screen = self._screen
        conversation_id = screen.conversation.id
        if screen.connection is None:
            screen.say("connecting, one moment")
            return
        picker = SeveralModelsScreen(
            screen.connection.models,
            await screen.library.recent_models(),
            self._last or (screen.model,),
            screen.connection.label,
        )
        if not await screen.answer_of(picker) or screen.conversation.id != conversation_id:
            return
        self._last = tuple(picker.chosen)
        if question:
            screen.prompt.load(question)
        self._next = (conversation_id, self._last)
        if screen.prompt.draft.strip():
            screen.prompt.action_send()
        else:
            key = screen.key_of("chat.stop")
            names = ", ".join(map(clean_line, self._last))
            screen.prompt.note = f"asking {names}" + (f"; {key} asks one only" if key else "")
        screen.prompt.focus()

    def leave(self) -> bool:
        """Let the next question go to one model; return whether it was to go to several."""
        was_several = len(self.models) > 1
        self._next = ("", ())
        if was_several:
            self._screen.prompt.note = self._screen.temporary.note
        return was_several

    def begun(self, sent: Sent, turns: Sequence[Turn]) -> None:
        """Show the answers beside each other, or one of them that is asked for again."""
        if len(turns) > 1:
            self.leave()
            self._turns = turns
            self._screen.background(self._show(), "compare")
        elif self._open is not None and sent.again is not None:
            self._open.put(turns[0])
            self._turns = [
                turns[0] if turn.answer.id == sent.instead_of else turn for turn in self._turns
            ]

    async def _show(self) -> None:
        from acechat.screens.compare import CompareScreen

        screen, turns = self._screen, self._turns
        if self._open is not None:
            return
        self._open = CompareScreen(screen, turns)
        try:
            chosen = await screen.answer_of(self._open)
        finally:
            self._open = None
        if not self._is_here(turns[0]):
            return
        # Whoever only leaves stays with the first one, also where another was asked again.
        goes_on_with = chosen or self._turns[0].answer.id
        if not screen.is_shown(goes_on_with):
            await screen.lines.take(goes_on_with)
        if chosen and (answer := screen.messages[-1]).model != screen.model:
            await screen.choosing.keep(replace(screen.conversation, model=answer.model))
        running = [turn.answer.id for turn in self._turns if self.is_arriving(turn)]
        if [each for each in running if each != goes_on_with]:
            key = screen.key_of("chat.stop")
            screen.say("the other answers go on" + (f", {key} stops them" if key else ""))
        screen.prompt.focus()

    def again(self, answer: Message, *, rebuild: bool = False) -> None:
        """Ask for one of the answers again: it failed, say."""
        screen = self._screen
        question = last_question(screen.messages)
        if screen.turns.is_running(answer.conversation_id):
            screen.say("the other answers are still arriving; this one can be asked for after them")
        elif question is not None:
            is_shown = screen.is_shown(answer.id)
            screen.turns.send(
                Sent(
                    question.text,
                    again=question,
                    replaces=None if answer.text else answer.id,
                    instead_of=answer.id,
                    models=(answer.model,),
                    # Only the line that is shown may go on in its server conversation.
                    afresh=bool(answer.text) or not is_shown,
                    rebuild=rebuild,
                )
            )
