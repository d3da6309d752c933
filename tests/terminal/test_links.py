"""Links of an answer: shown whole first, opened on a key only, and none but harmless ones."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from faults import FaultServer, complete, line
from hostile import LINKS
from journeys.at_the_api import environ_for
from terminals import Terminal, at_a_terminal

LONG = "https://example.test/" + "/".join(f"part{number}" for number in range(60)) + "?end=here"
SAID = f"""[a page]({LONG}) [mail](mailto:a@example.test) <https://example.test/auto>
{" ".join(f"[{name}]({target})" for name, target in LINKS.items())}
[https://good.test](https://evil.test)
"""


class Browser:
    """A browser that keeps what it was told to open."""

    def __init__(self, folder: Path) -> None:
        self._opened = folder / "opened"
        self.program = folder / "browser"
        self.program.write_text(f'#!/bin/sh\necho "$@" >> {self._opened}\n', encoding="utf-8")
        self.program.chmod(0o700)

    @property
    def opened(self) -> list[str]:
        """What it was told to open."""
        if not self._opened.exists():
            return []
        return self._opened.read_text(encoding="utf-8").splitlines()


def flat(screen: str) -> str:
    """Return what stands in a panel as one line."""
    return "".join(row.partition("│")[2].partition("│")[0].strip() for row in screen.splitlines())


@asynccontextmanager
async def reading(folder: Path, said: str, environ: dict[str, str]) -> AsyncGenerator[Terminal]:
    """Ask, and read the answer with the keyboard in the transcript."""
    async with (
        FaultServer(complete([line(answer=said, delta_answer=said)])) as server,
        at_a_terminal(folder, environ_for(server) | environ) as terminal,
    ):
        await terminal.sees("answers.")
        terminal.types("Why?")
        await terminal.sees("> Why?")
        await terminal.presses("enter")
        await terminal.sees("done in")
        await terminal.presses("tab")
        await terminal.sees("o open link")
        yield terminal
        assert terminal.audit.strange == []


async def test_a_link_is_shown_whole_and_opened_by_enter(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    environ = {"DISPLAY": ":0", "BROWSER": f"{browser.program} %s"}
    async with reading(tmp_path, SAID, environ) as terminal:
        await terminal.presses("o")
        await terminal.sees("Open which link?", "4 https://evil.test")
        listed = terminal.screen
        for target in LINKS.values():
            assert not any(f"{number} {target}" in listed for number in range(1, 20))
        await terminal.presses("enter")
        await terminal.sees("Open this link?")
        await terminal.until("it is whole", lambda: LONG in flat(terminal.screen))
        assert browser.opened == []
        # The keyboard is on the answer that is safe.
        await terminal.presses("enter")
        await terminal.sees_no("Open this link?")
        await terminal.presses("o", "down", "enter")
        await terminal.sees("opened in the browser")
        assert browser.opened == ["mailto:a@example.test"]
        await terminal.presses("o")
        await terminal.sees("Open which link?")
        await terminal.presses("enter")
        await terminal.sees("Open this link?")
        await terminal.presses("y")
        await terminal.until("it opens", lambda: browser.opened[1:] == [LONG])


async def test_where_a_link_leads_is_asked_about_if_it_reads_like_another(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    environ = {"DISPLAY": ":0", "BROWSER": f"{browser.program} %s"}
    async with reading(tmp_path, "[here](https://good.test@evil.test/)", environ) as terminal:
        await terminal.presses("o")
        await terminal.sees(
            "Open which link?", "1 leads to evil.test: https://good.test@evil.test/"
        )
        await terminal.presses("enter")
        await terminal.sees("Open this link?", "(leads to evil.test)")
        # The keyboard is on the answer that is safe.
        await terminal.presses("enter")
        await terminal.sees_no("Open this link?")
        assert browser.opened == []
        await terminal.presses("o")
        await terminal.sees("Open which link?")
        await terminal.presses("enter")
        await terminal.sees("Open this link?")
        await terminal.presses("y")
        await terminal.until("it opens", lambda: browser.opened == ["https://good.test@evil.test/"])


async def test_a_click_opens_nothing(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    environ = {"DISPLAY": ":0", "BROWSER": f"{browser.program} %s"}
    async with reading(tmp_path, SAID, environ) as terminal:
        for text in ("a page", "mail[", "auto[", "option", "vscode", "good.test"):
            place = terminal.display.find(text)
            assert place is not None, text
            terminal.clicks(*place)
            terminal.clicks(*place)
        # What was clicked has been handled when a later key has.
        await terminal.presses("escape")
        await terminal.sees("⏎ send")
        assert browser.opened == []


async def test_where_none_may_be_opened_it_is_said(tmp_path: Path) -> None:
    said = " ".join(f"[{name}]({target})" for name, target in LINKS.items())
    browser = Browser(tmp_path)
    environ = {"DISPLAY": ":0", "BROWSER": f"{browser.program} %s"}
    async with reading(tmp_path, said, environ) as terminal:
        await terminal.presses("o")
        await terminal.sees("no link here that may be opened")
        assert browser.opened == []


async def test_one_that_cannot_be_shown_whole_is_copied(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    environ = {"DISPLAY": ":0", "BROWSER": f"{browser.program} %s"}
    async with reading(tmp_path, f"[x]({LONG * 8})", environ) as terminal:
        terminal.audit.copies = 1
        await terminal.presses("o")
        await terminal.sees("Open which link?")
        await terminal.presses("enter")
        await terminal.sees("too long to be shown, link: sent to the terminal")
        assert browser.opened == []
        assert terminal.audit.copies == 0


async def test_without_a_browser_it_is_copied(tmp_path: Path) -> None:
    async with reading(tmp_path, "https://example.test/auto", {}) as terminal:
        terminal.audit.copies = 1
        await terminal.presses("o")
        await terminal.sees("Open which link?")
        await terminal.presses("enter")
        await terminal.sees("no browser here, link: sent to the terminal")
        assert terminal.audit.copies == 0
