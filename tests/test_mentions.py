"""What is a mention of a file, and what is only an `@`."""

import pytest

from acechat.mentions import Typed, mentioned, typed_before


@pytest.mark.parametrize(
    ("line", "path", "length"),
    [
        ("@", "", 1),
        ("@rep", "rep", 4),
        ("see @src/ma", "src/ma", 7),
        ("see @~/x", "~/x", 4),
        ('see @"my re', "my re", 7),
        ("see\t@a", "a", 2),
    ],
)
def test_a_path_behind_an_at_is_being_typed(line: str, path: str, length: int) -> None:
    assert typed_before(line) == Typed(path, length, is_mention=True)


@pytest.mark.parametrize(
    "line", ["me@example.com", "a@b", "@done ", '@"done" ', "", "no", "x@", "(@a", '@"a"']
)
def test_an_at_inside_or_behind_a_word_is_none(line: str) -> None:
    assert typed_before(line) is None


def test_the_path_of_the_command_is_being_typed() -> None:
    assert typed_before("/file my re") == Typed("my re", 5, is_mention=False)
    assert typed_before("/file ") == Typed("", 0, is_mention=False)
    assert typed_before("/model my") is None


def test_blanks_are_put_between_quotes() -> None:
    typed = Typed("m", 2, is_mention=True)
    assert typed.completed("my report.pdf") == '@"my report.pdf"'
    assert typed.completed("report.pdf") == "@report.pdf"
    assert Typed("m", 1, is_mention=False).completed("my report.pdf") == "my report.pdf"


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("what is in @report.pdf", [("report.pdf",)]),
        ("@a and\n@b/c", [("a",), ("b/c",)]),
        ('see @"two words.txt", please', [("two words.txt",)]),
        ("(see @a.txt).", [("a.txt).", "a.txt)", "a.txt")]),
        ("mail me@example.com or a@b", []),
        ("@", []),
        ("@...", [("...", "..", ".")]),
    ],
)
def test_what_a_text_mentions(text: str, readings: list[tuple[str, ...]]) -> None:
    assert mentioned(text) == readings
