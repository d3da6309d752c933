"""`acechat doctor`: what is in force here, and what is wrong with it."""

import argparse
import os
import platform
import shutil
import sys
from collections.abc import Mapping

from acechat import __version__
from acechat.cli.codes import COMPLETE, FAILED
from acechat.cli.kept import open_store
from acechat.cli.parsing import Commands, add_json
from acechat.cli.printing import write_columns, write_json, write_line
from acechat.client import surroundings
from acechat.errors import ChatError, ServerError, SettingsError, StoreError
from acechat.paths import Paths, find_paths
from acechat.settings_file import LoadedSettings, read_settings
from acechat.tokens import VARIABLES, FoundToken, Token, find_token

PACKAGES = (
    "textual",
    "rich",
    "httpx",
    "msgspec",
    "starlette",
    "uvicorn",
    "pyperclip",
    "keyring",
    "xllamacpp",
)
"""The packages whose versions matter in a report; the last two are optional."""

CLIPBOARD_TOOLS = ("pbcopy", "wl-copy", "xclip", "xsel", "clip.exe")
"""The programs through which pyperclip can copy."""

TMUX_SECONDS = 2.0
"""How long tmux may take to answer; it takes milliseconds."""


class Report:
    """What was found, in sections, and the problems among it."""

    def __init__(self) -> None:
        self.sections: dict[str, dict[str, str]] = {}
        """Titles of sections, and in each the names and values of what was found."""
        self.problems: list[str] = []
        """A sentence for each thing that is wrong."""

    def add(self, section: str, name: str, value: str) -> None:
        """Note what was found."""
        self.sections.setdefault(section, {})[name] = value


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "doctor",
        help="check that everything works here",
        description="Print versions, paths, the server, the store and what the terminal can do. "
        "Exits with 0 where all is well. The token is never printed.",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Look at everything and print what was found."""
    import asyncio

    paths = find_paths()
    report = Report()
    _look_at_versions(report)
    _look_at_paths(report, paths)
    _look_at_terminal(report, os.environ)
    loaded = _look_at_settings(report, paths)
    _look_at_network(report, loaded.settings.ca_file, os.environ)
    asyncio.run(_look_further(report, paths, loaded))
    if args.json:
        write_json({"healthy": not report.problems, "problems": report.problems, **report.sections})
    else:
        for title, found in report.sections.items():
            write_line(title)
            write_columns(found.items(), indent="  ")
            write_line()
        for problem in report.problems:
            write_line(f"problem: {problem}")
        if not report.problems:
            write_line("all is well")
    return FAILED if report.problems else COMPLETE


def _look_at_versions(report: Report) -> None:
    import sqlite3
    from importlib import metadata

    report.add("versions", "acechat", __version__)
    report.add("versions", "python", f"{platform.python_version()} ({sys.executable})")
    report.add("versions", "system", platform.platform())
    report.add("versions", "sqlite", sqlite3.sqlite_version)
    for package in PACKAGES:
        try:
            report.add("versions", package, metadata.version(package))
        except metadata.PackageNotFoundError:
            report.add("versions", package, "not installed")


def _look_at_paths(report: Report, paths: Paths) -> None:
    files = {
        "settings": paths.settings,
        "token": paths.token,
        "conversations": paths.store,
        "backups": paths.backups,
        "server": paths.server_store,
        "log": paths.log,
    }
    for name, path in files.items():
        report.add("paths", name, f"{path}{'' if path.exists() else ' (not there yet)'}")


def _look_at_terminal(report: Report, environ: Mapping[str, str]) -> None:
    for variable in ("TERM", "COLORTERM", "NO_COLOR", "LANG", "LC_ALL"):
        report.add("terminal", variable, environ.get(variable) or "not set")
    report.add("terminal", "output", "a terminal" if sys.stdout.isatty() else "not a terminal")
    report.add("terminal", "encoding", sys.stdout.encoding or "unknown")
    size = shutil.get_terminal_size()
    report.add("terminal", "size", f"{size.columns}×{size.lines}")
    report.add("terminal", "tmux", _tmux(environ))
    report.add("terminal", "ssh", "yes" if environ.get("SSH_CONNECTION") else "no")
    tools = [tool for tool in CLIPBOARD_TOOLS if shutil.which(tool)]
    report.add("terminal", "clipboard", ", ".join(tools) or "through the terminal only")
    report.add("terminal", "unicode", "漢字 é ✓ 🙂")


def _tmux(environ: Mapping[str, str]) -> str:
    if not environ.get("TMUX"):
        return "no"
    import subprocess

    tmux = shutil.which("tmux")
    if tmux is None:
        return "yes"
    try:
        shown = subprocess.run(  # noqa: S603
            [tmux, "show-options", "-gsv", "set-clipboard"],
            capture_output=True,
            text=True,
            timeout=TMUX_SECONDS,
            check=False,
            env={name: value for name, value in environ.items() if name not in VARIABLES},
        )
    except (OSError, subprocess.SubprocessError):
        return "yes"
    # Only with "on" does tmux pass what programs copy on to the terminal.
    return f"yes, set-clipboard {shown.stdout.strip() or 'unknown'}"


def _look_at_settings(report: Report, paths: Paths) -> LoadedSettings:
    loaded = read_settings(paths.settings)
    report.problems.extend(mistake.sentence for mistake in loaded.mistakes)
    report.problems.extend(loaded.warnings)
    return loaded


def _named(token: Token | None) -> str:
    return f"{token.masked} (from the {token.source})" if token else "none"


async def _look_at_token(report: Report, paths: Paths) -> None:
    from acechat import system_keyring

    try:
        found = await find_token(paths, os.environ)
    except SettingsError as error:
        # The same sentence comes again where the connection needs the token.
        report.add("server", "token", str(error))
        report.problems.append(str(error))
        return
    account = FoundToken()
    try:
        account = await find_token(paths, os.environ, "account_token")
    except SettingsError as error:
        report.problems.append(str(error))
    token = found.token
    report.add("server", "token", _named(token))
    report.add("server", "account token", _named(account.token))
    if found.trouble:
        report.problems.append(found.trouble)
    if not system_keyring.is_installed():
        report.add("server", "keyring", "not installed")
    elif token is not None and token.source == "environment":
        report.add("server", "keyring", "not asked, because of the variable")
    else:
        report.add("server", "keyring", found.keyring or found.trouble or "none on this system")


def _look_at_network(report: Report, ca_file: str, environ: Mapping[str, str]) -> None:
    found = surroundings.in_force(environ)
    for name, value in found.items():
        report.add("network", name, value)
    if not any("proxy" in name.lower() for name in found):
        report.add("network", "proxies", "no variable names one")
    if not any(name.startswith("SSL_") for name in found):
        report.add("network", "certificates", "those of the system and of certifi")
    report.add("network", "ca_file", ca_file or "not set")


async def _look_further(report: Report, paths: Paths, loaded: LoadedSettings) -> None:
    await _look_at_token(report, paths)
    await _look_at_server(report, paths, loaded)
    await _look_at_store(report, paths)


async def _look_at_server(report: Report, paths: Paths, loaded: LoadedSettings) -> None:
    from acechat.connection import connect

    settings = loaded.settings
    if loaded.misleading:
        # The token must not go to a server that was not meant.
        report.add("server", "reachable", "not tried, because of the settings file")
        return

    try:
        connection = await connect(settings, paths, os.environ)
    except (ServerError, SettingsError) as error:
        report.add("server", "reachable", "no")
        if str(error) not in report.problems:
            report.problems.append(str(error))
        return
    try:
        report.add("server", "answers", connection.label)
        report.add("server", "endpoint", settings.endpoint)
        report.add("server", "name", connection.api.server)
        report.add("server", "model", connection.model_for(settings))
        report.add("server", "reachable", await connection.api.check())
    except ChatError as error:
        report.add("server", "reachable", "no")
        report.problems.append(str(error))
    finally:
        await connection.aclose()


async def _look_at_store(report: Report, paths: Paths) -> None:
    if not paths.store.exists():
        report.add("store", "conversations", "none yet")
        return
    try:
        async with open_store(paths) as store:
            report.add("store", "health", await store.check())
            if store.refusal:
                report.problems.append(store.refusal)
    except StoreError as error:
        report.add("store", "health", "not well")
        report.problems.append(str(error))
    _look_at_copies(report, paths)


def _look_at_copies(report: Report, paths: Paths) -> None:
    backups = sorted(paths.backups.glob("*.db"))
    newest = f"{len(backups)}, the newest is {backups[-1]}" if backups else "none yet"
    report.add("store", "backups", newest)
    aside = sorted(paths.data.glob(f"{paths.store.name}.damaged-*"))
    if aside:
        report.add("store", "set aside", ", ".join(str(path) for path in aside))
