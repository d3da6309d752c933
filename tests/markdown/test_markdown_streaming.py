"""A text that arrives in pieces: the same lines, little work, and nothing that jumps."""

import pytest
from drawn import all_lines, document
from hypothesis import given, settings
from hypothesis import strategies as st
from test_markdown_blocks import LINES

from acechat.markdown.document import Document
from acechat.markdown.lines import Line
from acechat.markdown.palette import Palette

SECTION = """## A heading

Some **bold** text with a [link](https://a.example) that is long enough to be wrapped once.

- one
- two
  - nested

```python
def f(x):
    return "x"  # comment
```

| a | b |
|---|---|
| 1 | 2 |

"""


def streaming(width: int = 40) -> Document:
    made = Document("", complete=False)
    made.set_layout(width, width, Palette())
    return made


def settle(made: Document) -> list[Line]:
    return all_lines(made)


MORE = st.sampled_from(
    ["**bo", "ld**", "a|b`c", "中文，", "👍🏽👍🏽", "word " * 30, "x" * 70, "[ref]"]
)


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(LINES | MORE, max_size=12),
    cuts=st.lists(st.floats(0, 1), max_size=12),
    looks=st.lists(st.booleans(), min_size=13, max_size=13),
)
def test_any_cut_gives_the_same_lines(
    lines: list[str], cuts: list[float], looks: list[bool]
) -> None:
    text = "\n".join(lines)
    places = [0, *sorted(round(cut * len(text)) for cut in cuts), len(text)]
    made = streaming()
    for start, end, look in zip(places, places[1:], looks, strict=False):
        made.append(text[start:end])
        if look:
            settle(made)
    made.finish()
    whole = document(text)
    assert settle(made) == settle(whole)
    assert made.text == text
    assert made.codes() == whole.codes()
    assert made.links() == whole.links()


@pytest.mark.parametrize(
    "text",
    ["x" * 9000, "word " * 2000, "```\n" + "y" * 9000 + "\n```\n", "[a] " * 1500 + "\n\n[a]: /b"],
)
def test_long_lines_are_cut_alike(text: str) -> None:
    made = streaming()
    for start in range(0, len(text), 700):
        made.append(text[start : start + 700])
        settle(made)
    made.finish()
    assert settle(made) == settle(document(text))


def test_one_more_token_draws_one_block() -> None:
    made = streaming()
    made.append(SECTION * 40 + "The last paragraph")
    settle(made)
    before = made.renders
    made.append(" goes")
    made.append(" on")
    height = made.height
    made.render_rows(height - 30, height)
    assert made.renders == before + 1
    assert made.line(made.height - 1).text == "The last paragraph goes on"
    made.finish()
    made.render_rows(made.height - 30, made.height)
    assert made.renders <= before + 2


@pytest.mark.parametrize(
    ("opening", "line", "most"),
    [
        ("```py\n", "x = [1, 2, 3]  # numbers\n", 1),
        ("", "- an item of the list\n", 2),
        ("| a | b |\n|---|---|\n", "| 1 | 2 |\n", 1),
        ("> ", "more of a quotation\n", 1),
    ],
)
def test_an_open_block_grows_by_its_new_lines(opening: str, line: str, most: int) -> None:
    made = streaming()
    made.append(opening + line * 300)
    settle(made)
    for _ in range(3):
        before = made.renders
        made.append(line)
        height = made.height
        while made.render_rows(height - 30, height):
            height = made.height
        assert made.renders - before <= most + 1


def test_a_wider_cell_draws_the_table_again_and_a_narrower_does_not() -> None:
    made = streaming()
    made.append("| a | b |\n|---|---|\n" + "| one | two |\n" * 40)
    settle(made)
    before = made.renders
    made.append("| x | y |\n")
    settle(made)
    assert made.renders - before == 1
    made.append("| much longer | y |\n")
    rows = settle(made)
    assert made.renders - before >= 4
    assert {line.text.find("two") for line in rows} == {-1, 13}


def test_the_tenth_item_moves_the_nine_before_it() -> None:
    made = streaming()
    made.append("".join(f"{number}. x\n" for number in range(1, 10)))
    assert settle(made)[0].text == "1. x"
    made.append("10. x\n")
    assert [line.text for line in settle(made)] == [
        *(f" {number}. x" for number in range(1, 10)),
        "10. x",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("para\n-", "para"),
        ("para\n--", "para"),
        ("text\n\n```", "text"),
        ("text\n\n1", "text"),
        ("text\n\n#", "text"),
        ("- a\n  -", "• a"),
        ("a\n\n| x", "a\n\n| x"),
    ],
)
def test_marks_are_not_shown_before_it_is_known_what_they_are(text: str, shown: str) -> None:
    made = streaming()
    made.append(text)
    assert "\n".join(line.text for line in settle(made)) == shown


def test_what_was_held_back_is_shown_at_the_end() -> None:
    made = streaming()
    made.append("The answer:\n\n42")
    assert [line.text for line in settle(made)] == ["The answer:"]
    made.finish()
    assert [line.text for line in settle(made)] == ["The answer:", "", "42"]


def test_the_frame_is_closed_with_the_code() -> None:
    made = streaming(20)
    made.append("```py\nx = 1\n``")
    assert [line.text for line in settle(made)] == [
        "╭ py ───────── c 1 ╮",
        "│ x = 1            │",
    ]
    assert made.caret() == (1, 7)
    made.append("`\n")
    assert settle(made)[-1].text == "╰──────────────────╯"
    # Not behind the frame, in which no text is.
    assert made.caret() == (1, 7)


def test_the_caret_follows_the_text() -> None:
    made = streaming()
    assert made.caret() == (0, 0)
    made.append("中文 and")
    assert made.caret() == (0, 8)
    made.append(" more\n\n- x")
    assert made.caret() == (2, 3)


def test_a_definition_at_the_end_is_used_everywhere() -> None:
    made = streaming()
    made.append("[one] and [two][one]\n\ntext\n\n[one]: https://a.example\n")
    settle(made)
    made.finish()
    assert [line.text for line in settle(made)] == ["one[1] and two[2]", "", "text"]
    assert [link.url for link in made.links()] == ["https://a.example"] * 2


def test_another_text_replaces_what_was_shown() -> None:
    made = streaming()
    made.append("one\n\ntwo")
    settle(made)
    made.replace("three")
    assert [line.text for line in settle(made)] == ["three"]
    made.append(" four")
    made.finish("three four five")
    assert [line.text for line in settle(made)] == ["three four five"]
    assert made.text == "three four five"
    assert made.complete
    with pytest.raises(ValueError, match="complete"):
        made.append("x")


def test_finishing_with_the_same_text_draws_nothing_twice() -> None:
    made = streaming()
    made.append(SECTION)
    settle(made)
    before = made.renders
    made.finish(SECTION)
    settle(made)
    assert made.renders == before
