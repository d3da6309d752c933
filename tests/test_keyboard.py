"""What comes from the terminal: pastes stay whole, and nothing that comes in is an error."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from acechat.clean import clean
from acechat.keyboard import Keyboard, PasteFilter
from faults import sliced
from hostile import ALL

BEGIN, END = "\x1b[200~", "\x1b[201~"

pasted = st.text(st.sampled_from("\x1b[201~\r\nab\x00\x9b杭")).filter(lambda text: END not in text)
"""Pastes, often with what could be the beginning of an end."""


def read(pieces: list[bytes]) -> list[Message]:
    keyboard = Keyboard()
    return [message for piece in pieces for message in keyboard.read(piece)]


def keys(messages: list[Message]) -> list[str]:
    return [message.key for message in messages if isinstance(message, events.Key)]


def pastes(messages: list[Message]) -> list[str]:
    return [message.text for message in messages if isinstance(message, events.Paste)]


@given(pasted, st.lists(st.integers(0, 100), max_size=8))
@example("one\x1b\rrm -rf\r" + "x" * 40 + "\r", [])
@example("\x1b\x1b[20\x1b", [])
@example("\x1b]52;c;" + ALL, [3, 20])
def test_a_paste_is_one_paste_and_no_key(text: str, cuts: list[int]) -> None:
    messages = read(sliced(f"a{BEGIN}{text}{END}b".encode(), cuts))
    # The end of a paste can only be told from its text when it is whole.
    assert keys(messages) == ["a", "b"]
    # Textual drops NUL.
    assert pastes(messages) == [text.replace("\x1b", "␛").replace("\0", "")]


@given(st.text(st.sampled_from("\x1b[201~;Aab\r")), st.lists(st.integers(0, 60), max_size=5))
def test_what_is_no_paste_passes_at_once(text: str, cuts: list[int]) -> None:
    if BEGIN in text:
        return
    pieces = [piece.decode() for piece in sliced(text.encode(), cuts)]
    assert [PasteFilter().feed(text)] == [text]
    through = PasteFilter()
    assert [through.feed(piece) for piece in pieces] == pieces


@given(st.lists(st.binary(max_size=40), max_size=5))
@example([b"\x1b[99999999999u"])
@example([b"\x1b[200~\xff\xfe\x1b[201~"])
def test_no_byte_is_an_error(pieces: list[bytes]) -> None:
    keyboard = Keyboard()
    for piece in pieces:
        list(keyboard.read(piece))
        list(keyboard.tick())
    # Whatever was begun is over after this.
    list(keyboard.read(END.encode() + b"x" * 40))
    assert keys(list(keyboard.read(b"a")))[-1:] == ["a"]


@pytest.mark.parametrize("text", ["plain", "two\rlines", "杭州 ❤\ufe0f"])
def test_a_plain_paste_is_as_it_was(text: str) -> None:
    assert pastes(read([f"{BEGIN}{text}{END}".encode(), b"x"])) == [text]
    assert clean(text.replace("\r", "\n")) == text.replace("\r", "\n")
