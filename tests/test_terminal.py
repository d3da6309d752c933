"""The driver under the program: a terminal that is gone never holds it."""

import os
import threading
from collections.abc import AsyncIterator

import pytest
from textual.app import App
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver

from acechat.terminal import driver_class


class Gone:
    """A terminal that was closed."""

    def write(self, text: str) -> None:
        raise OSError(5, "Input/output error")

    def flush(self) -> None:
        raise OSError(5, "Input/output error")


def unheard(_: threading.ExceptHookArgs) -> None:
    """The thread says that it failed; that is not these tests' business."""


async def nothing_to_keep() -> None:
    """Nothing is typed here."""


@pytest.fixture
async def driver(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LinuxDriver]:
    monkeypatch.setattr(threading, "excepthook", unheard)
    driver = driver_class(nothing_to_keep)(App())
    assert isinstance(driver, LinuxDriver)
    yield driver
    driver.close()


async def test_writing_to_a_closed_terminal_ends(driver: LinuxDriver) -> None:
    driver._writer_thread = WriterThread(Gone())  # pyright: ignore[reportArgumentType]
    driver._writer_thread.start()
    # More than its queue holds: with Textual's own driver this never returns.
    for _ in range(200):
        driver.write("x")
    driver.close()


async def test_what_was_written_last_comes_out_before_the_end(driver: LinuxDriver) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as terminal, os.fdopen(reading) as seen:
        driver._writer_thread = WriterThread(terminal)
        driver._writer_thread.start()
        driver.write("one ")
        driver.write("two")
        driver.close()
        assert os.read(seen.fileno(), 100) == b"one two"


async def test_a_mouse_that_was_taken_later_is_given_back_at_the_end(
    driver: LinuxDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(driver, "write", written.append)
    driver._mouse = False
    take = driver.take_mouse  # pyright: ignore[reportAttributeAccessIssue]
    take(True)
    assert "\x1b[?1003h" in written
    written.clear()
    driver._disable_mouse_support()
    assert "\x1b[?1003l" in written
    take(False)
    written.clear()
    driver._disable_mouse_support()
    assert written == []


async def test_a_terminal_that_is_gone_is_not_used_once_more(
    driver: LinuxDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(driver, "start_application_mode", lambda: started.append("started"))
    there, gone = os.openpty()
    os.close(there)
    driver.fileno = gone
    try:
        driver._sigcont_application()
    finally:
        os.close(gone)
    assert started == []
