"""The one boundary for text from outside: nothing that passes it can act on a terminal.

Textual and Rich send escape sequences, C1 controls and bidirectional overrides through to the
terminal as they are, so every text that is shown, copied, exported as Markdown or logged passes
`clean` first. The store keeps the raw text.
"""

from collections.abc import Callable

_REPLACEMENT = "�"


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for point in (*range(0x20), 0x7F, *range(0x80, 0xA0)):
        table[point] = None
    del table[ord("\n")], table[ord("\t")]
    # C0 controls are shown as their Unicode pictures, so that a user sees what was sent.
    for point in range(0x20):
        if point in table:
            table[point] = chr(0x2400 + point)
    table[0x7F] = chr(0x2421)
    table[ord("\r")] = None
    # Bidirectional embeddings, overrides and isolates can make text read as something else.
    for point in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)):
        table[point] = None
    table[0x2028] = table[0x2029] = "\n"
    table[0x0085] = "\n"
    # A surrogate that stands alone cannot be written in UTF-8.
    for point in range(0xD800, 0xE000):
        table[point] = _REPLACEMENT
    return table


_TABLE = _table()


def clean(text: str) -> str:
    """Return `text` without anything that acts on a terminal.

    Works per code point, so it may be applied to pieces of a text in any cut. Control characters
    of C0 become visible pictures, C1 and bidirectional controls vanish, the Unicode line
    separators become newlines. Joiners and variation selectors stay: emoji need them.
    """
    return text.translate(_TABLE)


def clean_line(text: str) -> str:
    """Return `text` cleaned and on one line, for titles, names and labels."""
    return " ".join(clean(text).split())


def masked(secret: str) -> Callable[[str], str]:
    """Return a function that hides `secret` wherever it occurs in a text."""

    def mask(text: str) -> str:
        return text.replace(secret, "••••") if secret else text

    return mask
