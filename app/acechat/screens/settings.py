"""The settings screen: what can be set, shown, checked, and posted as soon as it is changed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from textual import on, work
from textual.message import Message
from textual.widgets import Input

from acechat.commands import BY_ID, check_keys
from acechat.errors import ChatError
from acechat.key_names import split_keys
from acechat.models import Conversation
from acechat.screens import levels
from acechat.screens.fields import Entry, Field, OneOf, Press
from acechat.screens.models import ModelScreen
from acechat.screens.palette import theme_picker
from acechat.screens.presets import PresetChoice, PresetScreen
from acechat.screens.references import ReferencesChoice, ReferencesScreen
from acechat.screens.sectioned import SectionedScreen
from acechat.screens.sections import KEYS, PLACE, SECTIONS, TokenField
from acechat.settings import Settings, check_setting
from acechat.tokens import FoundToken, Kind, Place, check_token

SAVED_SECONDS = 2.0
"""How long "saved" stands in the head: the time that all notes of that kind are shown."""

_SWITCHES = ("stream", "stateful", "public_uploads", "mouse", "sidebar")


class SettingsScreen(SectionedScreen):
    """Everything that can be set. It posts what the user changed, and its caller saves it."""

    class Changed(Message):
        """The settings were changed and are to be saved."""

        def __init__(self, settings: Settings) -> None:
            super().__init__()
            self.settings = settings
            """All settings as they are now."""

    class ConversationChanged(Message):
        """Model, preset or references of the conversation were changed and are to be saved."""

        def __init__(self, conversation: Conversation) -> None:
            super().__init__()
            self.conversation = conversation
            """The conversation as it is now."""

    class TokenEntered(Message):
        """A token was entered and is to be kept. The `repr` of this shows no token."""

        def __init__(self, text: str, place: Place, kind: Kind) -> None:
            super().__init__()
            self.text = text
            """The token."""
            self.place: Place = place
            """Where it is to be kept."""
            self.kind: Kind = kind
            """Which of the tokens it is."""

    class TokenForgotten(Message):
        """A token that is kept is to be deleted."""

        def __init__(self, kind: Kind) -> None:
            super().__init__()
            self.kind: Kind = kind
            """Which of the tokens it is."""

    def __init__(
        self,
        settings: Settings,
        conversation: Conversation | None,
        found: FoundToken,
        *,
        models: Sequence[str],
        recent: Sequence[str],
        default_model: str,
        check: Callable[[], Awaitable[str]],
        section: str = "",
    ) -> None:
        """Show what is set.

        Args:
            settings: The settings.
            conversation: The one that is open, or None: then its section is left out.
            found: The API token in force; others are shown when they are found.
            models: The models that can be picked.
            recent: The models last asked, newest first.
            default_model: The model where the settings name none.
            check: Asks the server whether it takes the token; returns one sentence, or raises
                `ChatError`.
            section: The section, or the field, on which the screen opens.
        """
        names = tuple(name for name in SECTIONS if conversation or name != "conversation")
        super().__init__("Settings", names, section)
        self._settings = settings
        self._conversation = conversation
        self._accepted = (settings, conversation)
        self._found: dict[Kind, FoundToken] = {"token": found, "account_token": FoundToken()}
        self._models = models
        self._recent = recent
        self._default_model = default_model
        self._check = check

    # What the caller answers.

    def show_saved(self, settings: Settings | None = None) -> None:
        """Tell for a moment that the last change was saved; a later one may not be yet.

        Args:
            settings: What was saved; None takes what is shown.
        """
        self._accepted = (settings or self._settings, self._conversation)
        self.say("saved", seconds=SAVED_SECONDS)

    def follow(self, settings: Settings) -> None:
        """Show settings that were changed elsewhere; what is being typed stays."""
        self._settings = settings
        self._accepted = (settings, self._accepted[1])
        for field in self.query(Field):
            typing = isinstance(field.control, Entry) and field.control.is_edited
            if not typing and not isinstance(field, TokenField):
                self.show_field(field)

    def refuse(self, field: str, reason: str) -> None:
        """Show why the last change of `field` was not taken."""
        self._settings, self._conversation = self._accepted
        self._show_words()
        if (shown := self.field(field)) is None:
            self.say(reason, failed=True)
            return
        # What was typed stays, so that it can be put right.
        if not isinstance(shown.control, Entry):
            self.show_field(shown)
        shown.refuse(reason)

    def show_token(self, found: FoundToken, kind: Kind = "token") -> None:
        """Show which token of a kind is in force now."""
        self._found[kind] = found
        for field in self.query(TokenField):
            if field.kind == kind:
                self.show_field(field)

    # From values to fields.

    def show_field(self, field: Field) -> None:
        """Show in `field` what is set."""
        name, control = field.key, field.control
        if isinstance(field, TokenField):
            found = self._found[field.kind]
            token = found.token
            kept = token is not None and token.source in {"keyring", "file"}
            field.show_origin(levels.token_origin(token, field.kind), kept=kept)
            usable = bool(found.keyring)
            field.offer_keyring(usable=usable, chosen=token is None or token.source != "file")
            field.show_verdict("")
        if isinstance(control, Press):
            shown = self._in_words(name)
            control.show(shown.text, muted=shown.muted)
        elif isinstance(control, OneOf):
            value: object = getattr(self._settings, name)
            control.value = ("on" if value else "off") if name in _SWITCHES else str(value)
        elif isinstance(field, TokenField):
            control.show("")
        elif name.startswith(KEYS):
            control.show(self._settings.keys.get(name.removeprefix(KEYS), ""))
        else:
            control.show(str(getattr(self._settings, name)))

    def _in_words(self, name: str) -> levels.Shown:
        if name == "theme":
            return levels.Shown(self._settings.theme)
        if name == "presets":
            return levels.library(self._settings)
        level, _, key = name.rpartition(".")
        if level and self._conversation is not None:
            return levels.at_conversation(
                key, self._conversation, self._settings, self._default_model
            )
        return levels.at_default(key, self._settings, self._default_model)

    # From fields to values.

    @on(OneOf.Changed)
    def _chosen(self, event: OneOf.Changed) -> None:
        event.stop()
        if event.control.id == PLACE:
            return  # asked for when a token is entered
        field = self.around(event.control)
        if field.key in _SWITCHES:
            self._set(field.key, event.value == "on")
        else:
            self._set(field.key, event.value)

    @on(Entry.Entered)
    def _entered(self, event: Entry.Entered) -> None:
        event.stop()
        field = self.around(event.control)
        if isinstance(field, TokenField):
            self._enter_token(field, event.value)
        elif field.key.startswith(KEYS):
            self._enter_keys(field, event.value)
        else:
            self._set(field.key, event.value)

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()
        self.around(event.input).refuse("")

    @on(Press.Pressed)
    def _pressed(self, event: Press.Pressed) -> None:
        event.stop()
        if event.control.id == "test-token":
            self._test_token()
        elif event.control.id == "forget-token":
            fields = (each for each in event.control.ancestors if isinstance(each, TokenField))
            self.post_message(self.TokenForgotten(next(fields).kind))
        else:
            self._pick(self.around(event.control).key)

    def _set(self, name: str, value: object) -> None:
        """Take a value and post it, or show why not."""
        reason = check_setting(name, value) or ""
        field = self.field(name)
        if field is not None:
            field.refuse(reason)
        if reason or getattr(self._settings, name) == value:
            return
        self._settings = replace(self._settings, **{name: value})
        self.post_message(self.Changed(self._settings))
        if field is not None:
            self.show_field(field)
        self._show_words()

    def _set_conversation(self, changed: Conversation) -> None:
        if changed != self._conversation:
            self._conversation = changed
            self.post_message(self.ConversationChanged(changed))
            self._show_words()

    def _show_words(self) -> None:
        """What stands in one field can be the default of another."""
        for field in self.query(Field):
            if isinstance(field.control, Press):
                self.show_field(field)

    def _enter_token(self, field: TokenField, text: str) -> None:
        try:
            token = check_token(text, field.kind)
        except ValueError as error:
            field.refuse(str(error))
        else:
            self.post_message(self.TokenEntered(token, field.place, field.kind))

    def _enter_keys(self, field: Field, text: str) -> None:
        command = BY_ID[field.key.removeprefix(KEYS)]
        keys = ",".join(split_keys(text.replace("^", "ctrl+")))
        changed = dict(self._settings.keys)
        changed.pop(command.id, None)
        if keys and split_keys(keys) != split_keys(command.keys):
            changed[command.id] = keys
        # A file with clashes in it can still be put right one key at a time.
        before = check_keys(self._settings.keys)
        if reasons := [reason for reason in check_keys(changed) if reason not in before]:
            field.refuse("; ".join(reasons))
        elif changed == self._settings.keys:
            self.show_field(field)
        else:
            self._settings = replace(self._settings, keys=changed)
            self.post_message(self.Changed(self._settings))
            self.show_field(field)

    @work(exclusive=True, group="check")
    async def _test_token(self) -> None:
        """Ask the server, and show what it says beside the token."""
        field = self.field("token")
        assert isinstance(field, TokenField)
        field.show_verdict("asking …")
        try:
            field.show_verdict(await self._check())
        except ChatError as error:
            field.show_verdict(error.message, failed=True)

    # The pickers. What they return is taken where the screen is still about the same thing.

    def _pick(self, name: str) -> None:
        if not self.is_active:
            return  # Enter was pressed twice, and the first one has opened what is asked for
        level, _, key = name.rpartition(".")
        if key == "model":
            self._pick_model(level)
        elif key == "preset":
            self._pick_preset(level)
        elif key == "references":
            self._pick_references(level)
        elif key == "presets":
            self._edit_library()
        elif key == "theme":
            self._pick_theme()

    def _pick_model(self, level: str) -> None:
        conversation = self._conversation if level else None
        current = (conversation.model or "") if conversation else self._settings.model
        default = self._default_model
        if conversation:
            default = self._settings.model or default
        server = (conversation.server or "") if conversation else ""

        def take(model: str | None) -> None:
            if model is None:
                return
            if conversation:
                self._set_conversation(replace(conversation, model=model or None))
            else:
                self._set("model", model)

        self.app.push_screen(
            ModelScreen(self._models, self._recent, current, default, server), take
        )

    def _pick_preset(self, level: str) -> None:
        conversation = self._conversation if level else None
        settings = self._settings
        if conversation:
            screen = PresetScreen(
                settings.presets, conversation.preset, default=settings.preset or "none"
            )
        else:
            text = settings.preset_text(settings.preset) or ""
            screen = PresetScreen(settings.presets, text, default=None)

        def take(choice: PresetChoice | None) -> None:
            self._follow_library(screen)
            if choice is None:
                return
            if conversation:
                self._set_conversation(replace(conversation, preset=choice.preset))
            else:
                self._set("preset", choice.name)

        self.app.push_screen(screen, take)

    def _edit_library(self) -> None:
        screen = PresetScreen(self._settings.presets, None, manage=True)

        def done(_choice: PresetChoice | None) -> None:
            self._follow_library(screen)

        self.app.push_screen(screen, done)

    def _follow_library(self, screen: PresetScreen) -> None:
        """Take over what was edited on `screen`; it has told the caller already."""

        def followed(settings: Settings) -> Settings:
            name = screen.renamed.get(settings.preset, settings.preset)
            return replace(settings, presets=screen.presets, preset=name)

        self._settings = followed(self._settings)
        self._accepted = (followed(self._accepted[0]), self._accepted[1])
        self._show_words()

    def _pick_references(self, level: str) -> None:
        conversation = self._conversation if level else None
        settings = self._settings
        if conversation:
            screen = ReferencesScreen(
                conversation.references, "References of this conversation", settings.references
            )
        else:
            screen = ReferencesScreen(settings.references, "References of new conversations")

        def take(choice: ReferencesChoice | None) -> None:
            if choice is None:
                return
            if conversation:
                self._set_conversation(replace(conversation, references=choice.references))
            else:
                self._set("references", choice.references or ())

        self.app.push_screen(screen, take)

    def _pick_theme(self) -> None:
        def take(theme: str | None) -> None:
            if theme is not None:
                self._set("theme", theme)

        self.app.push_screen(theme_picker(self._settings.theme), take)
