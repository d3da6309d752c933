"""Options, the way to the full screen, and what a start may load."""

import asyncio
import errno
import io
import os
import subprocess
import sys
import time
import types
from collections.abc import Mapping
from pathlib import Path

import pytest

from acechat import __version__
from acechat.__main__ import main
from acechat.paths import Paths
from acechat.settings_file import LoadedSettings
from acechat.start import ScreenOptions
from acechat.store.conversations import ConversationStore
from store.samples import ask

Capture = pytest.CaptureFixture[str]
Started = list[tuple[ScreenOptions, LoadedSettings, Paths]]

APP = str(Path(__file__).parents[2] / "app")

NEVER_LOADED = ("textual", "httpx", "starlette", "uvicorn", "msgspec", "markdown_it", "asyncio")
"""What `--version` and `paths` have no use for."""


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def started(home: Path, monkeypatch: pytest.MonkeyPatch) -> Started:
    """Stand in for a terminal and for the app; return what the app is run with."""
    runs: Started = []

    def run(
        options: ScreenOptions, loaded: LoadedSettings, paths: Paths, environ: Mapping[str, str]
    ) -> int:
        assert environ["ACECHAT_HOME"] == str(home)
        runs.append((options, loaded, paths))
        return 7

    app = types.ModuleType("acechat.app")
    app.__dict__["run"] = run
    monkeypatch.setitem(sys.modules, "acechat.app", app)
    monkeypatch.setattr("acechat.app", app, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    streams = types.SimpleNamespace(
        stdin=Terminal(io.BytesIO()), stdout=Terminal(io.BytesIO(), encoding="utf-8")
    )
    monkeypatch.setattr("acechat.cli.screen.sys", streams)
    return runs


def test_without_a_command_the_screen_runs(started: Started, home: Path) -> None:
    assert main([]) == 7
    assert main(["-c", "-m", "glm-5", "--gguf", "model.gguf"]) == 7
    assert main(["--conversation", "abcd"]) == 7
    assert [options for options, _, _ in started] == [
        ScreenOptions(),
        ScreenOptions(continue_newest=True, model="glm-5", gguf="model.gguf"),
        ScreenOptions(conversation="abcd"),
    ]
    assert started[0][2].store == home / "conversations.db"


def test_the_screen_gets_the_settings_and_their_warnings(started: Started, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text('theme = "nord"\nthme = "x"\n')
    assert main([]) == 7
    loaded = started[0][1]
    assert loaded.settings.theme == "nord"
    assert len(loaded.warnings) == 1


@pytest.mark.parametrize("text", ["theme = 3\n", "theme = \n"])
def test_the_screen_opens_with_a_broken_settings_file(
    started: Started, home: Path, text: str
) -> None:
    home.mkdir()
    (home / "config.toml").write_text(text)
    assert main([]) == 7
    (mistake,) = started[0][1].mistakes
    assert mistake.sentence.startswith(f"{home}/config.toml, line 1: ")
    assert (home / "config.toml").read_text() == text


@pytest.mark.parametrize("stream", ["stdin", "stdout"])
def test_without_a_terminal_there_is_no_screen(
    started: Started, capsys: Capture, monkeypatch: pytest.MonkeyPatch, stream: str
) -> None:
    monkeypatch.setattr(
        f"acechat.cli.screen.sys.{stream}", io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    )
    assert main([]) == 2
    assert capsys.readouterr().err == (
        "acechat: the full screen needs a terminal; acechat ask works without one\n"
    )
    assert started == []


def test_a_plain_terminal_gets_no_screen(
    started: Started, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert main([]) == 2
    assert "TERM=dumb" in capsys.readouterr().err
    assert started == []


def test_a_terminal_without_utf_8_gets_no_screen(
    started: Started, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acechat.cli.screen.sys.stdout", Terminal(io.BytesIO(), encoding="latin-1"))
    assert main([]) == 2
    assert "needs UTF-8" in capsys.readouterr().err
    assert started == []


class _Full(io.StringIO):
    """Standard output into a file on a disk that is full."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("arguments", [["paths"], ["list"], ["export", "--all"], ["doctor"]])
def test_an_output_that_cannot_be_written_is_one_sentence(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    asyncio.run(_keep_one(home))
    monkeypatch.setattr("sys.stdout", _Full())
    monkeypatch.setattr("acechat.cli.dispatch.leave_stdout", lambda: None)
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert said.endswith("acechat: the output cannot be written: No space left on device\n")
    assert "Traceback" not in said


async def _keep_one(home: Path) -> None:
    store = await ConversationStore.open(home / "conversations.db")
    await ask(store)
    await store.close()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("arguments", ["paths", "list", ""])
def test_streams_that_are_closed_are_no_fault(home: Path, arguments: str, closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m acechat {arguments} {closed}', sys.executable],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": APP},
        timeout=30,
        check=False,
    )
    # Without a terminal there is no full screen, and no traceback.
    assert done.returncode == (0 if arguments else 2)
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--nope"], "unrecognized arguments: --nope"),
        (["nope"], "invalid choice: 'nope'"),
        (["-c", "--conversation", "abcd"], "not allowed with"),
        (["-m", "glm-5", "ask", "x"], "-m belongs to the full screen"),
        (["-c", "list"], "-c belongs to the full screen"),
        (["ask", "x", "-c", "--conversation", "abcd"], "not allowed with"),
        (["-m"], "expected one argument"),
    ],
)
def test_a_bad_option_is_exit_2(
    home: Path, capsys: Capture, arguments: list[str], words: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert words in capsys.readouterr().err
    assert not home.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        *([command, "--help"] for command in ("ask", "list", "export", "models", "paths")),
        *([command, "--help"] for command in ("doctor", "serve")),
    ],
)
def test_every_command_explains_itself(capsys: Capture, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 0
    assert "usage: acechat" in capsys.readouterr().out


def test_the_version(capsys: Capture) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"acechat {__version__}\n"
    with pytest.raises(SystemExit) as caught:
        main(["-c", "--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"acechat {__version__}\n"


def fresh(code: str, home: Path) -> str:
    """Run `code` in an interpreter of its own and return what it prints."""
    environ = {**os.environ, "ACECHAT_HOME": str(home), "PYTHONPATH": APP}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("argument", ["--version", "paths"])
def test_a_small_command_loads_little(home: Path, argument: str) -> None:
    printed = fresh(
        "import sys\n"
        "from acechat.__main__ import main\n"
        f"assert main(['{argument}']) == 0\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))",
        home,
    )
    loaded = printed.splitlines()[-1].split()
    assert "acechat" in loaded
    assert [name for name in NEVER_LOADED if name in loaded] == []


@pytest.mark.parametrize("module", ["dispatch", "asking", "spoken", "doctor", "screen"])
def test_no_command_loads_the_screen(home: Path, module: str) -> None:
    printed = fresh(
        f"import sys, acechat.cli.{module}\nprint('textual' in sys.modules)",
        home,
    )
    assert printed == "False\n"


def test_the_version_takes_no_longer_than_three_bare_interpreters(home: Path) -> None:
    def quickest(*arguments: str) -> float:
        times: list[float] = []
        for _ in range(5):
            begin = time.perf_counter()
            subprocess.run(
                [sys.executable, *arguments],
                env={**os.environ, "PYTHONPATH": APP},
                check=True,
                stdout=subprocess.DEVNULL,
            )
            times.append(time.perf_counter() - begin)
        return min(times)

    version = "from acechat.__main__ import main; main(['--version'])"
    assert quickest("-c", version) <= 3 * quickest("-c", "pass")
