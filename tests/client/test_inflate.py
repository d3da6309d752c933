"""What is packed comes out in pieces, so that a few bytes never fill the memory at once."""

import gzip

from acechat.client.inflate import PIECE, Inflater


def test_what_is_unpacked_comes_in_pieces() -> None:
    inflater = Inflater("gzip")
    sizes = [len(piece) for piece in inflater.feed(gzip.compress(bytes(1_000_000), 1))]
    inflater.finish()
    assert sum(sizes) == 1_000_000
    assert max(sizes) == PIECE
