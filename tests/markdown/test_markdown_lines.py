"""What a reader sees of each construct of Markdown."""

import re

import pytest
from drawn import all_lines, copied, document, drawn
from rich.style import Style

from acechat.markdown.document import Document
from acechat.markdown.highlight import load_lexers
from acechat.markdown.palette import Palette

CASES: dict[str, tuple[str, list[str]]] = {
    "a paragraph is wrapped": (
        "one two three four five six seven eight nine ten",
        ["one two three four five six seven eight", "nine ten"],
    ),
    "newlines in a paragraph are spaces": ("one\ntwo\nthree", ["one two three"]),
    "a hard break ends the line": ("one  \ntwo\\\nthree", ["one", "two", "three"]),
    "a blank row between paragraphs": ("one\n\n\n\ntwo", ["one", "", "two"]),
    "headings without marks": ("# One\ntext\n\n### Two ##", ["One", "", "text", "", "Two"]),
    "a heading that is underlined": ("One\n===\ntext", ["One", "", "text"]),
    "marks of emphasis are not shown": (
        "a **b** *c* ~~d~~ `e*f` __g__",
        ["a b c d e*f g"],
    ),
    "escapes and entities": (r"\*a\* &amp; &copy; \[b]", ["*a* & © [b]"]),
    "raw HTML is text": ("<think>hm</think> List<T> <br>", ["<think>hm</think> List<T> <br>"]),
    "a block of HTML is text": ("<div>\n<b>x</b>\n</div>", ["<div> <b>x</b> </div>"]),
    "bullets hang": (
        "- one two three four five six seven eight nine\n- b",
        ["• one two three four five six seven", "  eight nine", "• b"],
    ),
    "a list after a paragraph": ("text:\n- a\n- b\n\nend", ["text:", "• a", "• b", "", "end"]),
    "a loose list is loose where it is": ("- a\n- b\n\n- c", ["• a", "• b", "", "• c"]),
    "lists in lists": (
        "- a\n  - b\n    - c\n      - d\n- e",
        ["• a", "  ◦ b", "    ▪ c", "      • d", "• e"],
    ),
    "numbers stand at the right": (
        "8. a\n9. b\n10. c",
        [" 8. a", " 9. b", "10. c"],
    ),
    "numbers are counted": ("1) a\n1) b\n1) c", ["1) a", "2) b", "3) c"]),
    "a number and a bullet at once": ("1. - a\n   - b", ["1. ◦ a", "   ◦ b"]),
    "tasks": ("- [ ] a\n- [x] b\n- [X] c", ["[ ] a", "[x] b", "[x] c"]),
    "an empty item": ("- a\n-\n- c", ["• a", "•", "• c"]),
    "paragraphs in an item": ("- a\n\n  b\n\nc", ["• a", "", "  b", "", "c"]),
    "a quotation": ("> a\n> b\n>\n> c\n\nd", ["▏ a b", "▏", "▏ c", "", "d"]),
    "a quotation in a quotation": ("> a\n>> b", ["▏ a", "▏", "▏ ▏ b"]),
    "a list in a quotation": ("> - a\n> - b\n>\n>   c", ["▏ • a", "▏ • b", "▏", "▏   c"]),
    "a rule is short": ("a\n\n---\n\nb", ["a", "", "─" * 24, "", "b"]),
    "code": (
        "```py\nx = 1\n\n    y\n```",
        [
            "╭ py ───────────────────────────── c 1 ╮",
            "│ x = 1                                │",
            "│                                      │",
            "│     y                                │",
            "╰──────────────────────────────────────╯",
        ],
    ),
    "code without a language": (
        "~~~\nx\n~~~",
        [
            "╭───────────────────────────────── c 1 ╮",
            "│ x                                    │",
            "╰──────────────────────────────────────╯",
        ],
    ),
    "code that is never closed": (
        "```\n# not a heading",
        [
            "╭───────────────────────────────── c 1 ╮",
            "│ # not a heading                      │",
            "╰──────────────────────────────────────╯",
        ],
    ),
    "indented code": (
        "a\n\n    x\n\n    y\n\nb",
        [
            "a",
            "",
            "╭───────────────────────────────── c 1 ╮",
            "│ x                                    │",
            "│                                      │",
            "│ y                                    │",
            "╰──────────────────────────────────────╯",
            "",
            "b",
        ],
    ),
    "code in an item": (
        "1. a\n   ```\n   x\n   ```\n2. b",
        [
            "1. a",
            "   ╭────────────────────────────── c 1 ╮",
            "   │ x                                 │",
            "   ╰───────────────────────────────────╯",
            "2. b",
        ],
    ),
    "tabs in code": (
        "```\n\tx\ty\n```",
        [
            "╭───────────────────────────────── c 1 ╮",
            "│     x   y                            │",
            "╰──────────────────────────────────────╯",
        ],
    ),
    "a table": (
        "| a | b | c |\n|---|--:|:-:|\n| one | 2 | x |\n| four | 10 | **yes** |",
        [
            "a      b   c",
            "────  ──  ───",
            "one    2   x",
            "four  10  yes",
        ],
    ),
    "a table right after text": ("text\na | b\n--|--\n1 | 2", ["text", "", "a  b", "─  ─", "1  2"]),
    "cells that do not fit are wrapped": (
        "|k|what|\n|-|-|\n|a|one two three four five six seven eight nine ten|\n|b|x|",
        [
            "k  what",
            "─  " + "─" * 37,
            "a  one two three four five six seven",
            "   eight nine ten",
            "b  x",
        ],
    ),
    "short and long rows": ("|a|b|\n|-|-|\n|1|\n|1|2|3|", ["a  b", "─  ─", "1", "1  2"]),
    "a table that is much too wide is its source": (
        "|" + "long cell|" * 9 + "\n|" + "-|" * 9,
        [
            "| long cell | long cell | long cell |",
            "long cell | long cell | long cell | long",
            "cell | long cell | long cell |",
        ],
    ),
    "links are numbered": (
        "[a](https://a.example) and <https://b.example> [c](mailto:x@c.example)",
        ["a[1] and https://b.example[2] c[3]"],
    ),
    "addresses in the text": (
        "see https://a.example/x_(y). or a@b.org",
        ["see https://a.example/x_(y)[1]. or", "a@b.org[2]"],
    ),
    "a file is no address": ("main.py and README.md", ["main.py and README.md"]),
    "Chinese punctuation ends an address": (
        "看https://a.example/x，好。",
        ["看https://a.example/x[1]，好。"],
    ),
    "a link that is not opened shows its target": (
        "[a](/etc/passwd) [b](vscode://x) [c](#d)",
        ["a (/etc/passwd) b (vscode://x) c (#d)"],
    ),
    "a label that lies is followed by the target": (
        "[https://a.example](https://b.example)",
        ["https://a.example (https://b.example)[1]"],
    ),
    "links that markdown refuses are text": (
        "[a](javascript:x) [b](data:text/html,x)",
        ["[a](javascript:x) [b](data:text/html,x)"],
    ),
    "references": ("[a] and [b][a]\n\n[a]: https://a.example", ["a[1] and b[2]"]),
    "an image is a link": ("![a cat](https://c.example/x.png)", ["image: a cat[1]"]),
    "an image without words": ("![](x.png)", ["image: no description (x.png)"]),
    "a footnote is text": ("a[^1]\n\n[^1]: note", ["a[^1]", "", "[^1]: note"]),
    "maths is text": ("$a_1 + b_2$ and \\(x\\)", ["$a_1 + b_2$ and (x)"]),
    "Chinese breaks between characters": (
        "这是一个很长的段落需要在字符之间换行而且不能拆开标点符号。后面还有",
        ["这是一个很长的段落需要在字符之间换行而且", "不能拆开标点符号。后面还有"],
    ),
    "newlines in Chinese text are nothing": ("中文\n换行", ["中文换行"]),
    "a long word is folded": ("a " + "x" * 50, ["a", "x" * 40, "x" * 10]),
    "nothing": ("", []),
    "only blank lines": ("\n\n  \n", []),
    "only a definition": ("[a]: https://a.example", []),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_seen(name: str) -> None:
    text, expected = CASES[name]
    assert drawn(text) == expected


def test_a_typed_newline_ends_the_line() -> None:
    assert drawn("one\ntwo\n\n- a\n  b", breaks=True) == ["one", "two", "", "• a", "  b"]


def test_code_and_tables_may_be_wider_than_text() -> None:
    text = "word " * 10 + "\n\n```\n" + "y" * 30 + "\n```\n\n|a|b|\n|-|-|\n|" + "z" * 30 + "|c|"
    assert drawn(text, 40, 20) == [
        "word word word word",
        "word word word word",
        "word word",
        "",
        "╭───────────────────────────────── c 1 ╮",
        "│ yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy       │",
        "╰──────────────────────────────────────╯",
        "",
        "a                               b",
        "──────────────────────────────  ─",
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz  c",
    ]
    assert drawn("```\nshort\n```", 40, 20) == [
        "╭───────────── c 1 ╮",
        "│ short            │",
        "╰──────────────────╯",
    ]


@pytest.mark.parametrize("width", [8, 9, 13, 20, 33])
@pytest.mark.parametrize("name", CASES)
def test_no_line_is_wider_than_the_screen(name: str, width: int) -> None:
    for line in all_lines(document(CASES[name][0], width)):
        assert line.cells <= width
        assert line.strip.cell_length == line.cells


def test_emoji_and_combining_characters_stay_whole() -> None:
    family, flag, thumb, accent = "👨‍👩‍👧", "🇩🇪", "👍🏽", "e\u0301"
    text = (family + flag + thumb + accent) * 6
    rows = drawn(text, 9)
    assert "".join(rows) == text
    whole = re.compile("|".join((family, flag, thumb, accent)))
    assert [whole.sub("", row) for row in rows] == [""] * len(rows)


def test_each_thing_has_its_style() -> None:
    palette = Palette(
        strong=Style(bold=True, color="red"),
        link=Style(underline=True, color="blue"),
        code=Style(color="green"),
        heading=Style(bold=True),
        subheading=Style(italic=True),
        keyword=Style(color="magenta"),
        muted=Style(dim=True),
    )
    load_lexers(["py"])
    made = Document("# H\n\n### h\n\n**b** `c` [l](https://a.example)\n\n```py\ndef f\n```")
    made.set_layout(40, 40, palette)
    found = {segment.text: segment.style for line in all_lines(made) for segment in line.segments}
    assert found["H"] == Style(bold=True)
    assert found["h"] == Style(italic=True)
    assert found["b"] == palette.strong
    assert found["c"] == palette.code
    assert found["l"] == palette.link
    assert found["[1]"] == palette.muted
    assert found["def"] == palette.keyword


def test_an_unknown_language_is_plain() -> None:
    assert drawn("```no-such-language\ndef\n```", 20)[1] == "│ def              │"


def test_lines_carry_nothing_that_acts() -> None:
    text = "[a](https://a.example) [@click=app.quit]x[/] \x1b]8;;http://b\x1b\\y [/x]"
    for line in all_lines(document(text)):
        for segment in line.segments:
            assert segment.control is None
            assert segment.style is not None
            assert not segment.style.meta
            assert segment.style.link is None
    assert "[@click=app.quit]x[/]" in copied(all_lines(document(text, 100)))
