"""The embedded server as the program starts it: a child process that ends with the program."""

import asyncio
import json
import os
import secrets
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from acechat.errors import ServerError
from acechat.paths import Paths, make_folder
from acechat.server.listening import TOKEN_VARIABLE

USER_TOKENS = ("ACEDATACLOUD_API_TOKEN", "ACEDATACLOUD_ACCOUNT_TOKEN")
"""The environment variables with the user's own tokens, `api.md` section 8."""

START_SECONDS = 20.0
"""How long the server may take to announce itself: it took 0.1 s on two slow cores, and a machine
that starts up from a cold disk may need a hundred times that."""

LEAVE_SECONDS = 0.4
"""How long it may take to leave before it is killed: quitting takes 0.5 s at most."""


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: where it is and what it offers."""

    url: str
    """`http://127.0.0.1:PORT`, the port new with each start."""
    token: str
    """The token it takes, random, new with each start."""
    models: tuple[str, ...]
    """The names of its models."""
    default_model: str
    """The one to ask where the user has not chosen."""


class EmbeddedServer:
    """The embedded server as a child process; ends with this process, even when that is killed."""

    def __init__(self, paths: Paths, gguf: str = "") -> None:
        self._paths = paths
        self._gguf = gguf
        self._child: Process | None = None

    async def start(self) -> Served:
        """Start the server; questions can be sent when this returns.

        Raises:
            ServerError: it cannot be started; the message says why.
        """
        token = secrets.token_hex(16)
        # The user's own tokens are none of the child's business.
        environment = {k: v for k, v in os.environ.items() if k not in USER_TOKENS}
        try:
            make_folder(self._paths.server_store.parent)
            errors = _open_log(self._paths.log)
        except OSError as error:
            raise ServerError(
                f"the embedded server has no place for its files, {error.filename}: "
                f"{error.strerror}"
            ) from error
        begin = os.fstat(errors).st_size
        try:
            # -P: a module that happens to lie in the current folder is not ours. A session of its
            # own: the terminal's ctrl+c and its closing are for this process to deal with.
            self._child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "acechat.server"),
                *(str(self._paths.server_store), self._gguf),
                stdin=PIPE,
                stdout=PIPE,
                stderr=errors,
                env={**environment, TOKEN_VARIABLE: token},
                start_new_session=True,
            )
            return await self._announced(self._child, token)
        except OSError as error:
            raise ServerError(f"the embedded server cannot be started: {error.strerror}") from error
        except _SaidNothing as silence:
            await self.aclose()
            said = _last_line(self._paths.log, begin)
            raise ServerError(f"the embedded server did not start: {said or silence}") from None
        except (ServerError, asyncio.CancelledError):
            await self.aclose()
            raise
        finally:
            os.close(errors)

    async def aclose(self) -> None:
        """End the server and whatever it runs, within 0.5 seconds."""
        if (child := self._child) is None:
            return
        self._child = None
        assert child.stdin is not None
        child.stdin.close()
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await child.wait()
        except TimeoutError:
            # Its whole session: a model that is being loaded is a process of the server's. On macOS
            # nobody may end a group of which only what has ended already is left.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            await child.wait()

    async def _announced(self, child: Process, token: str) -> Served:
        assert child.stdout is not None
        try:
            async with asyncio.timeout(START_SECONDS):
                line = await child.stdout.readline()
        except TimeoutError:
            raise _SaidNothing(f"nothing was heard of it for {START_SECONDS:.0f} seconds") from None
        if not line:
            raise _SaidNothing(f"its process ended with status {await child.wait()}")
        said = cast("dict[str, str | list[str]]", json.loads(line))
        if error := said.get("error"):
            raise ServerError(str(error))
        models = tuple(said["models"])
        return Served(str(said["url"]), token, models, models[0])


class _SaidNothing(Exception):
    """The child did not announce itself."""


def _open_log(log: Path) -> int:
    """Open the log for the child's standard error, which must never reach the screen."""
    make_folder(log.parent)
    return os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def _last_line(log: Path, begin: int) -> str:
    """Return the last line that was written to the log after `begin`."""
    with suppress(OSError), log.open("rb") as lines:
        lines.seek(begin)
        written = lines.read().decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(written) if line.strip()), "")
    return ""
