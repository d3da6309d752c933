"""The audit of the output sees what acts, in any cut; a blind one would pass everything."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acechat.clean import clean
from display import Display
from escapes import Audit, OutputParser
from faults import sliced
from hostile import ATTACKS

DRAWN = (
    "\x1b[?1049h\x1b[?25l\x1b[>25u\x1b[?2026$p\x1b[?2026h\x1b[2;5H"
    "\x1b[1;38;2;1;2;3;48;5;9m> \x1b[0m杭州 ❤\ufe0f\r\n\x1b[?2026l\x1b]22;text\x07\x1b[H"
)
"""As the full screen draws."""


def strange(written: str, cuts: Sequence[int] = (), *, copies: int = 0) -> list[str]:
    """Return what the audit of a screen of 100×30 finds in `written`, fed in pieces."""
    data = written.encode("utf-8", "surrogateescape")
    parser, audit = OutputParser(), Audit(100, 30, copies)
    *pieces, last = sliced(data, cuts)
    for piece in pieces:
        audit.look(parser.feed(piece))
    audit.look(parser.feed(last, final=True))
    return audit.strange


def test_what_the_program_draws_is_allowed() -> None:
    assert strange(DRAWN) == []


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_every_attack_is_seen(attack: str) -> None:
    assert strange(f"before{attack}behind")
    assert strange(f"{DRAWN}{attack}{DRAWN}")
    assert strange(f"before{clean(attack)}behind") == []


@given(st.sampled_from([*ATTACKS.values()]), st.lists(st.integers(0, 500), max_size=8))
def test_every_cut_is_read_alike(attack: str, cuts: list[int]) -> None:
    written = f"{DRAWN}{attack}{DRAWN}"
    assert strange(written, cuts) == strange(written)


@pytest.mark.parametrize(
    "written",
    [
        "\x1b[5m",  # blinking
        "\x1b[8m",  # hidden
        "\x1b[31;1H",  # below the screen
        "\x1b[1;101H",
        "\x1b]0;title\x07",
        "\x1b[?1047h",
        "\x1b[c",
        "\x1b",
        "\x1b[",
        "\x1b]52;c;QQ==",
        "\x07",
        "\udcff",
    ],
)
def test_what_is_not_on_the_list_is_strange(written: str) -> None:
    assert strange(written)


def test_each_press_of_a_copy_key_allows_one_copy() -> None:
    copied = "\x1b]52;c;QQ==\x07"
    assert strange(copied)
    assert strange(copied, copies=1) == []
    assert strange(copied * 2, copies=1) == [copied]


def test_the_display_shows_what_a_terminal_would() -> None:
    display = Display(12, 3)
    display.write(OutputParser().feed(b"\x1b[1;1Hone\x1b[2;3H" + "杭州x".encode() + b"\r\ntwo"))
    assert display.rows == ["one", "  杭州x", "two"]
    assert display.find("x") == (7, 2)
    assert display.find("州") == (5, 2)
    assert display.find("four") is None
