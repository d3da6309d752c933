"""The API token: where it comes from, and a type that never shows it by accident."""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from acechat.errors import SettingsError
from acechat.paths import Paths, make_folder, write_whole

VARIABLE = "ACEDATACLOUD_API_TOKEN"
"""`api.md` section 8."""

MAX_BYTES = 4096
"""Of a token file; a token has 32 characters, so a larger file is something else."""

_ACCOUNT_TOKEN = re.compile(r"platform-v\d+-", re.IGNORECASE)
"""How the other kind of token begins (`api.md` section 8)."""


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A token and where it was found. Its `repr` and `str` are masked."""

    value: str
    source: Literal["environment", "file", "embedded"]

    def __repr__(self) -> str:
        return f"Token({self.masked}, {self.source})"

    __str__ = __repr__

    @property
    def masked(self) -> str:
        """The last four characters behind dots, enough to recognise one's own token."""
        return "••••" + (self.value[-4:] if len(self.value) >= 12 else "")


def check_token(text: str) -> str:
    """Return the token in what a user typed or pasted, without the space around it.

    Raises:
        ValueError: it cannot be an API token; the text says why in one sentence.
    """
    token = text.strip()
    if not token:
        raise ValueError("type the API token")
    if any(character.isspace() for character in token):
        raise ValueError("this is not an API token: it has spaces in it")
    if not token.isascii() or not token.isprintable():
        # Word processors turn plain quotes and dashes into others that no header can carry.
        raise ValueError("this is not an API token: it has quotes or other special characters")
    if token[0] in "\"'" or token[-1] in "\"'":
        raise ValueError("this is not an API token: leave the quotes out")
    if _ACCOUNT_TOKEN.match(token):
        raise ValueError(
            "this is an account token; the API token comes from "
            "platform.acedata.cloud → Applications"
        )
    return token


def find_token(paths: Paths, environ: Mapping[str, str]) -> Token | None:
    """Return the user's token: from the environment first, then from its file.

    Raises:
        SettingsError: there is one that cannot be used, or a file that others can read.
    """
    if environ.get(VARIABLE, "").strip():
        return Token(_usable(environ[VARIABLE], VARIABLE), "environment")
    content = _read(paths.token)
    return Token(_usable(content, str(paths.token)), "file") if content.strip() else None


def save_token(paths: Paths, text: str) -> Token:
    """Keep a token in its file, 0600, and return it.

    Raises:
        ValueError: it cannot be an API token.
        SettingsError: the file cannot be written; what was there is untouched.
    """
    token = check_token(text)
    try:
        make_folder(paths.token.parent)
        write_whole(paths.token, f"{token}\n".encode())
    except OSError as error:
        raise SettingsError(f"the token cannot be saved: {error.strerror}") from None
    return Token(token, "file")


def forget_token(paths: Paths) -> None:
    """Remove the token's file, if there is one.

    Raises:
        SettingsError: it cannot be removed.
    """
    try:
        paths.token.unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(f"the token cannot be removed: {error.strerror}") from None


def _usable(text: str, source: str) -> str:
    try:
        return check_token(text)
    except ValueError as error:
        raise SettingsError(f"{source}: {error}") from None


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            # Asked of the open file, so that it is this one that is read.
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    if stat.S_IMODE(mode) & 0o077:
        raise SettingsError(f"{path} can be read by other users: run chmod 600 on it")
    if len(content) > MAX_BYTES:
        raise SettingsError(f"{path} is too long for a token")
    return content.decode("utf-8", "replace")
