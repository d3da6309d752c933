"""What is done with each program, the same for all, and the numbers that come of it."""

import time
from dataclasses import dataclass

from bench.answers import LAST_WORD
from bench.peers.programs import Home
from bench.runs import percentile
from bench.server import PlayingServer
from bench.terminal import NeverSeen, Terminal
from bench.typing_keys import Typist

PACE = 500
"""Tokens a second."""
BOUND = 60.0
"""Seconds after which the end of an answer is not waited for any more."""
AGAIN = 0.5
"""Seconds after which a key that was lost while a program started is typed again."""

Numbers = dict[str, float]
"""By name; what did not happen within its bound is not in it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    title: str
    name: str
    unit: str
    missing: str = "–"
    """What is said where there is no number."""


def _rows(tokens: int) -> tuple[Row, ...]:
    late = f"not in {BOUND:.0f} s"
    return (
        Row(f"{tokens:,} tokens at {PACE}/s: CPU", f"cpu_{tokens}", "s", late),
        Row("… behind the server at the end", f"behind_{tokens}", "s", late),
        Row("… key echo p50", f"echo_p50_{tokens}", "ms"),
        Row("… key echo p99", f"echo_p99_{tokens}", "ms"),
    )


ROWS = (
    Row("start to usable prompt", "start", "s"),
    Row("memory at rest", "memory", "MB"),
    *_rows(2_000),
    *_rows(8_000),
)
"""What is measured, in its order."""


def start(home: Home) -> Numbers:
    """Start the program and type as soon as there is something to type into."""
    with home.opened() as terminal:
        terminal.sees(home.peer.prompt)
        typed_at = 0.0
        while not terminal.screen.shows("zq"):
            now = time.monotonic()
            if now - terminal.started_at > BOUND:
                raise NeverSeen(f"never saw what was typed\n{terminal.text}")
            if now - typed_at > AGAIN:
                typed_at = terminal.types("zq")
            terminal.pump(0.05)
        used = terminal.read_at - terminal.started_at
        terminal.rests(2.0)
        return {"start": used, "memory": terminal.memory_mb()}


def stream(home: Home, server: PlayingServer, tokens: int) -> Numbers:
    """Type while an answer arrives, until its end is on the screen."""
    with home.opened() as terminal:
        _ready(terminal, home.peer.prompt)
        server.forget()
        before = terminal.cpu_seconds()
        _ask(terminal, f"play {tokens} {PACE}", home.peer.send)
        began = server.when("began", str(tokens), BOUND)
        numbers: Numbers = {}
        typist = Typist(terminal)
        try:
            terminal.rests(0.3)
            typist.begin()
            left = began + BOUND - time.monotonic()
            seen = typist.type_while("the end", LAST_WORD, patience=left)
            terminal.settles(0.3, patience=2.0)
            numbers[f"cpu_{tokens}"] = terminal.cpu_seconds() - before
            numbers[f"behind_{tokens}"] = max(0.0, seen - began - tokens / PACE)
        except NeverSeen:
            # The keys that were typed until then are measured all the same.
            pass
        if typist.echoes:
            numbers[f"echo_p50_{tokens}"] = percentile(typist.echoes, 0.5) * 1e3
            numbers[f"echo_p99_{tokens}"] = percentile(typist.echoes, 0.99) * 1e3
        return numbers


def _ready(terminal: Terminal, prompt: str) -> None:
    terminal.sees(prompt)
    terminal.settles(1.0, patience=5.0)


def _ask(terminal: Terminal, question: str, send: str) -> None:
    terminal.types(question)
    terminal.sees(question)
    # A return within what looks like a paste would be a new line.
    terminal.rests(0.5)
    terminal.types(send)
