"""What a program writes to a terminal, taken apart: which of it acts, and which may.

parser = OutputParser()
pieces = parser.feed(written)
assert not strange(pieces)
"""

import codecs
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto


class Kind(Enum):
    """What a piece of output is to a terminal."""

    TEXT = auto()
    """Letters to be shown."""
    CONTROL = auto()
    """One control character: of C0, of C1, or a byte that is no UTF-8."""
    SEQUENCE = auto()
    """An escape sequence, whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of output."""

    kind: Kind
    raw: str


_CONTROL = r"\x00-\x1f\x7f-\x9f\udc80-\udcff"
_STRING_END = r"(?:\x07|\x1b\\|\x9c)"
_TOKEN = re.compile(
    rf"""
      (?P<text>[^{_CONTROL}]+)
    | (?P<csi>(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~])
    | (?P<string>(?:\x1b[\]P_^X]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*{_STRING_END})
    | (?P<short>\x1b[ -/]*[0-Z\\^-~])
    | (?P<control>[{_CONTROL}])
    """,
    re.VERBOSE,
)
_OPEN = re.compile(
    r"(?:\x1b\[?|\x9b)[0-?]*[ -/]*"
    r"|(?:\x1b[\]P_^X]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*\x1b?"
)
"""The beginning of a sequence whose end has not been written yet."""


class OutputParser:
    """Takes output apart, in any cut."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._rest = ""

    def feed(self, data: bytes, *, final: bool = False) -> list[Piece]:
        """Return what is whole by now; with `final`, everything."""
        text = self._rest + self._decoder.decode(data, final)
        self._rest = ""
        pieces: list[Piece] = []
        at = 0
        while at < len(text):
            if not final and _OPEN.fullmatch(text, at):
                self._rest = text[at:]
                break
            found = _TOKEN.match(text, at)
            assert found is not None, repr(text[at : at + 20])
            kind = {"text": Kind.TEXT, "control": Kind.CONTROL}.get(
                found.lastgroup or "", Kind.SEQUENCE
            )
            pieces.append(Piece(kind, found[0]))
            at = found.end()
        return pieces


_COLOUR = r"(?:38|48);(?:2;\d{1,3};\d{1,3};\d{1,3}|5;\d{1,3})"
_ATTRIBUTE = rf"(?:[0-4]|7|9|2[2-9]|3[0-7]|39|4[0-7]|49|9[0-7]|10[0-7]|{_COLOUR})"

SCREEN_SEQUENCES = re.compile(
    "|".join(
        (
            # Colours and the attributes that the themes use; neither blinking nor hidden text.
            rf"\x1b\[(?:{_ATTRIBUTE}(?:;{_ATTRIBUTE})*)?m",
            # The cursor goes to a place; that it is on the screen is checked beside this.
            r"\x1b\[(?:\d{1,3};\d{1,3})?H",
            # Line wrap, cursor, mouse, focus, paste, alternate screen, synchronised updates.
            r"\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1049|2004|2026)[hl]",
            # Questions about synchronised updates and about resizing within the stream of keys.
            r"\x1b\[\?(?:2026|2048)\$p",
            # The Kitty keyboard protocol is taken, and given back.
            r"\x1b\[>25u|\x1b\[<u",
            # The shape of the mouse pointer.
            r"\x1b\]22;[a-z-]+\x07",
        )
    )
)
"""Every sequence that the full screen may write; a copy key allows OSC 52 beside them."""

OSC_52 = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
"""A text for the terminal's clipboard, in base64."""

ACTING = frozenset(map(chr, (0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Characters that are no controls and yet change how the text around them is shown."""


def _acts(letter: str) -> bool:
    return letter in ACTING or unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}


@dataclass(slots=True)
class Audit:
    """Looks at every piece of output, and keeps what may not be there."""

    columns: int = 0
    """The size of the full screen; 0 where none may be drawn, so that no sequence is allowed."""
    rows: int = 0
    copies: int = 0
    """How many OSC 52 sequences may come: one for each press of a copy key."""
    controls: str = "\r\n"
    """Control characters that may be written by themselves."""
    strange: list[str] = field(default_factory=list[str])
    """What may not be there."""
    switched: dict[str, int] = field(default_factory=dict[str, int])
    """How often each sequence came that changes the terminal, not only what it shows."""

    def look(self, pieces: Iterable[Piece]) -> None:
        """Look at more of the output."""
        for piece in pieces:
            match piece.kind:
                case Kind.TEXT:
                    self.strange += filter(_acts, piece.raw)
                case Kind.CONTROL if piece.raw not in self.controls:
                    self.strange.append(piece.raw)
                case Kind.SEQUENCE if not (self.columns and self._allowed_sequence(piece.raw)):
                    self.strange.append(piece.raw)
                case _:
                    pass

    def _allowed_sequence(self, raw: str) -> bool:
        if OSC_52.fullmatch(raw):
            self.copies -= 1
            return self.copies >= 0
        if not SCREEN_SEQUENCES.fullmatch(raw):
            return False
        if raw.endswith("H") and ";" in raw:
            row, _, column = raw[2:-1].partition(";")
            return 1 <= int(row) <= self.rows and 1 <= int(column) <= self.columns
        if not raw.endswith("m") and "2026" not in raw and "]22" not in raw:
            self.switched[raw] = self.switched.get(raw, 0) + 1
        return True
