"""The library of presets: pick one, add, edit and delete."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea
from textual.widgets.text_area import Edit, EditResult

from acechat.clean import clean, clean_line
from acechat.models import Preset
from acechat.screens.confirm import ConfirmScreen
from acechat.screens.panel import Hint, LineInput, Panel, Reason
from acechat.screens.picker import Choice, Picker
from acechat.widgets.steady import SteadyTextArea

_NOT_KEPT = "this is no preset"
"""Why nothing happens to the rows that stand for none and for the default."""


@dataclass(frozen=True, slots=True)
class PresetChoice:
    """What was picked."""

    preset: str | None
    """The preset's text; empty for none, None for "as default"."""
    name: str = ""
    """Its name in the library; empty for none and for "as default"."""


class PresetScreen(Picker[PresetChoice]):
    """Pick a preset; on the way presets can be added, edited and deleted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # These keys move and delete in an input, which one line to narrow a list can do without.
        Binding("ctrl+n", "add", "add", show=False, priority=True),
        Binding("ctrl+e", "edit", "edit", show=False, priority=True),
        Binding("ctrl+d,delete", "delete", "delete", show=False, priority=True),
    ]

    class LibraryChanged(Message):
        """The library was edited and is to be saved at once."""

        def __init__(
            self,
            screen: "PresetScreen",
            presets: tuple[Preset, ...],
            renamed: tuple[str, str] | None,
        ) -> None:
            super().__init__()
            self.screen = screen
            """The screen on which it was edited."""
            self.presets = presets
            """The whole library as it is now."""
            self.renamed = renamed
            """The old and the new name, where a preset was renamed."""

        @property
        def control(self) -> "PresetScreen":
            """The screen on which it was edited."""
            return self.screen

    def __init__(
        self,
        presets: tuple[Preset, ...],
        current: str | None,
        *,
        default: str | None = "",
        manage: bool = False,
    ) -> None:
        """Show the library.

        Args:
            presets: The library.
            current: The text in force; None follows the default, empty is none.
            default: The name of the default preset, shown beside "as default"; None where there
                is no default to follow.
            manage: Enter edits; there is nothing to pick.
        """
        self.presets = presets
        """The library as it is now."""
        self.renamed: dict[str, str] = {}
        """New names by the old ones, of the presets that were renamed here."""
        self._text = current
        self._default = default
        self._manage = manage
        super().__init__(
            "Presets" if manage else "Preset",
            self._listed(),
            current=None if manage else self._in_force(),
        )

    def hints(self) -> tuple[Hint, ...]:
        """The keys of a picker, and those that edit."""
        enter = Hint("⏎", "edit", "edit") if self._manage else Hint("⏎", "take", "take")
        edit = () if self._manage else (Hint("^e", "edit", "edit"),)
        return (
            enter,
            Hint("^n", "add", "add"),
            *edit,
            Hint("^d", "delete", "delete"),
            Hint("esc", "leave", "leave"),
        )

    def take(self, choice: Choice[PresetChoice]) -> None:
        """Close with the choice, or edit it."""
        if self._manage:
            self.action_edit()
        else:
            super().take(choice)

    def action_add(self) -> None:
        """Write a new preset; what was typed is its name."""

        def add(preset: Preset | None) -> None:
            if preset is not None:
                self._change((*self.presets, preset), on=preset)

        name = clean_line(self.query_one(LineInput).value)
        names = [preset.name for preset in self.presets]
        self.app.push_screen(PresetEditor(Preset("" if name in names else name, ""), names), add)

    def action_edit(self) -> None:
        """Edit the highlighted preset."""
        old = self._highlighted_preset()
        if old is None:
            self.note(_NOT_KEPT)
            return

        def keep(new: Preset | None) -> None:
            if new is not None and new != old:
                presets = tuple(new if preset == old else preset for preset in self.presets)
                renamed = (old.name, new.name) if old.name != new.name else None
                self._change(presets, on=new, renamed=renamed)

        names = [preset.name for preset in self.presets if preset != old]
        self.app.push_screen(PresetEditor(old, names), keep)

    def action_delete(self) -> None:
        """Delete the highlighted preset, after a question."""
        old = self._highlighted_preset()
        if old is None:
            self.note(_NOT_KEPT)
            return

        def delete(answer: bool | None) -> None:  # noqa: FBT001
            if answer:
                self._change(tuple(preset for preset in self.presets if preset != old))

        question = ConfirmScreen(
            f"Delete the preset “{old.name}”?",
            detail="conversations that use it keep its text",
            yes="delete",
            no="keep",
        )
        self.app.push_screen(question, delete)

    def _change(
        self,
        presets: tuple[Preset, ...],
        *,
        on: Preset | None = None,
        renamed: tuple[str, str] | None = None,
    ) -> None:
        self.presets = presets
        if renamed is not None:
            old, new = renamed
            followed = {first: new if last == old else last for first, last in self.renamed.items()}
            self.renamed = {**followed, old: new}
        self.post_message(self.LibraryChanged(self, presets, renamed))
        # What was typed would hide a preset whose name it does not fit.
        search = self.query_one(LineInput)
        if on is not None and search.value:
            with self.prevent(Input.Changed):
                search.value = ""
        self.show_choices(self._listed(), PresetChoice(on.text, on.name) if on else None)

    def _highlighted_preset(self) -> Preset | None:
        choice = self.highlighted
        if choice is None:
            return None
        return next((preset for preset in self.presets if preset.name == choice.id.name), None)

    def _in_force(self) -> PresetChoice:
        for preset in self.presets:
            if self._text and preset.text == self._text:
                return PresetChoice(preset.text, preset.name)
        return PresetChoice(self._text)

    def _listed(self) -> list[Choice[PresetChoice]]:
        listed = [
            Choice(PresetChoice(preset.text, preset.name), preset.name, preset.text)
            for preset in self.presets
        ]
        if self._manage:
            return listed
        in_force = self._in_force()
        if in_force.preset and not in_force.name:
            listed.insert(0, Choice(in_force, "a text of its own", in_force.preset))
        listed.insert(0, Choice(PresetChoice(""), "none"))
        if self._default is not None:
            title = f"as default ({self._default})" if self._default else "as default"
            listed.insert(0, Choice(PresetChoice(None), title))
        return listed


class PresetText(SteadyTextArea):
    """The text of a preset; what comes in from outside is cleaned before it can be shown."""

    def __init__(self, text: str) -> None:
        super().__init__(clean(text), compact=True, placeholder="You are …")

    def edit(self, edit: Edit) -> EditResult:
        """Clean what was typed or pasted."""
        edit.text = clean(edit.text)
        return super().edit(edit)


class PresetEditor(Panel[Preset]):
    """Name and text of one preset; the result is the preset, or None for unchanged."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "keep", show=False, priority=True),
    ]

    def __init__(self, preset: Preset, taken: Sequence[str]) -> None:
        """Edit `preset`; the names in `taken` belong to others."""
        super().__init__("Edit the preset" if preset.text else "A new preset")
        self._old = preset
        self._taken = {clean_line(name).casefold() for name in taken}

    def body(self) -> Iterator[Widget]:
        """Two fields."""
        yield Static("name", classes="label")
        yield LineInput(self._old.name, placeholder="a short name")
        yield Reason()
        yield Static("system prompt", classes="label", id="prompt-label")
        yield PresetText(self._old.text)
        yield Reason()

    def hints(self) -> tuple[Hint, ...]:
        """Keep or leave."""
        return (
            Hint("^s", "keep", "keep"),
            Hint("tab", "next field", "app.focus_next"),
            Hint("esc", "leave", "leave"),
        )

    def on_mount(self) -> None:
        """Start where something is missing."""
        if self._old.name and not self._old.text:
            self.query_one(PresetText).focus()

    def action_keep(self) -> None:
        """Close with the preset, if it is one."""
        preset = self._preset()
        name_reason, text_reason = self.query(Reason).results()
        name_reason.show(self._wrong_name(preset.name))
        text_reason.show("" if preset.text else "type what the model is to be told")
        if self._wrong_name(preset.name):
            self.query_one(LineInput).focus()
        elif not preset.text:
            self.query_one(PresetText).focus()
        else:
            self.dismiss(preset)

    def leave(self) -> None:
        """Leave; what was written is not thrown away unasked."""
        if self._preset() == Preset(clean_line(self._old.name), clean(self._old.text).strip()):
            self.dismiss(None)
            return

        def leave(answer: bool | None) -> None:  # noqa: FBT001
            if answer:
                self.dismiss(None)

        question = ConfirmScreen("Leave without keeping the changes?", yes="leave", no="go on")
        self.app.push_screen(question, leave)

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(PresetText).focus()

    @on(Input.Changed)
    def _name_changed(self, event: Input.Changed) -> None:
        event.stop()
        reason = self._wrong_name(clean_line(event.value)) if event.value else ""
        self.query(Reason).first().show(reason)

    @on(TextArea.Changed)
    def _text_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.query(Reason).last().show("")

    def _wrong_name(self, name: str) -> str:
        if not name:
            return "type a name"
        return "another preset has this name" if name.casefold() in self._taken else ""

    def _preset(self) -> Preset:
        name = clean_line(self.query_one(LineInput).value)
        return Preset(name, self.query_one(PresetText).text.strip())
