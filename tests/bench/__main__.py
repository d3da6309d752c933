"""Measure: `python -m bench [--rows start,stream] [--rounds 3] [--json FILE] [--markdown FILE]`."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from bench.children import ended_by_signals
from bench.report import machine, markdown, put_section, table, write_json
from bench.rows import Numbers
from bench.runs import RUNS, Bench
from bench.server import PlayingServer
from bench.terminal import NeverSeen

ROUNDS = 3
SECTION = "What `make bench` measured"
"""The heading in docs/performance.md under which the results stand."""


def main() -> int:
    """Run the rounds and print the report; return 1 where something did not appear."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure how fast acechat is.")
    parser.add_argument("--rows", default=",".join(RUNS), help="which runs, with commas")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is done")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers too")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help=f"put the table under “{SECTION}” in FILE"
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / f"acechat-bench-{os.getuid()}",
        help="where the large store is kept from one time to the next",
    )
    args = parser.parse_args()
    if not Path("/proc/self/schedstat").exists():
        parser.error("processor time and memory are read from /proc, so this needs Linux")
    chosen = args.rows.split(",")
    if unknown := [name for name in chosen if name not in RUNS]:
        parser.error(f"there is no run {unknown[0]}; there are {', '.join(RUNS)}")
    if args.markdown:
        # Rather now than after ten minutes.
        try:
            put_section(args.markdown, SECTION, None)
        except (OSError, ValueError) as error:
            parser.error(str(error))
    measured_on = machine(args.rounds)
    rounds: list[Numbers] = []
    failed = False
    with ended_by_signals(), PlayingServer() as server:
        bench = Bench(server, args.cache)
        for number in range(1, args.rounds + 1):
            numbers: Numbers = {}
            for name in chosen:
                began = time.monotonic()
                try:
                    numbers |= RUNS[name](bench)
                except NeverSeen as error:
                    failed = True
                    print(f"{name}: {error}", file=sys.stderr)
                took = time.monotonic() - began
                print(f"round {number}: {name}, {took:.0f} s", file=sys.stderr, flush=True)
            rounds.append(numbers)
    print("\n".join([measured_on, "", *table(rounds)]))
    if args.json:
        write_json(args.json, rounds)
    if args.markdown:
        put_section(args.markdown, SECTION, [measured_on, "", *markdown(rounds)])
    return int(failed)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
