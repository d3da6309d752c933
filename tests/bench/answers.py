"""The prepared answers that the server plays, cut into pieces like a model's tokens."""

import re
from collections.abc import Callable, Iterator
from itertools import islice

LAST_WORD = "Endoftheanswer"
"""What every answer ends with; it stands nowhere else."""

BIG_PIECES = 100
"""How many pieces an answer comes in that is not written word by word."""

_PIECE = re.compile(r"\s*\S{1,6}|\s+")

_SECTION = """
## Part {number}: how the cache decides

A cache keeps what was asked for *last* and throws away what was **not used** for the longest time.
That is simple, and it is wrong whenever one long scan walks through everything once: part {number}
shows why, with `lookup({number})` as the example, and 缓存 as its name elsewhere.

1. Ask the table for the key; a hit costs one comparison.
2. A miss reads the page, which takes a thousand times as long.
   - The page goes to the *front* of the list.
   - The last page of the list goes, unless it was changed.
3. Count both, so that the ratio can be shown later.

| step | reads | hits | ratio |
| --- | ---: | ---: | ---: |
| cold | {number}00 | 12 | 0.1 |
| warm | {number}00 | 88 | 0.9 |
| scan | {number}000 | 3 | 0.0 |

```python
def lookup(key, table, pages):
    page = table.get(key)
    if page is None:
        page = pages.read(key)  # {number} of them wait
        table[key] = page
    return page.touch(at={number})
```

> A cache that is never cleared is a leak with a good name.

"""


def tokens(text: str) -> Iterator[str]:
    """Cut a text into pieces of up to six letters, with the space before them."""
    return (match.group() for match in _PIECE.finditer(text))


def _prose() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield from tokens(_SECTION.format(number=number))


def mixed(count: int) -> list[str]:
    """Return `count` tokens of headings, lists, tables, code and prose, and the last word."""
    return [*islice(_prose(), count), f"\n\n{LAST_WORD}"]


def _big(text: str) -> list[str]:
    size = -(-len(text) // BIG_PIECES)
    return [text[at : at + size] for at in range(0, len(text), size)] + [f"\n\n{LAST_WORD}"]


def megabyte() -> list[str]:
    """Return an answer of 1 MB."""
    letters, pieces = 0, list[str]()
    for piece in _prose():
        if letters >= 1_000_000:
            break
        pieces.append(piece)
        letters += len(piece)
    return _big("".join(pieces))


def table() -> list[str]:
    """Return a table of 200 rows and 30 columns."""
    head = [f"column {number}" for number in range(30)]
    lines = [head, ["---"] * 30]
    lines += [[f"cell {row}.{column}" for column in range(30)] for row in range(200)]
    return _big("".join(f"| {' | '.join(cells)} |\n" for cells in lines))


def word() -> list[str]:
    """Return 100 KB without a space."""
    return _big("abcdefghij" * 10_000)


def paragraphs() -> list[str]:
    """Return 2,000 paragraphs."""
    return _big("Some *text* with a [link](https://a.example) and `code`.\n\n" * 2000)


ANSWERS: dict[str, Callable[[], list[str]]] = {
    "2000": lambda: mixed(2_000),
    "8000": lambda: mixed(8_000),
    "megabyte": megabyte,
    "table": table,
    "paragraphs": paragraphs,
    "word": word,
}
"""The answers by the names that questions call them by."""
