"""Code is shown at once; what colours it is loaded beside, and then it has its colours."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

import pygments.lexers
import pytest

from acechat.markdown import highlight
from widgets.transcript_host import Reader, answer, question, reading, turn_of

CODE = "```python\nreturn 1\n```\n"


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(highlight, "_lexers", {})


@contextmanager
def loading_slowly(monkeypatch: pytest.MonkeyPatch) -> Generator[list[str]]:
    """Let what colours code come when the block ends, and note what is asked for."""
    go_on = threading.Event()
    asked: list[str] = []
    get = pygments.lexers.get_lexer_by_name

    def held(name: str) -> object:
        asked.append(name)
        go_on.wait(10)
        return get(name)

    monkeypatch.setattr(pygments.lexers, "get_lexer_by_name", held)
    try:
        yield asked
    finally:
        go_on.set()


async def is_coloured(reader: Reader, word: str) -> None:
    """Wait until a word has the colour of a keyword."""
    await reader.until(lambda: reader.style_of(word).color == keyword_colour(reader))


def keyword_colour(reader: Reader) -> object:
    return reader.view.look.palette.keyword.color


async def test_keys_go_on_while_what_colours_code_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with reading() as reader:
        with loading_slowly(monkeypatch) as asked:
            reader.view.show([question(0), answer(0, CODE)])
            await reader.sees("return 1")
            await reader.until(lambda: asked)
            await reader.presses("tab", "up")
            assert reader.view.focused_message == 0
            assert reader.style_of("return").color != keyword_colour(reader)
            rows = reader.rows
        await is_coloured(reader, "return")
        assert reader.rows == rows


async def test_code_that_arrives_takes_its_colours_in_mid_stream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn) as reader:
        with loading_slowly(monkeypatch) as asked:
            reader.view.extend("a0", "- ~~~python\n  return 1\n")
            await reader.sees("return 1")
            await reader.until(lambda: asked)
            reader.view.extend("a0", "  import sys\n")
            await reader.sees("import sys")
            assert reader.style_of("return").color != keyword_colour(reader)
        await is_coloured(reader, "return")
        assert reader.style_of("import").color != reader.style_of("sys").color
        reader.view.extend("a0", "  return 2\n")
        await reader.sees("return 2")
        assert reader.style_of("return 2").color == keyword_colour(reader)
        assert asked == ["python"]


async def test_a_language_that_nobody_knows_is_looked_up_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    get = pygments.lexers.get_lexer_by_name

    def noted(name: str) -> object:
        asked.append(name)
        return get(name)

    monkeypatch.setattr(pygments.lexers, "get_lexer_by_name", noted)
    async with reading() as reader:
        reader.view.show([question(0), answer(0, "```nobody\nreturn 1\n```\n" * 3)])
        await reader.until(lambda: highlight.is_loaded("nobody"))
        await reader.presses("tab", "up", "down")
        await reader.settled()
    assert asked == ["nobody"]


async def test_the_code_above_is_coloured_before_the_reader_comes_to_it() -> None:
    async with reading() as reader:
        reader.view.show([question(0), answer(0, CODE + "and so on\n\n" * 60)])
        await reader.until(lambda: highlight.is_loaded("python"))
        assert "return" not in reader.text


def test_of_many_languages_the_last_are_kept() -> None:
    names = [f"language-{number}" for number in range(highlight.MAX_LEXERS + 5)]
    highlight.load_lexers(names)
    assert [name for name in names if highlight.is_loaded(name)] == names[5:]
