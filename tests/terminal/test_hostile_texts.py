"""Every byte that leaves for the terminal while hostile texts are shown, wherever they are from."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import tomli_w

from faults import (
    Behaviour,
    FaultServer,
    complete,
    line,
    refusing,
    stream,
    verbatim,
    whole,
)
from hostile import ALL, ARGUMENT, LINE
from journeys.at_the_api import environ_for
from terminal.kept import HOME, MARKDOWN, keep_hostile
from terminals import Terminal, at_a_terminal

LONG = f"{ALL}\n\n" + "[" * 10_000 + "\n\n" + ">" * 500 + " deep\n\n" + "* " * 300 + "deep\n"


def is_clean(terminal: Terminal) -> None:
    """Check that nothing has reached the terminal that may not."""
    assert terminal.audit.strange == []
    for sequence, count in terminal.audit.switched.items():
        # The mouse is switched on, and off, twice by Textual itself.
        assert count <= 2, f"{sequence!r} came {count} times"


@asynccontextmanager
async def used(
    home: Path, server: FaultServer, *arguments: str, ends: int | None = 0, **environ: str
) -> AsyncGenerator[Terminal]:
    """Start the program, and at the end leave it and look at all that it wrote."""
    async with at_a_terminal(home, environ_for(server) | environ, *arguments) as terminal:
        yield terminal
        await terminal.presses("ctrl+q")
        assert await terminal.gone() == ends
        is_clean(terminal)
        terminal.is_restored()


async def asks(terminal: Terminal, question: str) -> None:
    await terminal.sees("answers.")
    terminal.types(question)
    await terminal.sees(question)
    await terminal.presses("enter")


@pytest.mark.parametrize("cut", ["by letter", "whole"])
async def test_answers(cut: str, tmp_path: Path) -> None:
    text = MARKDOWN + LONG
    deltas = list(MARKDOWN) if cut == "by letter" else [text]
    async with (
        FaultServer(complete([line(delta_answer=each) for each in deltas])) as server,
        used(tmp_path / HOME, server) as terminal,
    ):
        await asks(terminal, "Why?")
        await terminal.sees("done in")
        await terminal.presses("tab")
        for key in ("home", *["pagedown"] * 12, "end", *["pageup"] * 3):
            await terminal.presses(key)
        for row in range(1, 26, 3):
            terminal.clicks(45, row)
        await terminal.presses("c")
        await terminal.sees("Copy which code?")
        await terminal.presses("escape")
        await terminal.sees_no("Copy which code?")
        await terminal.presses("o")
        await terminal.sees("Open which link?")
        await terminal.presses("escape")


DIALOGS: dict[str, tuple[str, tuple[str, ...]]] = {
    "the model": ("the name of any model", ("f4",)),
    "the preset": ("^n add", ("f6",)),
    "the references": ("References of this conversation", ("f7",)),
    "all commands": ("All commands", ("ctrl+p",)),
    "help": ("stop the answer, or close what", ("f1",)),
    "the settings": ("edit and delete your system prompts", ("f2", "down", "down")),
    "the account token": ("account token", ("f2", *["down"] * 4)),
    "statistics": ("1 unfinished", ("ctrl+p", *"statistics", "enter")),
    "finding anything": ("⏎ go there", ("ctrl+f", *"queued")),
    "asking several": ("mark two to four", ("f9", "space")),
    "the transcript": ("y copy", ("tab", "up", "up", "pageup", "G")),
    "an older version": ("F5 send the question again", ("tab", "G", "left")),
    "the newer one": ("█ Heading", ("tab", "G", "right")),
    "its links": ("Open which link?", ("tab", "o", "tab")),
    "its code": ("Copy which code?", ("tab", "c")),
    "finding in it": ("of 4", ("tab", "/", *"heading", "enter", "n")),
    "editing a question": ("esc leaves it as it was", ("tab", "G", "up", "e")),
    "a branch": ("Branch of", ("tab", "G", "b")),
    "what it branched off": ("▸ ␛[5", ("tab", "G", "B")),
    "the list": ("/ [5", ("f3", "f3", "/", *"[5", "enter")),
    "the title": ("Rename the conversation", ("f3", "f3", "r")),
    "deleting": ("u in the list brings it back", ("f3", "f3", "d")),
}
"""Every place where a kept text shows: what tells that it is there, and the keys to it."""


async def test_what_is_kept(tmp_path: Path) -> None:
    home = tmp_path / HOME
    await keep_hostile(home)
    async with (
        FaultServer(complete(stream("fine"))) as server,
        used(home, server, "--continue") as terminal,
    ):
        await terminal.sees("> queued", "▸ ␛[5;8m␛[999;999H", "‹ 2/2 ›", "to be uploaded again")
        for told, (opens, *keys) in DIALOGS.values():
            before = terminal.screen
            await terminal.presses(opens)
            await terminal.until("something else", lambda was=before: terminal.screen != was)
            await terminal.presses(*keys)
            await terminal.sees(told)
            for row in range(2, 25, 4):
                terminal.points(60, row)
            await terminal.presses("escape", "escape")
            await terminal.sees("⏎ send")
            # A dialog lets the last line be seen below it.
            await terminal.sees_no("  esc ")


@pytest.mark.parametrize(
    "refused",
    [
        {"model": ALL},
        {"theme": LINE},
        {"references": [ALL]},
        {"keys": {ALL: ALL}},
        {"base_url": ALL},
    ],
    ids=lambda refused: next(iter(refused)),
)
async def test_settings_that_are_refused(refused: dict[str, object], tmp_path: Path) -> None:
    home = tmp_path / HOME
    home.mkdir(0o700)
    (home / "config.toml").write_text(tomli_w.dumps(refused), encoding="utf-8")
    async with (
        FaultServer(complete(stream("fine"))) as server,
        at_a_terminal(home, environ_for(server)) as terminal,
    ):
        await terminal.wrote("config.toml, line ")
        if terminal.process.poll() is None:
            await terminal.presses("ctrl+q")
        await terminal.gone()
        is_clean(terminal)


ERRORS = {
    "an error": refusing("400 Bad Request", error={"code": LINE, "message": ALL}, trace_id=LINE),
    "a refusal of the token": refusing("401 Unauthorized", error={"code": ALL, "message": ALL}),
    "an error in mid-stream": complete(
        [
            line(delta_answer="some text", id=ALL),
            line(error={"code": ALL, "message": ALL}, trace_id=ALL),
        ]
    ),
    "a page": whole(f"<h1>{ALL}</h1>".encode(), "502 Bad Gateway", kind="text/html"),
    "a redirect": whole(b"", "302 Found", f"location: https://x.test/{quote(ALL)}"),
    "no HTTP": verbatim(ALL.encode() + b"\r\n\r\n"),
    "a header": whole(b"{}", f"200 {quote(ALL)}", "x-y: \x1b]0;evil\x07", kind="text/\x1b[5m"),
}


@pytest.mark.parametrize("behave", ERRORS.values(), ids=ERRORS)
async def test_errors(behave: Behaviour, tmp_path: Path) -> None:
    async with (
        FaultServer(behave) as server,
        used(tmp_path / HOME, server) as terminal,
    ):
        await asks(terminal, "Why?")
        await terminal.sees("send the question again")
        await terminal.presses("f2")
        await terminal.sees("esc")
        await terminal.presses("escape", "f1", "escape")
        assert len(server.requests) <= 1


async def test_names_of_files(tmp_path: Path) -> None:
    folder = tmp_path / HOME
    folder.mkdir()
    async with (
        FaultServer(complete(stream("fine"))) as server,
        # What acts cannot be typed or pasted: it is in the folder that `~` stands for.
        used(folder, server, HOME=str(folder)) as terminal,
    ):
        await asks(terminal, "Why?")
        await terminal.sees("done in")
        for name, says in (
            ("~/a.md", "saved as"),
            ("~/a.md", "in its place?"),
            ("~/no/a.md", "not saved"),
        ):
            terminal.types(f"/export {name}")
            await terminal.sees(f"> /export {name}")
            await terminal.presses("enter")
            await terminal.sees(says)
            if says.startswith("in its"):
                await terminal.presses("escape")
                await terminal.sees_no(says)
        assert (folder / "a.md").exists()


CRASH = """
from acechat.screens.actions import CommandActions
def broken(self):
    raise RuntimeError("\\x1b]0;evil\\x07")
CommandActions.action_page_up = broken
"""


async def test_the_last_words(tmp_path: Path) -> None:
    home = tmp_path / HOME
    async with FaultServer(complete(stream("fine"))) as server:
        async with at_a_terminal(home, environ_for(server), patch=CRASH) as terminal:
            await terminal.sees("answers.")
            await terminal.presses("pageup")
            assert await terminal.gone() == 1
            assert b"acechat failed" in terminal.written
            is_clean(terminal)
        assert "\x1b" not in (home / "acechat.log").read_text(encoding="utf-8")
        for arguments in (["--conversation", ARGUMENT], ["--model", ARGUMENT], [ARGUMENT]):
            async with at_a_terminal(home, environ_for(server), *arguments) as terminal:
                await terminal.until(
                    "the end, or the screen",
                    lambda opened=terminal: (
                        opened.process.poll() is not None or "Ask anything" in opened.screen
                    ),
                )
                await terminal.presses("ctrl+q")
                await terminal.gone()
                is_clean(terminal)
        (home / "conversations.db").unlink()
        (home / "conversations.db").mkdir()
        async with at_a_terminal(home, environ_for(server)) as terminal:
            await terminal.wrote("acechat: ")
            await terminal.presses("ctrl+q")
            await terminal.gone()
            is_clean(terminal)
