"""The log: a file of its own, never the screen."""

import logging
import os
import re
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler

from acechat.clean import clean, masked
from acechat.paths import Paths, make_folder

MAX_BYTES = 500_000
"""Of the log before it is put aside; one such older file is kept."""

_BEARER = re.compile(r"(Bearer )[^\s'\"\\]+")
"""The header with the token, as libraries quote it in their messages."""

_hidden: set[str] = set()


def hide(secret: str) -> None:
    """Mask a secret in everything that is logged from now on."""
    if secret:
        _hidden.add(secret)


def start_log(paths: Paths) -> None:
    """Write warnings and errors of the program to its log; do without where that cannot be.

    Texts of conversations and tokens are never logged.
    """
    logger = logging.getLogger("acechat")
    event_loop = logging.getLogger("asyncio")
    try:
        make_folder(paths.log.parent)
        handler: logging.Handler = _PrivateFile(
            paths.log, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_Masking("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.setLevel(logging.INFO)
    for each in (logger, event_loop):
        for before in [old for old in each.handlers if isinstance(old, _PrivateFile)]:
            each.removeHandler(before)
            before.close()
        each.addHandler(handler)
        # Standard error is the screen.
        each.propagate = False


class _PrivateFile(RotatingFileHandler):
    """A file that only its owner can read; what cannot be written is not written."""

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        return os.fdopen(os.open(self.baseFilename, flags, 0o600), "a", encoding=self.encoding)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Do without the line: logging would write its complaint over the screen."""


class _Masking(logging.Formatter):
    """Masks secrets, and takes from a line what acts on a terminal that shows the log."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in _hidden:
            text = masked(secret)(text)
        return clean(_BEARER.sub(r"\1••••", text))
