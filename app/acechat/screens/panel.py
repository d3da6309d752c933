"""The look that all panels share: centred, a title, a body, and a line of keys at the bottom."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Generic, Self, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets._option_list import OptionListContent
from textual.widgets.option_list import Option

from acechat.clean import clean, clean_line
from acechat.screens.dialog import Dialog

ResultT = TypeVar("ResultT")

MUTED = ".rows--muted"
"""The style of what only explains, in a row."""

MATCHED = ".rows--matched"
"""The style of the letters that fit what was typed."""

COLUMNS = [(0, "-narrow"), (60, "-wide")]
"""Below 60 columns a panel takes the whole width."""

LINES = [(0, "-flat"), (20, "-low"), (30, "-high")]
"""Lists and texts grow with the height of the terminal, in three steps."""

_LIT = {MATCHED: "bold underline"}


@dataclass(frozen=True, slots=True)
class Hint:
    """A key that works here, for the line at the bottom."""

    key: str
    """As users write it."""
    word: str
    """What it does, in one or two words."""
    action: str = ""
    """The action, of the screen where nothing else is named, that a click on it carries out."""


class KeyLine(Widget):
    """The keys that work on a screen; a click on one does what the key does."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-line--word"}
    GAP = "  "
    """What stands between two keys."""

    def __init__(self, *hints: Hint) -> None:
        super().__init__()
        self._hints = hints
        # The keys are no links to the eye.
        self.auto_links = False

    def show(self, *hints: Hint) -> None:
        """Show other keys."""
        if hints != self._hints:
            self._hints = hints
            self.refresh(layout=True)

    def render(self) -> Content:
        """All keys, on as many lines as they need."""
        return Content("\n").join(
            Content(self.GAP).join(map(self._shown, line)) for line in self._lines(self.size.width)
        )

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the keys need."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[list[Hint]]:
        """Share the hints out to lines; a line breaks between them only."""
        lines: list[list[Hint]] = [[]]
        room = width
        for hint in self._hints:
            length = self._shown(hint).cell_length
            if lines[-1] and length > room:
                lines.append([])
                room = width
            lines[-1].append(hint)
            room -= length + len(self.GAP)
        return lines

    @staticmethod
    def _shown(hint: Hint) -> Content:
        shown = Content.assemble(f"{hint.key} ", (hint.word, ".key-line--word"))
        if not hint.action:
            return shown
        action = hint.action if "." in hint.action else f"screen.{hint.action}"
        return shown.stylize(Style.from_meta({"@click": action}))


class LineInput(Input):
    """One line to type in. What comes in from outside is cleaned before it can be shown."""

    virtual_size = Reactive(Size(0, 0), repaint=False)
    """How long the text is. A longer text moves no other widget: nothing is laid out anew."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        password: bool = False,
        id: str | None = None,
    ) -> None:
        # A selection that appears when the focus comes would be a second way to show the focus.
        super().__init__(
            clean(value),
            placeholder=clean_line(placeholder),
            password=password,
            id=id,
            select_on_focus=False,
            compact=True,
        )

    def validate_value(self, value: str) -> str:
        """Clean what was typed, pasted or set."""
        return clean(value).replace("\n", " ").replace("\t", " ")


class Row(Option):
    """A line of a list. Its colours go while the cursor is on it: they would not show there."""

    def __init__(self, id: str, *parts: tuple[str, str], lit: bool = False) -> None:
        """Make a row of texts and their styles, `lit` where the cursor will be on it."""
        self.plain = Content.assemble(*parts)
        """As it is while the cursor is elsewhere."""
        self.lit = Content.assemble(*((text, _LIT.get(style, "")) for text, style in parts))
        """As it is while the cursor is on it."""
        super().__init__(self.lit if lit else self.plain, id)


class Rows(OptionList):
    """A list of rows with a cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--matched", "rows--muted"}

    virtual_size = Reactive(Size(0, 0), repaint=False)
    """How long the list is. Where its height follows from that, adding rows lays all out anew."""

    auto_links = Reactive(default=False)
    """No row holds a link: looking for one would be a sixth of drawing it."""

    def __init__(self) -> None:
        super().__init__(markup=False, compact=True)

    def set_options(self, options: Iterable[OptionListContent]) -> Self:
        """Show other rows; where there are none, Textual would go on to show the old ones."""
        super().set_options(options)
        return self if self.option_count else self.refresh(layout=True)

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Light the row under the cursor, and no other."""
        self._light(highlighted)
        super().watch_highlighted(highlighted)

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.call_after_refresh(self.scroll_to_highlight)

    def watch_has_focus(self, has_focus: bool) -> None:  # noqa: FBT001
        """Show the cursor while the keyboard is here."""
        super().watch_has_focus(has_focus)
        self._light(self.highlighted)

    def _light(self, at: int | None) -> None:
        # A list that cannot have the focus is moved from elsewhere: its cursor always shows.
        if self.can_focus and not self.has_focus:
            at = None
        for index, option in enumerate(self.options):
            if isinstance(option, Row):
                wanted = option.lit if index == at else option.plain
                if option.prompt is not wanted:
                    self.replace_option_prompt_at_index(index, wanted)


class Reason(Static):
    """Why something was refused; takes no room while there is nothing to say."""

    def __init__(self) -> None:
        super().__init__(markup=False)

    def show(self, reason: str) -> None:
        """Show `reason`; an empty one hides the line."""
        self.update(Content(clean_line(reason)))
        self.set_class(bool(reason), "-wrong")


class Panel(Dialog[ResultT], Generic[ResultT]):
    """A panel in the middle of the screen. Escape, or a click outside, leaves it."""

    HORIZONTAL_BREAKPOINTS = COLUMNS
    VERTICAL_BREAKPOINTS = LINES

    def __init__(self, title: str, note: str = "") -> None:
        super().__init__()
        self._panel_title = clean_line(title)
        self._note = clean_line(note)

    def compose(self) -> ComposeResult:
        """Title, body, keys."""
        with Vertical(id="panel"):
            with Horizontal(id="panel-head"):
                yield Static(Content(self._panel_title), id="panel-title")
                yield Static(Content(self._note), id="panel-note")
            yield from self.body()
            yield KeyLine(*self.hints())

    @abstractmethod
    def body(self) -> Iterator[Widget]:
        """Yield what stands between the title and the keys."""

    def hints(self) -> tuple[Hint, ...]:
        """Return the keys for the bottom line."""
        return (Hint("esc", "leave", "screen.leave"),)

    def note(self, text: str) -> None:
        """Show `text`, muted, at the right of the title."""
        self.query_one("#panel-note", Static).update(Content(clean_line(text)))

    def on_click(self, event: events.Click) -> None:
        """Leave on a click beside the panel."""
        if event.widget is self:
            self.action_leave()


class ListPanel(Panel[ResultT], Generic[ResultT]):
    """A panel whose list is moved while its input keeps the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move('cursor_up')", show=False),
        Binding("down", "move('cursor_down')", show=False),
        Binding("pageup", "move('page_up')", show=False),
        Binding("pagedown", "move('page_down')", show=False),
    ]

    def action_move(self, action: str) -> None:
        """Move in the list: by a row or a page, up or down."""
        rows = self.query_one(Rows)
        {
            "cursor_up": rows.action_cursor_up,
            "cursor_down": rows.action_cursor_down,
            "page_up": rows.action_page_up,
            "page_down": rows.action_page_down,
        }[action]()
