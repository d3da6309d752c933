"""What goes with the next question only: URLs, and files that are uploaded while it is typed.

It belongs to the conversation that is open; another one has its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from textual.timer import Timer
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from acechat.clean import clean_line
from acechat.errors import ChatError, FileError, Rejected, SettingsError, StoreError
from acechat.files import PUBLIC, Attached, LocalFile, StoredFile, size_words
from acechat.local_files import (
    first_file,
    local_file,
    matching_paths,
    read_image,
    typed_path,
)
from acechat.mentions import mentioned
from acechat.models import Conversation

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen
    from acechat.screens.confirm import ConfirmScreen
    from acechat.services.ports import FileHost

PAINTS = 10
"""How often a second the progress is drawn."""

MISSING = "the account token is missing"
"""Why nothing was sent to the platform; the settings open on the field for it."""

_TOKEN_CODES = frozenset(
    {
        "invalid_token",
        "token_expired",
        "no_token",
        "token_mismatched",
        "not_authenticated",
        "authentication_failed",
    }
)
"""Codes that speak of the token: those of `api.md` section 4, and of the platform's own shape."""

_WAITS = "the question goes when its files are there; {stop} takes that back"


class Attaching:
    """Attaches files and URLs to the next question, and holds it back until they are there."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._attached: dict[str, list[Attached]] = {}
        self._workers: dict[int, Worker[None]] = {}
        self._ticker: Timer | None = None
        self._waiting = ""
        self._stored: dict[tuple[str, LocalFile], StoredFile] = {}
        """What was uploaded since the start, by the server that took it: it is not sent twice."""

    @property
    def attached(self) -> list[Attached]:
        """What goes with the next question of the open conversation."""
        return self._attached.setdefault(_key(self._screen.conversation), [])

    @property
    def urls(self) -> tuple[str, ...]:
        """The URLs of it that are there."""
        return tuple(each.url for each in self.attached if each.url)

    # Adding.

    def add_url(self, url: str) -> None:
        """Attach a URL."""
        self.attached.append(Attached(url, url=url))
        self.show()

    async def add_files(self, paths: Sequence[Path]) -> bool:
        """Upload files for the next question; return whether they are on their way.

        Before the first upload ever, the user is told that files become public, and may refuse.
        """
        files: list[LocalFile] = []
        for path in paths:
            try:
                files.append(await asyncio.to_thread(local_file, path))
            except FileError as error:
                self._screen.say(str(error), severity="error")
                return False
        if not await self._agreed(files):
            return False
        for file in files:
            each = Attached(file.path.name, file.path, file.size)
            self.attached.append(each)
            stored = self._stored.get((self._server, file))
            if stored is None:
                self._begin(each)
            else:
                each.url = stored.url
        self.show()
        return True

    @property
    def sizes(self) -> dict[str, int]:
        """How large the files are that were uploaded since the start, by their URLs."""
        return {stored.url: stored.size for stored in self._stored.values()}

    async def image(self, url: str) -> bytes:
        """Return the bytes of an image: of the file that was uploaded, or fetched from its URL.

        Raises:
            FileError: it cannot be had, or is too large to be shown.
        """
        for (_, file), stored in self._stored.items():
            if stored.url == url:
                content = await asyncio.to_thread(read_image, file)
                if content is not None:
                    return content
        if (connection := self._screen.connection) is None:
            raise FileError("connecting, one moment")
        return await connection.fetch_image(url)

    @property
    def _server(self) -> str:
        connection = self._screen.connection
        return connection.label if connection is not None else ""

    async def offer_paths(self, path: str) -> None:
        """Offer what a path that is being typed in the prompt may become."""
        found = await asyncio.to_thread(matching_paths, path)
        self._screen.prompt.offer_paths(path, found)

    async def offer_pasted(self, text: str) -> None:
        """Offer to attach the file whose path was pasted into the prompt, where there is one."""
        try:
            file = await asyncio.to_thread(local_file, typed_path(text))
        except FileError:
            return
        words = f"tab uploads it, {size_words(file.size)}"
        self._screen.prompt.offer_file(text, file.name, words)

    async def add_pasted(self, text: str) -> None:
        """Attach the file whose path was pasted; the path comes back where it is not attached."""
        prompt = self._screen.prompt
        if not await self.add_files([typed_path(text)]):
            prompt.insert(text)

    async def _agreed(self, files: Sequence[LocalFile]) -> bool:
        screen = self._screen
        try:
            # Where files go depends on who answers.
            await screen.server()
        except StoreError as error:
            screen.say(str(error), severity="error")
            return False
        from acechat.connection import EMBEDDED

        connection = screen.connection
        if screen.settings.public_uploads or connection is None or connection.label == EMBEDDED:
            # What goes to this machine is seen by nobody else.
            return True
        from acechat.screens.confirm import ConfirmScreen

        try:
            host = (await connection.file_host()).host
        except SettingsError as error:
            screen.say(str(error), severity="error")
            return False
        named = files[0].name if len(files) == 1 else f"{len(files)} files"
        agreed = await screen.answer_of(
            ConfirmScreen(
                f"Upload {named}?",
                detail=f"It goes to {host}. {PUBLIC} Once you agree, you are not asked again.",
                yes="upload",
                no="do not upload",
            )
        )
        if agreed:
            await screen.run_action("app.agree_to_uploads")
        return bool(agreed)

    # Uploading.

    def _begin(self, each: Attached) -> None:
        each.failure, each.sent = "", 0
        screen = self._screen
        worker = screen.run_worker(self._upload(each), group="upload", description="an upload")
        self._workers[id(each)] = worker
        if self._ticker is None:
            self._ticker = screen.set_interval(1 / PAINTS, self.show)
        self.show()

    async def _upload(self, each: Attached) -> None:
        assert each.path is not None

        def told(sent: int) -> None:
            each.sent = sent

        try:
            host = await self._host()
            file = await asyncio.to_thread(local_file, each.path)
            stored = await host.upload(each.path, told)
        except (FileError, SettingsError, StoreError) as error:
            each.failure = str(error)
        except ChatError as error:
            each.failure = error.message
            refused = isinstance(error, Rejected) and error.status == 401
            if refused or error.code in _TOKEN_CODES:
                self._ask_for_token(error.code)
        else:
            each.url, each.size = stored.url, stored.size
            self._stored[self._server, file] = stored
        finally:
            self._workers.pop(id(each), None)
            if self._screen.is_running:
                self.show()

    async def _host(self) -> FileHost:
        screen = self._screen
        await screen.server()
        assert screen.connection is not None
        return await screen.connection.file_host()

    def _ask_for_token(self, code: str) -> None:
        screen = self._screen
        reason = MISSING if code == "no_token" else "the platform does not take this token"
        screen.say(f"{reason}; enter it here, the file is kept", severity="error", seconds=8.0)
        screen.run_worker(screen.run_action("app.settings('account_token')"), group="dialog")

    def again(self) -> int:
        """Try once more what was not uploaded; return how many files that are."""
        failed = [each for each in self.attached if each.failure]
        for each in failed:
            self._begin(each)
        return len(failed)

    # Taking back.

    def leave(self) -> bool:
        """Leave out what is not there yet, and wait for it no more; return whether that was any."""
        unfinished = [each for each in self.attached if not each.url]
        for each in unfinished:
            self.attached.remove(each)
            if worker := self._workers.get(id(each)):
                worker.cancel()
        self._waiting = ""
        if unfinished:
            names = ", ".join(clean_line(each.name) for each in unfinished)
            self._screen.say(f"{names} is left out")
            self.show()
        return bool(unfinished)

    def leave_last(self) -> None:
        """Leave out what was attached last."""
        if self.attached:
            last = self.attached.pop()
            if worker := self._workers.get(id(last)):
                worker.cancel()
            self._screen.say(f"{clean_line(last.name)} is left out")
            self.show()

    # The question.

    def holds_back(self, text: str) -> bool:
        """Keep a question in the prompt until its files are there; return whether that is so."""
        screen = self._screen
        mentions = mentioned(screen.prompt.text)
        if not mentions and all(each.url for each in self.attached):
            return False
        if self._waiting:
            screen.say(_WAITS.format(stop=screen.key_of("chat.stop")))
        else:
            self._waiting = screen.prompt.draft
            sending = self._send(text, mentions, screen.conversation.id)
            screen.background(sending, "attach")
        return True

    async def _send(
        self, text: str, mentions: Sequence[tuple[str, ...]], conversation_id: str
    ) -> None:
        """Wait for the files, and send the question unless something has changed."""
        screen, draft = self._screen, self._waiting
        try:
            if not await self._add_mentioned(mentions):
                return
            self.again()
            if self._running():
                screen.status.set_activity("uploading, then sending")
            while workers := self._running():
                with suppress(WorkerCancelled, WorkerFailed):
                    await workers[0].wait()
            if self._waiting != draft or screen.conversation.id != conversation_id:
                return
            if any(each.failure for each in self.attached):
                screen.say("not sent: a file is missing", severity="error")
            elif screen.prompt.draft != draft:
                screen.say(f"changed meanwhile; {screen.key_of('chat.send')} sends it")
            else:
                screen.lines.submit(text)
        finally:
            self._waiting = ""
            if screen.is_running:
                screen.prompt.allow_repeat()
                screen.activity.show()

    async def _add_mentioned(self, mentions: Sequence[tuple[str, ...]]) -> bool:
        """Attach the files that the question mentions; return whether it may be sent.

        Those that were not chosen from the list may be no more than words.
        """
        screen = self._screen
        found: dict[Path, bool] = {}
        for readings in mentions:
            if (path := await asyncio.to_thread(first_file, readings)) is not None:
                found[path] = not screen.prompt.chosen_paths.isdisjoint(readings)
        for each in self.attached:
            if each.path is not None:
                found.pop(each.path, None)
        if words := [path for path, chosen in found.items() if not chosen]:
            answer = await screen.answer_of(_mention_screen(words))
            if answer is None:
                return False
            if not answer:
                found = {path: chosen for path, chosen in found.items() if chosen}
        return not found or await self.add_files(list(found))

    def _running(self) -> list[Worker[None]]:
        """The uploads of the open conversation that are under way."""
        return [w for each in self.attached if (w := self._workers.get(id(each))) is not None]

    def taken(self, conversation: Conversation, references: Sequence[str]) -> None:
        """Let go of what went with a question that is stored now."""
        kept = self._attached.get(_key(conversation), [])
        kept[:] = [each for each in kept if each.url not in references]
        if kept and not conversation.title:
            # It has its title, and with it a place of its own, from now on.
            self._attached[conversation.id] = self._attached.pop("")
        self.show()

    # Showing.

    def show(self) -> None:
        """Draw the lines above the prompt, as long as something changes."""
        screen = self._screen
        if not self._workers and self._ticker is not None:
            self._ticker.stop()
            self._ticker = None
        if not (self.attached or screen.query("AttachedLines")):
            return
        screen.attached_lines.show(
            self.attached, send=screen.key_of("chat.send"), stop=screen.key_of("chat.stop")
        )
        screen.show_header()


def _mention_screen(paths: Sequence[Path]) -> ConfirmScreen:
    """Ask whether words that are the names of files are meant as files."""
    from acechat.screens.confirm import ConfirmScreen

    names = ", ".join(f"@{LocalFile(path, 0).name}" for path in paths)
    return ConfirmScreen(
        f"{names}: upload?",
        detail=f"The question names what is a file here. {PUBLIC}",
        yes="upload",
        no="send as text",
        leave=None,
    )


def _key(conversation: Conversation) -> str:
    # New conversations are one until their first question, as their draft is.
    return conversation.id if conversation.title else ""
