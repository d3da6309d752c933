"""`python -m mutants [NAME ...]`: run the tests of each mutant in a copy of the project.

Ends with 1 where a mutant lives: a test that is named beside it did not fail. A name may also be
the beginning of a row.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from time import monotonic

from mutants import PACKAGE, PROJECT, Edit, Mutant, all_mutants

FAILED = re.compile(r"^(?:FAILED|ERROR) tests/(.+?::.+?)(?: - |$)", re.MULTILINE)
"""What pytest says of a test that failed, and why; there may be spaces in a parameter."""

TESTS_FAILED = 1
"""What pytest ends with where tests ran and failed; anything else proves nothing."""


class Copy:
    """A copy of the project in which a piece may be missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        left_out = shutil.ignore_patterns(".*", "__pycache__", "dist")
        shutil.copytree(PROJECT, folder, ignore=left_out, symlinks=True)

    def lives(self, mutant: Mutant) -> str:
        """Return why a mutant lives; nothing where each of its tests fails."""
        before = {edit.file: self._source(edit).read_text("utf-8") for edit in mutant.edits}
        try:
            for edit in mutant.edits:
                text = self._source(edit).read_text("utf-8")
                self._source(edit).write_text(text.replace(edit.old, edit.new), "utf-8")
            return self._run(mutant.tests)
        finally:
            for edit in mutant.edits:
                self._source(edit).write_text(before[edit.file], "utf-8")

    def _source(self, edit: Edit) -> Path:
        return self._folder / PACKAGE / edit.file

    def _run(self, tests: Sequence[str]) -> str:
        names = [f"tests/{test}" for test in tests]
        options = ("-q", "-rfE", "--tb=no", "-p", "no:cacheprovider")
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *names],
            cwd=self._folder,
            env=os.environ
            | {
                "PYTHONPATH": os.pathsep.join(
                    str(self._folder / part) for part in ("app", "tests")
                ),
                # The terminal's width would cut the names of tests.
                "COLUMNS": "1000",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode != TESTS_FAILED:
            return f"pytest ended with {ended.returncode}: {ended.stdout[-400:]}"
        failed = FAILED.findall(ended.stdout)
        passed = [test for test in tests if not any(is_of(name, test) for name in failed)]
        return f"passed: {', '.join(passed)}" if passed else ""


def is_of(failed: str, test: str) -> bool:
    """Whether a test that failed is the one that is meant, or one of its parameters."""
    return failed == test or failed.startswith(f"{test}[")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tests of the mutants that are named, or of all."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="names, or beginnings of rows")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    chosen = parser.parse_args(arguments)
    wanted = [
        mutant
        for mutant in all_mutants()
        if not chosen.names
        or mutant.name in chosen.names
        or any(mutant.row.startswith(name) for name in chosen.names)
    ]
    living = 0
    with TemporaryDirectory(prefix="acechat-mutants-") as folder:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for number in range(chosen.jobs):
            copies.put(Copy(Path(folder) / str(number)))

        def looked_at(mutant: Mutant) -> tuple[Mutant, str, float]:
            copy = copies.get()
            began = monotonic()
            try:
                return mutant, copy.lives(mutant), monotonic() - began
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(chosen.jobs) as pool:
            for mutant, why, took in pool.map(looked_at, wanted):
                living += bool(why)
                print(f"{'LIVES ' if why else 'killed'} {took:5.1f} s  {mutant.name}", flush=True)
                if why:
                    print(f"        {why}", flush=True)
    print(f"{len(wanted) - living} of {len(wanted)} killed")
    return 1 if living or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
