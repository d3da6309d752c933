"""The bench sees what is on the screen, and says truly what it measured."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench.answers import ANSWERS, LAST_WORD, mixed
from bench.emulated import Screen
from bench.playing import ace_lines
from bench.report import markdown, put_section, table
from bench.rows import ROWS
from bench.runs import RUNS, percentile
from bench.server import TESTS
from faults import stream


def test_the_screen_holds_what_was_written_where_it_was_written() -> None:
    screen = Screen(10, 3)
    screen.feed(b"\x1b[2J\x1b[1;1H\x1b[1;32mHello\x1b[0m\x1b[2;9Hoverfull")
    assert screen.rows == ["Hello     ", "        ov", "          "]
    screen.feed(b"\x1b[1;2Ha")
    assert screen.rows[0] == "Hallo     "


def test_wide_letters_take_two_cells() -> None:
    screen = Screen(8, 1)
    screen.feed("杭州e\u0301\x1b[1;6Hx".encode())
    assert screen.rows == ["杭州ex  "]


@pytest.mark.parametrize("cut", range(1, 24))
def test_sequences_may_come_in_pieces(cut: int) -> None:
    output = "ab\x1b[1;4H杭\x1b]22;default\x1b\\c".encode()
    screen = Screen(8, 1)
    screen.feed(output[:cut])
    screen.feed(output[cut:])
    assert screen.rows == ["ab 杭c  "]


def test_answers_end_with_their_last_word() -> None:
    for make in ANSWERS.values():
        text = "".join(make())
        assert text.count(LAST_WORD) == 1
        assert text.endswith(LAST_WORD)
    assert len(mixed(2_000)) == 2_001
    assert len("".join(ANSWERS["megabyte"]())) > 1_000_000


def test_the_server_writes_the_lines_of_the_api() -> None:
    pieces = ['One "', "two\n", "缓存"]
    line_of = ace_lines()
    written = [line_of(piece) for piece in pieces]
    assert written == stream(*pieces, server_id="5f0d")


def test_each_row_has_a_run() -> None:
    assert {row.run for row in ROWS} == set(RUNS)


def test_the_table_says_pass_or_miss_of_what_was_measured() -> None:
    numbers = {"start_empty": 0.5, "start_bare": 0.25, "start_large": 0.5, "memory_at_rest": 50.0}
    better = {**numbers, "start_empty": 0.3, "start_large": 0.3}
    lines = table([numbers, better, numbers])
    assert len(lines) == 4
    assert [line.split()[-4] for line in lines if line.startswith("start to")] == ["MISS"]
    start, large, memory = lines[1:4]
    assert "2 x" in start
    assert "1.20 - 2" in start
    assert large.endswith("pass  of empty store")
    assert memory.endswith("pass")


def test_percentiles() -> None:
    values = [float(value) for value in range(101)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.99) == 99
    assert percentile([7.0], 0.99) == 7


def test_the_table_in_a_page_is_put_in_the_place_of_the_one_before(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    words = "# Page\n\n## Results\n\nThese:\n\n{}\n\nThere.\n\n## More\n\nstays\n"
    page.write_text(words.format("Measured on Monday\n\n| old |"))
    rounds = [{"start_empty": 0.5, "start_bare": 0.25}]
    for _ in range(2):
        put_section(page, "Results", markdown(rounds))
    text = page.read_text()
    assert text.startswith("# Page\n\n## Results\n\nThese:\n\n| what | median |")
    assert "| start to usable prompt, to bare app | 2 x | 2 – 2 | 1.30 x | **missed** |" in text
    assert text.endswith("|\n\nThere.\n\n## More\n\nstays\n")
    assert "Monday" not in text
    with pytest.raises(ValueError, match="no heading “Other”"):
        put_section(page, "Other", None)


_BENCH = """
import os, sys
from bench.children import ended_by_signals
from bench.terminal import Terminal

with ended_by_signals(), Terminal(["sh", "-c", sys.argv[1], sys.argv[2]], os.environ) as terminal:
    print("entered", flush=True)
    terminal.rests(600)
"""
_ALONE = 'exec 3>"$0"; exec sleep 600'
_WITH_ANOTHER = 'exec 3>"$0"; (trap "" TERM; exec sleep 600) & exec sleep 600'
_ENDS = [(signal.SIGTERM, _WITH_ANOTHER), (signal.SIGINT, _WITH_ANOTHER)]
if sys.platform == "linux":
    _ENDS.append((signal.SIGKILL, _ALONE))


@pytest.mark.parametrize(("number", "program"), _ENDS)
def test_programs_end_with_the_bench(tmp_path: Path, number: int, program: str) -> None:
    held = tmp_path / "held"
    os.mkfifo(held)
    with subprocess.Popen(
        [sys.executable, "-c", _BENCH, program, str(held)],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as bench:
        assert bench.stdout is not None
        # The program, and what it has started, hold the other end open as long as they live.
        with held.open("rb") as pipe:
            bench.stdout.readline()
            bench.send_signal(number)
            assert pipe.read() == b""
        assert bench.wait() != 0
