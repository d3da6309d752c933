"""Large pastes, kept aside behind a short chip, and keys that are a paste in disguise."""

import re

from acechat.clean import clean

FOLD_BYTES = 4096
"""A longer paste becomes a chip: a text area takes 1.6 s for a line of 1 MB, then 1.4 s a key."""

FOLD_LINES = 20
"""A paste of more lines becomes a chip, so that the prompt stays readable."""

KEPT = 32
"""So many pastes are remembered beyond those that are in use."""

BURST_SECONDS = 0.01
"""Keys that come faster than this were not typed: key repeat is at 30 ms, fast typing at 60."""

BURST_KEYS = 3
"""So many keys in such a row are a paste. Two can be a roll of the fingers over a slow line."""

SETTLE_SECONDS = 0.1
"""Nobody presses Enter this soon after a paste; what does is the rest of the paste."""

_KILO = 1024


def size_label(count: int) -> str:
    """Return a number of bytes as users write it: `812 B`, `4.2 KB`, `1.0 MB`."""
    if count < _KILO:
        return f"{count} B"
    if count < _KILO * _KILO:
        return f"{count / _KILO:.1f} KB"
    return f"{count / _KILO / _KILO:.1f} MB"


def pasted_text(text: str) -> str:
    """Return a paste as it may be shown: clean, with one kind of line end."""
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))


def may_be_path(text: str) -> bool:
    """Return whether a paste looks like one path, as terminals write that of a dropped file."""
    path = text.strip()
    begins = path[:1] in {"/", "~"} or path[:2] in {"'/", '"/', "'~", '"~'}
    return "\n" not in path and (begins or path.lower().startswith("file:///"))


class Pastes:
    """Large texts by the chips that stand for them in the prompt."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def fold(self, text: str) -> str:
        """Return `text`, or the chip that stands for it where it is large."""
        size = len(text.encode())
        lines = text.count("\n") + 1
        if size <= FOLD_BYTES and lines <= FOLD_LINES:
            return text
        for chip, known in self._texts.items():
            if known == text:
                return chip
        label = f"{size_label(size)} pasted, {lines} line{'' if lines == 1 else 's'}"
        chip, number = f"[{label}]", 1
        while chip in self._texts:
            number += 1
            chip = f"[{label}, no. {number}]"
        self._texts[chip] = text
        return chip

    def fold_known(self, text: str) -> str:
        """Return `text` with chips for pastes that are remembered, and for what is too long."""
        for chip, known in self._texts.items():
            text = text.replace(known, chip)
        # Lines do not matter here: a long question that was typed stays editable.
        return self.fold(text) if len(text.encode()) > FOLD_BYTES * 4 else text

    def expand(self, text: str) -> str:
        """Return `text` with the pastes in the places of their chips."""
        if not self._texts:
            return text
        chips = re.compile("|".join(map(re.escape, self._texts)))
        return chips.sub(lambda match: self._texts[match[0]], text)

    def chip_ending_at(self, line: str, column: int) -> str | None:
        """Return the chip whose last character is before `column`."""
        return next((chip for chip in self._texts if line[:column].endswith(chip)), None)

    def chip_starting_at(self, line: str, column: int) -> str | None:
        """Return the chip whose first character is at `column`."""
        return next((chip for chip in self._texts if line.startswith(chip, column)), None)

    def forget(self, text: str) -> None:
        """Drop the oldest pastes that are not in `text`, where there are many."""
        unused = [chip for chip in self._texts if chip not in text]
        for chip in unused[: max(0, len(unused) - KEPT)]:
            del self._texts[chip]


class Burst:
    """Tells typed keys from keys that are pieces of a paste.

    A terminal without bracketed paste sends a paste as keys, and a paste that holds an escape
    character is handed on as up to 32 keys: an Enter among them would send. Times are those at
    which the keys arrived, in seconds, so a busy moment does not make typing look like a burst.
    """

    def __init__(self) -> None:
        self._last_key = -1.0
        self._run = 0
        self._last_paste = -1.0
        self._split = False

    def paste(self, at: float) -> None:
        """Note a paste."""
        self._last_paste = at

    def key(self, at: float, name: str) -> bool:
        """Note a key; return whether it belongs to a paste."""
        self._run = self._run + 1 if at - self._last_key < BURST_SECONDS else 0
        self._last_key = at
        if self._run == 0:
            # The escape character of a paste that was split arrives as this key.
            self._split = name == "circumflex_accent"
        in_burst = self._run >= BURST_KEYS or (self._split and self._run > 0)
        return in_burst or 0 <= at - self._last_paste < SETTLE_SECONDS
