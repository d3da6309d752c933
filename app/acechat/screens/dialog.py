"""What all screens that lie over the conversation have in common: Escape leaves them."""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import getters
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.worker import (
    Worker,
    active_worker,  # pyright: ignore[reportUnknownVariableType]
)

from acechat.stylesheets import later_sheets

ResultT = TypeVar("ResultT")


class Dialog(ModalScreen[ResultT | None], Generic[ResultT]):
    """A screen over the conversation; its result is None where it is only left.

    Keys can arrive while it is being built: it has no list then that could be moved, and taken
    away half made it would end the program. So keys do nothing yet, and Escape waits.
    """

    CSS_PATH = [*later_sheets()]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave", show=False)]

    COMMANDS_HERE: ClassVar[tuple[str, ...]] = ()
    """What the ids of those commands begin with that it carries out itself."""

    if TYPE_CHECKING:
        # Textual leaves open what the application returns; dialogs do not care.
        app = getters.app(App[object])

    def __init__(self) -> None:
        super().__init__()
        self.asked_by: Worker[object] | None = active_worker.get(None)  # pyright: ignore[reportUnknownMemberType]
        """The worker that shows it and waits for its result, if one does."""

    @property
    def is_ready(self) -> bool:
        """Whether keys reach what they are meant for."""
        return self.is_mounted

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow nothing but leaving before the dialog is built."""
        return self.is_mounted or action == "leave"

    def action_leave(self) -> None:
        """Leave, as soon as the dialog is built."""
        if self.is_mounted:
            self.leave()
        else:
            self.call_later(self.leave)

    def leave(self) -> None:
        """Close without a result."""
        self.dismiss(None)

    def dismiss(self, result: ResultT | None = None) -> AwaitComplete:
        """Close with `result`, once: a second time would close what is below."""
        if not self.is_active:
            return AwaitComplete()
        # What it still looks for would be shown in parts that are being taken down.
        self.workers.cancel_node(self)  # pyright: ignore[reportUnknownMemberType]
        try:
            return super().dismiss(result)
        except asyncio.InvalidStateError:
            # Whoever asked has been called to something else, and waits no more.
            return self.app.pop_screen()
