"""The sections of the settings: their list, and the fields of each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from acechat.clean import clean_line
from acechat.commands import COMMANDS, Place
from acechat.screens.fields import Entry, Field, OneOf, Press
from acechat.tokens import Kind
from acechat.tokens import Place as TokenPlace

SECTIONS: Mapping[str, str] = {
    "conversation": "This conversation",
    "new": "New conversations",
    "presets": "Presets",
    "connection": "Connection",
    "files": "Files",
    "appearance": "Appearance",
    "keys": "Keys",
}
"""The sections in their order, by the names that open the settings on them."""

ON_OFF = (("on", "on"), ("off", "off"))
"""The values of what is a truth value in the settings."""

SLICE = 6
"""Fields that are made in one go: about 0.06 s, so that keys and paints come in between."""

PLACE = "token-place"
"""The id of the control that says where a new token goes."""

KEYS = "keys."
"""Before a command's id: the name of its field."""

_PLACES: Mapping[Place, str] = {
    "anywhere": "anywhere",
    "prompt": "in the prompt",
    "transcript": "in the transcript",
    "sidebar": "in the conversations",
}


@dataclass(frozen=True, slots=True)
class _Heading:
    """A line between fields."""

    text: str


def _conversation() -> Iterator[Field]:
    yield Field(
        "conversation.model",
        "model",
        Press(""),
        "Who answers the next question. The conversation goes on.",
    )
    yield Field(
        "conversation.preset",
        "preset",
        Press(""),
        "The system prompt that goes with every question.",
    )
    yield Field(
        "conversation.references",
        "references",
        Press(""),
        "What the answers draw on: URLs that go with every question.",
    )


def _new() -> Iterator[Field]:
    yield Field(
        "model", "model", Press(""), "For new conversations, and for all that say “as default”."
    )
    yield Field("preset", "preset", Press(""), "One of the presets of your library.")
    yield Field("references", "references", Press(""), "URLs that go with every question.")


def _presets() -> Iterator[Field]:
    yield Field("presets", "library", Press(""), "Add, edit and delete your system prompts.")


def _connection() -> Iterator[Field]:
    yield TokenField()
    yield Field(
        "server",
        "server",
        OneOf((("auto", "auto"), ("api", "API"), ("embedded", "this machine"))),
        "Auto is the API where there is a token, else the server on this machine.",
    )
    yield Field("base_url", "base URL", Entry(placeholder="https://…"), "Where the API is.")
    yield Field(
        "endpoint",
        "endpoint",
        OneOf((("aichat", "aichat"), ("aichat2", "aichat2"))),
        "The newer one, aichat2, also has Claude, Gemini and Kimi.",
    )
    yield Field(
        "ca_file",
        "certificates",
        Entry(placeholder="none"),
        "A PEM file that is trusted beside the usual ones, as companies need it.",
    )
    yield Field(
        "stream",
        "streaming",
        OneOf(ON_OFF),
        "Answers arrive as they are written, not whole at the end.",
    )
    yield Field(
        "stateful",
        "stateful",
        OneOf(ON_OFF),
        "The server remembers, so that later questions can build on earlier ones.",
    )
    yield Field(
        "sync_folder",
        "sync folder",
        Entry(placeholder="none"),
        "Carried between your machines by Syncthing, Dropbox or git; brought in at each start.",
    )
    yield Field(
        "gguf",
        "model file",
        Entry(placeholder="none"),
        "A GGUF file that the server on this machine runs.",
    )


def _files() -> Iterator[Field]:
    yield TokenField("account_token")
    yield Field(
        "upload_with",
        "which token",
        OneOf((("account", "account token"), ("api", "API token"))),
        "The platform documents the account token. Neither goes anywhere but to these two servers.",
    )
    yield Field("platform_url", "platform URL", Entry(placeholder="https://…"), "Where files go.")
    yield Field(
        "public_uploads",
        "public files",
        OneOf(ON_OFF),
        "On: you know that who has the URL of an uploaded file can read it. Off: you are asked.",
    )


def _appearance() -> Iterator[Field]:
    yield Field("theme", "theme", Press(""), "Colours of everything.")
    yield Field("mouse", "mouse", OneOf(ON_OFF), "Off: the terminal's own selection works.")
    yield Field(
        "sidebar",
        "conversations",
        OneOf(ON_OFF),
        "The list of conversations, where there is room for it.",
    )


def _keys() -> Iterator[Field | _Heading]:
    yield Field(
        "send_key",
        "send with",
        OneOf((("enter", "enter"), ("ctrl+j", "ctrl+j"))),
        "The other of the two makes a new line.",
    )
    for place, title in _PLACES.items():
        yield _Heading(title)
        for command in COMMANDS:
            if command.place == place:
                control = Entry(placeholder=command.keys or "none")
                yield Field(KEYS + command.id, command.title, control)


_FIELDS = {
    "conversation": _conversation,
    "new": _new,
    "presets": _presets,
    "connection": _connection,
    "files": _files,
    "appearance": _appearance,
    "keys": _keys,
}


def section_of(name: str) -> str:
    """Return the section that is called `name`, or that has the field called `name`."""
    if name in SECTIONS:
        return name
    for section, fields in _FIELDS.items():
        for field in fields():
            if isinstance(field, Field) and field.key == name:
                return section
    return ""


class TokenField(Field):
    """A token: typed unseen, where the one in force comes from, tested, forgotten."""

    def __init__(self, kind: Kind = "token") -> None:
        control = Entry(placeholder="paste a token, Enter keeps it", password=True)
        super().__init__(kind, kind.replace("_", " "), control)
        self.kind: Kind = kind
        """Which of the tokens it is."""
        self._origin = Static(markup=False, classes="explanation")
        self._verdict = Static(markup=False, id="verdict")
        self._forget = Press("forget it", id="forget-token")
        self._place = OneOf((("keyring", "the keyring"), ("file", "a file")))
        self._place.value = "file"
        self._place.id = PLACE

    def below(self) -> ComposeResult:
        """Where it comes from, and what can be done with it."""
        yield self._origin
        with Horizontal(id="token-actions"):
            if self.kind == "token":
                yield Press("test it", id="test-token")
            yield self._forget
        with Horizontal(id="token-places"):
            yield Static(Content("a new one goes into"), classes="label")
            yield self._place
        yield self._verdict

    @property
    def place(self) -> TokenPlace:
        """Where a token that is entered is to be kept."""
        return "keyring" if self._place.value == "keyring" else "file"

    def offer_keyring(self, *, usable: bool, chosen: bool) -> None:
        """Let the user choose between keyring and file, where there is a keyring."""
        self.set_class(usable, "-keyring")
        self._place.display = usable  # what is out of sight takes no keys either
        self._place.value = "keyring" if usable and chosen else "file"

    def show_origin(self, text: str, *, kept: bool) -> None:
        """Show where the token comes from; only one that is kept can be forgotten."""
        self._origin.update(Content(text))
        self._forget.display = kept

    def show_verdict(self, text: str, *, failed: bool = False) -> None:
        """Show what the server said of it; an empty text hides the line."""
        self._verdict.update(Content(clean_line(text)))
        self._verdict.set_class(bool(text), "-said")
        self._verdict.set_class(failed, "-failed")


class SectionList(Container, can_focus=True):
    """The names of the sections; up and down open another one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,left", "step(-1)", show=False),
        Binding("down,right", "step(1)", show=False),
        Binding("home", "step(-99)", show=False),
        Binding("end", "step(99)", show=False),
        Binding("enter,space", "enter", show=False),
    ]

    opened: reactive[str] = reactive("", init=False)
    """The section that is open."""

    class Opened(Message):
        """Another section is open."""

        def __init__(self, section: str) -> None:
            super().__init__()
            self.section = section
            """Its name."""

    class Entered(Message):
        """The user wants to go on into the fields of the open section."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self._names = names

    def compose(self) -> ComposeResult:
        """One line a section."""
        for name in self._names:
            yield Static(Content(SECTIONS[name]), name=name)

    def watch_opened(self, opened: str) -> None:
        """Mark the open section, and tell."""
        for line in self.query(Static):
            line.set_class(line.name == opened, "-open")
        self.post_message(self.Opened(opened))

    def action_step(self, step: int) -> None:
        """Open the section before or behind."""
        at = self._names.index(self.opened) + step
        self.opened = self._names[max(0, min(at, len(self._names) - 1))]

    def action_enter(self) -> None:
        """Go on into the fields."""
        self.post_message(self.Entered())

    def on_click(self, event: events.Click) -> None:
        """Open what was clicked."""
        if event.widget is not None and event.widget.name in self._names:
            self.opened = event.widget.name


class Section(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The fields of one section; up and down go from field to field."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
    ]

    class Left(Message):
        """The user went up from the first field."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, classes=f"-{name}")
        self._section = name

    async def fill(self, show: Callable[[Field], None]) -> None:
        """Make the fields, and let `show` put into each what is set.

        They come a few at a time: all keys at once would hold up the screen for 0.4 s.
        """
        widgets = [
            field if isinstance(field, Field) else Static(Content(field.text), classes="heading")
            for field in _FIELDS[self._section]()
        ]
        for start in range(0, len(widgets), SLICE):
            if not self.is_attached:
                return  # the screen was left meanwhile
            fields = widgets[start : start + SLICE]
            await self.mount(*fields)
            for field in fields:
                if isinstance(field, Field):
                    show(field)

    def enter(self) -> None:
        """Give the focus to the first control."""
        if controls := self._controls():
            controls[0].focus()

    def action_step(self, step: int) -> None:
        """Go to the control before or behind."""
        controls = self._controls()
        focused = self.screen.focused
        if focused not in controls:
            return
        at = controls.index(focused) + step
        if at < 0:
            self.post_message(self.Left())
        elif at < len(controls):
            controls[at].focus()

    def _controls(self) -> list[Widget]:
        """The controls in sight; Textual calls hidden ones focusable too."""
        widgets = self.query("*").results(Widget)
        return [widget for widget in widgets if widget.focusable and widget.display]
