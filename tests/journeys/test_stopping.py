"""Being stopped, as with ctrl+z, and going on: the terminal is given back and taken again."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from acechat.models import Status
from acechat.store.conversations import ConversationStore
from faults import FaultServer, complete, held, stream
from journeys.at_the_api import environ_for, kept
from terminals import Terminal, at_a_terminal

FIRST, *REST = stream("It is ", "blue.")

SHELL = """
import os, signal
# A shell with one job: it says when that stops, and goes on with it at each line.
job = os.fork()
if job:
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.setpgid(job, job)
    os.tcsetpgrp(0, job)
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        os.tcsetpgrp(0, os.getpgrp())
        if not os.WIFSTOPPED(status):
            os._exit(os.waitstatus_to_exitcode(status))
        print("[stopped]", flush=True)
        os.read(0, 100)
        os.tcsetpgrp(0, job)
        os.killpg(job, signal.SIGCONT)
os.setpgid(0, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
os.tcsetpgrp(0, os.getpgrp())
signal.signal(signal.SIGTTOU, signal.SIG_DFL)
"""


def is_stopped(process: subprocess.Popen[bytes]) -> bool:
    """Whether a shell would say that the program is stopped."""
    how = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, how) is not None


async def asks(terminal: Terminal) -> None:
    """Ask something, and type what is asked next."""
    await terminal.sees("answers.")
    terminal.types("Why?")
    await terminal.sees("> Why?")
    await terminal.presses("enter")
    await terminal.sees("It is")
    terminal.types("half")
    await terminal.sees("> half")


async def is_drawn_again(terminal: Terminal, since: int) -> None:
    await terminal.until("it has the screen", lambda: b"\x1b[?1049h" in terminal.written[since:])
    await terminal.sees("▌ Why?", "It is", "> half", "F1 help")


@pytest.mark.parametrize("how", [signal.SIGTSTP, signal.SIGSTOP])
async def test_a_program_that_is_stopped_gives_the_terminal_back_until_it_goes_on(
    how: signal.Signals, tmp_path: Path
) -> None:
    async with (
        FaultServer(held(FIRST, after=REST)) as server,
        at_a_terminal(tmp_path, environ_for(server)) as terminal,
    ):
        await asks(terminal)
        for _ in range(2):
            terminal.process.send_signal(how)
            await terminal.until("it is stopped", lambda: is_stopped(terminal.process))
            terminal.read()
            if how is signal.SIGTSTP:
                terminal.is_restored()
            written = len(terminal.written)
            terminal.process.send_signal(signal.SIGCONT)
            await is_drawn_again(terminal, written)
        # The answer was not given up.
        server.gate.set()
        await terminal.sees("It is blue.", "done in", "> half")
        assert len(server.requests) == 1
        await terminal.presses("ctrl+q")
        assert await terminal.gone() == 0
        terminal.is_restored()
    ((_, (_, answer)),) = await kept(tmp_path)
    assert (answer.text, answer.status) == ("It is blue.", Status.COMPLETE)


AN_HOUR = """
import asyncio, signal
from acechat import clock
from acechat.client.timeouts import Timeouts
# A signal that is sent while it is stopped comes when it goes on: an hour has passed.
stood = [0.0]
signal.signal(signal.SIGUSR1, lambda *_: stood.append(3600.0))
loop_time, clock_now = asyncio.BaseEventLoop.time, clock.now
asyncio.BaseEventLoop.time = lambda loop: loop_time(loop) + sum(stood)
clock.now = lambda: clock_now() + sum(stood)
*others, awake, look, check, stored, glance, fetched = Timeouts.__init__.__defaults__
Timeouts.__init__.__defaults__ = (*others, {awake}, 0.1, check, stored, glance, fetched)
"""


@pytest.mark.parametrize("came", [True, False], ids=["it came meanwhile", "nothing came"])
async def test_an_answer_after_being_stopped_for_an_hour(came: bool, tmp_path: Path) -> None:
    patch = AN_HOUR.format(awake=60 if came else 0.2)
    async with (
        FaultServer(held(FIRST, after=REST)) as server,
        at_a_terminal(tmp_path, environ_for(server), patch=patch) as terminal,
    ):
        await asks(terminal)
        terminal.process.send_signal(signal.SIGSTOP)
        await terminal.until("it is stopped", lambda: is_stopped(terminal.process))
        if came:
            server.gate.set()
        terminal.process.send_signal(signal.SIGUSR1)
        terminal.process.send_signal(signal.SIGCONT)
        await terminal.sees(*(["It is blue.", "done in"] if came else ["It is", "cut off", "F5"]))
        assert len(server.requests) == 1
    ((_, (_, answer)),) = await kept(tmp_path)
    assert answer.text == ("It is blue." if came else "It is ")
    assert answer.status is (Status.COMPLETE if came else Status.INTERRUPTED)


SLOW_TO_KEEP = """
from acechat import configured
from acechat.widgets import prompt
configured.KEEPING_SECONDS = 60.0
prompt.DRAFT_SECONDS = 3600.0
"""
"""Nothing is kept while one types, and being stopped waits for that also on a busy machine."""


async def test_what_was_typed_last_is_kept_before_it_is_stopped(tmp_path: Path) -> None:
    async with (
        FaultServer(complete(stream("fine"))) as server,
        at_a_terminal(tmp_path, environ_for(server), patch=SLOW_TO_KEEP) as terminal,
    ):
        await terminal.sees("answers.")
        for typed in ("half", " of it"):
            terminal.types(typed)
            await terminal.sees(typed.strip())
            terminal.process.send_signal(signal.SIGTSTP)
            await terminal.until("it is stopped", lambda: is_stopped(terminal.process))
            terminal.read()
            terminal.is_restored()
            written = len(terminal.written)
            terminal.process.send_signal(signal.SIGCONT)
            # Sent once it reads keys again; until then the terminal itself would echo them.
            await terminal.until("back", lambda at=written: b"[?2004h" in terminal.written[at:])
        terminal.process.kill()
        await terminal.gone()
    store = await ConversationStore.open(tmp_path / "conversations.db")
    assert await store.draft("") == "half of it"
    await store.close()


async def test_suspending_from_the_keyboard(tmp_path: Path) -> None:
    async with (
        FaultServer(held(FIRST, after=REST)) as server,
        at_a_terminal(tmp_path, environ_for(server), patch=SHELL) as terminal,
    ):
        await asks(terminal)
        # In the prompt it undoes.
        await terminal.presses("ctrl+z")
        await terminal.sees("> Ask anything")
        terminal.types("half")
        await terminal.sees("> half")
        await terminal.presses("tab", "ctrl+z")
        await terminal.wrote("[stopped]")
        terminal.is_restored()
        store = await ConversationStore.open(tmp_path / "conversations.db")
        assert await store.draft((await store.conversations())[0].id) == "half"
        await store.close()
        # What comes meanwhile is there afterwards.
        server.gate.set()
        written = len(terminal.written)
        terminal.types("fg\n")
        await is_drawn_again(terminal, written)
        await terminal.sees("It is blue.", "done in")
        assert len(server.requests) == 1
        await terminal.presses("ctrl+q")
        assert await terminal.gone() == 0
        terminal.is_restored()


async def test_without_a_shell_nothing_is_suspended(tmp_path: Path) -> None:
    async with (
        FaultServer(complete(stream("fine"))) as server,
        at_a_terminal(tmp_path, environ_for(server)) as terminal,
    ):
        await terminal.sees("answers.")
        await terminal.presses("ctrl+p")
        await terminal.sees("type to narrow")
        terminal.types("suspend")
        await terminal.sees("suspend: fg in the shell goes on")
        await terminal.presses("enter")
        await terminal.sees("no shell is here that could bring acechat back")


async def test_being_stopped_while_the_editor_has_the_terminal(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    ends = tmp_path / "ends"
    waits = f'while [ ! -e "{ends}" ]; do sleep 0.05; done'
    editor.write_text(f'#!/bin/sh\nkill -TSTP $PPID\n{waits}\necho "edited" >"$1"\n')
    editor.chmod(0o755)
    async with (
        FaultServer(complete(stream("fine"))) as server,
        at_a_terminal(tmp_path, environ_for(server) | {"EDITOR": str(editor)}) as terminal,
    ):
        await terminal.sees("answers.")
        await terminal.presses("ctrl+g")
        await terminal.until("it is stopped", lambda: is_stopped(terminal.process))
        terminal.read()
        terminal.is_restored()
        ends.touch()
        terminal.process.send_signal(signal.SIGCONT)
        await terminal.sees("> edited", "answers.")
        await terminal.presses("ctrl+q")
        assert await terminal.gone() == 0
        terminal.is_restored()
