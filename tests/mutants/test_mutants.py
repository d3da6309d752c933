"""The mutants fit the program as it is, and leave no row of the promises out.

That each of them is killed takes long: `make mutants` shows it.
"""

import re

import pytest

from mutants import PACKAGE, PROJECT, Mutant, all_mutants

MUTANTS = list(all_mutants())
PAGE = (PROJECT / "docs" / "reliability.md").read_text("utf-8")
LINES = re.findall(r"^\| ([^|]+) \| (.*) \|$", PAGE, re.MULTILINE)
ROWS = {
    cell: set(re.findall(r"`([\w/]+\.py::\w+)`", rest))
    for cell, rest in LINES
    if cell not in {"case", "---"}
}
"""The tests that are named in each row of the promises."""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_fits_the_program_and_names_tests_that_there_are(mutant: Mutant) -> None:
    assert mutant.row in ROWS
    for edit in mutant.edits:
        source = (PROJECT / PACKAGE / edit.file).read_text("utf-8")
        assert source.count(edit.old) == 1, edit.old
        assert edit.old != edit.new
    assert mutant.tests
    for test in mutant.tests:
        file, _, name = test.partition("::")
        text = (PROJECT / "tests" / file).read_text("utf-8")
        assert re.search(rf"def {re.escape(name.partition('[')[0])}\(", text), test


@pytest.mark.parametrize("row", ROWS)
def test_every_test_of_a_row_fails_without_some_of_its_handling(row: str) -> None:
    failing = {
        test.partition("[")[0] for mutant in MUTANTS if mutant.row == row for test in mutant.tests
    }
    assert ROWS[row] - failing == set()


def test_no_two_mutants_have_one_name() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
