"""The part of the application that keeps the settings: applies, saves and refuses them.

The settings screen is imported when it is first opened: the first paint does not wait for it. So
its messages are handled by the names of their handlers.
"""

from __future__ import annotations

import asyncio
import os
import signal
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import App
from textual.driver import Driver

from acechat.bindings import keymap_of
from acechat.errors import SettingsError, StoreError
from acechat.paths import Paths
from acechat.screens.chat import ChatScreen
from acechat.settings import DIRECTING, Settings
from acechat.settings_file import LoadedSettings, read_settings, save_settings
from acechat.terminal import driver_class, has_shell
from acechat.themes import resolve_theme
from acechat.typed_ahead import Followed, TypedAhead

if TYPE_CHECKING:
    from acechat.screens.presets import PresetScreen
    from acechat.screens.settings import SettingsScreen
    from acechat.tokens import Kind

_RECONNECTING = (*DIRECTING, "upload_with", "gguf")
"""The settings that decide who answers."""


KEEPING_SECONDS = 0.2
"""How long being suspended waits for the draft to be kept; it takes milliseconds."""


class ConfiguredApp(App[int]):
    """Follows what the user sets, and saves it at once."""

    chat_screen: ChatScreen
    """The one screen under all others."""

    def __init__(self, loaded: LoadedSettings, paths: Paths, environ: Mapping[str, str]) -> None:
        super().__init__(driver_class=driver_class(self._keep_typed))
        self.loaded = loaded
        """What the settings file said when it was last read."""
        self.settings = loaded.settings
        """The settings in force."""
        self._typed_ahead = TypedAhead(self, super().on_event)
        self._paths = paths
        self._environ = environ
        self._has_mouse = self.settings.mouse
        self._styled_for = ""
        self._changing_tokens = asyncio.Lock()
        self._saving = asyncio.Lock()
        self._being_saved: list[dict[str, object]] = []

    async def on_event(self, event: events.Event) -> None:
        """Handle an event; what is typed waits for what the keys before it led to."""
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            await self._typed_ahead.take(event)
        else:
            await super().on_event(event)

    def on_followed(self, event: Followed) -> None:
        """Let what is typed go on."""
        self._typed_ahead.was_followed(event)

    @abstractmethod
    async def reconnect(self) -> None:
        """Find out anew who answers."""

    @abstractmethod
    async def show_token(self, screen: SettingsScreen) -> None:
        """Show on the settings screen which tokens are in force."""

    def wear(self, settings: Settings) -> None:
        """Put on the theme and the keys of `settings`."""
        self.theme = resolve_theme(settings.theme, self._environ)
        self.set_keymap(keymap_of(settings.send_key, settings.keys))

    def put_on_first(self, settings: Settings) -> None:
        """Put on the theme and the keys before anything is mounted, which then is right at once."""
        self.wear(settings)
        self.stylesheet.set_variables(self.get_css_variables())
        self._styled_for = self.theme

    def refresh_css(self, animate: bool = True) -> None:  # noqa: FBT001, FBT002
        """Style everything anew where the theme is another one: Textual asks for it also at first.

        Reading all sheets again would take a fifth of the start.
        """
        if self._styled_for != self.theme:
            self._styled_for = self.theme
            super().refresh_css(animate)

    async def keep_settings(self, **changes: object) -> str:
        """Save and follow changed settings; return why they cannot be saved, or "".

        Another program that saves is waited for on a thread. Changes are saved one after the other.

        Args:
            changes: Settings by their names.
        """
        self._being_saved.append(changes)
        try:
            async with self._saving:
                before, settings = self.settings, replace(self.settings, **changes)
                await asyncio.to_thread(
                    save_settings, self._paths.settings, settings, before=before
                )
                # The file may have been read again meanwhile.
                if self._follow(replace(self.settings, **changes)):
                    self.reconnect_soon()
        except SettingsError as error:
            return str(error)
        finally:
            self._being_saved.remove(changes)
        return ""

    @property
    def _wanted(self) -> Settings:
        """The settings as they will be when all that is being saved is in force."""
        wanted = self.settings
        for changes in self._being_saved:
            wanted = replace(wanted, **changes)
        return wanted

    def read_again(self) -> bool:
        """Follow what was changed in the settings file; return whether others may answer now."""
        before, self.loaded = self.loaded, read_settings(self._paths.settings)
        # Of a file that cannot be read at all nothing is known: what was right stays in force.
        unreadable = any(not mistake.key for mistake in self.loaded.mistakes)
        settings = self.settings if unreadable else self.loaded.settings
        self.tell_mistakes(anew=before.mistakes != self.loaded.mistakes)
        others = settings != self.settings and self._follow(settings)
        self._tell_settings_screen()
        return others or before.misleading != self.loaded.misleading

    def tell_mistakes(self, *, anew: bool) -> None:
        """Show what is wrong in the settings file, and the newest of it once in words."""
        told = [each.sentence for each in self.loaded.mistakes if not each.misleads]
        self.chat_screen.warn(f"{told[0]}; its default is used" if told else "", anew=anew)

    def _follow(self, settings: Settings) -> bool:
        """Put changed settings in force; return whether others may answer now."""
        before, self.settings = self.settings, settings
        self.wear(settings)
        if before.mouse != settings.mouse:
            self.take_mouse(settings.mouse)
        self.chat_screen.take_settings(settings)
        return any(getattr(before, name) != getattr(settings, name) for name in _RECONNECTING)

    def reconnect_soon(self) -> None:
        """Find out anew who answers; questions wait until that is known."""
        self.chat_screen.connecting()
        self.run_worker(self.reconnect, group="connect", exclusive=True)

    @property
    def settings_screen(self) -> SettingsScreen | None:
        """The settings screen, where it is open."""
        from acechat.screens.settings import SettingsScreen

        return next((s for s in self.screen_stack if isinstance(s, SettingsScreen)), None)

    def on_settings_screen_changed(self, event: SettingsScreen.Changed) -> None:
        """Save changed settings, or refuse them beside their field."""
        changes = _changes(self._wanted, event.settings)

        async def save() -> None:
            problem = await self.keep_settings(**changes)
            if (screen := self.settings_screen) is None:
                return
            if problem:
                screen.refuse(next(iter(changes), ""), problem)
            else:
                screen.show_saved(self.settings)

        # Others may hold the file up for a while: keys do not wait for that.
        self.run_worker(save, group="save")

    async def action_agree_to_uploads(self) -> None:
        """Remember that the user knows that uploaded files are public."""
        await self._keep_or_say(public_uploads=True)

    def on_preset_screen_library_changed(self, event: PresetScreen.LibraryChanged) -> None:
        """Save an edited library of presets."""
        wanted = replace(self._wanted, presets=event.presets)
        preset = wanted.preset
        if event.renamed is not None and preset == event.renamed[0]:
            preset = event.renamed[1]
        elif wanted.preset_text(preset) is None:
            preset = ""
        changes = _changes(self._wanted, replace(wanted, preset=preset))
        self.run_worker(partial(self._keep_or_say, **changes), group="save")

    async def _keep_or_say(self, **changes: object) -> None:
        if problem := await self.keep_settings(**changes):
            self.chat_screen.say(problem, severity="error")

    async def on_settings_screen_conversation_changed(
        self, event: SettingsScreen.ConversationChanged
    ) -> None:
        """Save what was changed of the open conversation."""
        try:
            await self.chat_screen.choosing.keep(event.conversation)
        except StoreError as error:
            self.chat_screen.say(f"not saved: {error}", severity="error")
            return
        if (screen := self.settings_screen) is not None:
            screen.show_saved()

    def on_settings_screen_token_entered(self, event: SettingsScreen.TokenEntered) -> None:
        """Keep a token and follow it, or refuse it."""
        from acechat.tokens import keep_token

        change = partial(keep_token, self._paths, event.text, event.place, event.kind)
        self._change_token(change, event.kind)

    def on_settings_screen_token_forgotten(self, event: SettingsScreen.TokenForgotten) -> None:
        """Delete the kept token and follow that."""
        from acechat.tokens import forget_token

        self._change_token(partial(forget_token, self._paths, event.kind), event.kind)

    def _change_token(self, change: Callable[[], Awaitable[None]], kind: Kind) -> None:
        """Carry out a change of a kept token and follow it; a keyring may take seconds."""
        from acechat.tokens import ACCOUNT_VARIABLE, VARIABLE

        variable = VARIABLE if kind == "token" else ACCOUNT_VARIABLE
        if kind == "token":
            self.chat_screen.connecting()

        async def follow() -> None:
            refusal = ""
            try:
                async with self._changing_tokens:
                    await change()
            except (SettingsError, ValueError) as error:
                refusal = str(error)
            if kind == "token":
                # The other one is looked for with each upload.
                await self.reconnect()
            if (screen := self.settings_screen) is None:
                return
            await self.show_token(screen)
            if refusal:
                screen.refuse(kind, refusal)
                return
            screen.show_saved()
            if kind == "account_token":
                await self.chat_screen.attaching.again()
            if self._environ.get(variable, "").strip():
                screen.refuse(kind, f"{variable} is set and goes before what is kept here")

        # Where there is no token any more, a server has to be started on this machine. What is
        # changed meanwhile must not cut the keyring off.
        self.run_worker(follow, group="token")

    def take_mouse(self, wanted: bool) -> None:  # noqa: FBT001
        """Take the mouse, or leave it to the terminal and its own selection."""
        self._has_mouse = wanted
        take: Callable[[bool], None] | None = getattr(self._driver, "take_mouse", None)
        if take is not None:
            take(wanted)

    def action_mouse(self) -> None:
        """Give the mouse to the terminal, or take it back, until the program ends."""
        self.take_mouse(not self._has_mouse)
        owner = "acechat" if self._has_mouse else "the terminal"
        self.chat_screen.say(f"the mouse belongs to {owner} now")

    async def action_suspend(self) -> None:
        """Give the terminal back to the shell until it goes on with the program."""
        if not has_shell():
            self.chat_screen.say("no shell is here that could bring acechat back")
            return
        # As the terminal does where a program leaves this key to it: whoever started it stops, too.
        os.kill(0, signal.SIGTSTP)

    async def _keep_typed(self) -> None:
        keeping = asyncio.ensure_future(self.chat_screen.drafts.keep())
        done, _ = await asyncio.wait({keeping}, timeout=KEEPING_SECONDS)
        try:
            if done:
                keeping.result()
        except StoreError as error:
            self.chat_screen.say(str(error), severity="error")

    @on(Driver.SignalResume)
    def _went_on(self) -> None:
        # Nothing is left of the screen.
        self.refresh(layout=True)

    def action_theme(self) -> None:
        """Pick a theme."""
        self.run_worker(self._pick_theme, group="theme", exclusive=True)

    async def _pick_theme(self) -> None:
        from acechat.screens.palette import theme_picker

        name = await self.push_screen_wait(theme_picker(self.settings.theme))
        if name is not None:
            await self.action_wear_theme(name)

    async def action_wear_theme(self, name: str) -> None:
        """Put on a theme by its name and save it."""
        await self._keep_or_say(theme=name)
        self._tell_settings_screen()

    def _tell_settings_screen(self) -> None:
        """Show on the settings screen what was changed elsewhere; it would write back the old."""
        if (screen := self.settings_screen) is not None:
            screen.follow(self.settings)


def _changes(before: Settings, after: Settings) -> dict[str, object]:
    """Return those settings of `after` that are not as before, by their names."""
    names = [field.name for field in fields(Settings)]
    return {
        name: getattr(after, name)
        for name in names
        if getattr(before, name) != getattr(after, name)
    }
