"""The rooms and their arrows: what each may import, and what stays unloaded until it is needed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import acechat

PACKAGE = Path(acechat.__file__).parent

WORDS = {
    "models",
    "files",
    "waiting",
    "events",
    "errors",
    "clean",
    "clock",
    "folding",
    "origin",
}
"""What every room may use."""

PURE = {
    "commands",
    "key_names",
    "start",
    "slash",
    "mentions",
    "paths",
    "settings",
    "options",
    "advice",
}
"""Tables and values without a screen, a network or a database."""

ROOMS: dict[str, tuple[set[str], set[str]]] = {
    # room: (rooms it may import besides the words, libraries it may import besides the standard)
    "models": (set(), set()),
    "events": (set(), set()),
    "errors": (set(), set()),
    "clean": (set(), set()),
    "clock": (set(), set()),
    "folding": (set(), set()),
    "origin": (set(), set()),
    "files": (set(), set()),
    "local_files": ({"paths"}, set()),
    "pictures": ({"tokens"}, {"textual_image", "PIL", "rich"}),
    "waiting": (set(), set()),
    "advice": (set(), set()),
    "commands": ({"key_names"}, set()),
    "key_names": (set(), set()),
    "slash": (set(), set()),
    "mentions": (set(), set()),
    "start": (set(), set()),
    "paths": (set(), {"platformdirs"}),
    "settings": ({"commands"}, set()),
    "settings_file": ({"settings", "paths"}, {"tomli_w"}),
    "tokens": ({"paths", "system_keyring"}, set()),
    "system_keyring": (set(), set()),
    "options": ({"settings"}, set()),
    "export": ({"paths"}, {"markdown_it"}),
    "jsonl": ({"export"}, set()),
    "chatgpt": ({"jsonl"}, set()),
    "aside": (set(), set()),
    "importing": ({"aside", "chatgpt", "jsonl"}, set()),
    "locks": (set(), set()),
    "sync": ({"aside", "export", "jsonl", "locks", "paths"}, set()),
    "logfile": ({"paths"}, set()),
    "threads": (set(), set()),
    "client": ({"local_files"}, {"httpx", "httpcore", "msgspec", "anyio"}),
    "store": ({"locks", "paths"}, set()),
    "services": (set(), set()),
    "markdown": (set(), {"markdown_it", "linkify_it", "pygments", "rich", "textual"}),
    "server": ({"paths"}, {"starlette", "uvicorn", "msgspec", "xllamacpp", "markdown_it"}),
    "connection": (
        {"client", "server", "services", "settings", "options", "paths", "tokens", "logfile"},
        set(),
    ),
    "bindings": ({"commands", "key_names"}, {"textual"}),
    "stylesheets": (set(), set()),
    "typed_ahead": ({"screens"}, {"textual"}),
    "terminal": ({"keyboard"}, {"textual"}),
    "keyboard": (set(), {"textual"}),
    "themes": (set(), {"textual"}),
    "clipboard": (set(), {"pyperclip"}),
    "widgets": ({"markdown", "bindings", *PURE}, {"textual", "rich"}),
    "screens": (
        {
            *PURE,
            "widgets",
            "markdown",
            "services",
            "bindings",
            "clipboard",
            "connection",
            "export",
            "jsonl",
            "local_files",
            "pictures",
            "tokens",
            "stylesheets",
            "themes",
        },
        {"textual", "rich"},
    ),
    "cli": (
        {
            *PURE,
            "services",
            "client",
            "store",
            "server",
            "connection",
            "export",
            "jsonl",
            "local_files",
            "chatgpt",
            "sync",
            "importing",
            "settings_file",
            "tokens",
            "system_keyring",
            "threads",
            "logfile",
            "clipboard",
            "app",
        },
        {"msgspec"},
    ),
}
"""What `app`, its parts, `keeping` and `__main__` may import is not limited.

They build the rest."""


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: imports are absolute"
            names.add(node.module)
            if node.module == "acechat":
                names.update(f"acechat.{alias.name}" for alias in node.names)
    return names - {"acechat"}


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_what_it_may(path: Path) -> None:
    room = room_of(path)
    if room in {"app", "connected", "configured", "exchanging", "keeping", "__main__", "__init__"}:
        return
    rooms, libraries = ROOMS[room]
    for name in sorted(imports_of(path)):
        top, *rest = name.split(".")
        if top == "acechat":
            assert rest[0] in {room, *rooms, *WORDS, "__version__"}, f"{room} imports {name}"
        elif top not in sys.stdlib_module_names:
            assert top in libraries, f"{room} imports {name}"


@pytest.mark.parametrize(
    ("room", "never"),
    [
        ("client", {"sqlite3"}),
        ("services", {"sqlite3", "socket", "tomllib"}),
        ("widgets", {"sqlite3", "socket", "subprocess"}),
        ("screens", {"sqlite3", "socket"}),
        ("markdown", {"sqlite3", "socket", "subprocess"}),
    ],
)
def test_a_room_never_reaches_around_its_doors(room: str, never: set[str]) -> None:
    for path in (PACKAGE / room).rglob("*.py"):
        assert not imports_of(path) & never, path


@pytest.mark.parametrize(
    ("modules", "unloaded"),
    [
        ("acechat.__main__", {"textual", "httpx", "msgspec", "starlette", "uvicorn", "sqlite3"}),
        ("acechat.services.chat, acechat.services.library", {"textual", "httpx", "sqlite3"}),
        ("acechat.store.conversations", {"textual", "httpx"}),
        ("acechat.client.api", {"textual", "sqlite3"}),
        ("acechat.server.process", {"textual", "starlette", "uvicorn", "httpx"}),
        ("acechat.connection", {"textual", "httpx", "starlette", "uvicorn"}),
        ("acechat.client.transport", {"textual", "click", "pygments"}),
        ("acechat.screens.preview", {"textual_image", "PIL", "httpx", "sqlite3"}),
        (
            "acechat.app",
            {"httpx", "starlette", "uvicorn", "pyperclip", "tomli_w", "xllamacpp", "PIL"}
            | {"acechat.pictures"},
        ),
        # What the first paint does not show comes after it.
        (
            "acechat.cli.dispatch, acechat.app",
            {"argparse", "sqlite3", "msgspec", "pygments", "markdown_it", "json", "tomllib"}
            | {"acechat.widgets.transcript", "acechat.screens.turns", "acechat.connection"},
        ),
    ],
)
def test_what_is_not_needed_is_not_loaded(modules: str, unloaded: set[str]) -> None:
    code = f"import {modules}, sys; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not unloaded & set(found.stdout.split())


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_what_is_to_happen_later_happens(path: Path) -> None:
    # A timer of Textual that rings once can be lost on a busy machine; see `widgets.pace.later`.
    assert ".set_timer(" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_modules_stay_small_enough_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
