"""What the keys, the palette and the `/` words of the chat screen do."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from textual import on
from textual.reactive import reactive

from acechat.models import Conversation
from acechat.screens.parts import Parts
from acechat.widgets.host import host_of
from acechat.widgets.sidebar import Sidebar
from acechat.widgets.status import StatusLine

if TYPE_CHECKING:
    from acechat.widgets.completing import Completing
    from acechat.widgets.find_line import FindLine
    from acechat.widgets.finding_view import FindingView
    from acechat.widgets.prompt import Prompt

QUIT_SECONDS = 2.0
"""A second ctrl+c within this time quits."""


class CommandActions(Parts):
    """The actions that the table of commands names, and what the sidebar asks for."""

    _quit_asked = float("-inf")

    conversation: reactive[Conversation] = reactive(Conversation(id=""), init=False)
    """The open conversation; a new one is stored with its first question."""

    @property
    @abstractmethod
    def is_open(self) -> bool:
        """Whether the store has been read."""

    @abstractmethod
    async def open_new(self) -> None:
        """Show a new, empty conversation."""

    @abstractmethod
    async def open_conversation(self, conversation_id: str) -> bool:
        """Show a kept conversation; return whether that was done."""

    @abstractmethod
    def background(
        self, work: Coroutine[None, None, object], group: str, *, exclusive: bool = False
    ) -> None:
        """Carry out work on the store without holding up keys."""

    @abstractmethod
    def say(self, sentence: str, *, severity: str = "information", seconds: float = 2.0) -> None:
        """Show one line for what has no place in the transcript."""

    @contextmanager
    def lend_terminal(self) -> Generator[None]:
        """Give the terminal to another program; nothing may be awaited or raised meanwhile."""
        program = host_of(self)
        with program.batch_update(), program.suspend():
            yield

    # Actions.

    def action_new(self) -> None:
        """Start a new conversation."""
        if self.is_open:
            self.background(self.open_new(), "open", exclusive=True)

    def action_temporary(self) -> None:
        """Start a conversation of which nothing is kept."""
        if self.is_open:
            self.background(self.temporary.begin(), "open", exclusive=True)

    def action_keep_temporary(self) -> None:
        """Keep the temporary conversation."""
        if self.is_open:
            self.background(self.temporary.keep(), "open", exclusive=True)

    def action_stop(self) -> None:
        """Close what lies over the conversation, else stop its answer."""
        if self.has_class("-sidebar-over"):
            self.remove_class("-sidebar-over")
            self.prompt.focus()
        elif not self.prompt.has_focus and self._close_reading():
            self.transcript.focus()
        elif not (
            self.turns.stop(self.conversation.id)
            or self.attaching.leave()
            or self.lines.leave_editing()
            or self.comparing.leave()
        ):
            self.prompt.focus()

    def _close_reading(self) -> bool:
        """Close what was begun in the transcript; False where nothing was."""
        if self.within.close():
            return True
        return not self.has_class("-empty") and self.transcript.unchoose()

    def action_again(self) -> None:
        """Send the question again, for another version of its answer."""
        self.turns.again()

    def action_again_with(self) -> None:
        """The same, and ask a model that is picked, this once."""
        self.lines.again_with()

    def action_edit(self) -> None:
        """Edit a question and send it again."""
        self.lines.edit()

    def action_version(self, step: int) -> None:
        """Show the version of a message before this one, or the one after it."""
        self.lines.switch(step)

    def action_branch(self) -> None:
        """Open a new conversation that begins with all up to a message."""
        self.lines.branch()

    def action_branches(self) -> None:
        """Go to where this conversation branched off, or to one of its branches."""
        if self.is_open:
            self.lines.jump()

    def action_rebuild(self) -> None:
        """Go on in a new server conversation that carries the transcript."""
        self.turns.again(rebuild=True)

    def action_interrupt(self) -> None:
        """Copy the selection, else stop, twice quit."""
        chosen = self.prompt.selected_text
        if not chosen and len(self.selections) == 1 and self.transcript in self.selections:
            # It may be a whole book.
            self.copying.selection()
        elif chosen := chosen or self.get_selected_text():
            self.copying.text(chosen, "selection")
            self.clear_selection()
        elif not self.turns.stop(self.conversation.id):
            self._quit_if_asked_twice()

    def _quit_if_asked_twice(self) -> None:
        now = time.monotonic()
        if now - self._quit_asked <= QUIT_SECONDS:
            self.run_worker(self.run_action("app.quit"), group="quit")
        else:
            self._quit_asked = now
            self.say(f"{self.key_of('chat.interrupt')} again quits")

    def action_sidebar(self) -> None:
        """Show or hide the list of conversations."""
        name = "-sidebar" if self.has_class("-wide") else "-sidebar-over"
        self.toggle_class(name)
        if self.has_class(name):
            self.sidebar.focus_list()
        else:
            self.prompt.focus()

    def action_page_up(self) -> None:
        """Read a page up, wherever the focus is."""
        self.transcript.page(-1)

    def action_page_down(self) -> None:
        """Read a page down, wherever the focus is."""
        self.transcript.page(1)

    def action_model(self) -> None:
        """Pick the model of the next question."""
        self.choosing.model()

    def action_compare(self) -> None:
        """Ask several models at once, and compare their answers."""
        if self.is_open:
            self.comparing.compare()

    def action_preset(self) -> None:
        """Pick the preset of this conversation."""
        self.choosing.preset()

    def action_references(self) -> None:
        """Edit the references of this conversation."""
        self.choosing.references()

    def action_search(self) -> None:
        """Find words in all conversations."""
        if self.is_open:
            self.background(self.finding.find(), "dialog")

    def action_archive_conversation(self) -> None:
        """Archive the open conversation, or bring it back to the list."""
        if self.is_open:
            self.background(self.shelf.archive(self.conversation.id), "shelf")

    def action_delete_older(self) -> None:
        """Delete all conversations that are older than a date."""
        if self.is_open:
            self.background(self.shelf.delete_older(), "dialog")

    def action_statistics(self) -> None:
        """Show how much was asked, and how long the answers took."""
        if self.is_open:
            self.background(self.shelf.show_usage(), "dialog")

    def action_editor(self) -> None:
        """Edit the question in the user's editor."""
        from acechat.screens.outside import EditorError, edited

        if self.conversation.temporary:
            self.say("an editor would put the text on disk, and nothing of this is kept")
            return
        if self.turns.streaming:
            self.say("an answer is still arriving; the editor opens once it is over")
            return
        try:
            self.prompt.load(edited(self.prompt.draft, self.lend_terminal))
        except EditorError as error:
            self.say(str(error), severity="error")
        self.prompt.focus()

    def action_copy_answer(self) -> None:
        """Copy the last answer."""
        self.copying.answer()

    def action_copy_message(self) -> None:
        """Copy the message that the keyboard is on."""
        self.copying.message()

    def action_copy_code(self) -> None:
        """Copy a block of code."""
        self.copying.code()

    def action_copy_conversation(self) -> None:
        """Copy the whole conversation as Markdown."""
        self.copying.conversation()

    def action_save_conversation(self) -> None:
        """Save the conversation, or all of them, to a file."""
        if self.is_open:
            self.background(self.copying.save(), "dialog")

    def action_open_link(self) -> None:
        """Open a link of the message."""
        self.copying.link()

    async def action_find(self) -> None:
        """Find words in this conversation."""
        await self.within.open()

    def action_find_next(self, step: int) -> None:
        """Go to the next place where the words are, or for -1 to the one before."""
        self.within.step(step)

    # Messages of the widgets; of those that come later, by their names.

    def on_find_line_typed(self, event: FindLine.Typed) -> None:
        """Find other words."""
        self.within.mark(event.text)

    def on_find_line_stepped(self, event: FindLine.Stepped) -> None:
        """Show the next place while words are being typed."""
        self.within.step(event.step)

    def on_find_line_taken(self) -> None:
        """Go on in the text."""
        self.transcript.focus()

    def on_finding_view_told(self, event: FindingView.Told) -> None:
        """Say how often the words are there."""
        self.within.tell(event.tally)

    def on_completing_path_typed(self, event: Completing.PathTyped) -> None:
        """Look for what the path may become."""
        self.background(self.attaching.offer_paths(event.path), "paths", exclusive=True)

    def on_completing_file_taken(self, event: Completing.FileTaken) -> None:
        """Attach what was pasted."""
        self.background(self.attaching.add_pasted(event.path), "attach")

    def on_prompt_path_pasted(self, event: Prompt.PathPasted) -> None:
        """Look whether it is a file."""
        self.background(self.attaching.offer_pasted(event.text), "paths", exclusive=True)

    def on_prompt_erased_nothing(self) -> None:
        """Leave out what was attached last."""
        self.attaching.leave_last()

    @on(Sidebar.Opened)
    def _open_requested(self, event: Sidebar.Opened) -> None:
        self.open_listed(event.conversation_id)

    def open_listed(self, conversation_id: str) -> None:
        """Open a conversation of the list, or go on in it where it is open already."""
        if conversation_id == self.conversation.id:
            self.prompt.focus()
        else:
            self.background(self.open_conversation(conversation_id), "open", exclusive=True)

    @on(Sidebar.FilterChanged)
    def _filter_changed(self, event: Sidebar.FilterChanged) -> None:
        self.background(self.shelf.filter(event.text), "shelf", exclusive=True)

    @on(Sidebar.FilterTaken)
    def _filter_taken(self, event: Sidebar.FilterTaken) -> None:
        self.background(self.shelf.open_filtered(event.text), "shelf", exclusive=True)

    @on(Sidebar.EndReached)
    def _end_reached(self) -> None:
        self.background(self.shelf.more(), "shelf")

    @on(Sidebar.RenameRequested)
    def _rename_requested(self, event: Sidebar.RenameRequested) -> None:
        self.background(self.shelf.rename(event.conversation_id), "dialog")

    @on(Sidebar.PinRequested)
    def _pin_requested(self, event: Sidebar.PinRequested) -> None:
        self.background(self.shelf.pin(event.conversation_id), "shelf")

    @on(Sidebar.ArchiveRequested)
    def _archive_requested(self, event: Sidebar.ArchiveRequested) -> None:
        self.background(self.shelf.archive(*event.conversation_ids), "shelf")

    @on(Sidebar.DeleteRequested)
    def _delete_requested(self, event: Sidebar.DeleteRequested) -> None:
        self.background(self.shelf.delete(*event.conversation_ids), "dialog")

    @on(Sidebar.UndoRequested)
    def _undo_requested(self) -> None:
        self.background(self.shelf.undo(), "shelf")

    @on(Sidebar.NewRequested)
    def _new_requested(self) -> None:
        self.action_new()

    @on(StatusLine.Pressed)
    def _hint_pressed(self, event: StatusLine.Pressed) -> None:
        """Do where the focus is what the key of the hint does there."""
        program = host_of(self)
        # A key that comes from here would go up no further than here, past the bindings in force.
        program.call_later(program.simulate_key, event.key)
