"""What a setting is changed with: a row with a name, a control, and what it means or why not."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from acechat.clean import clean_line
from acechat.screens.panel import LineInput, Reason


class Press(Static, can_focus=True):
    """A word that can be pressed: Enter, space or a click."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", show=False)]

    class Pressed(Message):
        """It was pressed."""

        def __init__(self, press: "Press") -> None:
            super().__init__()
            self.press = press
            """The one that was pressed."""

        @property
        def control(self) -> "Press":
            """The one that was pressed."""
            return self.press

    def __init__(self, text: str, *, id: str | None = None) -> None:
        super().__init__(Content(clean_line(text)), id=id)

    def show(self, text: str, *, muted: bool = False) -> None:
        """Show another text; a muted one stands for what is not set here."""
        self.update(Content(clean_line(text)))
        self.set_class(muted, "-muted")

    def action_press(self) -> None:
        """Tell that it was pressed."""
        self.post_message(self.Pressed(self))

    def on_click(self, event: events.Click) -> None:
        """A click presses."""
        event.stop()
        self.action_press()


class OneOf(Widget, can_focus=True):
    """One of a few values, all of them in sight; left and right change it."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("enter,space", "next", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"one-of--chosen", "one-of--other"}
    GAP = "   "
    """What stands between two values."""

    value: reactive[str] = reactive("", layout=True)
    """The value that is chosen."""

    class Changed(Message):
        """The user chose another value; setting `value` does not post this."""

        def __init__(self, one_of: "OneOf", value: str) -> None:
            super().__init__()
            self.one_of = one_of
            """The control."""
            self.value = value
            """What was chosen."""

        @property
        def control(self) -> "OneOf":
            """The control."""
            return self.one_of

    def __init__(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer `choices`: values and what is shown for them."""
        super().__init__()
        self._choices = tuple(choices)

    def render(self) -> Content:
        """All values, with a filled mark before the chosen one."""
        return Content(self.GAP).join(
            Content.styled(
                f"{'●' if value == self.value else '○'} {label}",
                self.get_visual_style("one-of--chosen" if value == self.value else "one-of--other"),
            )
            for value, label in self._choices
        )

    def action_step(self, step: int) -> None:
        """Choose the value beside, if there is one."""
        at = self._at + step
        if 0 <= at < len(self._choices):
            self._choose(at)

    def action_next(self) -> None:
        """Choose the next value, after the last one the first."""
        self._choose((self._at + 1) % len(self._choices))

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        event.stop()
        offset = event.get_content_offset(self)
        if offset is None:
            return
        start = 0
        for at, (_, label) in enumerate(self._choices):
            end = start + Content(f"○ {label}").cell_length
            if start <= offset.x < end:
                self._choose(at)
                return
            start = end + len(self.GAP)

    @property
    def _at(self) -> int:
        return next((at for at, (value, _) in enumerate(self._choices) if value == self.value), 0)

    def _choose(self, at: int) -> None:
        value = self._choices[at][0]
        if value != self.value:
            self.value = value
            self.post_message(self.Changed(self, value))


class Entry(LineInput):
    """A line of text that is taken with Enter, or by leaving it."""

    class Entered(Message):
        """The text was changed. Its `repr` shows no text: it may be a token."""

        def __init__(self, entry: "Entry", value: str) -> None:
            super().__init__()
            self.entry = entry
            """The control."""
            self.value = value
            """What stands in it, without space at its ends."""

        @property
        def control(self) -> "Entry":
            """The control."""
            return self.entry

    def __init__(self, *, placeholder: str = "", password: bool = False) -> None:
        super().__init__(placeholder=placeholder, password=password)
        self._saved = ""
        self._told = ""

    def show(self, text: str) -> None:
        """Show what is saved; what was typed since the text was taken stays."""
        typed_on = self.value.strip() not in {self._told, self._saved}
        self._saved = self._told = clean_line(text)
        if not typed_on:
            self.revert()

    @property
    def is_edited(self) -> bool:
        """Something was typed that is not saved."""
        return self.value.strip() != self._saved

    def revert(self) -> None:
        """Bring the saved text back."""
        self._told = self._saved
        # Only what the user types is to be told.
        with self.prevent(Input.Changed):
            self.value = self._saved
        self.cursor_position = len(self.value)

    async def action_submit(self) -> None:
        """Take the text."""
        self._take()

    def on_blur(self) -> None:
        """Take the text."""
        self._take()

    def _take(self) -> None:
        # Enter and then leaving the field are one answer, not two.
        if (value := self.value.strip()) not in {self._told, self._saved}:
            self._told = value
            self.post_message(self.Entered(self, value))


Control = Press | OneOf | Entry
"""What a field is changed with."""


class Field(Horizontal):
    """One setting: its name, its control, one line that explains it, and what is wrong with it."""

    def __init__(self, name: str, label: str, control: Control, explanation: str = "") -> None:
        super().__init__(name=name)
        self.key = name
        """The name by which the setting is known, such as `base_url`."""
        self.control = control
        """What it is changed with."""
        self._label = label
        self._explanation = explanation
        self._reason: Reason | None = None

    def compose(self) -> ComposeResult:
        """The label at the left, everything else at the right."""
        yield Static(Content(self._label), classes="label")
        with Vertical():
            yield self.control
            yield from self.below()
            if self._explanation:
                yield Static(Content(self._explanation), classes="explanation")

    def below(self) -> ComposeResult:
        """Yield what else belongs to this setting."""
        return ()

    def refuse(self, reason: str) -> None:
        """Show what is wrong with what was entered; an empty reason takes that back."""
        if self._reason is None and reason:
            # Most fields never need one.
            self._reason = Reason()
            self.query_one(Vertical).mount(self._reason, after=self.control)
        if self._reason is not None:
            self._reason.show(reason)
