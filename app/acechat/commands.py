"""The one table of commands: keys, footer, help screen and palette are all made from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from acechat.key_names import AMBIGUOUS, MODIFIERS, SPECIAL_KEYS, TYPED_KEYS, split_keys

Place = Literal["anywhere", "prompt", "transcript", "compare", "sidebar"]
"""Where the focus must be for a command's key to work."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something the user can do."""

    id: str
    """The name in the settings file."""
    keys: str
    """The default keys, separated by commas, as Textual names them; empty: palette only."""
    title: str
    """What it does, in a few lower-case words: footer, help, palette."""
    place: Place
    action: str
    """The action of the screen that carries it out."""
    hint: str = ""
    """The shorter title of the footer; a command without one is not in the footer."""
    shown_key: str = ""
    """How help and footer write the key where Textual's name for it would not do."""


COMMANDS: tuple[Command, ...] = (
    Command("chat.send", "enter", "send the question", "prompt", "send", "send", "⏎"),
    Command(
        "chat.newline", "ctrl+j,shift+enter,alt+enter", "new line", "prompt", "newline", "newline"
    ),
    Command(
        "chat.stop",
        "escape",
        "stop the answer, or close what is open",
        "anywhere",
        "stop",
        "stop",
        "esc",
    ),
    Command("chat.again", "f5", "send the question again", "anywhere", "again"),
    Command("chat.rebuild", "f8", "go on in a new server conversation", "anywhere", "rebuild"),
    Command(
        "chat.branches",
        "",
        "go to where this conversation branched off, or to a branch",
        "anywhere",
        "branches",
    ),
    Command("chat.new", "ctrl+n", "new conversation", "anywhere", "new", "new"),
    Command(
        "chat.temporary",
        "alt+n,f10",
        "a conversation of which nothing is kept",
        "anywhere",
        "temporary",
    ),
    Command("chat.keep", "", "keep this temporary conversation", "anywhere", "keep_temporary"),
    Command("chat.search", "ctrl+f", "find in all conversations", "anywhere", "search"),
    Command("chat.editor", "ctrl+g", "edit the question in $EDITOR", "anywhere", "editor"),
    Command("chat.model", "f4,ctrl+o", "switch the model", "anywhere", "model", "model"),
    Command("chat.compare", "f9", "ask several models at once and compare", "anywhere", "compare"),
    Command("chat.preset", "f6", "choose the preset of this conversation", "anywhere", "preset"),
    Command("chat.references", "f7", "references of this conversation", "anywhere", "references"),
    Command("copy.answer", "ctrl+y", "copy the last answer", "anywhere", "copy_answer"),
    Command(
        "copy.conversation",
        "",
        "copy the conversation as Markdown",
        "anywhere",
        "copy_conversation",
    ),
    Command("copy.save", "", "save the conversation to a file", "anywhere", "save_conversation"),
    Command(
        "chat.interrupt",
        "ctrl+c",
        "copy the selection, else stop, twice to quit",
        "anywhere",
        "interrupt",
    ),
    Command("chat.sidebar", "f3,ctrl+b", "show or hide the conversations", "anywhere", "sidebar"),
    Command("app.settings", "f2", "settings", "anywhere", "settings", "settings"),
    Command("app.palette", "ctrl+p", "all commands", "anywhere", "palette", "commands"),
    Command("app.help", "f1", "help", "anywhere", "help", "help"),
    Command(
        "chat.archive",
        "",
        "archive this conversation, or bring it back to the list",
        "anywhere",
        "archive_conversation",
    ),
    Command(
        "chat.delete_older",
        "",
        "delete all conversations that are older than a date",
        "anywhere",
        "delete_older",
    ),
    Command("chat.statistics", "", "statistics", "anywhere", "statistics"),
    Command("app.sync", "", "exchange conversations with other machines", "anywhere", "sync"),
    Command("app.import", "", "bring in conversations from a file", "anywhere", "import"),
    Command("app.theme", "", "switch the theme", "anywhere", "theme"),
    Command(
        "app.mouse", "", "give the mouse to the terminal, or take it back", "anywhere", "mouse"
    ),
    Command("app.suspend", "ctrl+z", "suspend: fg in the shell goes on", "anywhere", "suspend"),
    Command("app.redraw", "ctrl+l", "draw the screen again", "anywhere", "redraw"),
    Command("app.quit", "ctrl+q", "quit", "anywhere", "quit"),
    Command(
        "transcript.previous", "up,k", "message before", "transcript", "previous", "message", "↑↓"
    ),
    Command("transcript.next", "down,j", "message after", "transcript", "next"),
    Command("transcript.page_up", "pageup", "a page up", "anywhere", "page_up"),
    Command("transcript.page_down", "pagedown", "a page down", "anywhere", "page_down"),
    Command("transcript.first", "g,home", "first message", "transcript", "first"),
    Command("transcript.last", "G,end", "last message, and follow", "transcript", "last", "end"),
    Command(
        "transcript.copy", "y", "copy the message", "transcript", "screen.copy_message", "copy"
    ),
    Command("transcript.choose", "v", "choose several messages", "transcript", "choose"),
    Command(
        "transcript.choose_previous",
        "shift+up,K",
        "choose the message before, too",
        "transcript",
        "choose_previous",
    ),
    Command(
        "transcript.choose_next",
        "shift+down,J",
        "choose the message after, too",
        "transcript",
        "choose_next",
    ),
    Command(
        "transcript.code",
        "c",
        "copy a block of code",
        "transcript",
        "screen.copy_code",
        "copy code",
    ),
    Command("transcript.wrap", "w", "wrap long lines of code, or not", "transcript", "wrap"),
    Command(
        "transcript.code_left",
        "h,less_than_sign,shift+left",
        "code: further left",
        "transcript",
        "code_left",
    ),
    Command(
        "transcript.code_right",
        "l,greater_than_sign,shift+right",
        "code: further right",
        "transcript",
        "code_right",
    ),
    Command(
        "transcript.find",
        "slash",
        "find in this conversation",
        "transcript",
        "screen.find",
        "find",
        "/",
    ),
    Command(
        "transcript.find_next", "n", "the next place found", "transcript", "screen.find_next(1)"
    ),
    Command(
        "transcript.find_previous",
        "N",
        "the place found before",
        "transcript",
        "screen.find_next(-1)",
    ),
    Command("transcript.link", "o", "open a link", "transcript", "screen.open_link", "open link"),
    Command(
        "transcript.again",
        "r",
        "ask this question again, for another answer",
        "transcript",
        "screen.again",
        "again",
    ),
    Command(
        "transcript.again_with",
        "R",
        "the same, with another model this once",
        "transcript",
        "screen.again_with",
    ),
    Command(
        "transcript.edit",
        "e",
        "edit this question and send it again",
        "transcript",
        "screen.edit",
        "edit",
    ),
    Command(
        "transcript.older_version",
        "left",
        "the version before; ‹ 2/3 › says which of how many it is",
        "transcript",
        "screen.version(-1)",
    ),
    Command(
        "transcript.newer_version", "right", "the version after", "transcript", "screen.version(1)"
    ),
    Command(
        "transcript.branch",
        "b",
        "branch: a new conversation that goes on from here",
        "transcript",
        "screen.branch",
        "branch",
    ),
    Command(
        "transcript.branches",
        "B",
        "go to where this branched off, or to a branch",
        "transcript",
        "screen.branches",
    ),
    Command(
        "compare.choose",
        "enter",
        "go on with this answer; the others stay as versions",
        "compare",
        "choose",
        "go on with this one",
        "⏎",
    ),
    Command("compare.stop_all", "S", "stop all answers", "compare", "stop_all", "stop all"),
    Command(
        "compare.leave", "q", "leave the comparison; what is arriving goes on", "compare", "leave"
    ),
    Command("sidebar.open", "enter", "open the conversation", "sidebar", "open", "open", "⏎"),
    Command("sidebar.choose", "space,x", "choose several", "sidebar", "choose", "choose"),
    Command("sidebar.choose_previous", "shift+up", "choose upwards", "sidebar", "choose_next(-1)"),
    Command("sidebar.choose_next", "shift+down", "choose downwards", "sidebar", "choose_next(1)"),
    Command("sidebar.rename", "r", "rename", "sidebar", "rename", "rename"),
    Command("sidebar.pin", "p", "pin or unpin", "sidebar", "pin", "pin"),
    Command(
        "sidebar.archive",
        "a",
        "archive it, or all that are chosen",
        "sidebar",
        "archive",
        "archive",
    ),
    Command(
        "sidebar.delete", "d", "delete it, or all that are chosen", "sidebar", "delete", "delete"
    ),
    Command("sidebar.undo", "u", "undo the last deletion or archiving", "sidebar", "undo"),
    Command("sidebar.filter", "slash", "filter by title", "sidebar", "filter", "filter", "/"),
)

BY_ID: Mapping[str, Command] = {command.id: command for command in COMMANDS}


def keys_of(command: Command, overrides: Mapping[str, str]) -> str:
    """Return the keys that carry out `command`, separated by commas: its own, or the user's."""
    return overrides.get(command.id, command.keys)


def check_keys(overrides: Mapping[str, str]) -> list[str]:
    """Say what is wrong with the user's keys; an empty list means that they can be used.

    Args:
        overrides: Command ids, and the keys that replace their default keys.
    """
    problems: list[str] = []
    for identity, keys in overrides.items():
        if (command := BY_ID.get(identity)) is None:
            problems.append(f'there is no command "{identity}"')
        else:
            problems.extend(_wrong_keys(command, split_keys(keys)))
    return problems or _clashes(overrides)


def _wrong_keys(command: Command, keys: tuple[str, ...]) -> list[str]:
    if not keys and command.id == "chat.send":
        return ["chat.send needs a key"]
    problems: list[str] = []
    for key in keys:
        *modifiers, last = key.split("+")
        typed = last in TYPED_KEYS or (len(last) == 1 and last.isalnum())
        if not set(modifiers) <= set(MODIFIERS) or not (typed or last in SPECIAL_KEYS):
            problems.append(f'{command.id}: "{key}" is not the name of a key')
        elif typed and not modifiers and command.place in {"anywhere", "prompt"}:
            problems.append(f'{command.id}: "{key}" is needed for typing; add ctrl or alt to it')
    if keys and not problems and all(key in AMBIGUOUS for key in keys):
        problems.append(
            f'{command.id}: many terminals send "{keys[0]}" as {AMBIGUOUS[keys[0]]}; '
            "add a second key"
        )
    return problems


def _clashes(overrides: Mapping[str, str]) -> list[str]:
    taken: dict[str, list[Command]] = {}
    problems: list[str] = []
    for command in COMMANDS:
        for key in dict.fromkeys(split_keys(keys_of(command, overrides))):
            others = taken.setdefault(key, [])
            problems.extend(
                f'{other.id} and {command.id} both have the key "{key}"'
                for other in others
                if "anywhere" in {command.place, other.place} or command.place == other.place
            )
            others.append(command)
    return problems
