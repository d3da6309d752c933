"""The tokens: where they come from, and a type that never shows one by accident."""

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

ACCOUNT_VARIABLE = "ACEDATACLOUD_ACCOUNT_TOKEN"
"""The account token, for uploads, named as its sibling is."""

VARIABLES = (VARIABLE, ACCOUNT_VARIABLE)
"""What no program that is started from here needs to see."""

Kind = Literal["token", "account_token"]
"""The API token for questions, or the account token for files (`api.md` section 8)."""

_VARIABLES: Mapping[Kind, str] = {"token": VARIABLE, "account_token": ACCOUNT_VARIABLE}
_NOUNS: Mapping[Kind, str] = {"token": "API token", "account_token": "account token"}

MAX_BYTES = 4096
"""Of a token file; a token has 32 characters, so a larger file is something else."""

_ACCOUNT_TOKEN = re.compile(r"platform-v\d+-", re.IGNORECASE)
"""How an account token begins (`api.md` section 8)."""

_API_TOKEN = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
"""What an API token looks like (`api.md` section 8)."""


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A token and where it was found. Its `repr` and `str` are masked."""

    value: str
    source: Literal["environment", "keyring", "file"]

    def __repr__(self) -> str:
        return f"Token({self.masked}, {self.source})"

    __str__ = __repr__

    @property
    def masked(self) -> str:
        """The last four characters behind dots, enough to recognise one's own token."""
        return "••••" + (self.value[-4:] if len(self.value) >= 12 else "")


Place = Literal["keyring", "file"]
"""Where a token can be kept."""


@dataclass(frozen=True, slots=True)
class FoundToken:
    """The token in force, and what is to be said about the search for it."""

    token: Token | None = None
    """The token, or None where there is none."""
    keyring: str = ""
    """The name of the keyring; empty where it was not asked, or cannot be used."""
    trouble: str = ""
    """Why the keyring could not be asked, in one sentence, or an empty text."""


def check_token(text: str, kind: Kind = "token") -> str:
    """Return the token in what a user typed or pasted, without the space around it.

    Raises:
        ValueError: it cannot be a token of this kind; the text says why in one sentence.
    """
    token, noun = text.strip(), _NOUNS[kind]
    if not token:
        raise ValueError(f"type the {noun}")
    if any(character.isspace() for character in token):
        raise ValueError(f"this is not an {noun}: it has spaces in it")
    if not token.isascii() or not token.isprintable():
        # Word processors turn plain quotes and dashes into others that no header can carry.
        raise ValueError(f"this is not an {noun}: it has quotes or other special characters")
    if token[0] in "\"'" or token[-1] in "\"'":
        raise ValueError(f"this is not an {noun}: leave the quotes out")
    if kind == "token" and _ACCOUNT_TOKEN.match(token):
        raise ValueError(
            "this is an account token; the API token comes from "
            "platform.acedata.cloud → Applications"
        )
    if kind == "account_token" and _API_TOKEN.fullmatch(token):
        raise ValueError("this is an API token; an account token begins with platform-v1-")
    return token


async def find_token(paths: Paths, environ: Mapping[str, str], kind: Kind = "token") -> FoundToken:
    """Return the user's token: from the environment, else the keyring, else from its file.

    A keyring that fails is passed over, and the trouble with it told; it has 3 seconds.

    Raises:
        SettingsError: there is one that cannot be used, or a file that others can read.
    """
    variable = _VARIABLES[kind]
    if environ.get(variable, "").strip():
        return FoundToken(Token(_usable(environ[variable], variable, kind), "environment"))
    from acechat import system_keyring

    name, trouble = "", ""
    try:
        answer = await system_keyring.read(variable)
    except SettingsError as error:
        trouble = str(error)
    else:
        name = answer.name
        if answer.token.strip():
            return FoundToken(Token(_usable(answer.token, "the keyring", kind), "keyring"), name)
    path = _path(paths, kind)
    content = _read(path)
    token = Token(_usable(content, str(path), kind), "file") if content.strip() else None
    return FoundToken(token, name, trouble)


async def keep_token(paths: Paths, text: str, place: Place, kind: Kind = "token") -> None:
    """Keep a token in its place, and remove the one that is kept in the other.

    Raises:
        ValueError: it cannot be a token of this kind.
        SettingsError: it cannot be kept, or the other cannot be removed.
    """
    from acechat import system_keyring

    token = check_token(text, kind)
    if place == "keyring":
        await system_keyring.keep(token, _VARIABLES[kind])
        _forget_file(_path(paths, kind))
        return
    save_token(paths, token, kind)
    try:
        # It would go before the file.
        await system_keyring.forget(_VARIABLES[kind])
    except SettingsError as error:
        raise SettingsError(f"the token is kept in its file; {error}") from None


async def forget_token(paths: Paths, kind: Kind = "token") -> None:
    """Remove the token of a kind from wherever it is kept.

    Raises:
        SettingsError: it cannot be removed.
    """
    from acechat import system_keyring

    _forget_file(_path(paths, kind))
    await system_keyring.forget(_VARIABLES[kind])


def save_token(paths: Paths, text: str, kind: Kind = "token") -> Token:
    """Keep a token in its file, 0600, and return it.

    Raises:
        ValueError: it cannot be a token of this kind.
        SettingsError: the file cannot be written; what was there is untouched.
    """
    token, path = check_token(text, kind), _path(paths, kind)
    try:
        make_folder(path.parent)
        write_whole(path, f"{token}\n".encode())
    except OSError as error:
        raise SettingsError(f"the token cannot be saved: {error.strerror}") from None
    return Token(token, "file")


def _path(paths: Paths, kind: Kind) -> Path:
    return paths.token if kind == "token" else paths.account_token


def _forget_file(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(f"the token cannot be removed: {error.strerror}") from None


def _usable(text: str, source: str, kind: Kind) -> str:
    try:
        return check_token(text, kind)
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
