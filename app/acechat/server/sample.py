"""The model `sample`: Markdown of the length and the kind asked for, to try rendering and speed."""

import asyncio
import math
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from zlib import crc32

from acechat.server import sample_blocks as blocks
from acechat.server import sample_prose as prose
from acechat.server.answering import AnswerFailed, Asked
from acechat.server.names import SAMPLE
from acechat.server.pacing import paced

PACE = 80.0
"""Pieces a second where none is asked for: about what a large model writes."""

SLOW = 8.0
FAST = 400.0
"""What `slowly` and `fast` mean, in pieces a second."""

WORDS = 200
"""Words where no number is asked for."""

MOST_WORDS = 100_000
"""The longest answer: as each line of a stream carries the whole answer so far, one of this length
is several gigabytes on the wire already."""

KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "headings": (r"\b(headings?|headers?|chapters?)\b", ()),
    "tables": (r"\btables?\b", blocks.TABLES),
    "code": (r"\b(code|programs?|snippets?|functions?)\b", blocks.CODE),
    "lists": (r"\b(lists?|bullets?|steps|todo)\b", blocks.LISTS),
    "cjk": (r"\b(cjk|chinese|japanese|korean)\b|中文|日本語|한국어", ()),
    "emoji": (r"\bemojis?\b", prose.EMOJI),
    "links": (r"\b(links?|urls?)\b", blocks.LINKS),
    "quotes": (r"\b(quotes?|quotations?)\b", blocks.QUOTES),
    "math": (r"\b(math|maths|formulas?|equations?|latex)\b", blocks.MATH),
}
"""What can be asked for beside plain text: how it is recognised, and what it consists of."""

_LENGTH = re.compile(r"(\d[\d,_.]*)\s*(k\b)?\s*-?\s*(?:words?|tokens?|字|词)")
_PACE = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:tokens?|pieces?|words?)?\s*(?:/\s*|per\s+|a\s+)s(?:ec(?:ond)?)?\b"
)
_AT_ONCE = re.compile(
    r"as fast as (possible|you can)|at once|no delay|without (a )?delay|instantly"
)
_FAIL = re.compile(r"\bfail(?:s|ing)?\b(?:\s+after\s+(\d+)\s+words?)?")
_WAIT = re.compile(r"\bwait\s+(\d+(?:\.\d+)?)\s*s")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a question asks for."""

    words: int = WORDS
    kinds: tuple[str, ...] = ()
    pace: float = PACE
    wait: float = 0.0
    """Seconds before the first piece."""
    fail_after: int | None = None
    """Words after which the answer breaks off with an error."""

    @classmethod
    def parse(cls, question: str) -> "Wish":
        """Read a question; what is not understood changes nothing."""
        low = question.lower()
        failing = _FAIL.search(low)
        # "fail after 20 words" says nothing about the length, nor does "100 words/s".
        rest = _PACE.sub(" ", _FAIL.sub(" ", low))
        words = WORDS
        if length := _LENGTH.search(rest):
            words = int(re.sub(r"\D", "", length[1])) * (1000 if length[2] else 1)
        elif re.search(r"\blong\b", low):
            words = 10 * WORDS
        elif re.search(r"\bshort\b", low):
            words = WORDS // 4
        kinds = [kind for kind, (pattern, _) in KINDS.items() if re.search(pattern, low)]
        if re.search(r"\b(everything|all kinds)\b", low):
            kinds = list(KINDS)
        wait = _WAIT.search(low)
        return cls(
            words=max(1, min(words, MOST_WORDS)),
            kinds=tuple(kinds),
            pace=_pace(low),
            wait=float(wait[1]) if wait else 0.0,
            fail_after=int(failing[1] or 0) if failing else None,
        )


def _pace(low: str) -> float:
    if (pace := _PACE.search(low)) and float(pace[1]) > 0:
        return float(pace[1])
    if _AT_ONCE.search(low):
        return math.inf
    if re.search(r"\bslow(ly)?\b", low):
        return SLOW
    return FAST if re.search(r"\bfast\b", low) else PACE


class Sample:
    """Writes what it is asked to; the same for the same question."""

    name = SAMPLE

    async def answer(self, asked: Asked) -> AsyncGenerator[str, None]:
        """Yield the answer in pieces, at the pace asked for.

        Raises:
            AnswerFailed: that was asked for.
        """
        wish = Wish.parse(asked.question)
        await asyncio.sleep(wish.wait)
        text = write(wish, asked.question, asked.references)
        if wish.fail_after is not None:
            text = " ".join(text.split(" ")[: wish.fail_after])
        async for piece in paced(text, wish.pace):
            yield piece
        if wish.fail_after is not None:
            raise AnswerFailed("the sample failed, as it was asked to")


class _Choice:
    """Chooses like dice, and the same way each time for the same question."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._throws = count()

    def below(self, number: int) -> int:
        """Return a whole number from 0 to `number` - 1."""
        return crc32(f"{next(self._throws)} {self._seed}".encode("utf-8", "replace")) % number

    def shuffled(self, items: Sequence[str]) -> list[str]:
        """Return the items in another order."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in items]


def write(wish: Wish, seed: str, references: Sequence[str] = ()) -> str:
    """Return Markdown of about the length of the wish, with each kind of the wish in it."""
    choice = _Choice(seed)
    parts: list[str] = []
    words = 0
    kinds = 0
    paragraphs = _paragraphs(choice)
    for number in count():
        if number and wish.kinds:
            # At least one of each kind, however short the answer.
            kind = wish.kinds[(number - 1) % len(wish.kinds)]
            parts.append(_block(kind, choice))
            words += len(parts[-1].split())
            kinds += 1
        if words >= wish.words and kinds >= len(wish.kinds):
            break
        paragraph = next(paragraphs)
        left = wish.words - words
        if left > 0:
            parts.append(_cut(paragraph, left))
            words += len(parts[-1].split())
    if references:
        listed = "\n".join(f"- <{reference}>" for reference in references)
        parts.append(f"References that came with the question:\n\n{listed}")
    return "\n\n".join(parts) + "\n"


def _paragraphs(choice: _Choice) -> Iterator[str]:
    """Yield paragraphs of three to five sentences, theme after theme, for ever."""
    while True:
        for theme in choice.shuffled(list(prose.PROSE)):
            sentences = choice.shuffled(prose.PROSE[theme])
            first = f"**{theme}.** "
            while sentences:
                some = 3 + choice.below(3)
                yield first + " ".join(_styled(s, choice) for s in sentences[:some])
                sentences = sentences[some:]
                first = ""


def _styled(sentence: str, choice: _Choice) -> str:
    """Put a word of some sentences into another style."""
    styles = ("*", "**", "`", "*")
    style = choice.below(16)
    words = sentence.split(" ")
    if style >= len(styles) or "*" in sentence:
        return sentence
    place = 1 + choice.below(len(words) - 2)
    if words[place].isalpha():
        words[place] = f"{styles[style]}{words[place]}{styles[style]}"
    return " ".join(words)


def _block(kind: str, choice: _Choice) -> str:
    if kind == "headings":
        level = "#" * (2 + choice.below(2))
        return f"{level} {blocks.HEADINGS[choice.below(len(blocks.HEADINGS))]}"
    if kind == "cjk":
        chinese = "".join(choice.shuffled(prose.CHINESE)[:4])
        others = (*prose.JAPANESE, *prose.KOREAN)
        return f"{chinese}\n\n{others[choice.below(len(others))]}"
    items = KINDS[kind][1]
    return items[choice.below(len(items))]


def _cut(paragraph: str, words: int) -> str:
    """Return the paragraph, or its first words where it is longer than that."""
    all_words = paragraph.split(" ")
    if len(all_words) <= words:
        return paragraph
    cut = " ".join(all_words[:words]).rstrip(",;:.")
    for style in ("**", "`"):
        if cut.count(style) % 2:
            cut += style
    return f"{cut}."
