"""What reaches standard output and standard error: always clean, never half an escape."""

import io
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress

from acechat.clean import clean, clean_line

_ELLIPSIS = "…"


class OutputFailed(Exception):
    """Standard output cannot be written; the message is one sentence."""


def prepare_streams() -> None:
    """Replace what the terminal's encoding has no letter for, instead of failing on it.

    What whoever started the program has closed leads nowhere.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(nowhere, "r" if name == "stdin" else "w"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def leave_stdout() -> None:
    """Let nothing more be written where that fails, not even at the end of the process."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def write(text: str) -> None:
    """Write a piece of text as it comes, at once.

    Raises:
        BrokenPipeError: whoever read it is gone.
        OutputFailed: it cannot be written for another reason, such as a full disk.
    """
    write_styled(clean(text))


def write_styled(text: str) -> None:
    """Write text of which each part is clean, with styles of our own between them, like `write`."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputFailed(f"the output cannot be written: {error.strerror}") from None


def write_line(text: str = "") -> None:
    """Write a text and end its line."""
    write(f"{text}\n")


def write_json(value: object, *, indent: int | None = 2) -> None:
    """Write JSON."""
    from acechat.export import json_text

    write_line(json_text(value, indent=indent))


def write_columns(
    rows: Iterable[Sequence[str]], *, indent: str = "", width: int | None = None
) -> None:
    """Write rows in columns; the last one is cut where a line would be longer than `width`."""
    cells = [[clean_line(cell) for cell in row] for row in rows]
    if not cells:
        return
    # The last column ends the line and needs no padding.
    widths = [max(map(_cells, column)) for column in list(zip(*cells, strict=True))[:-1]]
    for row in cells:
        padded = [
            f"{cell}{' ' * (size - _cells(cell))}"
            for cell, size in zip(row[:-1], widths, strict=True)
        ]
        room = None
        if width is not None:
            room = max(1, width - len(indent) - sum(widths) - 2 * len(widths))
        write_line((indent + "  ".join((*padded, _cut(row[-1], room)))).rstrip())


def complain(sentence: str) -> None:
    """Say on standard error what went wrong, or to nobody where that cannot be written."""
    with suppress(OSError):
        print(f"acechat: {clean_line(sentence)}", file=sys.stderr, flush=True)


def _cells(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "FW")
        for letter in text
    )


def _cut(text: str, room: int | None) -> str:
    if room is None or _cells(text) <= room:
        return text
    while text and _cells(text) > room - 1:
        text = text[:-1]
    return f"{text.rstrip()}{_ELLIPSIS}"
