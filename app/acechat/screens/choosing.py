"""What the next question is sent with: picking the model, the preset and the references.

The dialogs are imported when they are first opened: the first paint does not wait for them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING

from acechat.clean import clean_line
from acechat.local_files import typed_path
from acechat.models import Conversation, Reference
from acechat.themes import theme_choices

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen


class Choosing:
    """Changes the open conversation's model, preset and references, from pickers or `/` words."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._words: dict[str, Callable[[str], Awaitable[None]]] = {
            "model": self._model_word,
            "preset": self._preset_word,
            "ref": self._reference_word,
            "file": self._file_word,
            "new": self._new_word,
            "rename": self._rename_word,
            "copy": self._copy_word,
            "export": self._export_word,
            "find": screen.finding.find,
            "compare": self._compare_word,
            "delete-older": screen.shelf.delete_older,
            "temporary": self._temporary_word,
            "import": self._import_word,
            "theme": self._theme_word,
        }

    async def keep(self, conversation: Conversation) -> None:
        """Take and store a changed conversation."""
        screen = self._screen
        was, screen.conversation = screen.conversation, conversation
        await screen.library.save(conversation, was=was)

    def _dialog(self, work: Coroutine[None, None, None]) -> None:
        self._screen.background(work, "dialog")

    # Pickers.

    def model(self) -> None:
        """Pick the model of the next question."""

        async def pick() -> None:
            name = await self.picked_model()
            if name is not None:
                await self.set_model(name)

        self._dialog(pick())

    async def picked_model(self, *, with_default: bool = True) -> str | None:
        """Let the user pick a model; an empty name is the default, where that is offered."""
        from acechat.screens.models import ModelScreen

        screen = self._screen
        if screen.connection is None:
            screen.say("connecting, one moment")
            return None
        return await screen.answer_of(
            ModelScreen(
                screen.connection.models,
                await screen.library.recent_models(),
                screen.model,
                screen.default_model if with_default else None,
                screen.connection.label,
            )
        )

    async def set_model(self, name: str) -> bool:
        """Ask the next question of `name`; the empty name follows the default.

        Returns:
            False where no model can have this name; the user is told.
        """
        screen = self._screen
        if len(name.split()) > 1:
            screen.say("the name of a model has no spaces in it", severity="error")
            return False
        await self.keep(replace(screen.conversation, model=name or None))
        screen.say(f"the next question goes to {clean_line(screen.model)}")
        return True

    def preset(self) -> None:
        """Pick the preset of this conversation."""

        async def pick() -> None:
            from acechat.screens.presets import PresetScreen

            screen = self._screen
            choice = await screen.answer_of(
                PresetScreen(
                    screen.settings.presets,
                    screen.conversation.preset,
                    default=screen.settings.preset or "none",
                )
            )
            if choice is not None:
                await self.keep(replace(screen.conversation, preset=choice.preset))

        self._dialog(pick())

    def references(self) -> None:
        """Edit the references of this conversation."""

        async def edit() -> None:
            from acechat.screens.references import ReferencesScreen

            screen = self._screen
            choice = await screen.answer_of(
                ReferencesScreen(
                    screen.conversation.references,
                    "References of this conversation",
                    screen.settings.references,
                    seen=screen.knowing.seen,
                    look=screen.knowing.look,
                    image=screen.knowing.image,
                    upload=screen.uploading.for_list,
                )
            )
            if choice is not None:
                await self.keep(replace(screen.conversation, references=choice.references))

        self._dialog(edit())

    # Slash words.

    async def slash(self, name: str, argument: str) -> None:
        """Carry out a `/` command of the prompt."""
        screen = self._screen
        if word := self._words.get(name):
            await word(argument.strip())
        else:
            await screen.run_action(_ACTIONS[name])

    def _refuse(self, word: str, reason: str = "") -> None:
        """Say why a word cannot be followed, and put it back to be mended."""
        screen = self._screen
        if reason:
            screen.say(reason, severity="error")
        if not screen.prompt.draft:
            # Nothing else was typed meanwhile.
            screen.prompt.load(word)

    async def _model_word(self, argument: str) -> None:
        if not argument:
            self.model()
        elif not await self.set_model(argument):
            self._refuse(f"/model {argument}")

    async def _preset_word(self, argument: str) -> None:
        screen = self._screen
        if not argument:
            self.preset()
            return
        if argument.lower() == "none":
            await self.keep(replace(screen.conversation, preset=""))
            screen.say("no preset from the next question on")
            return
        for preset in screen.settings.presets:
            if preset.name.lower() == argument.lower():
                await self.keep(replace(screen.conversation, preset=preset.text))
                screen.say(f"preset {clean_line(preset.name)} from the next question on")
                return
        self._refuse(f"/preset {argument}", f"no preset is called “{clean_line(argument)}”")

    async def _reference_word(self, argument: str) -> None:
        screen = self._screen
        if not argument:
            self.references()
            return
        try:
            reference = Reference.parse(argument)
        except ValueError as error:
            self._refuse(f"/ref {argument}", str(error))
            return
        screen.attaching.add_url(reference.url)
        screen.say(f"{reference.kind} goes with the next question")

    async def _file_word(self, argument: str) -> None:
        screen = self._screen
        if not argument:
            if not await screen.attaching.again():
                screen.say("name a file: /file PATH")
            return
        attached = await screen.attaching.add_files([typed_path(argument)])
        # What was typed stays, unless something else is being typed by now.
        if not attached and not screen.prompt.draft:
            screen.prompt.load(f"/file {argument}")

    async def _new_word(self, argument: str) -> None:
        await self._screen.open_new()
        if argument:
            self._screen.prompt.load(argument)

    async def _temporary_word(self, argument: str) -> None:
        await self._screen.temporary.begin()

    async def _compare_word(self, argument: str) -> None:
        self._screen.comparing.compare(argument)

    async def _rename_word(self, argument: str) -> None:
        screen = self._screen
        if not screen.messages:
            screen.say("ask something first; the conversation is kept from then on")
        elif argument:
            await screen.shelf.rename_to(screen.conversation, argument)
        else:
            await screen.shelf.rename(screen.conversation.id)

    async def _copy_word(self, argument: str) -> None:
        screen = self._screen
        match argument.lower():
            case "" | "answer":
                screen.copying.answer()
            case "code":
                screen.copying.code()
            case "all" | "conversation":
                screen.copying.conversation()
            case _:
                self._refuse(f"/copy {argument}", "copy what? answer, code or all")

    async def _export_word(self, argument: str) -> None:
        copying = self._screen.copying
        if not argument:
            await copying.save()
        elif not await copying.save_to(argument):
            self._refuse(f"/export {argument}")

    async def _import_word(self, argument: str) -> None:
        action = f"app.import_file({argument!r})" if argument else "app.import"
        await self._screen.run_action(action)

    async def _theme_word(self, argument: str) -> None:
        if argument and argument not in theme_choices():
            self._refuse(f"/theme {argument}", f"there is no theme “{clean_line(argument)}”")
            return
        action = f"app.wear_theme({argument!r})" if argument else "app.theme"
        await self._screen.run_action(action)


_ACTIONS = {
    "help": "app.help",
    "settings": "app.settings",
    "quit": "app.quit",
    "sync": "app.sync",
    "refs": "screen.references",
    "again": "screen.again",
    "edit": "screen.editor",
}
