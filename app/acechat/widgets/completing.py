"""The part of the prompt that offers what the text may become: `/` words, paths, a pasted file."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from textual.message import Message
from textual.widget import Widget

from acechat.mentions import Typed, typed_before
from acechat.widgets.steady import SteadyTextArea
from acechat.widgets.suggestions import Suggestion, Suggestions, suggested


class Completing(SteadyTextArea, inherit_bindings=False):
    """A text area with suggestions above it. Their keys are its own."""

    class PathTyped(Message):
        """A path is being typed; `offer_paths` shows what it may become."""

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path
            """As far as it is typed."""

    class FileTaken(Message):
        """The file whose path was pasted shall be attached; the path has left the text."""

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path
            """As it was pasted."""

    def __init__(self, *, placeholder: str, id: str | None) -> None:
        super().__init__(placeholder=placeholder, highlight_cursor_line=False, id=id)
        self.chosen_paths: set[str] = set()
        """The paths that were chosen from the list, as they stand in the text."""
        self._suggestions = Suggestions(self._complete)
        self._arguments: Mapping[str, Sequence[str]] = {}
        self._dismissed: str | None = None

    @abstractmethod
    def action_send(self) -> None:
        """Send what is written."""

    def set_arguments(self, arguments: Mapping[str, Sequence[str]]) -> None:
        """Take what may follow a `/` command, by its name: models, presets, themes."""
        self._arguments = arguments

    def offer_paths(self, path: str, paths: Sequence[str]) -> None:
        """Show what a path that is being typed may become, unless it has changed meanwhile."""
        typed = self._typed_path()
        if typed is None or typed.path != path or self.text == self._dismissed:
            return
        self._list(
            [
                Suggestion(typed.completed(each), each, replaces=typed.length, path=each)
                for each in paths
                # What is whole already is not offered.
                if each != path
            ]
        )

    def offer_file(self, pasted: str, name: str, summary: str) -> None:
        """Offer to attach the file whose path was just pasted, unless something else was typed."""
        if self._before_cursor().endswith(pasted) and self.has_focus:
            self._list([Suggestion("", name, summary, replaces=len(pasted), uploads=pasted)])

    def _before_cursor(self) -> str:
        row, column = self.cursor_location
        return self.document[row][:column]

    def _typed_path(self) -> Typed | None:
        if not self.has_focus or not self.selection.is_empty:
            return None
        typed = typed_before(self._before_cursor())
        # A command has the prompt for itself.
        whole = typed is not None and (typed.is_mention or "\n" not in self.text)
        return typed if whole else None

    def _suggest(self) -> None:
        if self.text == self._dismissed:
            return
        self._dismissed = None
        candidates = suggested(self.text, self._arguments) if self.has_focus else ()
        typed = None if candidates else self._typed_path()
        if typed is not None and typed.path:
            # What is listed stays until it is known what fits now.
            self.post_message(self.PathTyped(typed.path))
        else:
            self._list(candidates)

    def _list(self, suggestions: Sequence[Suggestion]) -> None:
        if suggestions and not self._suggestions.is_attached:
            # The list lies over what is above the prompt, so it is mounted beside it.
            assert isinstance(self.parent, Widget)
            self.parent.mount(self._suggestions, before=self)
        self._suggestions.show(suggestions, self.region.y)

    def _use_suggestions(self, key: str) -> bool:
        """Do what `key` does to the open list; return whether it does anything."""
        suggestions = self._suggestions
        if not suggestions.opened:
            return False
        if key == "up":
            suggestions.action_cursor_up()
        elif key == "down":
            suggestions.action_cursor_down()
        elif key == "tab":
            self._complete()
        elif key == "escape":
            self._dismissed = self.text
            suggestions.close()
        elif key == "enter":
            return self._enter_suggestion()
        else:
            return False
        return True

    def _enter_suggestion(self) -> bool:
        """Complete; a command that is whole is called at once by the same Enter.

        Where nobody has chosen from a list of files, Enter sends what is written.
        """
        current = self._suggestions.current
        if current is None:
            return False
        if current.replaces:
            self._complete()
            return True
        whole = current.completion.strip() == self.text.strip()
        if not whole:
            self._complete()
        if whole or not current.completion.endswith(" "):
            self.action_send()
        return True

    def _complete(self) -> None:
        current = self._suggestions.current or self._suggestions.first
        if current is None:
            return
        if current.replaces:
            self._put(current)
        else:
            self.load_text(current.completion)
            self.move_cursor(self.document.end)
            self.scroll_cursor_visible()
            self._suggest()
        self.focus()

    def _put(self, current: Suggestion) -> None:
        """Put what was chosen in the place of what was typed, or pasted, before the cursor."""
        row, column = self.cursor_location
        completion = current.completion
        if current.path:
            self.chosen_paths.add(current.path)
        if current.path and not current.path.endswith("/"):
            completion += " "
        elif completion.endswith('"'):
            # The folder is not the end of it.
            completion = completion[:-1]
        start = (row, column - current.replaces)
        self.replace(completion, start, (row, column), maintain_selection_offset=False)
        self.scroll_cursor_visible()
        self._suggestions.close()
        if current.uploads:
            self.post_message(self.FileTaken(current.uploads))

    def on_blur(self) -> None:
        """Close the suggestions: their keys are the prompt's."""
        self._suggestions.close()
