"""`acechat`: the full screen."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from acechat.errors import SettingsError
from acechat.paths import find_paths
from acechat.settings_file import read_settings
from acechat.start import ScreenOptions
from acechat.tokens import VARIABLES

if TYPE_CHECKING:
    import argparse

_PLAIN_TERMINALS = ("dumb", "unknown")
"""Values of TERM for terminals that can only print lines."""


def run(args: argparse.Namespace) -> int:
    """Show the full screen as its options say."""
    return open_screen(
        ScreenOptions(
            continue_newest=args.screen_newest,
            conversation=args.screen_conversation,
            model=args.screen_model,
            gguf=args.screen_gguf,
        )
    )


def open_screen(options: ScreenOptions) -> int:
    """Show the full screen until the user leaves it; return the exit code.

    Raises:
        SettingsError: there can be no full screen here, or the settings hold a mistake.
    """
    if problem := _unfit():
        raise SettingsError(problem)
    # Textual's log for developers has every paste in it, the token's too.
    os.environ.pop("TEXTUAL_LOG", None)
    # What a key changes waits for the next frame, up to two of them: with Textual's own 60 a second
    # that was longer than all the work. Text that arrives is painted at most 20 times a second.
    os.environ.setdefault("TEXTUAL_FPS", "240")
    # What the start makes stays: looking for garbage in it would take a tenth of the start.
    gc.disable()
    from acechat import app

    paths = find_paths()
    environ = dict(os.environ)
    # What is started from here, an editor or a clipboard, has no business with the tokens.
    for name in VARIABLES:
        os.environ.pop(name, None)
    return app.run(options, read_settings(paths.settings), paths, environ)


def _unfit() -> str:
    """Say why there can be no full screen here, or return an empty text."""
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        return "the full screen needs a terminal; acechat ask works without one"
    term = os.environ.get("TERM", "")
    if term in _PLAIN_TERMINALS:
        return f"the full screen cannot be drawn with TERM={term}; acechat ask works there"
    if (sys.stdout.encoding or "").lower().replace("-", "") != "utf8":
        return f"the full screen needs UTF-8, not {sys.stdout.encoding}; set LANG to a UTF-8 locale"
    return ""
