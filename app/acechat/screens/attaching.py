"""What goes with the next question only: URLs, and files that are uploaded while it is typed.

It belongs to the conversation that is open; another one has its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.timer import Timer
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from acechat.clean import clean_line
from acechat.errors import FileError
from acechat.files import PUBLIC, Attached, KeptFiles, LocalFile, size_words
from acechat.local_files import first_file, local_file, matching_paths, typed_path
from acechat.mentions import mentioned
from acechat.models import Conversation
from acechat.origin import is_loopback
from acechat.screens.knowing import place_of

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen
    from acechat.screens.confirm import ConfirmScreen

PAINTS = 10
"""How often a second the progress is drawn."""

ENDED = "is to be uploaded again, the program has ended meanwhile"
"""What is said of a file that was not there yet, or was on a server that has ended."""

_WAITS = "the question goes when its files are there; {stop} takes that back"


class Attaching:
    """Attaches files and URLs to the next question, and holds it back until they are there."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._attached: dict[str, list[Attached]] = {}
        self._workers: dict[int, Worker[None]] = {}
        self._ticker: Timer | None = None
        self._waiting = ""
        self._kept: dict[str, tuple[Attached, ...]] = {}
        """What is kept on disk, of places whose kept ones were taken over."""

    @property
    def attached(self) -> list[Attached]:
        """What goes with the next question of the open conversation."""
        return self._attached.setdefault(place_of(self._screen.conversation), [])

    @property
    def urls(self) -> tuple[str, ...]:
        """The URLs of it that are there."""
        return tuple(each.url for each in self.attached if each.url)

    # Keeping.

    def loaded(self, conversation: Conversation, kept: KeptFiles) -> None:
        """Take over what was kept when the program ended, once."""
        place = place_of(conversation)
        self._screen.knowing.loaded(place, kept.looked)
        if place in self._kept:
            return
        self._kept[place] = kept.attached
        found = [replace(each, failure="" if each.url else ENDED) for each in kept.attached]
        self._attached[place] = [*found, *self._attached.get(place, [])]

    def keep(self, place: str) -> None:
        """Store what goes with the next question, and what is known of references."""
        screen = self._screen
        if not screen.conversation.id:
            # The store is not open yet.
            return
        attached = self._kept[place] = self._lasting(place)
        work = screen.library.keep_files(place, attached, screen.knowing.of(place))
        screen.background(work, "files")

    def _lasting(self, place: str) -> tuple[Attached, ...]:
        """What of it is worth keeping: what this machine's own server has ends with the program."""
        return tuple(
            Attached(each.name, each.path, each.size, "" if _passes(each) else each.url)
            for each in self._attached.get(place, ())
        )

    def _place_of(self, attached: Attached) -> str:
        for place, there in self._attached.items():
            if any(each is attached for each in there):
                return place
        return place_of(self._screen.conversation)

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
        if not await self._screen.uploading.agreed(files):
            return False
        for file in files:
            each = Attached(file.path.name, file.path, file.size)
            self.attached.append(each)
            stored = self._screen.uploading.stored(file)
            if stored is None:
                self._begin(each)
            else:
                each.url = stored.url
        self.show()
        return True

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
            uploading, place = self._screen.uploading, self._place_of(each)
            stored = await uploading.upload(each.path, told, place)
        except FileError as error:
            each.failure = str(error)
        else:
            each.url, each.size = stored.url, stored.size
        finally:
            self._workers.pop(id(each), None)
            if self._screen.is_running:
                self.show()

    async def again(self) -> int:
        """Try once more what was not uploaded; return how many files that are.

        They may go to another server by now: the user is asked where that was not agreed to.
        """
        failed = [each for each in self.attached if each.failure]
        files = [LocalFile(each.path, each.size or 0) for each in failed if each.path is not None]
        if failed and await self._screen.uploading.agreed(files):
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
            await self.again()
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
        kept = self._attached.get(place_of(conversation), [])
        kept[:] = [each for each in kept if each.url not in references]
        if not place_of(conversation):
            # It has its title, and with it a place of its own, from now on.
            self._attached[conversation.id] = self._attached.pop("", [])
            self._screen.knowing.moved(conversation.id)
            self.keep("")
            self.keep(conversation.id)
        self.show()

    # Showing.

    def show(self) -> None:
        """Draw the lines above the prompt, as long as something changes."""
        screen = self._screen
        if not self._workers and self._ticker is not None:
            self._ticker.stop()
            self._ticker = None
        for place in [*self._kept]:
            if self._lasting(place) != self._kept[place]:
                self.keep(place)
        if not (self.attached or screen.query("AttachedLines")):
            return
        screen.attached_lines.show(
            self.attached, send=screen.key_of("chat.send"), stop=screen.key_of("chat.stop")
        )
        screen.show_header()


def _passes(attached: Attached) -> bool:
    return attached.path is not None and is_loopback(attached.url)


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
