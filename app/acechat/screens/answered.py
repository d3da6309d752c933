"""The part of the chat screen that knows who answers, and keeps questions until that is known."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from acechat.errors import StoreError
from acechat.screens.actions import CommandActions
from acechat.widgets.welcome import Welcome

if TYPE_CHECKING:
    from acechat.connection import Connection
    from acechat.services.chat import ChatService

MISTAKE_SECONDS = 20.0
"""How long it is shown what a user has to mend in a file: time to write down line and key."""

CONNECTING = "connecting"
"""Who answers, until that is known."""

NOBODY = "nobody answers"
"""Who answers, where that cannot be known until something is mended."""

ONLY_READ = "Read-only: nothing can be asked or changed here"
"""What an empty prompt says where the conversations are only read."""


class AnsweredScreen(CommandActions):
    """Asks whoever the application has found to answer, and nobody else."""

    def __init__(self, look_again: Callable[[], None] | None, classes: str) -> None:
        """Wait to be told who answers.

        Args:
            look_again: Has the application find out anew, where nobody could be asked before.
            classes: The classes of the screen.
        """
        super().__init__(classes=classes)
        self.connection: Connection | None = None
        """Who answers, once that is known."""
        self._look_again = look_again
        self._chat: ChatService | None = None
        self._ready = asyncio.Event()
        self._trouble = ""
        self._keyring_trouble = ""

    @abstractmethod
    def show_header(self) -> None:
        """Write the line at the top."""

    @abstractmethod
    def suggest_arguments(self) -> None:
        """Tell the prompt what may follow its `/` words."""

    @property
    def chat(self) -> ChatService | None:
        """The service that asks questions; None until somebody answers."""
        return self._chat

    @property
    def answerer(self) -> str:
        """Who answers, in a word or two."""
        if not self._ready.is_set():
            return CONNECTING
        return NOBODY if self._trouble or not self.connection else self.connection.label

    def connecting(self) -> None:
        """Keep questions waiting until it is known anew who answers."""
        self._ready.clear()
        self.show_header()

    def connected(self, connection: Connection, chat: ChatService) -> None:
        """Take the server that answers from now on."""
        self.connection = connection
        self._chat = chat
        self._trouble = ""
        self._ready.set()
        trouble = connection.found.trouble
        key = self.key_of("app.settings") if connection.lacks_token else ""
        parts = (trouble and f"{trouble}.", connection.note, key and f"{key} adds a token.")
        self.query_one(Welcome).set_note(" ".join(filter(None, parts)))
        if trouble and self._keyring_trouble != trouble:
            self.say(trouble, severity="error")
        self._keyring_trouble = trouble
        self.query_one(Welcome).offer(connection.questions)
        self.show_header()
        self.suggest_arguments()

    def not_connected(self, sentence: str) -> None:
        """Say why nobody can be asked at present."""
        told, self._trouble = self._trouble, sentence
        self._ready.set()
        self.query_one(Welcome).set_note(sentence)
        self.show_header()
        if sentence != told:
            self.say(sentence, severity="error", seconds=MISTAKE_SECONDS)

    def warn(self, sentence: str, *, anew: bool) -> None:
        """Say on the first page what is wrong in the settings; where it is new, also at once."""
        self.query_one(Welcome).warn(sentence)
        if sentence and anew:
            self.say(sentence, severity="error", seconds=MISTAKE_SECONDS)

    def doubt(self, sentence: str) -> None:
        """Say what is wrong with the way to who answers; questions can be asked all the same."""
        self.query_one(Welcome).set_note(sentence)
        self.say(sentence, severity="error")

    def only_reads(self) -> None:
        """Say where questions are written that none can be kept, and so none sent."""
        self.prompt.placeholder = ONLY_READ

    async def server(self) -> ChatService:
        """Wait until somebody answers.

        Raises:
            StoreError: nobody does; the message says why.
        """
        await self._ready.wait()
        if self._trouble and self._look_again is not None:
            # It may have been put right meanwhile.
            self._look_again()
            await self._ready.wait()
        if self._trouble or self._chat is None:
            raise StoreError(self._trouble)
        return self._chat
