"""Stands in for the package `keyring`: what it does is in the file that KEYRING_SCRIPT names.

The file holds JSON: `token` and `account` are what is kept, `does` what goes wrong: "hang", "ask",
"refuse", "die", "nowhere" for a system without a keyring, "drop" for one that keeps nothing.
"""

import getpass
import json
import os
import sys
import time
from pathlib import Path

ENTRIES = {"ACEDATACLOUD_API_TOKEN": "token", "ACEDATACLOUD_ACCOUNT_TOKEN": "account"}


class _Backend:
    name = "a keyring of the tests"

    def __init__(self) -> None:
        self._file = Path(os.environ["KEYRING_SCRIPT"])
        self._kept: dict[str, str] = json.loads(self._file.read_text())
        self._does = self._kept.get("does", "")
        self.priority = 0 if self._does == "nowhere" else 5

    def get_password(self, service: str, username: str) -> str | None:
        print("a greeting that nobody asked for")
        assert service == "acechat"
        match self._does:
            case "hang":
                # Longer than any test lasts: it stands for one that waits for its user.
                time.sleep(90)
            case "ask":
                getpass.getpass("Password for the keyring: ")
            case "refuse":
                secret = self._kept.get(ENTRIES[username], "")
                raise RuntimeError(f"locked \x1b[31mby {secret}\n{'very ' * 100}")
            case "die":
                os._exit(9)
            case _:
                pass
        return self._kept.get(ENTRIES[username])

    def set_password(self, service: str, username: str, password: str) -> None:
        if self._does != "drop":
            self._write(ENTRIES[username], password)
        if self._does == "refuse":
            raise RuntimeError(f"cannot keep {password}")

    def delete_password(self, service: str, username: str) -> None:
        if ENTRIES[username] not in self._kept:
            raise RuntimeError("no such password")
        self._write(ENTRIES[username], None)

    def _write(self, entry: str, token: str | None) -> None:
        self._kept.pop(entry, None)
        self._kept |= {} if token is None else {entry: token}
        self._file.write_text(json.dumps(self._kept))


def get_keyring() -> _Backend:
    assert not set(ENTRIES) & set(os.environ)
    assert not any("token" in word.lower() and "=" in word for word in sys.argv)
    return _Backend()
