"""A whole screen of sections and fields: sections at the left, or on top where it is narrow."""

import asyncio
from abc import abstractmethod

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from acechat.clean import clean_line
from acechat.screens.dialog import Dialog
from acechat.screens.fields import Entry, Field, OneOf
from acechat.screens.panel import Hint, KeyLine
from acechat.screens.sections import Section, SectionList, section_of
from acechat.widgets.pace import later

COLUMNS = [(0, "-narrow"), (80, "-wide")]
"""Below 80 columns the sections stand on top of the fields."""


class SectionedScreen(Dialog[None]):
    """Sections and their fields; Escape closes. What the fields show is the subclass's."""

    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = COLUMNS

    def __init__(self, title: str, names: tuple[str, ...], start: str) -> None:
        """Offer the sections `names`, and open on the section or the field `start`."""
        super().__init__()
        self._head = title
        self._names = names
        self._start = start
        self._note_timer: asyncio.TimerHandle | None = None
        self._is_filled = False

    @property
    def is_ready(self) -> bool:
        """The fields of the first section are there, and the one that was asked for is entered."""
        return super().is_ready and self._is_filled

    @abstractmethod
    def show_field(self, field: Field) -> None:
        """Show in `field` what is set."""

    def compose(self) -> ComposeResult:
        """Head, sections, fields, keys. The fields of a section are made when it is opened."""
        with Horizontal(id="settings-head"):
            yield Static(Content(self._head), id="settings-title")
            yield Static("", id="settings-note")
        with Container(id="settings"):
            yield SectionList(self._names)
            yield Container(id="fields")
        yield KeyLine(*_hints_on(None))

    def on_mount(self) -> None:
        """Open the section that was asked for, on the field that was asked for."""
        section = section_of(self._start)
        sections = self.query_one(SectionList)
        sections.focus()
        sections.opened = section if section in self._names else self._names[0]

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Tell the keys of what is changed now."""
        for line in self.query(KeyLine):
            line.show(*_hints_on(event.widget))

    def say(self, text: str, *, failed: bool = False, seconds: float | None = None) -> None:
        """Show `text` at the right of the title, for some seconds or until the next."""
        if self._note_timer is not None:
            self._note_timer.cancel()
        note = self.query_one("#settings-note", Static)
        note.update(Content(clean_line(text)))
        note.set_class(failed, "-failed")
        if seconds is not None:
            self._note_timer = later(self, seconds, lambda: self.say(""))

    @on(SectionList.Opened)
    async def _open(self, event: SectionList.Opened) -> None:
        event.stop()
        fields = self.query_one("#fields", Container)
        if not fields.query(f".-{event.section}"):
            section = Section(event.section)
            await fields.mount(section)
            self._show_section(event.section)
            await section.fill(self.show_field)
        self._show_section(event.section)
        if (start := self.field(self._start)) is not None:
            start.control.focus()
            self._start = ""
        self._is_filled = True

    def _show_section(self, name: str) -> None:
        for section in self.query(Section):
            section.display = section.name == name

    @on(SectionList.Entered)
    def _enter(self, event: SectionList.Entered) -> None:
        event.stop()
        for section in self.query(Section):
            if section.display:
                section.enter()

    @on(Section.Left)
    def _left(self, event: Section.Left) -> None:
        event.stop()
        self.query_one(SectionList).focus()

    def leave(self) -> None:
        """Close; what is being typed in a field is left first."""
        if isinstance(self.focused, Entry) and self.focused.is_edited:
            self.around(self.focused).refuse("")
            self.focused.revert()
        else:
            self.dismiss(None)

    def field(self, name: str) -> Field | None:
        """Return the field that is called `name`, if its section was opened."""
        return next((field for field in self.query(Field) if field.key == name), None)

    def around(self, control: Widget) -> Field:
        """Return the field whose control this is."""
        return next(field for field in self.query(Field) if field.control is control)


def _hints_on(control: Widget | None) -> tuple[Hint, ...]:
    """Return the keys that work while the keyboard is on `control`."""
    match control:
        case SectionList():
            own = (Hint("↑↓", "section"), Hint("⏎", "to its fields"))
        case OneOf():
            own = (Hint("↑↓", "move"), Hint("←→", "change"))
        case Entry():
            own = (Hint("↑↓", "move"), Hint("⏎", "keep"))
        case _:
            own = (Hint("↑↓", "move"), Hint("⏎", "change"))
    return (*own, Hint("tab", "next", "app.focus_next"), Hint("esc", "close", "leave"))
