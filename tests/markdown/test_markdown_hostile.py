"""Text that means harm, or is only very big: literal, inert, and never much work at once."""

import re
import unicodedata

import pytest
from drawn import all_lines, copied, document
from hypothesis import given, settings
from hypothesis import strategies as st

from acechat.clean import clean
from acechat.markdown import document as module
from acechat.markdown import highlight, reader
from acechat.markdown.document import Document
from acechat.markdown.leaves import MAX_CODE
from acechat.markdown.palette import Palette
from acechat.markdown.reader import SCAN_EFFORT

BIG: dict[str, str] = {
    "table": "|" + " a |" * 30 + "\n|" + "-|" * 30 + "\n" + ("|" + " **b** |" * 30 + "\n") * 200,
    "long table": "| a | b |\n|-|-|\n" + "| `x` | y |\n" * 2000,
    "paragraphs": "Some *text* with a [link](https://a.example).\n\n" * 2000,
    "word": "x" * 100_000,
    "wide word": "中" * 100_000,
    "emoji": "👍🏽" * 30_000,
    "brackets": "[" * 10_000,
    "images": "![" * 10_000,
    "links": "[a](" * 10_000,
    "stars": "*a **b " * 8_000,
    "quotations": (">" * 500 + " x\n") * 100,
    "lists": "".join("  " * depth + "- item\n" for depth in range(200)),
    "code": "```c\n" + "int main() { return 0; } /* x\n" * 2000 + "```",
    "comments": "```c\n" + "/* " * 20_000 + "\n```",
    "long code line": "```json\n" + '{"a": [1, 2]},' * 10_000 + "\n```",
    "unclosed": "```\n" + "text\n" * 5000,
    "definitions": "[a] text\n\n" * 2000 + "".join(f"[a{n}]: /{n}\n" for n in range(2000)),
    "addresses": "http://" * 3000,
    "schemes": "://" * 5000,
    "spaces": (" " * 3000 + "x\n") * 20,
    "hashes": ("# " * 900 + "x\n") * 20,
    "backticks": "".join("`" * (n % 90) + " " for n in range(3000)),
    "one line": "Some **bold** text. " * 50_000,
}

MOST_IN_A_BLOCK = 10_000
"""Twelve rows of thirty cells; everything else is less than half of that."""


@pytest.mark.parametrize("name", BIG)
def test_one_call_does_a_bounded_amount(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    highlight.load_lexers(highlight.languages_in([BIG[name]]))
    made = document(BIG[name], 120, 96)
    effort = [0]
    measure = module.effort_of

    def counted(block: module.Block) -> int:
        effort[0] += measure(block)
        return measure(block)

    monkeypatch.setattr(module, "effort_of", counted)
    # The last block begins before the limit.
    most = module.RENDER_EFFORT + MOST_IN_A_BLOCK
    scanner = made._reader.scanner
    for place in (0.0, 1.0, 0.5):
        first, again = 0, True
        for _ in range(400):
            # One line is read before the limit is looked at, and a cell costs half its length.
            before = scanner.effort
            first = max(0, int((made.height - 40) * place))
            assert scanner.effort - before <= 4 * SCAN_EFFORT
            effort[0], read = 0, scanner.effort
            again = made.render_rows(first, first + 40)
            assert effort[0] <= most
            assert scanner.effort - read <= 4 * SCAN_EFFORT
            if not again:
                break
        assert not again
        rows = [made.line(row) for row in range(first, first + 40)]
        assert any(line.text for line in rows)


def test_a_jump_into_code_reads_what_comes_before_step_by_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    highlight.load_lexers(["python"])
    made = document("```python\n" + "x = [1, 2, 3]  # hello there\n" * 4000 + "```", 120, 96)
    read: list[int] = []
    lex = highlight._read

    def counted(lexer: highlight.Lexer, text: str, stack: tuple[str, ...]) -> object:
        read.append(len(text))
        return lex(lexer, text, stack)

    monkeypatch.setattr(highlight, "_read", counted)
    while made.read_on():
        pass
    steps = 0
    while made.render_rows(2000, 2040):
        assert sum(read) <= module.RENDER_EFFORT + 2 * MAX_CODE
        read.clear()
        steps += 1
    assert steps >= 2


def test_a_long_text_is_cleaned_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def counted(text: str) -> str:
        sizes.append(len(text))
        return clean(text)

    monkeypatch.setattr(reader, "clean", counted)
    text = "天地玄黄" * 100_000
    made = document(text, 120, 96)
    made.render_rows(0, 40)
    assert max(sizes) <= reader.CLEAN_AT_ONCE
    assert sum(sizes) <= 2 * reader.CLEAN_AT_ONCE
    assert copied(all_lines(made)) == text


@pytest.mark.parametrize("name", ["word", "wide word", "emoji", "brackets", "links"])
def test_the_whole_of_it_can_be_copied(name: str) -> None:
    shown = copied(all_lines(document(BIG[name], 120, 96)))
    assert re.sub(r"\s", "", shown) == BIG[name]


CONTROLS = "".join(map(chr, [*range(32), 0x7F, *range(0x80, 0xA0)])) + "\u202e\u2066\u2028\ud800"


@settings(max_examples=80, deadline=None)
@given(st.text(CONTROLS + "a`|*[]()<>#-~ \n\x1b]52;c;\x07", max_size=80), st.integers(8, 40))
def test_no_control_character_gets_through(text: str, width: int) -> None:
    made = document(text, width)
    seen = "".join(line.text for line in all_lines(made))
    seen += "".join(code.text.replace("\n", "").replace("\t", "") for code in made.codes())
    seen += "".join(link.label + link.url for link in made.links())
    assert not {unicodedata.category(character) for character in seen} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(seen) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=120), st.integers(8, 60))
def test_any_text_is_drawn(text: str, width: int) -> None:
    for line in all_lines(document(text, width)):
        assert line.cells <= width
        assert "\n" not in line.text


def test_an_escape_sequence_in_two_pieces_is_inert() -> None:
    made = Document("", complete=False)
    made.set_layout(40, 40, Palette())
    for piece in ("a\x1b", "]52;c;", "eHg=\x07 \x9b31m b"):
        made.append(piece)
    assert [line.text for line in all_lines(made)] == ["a␛]52;c;eHg=␇ 31m b"]


def test_a_link_shows_where_it_would_lead() -> None:
    text = "[bill](file:///etc/passwd) [pay](--help) ![x](data:image/png;base64,AAAA)"
    made = document(text, 100)
    assert made.links() == []
    assert all_lines(made)[0].text == (
        "[bill](file:///etc/passwd) pay (--help) image: x (data:image/png;base64,AAAA)"
    )


def test_a_link_that_reads_like_another_shows_where_it_leads() -> None:
    made = document("[https://good.test/a](https://evil.test) [here](https://fine.test)", 100)
    assert all_lines(made)[0].text.startswith("https://good.test/a (https://evil.test)")
    assert "fine.test" not in all_lines(made)[0].text


LOOKALIKE = "https://xn--80ak6aa92e.com/"
"""Its host stands for five Cyrillic letters that look like those of a well-known name."""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (LOOKALIKE, LOOKALIKE),
        (f"<{LOOKALIKE}>", LOOKALIKE),
        (f"{LOOKALIKE}。", f"{LOOKALIKE}。"),
        ("https://аррӏе.com/", "https://аррӏе.com/ (leads to xn--80ak6aa92e.com)"),
        (f"[https://аррӏе.com/]({LOOKALIKE})", f"https://аррӏе.com/ ({LOOKALIKE})"),
        ("https://good.test@evil.test/", "https://good.test@evil.test/ (leads to evil.test)"),
        ("https://good.test%2F@evil.test", "https://good.test%2F@evil.test (leads to evil.test)"),
        (
            "[https://good.test/](https://good.test%5C@evil.test:1/)",
            "https://good.test/ (leads to evil.test:1)",
        ),
        (
            f"<https://good.test/@{'a' * 90}@evil.test>",
            f"https://good.test/@{'a' * 90}@evil.test",
        ),
        (
            f"<https://good.test@{'a' * 90}.evil.test>",
            f"https://good.test@{'a' * 90}.evil.test (leads to …{'a' * 70}.evil.test)",
        ),
        ("[here](https://good.test@evil.test/)", "here"),
        ("[good.test](https://fine.test/@someone)", "good.test"),
        ("https://fine.test/杭州?a@b", "https://fine.test/杭州?a@b"),
        ("mailto:someone@fine.test", "mailto:someone@fine.test"),
    ],
)
def test_where_a_link_leads_is_told_where_it_reads_like_another(text: str, shown: str) -> None:
    line = all_lines(document(text, 300))[0]
    assert re.sub(r" ?\[\d+\]", "", line.text).rstrip() == shown


ACTING = "\u202a\u202e\u2066\u2028\x85\x9b\x1b\x07\0\t\r\n"
PLACES = {
    "a paragraph": "one {} two",
    "a heading": "# one {} two",
    "a list": "- one {} two",
    "a quotation": "> one {} two",
    "a table": "| one {} two | b |\n| --- | --- |\n| c {} d | e |",
    "strong text": "**one {} two**",
    "a link": "[one {} two](https://x.test/{})",
    "what is no link": "[one {} two](file:///{})",
    "an image": "![one {} two](https://x.test/{})",
    "a target": "[https://good.test](https://evil.test/{})",
    "a definition": '[one][a]\n\n[a]: https://x.test/{} "{}"',
    "a fence": "```{}\none {}\n```",
}


@pytest.mark.parametrize("place", PLACES)
def test_characters_by_their_names_are_no_way_around_cleaning(place: str) -> None:
    named = "".join(f"&#{ord(letter)};&#x{ord(letter):x};" for letter in ACTING)
    source = PLACES[place].replace("{}", named + "&NewLine;&Tab;")
    made = document(source, 500)
    shown = [line.text for line in all_lines(made)]
    assert "".join(shown) == "".join(map(clean, shown)).replace("\n", " ").replace("\t", " ")
    assert all(clean(link.url) == link.url for link in made.links())
