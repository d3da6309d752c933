"""The files of the user that may be uploaded: looked at and opened, nothing else."""

import heapq
import os
import shlex
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from acechat.errors import FileError
from acechat.files import IMAGE_LIMIT, MAX_FILE, MAX_IMAGE, LocalFile, size_words
from acechat.paths import at_home

OFFERED = 50
"""Paths that are offered at most; typing on narrows them."""


def matching_paths(typed: str) -> list[str]:
    """Return the paths that begin with what is typed, in their order; folders end with a slash.

    Names that begin with a dot are found where a dot is typed; names that cannot be typed never.
    """
    folder, slash, prefix = typed.rpartition("/")
    before, wanted = f"{folder}{slash}", prefix.lower()
    try:
        with os.scandir(at_home(before or ".")) as entries:
            fitting = heapq.nsmallest(
                OFFERED,
                (
                    (entry.name.lower(), entry.name, entry)
                    for entry in entries
                    if entry.name.lower().startswith(wanted)
                    and (wanted or not entry.name.startswith("."))
                    and entry.name.isprintable()
                    and '"' not in entry.name
                ),
                key=lambda each: each[:2],
            )
    except (OSError, ValueError):
        return []
    return [f"{before}{name}{'/' * _is_folder(entry)}" for _, name, entry in fitting]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def first_file(readings: Sequence[str]) -> Path | None:
    """Return the first of some readings of a path that is a file, or None where none is."""
    for reading in readings:
        path = at_home(reading).absolute()
        try:
            if path.is_file():
                return path
        except (OSError, ValueError):
            continue
    return None


def typed_path(text: str) -> Path:
    """Return the path in what a user typed, or a terminal wrote when a file was dropped on it.

    Quotes and escaped blanks are read as a shell reads them, `file://` as a browser does.
    """
    text = text.strip()
    if text.lower().startswith("file://"):
        parts = urlsplit(text)
        if parts.netloc in {"", "localhost"}:
            return Path(unquote(parts.path))
    if any(sign in text for sign in "\\'\""):
        try:
            words = shlex.split(text)
        except ValueError:
            words = []
        if len(words) == 1:
            text = words[0]
    return at_home(text).absolute()


def local_file(path: Path) -> LocalFile:
    """Look at a file that may be uploaded.

    Raises:
        FileError: it cannot be: it is not there, is no plain file, is empty or too large.
    """
    opened, file = open_file(path)
    opened.close()
    return file


def open_file(path: Path) -> tuple[BinaryIO, LocalFile]:
    """Open a file for uploading, and return it with what it is now.

    Raises:
        FileError: it cannot be uploaded.
    """
    name = LocalFile(path, 0).name
    try:
        # Without waiting: opening a pipe would wait for whoever writes into it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        # Python has a ValueError for a name with NUL in it.
        reason = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise FileError(f"{name} cannot be read: {reason}") from None
    # Asked of the open file, so that it is this one that is sent.
    found = os.fstat(descriptor)
    if problem := _problem(found):
        os.close(descriptor)
        raise FileError(f"{name} {problem}")
    return os.fdopen(descriptor, "rb"), LocalFile(path, found.st_size, found.st_mtime_ns)


def read_image(file: LocalFile) -> bytes | None:
    """Return what a file holds that was looked at before; None where it is another one by now.

    Raises:
        FileError: it is larger than what is shown.
    """
    try:
        opened, found = open_file(file.path)
    except FileError:
        return None
    with opened:
        if found != file:
            return None
        if found.size > MAX_IMAGE:
            raise FileError(f"the image has {size_words(found.size)}; {IMAGE_LIMIT}")
        return opened.read(MAX_IMAGE)


def _problem(found: os.stat_result) -> str:
    if stat.S_ISDIR(found.st_mode):
        return "is a folder; name a file in it"
    if not stat.S_ISREG(found.st_mode):
        return "is no plain file"
    if found.st_size == 0:
        return "is empty"
    if found.st_size > MAX_FILE:
        return f"has {size_words(found.st_size)}; at most {size_words(MAX_FILE)} can be uploaded"
    return ""
