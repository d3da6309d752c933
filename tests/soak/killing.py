"""One life of the program that is killed at a random moment, and the next one, which mends it."""

import asyncio
import re
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from acechat.models import Status
from faults import Exchange, FaultServer, stream
from journeys.at_the_api import environ_for
from terminals import Terminal, at_a_terminal

QUESTION = "What is the number of each word?"
WORDS = [f"w{number:04} " for number in range(60)]
ANSWER = "".join(WORDS)
SCREEN_SECONDS = 1.0
"""What was on the screen for so long is on disk (`reliability.md` section 1)."""

TYPING_SECONDS = 0.5
"""After this rest a draft is stored (`reliability.md` section 5)."""

COMMIT_SECONDS = 0.5
"""More than a commit takes on a busy machine, for what is stored with no promise of a time."""

MOMENTS = ("streaming", "typing", "sending", "waiting", "ending", "quitting", "starting")
"""When the program can be killed. Few rounds begin with the first ones."""

_NUMBER = re.compile(rb"w(\d{4})")


@dataclass
class Speaker:
    """Says the answer a word at a time, and keeps when it said what."""

    pace: float
    """Seconds between words."""
    silent: bool = False
    """It takes the question, and says nothing."""
    said: list[float] = field(default_factory=list[float])
    """When each word was sent, in seconds of the monotonic clock."""

    async def __call__(self, exchange: Exchange) -> None:
        """Answer one request."""
        self.said.clear()
        await exchange.head("200 OK", "transfer-encoding: chunked")
        if self.silent:
            await exchange.closed()
            return
        for line in stream(*WORDS):
            self.said.append(time.monotonic())
            await exchange.chunk(line)
            await asyncio.sleep(self.pace)
        await exchange.end()


@dataclass(frozen=True, slots=True)
class Kept:
    """What is on disk."""

    questions: Sequence[str] = ()
    answers: Sequence[tuple[str, str]] = ()
    """Status and text, in the order in which they were made."""
    drafts: Sequence[str] = ()

    @property
    def end(self) -> str:
        """What the conversation ends with."""
        if self.answers:
            return self.answers[-1][0]
        return "a draft" if self.drafts else "nothing"


def kept_in(home: Path) -> Kept:
    """Read the store as it is, and check that it is sound."""
    path = home / "conversations.db"
    if not path.exists():
        return Kept()
    with closing(sqlite3.connect(path, timeout=10)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if connection.execute("PRAGMA user_version").fetchone() == (0,):
            return Kept()
        rows: list[tuple[str, str, str]] = connection.execute(
            "SELECT role, status, text FROM messages ORDER BY number"
        ).fetchall()
        drafts: list[tuple[str]] = connection.execute("SELECT text FROM drafts").fetchall()
    return Kept(
        [text for role, _, text in rows if role == "user"],
        [(status, text) for role, status, text in rows if role != "user"],
        [text for (text,) in drafts if text],
    )


class Life:
    """A life that ends with SIGKILL."""

    def __init__(self, terminal: Terminal, chance: Random) -> None:
        self._terminal = terminal
        self._chance = chance
        self._killed_at = 0.0
        self.draft = ""
        """What stood in the prompt for long enough to be stored."""

    async def lead(self, moment: str, server: FaultServer, speaker: Speaker) -> None:
        """Use the program up to a moment, and kill it there."""
        terminal = self._terminal
        if moment == "starting":
            await self._kill(0.0, 1.5)
            return
        await terminal.sees("answers.")
        if moment == "typing":
            await self._type_some()
            return
        await self._ask()
        match moment:
            case "sending":
                await self._kill(0.0, 0.3)
            case "waiting":
                await terminal.until("the request", lambda: server.requests)
                await self._kill(0.0, 1.0)
            case "ending":
                await terminal.until("the last words", lambda: len(speaker.said) > len(WORDS) - 8)
                await self._kill(0.0, 1.0)
            case "streaming":
                await terminal.sees(WORDS[0].strip())
                await self._kill(0.0, 3.0)
            case _:
                await terminal.sees(WORDS[0].strip())
                await self._pause(0.0, 1.5)
                await terminal.presses("ctrl+q")
                await self._kill(0.0, 0.3)

    async def _type_some(self) -> None:
        typed = QUESTION[: self._chance.randint(1, len(QUESTION))]
        await self._terminal.presses(*typed)
        await self._terminal.sees(f"> {typed.strip()}")
        rested = time.monotonic()
        await self._kill(0.0, 2.0)
        if self._killed_at - rested > TYPING_SECONDS + COMMIT_SECONDS:
            self.draft = typed

    async def _ask(self) -> None:
        self._terminal.types(QUESTION)
        await self._terminal.sees(QUESTION)
        self.draft = QUESTION
        await self._pause(*(TYPING_SECONDS + COMMIT_SECONDS,) * 2)
        await self._terminal.presses("enter")

    async def _pause(self, least: float, most: float) -> None:
        """Let some time pass."""
        await asyncio.sleep(self._chance.uniform(least, most))

    async def _kill(self, least: float, most: float) -> None:
        await self._pause(least, most)
        self._killed_at = time.monotonic()
        self._terminal.process.kill()
        await self._terminal.gone()

    def seconds_behind(self, text: str) -> float:
        """Return for how long the first word that is not in `text` had been on the screen."""
        terminal, stored = self._terminal, text.count("w")
        for found in _NUMBER.finditer(terminal.written):
            if int(found[1]) >= stored:
                seen = next(at for at, length in terminal.arrivals if length >= found.end())
                return max(0.0, self._killed_at - seen)
        return 0.0


async def live_and_die(home: Path, moment: str, chance: Random) -> str:
    """Kill the program at `moment`, check what is on disk, mend it, and say how it went."""
    speaker = Speaker(pace=0.06, silent=moment == "waiting")
    async with FaultServer(speaker) as server:
        async with at_a_terminal(home, environ_for(server)) as terminal:
            life = Life(terminal, chance)
            await life.lead(moment, server, speaker)
            kept = kept_in(home)
            behind = _check(kept, life, server, speaker)
            assert terminal.audit.strange == []
        speaker.silent, speaker.pace = False, 0.0
        await _live_on(home, server, kept)
    return f"{moment}: left {kept.end}, {behind:.2f} s behind the screen"


def _check(kept: Kept, life: Life, server: FaultServer, speaker: Speaker) -> float:
    """Check what a killed program left; return how far the text was behind the screen."""
    assert len(server.requests) <= 1, "one Enter is at most one request"
    assert list(kept.questions) in ([], [QUESTION])
    if server.requests:
        assert kept.questions, "a question is on disk before its first byte is sent"
    if kept.questions:
        assert not kept.drafts, "a question leaves the prompt when it is kept"
    elif life.draft:
        assert list(kept.drafts) == [life.draft], "a draft survives"
    for draft in kept.drafts:
        assert QUESTION.startswith(draft)
    if not kept.answers:
        return 0.0
    ((status, text),) = kept.answers
    assert ANSWER.startswith(text)
    assert text.count("w") <= len(speaker.said), "nothing is kept that was not said"
    if text != ANSWER:
        assert Status(status) in {Status.STREAMING, Status.STOPPED}, "cut off is not complete"
    behind = life.seconds_behind(text)
    assert behind <= SCREEN_SECONDS, f"a word was on the screen for {behind:.2f} s"
    return behind


async def _live_on(home: Path, server: FaultServer, before: Kept) -> None:
    """Start again: what was cut off says so, one key sends it again, and all is well then."""
    if server._tasks:
        # What the killed program had sent may still be on its way.
        await asyncio.wait(server._tasks, timeout=5.0)
    asked = len(server.requests)
    cut = bool(before.answers) and before.answers[0][0] != Status.COMPLETE
    stopped = before.end == Status.STOPPED
    async with at_a_terminal(home, environ_for(server), "--continue") as terminal:
        if cut:
            await terminal.sees("· stopped after" if stopped else "· cut off")
        elif before.questions:
            await terminal.sees(WORDS[-1].strip())
        else:
            await terminal.sees("answers.", f"> {(*before.drafts, 'Ask')[0].strip()}")
        assert len(server.requests) == asked, "nothing is sent by itself"
        if cut or before.drafts:
            # A draft that was begun only is asked as it is.
            await terminal.presses("f5" if cut else "enter")
            await terminal.sees("done in")
            assert len(server.requests) == asked + 1
        await terminal.presses("ctrl+q")
        assert await terminal.gone() == 0
        terminal.is_restored()
    question = before.questions or before.drafts
    after = kept_in(home)
    assert list(after.questions) == list(question), "it is there once"
    for request in server.requests:
        assert request.fields["question"] == question[0]
    assert not after.drafts
    if question:
        assert after.answers[-1] == (Status.COMPLETE, ANSWER)
    if cut and (text := before.answers[0][1]):
        # What had come stays, as a version of its own.
        ended = Status.STOPPED if stopped else Status.INTERRUPTED
        assert after.answers[0] == (ended, text)
