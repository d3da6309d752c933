"""The application: it builds everything, opens and closes it."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import traceback
from collections.abc import Mapping
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ScreenStackError
from textual.css.query import NoMatches
from textual.widget import MountError
from textual.worker import WorkerFailed

from acechat.bindings import bindings_for, keymap_of
from acechat.clean import clean_line
from acechat.errors import StoreError
from acechat.exchanging import ExchangingApp
from acechat.keeping import keep_backed_up, tell_how_it_was_found
from acechat.logfile import hide, start_log
from acechat.paths import Paths
from acechat.screens.chat import ChatScreen
from acechat.settings_file import LoadedSettings
from acechat.start import ScreenOptions
from acechat.stylesheets import first_sheets, later_sheets, second_sheets
from acechat.themes import THEMES
from acechat.threads import PatientThreads
from acechat.tokens import VARIABLES

GC_THRESHOLDS = (10_000, 5, 200)
"""New objects, and younger collections, between collections; Python's own are 700, 10, 10.

Looking through so many new objects takes 3 ms, and five times that at every sixth time; 20 times
as many, 30 ms on a fast machine and 80 on a slow one, were felt under the fingers.
"""

if TYPE_CHECKING:
    from textual.screen import Screen

    from acechat.clipboard import CopyResult

LATER = (
    "acechat.store.temporary",
    "acechat.services.temporary",
    "acechat.screens.shelf",
    "acechat.screens.turns",
    "acechat.widgets.transcript",
)
"""What is needed to show the conversations, in the order in which it is loaded after the prompt."""

LATEST = ("acechat.services.chat", "acechat.client.api", "acechat.connection")
"""What is needed to ask."""

LEAVING_SECONDS = 0.2
"""How long quitting waits, twice, for running answers to be stored; it takes milliseconds."""

MANUAL = "The manual is in the folder docs, and the model guide answers from it."

log = logging.getLogger(__name__)


class ChatApp(ExchangingApp):
    """acechat, full screen."""

    CSS_PATH = [*first_sheets()]
    TITLE = "acechat"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = bindings_for("anywhere", prefix="app.")

    def __init__(
        self,
        options: ScreenOptions,
        loaded: LoadedSettings,
        paths: Paths,
        environ: Mapping[str, str],
    ) -> None:
        super().__init__(options, loaded, paths, environ)
        for theme in THEMES:
            self.register_theme(theme)
        self.put_on_first(self.settings)
        self.chat_screen = ChatScreen(
            self.settings, self.copier, look_again=self.look_again, model=options.model
        )

    def get_default_screen(self) -> Screen[None]:
        """Begin on the chat screen: there is no other one under it that would be painted first."""
        self.chat_screen.begin_with(self.size)
        return self.chat_screen

    # Opening.

    async def on_mount(self) -> None:
        """Paint first; read the store and find who answers after that."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(PatientThreads())
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            loop.add_signal_handler(number, self._told_to_leave)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        for sheet in second_sheets():
            self.stylesheet.read(sheet)
        self.run_worker(self._open_store, group="store")

    async def _open_store(self) -> None:
        screen = self.chat_screen
        # On a thread: keys are echoed while code is loaded.
        await asyncio.to_thread(_load, LATER)
        from acechat.services.temporary import LibraryWithTemporary
        from acechat.store.temporary import StoreWithTemporary

        try:
            self._store = await StoreWithTemporary.open(self._paths.store)
            await screen.opened(
                LibraryWithTemporary(self._store),
                start=self._options.conversation,
                newest=self._options.continue_newest,
            )
        except StoreError as error:
            self.exit(2, return_code=2, message=_last_words(f"acechat: {error}"))
            return
        for warning in self.loaded.warnings:
            screen.say(warning, seconds=6.0)
        tell_how_it_was_found(self._store, screen)
        self.tell_mistakes(anew=True)
        self.run_worker(self._read_later_sheets, group="sheets")
        await asyncio.to_thread(_load, LATEST)
        await self.reconnect()
        self.run_worker(partial(keep_backed_up, self._store, screen), group="backup")
        self.run_worker(self.sync_at_start, group="sync")
        from acechat.markdown.inline import load_parser

        await asyncio.to_thread(load_parser)
        # What is loaded by now stays until the end: the collector need not look at it again, and
        # a full collection in mid-stream becomes rare.
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
        gc.enable()

    async def _read_later_sheets(self) -> None:
        """Read the sheets of the dialogs one by one, so that none is waited for when it opens."""
        for sheet in later_sheets():
            self.stylesheet.read(sheet)
            self.stylesheet.parse()
            await asyncio.sleep(0)

    # Actions of the table of commands.

    def action_settings(self, section: str = "") -> None:
        """Open the settings, where none is named on what helps against the last failure."""
        section = section or self.chat_screen.turns.helpful_setting
        if self.settings_screen is None:
            show = partial(self.show_settings, section)
            self.run_worker(show, group="settings", exclusive=True)

    def action_help(self) -> None:
        """Show the keys."""
        from acechat.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(
                HelpScreen(keymap_of(self.settings.send_key, self.settings.keys), MANUAL)
            )

    def action_palette(self) -> None:
        """Pick from all commands, or leave that: its key is its own way back."""
        from acechat.screens.palette import Palette, pick_command

        if isinstance(self.screen, Palette):
            self.screen.action_leave()
        else:
            self.run_worker(pick_command(self, self.settings.keys), group="palette", exclusive=True)

    def action_redraw(self) -> None:
        """Draw everything again."""
        self.refresh(layout=True)

    async def action_quit(self) -> None:
        """Keep what is running and what is typed, and leave."""
        leaving = asyncio.ensure_future(self.chat_screen.leave())
        done, _ = await asyncio.wait({leaving}, timeout=LEAVING_SECONDS)
        if not done and self._store is not None:
            # Where another program holds the file, that is not waited for.
            self._store.hurry()
            done, _ = await asyncio.wait({leaving}, timeout=LEAVING_SECONDS)
        unkept = leaving.result() if done else "leaving took too long, so something may be lost"
        if self._store is not None and self._store.unkept_drafts:
            unkept = f"what was typed could not be kept: {self._store.refusal}"
        self.exit(0, message=_last_words(f"acechat: {unkept}") if unkept else None)

    def _told_to_leave(self) -> None:
        self.run_worker(self.action_quit, group="quit", exclusive=True)

    # The clipboard.

    async def copier(self, text: str) -> CopyResult:
        """Copy through the terminal and the system's own clipboard, where each can work."""
        from acechat.clipboard import copy

        return await copy(text, write_osc52=super().copy_to_clipboard, environ=self._environ)

    def copy_to_clipboard(self, text: str) -> None:
        """Serve the text fields, which copy without waiting."""
        self.run_worker(self.copier(text), group="copy")

    # The end.

    async def on_unmount(self) -> None:
        """Close what was opened."""
        for worker in (workers := list(self.workers)):
            worker.cancel()
        # A worker may be starting the embedded server: it must have the time to end it.
        await asyncio.gather(*(worker.wait() for worker in workers), return_exceptions=True)
        await self.close_connections()
        if self._store is not None:
            await self._store.close()

    def _handle_exception(self, error: Exception) -> None:
        """Take nothing for a defect that only misses what is being taken down.

        A dialog that is still being built when the program ends finds its own parts gone.
        """
        if self._exit and isinstance(error, (NoMatches, MountError, ScreenStackError)):
            log.info("missed while leaving: %s", error)
        else:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Say one sentence instead of Textual's report, which shows local variables."""
        error: BaseException | None = self._exception
        if isinstance(error, WorkerFailed):
            error = error.error
        if self._chat is not None:
            self._chat.is_failing = True
        # Libraries put what they were given into their messages, a header with the token too; the
        # log masks it.
        log.critical("the program failed\n%s", "".join(traceback.format_exception(error)))
        self._exit_renderables.append(
            _last_words(f"acechat failed; what happened is in {self._paths.log}")
        )
        self._close_messages_no_wait()


def _last_words(sentence: str) -> Text:
    """Return what is said when the screen is gone; names of files are in it."""
    return Text(clean_line(sentence))


def _load(modules: tuple[str, ...]) -> None:
    for name in modules:
        import_module(name)


def run(
    options: ScreenOptions, loaded: LoadedSettings, paths: Paths, environ: Mapping[str, str]
) -> int:
    """Run the full screen until the user leaves; return the exit code."""
    start_log(paths)
    for name in VARIABLES:
        hide(environ.get(name, "").strip())
    app = ChatApp(options, loaded, paths, environ)
    result = app.run(mouse=loaded.settings.mouse)
    return app.return_code or result or 0
