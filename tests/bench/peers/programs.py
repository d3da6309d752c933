"""The other programs: how each is set up for the server of prepared answers, and started."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import programs
from bench.terminal import Terminal

_MODEL = "prepared"


def _no_steps(_terminal: Terminal) -> None:
    """Nothing has to be done by hand before the first question."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A program that chats in a terminal."""

    name: str
    distribution: str
    """Its name in the package index; empty for acechat itself."""
    prompt: str
    """What is on the screen when there is something to type into."""
    set_up: Callable[[Path, str], dict[str, str]]
    """Writes its settings into a home of its own for the server at a URL; returns variables."""
    arguments: Callable[[Path, str], list[str]] = lambda home, url: []
    steps: Callable[[Terminal], None] = _no_steps
    """What is done once by hand, before it is measured, so that it starts with a chat."""
    send: str = "\r"
    """The key that sends."""


def click(terminal: Terminal, text: str) -> None:
    """Click on a text, once it is on the screen and nothing moves any more."""
    terminal.sees(text)
    terminal.settles(0.5, patience=5.0)
    row, shown = next((at, row) for at, row in enumerate(terminal.screen.rows, 1) if text in row)
    place = f"{shown.index(text) + 2};{row}"
    terminal.types(f"\x1b[<0;{place}M\x1b[<0;{place}m")


def _acechat(home: Path, url: str) -> dict[str, str]:
    return {}


def _elia(home: Path, url: str) -> dict[str, str]:
    settings = home / ".config" / "elia" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        f'default_model = "openai/{_MODEL}"\n[[models]]\nname = "openai/{_MODEL}"\n'
        f'api_base = "{url}/v1"\napi_key = "none"\n'
    )
    return {}


def _oterm(home: Path, url: str) -> dict[str, str]:
    kept = home / "oterm"
    kept.mkdir()
    (kept / "config.json").write_text(json.dumps({"splash-screen": False}))
    return {"OLLAMA_URL": url, "OLLAMA_HOST": url, "OTERM_DATA_DIR": str(kept)}


def _oterm_steps(terminal: Terminal) -> None:
    terminal.sees("Press Ctrl+N")
    terminal.settles(1.0, patience=5.0)
    terminal.types("\x0e")
    click(terminal, f"{_MODEL}:latest")
    click(terminal, "Save")
    terminal.settles(1.0, patience=5.0)


def _parllama(home: Path, url: str) -> dict[str, str]:
    kept = home / "parllama"
    kept.mkdir()
    model = {"provider": "Ollama", "model_name": f"{_MODEL}:latest", "temperature": 0.5}
    settings = {
        "show_first_run": False,
        "starting_tab": "Chat",
        "use_last_tab_on_startup": False,
        "ollama_host": url,
        "last_llm_config": model,
    }
    (kept / "settings.json").write_text(json.dumps(settings))
    return {}


def _parllama_arguments(home: Path, url: str) -> list[str]:
    return ["-d", str(home / "parllama"), "-u", url, "-s", "chat", "-p", "0", "-a", "0"]


PEERS = (
    Peer("acechat", "", programs.PLACEHOLDER, _acechat),
    Peer("elia", "elia-chat", "Enter your message", _elia, send="\n"),
    Peer("oterm", "oterm", "❯", _oterm, steps=_oterm_steps),
    Peer("parllama", "parllama", "Type a message", _parllama, _parllama_arguments),
)
"""All that are measured, acechat first."""


class Home:
    """A program with a home of its own."""

    def __init__(self, peer: Peer, commands: Path, folder: Path, url: str) -> None:
        self.peer = peer
        environ = programs.environ(folder, url)
        # No program looks for anything on the network but the server of prepared answers.
        environ |= {"OPENAI_API_KEY": "none", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
        self._environ = environ | peer.set_up(folder, url)
        self._command = [str(commands / peer.name), *peer.arguments(folder, url)]
        if peer.steps is not _no_steps:
            with self.opened() as terminal:
                peer.steps(terminal)

    def opened(self) -> Terminal:
        """Start it."""
        return Terminal(self._command, self._environ)
