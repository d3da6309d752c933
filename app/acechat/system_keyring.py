"""The keyring of the system, where the optional package `keyring` is installed.

It is asked in a process of its own, which has no terminal: a keyring may wait for ever, or ask for
a password, and neither must take the screen or its keys.
"""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

from acechat.clean import clean_line
from acechat.errors import SettingsError

SERVICE = "acechat"
"""Under which name the keyring's own program shows the token."""

ENTRIES = ("ACEDATACLOUD_API_TOKEN", "ACEDATACLOUD_ACCOUNT_TOKEN")
"""The names of the entries, and of variables that no other process needs to see."""

SECONDS = 3.0
"""How long a keyring may take (`reliability.md` section 6)."""

MAX_REASON = 120
"""Characters of a keyring's own message that are shown."""


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What a keyring said. Its `repr` shows no token."""

    name: str
    """The name of the keyring; empty where there is none on this system."""
    token: str = ""
    """The token that it keeps, or an empty text."""

    def __repr__(self) -> str:
        return f"Answer({self.name!r})"


class _Keyring(Protocol):
    """What the package offers and is used here."""

    name: str
    priority: float

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


def is_installed() -> bool:
    """Return whether the package is there; nothing of it is loaded."""
    return find_spec("keyring") is not None


async def read(entry: str) -> Answer:
    """Ask the keyring for the token of this name.

    Raises:
        SettingsError: it did not answer in time, or refused.
    """
    return await _asked("read", entry) if is_installed() else Answer("")


async def keep(token: str, entry: str) -> None:
    """Keep the token in the keyring under this name.

    Raises:
        SettingsError: it did not answer in time, refused, or there is none.
    """
    answer = await _asked("keep", entry, token)
    if answer.token != token:
        raise SettingsError("there is no keyring on this system that keeps the token")


async def forget(entry: str) -> None:
    """Remove the token of this name from the keyring, where it is in there.

    Raises:
        SettingsError: it did not answer in time, or refused.
    """
    if is_installed():
        await _asked("forget", entry)


async def _asked(wish: str, entry: str, token: str = "") -> Answer:
    try:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "acechat.system_keyring", wish, entry),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={name: value for name, value in os.environ.items() if name not in ENTRIES},
            # Without a terminal there is none to ask on.
            start_new_session=True,
        )
    except OSError as error:
        raise SettingsError(f"the keyring cannot be asked: {error.strerror}") from None
    try:
        async with asyncio.timeout(SECONDS):
            said, _ = await child.communicate(token.encode())
    except TimeoutError:
        raise SettingsError(f"the keyring did not answer within {SECONDS:g} s") from None
    finally:
        await _end(child)
    return _understood(said, token)


async def _end(child: Process) -> None:
    """End what has not answered, with all that it has started."""
    if child.returncode is None:
        # On macOS nobody may end a group of which only what has ended already is left.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()


def _understood(said: bytes, token: str) -> Answer:
    # What a keyring prints of its own comes before.
    last = said.decode("utf-8", "replace").strip().rpartition("\n")[2]
    try:
        told = cast("Mapping[str, str]", json.loads(last))
        if reason := told.get("error", ""):
            reason = reason.replace(token, "••••") if token else reason
            raise SettingsError(f"the keyring refused: {clean_line(reason)[:MAX_REASON]}")
        return Answer(told["name"], told["token"])
    except (ValueError, KeyError, AttributeError):
        raise SettingsError("the keyring cannot be used: its process ended") from None


def _main(wish: str, entry: str) -> None:
    """Carry out one wish and print what came of it."""
    try:
        told = _carried_out(wish, entry, sys.stdin.read())
    except EOFError:
        told = {"error": "it asks for a password, which cannot be typed here"}
    except Exception as error:  # noqa: BLE001 - keyrings raise what their system raises
        told = {"error": str(error) or type(error).__name__}
    print("\n" + json.dumps(told))


def _carried_out(wish: str, entry: str, token: str) -> dict[str, str]:
    ring = cast("_Keyring", import_module("keyring").get_keyring())
    if ring.priority <= 0:
        # So the package calls it where there is no keyring, or where its user wants none.
        return {"name": "", "token": ""}
    if wish == "keep":
        ring.set_password(SERVICE, entry, token)
    kept = ring.get_password(SERVICE, entry) or ""
    if wish == "forget" and kept:
        ring.delete_password(SERVICE, entry)
    return {"name": ring.name, "token": "" if wish == "forget" else kept}


if __name__ == "__main__":
    _main(*sys.argv[1:])
