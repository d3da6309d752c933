"""The model that writes sample text."""

import math
import time

import pytest

from acechat.server.answering import AnswerFailed, Asked
from acechat.server.pacing import pieces
from acechat.server.sample import MOST_WORDS, WORDS, Sample, Wish, write


@pytest.mark.parametrize(
    ("question", "wish"),
    [
        ("hello", Wish()),
        ("3000 words as fast as possible", Wish(3000, (), math.inf)),
        ("2000 words, tables", Wish(2000, ("tables",))),
        ("1,500 words", Wish(1500)),
        ("5k tokens as fast as possible", Wish(5000, (), math.inf)),
        ("code at 100/s", Wish(WORDS, ("code",), 100)),
        ("300 tokens a second, Chinese and emoji", Wish(WORDS, ("cjk", "emoji"), 300)),
        ("20 tokens per second", Wish(WORDS, (), 20)),
        ("500 words slowly", Wish(500, (), 8)),
        ("short, with links and quotes", Wish(50, ("links", "quotes"))),
        ("a long list", Wish(2000, ("lists",))),
        ("headings and math", Wish(WORDS, ("headings", "math"))),
        ("wait 3 s, then fail after 20 words", Wish(wait=3, fail_after=20)),
        ("9999999 words", Wish(MOST_WORDS)),
    ],
)
def test_a_wish_is_understood(question: str, wish: Wish) -> None:
    assert Wish.parse(question) == wish


def test_everything_means_all_kinds() -> None:
    text = write(Wish.parse("everything, 600 words"), "x")
    for sign in ("```", "| --- |", "- ", "> ", "$", "](https://", "。", "\n##"):
        assert sign in text


@pytest.mark.parametrize("words", [1, 20, 200, 3000])
def test_the_length_is_the_one_asked_for(words: int) -> None:
    text = write(Wish(words=words), "x")
    assert len(text.split()) == words


@pytest.mark.parametrize("kind", ["tables", "code", "lists", "quotes"])
def test_blocks_come_again_and_again(kind: str) -> None:
    text = write(Wish(2000, (kind,)), kind)
    signs = {"tables": "| --", "code": "\n```\n", "lists": "\n- ", "quotes": "\n> "}
    assert text.count(signs[kind]) >= 3 or text.count("| :--") >= 3
    assert 2000 <= len(text.split()) <= 2200


def test_the_same_question_has_the_same_answer() -> None:
    wish = Wish(words=300, kinds=("code", "tables"))
    assert write(wish, "one") == write(wish, "one")
    assert write(wish, "one") != write(wish, "two")


def test_fences_and_styles_are_closed() -> None:
    for seed in map(str, range(30)):
        text = write(Wish.parse("everything, 150 words"), seed)
        assert text.count("```") % 2 == 0
        assert text.count("**") % 2 == 0


def test_references_are_shown_to_have_arrived() -> None:
    assert "- <https://example.org/a.png>" in write(Wish(), "x", ["https://example.org/a.png"])


def test_pieces_are_like_tokens() -> None:
    text = write(Wish.parse("everything, 500 words"), "x")
    cut = list(pieces(text))
    assert "".join(cut) == text
    assert max(len(piece.strip()) for piece in cut) <= 6


async def test_the_pace_is_kept() -> None:
    start = time.monotonic()
    text = [piece async for piece in Sample().answer(Asked("60 words at 500/s"))]
    seconds = time.monotonic() - start
    assert len(text) / 500 * 0.9 < seconds < len(text) / 500 + 2


async def test_as_fast_as_possible_has_no_pace() -> None:
    start = time.monotonic()
    text = [piece async for piece in Sample().answer(Asked("3000 words as fast as possible"))]
    assert len("".join(text).split()) == 3000
    assert time.monotonic() - start < len(text) / 1000


async def test_it_fails_when_asked_to() -> None:
    answer = Sample().answer(Asked("fail after 12 words, as fast as possible"))
    said: list[str] = []

    async def listen() -> None:
        async for piece in answer:
            said.append(piece)  # noqa: PERF401 - what came before the failure counts

    with pytest.raises(AnswerFailed, match="as it was asked to"):
        await listen()
    assert len("".join(said).split()) == 12
