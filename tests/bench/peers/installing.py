"""Each program in an environment of its own, with every package pinned."""

import subprocess
import sys
from pathlib import Path

from bench.server import TESTS

PINS = TESTS.parent / "locks" / "peers"
ENVIRONMENTS = TESTS.parent / ".venv-peers"
LAST_WORDS = 5
"""Lines of what pip says that are told where it fails."""


class NotInstalled(Exception):
    """A program could not be installed; the text is what was said last."""


def installed(name: str) -> Path:
    """Install the program if it is not there yet; return the folder of its commands.

    Raises:
        NotInstalled: it could not be.
    """
    pins, folder = PINS / f"{name}.txt", ENVIRONMENTS / name
    stamp = folder / "pins.txt"
    if not stamp.exists() or stamp.read_text() != pins.read_text():
        print(f"installing {name} into {folder.relative_to(TESTS.parent)} ...", file=sys.stderr)
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
        _run(*pip, "install", "--quiet", "--no-deps", "--requirement", str(pins))
        stamp.write_text(pins.read_text())
    return folder / "bin"


def version_of(name: str, distribution: str) -> str:
    """Return which version is pinned."""
    for line in (PINS / f"{name}.txt").read_text().splitlines():
        pinned, _, version = line.partition("==")
        if pinned.replace("_", "-").lower() == distribution:
            return version
    raise ValueError(f"{distribution} is not pinned")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise NotInstalled("\n".join(said[-LAST_WORDS:]))
