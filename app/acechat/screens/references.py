"""The references of a conversation, or of new ones: a list of URLs that can be edited."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option
from textual.worker import Worker

from acechat.clean import clean_line
from acechat.errors import FileError
from acechat.files import LocalFile, LookedAt, StoredFile, percent, size_words
from acechat.local_files import local_file, typed_path
from acechat.models import REFERENCE_KINDS, Reference
from acechat.screens.confirm import ConfirmScreen
from acechat.screens.panel import MUTED, Hint, KeyLine, LineInput, Panel, Reason, Row, Rows

Upload = Callable[
    [LocalFile, Callable[[int], None], Callable[[ConfirmScreen], Awaitable[bool | None]]],
    Awaitable[StoredFile],
]
"""Uploads a file, tells how many bytes went, and asks first where that is not agreed to yet."""

_PATHS = ("/", "~", ".", "@", "'", '"', "file:")
"""How a path begins that cannot be a URL."""

_CHANGES = frozenset({"edit", "remove", "shift", "undo", "follow"})
"""Actions that change the list, or which place of it is meant."""

_KIND_WIDTH = max(map(len, (*REFERENCE_KINDS, "page"))) + 2

_KNOWN_WIDTH = 18
"""Columns at most that all URLs leave to what is known of them; longer words take more."""


@dataclass(frozen=True, slots=True)
class ReferencesChoice:
    """What the list is now."""

    references: tuple[str, ...] | None
    """The URLs in their order; None follows the default."""


class ReferencesScreen(Panel[ReferencesChoice]):
    """A line to add URLs, and under it the list; the result is None where nothing changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "to_list", show=False),
        Binding("e", "edit", show=False),
        Binding("d,delete", "remove", show=False),
        Binding("u", "undo", show=False),
        Binding("a", "to_input", show=False),
        Binding("x", "follow", show=False),
        Binding("c", "look", show=False),
        Binding("p", "preview", show=False),
        Binding("alt+up,K", "shift(-1)", show=False),
        Binding("alt+down,J", "shift(1)", show=False),
    ]

    def __init__(
        self,
        references: tuple[str, ...] | None,
        title: str = "References",
        default: tuple[str, ...] | None = None,
        *,
        seen: Mapping[str, LookedAt] | None = None,
        look: Callable[[str], Awaitable[LookedAt]] | None = None,
        image: Callable[[str], Awaitable[bytes]] | None = None,
        upload: Upload | None = None,
    ) -> None:
        """Edit `references`.

        Args:
            references: The URLs; None follows the default.
            title: What they are the references of.
            default: What None follows, or None where it follows nothing.
            seen: What is known already, by their URLs.
            look: Asks a URL whether it answers; None where that is not offered. Nothing is asked
                before the user wants it.
            image: Fetches an image to be shown; None where that is not offered.
            upload: Uploads a file of this machine; None where that is not offered.
        """
        super().__init__(title)
        self._look = look
        self._image = image
        self._upload = upload
        self._uploading: Worker[None] | None = None
        self._seen = dict(seen or {})
        self._asked: set[str] = set()
        self._before = references
        self._references = references
        self._default = default
        self._editing: int | None = None
        self._undo: list[tuple[str, ...] | None] = []

    def body(self) -> Iterator[Widget]:
        """Input, reason, list."""
        what = "https://…" if self._upload is None else "https://… or a file"
        yield LineInput(placeholder=f"{what}, and Enter to add it")
        yield Reason()
        yield Rows()

    def hints(self) -> tuple[Hint, ...]:
        """The keys while the input has the focus."""
        enter = Hint("⏎", "add" if self._editing is None else "change", "submit")
        leave = "done" if self._editing is None else "leave it"
        return (
            enter,
            Hint("↓", "to the list", "to_list"),
            Hint("esc", leave, "leave"),
        )

    def on_mount(self) -> None:
        """Show the list."""
        self._show(0)

    def _list_hints(self) -> tuple[Hint, ...]:
        follow = () if self._default is None else (Hint("x", "as default", "follow"),)
        look = () if self._look is None else (Hint("c", "check", "look"),)
        preview = () if self._image is None else (Hint("p", "preview", "preview"),)
        return (
            Hint("a", "add", "to_input"),
            Hint("e", "edit", "edit"),
            Hint("d", "remove", "remove"),
            Hint("K J", "move"),
            Hint("u", "undo", "undo"),
            *look,
            *preview,
            *follow,
            Hint("esc", "done", "leave"),
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the list as it is while a file is uploaded for a place in it."""
        if self._uploading is not None and action in _CHANGES:
            return False
        return super().check_action(action, parameters)

    @property
    def _shown(self) -> tuple[str, ...]:
        """The URLs that are in force."""
        return (self._default or ()) if self._references is None else self._references

    @property
    def _at(self) -> int | None:
        """The place of the highlighted URL."""
        option = self.query_one(Rows).highlighted_option
        return int(option.id) if option is not None and option.id is not None else None

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """The keys differ between the input and the list."""
        self.call_later(self._show_hints)

    def _show_hints(self) -> None:
        in_list = isinstance(self.focused, Rows)
        self.query_one(KeyLine).show(*(self._list_hints() if in_list else self.hints()))

    def action_to_list(self) -> None:
        """Go to the list, where there is one."""
        if self._shown:
            self.query_one(Rows).focus()

    def action_to_input(self) -> None:
        """Go to the input."""
        self.query_one(LineInput).focus()

    def action_edit(self) -> None:
        """Put the highlighted URL into the input."""
        if (at := self._at) is None:
            return
        self._editing = at
        search = self.query_one(LineInput)
        search.value = self._shown[at]
        search.cursor_position = len(search.value)
        search.focus()
        self.note(f"changing {at + 1} of {len(self._shown)}")

    def action_submit(self) -> None:
        """Add what was typed, or put it in the place of what is edited."""
        typed = self.query_one(LineInput).value
        if self._uploading is not None:
            return
        try:
            url = Reference.parse(typed).url
        except ValueError as error:
            if self._upload is not None and typed.strip():
                self._uploading = self._add_file(self._upload, typed.strip(), str(error))
            else:
                self.query_one(Reason).show(str(error))
        else:
            self._put(url)

    @work(group="upload")
    async def _add_file(self, upload: Upload, typed: str, otherwise: str) -> None:
        """Upload the file that is typed, and put its URL into the list."""
        try:
            try:
                file = await asyncio.to_thread(local_file, typed_path(typed.removeprefix("@")))
            except FileError as error:
                # A word that is no file, and does not look like one, was meant as a URL.
                looks = typed.startswith(_PATHS) or ("://" not in typed and Path(typed).suffix)
                self.query_one(Reason).show(str(error) if looks else otherwise)
                return

            def told(sent: int) -> None:
                self.note(f"uploading, {percent(sent, file.size)} % · esc cancels")

            told(0)
            try:
                url = (await upload(file, told, self.app.push_screen_wait)).url
            except FileError as error:
                self.query_one(Reason).show(str(error))
                return
            self._seen[url] = LookedAt(answers=True, words="", size=file.size)
            search = self.query_one(LineInput)
            meanwhile = "" if search.value.strip() == typed else search.value
            self._put(url)
            search.value = meanwhile
        finally:
            self._uploading = None
            if self.query("#panel-note"):
                self._show_note()

    def _put(self, url: str) -> None:
        """Add a URL to the list, or put it in the place of what is edited."""
        urls = list(self._shown)
        at = len(urls) if self._editing is None else self._editing
        if url in urls and urls.index(url) != at:
            self.query_one(Reason).show("this URL is in the list already")
            return
        urls[at : at + 1] = [url]
        was_editing = self._editing is not None
        self._change(tuple(urls), at)
        self._end_edit()
        if was_editing:
            self.action_to_list()

    def action_remove(self) -> None:
        """Take the highlighted URL out of the list."""
        if (at := self._at) is not None:
            urls = self._shown
            self._change((*urls[:at], *urls[at + 1 :]), min(at, len(urls) - 2))
            if not self._shown:
                self.action_to_input()

    def action_shift(self, step: int) -> None:
        """Move the highlighted URL up or down."""
        urls = list(self._shown)
        if (at := self._at) is None or not 0 <= at + step < len(urls):
            return
        urls[at], urls[at + step] = urls[at + step], urls[at]
        self._change(tuple(urls), at + step)

    def action_follow(self) -> None:
        """Follow the default again."""
        if self._default is not None and self._references is not None:
            self._change(None, 0)

    @work(group="look")
    async def action_look(self) -> None:
        """Ask the highlighted URL whether it answers; its server learns that from nobody else."""
        if (at := self._at) is None or self._look is None:
            return
        url = self._shown[at]
        if url in self._asked:
            return
        self._asked.add(url)
        self._show(at)
        try:
            seen, before = await self._look(url), self._seen.get(url)
            if seen.size is None and before is not None:
                seen = replace(seen, size=before.size)
            self._seen[url] = seen
        finally:
            self._asked.discard(url)
        self._show(self._at or 0)

    def action_preview(self) -> None:
        """Show the highlighted image; it is fetched for that, and for nothing else."""
        if (at := self._at) is None or self._image is None:
            return
        from acechat.screens.preview import preview_of

        shown = preview_of(self._shown[at], self._image)
        if isinstance(shown, str):
            self.query_one(Reason).show(shown)
        else:
            self.app.push_screen(shown)

    def action_undo(self) -> None:
        """Take the last change back."""
        if self._undo:
            self._references = self._undo.pop()
            self._show(self._at or 0)

    def leave(self) -> None:
        """Close with the list as it is; what was begun in the input is left first."""
        if self._uploading is not None:
            self._uploading.cancel()
        elif self._editing is not None:
            self._end_edit()
            self.action_to_list()
        elif self.query_one(LineInput).value:
            self.query_one(LineInput).value = ""
        elif self._references == self._before:
            self.dismiss(None)
        else:
            self.dismiss(ReferencesChoice(self._references))

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_submit()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one(Reason).show("")

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_edit()

    def _end_edit(self) -> None:
        self._editing = None
        self.query_one(LineInput).value = ""
        self._show_note()
        self.call_later(self._show_hints)

    def _change(self, references: tuple[str, ...] | None, at: int) -> None:
        self._undo.append(self._references)
        self._references = references
        self._show(at)

    def _show_note(self) -> None:
        self.note("as default" if self._references is None and self._default is not None else "")

    def _show(self, at: int) -> None:
        urls = self._shown
        listed = self.query_one(Rows)
        known = [self._known(url) for url in urls]
        # Before the URL: one that is longer than the row would push it out of sight.
        width = min(max(map(len, known), default=0), _KNOWN_WIDTH)
        listed.set_options(
            Row(
                str(place),
                (f"{self._kind(url):<{_KIND_WIDTH}}", MUTED),
                (f"{known[place]:<{width}}  " if width else "", MUTED),
                (clean_line(url), MUTED if self._references is None else ""),
            )
            for place, url in enumerate(urls)
        )
        if not urls:
            listed.add_option(Option(Content("no references"), disabled=True))
        listed.can_focus = bool(urls)
        listed.highlighted = min(max(at, 0), len(urls) - 1) if urls else None
        self._show_note()

    def _kind(self, url: str) -> str:
        seen = self._seen.get(url)
        return (seen.kind if seen is not None else "") or Reference(url).kind

    def _known(self, url: str) -> str:
        """What is known of a URL beside its kind: its size, and whether it answers."""
        seen = self._seen.get(url)
        size = seen.size if seen is not None else None
        words = [] if size is None else [size_words(size)]
        if url in self._asked:
            words.append("asking …")
        elif seen is not None and seen.words:
            words.append(clean_line(seen.words))
        return " · ".join(words)
