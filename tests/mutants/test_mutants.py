"""The mutants fit the program as it is, and leave no row of the promises out.

That each of them is killed takes long: `make mutants` shows it.
"""

import re

import pytest

from mutants import PACKAGE, PROJECT, Mutant, all_mutants

MUTANTS = list(all_mutants())
PAGE = (PROJECT / "docs" / "reliability.md").read_text("utf-8")
CELLS = re.findall(r"^\| ([^|]+) \| ", PAGE, re.MULTILINE)
ROWS = [cell for cell in CELLS if cell not in {"case", "---"}]


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


def test_no_two_mutants_have_one_name() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
