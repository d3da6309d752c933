"""The program is killed at random moments of its life; nothing that was promised is lost.

`make test` plays a few rounds, `make soak` fifty. ROUNDS says how many, SEED which ones: the same
seed kills at the same moments, as far as the machine allows.
"""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from soak.killing import MOMENTS, live_and_die

ROUNDS = int(os.environ.get("ROUNDS", "3"))
SEED = os.environ.get("SEED", "0")


@pytest.mark.parametrize("number", range(ROUNDS))
async def test_a_killed_life_and_the_next(
    number: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = Random(f"{SEED} {number}")
    record_property("life", await live_and_die(tmp_path, MOMENTS[number % len(MOMENTS)], chance))
