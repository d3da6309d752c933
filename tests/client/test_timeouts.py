"""How long each step may take is what the page of promises says."""

from pathlib import Path

import pytest

from acechat.client.timeouts import Timeouts

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


@pytest.mark.parametrize(
    ("step", "promised"),
    [
        ("connect", "no connection in {} s"),
        ("write", "not taken by the network for {} s"),
        ("between", "after {} s cut off"),
        ("awake", "what came in it is read first, for {} seconds"),
        ("glance", "a few words behind the URL, in {} s at most"),
    ],
)
def test_the_page_says_how_long_each_step_may_take(step: str, promised: str) -> None:
    seconds = f"{getattr(Timeouts(), step):g}"
    page = PAGE.read_text("utf-8").replace("ten seconds", "10 seconds")
    assert promised.format(seconds) in page
