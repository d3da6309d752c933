"""Every way out of the real program in a real terminal: what is restored, kept and said."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from acechat.connection import VARIABLE as BASE_URL
from acechat.models import Message, Status
from acechat.store.conversations import ConversationStore
from acechat.tokens import VARIABLE as API_TOKEN
from fault_rows import TOKEN
from faults import FaultServer, complete, held, stream
from journeys.at_the_api import at_the_api, ended, environ_for, kept, shown_messages
from terminals import PATIENCE, Terminal, at_a_terminal

FIRST, *REST = stream("It is ", "blue.")


@asynccontextmanager
async def in_a_terminal(
    home: Path, server: FaultServer, *, patch: str = ""
) -> AsyncGenerator[Terminal]:
    """Start the program and ask it something; an answer is arriving then."""
    async with at_a_terminal(home, environ_for(server), patch=patch) as opened:
        await opened.sees("answers.")
        opened.types("Why?")
        await opened.sees("Why?")
        await opened.presses("enter")
        yield opened


async def answer_in(home: Path) -> Message:
    """Return the only answer that is on disk."""
    ((_, (_, answer)),) = await kept(home)
    return answer


async def quits(terminal: Terminal) -> None:
    terminal.types("\x11")


async def interrupts(terminal: Terminal) -> None:
    terminal.types("\x03")
    await terminal.sees("stopped after")
    terminal.types("\x03")
    await terminal.sees("^c again quits")
    terminal.types("\x03")


def told(number: signal.Signals) -> Callable[[Terminal], Awaitable[None]]:
    async def tell(terminal: Terminal) -> None:
        terminal.process.send_signal(number)

    return tell


@pytest.mark.parametrize(
    "leaves",
    [
        quits,
        interrupts,
        told(signal.SIGTERM),
        told(signal.SIGHUP),
        told(signal.SIGINT),
    ],
    ids=["ctrl+q", "ctrl+c", "SIGTERM", "SIGHUP", "SIGINT"],
)
async def test_leaving_in_mid_answer(
    leaves: Callable[[Terminal], Awaitable[None]], tmp_path: Path
) -> None:
    async with FaultServer(held(FIRST, after=REST)) as server:
        async with in_a_terminal(tmp_path, server) as terminal:
            await terminal.sees("It is")
            terminal.types("half")
            await terminal.sees("half")
            await leaves(terminal)
            told_at = time.monotonic()
            assert await terminal.gone() == 0
            # It takes 0.2 s, the end of the interpreter included; this machine may be busy.
            assert time.monotonic() - told_at < 2.0
            terminal.is_restored()
            assert b"Traceback" not in terminal.written
        await asyncio.wait_for(server.left.wait(), 5)
        assert len(server.requests) == 1
    answer = await answer_in(tmp_path)
    assert (answer.text, answer.status) == ("It is ", Status.STOPPED)
    store = await ConversationStore.open(tmp_path / "conversations.db")
    assert await store.draft(answer.conversation_id) == "half"
    await store.close()


async def test_a_window_that_is_closed_ends_the_program(tmp_path: Path) -> None:
    async with FaultServer(held(FIRST, after=REST)) as server:
        async with in_a_terminal(tmp_path, server) as terminal:
            await terminal.sees("It is")
            terminal.closes()
            await terminal.gone()
        await asyncio.wait_for(server.left.wait(), 5)
    answer = await answer_in(tmp_path)
    assert (answer.text, answer.status) == ("It is ", Status.STOPPED)


def children_of(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def closes(terminal: Terminal) -> None:
    terminal.closes()


@pytest.mark.parametrize(
    "leaves",
    [quits, told(signal.SIGTERM), told(signal.SIGHUP), told(signal.SIGKILL), closes],
    ids=["ctrl+q", "SIGTERM", "SIGHUP", "SIGKILL", "closed"],
)
async def test_the_embedded_server_ends_with_the_program(
    leaves: Callable[[Terminal], Awaitable[None]], tmp_path: Path
) -> None:
    async with at_a_terminal(tmp_path, {}) as terminal:
        await terminal.sees("answers.")
        servers = children_of(terminal.process.pid)
        assert servers
        await leaves(terminal)
        await terminal.gone()
        await terminal.until("no orphan", lambda: not any(map(is_alive, servers)))


SLOW_NAMES = """
import socket, threading
def slow(*words, **named):
    threading.Event().wait(60)
    raise socket.gaierror(-2, "Name or service not known")
socket.getaddrinfo = slow
"""


async def test_leaving_does_not_wait_for_a_name_that_is_being_looked_up(tmp_path: Path) -> None:
    environ = {BASE_URL: "https://api.acedata.invalid", API_TOKEN: TOKEN}
    async with at_a_terminal(tmp_path, environ, patch=SLOW_NAMES) as terminal:
        await terminal.sees("answers.")
        terminal.types("Why?")
        await terminal.sees("Why?")
        await terminal.presses("enter")
        await terminal.sees("connecting")
        await quits(terminal)
        # The name is looked up for three times as long as it is waited here.
        assert await terminal.gone() == 0
        terminal.is_restored()
    assert (await answer_in(tmp_path)).status is Status.STOPPED


async def test_what_a_killed_program_was_receiving_can_be_asked_again_at_once(
    tmp_path: Path,
) -> None:
    script = [held(FIRST, after=REST), complete([FIRST, *REST])]
    async with (
        FaultServer(script) as server,
        in_a_terminal(tmp_path, server) as terminal,
        at_the_api(tmp_path, server, newest=True) as person,
    ):
        await terminal.sees("It is")
        await person.sees("Today", "Why?")
        (listed,) = person.app.chat_screen.shelf.listed
        await person.app.chat_screen.open_conversation(listed.id)
        await person.sees("It is▍", "arriving in another window")
        terminal.process.kill()
        await person.sees("cut off", "the program ended while this answer was arriving")
        await person.presses("f5")
        await ended(person, 1)
        await person.sees("It is blue.", "done in")
        assert len(server.requests) == 2


async def test_what_was_on_the_screen_survives_a_kill(tmp_path: Path) -> None:
    async with FaultServer([held(FIRST, after=REST), complete([FIRST, *REST])]) as server:
        async with in_a_terminal(tmp_path, server) as terminal:
            await terminal.sees("It is")
            text = ""
            async with asyncio.timeout(PATIENCE):
                while not text:
                    text = (await answer_in(tmp_path)).text
            terminal.process.kill()
            assert await terminal.gone() == -signal.SIGKILL
        async with at_the_api(tmp_path, server, newest=True) as person:
            await person.sees(
                "Why?",
                "It is",
                "cut off",
                "the program ended while this answer was arriving",
                "process_ended",
                "F5 send the question again",
            )
            await person.presses("f5")
            await person.sees("It is blue.", "done in")
            question, answer = shown_messages(person)
            assert (question.status, answer.status) == (Status.COMPLETE, Status.COMPLETE)
            # What had come stays, as the first of two versions.
            assert (answer.version, answer.versions) == (2, 2)


IN_A_WORKER = """
from acechat.screens.turns import Turns
def broken(self, chat, turn, event):
    hidden_local = "a local secret"
    raise RuntimeError("token " + chat.api._token)
Turns._show = broken
"""

IN_A_HANDLER = """
from acechat.screens.actions import CommandActions
def broken(self):
    hidden_local = "a local secret"
    raise RuntimeError("in a handler")
CommandActions.action_page_up = broken
"""


@pytest.mark.parametrize("place", ["worker", "handler"])
async def test_a_defect_ends_in_one_sentence(place: str, tmp_path: Path) -> None:
    patch = IN_A_WORKER if place == "worker" else IN_A_HANDLER
    async with (
        FaultServer(held(FIRST, after=REST)) as server,
        in_a_terminal(tmp_path, server, patch=patch) as terminal,
    ):
        if place == "handler":
            await terminal.sees("It is")
            terminal.types("\x1b[5~")  # page up
        assert await terminal.gone() == 1
        terminal.is_restored()
        said = terminal.written.rpartition(b"\x1b[?1049l")[2]
    log = (tmp_path / "acechat.log").read_text()
    assert b"acechat failed; what happened is in" in said
    assert b"acechat.log" in said.replace(b"\r\n", b"")
    for written in (terminal.written.decode(errors="replace"), log):
        assert "a local secret" not in written
        assert TOKEN not in written
    assert b"Traceback" not in terminal.written
    assert "RuntimeError" in log
    assert "in broken" in log
    answer = await answer_in(tmp_path)
    # Nobody stopped it.
    assert (answer.status, answer.error and answer.error.code) == (
        Status.INTERRUPTED,
        "program_failed",
    )
