"""Other programs of the user: the editor, and the browser."""

import asyncio
import os
import shlex
import subprocess
import sys
import tempfile
import webbrowser
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from acechat.clean import clean, clean_line
from acechat.clipboard import is_local


class EditorError(Exception):
    """The editor cannot be used; the message is one sentence."""


def edited(text: str, lend_terminal: Callable[[], AbstractContextManager[None]]) -> str:
    """Let the user edit `text` in $VISUAL or $EDITOR and return what they saved, cleaned.

    Args:
        text: What the editor opens with.
        lend_terminal: Gives the terminal away; nothing may be awaited or raised inside it.

    Raises:
        EditorError: none is set, it cannot be started, or it ended with an error.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise EditorError("set $EDITOR to the name of your editor first")
    trouble = ""
    with tempfile.TemporaryDirectory(prefix="acechat-") as folder:
        path = Path(folder) / "question.md"
        path.write_text(text, encoding="utf-8")
        with lend_terminal():
            try:
                subprocess.run([*shlex.split(editor), str(path)], check=True)  # noqa: S603
                text = path.read_text(encoding="utf-8")
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                trouble = str(error)
    if trouble:
        raise EditorError(f"the editor failed: {clean_line(trouble)}")
    return clean(text.removesuffix("\n"))


async def open_in_browser(url: str) -> bool:
    """Open `url` in the user's browser; return whether there is one on this machine.

    Over SSH, and where there is no desktop, a browser would open out of sight or take the terminal.
    """
    return is_local(os.environ, sys.platform) and await asyncio.to_thread(webbrowser.open, url)
