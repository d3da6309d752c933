"""What is done with the programs in one round, and the numbers that come of it.

Times are seconds, memory is megabytes of 1,000,000 bytes.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from bench import programs, seeding
from bench.answers import LAST_WORD
from bench.programs import PLACEHOLDER
from bench.server import PlayingServer
from bench.terminal import Terminal
from bench.typing_keys import Typist

Numbers = dict[str, float]

STARTS = 3
"""How often each program is started in a round."""

SIDEBAR = 27
"""The columns of the list of conversations."""

PAGE_UP, PAGE_DOWN, HOME, END = "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F"
CLEAR = "\x7f"


class Bench:
    """The server, and the folders that programs keep their things in."""

    def __init__(self, server: PlayingServer, cache: Path) -> None:
        self.url = server.url
        self.server = server
        self._cache = cache

    @contextmanager
    def home(self, *, seeded: bool = False) -> Generator[Path]:
        """Lend a folder, with a large store in it where `seeded`."""
        folder = Path(tempfile.mkdtemp(prefix="acechat-bench-"))
        try:
            if seeded:
                seeding.seeded_home(self._cache, folder)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def percentile(values: list[float], part: float) -> float:
    """Return the value that `part` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]


def _usable(terminal: Terminal) -> tuple[float, float]:
    """Wait for the prompt; return when it was seen and when it took a key, from the start."""
    seen = terminal.sees(PLACEHOLDER)
    terminal.types("q")
    # The placeholder goes with the first letter.
    taken = terminal.until("the key", lambda: not terminal.screen.shows(PLACEHOLDER))
    return seen - terminal.started_at, taken - terminal.started_at


def ask(terminal: Terminal, name: str, pace: int) -> float:
    """Ask for a prepared answer; return when the question was sent."""
    question = f"play {name} {pace}"
    terminal.types(question)
    terminal.sees(question)
    # A return within what looks like a paste would be a new line.
    terminal.rests(0.15)
    return terminal.types("\r")


def ready(terminal: Terminal) -> None:
    """Wait until the program is started and has come to rest."""
    terminal.sees(PLACEHOLDER)
    # The cursor of a reference blinks for ever.
    terminal.settles(1.0, patience=3.0)


def longest(probe: Path, since: float) -> float:
    """Return how long the event loop was held up at the longest, from a moment on."""
    lines = probe.read_text().splitlines() if probe.exists() else []
    pairs = [tuple(map(float, line.split())) for line in lines]
    return max((took for began, took in pairs if began + took > since), default=0.0)


# The runs.


def start(bench: Bench) -> Numbers:
    """Start the bare app and the program, with an empty and with a large store, in turn."""
    seen: dict[str, list[float]] = {"bare": [], "empty": [], "large": []}
    taken: dict[str, list[float]] = {"bare": [], "empty": [], "large": []}
    cpu: dict[str, list[float]] = {"bare": [], "empty": [], "large": []}
    memory = 0.0
    with bench.home() as none, bench.home() as empty, bench.home(seeded=True) as large:
        for number in range(STARTS + 1):
            for name, opened in (
                ("bare", lambda: programs.bare_app(none)),
                ("empty", lambda: programs.acechat(empty, bench.url)),
                ("large", lambda: programs.acechat(large, bench.url)),
            ):
                with opened() as terminal:
                    shown, used = _usable(terminal)
                    spent = terminal.cpu_seconds()
                    terminal.rests(1.0)
                    if name == "empty":
                        memory = terminal.memory_mb()
                if number:
                    # The first time, files come from the disk.
                    seen[name].append(shown)
                    taken[name].append(used)
                    cpu[name].append(spent)
    numbers = {"memory_at_rest": memory}
    for what, values in (("seen", seen), ("start", taken), ("start_cpu", cpu)):
        numbers |= {f"{what}_{name}": statistics.median(each) for name, each in values.items()}
    return numbers


def version(bench: Bench) -> Numbers:
    """Ask the program for its version, and Python for nothing."""
    times: dict[str, list[float]] = {"version": [], "python": []}
    with bench.home() as home:
        for _ in range(7):
            for name, command in (
                ("version", [programs.ACECHAT, "--version"]),
                ("python", [sys.executable, "-c", "pass"]),
            ):
                began = time.monotonic()
                subprocess.run(
                    command,
                    check=True,
                    stdout=subprocess.DEVNULL,
                    env=programs.environ(home, bench.url),
                )
                times[name].append(time.monotonic() - began)
    return {f"{name}_time": statistics.median(values) for name, values in times.items()}


def _stream(bench: Bench, terminal: Terminal, name: str, pace: int) -> Numbers:
    """Stream an answer; return the processor time, and how far the screen was behind the pace."""
    ready(terminal)
    before = terminal.cpu_seconds()
    ask(terminal, name, pace)
    seen = terminal.sees(LAST_WORD, patience=240)
    due = bench.server.when("ended", name)
    terminal.settles(0.3)
    return {
        "cpu": terminal.cpu_seconds() - before,
        "behind": max(0.0, seen - due),
        "memory": terminal.memory_mb(),
    }


def stream(bench: Bench) -> Numbers:
    """Stream 2,000 tokens in the program and in the reference, then 8,000, at 500 a second."""
    numbers: Numbers = {}
    for name, tokens in (("reference", "2000"), ("2000", "2000"), ("8000", "8000")):
        with (
            bench.home() as home,
            programs.streaming_app(home, bench.url)
            if name == "reference"
            else programs.acechat(home, bench.url) as terminal,
        ):
            measured = _stream(bench, terminal, tokens, 500)
        numbers |= {f"stream_{name}_{what}": value for what, value in measured.items()}
    return numbers


def keys(bench: Bench) -> Numbers:
    """Type while 8,000 tokens arrive at 500 a second."""
    with bench.home() as home:
        probe = home / "held-up"
        with programs.acechat(home, bench.url, probe=probe) as terminal:
            ready(terminal)
            ask(terminal, "8000", 500)
            began = bench.server.when("began", "8000")
            typist = Typist(terminal)
            terminal.rests(0.3)
            typist.begin()
            typist.type_while("the end", LAST_WORD, patience=120)
            held_up = longest(probe, began)
    return {
        "freeze": held_up,
        "echo_p50": percentile(typist.echoes, 0.5),
        "echo_p99": percentile(typist.echoes, 0.99),
        "echo_longest": max(typist.echoes),
    }


def burst(bench: Bench) -> Numbers:
    """Take 8,000 tokens as fast as they come, in the program and in a reader that shows nothing."""
    done = subprocess.run(
        programs.reading(bench.url, "play 8000 0"), check=True, capture_output=True, text=True
    )
    bench.server.when("ended", "8000")
    with bench.home() as home, programs.acechat(home, bench.url) as terminal:
        ready(terminal)
        asked = ask(terminal, "8000", 0)
        took = terminal.sees(LAST_WORD, patience=240) - asked
        bench.server.when("ended", "8000")
    return {"reading": float(done.stdout), "burst": took}


def _open(terminal: Terminal, title: str, last: str) -> float:
    """Click on a conversation; return how long it takes until its end is on the screen."""
    terminal.sees(title)
    row = next(at for at, text in enumerate(terminal.screen.rows, 1) if title in text[:SIDEBAR])
    terminal.types(f"\x1b[<35;5;{row}M")
    terminal.settles(0.3)
    clicked = terminal.types(f"\x1b[<0;5;{row}M\x1b[<0;5;{row}m")
    return terminal.sees(last) - clicked


def conversations(bench: Bench) -> Numbers:
    """Open a conversation of 500 messages and one of 10,000, and page through the long one."""
    with bench.home(seeded=True) as home, programs.acechat(home, bench.url) as terminal:
        ready(terminal)
        numbers = {"open_500": _open(terminal, seeding.TITLE_OF_500, seeding.LAST_OF_500)}
        terminal.settles(0.5)
        numbers["open_500_memory"] = terminal.memory_mb()
        numbers["open_10000"] = _open(terminal, seeding.TITLE_OF_10000, seeding.LAST_OF_10000)
        terminal.settles(0.5)
        pages = [_page(terminal, PAGE_UP) for _ in range(60)]
        # On to the first message, from the keyboard.
        terminal.types("\t")
        terminal.settles(0.3)
        pages.append(_page(terminal, HOME))
        pages += [_page(terminal, PAGE_DOWN) for _ in range(60)]
        pages.append(_page(terminal, END))
        pages += [_page(terminal, PAGE_UP) for _ in range(10)]
        numbers["page_p50"] = percentile(pages, 0.5)
        numbers["page_p99"] = percentile(pages, 0.99)
    return numbers


def _page(terminal: Terminal, key: str) -> float:
    """Press a key; return how long it takes until the transcript shows something else."""
    before = _transcript(terminal)
    pressed = terminal.types(key)
    seen = terminal.until("another page", lambda: _transcript(terminal) != before, patience=10)
    terminal.settles(0.03)
    return seen - pressed


def _transcript(terminal: Terminal) -> list[str]:
    return [row[SIDEBAR + 2 :] for row in terminal.screen.rows[1:-5]]


def filtering(bench: Bench) -> Numbers:
    """Filter 10,000 conversations, key by key."""
    with bench.home(seeded=True) as home, programs.acechat(home, bench.url) as terminal:
        ready(terminal)
        row = next(at for at, text in enumerate(terminal.screen.rows, 1) if "/ filter" in text)
        terminal.types(f"\x1b[<35;4;{row}M\x1b[<0;4;{row}M\x1b[<0;4;{row}m")
        terminal.settles(0.5)
        took = _narrowing(
            terminal,
            ("harbour", "quarry", "天气", "signal umb"),
            lambda: [row[:SIDEBAR] for row in terminal.screen.rows[3:-1]],
        )
    return {"filter_p50": percentile(took, 0.5), "filter_p95": percentile(took, 0.95)}


def searching(bench: Bench) -> Numbers:
    """Look for words in 200,000 messages, key by key."""
    with bench.home(seeded=True) as home, programs.acechat(home, bench.url) as terminal:
        ready(terminal)
        terminal.types("\x06")
        terminal.sees("Find in all conversations")
        terminal.settles(0.5)
        rows = terminal.screen.rows
        title = next(at for at, text in enumerate(rows) if "Find in all conversations" in text)
        took = _narrowing(
            terminal,
            ("harbour", "copper orchard", "天气", "zipper umb"),
            # Between the line that is typed into and the note below.
            lambda: [row[SIDEBAR:] for row in terminal.screen.rows[title + 3 : title + 9]],
        )
    return {"search_p50": percentile(took, 0.5), "search_p95": percentile(took, 0.95)}


def _narrowing(
    terminal: Terminal, words: tuple[str, ...], listed: Callable[[], list[str]]
) -> list[float]:
    """Type words and take them away again; return how long each key took to change the list."""
    took: list[float] = []
    for word in words:
        for key in word + CLEAR * len(word):
            before = listed()
            pressed = terminal.types(key)
            found = False
            deadline = pressed + 0.5
            while (left := deadline - time.monotonic()) > 0:
                if terminal.pump(left) and not found and listed() != before:
                    took.append(terminal.read_at - pressed)
                    found = True
                    # A list that has changed is left to settle.
                    deadline = time.monotonic() + 0.15
    return took


def heavy(bench: Bench) -> Numbers:
    """Show 1 MB, a table of 200 rows and 30 columns, 2,000 paragraphs, and a word of 100 KB."""
    numbers: Numbers = {}
    for name in ("megabyte", "table", "paragraphs", "word"):
        with bench.home() as home:
            probe = home / "held-up"
            with programs.acechat(home, bench.url, probe=probe) as terminal:
                ready(terminal)
                asked = ask(terminal, name, 50)
                terminal.sees(LAST_WORD, patience=120)
                bench.server.when("ended", name)
                terminal.settles(0.5)
                for _ in range(10):
                    terminal.types(PAGE_UP)
                    terminal.rests(0.1)
                terminal.settles(0.5)
                numbers[f"freeze_{name}"] = longest(probe, asked)
    return numbers


def idle(bench: Bench) -> Numbers:
    """Leave the program alone, a conversation open."""
    with bench.home(seeded=True) as home, programs.acechat(home, bench.url) as terminal:
        ready(terminal)
        _open(terminal, seeding.TITLE_OF_500, seeding.LAST_OF_500)
        terminal.rests(3.0)
        before, began = terminal.cpu_seconds(), time.monotonic()
        terminal.rests(10.0)
        spent = terminal.cpu_seconds() - before
        return {"idle": spent / (time.monotonic() - began)}


RUNS: dict[str, Callable[[Bench], Numbers]] = {
    "start": start,
    "version": version,
    "stream": stream,
    "keys": keys,
    "burst": burst,
    "conversations": conversations,
    "filter": filtering,
    "search": searching,
    "heavy": heavy,
    "idle": idle,
}
"""By the names that they are chosen by."""
