"""Where the program's files live, and how they are written.

`ACECHAT_HOME` puts everything under one folder. Otherwise the XDG folders are honoured on every
system where their variables are set, and the platform's own folders are used where they are not.
"""

import os
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NAME = "acechat"
FOLDER_MODE = 0o700
"""Of every folder made for the program's files: nobody else may read conversations."""
FILE_MODE = 0o600
"""Of every file that is written whole."""

UNFINISHED_SECONDS = 3600.0
"""After this long nobody is still writing a file, however slow the disk is."""

_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY


@dataclass(frozen=True, slots=True)
class Paths:
    """The files of one user."""

    config: Path
    """Folder of the settings and the token."""
    data: Path
    """Folder of the conversations."""
    state: Path
    """Folder of the log."""

    @property
    def settings(self) -> Path:
        """The settings, TOML."""
        return self.config / "config.toml"

    @property
    def token(self) -> Path:
        """The API token, readable by its owner only."""
        return self.config / "token"

    @property
    def account_token(self) -> Path:
        """The account token, for uploads, readable by its owner only."""
        return self.config / "account-token"

    @property
    def store(self) -> Path:
        """The conversations, SQLite."""
        return self.data / "conversations.db"

    @property
    def backups(self) -> Path:
        """Folder of the daily backups of the conversations."""
        return self.data / "backups"

    @property
    def server_store(self) -> Path:
        """The embedded server's own conversations, SQLite."""
        return self.data / "server.db"

    @property
    def sync_state(self) -> Path:
        """What this machine remembers of folders that it shares with others, JSON."""
        return self.data / "sync.json"

    @property
    def log(self) -> Path:
        """The log."""
        return self.state / "acechat.log"


def find_paths(environ: Mapping[str, str] | None = None) -> Paths:
    """Return the paths for `environ`, by default the process's own. Makes no folder."""
    environ = os.environ if environ is None else environ
    if home := environ.get("ACECHAT_HOME"):
        folder = at_home(home).absolute()
        return Paths(folder, folder, folder)
    otherwise = _platform_folders(environ)

    def xdg(variable: str, otherwise: Path) -> Path:
        value = environ.get(variable, "")
        # The XDG specification says that relative paths are to be ignored.
        return Path(value) / NAME if value and Path(value).is_absolute() else otherwise

    return Paths(
        config=xdg("XDG_CONFIG_HOME", otherwise.config),
        data=xdg("XDG_DATA_HOME", otherwise.data),
        state=xdg("XDG_STATE_HOME", otherwise.state),
    )


def make_folder(folder: Path) -> None:
    """Make `folder` with its parents, private to the user.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


def write_whole(path: Path, content: bytes | Iterable[bytes], *, overwrite: bool = True) -> None:
    """Write a file that is there either whole or not at all, readable by its owner only.

    Written beside its place, forced to the disk, then renamed, so that neither a crash nor a
    second writer leaves half a file. A link is followed, not replaced.

    Raises:
        FileExistsError: it is there already, and `overwrite` is false.
        OSError: it cannot be written; what was there is untouched.
    """
    path = path.resolve()
    temporary, descriptor = _open_beside(path)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines((content,) if isinstance(content, bytes) else content)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            temporary.replace(path)
        else:
            _take_name(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _take_name(temporary: Path, path: Path) -> None:
    """Give what is whole its name, unless someone else has that."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        # File systems of sticks and cards know no second name.
        os.close(os.open(path, _NEW, FILE_MODE))
        try:
            temporary.replace(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    else:
        temporary.unlink()


def _open_beside(path: Path) -> tuple[Path, int]:
    """Open a new file beside `path`; one that a killed program left there goes.

    The name is nearly always the same, so that what is left is found without reading the folder,
    which may hold thousands of files. Where somebody else is writing just now, it is another one.
    """
    temporary = path.with_name(f".{path.name}.unfinished")
    with suppress(FileNotFoundError):
        if temporary.stat().st_mtime < time.time() - UNFINISHED_SECONDS:
            temporary.unlink()
    try:
        return temporary, os.open(temporary, _NEW, FILE_MODE)
    except FileExistsError:
        temporary = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
        return temporary, os.open(temporary, _NEW, FILE_MODE)


def _platform_folders(environ: Mapping[str, str]) -> Paths:
    if sys.platform == "darwin":
        import platformdirs

        return Paths(
            config=platformdirs.user_config_path(NAME, appauthor=False),
            data=platformdirs.user_data_path(NAME, appauthor=False),
            state=platformdirs.user_state_path(NAME, appauthor=False),
        )
    # platformdirs reads the process's own XDG variables and takes relative ones, so the
    # specification's defaults are written out here.
    home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    return Paths(
        config=home / ".config" / NAME,
        data=home / ".local" / "share" / NAME,
        state=home / ".local" / "state" / NAME,
    )


def at_home(path: str) -> Path:
    """Return `path` with its tilde resolved, where there is such a user."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)
