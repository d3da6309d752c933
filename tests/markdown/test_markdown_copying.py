"""Copying takes the words, not what was drawn around them."""

import pytest
from drawn import all_lines, copied, document
from hypothesis import given, settings
from hypothesis import strategies as st

from acechat.markdown.document import CodeBlock
from acechat.markdown.links import Link


def whole(text: str, width: int = 20) -> str:
    return copied(all_lines(document(text, width)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one two three four five six", "one two three four five six"),
        ("a " + "x" * 70 + " b", "a " + "x" * 70 + " b"),
        (
            "这是一个很长的段落需要在字符之间换行 and words",
            "这是一个很长的段落需要在字符之间换行 and words",
        ),
        ("one  \ntwo\n\nthree", "one\ntwo\n\nthree"),
        ("> quoted text that goes on for a while", "quoted text that goes on for a while"),
        ("- a b c d e f g h i j k l m\n- b", "• a b c d e f g h i j k l m\n• b"),
        ("- a\n  - b b b b b b b b b b b", "• a\n  ◦ b b b b b b b b b b b"),
        ("[one two three](https://a.example) four", "one two three four"),
        (
            "a\n\n```py\nx = 1\n\n  y" + "=" * 30 + "\n```\nb",
            "a\n\nx = 1\n\n  y" + "=" * 30 + "\n\nb",
        ),
        ("|a|b|\n|-|-|\n|1|2|", "a  b\n1  2"),
    ],
)
def test_wrapping_and_frames_are_not_copied(text: str, expected: str) -> None:
    assert whole(text) == expected


def test_a_part_of_a_line() -> None:
    line = all_lines(document("> say [this](https://a.example) now", 40))[0]
    assert line.text == "▏ say this[1] now"
    assert line.content(0, 6) == "say "
    assert line.content(4, 13) == "y this"
    assert line.content(12, 17) == " now"
    assert line.content(17) == ""


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text("abc 中文，。👍é-", min_size=1, max_size=30).map(str.strip).filter(bool),
        min_size=1,
        max_size=8,
    ),
    st.integers(8, 30),
)
def test_any_words_come_back(words: list[str], width: int) -> None:
    text = "w" + " ".join(words)
    assert whole(text, width).split() == text.split()


def test_blocks_of_code_are_exact() -> None:
    source = "def f():\n\n\tif x:   \n" + "\n".join(f"        y{i} = '''" for i in range(150))
    made = document(
        f"text\n\n```python title=x\n{source}\n```\n\n- a\n\n  ~~~\n  b\n\n   c\n  ~~~", 30
    )
    codes = made.codes()
    assert [(code.number, code.language, code.text) for code in codes] == [
        (1, "python", source),
        (2, "", "b\n\n c"),
    ]
    assert made.line(codes[0].row).text.startswith("╭ python ")
    assert made.line(codes[1].row).text.startswith("  ╭─")


def test_an_empty_fence() -> None:
    assert document("```\n```").codes() == [CodeBlock(1, "", "", 0)]


def test_links_are_listed_with_their_targets() -> None:
    text = (
        "[one](https://a.example/x)\n\n"
        "| [two](http://b.example) |\n|---|\n| <https://c.example> |\n\n"
        "[no](ftp://d.example) [no](/e) ![p](https://f.example/p.png)\n\n[g] [g][g]\n\n"
        "[g]: mailto:g@example.com"
    )
    made = document(text)
    links = made.links()
    assert [(link.number, link.label, link.url) for link in links] == [
        (1, "one", "https://a.example/x"),
        (2, "two", "http://b.example"),
        (3, "https://c.example", "https://c.example"),
        (4, "image: p", "https://f.example/p.png"),
        (5, "g", "mailto:g@example.com"),
        (6, "g", "mailto:g@example.com"),
    ]
    assert links[0] == Link(1, "one", "https://a.example/x", 0)
    shown = "\n".join(line.text for line in all_lines(made))
    for link in links:
        assert f"{link.label}[{link.number}]" in shown
