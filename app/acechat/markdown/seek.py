"""Finding words in a whole message, without keeping anything of it."""

from collections.abc import Iterator
from typing import NamedTuple

from acechat.markdown.document import Document
from acechat.markdown.needle import Needle, matches
from acechat.markdown.shapes import Block, Code, texts_of


class Found(NamedTuple):
    """One place in a message."""

    block: int
    """The block it is in."""
    number: int
    """Which place in that block it is, from 0."""
    offset: int
    """How far into the block it is, as `Document.locate` counts."""


def seek(document: Document, needle: Needle, first: int = 0) -> Iterator[list[Found]]:
    """Yield the places of `needle` from block `first` on; each step is a bounded amount of work.

    The document is read and drawn for this, so it should be one that nobody looks at, and one
    without colours: those would cost more than all the rest.
    """
    for index in _candidates(document, needle, first):
        if index is None:
            yield []
            continue
        here = matches(document.block_lines(index), needle)
        document.forget(index)
        yield [Found(index, number, match.offset) for number, match in enumerate(here)]


def count(document: Document, needle: Needle) -> Iterator[int]:
    """Yield how many places there are in each part of a text, in steps as `seek` takes them."""
    for index in _candidates(document, needle, 0):
        if index is None:
            yield 0
            continue
        yield needle.count(document.block_lines(index))
        document.forget(index)


def _candidates(document: Document, needle: Needle, first: int) -> Iterator[int | None]:
    """Yield the blocks in which `needle` may be, and None for every other step of the work."""
    while document.read_on():
        yield None
    for index in range(first, document.blocks):
        yield index if needle.may_be_in(_source(document.block(index))) else None


def _source(block: Block) -> str:
    return block.source if isinstance(block, Code) else "\n".join(texts_of(block))
