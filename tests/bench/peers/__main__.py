"""Measure acechat and others in turn: `python -m bench.peers [--only elia,oterm] [--json FILE]`."""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from bench.children import ended_by_signals
from bench.peers.installing import NotInstalled, installed, version_of
from bench.peers.measuring import ROWS, Numbers, Row, start, stream
from bench.peers.programs import PEERS, Home, Peer
from bench.report import machine, put_section
from bench.server import PlayingServer
from bench.terminal import NeverSeen

ROUNDS = 3
SECTION = "Beside other programs"
"""The heading under which the table stands, in docs/performance.md and in README.md."""
TOKENS = (2_000, 8_000)

Results = dict[str, list[Numbers]]
"""The rounds of each program, by its name."""


def main() -> int:
    """Measure all programs in turn, and print the table."""
    parser = argparse.ArgumentParser(prog="bench.peers", description="Measure acechat and others.")
    names = [peer.name for peer in PEERS]
    parser.add_argument("--only", default=",".join(names), help="which programs, with commas")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is measured")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers too")
    parser.add_argument(
        "--markdown",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help=f"put the table under “{SECTION}” in FILE; may be given again",
    )
    args = parser.parse_args()
    try:
        for page in args.markdown:
            put_section(page, SECTION, None)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    measured_on = machine(args.rounds)
    results: Results = {}
    troubles: dict[str, str] = {}
    folder = Path(tempfile.mkdtemp(prefix="acechat-peers-"))
    try:
        with ended_by_signals(), PlayingServer() as server:
            chosen = [peer for peer in PEERS if peer.name in args.only.split(",")]
            ready = _installed(chosen, troubles)
            for number in range(1, args.rounds + 1):
                for peer, commands in ready:
                    print(f"round {number}: {peer.name}", file=sys.stderr, flush=True)
                    numbers = _measured(peer, commands, folder, server, troubles)
                    results.setdefault(peer.name, []).append(numbers)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join([measured_on, "", *table(results)]))
    for name, trouble in troubles.items():
        print(f"\n{name}: {trouble}")
    if args.json:
        report = {"measured": measured_on, "results": results, "troubles": troubles}
        args.json.write_text(json.dumps(report, indent=2) + "\n")
    for page in args.markdown:
        lines = [measured_on, "", *markdown(results)]
        lines += [f"\n{name} could not be measured in full." for name in troubles]
        put_section(page, SECTION, lines)
    return int(bool(troubles))


def _installed(peers: Sequence[Peer], troubles: dict[str, str]) -> list[tuple[Peer, Path]]:
    """Install the programs; return each with its commands. What cannot be is told and left out."""
    ready: list[tuple[Peer, Path]] = []
    for peer in peers:
        try:
            commands = installed(peer.name) if peer.distribution else Path(sys.executable).parent
            ready.append((peer, commands))
        except (NotInstalled, OSError) as error:
            troubles[peer.name] = str(error)
    return ready


def _measured(
    peer: Peer, commands: Path, folder: Path, server: PlayingServer, troubles: dict[str, str]
) -> Numbers:
    """Measure a program once; what it said last is told where it did not get there."""
    numbers: Numbers = {}
    try:
        for measure in (start, *(partial(stream, server=server, tokens=each) for each in TOKENS)):
            # A home for each: some show at their start what was said before, and its end.
            own = Path(tempfile.mkdtemp(prefix=peer.name, dir=folder))
            numbers |= measure(Home(peer, commands, own, server.url))
    except (NeverSeen, OSError) as error:
        troubles[peer.name] = str(error)
    return numbers


def titled(name: str) -> str:
    """Return the name of a program with its version."""
    peer = next(each for each in PEERS if each.name == name)
    return f"{name} {version_of(name, peer.distribution)}" if peer.distribution else name


def cell(row: Row, rounds: Sequence[Numbers]) -> str:
    """Return the median of a row, or what is said where most rounds have none."""
    values = [numbers[row.name] for numbers in rounds if row.name in numbers]
    if len(values) * 2 <= len(rounds):
        return row.missing
    value = statistics.median(values)
    return (
        f"{value:.2f} {row.unit}" if value < 10 and row.unit == "s" else f"{value:.0f} {row.unit}"
    )


def table(results: Mapping[str, Sequence[Numbers]]) -> list[str]:
    """Return the lines of the table for a terminal."""
    lines = ["".join([f"{'':36}", *(f"{titled(name):>18}" for name in results)])]
    for row in ROWS:
        cells = (f"{cell(row, rounds):>18}" for rounds in results.values())
        lines.append("".join([f"{row.title:36}", *cells]))
    return lines


def markdown(results: Mapping[str, Sequence[Numbers]]) -> list[str]:
    """Return the lines of the table in Markdown."""
    lines = [
        f"| | {' | '.join(map(titled, results))} |",
        f"| --- |{' ---: |' * len(results)}",
    ]
    for row in ROWS:
        cells = " | ".join(cell(row, rounds) for rounds in results.values())
        lines.append(f"| {row.title} | {cells} |")
    return lines


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
