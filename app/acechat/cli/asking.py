"""How a question of the command line is put: what it is sent with, and to whom."""

import asyncio
import difflib
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from acechat.cli.compared import Compared
from acechat.cli.kept import find_conversation, open_settings, open_store
from acechat.cli.printing import complain
from acechat.cli.spoken import Spoken
from acechat.cli.uploading import look_at, upload
from acechat.connection import EMBEDDED, Connection, connect
from acechat.errors import SettingsError
from acechat.logfile import hide, start_log
from acechat.models import Conversation, Reference, new_id
from acechat.options import options_for
from acechat.paths import find_paths
from acechat.services.chat import ChatService
from acechat.settings import Settings
from acechat.threads import PatientThreads
from acechat.tokens import VARIABLE as TOKEN_VARIABLE

NEAR = 0.75
"""How alike a text and a preset's name must be (difflib's ratio) for the text to be taken for a
mistyped name: one or two wrong letters in ten."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    question: str
    model: str | None = None
    others: tuple[str, ...] = ()
    """Further models that are asked the same at the same time."""
    preset: str | None = None
    """The name of a preset, or the text of one; empty is none."""
    references: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """Paths of files that are uploaded first."""
    agreed: bool = False
    """Uploaded files may be public, this once."""
    newest: bool = False
    """Go on with the newest conversation."""
    conversation: str | None = None
    """Go on with the conversation that has this id."""
    rebuild: bool = False
    """Begin a new server conversation that carries what was said."""
    as_json: bool = False
    gguf: str = ""


async def ask(wanted: Wanted, environ: Mapping[str, str]) -> int:
    """Ask, print the answer as it comes, and return the exit code.

    Raises:
        SettingsError: the settings, the token, a preset or a reference cannot be used.
        ServerError: the embedded server cannot be started.
        FileError: a file cannot be uploaded.
        ChatError: a file was not taken.
        StoreError: the question cannot be stored, or the conversation is not there.
    """
    asyncio.get_running_loop().set_default_executor(PatientThreads())
    paths = find_paths(environ)
    settings = open_settings(paths)
    start_log(paths)
    preset = _preset(settings, wanted.preset)
    references = _references(wanted.references)
    files = look_at(wanted.files)
    async with open_store(paths, back_up=True) as store:
        found = await find_conversation(store, wanted.conversation, newest=wanted.newest)
        connection = await connect(settings, paths, environ, gguf=wanted.gguf)
        try:
            if connection.found.token is not None:
                hide(connection.found.token.value)
            if connection.found.trouble:
                complain(connection.found.trouble)
            if connection.label == EMBEDDED and settings.server == "auto" and not wanted.gguf:
                complain(
                    f"no token yet, so this machine answers; set {TOKEN_VARIABLE} to ask the API"
                )
            references += await upload(files, connection, settings, paths, agreed=wanted.agreed)
            conversation = found or _new(wanted.model, preset)
            options = options_for(
                # What is chosen for one question does not change a kept conversation.
                _for_this_question(conversation, wanted.model, preset, connection),
                settings,
                connection.model_for(settings),
                extra_references=references,
            )
            chat = ChatService(store, connection.api)
            others = [replace(options, model=model) for model in wanted.others]
            events = chat.ask(
                conversation, wanted.question, options, *others, rebuild=wanted.rebuild
            )
            async with aclosing(events):
                if others:
                    compared = Compared(chat, conversation, as_json=wanted.as_json)
                    return await compared.follow(events, options.model)
                return await Spoken(conversation, as_json=wanted.as_json).follow(events)
        finally:
            await connection.aclose()


def _new(model: str | None, preset: str | None) -> Conversation:
    now = time.time()
    return Conversation(
        id=new_id(),
        model=model,
        preset=preset,
        created_at=now,
        updated_at=now,
    )


def _for_this_question(
    conversation: Conversation, model: str | None, preset: str | None, connection: Connection
) -> Conversation:
    kept = conversation.model
    if connection.closed_models and kept not in connection.closed_models:
        # Chosen for another server: this one answers with its own default.
        kept = None
    return replace(
        conversation,
        model=model or kept,
        preset=conversation.preset if preset is None else preset,
    )


def _preset(settings: Settings, wanted: str | None) -> str | None:
    """Return the text of the preset that is wanted, or None where the defaults decide."""
    if wanted is None or not wanted.strip():
        return None if wanted is None else ""
    by_name = {preset.name.casefold(): preset for preset in settings.presets}
    if found := by_name.get(wanted.strip().casefold()):
        return found.text
    near = difflib.get_close_matches(wanted.strip().casefold(), by_name, n=1, cutoff=NEAR)
    if near or " " not in wanted.strip():
        meant = f'; did you mean "{by_name[near[0]].name}"?' if near else ""
        raise SettingsError(f'there is no preset "{wanted}"{meant}')
    return wanted


def _references(urls: Sequence[str]) -> tuple[str, ...]:
    try:
        return tuple(Reference.parse(url).url for url in urls)
    except ValueError as error:
        raise SettingsError(f"--ref: {error}") from None
