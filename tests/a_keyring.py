"""A keyring for tests: the package is there, and does what the test says."""

import importlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent / "fake_keyring"


@dataclass(frozen=True)
class FakeKeyring:
    """What is in the keyring, and what it does wrong."""

    file: Path

    def holds(self, token: str | None, *, does: str = "") -> None:
        """Put a token in, and say what goes wrong."""
        kept = {} if token is None else {"token": token}
        self.file.write_text(json.dumps({"does": does, **kept}))

    @property
    def token(self) -> str | None:
        """What it holds."""
        return json.loads(self.file.read_text()).get("token")


def installed(monkeypatch: pytest.MonkeyPatch, folder: Path) -> FakeKeyring:
    """Install a keyring that holds nothing yet."""
    keyring = FakeKeyring(folder / "keyring.json")
    keyring.holds(None)
    inherited = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(PACKAGE), inherited))))
    monkeypatch.setenv("KEYRING_SCRIPT", str(keyring.file))
    monkeypatch.syspath_prepend(PACKAGE)
    importlib.invalidate_caches()
    return keyring
