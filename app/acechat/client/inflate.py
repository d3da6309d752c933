"""Bodies that are compressed although `identity` was asked for, inflated piece by piece."""

import zlib
from collections.abc import Iterator

from acechat.errors import BadStream, Interrupted

PIECE = 64 * 1024
"""Bytes inflated at a time: a small body may hold a thousand times its size."""

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_GZIP_MAGIC = b"\x1f\x8b"


class Inflater:
    """Undoes one content encoding."""

    def __init__(self, encoding: str) -> None:
        """Take the value of `content-encoding`.

        Raises:
            BadStream: it is one that this program does not know.
        """
        encoding = encoding.strip().lower()
        if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise BadStream("the answer is compressed in a way that was not asked for")
        self._inflate = None if encoding in {"", "identity"} else zlib.decompressobj(_GZIP_OR_ZLIB)
        self._began = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` holds, in pieces of limited size.

        Raises:
            BadStream: it is not what its header says.
        """
        if self._inflate is None:
            yield data
            return
        inflate = self._inflate
        while data:
            if inflate.eof:
                if not data.startswith(_GZIP_MAGIC):
                    return
                inflate = self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
            try:
                piece = inflate.decompress(data, PIECE)
            except zlib.error:
                raise BadStream("the compressed answer cannot be read") from None
            self._began = True
            if piece:
                yield piece
            data = inflate.unused_data if inflate.eof else inflate.unconsumed_tail

    def finish(self) -> None:
        """Take in the end of the body.

        Raises:
            Interrupted: the compressed stream was not at its end.
        """
        if self._inflate is not None and self._began and not self._inflate.eof:
            raise Interrupted("the compressed answer was cut off")
