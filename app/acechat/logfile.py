"""The log: a file of its own, never the screen."""

import logging
from logging.handlers import RotatingFileHandler

from acechat.clean import clean
from acechat.paths import Paths, make_folder

MAX_BYTES = 500_000
"""Of the log before it is put aside; one such older file is kept."""


class _CleanFormatter(logging.Formatter):
    """Writes nothing that would act on the terminal on which the log is read."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of `record`, cleaned."""
        return clean(super().format(record))


def start_log(paths: Paths) -> None:
    """Write warnings and errors of the program to its log; do without where that cannot be.

    Texts of conversations and tokens are never logged.
    """
    logger = logging.getLogger("acechat")
    event_loop = logging.getLogger("asyncio")
    try:
        make_folder(paths.log.parent)
        handler: logging.Handler = RotatingFileHandler(
            paths.log, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_CleanFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.setLevel(logging.INFO)
    for each in (logger, event_loop):
        each.addHandler(handler)
        # Standard error is the screen.
        each.propagate = False
