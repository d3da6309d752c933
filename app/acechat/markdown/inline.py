"""The text of a paragraph, a heading or a cell: what to show, and in which styles."""

import re
from bisect import bisect_right
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, cast

from acechat.clean import clean
from acechat.markdown.links import openable, target_words
from acechat.markdown.wrap import WIDE

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

STRONG, EMPHASIS, STRIKE, CODE, LINK, MUTED = 1, 2, 4, 8, 16, 32
"""The marks of a span, to be added up."""

Span = tuple[int, int, int]
"""Start, end and marks of a piece of text."""

References = Mapping[str, Mapping[str, str]]
"""The link targets that a message defines, by label, as markdown-it keeps them."""

MAX_BRACKETS = 200
"""More opening brackets in one text are shown as they are: 4,000 of them cost 50 ms to parse."""
MAX_ADDRESSES = 100
"""More addresses in one text leave it as it is, too: 2,000 cost 200 ms."""
SHORT_TEXT = 400
"""Characters up to which a text is cheap to keep in mind."""

_MARKUP = re.compile(r"[\\`*_~\[\]<>&!\n@]|://| {2}")
"""Anything but this is text as it stands."""
_LINKS = re.compile(r"[\]@]|://|<\w")
_URL_END = re.compile(r"[\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff3d\u201c\u201d]")
"""Punctuation of Chinese and Japanese text ends an address that was not put in brackets."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link in a text that may be opened."""

    end: int
    """Where its number is put."""
    label: str
    """Its text."""
    url: str
    """Its target."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with its styles, ready to be wrapped."""

    text: str
    """What is shown; a newline where a line must end."""
    spans: Sequence[Span]
    """Where marks are, in order."""
    notes: tuple[tuple[int, int], ...] = ()
    """Spans that copying leaves out."""


@dataclass(frozen=True, slots=True)
class Inline:
    """A text whose markup was read."""

    text: str
    """What is shown; a newline where a line must end."""
    spans: tuple[Span, ...] = ()
    """Where marks are, in order."""
    anchors: tuple[Anchor, ...] = ()
    """The links in it that may be opened, in order."""

    def numbered(self, before: int) -> Marked:
        """Put the numbers behind the links, when `before` links come earlier in the message."""
        if not self.anchors:
            return Marked(self.text, self.spans)
        ends = [anchor.end for anchor in self.anchors]
        tags = [f"[{before + index}]" for index in range(1, len(ends) + 1)]
        shifts = [0]
        parts: list[str] = []
        notes: list[tuple[int, int]] = []
        start = 0
        for end, tag in zip(ends, tags, strict=True):
            parts += (self.text[start:end], tag)
            notes.append((end + shifts[-1], end + shifts[-1] + len(tag)))
            shifts.append(shifts[-1] + len(tag))
            start = end
        parts.append(self.text[start:])
        spans: list[Span] = [(first, last, MUTED) for first, last in notes]
        for first, last, marks in self.spans:
            # A span never crosses the end of a link, so it moves as a whole.
            shift = shifts[bisect_right(ends, first)]
            spans.append((first + shift, last + shift, marks))
        return Marked("".join(parts), sorted(spans), tuple(notes))


def parse(text: str, references: References, *, breaks: bool = False) -> Inline:
    """Read the markup of `text`.

    Args:
        text: the source.
        references: the targets that the message defines.
        breaks: a newline ends the line; otherwise it is a space.
    """
    if not _MARKUP.search(text):
        return Inline(text)
    if text.count("[") > MAX_BRACKETS or text.count("://") > MAX_ADDRESSES:
        return Inline(text if breaks else text.replace("\n", " "))
    if references and "[" in text:
        return _parse(text, dict(references), breaks=breaks)
    read = _read_short if len(text) <= SHORT_TEXT else _read_long
    return read(text, breaks)


def _read(text: str, breaks: bool) -> Inline:  # noqa: FBT001 - the caches take no names
    return _parse(text, {}, breaks=breaks)


# A text is measured or counted, and drawn soon after; cells are drawn again while a table grows.
_read_short = lru_cache(maxsize=256)(_read)
_read_long = lru_cache(maxsize=16)(_read)


def _parse(text: str, references: References, *, breaks: bool) -> Inline:
    tokens = _parser().parseInline(text, {"references": references})
    writer = _Writer(breaks, names_characters="&" in text)
    writer.write(tokens[0].children or [])
    return writer.result()


def may_link(text: str) -> bool:
    """Tell whether `text` can hold a link at all, without reading its markup."""
    return _LINKS.search(text) is not None


def take_definitions(text: str, references: MutableMapping[str, Mapping[str, str]]) -> str:
    """Move the link definitions that a paragraph begins with to `references`; return the rest."""
    found: dict[str, Mapping[str, str]] = {}
    environment: MutableMapping[str, object] = {"references": found}
    tokens = _definitions_parser().parse(text, environment)
    for label, target in found.items():
        references.setdefault(label, target)
    return "\n".join(token.content for token in tokens if token.type == "inline")


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    # Importing markdown-it takes 90 ms, so an empty screen comes without it.
    from markdown_it import MarkdownIt

    class Parser(MarkdownIt):
        def normalizeLinkText(self, link: str) -> str:  # noqa: N802
            # In the letters that it stands for, a host may look like another one.
            return link if "xn--" in link.casefold() else super().normalizeLinkText(link)

    parser = Parser("gfm-like", {"html": False})
    # With guesses, main.py and README.md would be links to Paraguay and Moldova.
    cast("_Linkify", parser.linkify).set({"fuzzy_link": False})
    # The patterns for addresses are made when the first one is looked for.
    parser.parseInline("https://a.example a@b.example")
    return parser


def load_parser() -> None:
    """Load what reads markup, so that the first text need not wait for it: for a thread."""
    _parser()


@lru_cache(maxsize=1)
def _definitions_parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False})
    parser.block.ruler.enableOnly(["reference", "paragraph"])
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


class _Linkify(Protocol):
    def set(self, options: dict[str, bool], /) -> object: ...


@dataclass(slots=True)
class _OpenLink:
    url: str
    start: int
    automatic: bool


@dataclass(slots=True)
class _Writer:
    """Collects the text and the spans of tokens."""

    breaks: bool
    names_characters: bool
    """The source may hold `&#x202E;` and the like: characters that were not there to be cleaned."""
    parts: list[str] = field(default_factory=list[str])
    length: int = 0
    spans: list[Span] = field(default_factory=list[Span])
    anchors: list[Anchor] = field(default_factory=list[Anchor])
    open: dict[int, int] = field(default_factory=dict[int, int])
    links: list[_OpenLink] = field(default_factory=list[_OpenLink])

    def result(self) -> Inline:
        """What was collected."""
        return Inline("".join(self.parts), tuple(self.spans), tuple(self.anchors))

    def write(self, tokens: "Sequence[Token]") -> None:
        """Collect `tokens`."""
        for index, token in enumerate(tokens):
            match token.type:
                case "text":
                    self._text(self._cleaned(token.content))
                case "softbreak":
                    self._softbreak(tokens[index + 1 : index + 2])
                case "hardbreak":
                    self._put("\n")
                case "code_inline":
                    self._put(token.content.replace("\n", " "), CODE)
                case "strong_open" | "em_open" | "s_open":
                    marks = _MARKS[token.tag]
                    self.open[marks] = self.open.get(marks, 0) + 1
                case "strong_close" | "em_close" | "s_close":
                    self.open[_MARKS[token.tag]] -= 1
                case "link_open":
                    url = str(token.attrs.get("href", ""))
                    automatic = token.markup in {"linkify", "autolink"}
                    self.links.append(_OpenLink(url, self.length, automatic))
                case "link_close":
                    self._close_link(self.links.pop())
                case "image":
                    self._image(token)
                case _:
                    self._put(token.content)

    def _cleaned(self, text: str) -> str:
        if not self.names_characters:
            return text
        return clean(text).replace("\n", " ").replace("\t", " ")

    def _put(self, text: str, marks: int = 0) -> None:
        if not text:
            return
        for mark, depth in self.open.items():
            if depth:
                marks |= mark
        if self.links and self.links[-1].url:
            marks |= LINK
        end = self.length + len(text)
        if marks:
            self.spans.append((self.length, end, marks))
        self.parts.append(text)
        self.length = end

    def _text(self, text: str) -> None:
        link = self.links[-1] if self.links else None
        if link and link.automatic and (cut := _URL_END.search(text)):
            kept = text[: cut.start()]
            self._put(kept)
            self._close_link(_OpenLink(_parser().normalizeLink(kept), link.start, automatic=True))
            # The token that closes the link finds nothing more to do.
            link.url = ""
            text = text[cut.start() :]
        self._put(text)

    def _softbreak(self, following: "Sequence[Token]") -> None:
        if self.breaks:
            self._put("\n")
            return
        before = self.parts[-1][-1] if self.parts else ""
        after = following[0].content[:1] if following else ""
        # Chinese and Japanese put no spaces between words, so a newline stands for nothing.
        if not (WIDE.match(before) and WIDE.match(after)):
            self._put(" ")

    def _image(self, token: "Token") -> None:
        alt = "".join(child.content for child in token.children or []) or "no description"
        alt = self._cleaned(alt)
        url = str(token.attrs.get("src", ""))
        inside = bool(self.links)
        self.links.append(_OpenLink(url, self.length, automatic=False))
        self._put(f"image: {alt}")
        link = self.links.pop()
        if not inside:
            self._close_link(link)

    def _close_link(self, link: _OpenLink) -> None:
        if not link.url:
            return
        shown = "".join(self.parts)[link.start :]
        label = link.url if link.automatic else shown or link.url
        if told := target_words(shown, link.url, automatic=link.automatic):
            outer, self.links = self.links, []
            self._put(f" ({told})", MUTED)
            self.links = outer
        if openable(link.url):
            self.anchors.append(Anchor(self.length, label, link.url))


_MARKS = {"strong": STRONG, "em": EMPHASIS, "s": STRIKE}
