"""What is typed while something else is on its way to the screen is meant for that.

A key may open a dialog, leave one, or open a conversation. Each takes some messages and reads of
the store, in which the next keys would go to what is there still: letters for a field into the
prompt, letters for the prompt to a list, to which they are commands.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias
from weakref import WeakSet

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.worker import Worker

from acechat.screens.dialog import Dialog

LEADING = frozenset({"dialog", "edit", "open", "pick", "word"})
"""The groups of the workers that put something else before the user."""

ROUNDS = 3
"""How often all messages are waited for that a key led to: its action posts one, which a screen
answers with another, which the application answers."""

PATIENCE_SECONDS = 2.0
"""How long keys wait at most. A dialog takes 50 ms, and more than a second on a busy machine; a
store that another program holds can take long, and must not make the program deaf."""

ESCAPE_SECONDS = 0.1
"""The same for Escape, which ends any wait within 0.2 s (`reliability.md` section 1)."""

LOOK_SECONDS = 0.005
"""Between two looks whether what waits can go on."""


Typed: TypeAlias = events.Key | events.Paste


class Followed(Message):
    """What a key led to has been handled, all the way up to the application."""

    def __init__(self, key: int, target: DOMNode, rounds: int) -> None:
        super().__init__()
        self.key = key
        """The number of the key."""
        self.target = target
        """What had the focus then."""
        self.rounds = rounds
        """How often this is still to be waited for."""


class TypedAhead:
    """Lets keys and pastes wait, in their order, until what earlier keys led to is there."""

    def __init__(self, app: App[int], handle: Callable[[Typed], Awaitable[None]]) -> None:
        """Guard an application.

        Args:
            app: The application.
            handle: Does with a key or a paste what is otherwise done at once.
        """
        self._app = app
        self._handle = handle
        self._waiting: deque[Typed] = deque()
        self._keys = 0
        self._followed = 0
        self._target: DOMNode = app
        # When what waits is passed on in any case: an Escape among it, and all of it.
        self._escape_deadline = self._deadline = 0.0
        self._looking: asyncio.TimerHandle | None = None
        self._given_up: WeakSet[Worker[object]] = WeakSet()

    async def take(self, event: Typed) -> None:
        """Handle what is typed, now or as soon as it reaches what it is meant for."""
        if self._waiting or self._is_led_on():
            self._wait(event)
        else:
            await self._pass_on(event)

    async def _pass_on(self, event: Typed) -> None:
        target = self._app.focused or self._app.screen
        is_text = isinstance(event, events.Paste) or target.check_consume_key(
            event.key, event.character
        )
        await self._handle(event)
        if not is_text:
            self._keys += 1
            self._target = target
            self._follow(self._keys, target, ROUNDS)

    def _follow(self, key: int, target: DOMNode, rounds: int) -> None:
        def send() -> None:
            # It stands behind whatever the key led to, here and wherever that bubbles up to.
            if not target.post_message(Followed(key, target, rounds)):
                self._followed = key

        if not target.call_later(send):
            self._followed = key

    def was_followed(self, event: Followed) -> None:
        """Take note that all messages are handled that stood before this one."""
        if event.rounds > 1:
            self._follow(event.key, event.target, event.rounds - 1)
        else:
            self._followed = event.key

    def _is_led_on(self) -> bool:
        """Whether something else is about to be before the user."""
        screen = self._app.screen
        if self._is_followed_still() or (isinstance(screen, Dialog) and not screen.is_ready):
            return True
        return any(map(self._is_leading, self._app.workers))

    def _is_followed_still(self) -> bool:
        """Whether the last key is still on its way, in a part of the screen that is there.

        What a part that has gone was told, a button of a dialog that was left, arrives nowhere.
        """
        target = self._target
        return self._followed < self._keys and target.is_attached and target.is_running

    def _is_leading(self, worker: Worker[object]) -> bool:
        """Whether a worker is about to show something: it has no dialog on the screen yet."""
        if worker.group not in LEADING or worker.is_finished or worker in self._given_up:
            return False
        dialogs = (each for each in self._app.screen_stack if isinstance(each, Dialog))
        return all(each.asked_by is not worker for each in dialogs)

    # Waiting.

    def _wait(self, event: Typed) -> None:
        now = asyncio.get_running_loop().time()
        if not self._waiting:
            self._escape_deadline = self._deadline = now + PATIENCE_SECONDS
        if _is_escape(event):
            self._escape_deadline = min(self._escape_deadline, now + ESCAPE_SECONDS)
        self._waiting.append(event)
        if self._looking is None:
            self._look_later()

    def _look_later(self) -> None:
        self._looking = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._looking = None
        late = self._late()
        if late:
            self._followed = self._keys
            self._given_up.update(filter(self._is_leading, self._app.workers))
        if late or not self._is_led_on():
            # Behind what is on its way to the application itself, such as a change of the focus.
            self._app.call_later(self._go_on)
        else:
            self._look_later()

    def _late(self) -> int:
        """How much of what waits can wait no longer: what stands behind an Escape still can."""
        now = asyncio.get_running_loop().time()
        if now >= self._deadline:
            return len(self._waiting)
        if now < self._escape_deadline:
            return 0
        return max((at for at, each in enumerate(self._waiting, 1) if _is_escape(each)), default=0)

    async def _go_on(self) -> None:
        """Take what waits, up to what leads on once more, and what is late in any case."""
        late = self._late()
        while self._waiting and (late > 0 or not self._is_led_on()):
            late -= 1
            await self._pass_on(self._waiting.popleft())
        if self._waiting:
            now = asyncio.get_running_loop().time()
            self._escape_deadline = self._deadline = now + PATIENCE_SECONDS
            self._look_later()


def _is_escape(event: Typed) -> bool:
    return isinstance(event, events.Key) and event.key == "escape"
