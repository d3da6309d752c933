"""The colours of code, slice by slice."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Protocol, cast

from rich.style import Style

from acechat.markdown.palette import Palette
from acechat.markdown.shapes import Code, CodeShape

MAX_CATCH_UP = 3
"""Slices before the one to be drawn that are read for the state of the lexer; with more between,
the slice is read as if code began there."""
MAX_HIGHLIGHTED_LINE = 1000
"""A slice with a longer line is not highlighted: it is data rather than code."""

MAX_LEXERS = 64
"""Lexers that are kept; of a text that names more languages, the first are loaded again."""

_ROOT = ("root",)
_OPENED = re.compile(r"^ {0,3}```+[ \t]*([^\s`]+)", re.MULTILINE)
"""How most fences with a language begin."""


class Lexer(Protocol):
    """What is used of a lexer of pygments."""

    def get_tokens_unprocessed(self, text: str) -> Iterable[tuple[int, object, str]]:
        """Yield place, kind and text of each token."""
        ...


class _Lexers(Protocol):
    def get_lexer_by_name(self, _alias: str, /) -> Lexer: ...


def highlight(block: Code, palette: Palette) -> list[tuple[int, int, Style]]:
    """Return the coloured spans of a slice's source, in order; none before they are loaded."""
    shape = block.shape
    lexer = _lexers.get(shape.language)
    if lexer is None or not _is_readable(block):
        return []
    stack = _state_before(lexer, shape, block.index)
    tokens, after = _read(lexer, block.source or "\n", stack)
    if not block.open:
        shape.states[block.index + 1] = after
    spans: list[tuple[int, int, Style]] = []
    for start, kind, text in tokens:
        field = _field_of(str(kind))
        if field and text:
            spans.append((start, start + len(text), _style(palette, field)))
    return spans


# By the language of a fence; None where there is no lexer of that name.
_lexers: dict[str, Lexer | None] = {}


def is_loaded(language: str) -> bool:
    """Whether code in a fence's language has the colours that it can have."""
    return not language or language in _lexers


def load_lexers(languages: Iterable[str]) -> None:
    """Load what colours code in these languages: for a thread, as one takes 30 to 110 ms."""
    from pygments import lexers
    from pygments.util import ClassNotFound

    for language in languages:
        if is_loaded(language):
            continue
        try:
            name = language.strip("{}.").casefold()
            lexer = cast("_Lexers", lexers).get_lexer_by_name(name)
        except ClassNotFound:
            lexer = None
        while len(_lexers) >= MAX_LEXERS:
            del _lexers[next(iter(_lexers))]
        _lexers[language] = lexer


def languages_in(texts: Iterable[str]) -> set[str]:
    """Return the languages of most of the fences in `texts`, without reading their markup."""
    return {name for text in texts if "```" in text for name in _OPENED.findall(text)}


def catch_up(block: Code) -> bool:
    """Read one of the slices that must be read before `block`; tell whether there was one."""
    lexer = _lexers.get(block.shape.language)
    if lexer is None or not _is_readable(block):
        return False
    known = _known_before(block.shape, block.index)
    if known == block.index:
        return False
    _read_on(lexer, block.shape, known)
    return True


def _is_readable(block: Code) -> bool:
    return all(len(line) <= MAX_HIGHLIGHTED_LINE for line in block.lines)


def _known_before(shape: CodeShape, index: int) -> int:
    """Return the slice to begin at, so that the state before slice `index` is known."""
    known = index
    while known > 0 and known not in shape.states and index - known < MAX_CATCH_UP:
        known -= 1
    return known


def _read_on(lexer: Lexer, shape: CodeShape, index: int) -> tuple[str, ...]:
    _, stack = _read(lexer, shape.slices[index], shape.states.get(index, _ROOT))
    shape.states[index + 1] = stack
    return stack


def _state_before(lexer: Lexer, shape: CodeShape, index: int) -> tuple[str, ...]:
    known = _known_before(shape, index)
    stack = shape.states.get(known, _ROOT)
    for between in range(known, index):
        stack = _read_on(lexer, shape, between)
    return stack


def _read(
    lexer: Lexer, text: str, stack: tuple[str, ...]
) -> tuple[Sequence[tuple[int, object, str]], tuple[str, ...]]:
    """Return the tokens of `text`, and the state after it, when the state before is `stack`."""
    from pygments.lexer import ExtendedRegexLexer, LexerContext, RegexLexer

    if isinstance(lexer, RegexLexer) and _is_plain(type(lexer)):
        context = LexerContext(text, 0, list(stack))
        read = ExtendedRegexLexer.get_tokens_unprocessed
        try:
            tokens = list(read(cast("ExtendedRegexLexer", lexer), context=context))
        except (TypeError, KeyError, IndexError):
            # This lexer reads only whole texts.
            pass
        else:
            return tokens, tuple(context.stack) or _ROOT
    return list(lexer.get_tokens_unprocessed(text)), _ROOT


@lru_cache(maxsize=64)
def _is_plain(kind: type) -> bool:
    from pygments.lexer import ExtendedRegexLexer, RegexLexer

    own = getattr(kind, "get_tokens_unprocessed", None)
    return own in (
        RegexLexer.get_tokens_unprocessed,
        ExtendedRegexLexer.get_tokens_unprocessed,
    )


_FIELDS = (
    ("Token.Comment.Preproc", "keyword"),
    ("Token.Comment", "comment"),
    ("Token.Keyword", "keyword"),
    ("Token.Operator.Word", "keyword"),
    ("Token.Operator", "operator"),
    ("Token.Literal.Number", "number"),
    ("Token.Literal", "string"),
    ("Token.Name.Attribute", "name"),
    ("Token.Name.Builtin", "name"),
    ("Token.Name.Class", "name"),
    ("Token.Name.Constant", "number"),
    ("Token.Name.Decorator", "name"),
    ("Token.Name.Exception", "name"),
    ("Token.Name.Function", "name"),
    ("Token.Name.Tag", "keyword"),
    ("Token.Generic.Deleted", "invalid"),
    ("Token.Generic.Error", "invalid"),
    ("Token.Generic.Traceback", "invalid"),
    ("Token.Generic.Inserted", "string"),
    ("Token.Generic.Heading", "keyword"),
    ("Token.Generic.Subheading", "keyword"),
    ("Token.Generic.Prompt", "comment"),
)
"""Which style a kind of token has. What a lexer cannot read is plain: answers quote half lines."""


@lru_cache(maxsize=512)
def _field_of(kind: str) -> str:
    return next((field for prefix, field in _FIELDS if kind.startswith(prefix)), "")


def _style(palette: Palette, field: str) -> Style:
    return cast("Style", getattr(palette, field))
