"""Lines out of bytes, whatever the cut."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from acechat.client.ndjson import NdjsonDecoder
from acechat.errors import TOO_LARGE, BadStream
from faults import sliced

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no reason to fail."""


def lines_of(pieces: list[bytes]) -> list[bytes]:
    decoder = NdjsonDecoder()
    lines = [line for piece in pieces for line in decoder.feed(piece)]
    rest = decoder.flush()
    return lines if rest is None else [*lines, rest]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"\n\r\n \n\t\r\n", []),
        (b"a\nb", [b"a", b"b"]),
        (b"a\r\nb\r\n", [b"a", b"b"]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n", [b"a", b"\xef\xbb\xbfb"]),
        (b"\xef\xbb\xbf\na\n", [b"a"]),
        ("\u2028\u2029\u0085\x0b\x0cx\n".encode(), ["\u2028\u2029\u0085\x0b\x0cx".encode()]),
        (b"a\rb\n", [b"a\rb"]),
    ],
)
def test_lines(data: bytes, lines: list[bytes]) -> None:
    assert lines_of([data]) == lines
    assert lines_of([bytes([byte]) for byte in data]) == lines


@UNHURRIED
@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=20))
@example(b"\xef\xbb\xbfa\r\nb", [1, 5])
def test_any_cut_gives_the_same_lines(data: bytes, cuts: list[int]) -> None:
    assert lines_of(sliced(data, cuts)) == lines_of([data])


@UNHURRIED
@given(st.lists(st.binary(min_size=1).filter(lambda line: b"\n" not in line and b"\r" not in line)))
def test_what_was_written_comes_back(lines: list[bytes]) -> None:
    lines = [b"x" + line for line in lines]
    assert lines_of([b"\n".join([*lines, b""])]) == lines


def test_a_line_that_never_ends_stops_at_the_cap() -> None:
    decoder = NdjsonDecoder(max_line=10)
    assert decoder.feed(b"0123456789\n012345") == [b"0123456789"]
    with pytest.raises(BadStream) as caught:
        decoder.feed(b"67890")
    assert caught.value.code == TOO_LARGE


class Watched(bytes):
    """Bytes that note how many of them are searched."""

    searched = 0

    def split(self, sep: bytes | None = None, maxsplit: int = -1) -> list[bytes]:  # pyright: ignore[reportIncompatibleMethodOverride]
        Watched.searched += len(self)
        return bytes(self).split(sep, maxsplit)


def test_each_byte_of_a_long_line_is_searched_once() -> None:
    Watched.searched = 0
    decoder = NdjsonDecoder()
    for _ in range(50_000):
        assert decoder.feed(Watched(b"0123456789")) == []
    assert decoder.feed(Watched(b"\n")) == [b"0123456789" * 50_000]
    assert Watched.searched == 500_001
