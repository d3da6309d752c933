"""One question to several models at once: whom it goes to, and which answer the talk goes on with.

The dialogs are imported when they are first opened: the first paint does not wait for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from acechat.clean import clean_line
from acechat.errors import StoreError
from acechat.models import Message, Phase, Turn, last_question
from acechat.screens.alongside import ELSEWHERE
from acechat.screens.sending import BUSY, Sent
from acechat.waiting import AT_ONCE

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen
    from acechat.screens.compare import CompareScreen


LEAST = 2
"""A comparison has at least so many answers; at most as many as can arrive at once."""


class Comparing:
    """Asks several models, and takes up the answer that is chosen."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._last: tuple[str, ...] = ()
        self._next: tuple[str, tuple[str, ...]] = ("", ())
        self._open: CompareScreen | None = None
        self._turns: Sequence[Turn] = ()
        self._compared: Message | None = None

    @property
    def models(self) -> tuple[str, ...]:
        """Who answers the next question of the open conversation; empty: its model."""
        of, models = self._next
        return models if of == self._screen.conversation.id and models else ("",)

    @property
    def note(self) -> str:
        """What stands over the prompt while the next question goes to several."""
        if len(self.models) < LEAST:
            return ""
        key = self._screen.key_of("chat.stop")
        names = ", ".join(map(clean_line, self.models))
        return f"asking {names}" + (f"; {key} asks one only" if key else "")

    def compare(self, question: str = "") -> None:
        """Pick models, and ask them what is in the prompt, or what is typed next.

        With the keyboard on a message of the transcript they are asked that question again, and
        their answers stand beside the one that is there. Where a comparison is arriving in the open
        conversation, it is shown again.
        """
        screen = self._screen
        if screen.turns.is_running(screen.conversation.id):
            if any(self._is_here(turn) for turn in self._turns):
                screen.background(self._show(), "dialog")
            else:
                screen.say(BUSY)
        elif screen.lines.editing is not None:
            screen.say("send the edited question first, or leave it as it was")
        elif not question and screen.messages and screen.transcript.has_focus:
            self._compare_kept()
        else:
            screen.background(self._pick_and_ask(question), "dialog")

    def _compare_kept(self) -> None:
        screen = self._screen
        question, answer = screen.turns.chosen()
        if screen.alongside.follows(screen.conversation.id):
            screen.say(ELSEWHERE)
        elif question is None:
            screen.say("there is no question yet")
        else:
            screen.background(self._pick_and_ask_again(question, answer), "dialog")

    def is_arriving(self, turn: Turn) -> bool:
        """Whether a turn is running."""
        chat = self._screen.chat
        return chat is not None and chat.turn_of(turn.answer.id) is not None

    def _is_here(self, turn: Turn) -> bool:
        return turn.conversation_id == self._screen.conversation.id

    async def _pick_and_ask(self, question: str) -> None:
        screen = self._screen
        conversation_id = screen.conversation.id
        models = await self._picked(self._last or (screen.model,))
        if not models or screen.conversation.id != conversation_id:
            return
        if question:
            screen.prompt.load(question)
        self._next = (conversation_id, models)
        # It stays there until the question is stored: where that fails, it can be sent once more.
        screen.prompt.note = self.note
        if screen.prompt.draft.strip():
            screen.prompt.action_send()
        screen.prompt.focus()

    async def _pick_and_ask_again(self, question: Message, answer: Message | None) -> None:
        screen = self._screen
        kept = answer if answer is not None and answer.text else None
        is_last = answer is None or screen.is_shown(answer.id)
        models = await self._picked(self._last or (screen.model,), beside=kept)
        if models and screen.conversation.id == question.conversation_id:
            replaced = answer if kept is None and is_last else None
            screen.turns.send(
                Sent(
                    question.text,
                    again=question,
                    replaces=replaced.id if replaced else None,
                    compared=kept,
                    models=models,
                    # Only the end of a line may go on in its server conversation.
                    afresh=kept is not None or not is_last,
                )
            )

    async def _picked(
        self, marked: tuple[str, ...], *, beside: Message | None = None
    ) -> tuple[str, ...]:
        """Let models be marked, two to four, or one to three `beside` an answer; empty: none."""
        from acechat.screens.several_models import SeveralModelsScreen

        screen = self._screen
        if screen.connection is None:
            screen.say("connecting, one moment")
            return ()
        count = range(LEAST, AT_ONCE + 1)
        if beside is not None:
            count = range(1, AT_ONCE)
            marked = tuple(model for model in marked if model != beside.model)
        picker = SeveralModelsScreen(
            screen.connection.models,
            await screen.library.recent_models(),
            marked[: count[-1]],
            screen.connection.label,
            count=count,
            beside=beside.model if beside is not None else "",
        )
        if not await screen.answer_of(picker):
            return ()
        picked = tuple(picker.chosen)
        self._last = picked if beside is None else (beside.model, *picked)
        return picked

    def leave(self) -> bool:
        """Let the next question go to one model; return whether it was to go to several."""
        was_several = len(self.models) >= LEAST
        self._next = ("", ())
        if was_several:
            self._screen.prompt.note = self._screen.temporary.note
        return was_several

    def begun(self, sent: Sent, turns: Sequence[Turn]) -> None:
        """Show the answers beside each other, or one of them that is asked for again."""
        if len(turns) >= LEAST or sent.compared is not None:
            if sent.again is None:
                self.leave()
            self._compared = sent.compared
            kept = () if sent.compared is None else (_kept(turns[0].question, sent.compared),)
            self._turns = (*kept, *turns)
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
        on = ""
        while True:
            kept = self._compared.id if self._compared is not None else ""
            self._open = CompareScreen(screen, self._turns, kept=kept, on=on)
            try:
                chosen = await screen.answer_of(self._open)
            finally:
                self._open = None
            if not self._is_here(turns[0]):
                return
            try:
                # Whoever only leaves stays with the first one, also where another was asked again.
                await self._go_on_with(chosen or self._turns[0].answer.id, is_chosen=bool(chosen))
                return
            except StoreError as error:
                if chosen is None:
                    raise
                # The choice is not lost: it is one key away until it can be kept.
                screen.say(str(error), severity="error")
                on = chosen

    async def _go_on_with(self, answer_id: str, *, is_chosen: bool) -> None:
        screen = self._screen
        if not screen.is_shown(answer_id):
            await screen.lines.take(answer_id)
            if not screen.is_shown(answer_id):
                # What was said after it is there again.
                screen.transcript.focus_message(answer_id)
        model = next(m.model for m in screen.messages if m.id == answer_id)
        if is_chosen and model != screen.model:
            await screen.choosing.keep(replace(screen.conversation, model=model))
        running = [turn.answer.id for turn in self._turns if self.is_arriving(turn)]
        if [each for each in running if each != answer_id]:
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


def _kept(question: Message, answer: Message) -> Turn:
    """Return an answer that is over as a turn, as the columns take it."""
    turn = Turn(question, answer, 0.0, Phase.RECEIVING)
    turn.replace(answer.text)
    return turn
