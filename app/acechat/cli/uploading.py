"""Files of the command line: uploaded before the question, which draws on their URLs."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from acechat.cli.printing import complain
from acechat.connection import EMBEDDED, Connection
from acechat.errors import SettingsError
from acechat.files import PUBLIC, LocalFile
from acechat.local_files import local_file
from acechat.paths import Paths, at_home
from acechat.settings import Settings
from acechat.settings_file import save_settings
from acechat.tokens import ACCOUNT_VARIABLE


def look_at(names: Sequence[str]) -> list[LocalFile]:
    """Look at the files that are named, before anything is sent.

    Raises:
        FileError: one of them cannot be uploaded.
    """
    return [local_file(at_home(name).absolute()) for name in names]


async def upload(
    files: Sequence[LocalFile],
    connection: Connection,
    settings: Settings,
    paths: Paths,
    *,
    agreed: bool,
) -> tuple[str, ...]:
    """Upload files one after the other and return their URLs, which are said too.

    Args:
        files: What is uploaded.
        connection: Knows where files go.
        settings: Whether the user has agreed to files being public.
        paths: Where that is kept.
        agreed: The user agrees this once.

    Raises:
        SettingsError: there is no token for it, or the user does not agree.
        FileError: a file cannot be read.
        ChatError: the server does not take one.
    """
    if not files:
        return ()
    host = await connection.file_host()
    if not host.has_token:
        raise SettingsError(
            f"uploads need the account token: set {ACCOUNT_VARIABLE}, "
            "or enter it in the settings of the full screen"
        )
    # What goes to this machine is seen by nobody else.
    if not (agreed or settings.public_uploads or connection.label == EMBEDDED):
        await _agree([file.name for file in files], host.host, settings, paths)
    urls: list[str] = []
    for file in files:
        stored = await host.upload(Path(file.path), _unheard)
        urls.append(stored.url)
        complain(f"uploaded {file.name} to {stored.url}")
    return tuple(urls)


def _unheard(_sent: int) -> None:
    """Lines on standard error stay lines: there is no progress in them."""


async def _agree(names: Sequence[str], host: str, settings: Settings, paths: Paths) -> None:
    told = f"{', '.join(names)} would go to {host}. {PUBLIC}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise SettingsError(f"{told} Say --yes where that is right.")
    complain(told)
    print("Upload, now and from now on? [y/N] ", end="", file=sys.stderr, flush=True)
    said = await asyncio.to_thread(sys.stdin.readline)
    if said.strip().lower() not in {"y", "yes"}:
        raise SettingsError("nothing was uploaded, and nothing asked")
    save_settings(paths.settings, replace(settings, public_uploads=True), before=settings)
