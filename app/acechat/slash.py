"""The table of `/` commands of the prompt, and how a line is told from a question."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """Something that can be typed into the prompt in the place of a question."""

    name: str
    """What follows the slash."""
    argument: str
    """What may follow the name, in capitals; empty where nothing may."""
    summary: str
    """What it does, in a few lower-case words."""


SLASH_COMMANDS: tuple[SlashCommand, ...] = (
    SlashCommand("new", "QUESTION", "new conversation"),
    SlashCommand("temporary", "", "a conversation of which nothing is kept"),
    SlashCommand("model", "NAME", "switch the model, or choose from the list"),
    SlashCommand("compare", "QUESTION", "ask several models at once and compare"),
    SlashCommand("preset", "NAME", "choose the preset of this conversation"),
    SlashCommand("ref", "URL", "a reference for the next question only"),
    SlashCommand("file", "PATH", "upload a file for the next question only"),
    SlashCommand("refs", "", "references of this conversation"),
    SlashCommand("find", "WORDS", "find in all conversations"),
    SlashCommand("rename", "TITLE", "rename this conversation"),
    SlashCommand("delete-older", "DATE", "delete all conversations older than a date"),
    SlashCommand("again", "", "send the question again"),
    SlashCommand("edit", "", "edit the question in $EDITOR"),
    SlashCommand("copy", "WHAT", "copy the last answer, or: all, code"),
    SlashCommand("export", "FILE", "save the conversation to a file"),
    SlashCommand("import", "FILE", "bring in conversations from a file"),
    SlashCommand("sync", "", "exchange conversations with other machines"),
    SlashCommand("theme", "NAME", "switch the theme"),
    SlashCommand("settings", "", "settings"),
    SlashCommand("help", "", "help"),
    SlashCommand("quit", "", "quit"),
)
"""Every `/` command, in the order of the suggestions; each argument may be left out."""

_BY_NAME = {command.name: command for command in SLASH_COMMANDS}

_COMMAND = re.compile(r"/([A-Za-z][A-Za-z0-9_-]*)(?:\s+(.*))?", re.DOTALL)
"""A slash and one word. `/etc/passwd` and `/ ` are not that, and are questions."""


@dataclass(frozen=True, slots=True)
class Question:
    """A line that is a question."""

    text: str
    """What is sent."""


@dataclass(frozen=True, slots=True)
class Call:
    """A line that calls a command."""

    name: str
    """The name of a command in `SLASH_COMMANDS`."""
    argument: str
    """What follows it; empty where nothing does."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that looks like a command and is none."""

    reason: str
    """One sentence for the user."""


def parse(text: str) -> Question | Call | Mistake:
    """Tell what `text`, as typed into the prompt, is meant to be."""
    if text.startswith("//"):
        return Question(text[1:])
    match = _COMMAND.fullmatch(text.strip())
    if match is None or not text.startswith("/"):
        return Question(text)
    name = match[1].lower()
    argument = (match[2] or "").strip()
    command = _BY_NAME.get(name)
    if command is None:
        return Mistake(f"there is no command /{name}; begin with // to send this as a question")
    if "\n" in argument:
        return Mistake(f"/{name} takes one line; begin with // to send this as a question")
    if argument and not command.argument:
        return Mistake(f"/{name} stands alone; begin with // to send this as a question")
    return Call(name, argument)


def matching(typed: str) -> list[SlashCommand]:
    """Return the commands that `typed`, a slash and the beginning of a name, may become."""
    beginning = typed.removeprefix("/").lower()
    return [command for command in SLASH_COMMANDS if command.name.startswith(beginning)]
