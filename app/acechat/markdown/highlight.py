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
    """Return the coloured spans of a slice's source, in order."""
    shape = block.shape
    lexer = lexer_of(shape.language)
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


@lru_cache(maxsize=64)
def lexer_of(language: str) -> Lexer | None:
    """Return the lexer for a fence's language, None where there is none of that name."""
    if not language:
        return None
    from pygments import lexers
    from pygments.util import ClassNotFound

    try:
        return cast("_Lexers", lexers).get_lexer_by_name(language.strip("{}.").casefold())
    except ClassNotFound:
        return None


def load_lexers(texts: Iterable[str]) -> None:
    """Load the lexers for the fences in `texts`, which takes 30 ms for the first: for a thread."""
    languages = {name for text in texts if "```" in text for name in _OPENED.findall(text)}
    for language in languages:
        lexer_of(language)


def catch_up(block: Code) -> bool:
    """Read one of the slices that must be read before `block`; tell whether there was one."""
    lexer = lexer_of(block.shape.language)
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
