"""Files mentioned in a question, `@path` or `@"path with blanks"`, as words of their own."""

import re
from dataclasses import dataclass

_TYPED = re.compile(r'(?:^|(?<=\s))@(?:"(?P<quoted>[^"]*)|(?P<plain>[^\s"]*))$')
_WHOLE = re.compile(r'(?:^|(?<=\s))@(?:"(?P<quoted>[^"\n]+)"|(?P<plain>[^\s"]+))')
_FILE = re.compile(r"/file (?P<path>.*)", re.IGNORECASE)
_BEHIND = ".,;:!?)]}>'’”…，。、；：！？）】」』"
"""What may stand directly behind a path and is not part of it."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A path that is being typed."""

    path: str
    """As far as it is typed; empty right behind the sign."""
    length: int
    """How many characters before the cursor belong to it, its sign and quote included."""
    is_mention: bool
    """It stands behind an `@`; otherwise behind `/file`."""

    def completed(self, path: str) -> str:
        """Return what takes its place where `path` is meant."""
        if not self.is_mention:
            return path
        return f'@"{path}"' if any(letter.isspace() for letter in path) else f"@{path}"


def typed_before(line: str) -> Typed | None:
    """Return the path that `line`, all that stands before the cursor in its row, ends with."""
    if (command := _FILE.fullmatch(line)) is not None:
        path = command["path"]
        return Typed(path, len(path), is_mention=False)
    found = _TYPED.search(line)
    if found is None:
        return None
    quoted = found["quoted"]
    path = found["plain"] if quoted is None else quoted
    return Typed(path, len(line) - found.start(), is_mention=True)


def mentioned(text: str) -> list[tuple[str, ...]]:
    """Return what may be paths in `text`: for each mention the readings of it, the longest first.

    Only those that are files are meant; all other words with an `@` are words.
    """
    found: list[tuple[str, ...]] = []
    for match in _WHOLE.finditer(text):
        if quoted := match["quoted"]:
            found.append((quoted,))
            continue
        readings = [match["plain"]]
        while readings[-1][-1:] and readings[-1][-1] in _BEHIND and len(readings[-1]) > 1:
            readings.append(readings[-1][:-1])
        found.append(tuple(readings))
    return found
