"""What comes from the terminal: keys, and pastes that stay whole whatever they hold."""

from codecs import getincrementaldecoder
from collections.abc import Iterator

from textual._xterm_parser import XTermParser
from textual.message import Message

from acechat.clean import clean

_ESCAPE = "\x1b"
_BEGIN = "\x1b[200~"
_END = "\x1b[201~"


class PasteFilter:
    """Makes the escape characters inside bracketed pastes visible, in any cut.

    Textual's parser takes such a paste apart: up to 32 characters of it become keys, and an Enter
    among them would send (`reliability.md` section 2). Keys pass at once, and as they are.
    """

    def __init__(self) -> None:
        self._inside = False
        self._before = ""
        self._held: str = ""

    def feed(self, text: str) -> str:
        """Return `text` as the parser may have it; what could be the end of a paste waits."""
        passed: list[str] = []
        while text:
            text = self._in_paste(text, passed) if self._inside else self._outside(text, passed)
        return "".join(passed)

    def _outside(self, text: str, passed: list[str]) -> str:
        seen = self._before + text
        found = seen.find(_BEGIN)
        if found < 0:
            passed.append(text)
            self._before = seen[1 - len(_BEGIN) :]
            return ""
        end = found + len(_BEGIN) - len(self._before)
        passed.append(text[:end])
        self._before, self._inside = "", True
        return text[end:]

    def _in_paste(self, text: str, passed: list[str]) -> str:
        body, end, rest = (self._held + text).partition(_END)
        self._held = ""
        if not end:
            for length in range(min(len(_END) - 1, len(body)), 0, -1):
                if body.endswith(_END[:length]):
                    body, self._held = body[:-length], body[-length:]
                    break
        passed.append(body.replace(_ESCAPE, clean(_ESCAPE)))
        passed.append(end)
        self._inside = not end
        return rest


class Keyboard:
    """Bytes from a terminal into Textual's messages."""

    def __init__(self) -> None:
        # Not every byte that a terminal sends is UTF-8: a paste may be anything.
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._pastes = PasteFilter()
        self._parser = XTermParser()

    def read(self, data: bytes) -> Iterator[Message]:
        """Yield what is known by now."""
        text = self._pastes.feed(self._decoder.decode(data))
        if not text:
            return  # to the parser, nothing at all is the end
        try:
            yield from self._parser.feed(text)
        except (ValueError, OverflowError):
            # A sequence that names a key which cannot be; the parser does not go on after it.
            self._parser = XTermParser()

    def tick(self) -> Iterator[Message]:
        """Yield keys that could have been the beginning of a sequence, and were not."""
        yield from self._parser.tick()
