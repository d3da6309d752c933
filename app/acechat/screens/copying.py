"""Taking things out of the chat screen: copying, saving, opening links.

The dialogs are imported when they are first opened: the first paint does not wait for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len

from acechat.clean import clean, clean_line
from acechat.models import Role
from acechat.paths import at_home

if TYPE_CHECKING:
    from acechat.screens.chat import ChatScreen
    from acechat.screens.save import Export
    from acechat.widgets.transcript import Transcript

PANEL_CELLS = 60
"""How wide a panel is at least, where there is room."""

FRAME_ROWS, FRAME_CELLS = 12, 10
"""What a panel needs of that for itself."""

_NOTHING = "there is nothing to copy yet"


class Copying:
    """Copies source text, never screen cells, and says what really happened to it."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen

    # Copying.

    def text(self, text: str, what: str) -> None:
        """Copy `text`; `what` names it in the message."""
        self._screen.run_worker(self._copy(text, what), group="copy", exclusive=True)

    async def _copy(self, text: str, what: str) -> None:
        result = await self._screen.copier(text)
        self._screen.say(f"{what}: {result.sentence}")
        if result.offered_file:
            self._save_text(text, f"{what}.md")

    def selection(self) -> None:
        """Copy what the mouse has selected in the transcript, however long it is."""

        async def read() -> None:
            screen = self._screen
            text = await screen.transcript.read_selection()
            screen.clear_selection()
            if text:
                await self._copy(text, "selection")

        self._screen.run_worker(read, group="copy", exclusive=True)

    def answer(self) -> None:
        """Copy the last answer."""
        for message in reversed(self._screen.messages):
            if message.role is Role.ASSISTANT and (source := self._source(message.id)):
                self.text(source, "answer")
                return
        self._screen.say(_NOTHING)

    def _source(self, message_id: str) -> str:
        entry = self._screen.transcript.entry(message_id)
        return entry.source if entry is not None else ""

    def message(self) -> None:
        """Copy the message that the keyboard is on, or all that it has chosen."""
        transcript = self._screen.transcript
        written = [entry for entry in transcript.chosen if entry.source]
        if not written:
            self._screen.say(_NOTHING)
            return
        what = "question" if written[0].is_question else "answer"
        if len(written) > 1:
            what = f"{len(written)} messages"
        self.text("\n\n".join(entry.source for entry in written), what)
        transcript.unchoose()

    def code(self, of: Transcript | None = None) -> None:
        """Copy a block of code, of the open conversation or `of` another transcript.

        Where there are several, it asks which one.
        """
        self._screen.run_worker(partial(self._pick_code, of), group="pick", exclusive=True)

    async def _pick_code(self, of: Transcript | None) -> None:
        from acechat.screens.picker import Choice, Picker

        blocks = await (of or self._screen.transcript).codes()
        if not blocks:
            self._screen.say("there is no code here")
            return
        if len(blocks) == 1:
            await self._copy(blocks[0].text, "code")
            return

        choices = [
            Choice(str(block.number), f"{block.number}  {_first_line(block.text)}", block.language)
            for block in blocks
        ]
        number = await self._screen.answer_of(Picker[str]("Copy which code?", choices))
        for block in blocks:
            if str(block.number) == number:
                self.text(block.text, f"code {number}")

    def conversation(self) -> None:
        """Copy the whole conversation as Markdown."""
        from acechat.export import to_markdown

        screen = self._screen
        conversation, messages = screen.conversation, tuple(screen.messages)

        async def read() -> None:
            # It may be a whole book.
            await self._copy(
                await asyncio.to_thread(to_markdown, conversation, messages), "conversation"
            )

        if not messages:
            screen.say(_NOTHING)
        else:
            screen.run_worker(read, group="copy", exclusive=True)

    # Files.

    async def save(self) -> None:
        """Save the conversation, or all of them, asking for the form and the name of the file."""
        from acechat.screens.save import ExportScreen

        screen = self._screen
        name = _file_name(screen.conversation.title) if screen.messages else ""
        export = await screen.answer_of(ExportScreen(Path.home(), name))
        if export is not None:
            await self._export(export)

    async def save_to(self, path: str) -> bool:
        """Save the conversation to the file `path`; return False where that failed.

        One whose name ends as JSON lines do gets them; any other one gets Markdown.
        """
        from acechat.screens.save import JSON_LINES, MARKDOWN, Export

        if not self._screen.messages:
            self._screen.say("there is nothing to save yet")
            return True
        is_json = at_home(path).suffix.lower() in {JSON_LINES, ".ndjson", ".json"}
        suffix = JSON_LINES if is_json else MARKDOWN
        return await self._export(Export(path, suffix, everything=False))

    async def _export(self, export: Export) -> bool:
        from acechat.screens.save import JSON_LINES

        is_json = export.suffix == JSON_LINES
        make = self._gathered if export.everything else self._whole
        return await self._write(at_home(export.path), partial(make, is_json=is_json))

    async def _whole(self, *, is_json: bool) -> list[str]:
        """Return the open conversation. Texts are made on a thread: one may be a whole book."""
        from acechat.export import to_markdown
        from acechat.jsonl import to_jsonl

        screen = self._screen
        conversation, messages = screen.conversation, tuple(screen.messages)
        if is_json:
            whole = await screen.library.whole(conversation.id)
            return [await asyncio.to_thread(to_jsonl, whole)]
        return [await asyncio.to_thread(to_markdown, conversation, messages)]

    async def _gathered(self, *, is_json: bool) -> list[str] | None:
        """Return all conversations, or None where the user does not wait for that.

        Raises:
            StoreError: they cannot be read.
        """
        from acechat.screens.gather import GatherScreen

        gathering = GatherScreen(self._all_as_json() if is_json else self._all_as_markdown())
        texts = await self._screen.answer_of(gathering)
        if gathering.failure is not None:
            raise gathering.failure
        return texts

    async def _all_as_json(self) -> AsyncGenerator[str, None]:
        from acechat.jsonl import to_jsonl

        async for whole in self._screen.library.wholes():
            yield await asyncio.to_thread(to_jsonl, whole)

    async def _all_as_markdown(self) -> AsyncGenerator[str, None]:
        from acechat.export import to_markdown

        # Each begins on a line of its own after the end of the one before.
        before = ""
        async for conversation, messages in self._screen.library.export_rows():
            yield before + await asyncio.to_thread(to_markdown, conversation, messages)
            before = "\n"

    def _save_text(self, text: str, name: str) -> None:
        async def ask() -> None:
            from acechat.screens.save import SaveScreen

            path = await self._screen.answer_of(SaveScreen(Path.home() / name))
            if path is not None:

                async def cleaned() -> list[str]:
                    return [await asyncio.to_thread(clean, text)]

                await self._write(at_home(path), cleaned)

        self._screen.run_worker(ask, group="dialog")

    async def _write(self, path: Path, make: Callable[[], Awaitable[list[str] | None]]) -> bool:
        """Write what `make` returns, unless the user leaves it; return False where that failed."""
        from acechat.export import write_new
        from acechat.screens.confirm import ConfirmScreen

        screen = self._screen
        agreed = False
        try:
            if path.exists():  # noqa: ASYNC240 - a look at one name
                agreed = (
                    await screen.answer_of(
                        ConfirmScreen(f"{path} is there already. Put this in its place?")
                    )
                    or False
                )
                if not agreed:
                    return True
            if (texts := await make()) is None:
                return True
            # A file that comes into being just now is not replaced either.
            # All conversations can be hundreds of megabytes.
            await asyncio.to_thread(write_new, path, *texts, replace=agreed)
        except OSError as error:
            screen.say(f"not saved: {error.strerror or error}", severity="error")
            return False
        screen.say(f"saved as {path}", seconds=4.0)
        return True

    # Links.

    def link(self, of: Transcript | None = None) -> None:
        """Open a link of the message, showing its whole target first."""
        self._screen.run_worker(partial(self._pick_link, of), group="pick", exclusive=True)

    async def _pick_link(self, of: Transcript | None) -> None:
        from acechat.screens.links import LinkPicker

        screen = self._screen
        links = await (of or screen.transcript).links()
        if not links:
            screen.say("there is no link here that may be opened: http, https or mailto")
            return
        listed = [(link.number, link.url, clean_line(link.label)) for link in links]
        url = await screen.answer_of(LinkPicker(listed, screen.knowing.image))
        if url is not None:
            await self._open(url)

    async def _open(self, url: str) -> None:
        """Open a link of which the user has seen the whole target; one too long is copied."""
        from acechat.markdown.links import hidden_host
        from acechat.screens.confirm import ConfirmScreen
        from acechat.screens.outside import open_in_browser

        screen, shown = self._screen, clean_line(url)
        if host := hidden_host(url):
            shown += f" (leads to {clean_line(host)})"
        width = min(screen.size.width, PANEL_CELLS) - FRAME_CELLS
        if host or cell_len(shown) > width:
            # Its end was out of sight in the list, or it is easily misread.
            if cell_len(shown) > width * max(screen.size.height - FRAME_ROWS, 1):
                await self._copy(url, "too long to be shown, link")
                return
            question = ConfirmScreen("Open this link?", detail=shown, yes="open", no="leave")
            if not await screen.answer_of(question):
                return
        if await open_in_browser(url):
            screen.say("opened in the browser")
        else:
            await self._copy(url, "no browser here, link")


def _first_line(text: str) -> str:
    return clean_line(next((line for line in text.splitlines() if line.strip()), ""))


def _file_name(title: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in title)
    return "-".join(part for part in kept.split("-") if part)[:60] or "conversation"
