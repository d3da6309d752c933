"""A text that is one line: cut where it is too long, and never laid out to learn its height."""

import pytest
from textual.style import Style
from textual.visual import RenderOptions

from acechat.widgets.one_line import OneLine


def drawn(text: str, width: int) -> str:
    options = RenderOptions(lambda style: Style(), {})
    (strip,) = OneLine(text).render_strips(width, None, Style(), options)
    assert strip.cell_length <= width
    return strip.text


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("short", 8, "short"),
        ("exactly8", 8, "exactly8"),
        ("longer than that", 8, "longer …"),
        ("天气预报", 8, "天气预报"),
        ("天气预报", 6, "天气 …"),
        ("天气预报", 7, "天气预…"),
        ("anything", 1, "…"),
        ("anything", 0, ""),
        ("", 8, ""),
    ],
)
def test_what_does_not_fit_is_cut_at_a_whole_letter(text: str, width: int, shown: str) -> None:
    assert drawn(text, width) == shown


def test_it_is_one_line_however_long_it_is() -> None:
    line = OneLine("a word " * 1_000)
    assert line.get_height({}, 10) == 1
    assert line.get_optimal_width({}, 10) == 7_000
