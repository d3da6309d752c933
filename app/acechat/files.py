"""Files that a question draws on: what they are, how large, and what became of them.

Sizes are in bytes; those that are shown count in thousands, as file managers do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from acechat.clean import clean_line
from acechat.models import Reference

MAX_FILE = 100_000_000
"""Bytes of a file that may be uploaded: "at most 100 MB" (`api.md` section 8), read strictly,
because a larger one hangs instead of failing."""

MAX_IMAGE = 20_000_000
"""Bytes of an image that is shown: the photos of a good camera have half of that."""

IMAGE_LIMIT = f"at most {MAX_IMAGE // 1_000_000} MB are shown"
"""What is said of a larger one."""

PUBLIC = "An uploaded file can be read by everybody who has its URL."
"""What is said before the first upload (`api.md` section 8)."""

_KINDS = {"pdf": "pdf", "html": "page", "xhtml+xml": "page", "csv": "table", "json": "text"}
"""What a content type is, by what stands behind its slash."""

_STEPS = ("B", "kB", "MB", "GB", "TB")


def size_words(count: int) -> str:
    """Return a number of bytes as users write it: `812 B`, `4.2 kB`, `100 MB`."""
    size, step = float(count), 0
    # What would be rounded to 1000 belongs to the next unit.
    while size >= 999.5 and step < len(_STEPS) - 1:
        size /= 1000
        step += 1
    return f"{size:.1f} {_STEPS[step]}" if step and size < 99.95 else f"{size:.0f} {_STEPS[step]}"


def percent(sent: int, size: int) -> int:
    """Return how far a file of `size` bytes has come; 100 is for one that is there."""
    return min(99, sent * 100 // size)


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file on this machine that can be uploaded."""

    path: Path
    size: int
    changed_ns: int = 0
    """When it was last written, to tell whether it is still the one that was uploaded."""

    @property
    def name(self) -> str:
        """Its name for people: one line, inert."""
        return clean_line(self.path.name)

    @property
    def kind(self) -> str:
        """What it is, by its suffix; `file` where that tells nothing."""
        kind = Reference(f"https://host/{self.path.suffix}").kind
        return "file" if kind == "page" else kind


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was uploaded."""

    url: str
    """Where everybody who knows it can read the file."""
    name: str
    """Its name as it was on this machine, raw."""
    size: int


@dataclass(slots=True)
class Attached:
    """What goes with the next question: a URL, or a file on its way to one."""

    name: str
    """The name of the file, or the URL, raw."""
    path: Path | None = None
    """The file; None for a URL."""
    size: int | None = None
    """None where it is not known."""
    url: str = ""
    """Where it is; empty until it was uploaded."""
    sent: int = 0
    """How many bytes of it the network has taken."""
    failure: str = ""
    """Why it was not uploaded, in one sentence; empty where nothing went wrong."""

    @property
    def percent(self) -> int:
        """How far it has come; 100 only when it is there."""
        return percent(self.sent, self.size) if self.size else 0


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What came of asking a URL whether it answers."""

    answers: bool
    """It can be read, as far as that shows."""
    words: str
    """The outcome in a few words, inert."""
    content_type: str = ""
    """What the server calls it, such as `image/png`; inert."""
    size: int | None = None
    """How large the server says that it is."""

    @property
    def kind(self) -> str:
        """What it is by its content type, as `Reference.kind` says it; empty where unknown."""
        main, _, sub = self.content_type.lower().partition("/")
        if main in {"image", "audio", "video"}:
            return main
        return _KINDS.get(sub, "text" if main == "text" else "")


CELL = 6
"""Bytes of a drawn cell: red, green and blue of its upper half, then of its lower."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An image as it is drawn in cells."""

    format: str
    """What its file is, such as `PNG`; inert."""
    width: int
    """Of the image, in pixels."""
    height: int
    """Of the image, in pixels."""
    columns: int
    """Cells that are side by side."""
    lines: int
    """Lines of cells."""
    cells: bytes
    """`CELL` bytes for each cell, line by line."""


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """What is kept of the files and URLs of a conversation beside its messages."""

    attached: tuple[Attached, ...] = ()
    """What goes with its next question."""
    looked: Mapping[str, LookedAt] = field(default_factory=dict[str, LookedAt])
    """What was found out of its references, by their URLs."""
