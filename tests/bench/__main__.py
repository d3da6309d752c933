"""Measure: `python -m bench [--rows start,stream] [--rounds 3] [--json FILE]`."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from bench.report import table, write_json
from bench.rows import Numbers
from bench.runs import RUNS, Bench
from bench.server import PlayingServer
from bench.terminal import NeverSeen

ROUNDS = 3


def main() -> int:
    """Run the rounds and print the report; return 1 where something did not appear."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure how fast acechat is.")
    parser.add_argument("--rows", default=",".join(RUNS), help="which runs, with commas")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is done")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers too")
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
    rounds: list[Numbers] = []
    failed = False
    with PlayingServer() as server:
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
    print("\n".join(table(rounds)))
    if args.json:
        write_json(args.json, rounds)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
