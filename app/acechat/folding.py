"""Text as it is compared when something is looked for: neither case nor accents matter."""

import re
import unicodedata
from functools import lru_cache

_ACCENTS = re.compile("[\u0300-\u036f]")
"""Combining marks of Latin, Greek and Cyrillic; those of other scripts make other letters."""

_DENSE = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Letters of Chinese, Japanese and Korean, of which one or two already are a word."""


def fold(text: str) -> str:
    """Return `text` without case, accents and width: "Ａ", "Á" and "a" are the same."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold()
    # Together again, or Korean syllables and voiced Japanese letters would be found by halves.
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart))


@lru_cache(maxsize=4096)
def _folded_letter(letter: str) -> str:
    return fold(letter)


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """Return the folded text, and for each of its characters the place in `text` it comes from.

    The list has one more item: the length of `text`. Folding letter by letter differs from `fold`
    only where letters are written as a base and a mark, which then stand apart.
    """
    if text.isascii():
        return text.lower(), list(range(len(text) + 1))
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if _ACCENTS.match(letter):
            continue
        folded = _folded_letter(letter)
        letters.append(folded)
        places.extend([place] * len(folded))
    places.append(len(text))
    return "".join(letters), places


def dense_letters(folded: str) -> list[str]:
    """Return each Chinese, Japanese and Korean letter of a folded text once."""
    if folded.isascii():
        return []
    return [letter for letter in dict.fromkeys(_DENSE.findall(folded)) if letter.isalnum()]
