"""The log: private, masked, and never in the way."""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from acechat.errors import Interrupted, Rejected
from acechat.events import TextDelta
from acechat.logfile import MAX_BYTES, hide, start_log
from acechat.models import ChatOptions, Conversation
from acechat.paths import Paths
from acechat.services.chat import ChatService
from fakes import FakeApi, FakeStore

TOKEN = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
LOG = logging.getLogger("acechat.test")


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[Paths]:
    folder = tmp_path / "acechat"
    paths = Paths(folder, folder, folder)
    start_log(paths)
    yield paths
    for name in ("acechat", "asyncio"):
        logger = logging.getLogger(name)
        for handler in list(logger.handlers):
            logger.removeHandler(handler)
            handler.close()
        logger.propagate = True


async def ask(api: FakeApi, question: str = "a very private question") -> None:
    service = ChatService(FakeStore(), api)
    async for _ in service.ask(Conversation("c"), question, ChatOptions("gpt-5.1")):
        pass


async def test_a_failed_turn_is_one_line_with_its_trace_id_and_no_text(paths: Paths) -> None:
    rejected = Rejected("a private reason", code="used_up", status=403, trace_id="trace-7")
    await ask(FakeApi([rejected]))
    await ask(FakeApi([TextDelta("a private answer"), Interrupted("cut off")]))
    await ask(FakeApi([TextDelta("all is well")]))
    lines = paths.log.read_text().splitlines()
    assert len(lines) == 2
    assert "turn failed: code=used_up trace=trace-7 model=gpt-5.1 seconds=" in lines[0]
    assert "turn interrupted: code=cut_off trace=none model=gpt-5.1 seconds=" in lines[1]
    assert "private" not in "".join(lines)


async def test_what_a_server_names_is_inert_and_short(paths: Paths) -> None:
    code = "\x1b]52;c;aGk=\x07\nforged line " + "x" * 5000
    await ask(FakeApi([Rejected("no", code=code, status=400, trace_id=code)]))
    (line,) = paths.log.read_text().splitlines()
    assert line.isprintable()
    assert len(line) < 400


def test_a_secret_is_masked_wherever_it_comes_from(paths: Paths) -> None:
    hide(TOKEN)
    LOG.warning("asked with %s", TOKEN)
    try:
        raise ValueError(f"header {TOKEN!r}")
    except ValueError:
        LOG.exception("failed")
    logging.getLogger("asyncio").error("Illegal header value b'Bearer unknown-token'")
    written = paths.log.read_text()
    assert TOKEN not in written
    assert "unknown-token" not in written
    assert written.count("••••") == 3


def test_only_its_owner_reads_it_and_it_is_put_aside_when_it_is_long(paths: Paths) -> None:
    for _ in range(12):
        LOG.warning("x" * (MAX_BYTES // 10))
    files = sorted(path.name for path in paths.state.iterdir())
    assert files == ["acechat.log", "acechat.log.1"]
    for name in files:
        assert stat.S_IMODE((paths.state / name).stat().st_mode) == 0o600
        assert (paths.state / name).stat().st_size <= MAX_BYTES


def test_a_full_disk_writes_nothing_over_the_screen(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    LOG.warning("not kept")
    assert capfd.readouterr() == ("", "")


def test_a_folder_that_cannot_be_made_leaves_the_program_without_a_log(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "folder"
    start_log(Paths(folder, folder, folder))
    LOG.warning("not kept")
