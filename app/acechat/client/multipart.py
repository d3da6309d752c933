"""One file as a form sends it, read from the disk piece by piece while it goes out."""

import asyncio
import mimetypes
import secrets
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from acechat.client.surrogates import repaired
from acechat.errors import FileError
from acechat.local_files import open_file

PIECE = 64 * 1024
"""Bytes that are read at a time: so much of a file is in memory, however large it is."""

_UNKNOWN = "application/octet-stream"


class FilePart:
    """The body of a request that carries one file in the field `file`."""

    def __init__(self, path: Path, told: Callable[[int], None]) -> None:
        """Open the file; to be closed when the request is over.

        Args:
            path: What is sent.
            told: Hears how many bytes of the file the network has taken.

        Raises:
            FileError: it cannot be uploaded.
        """
        self._opened, self.file = open_file(path)
        """What is sent, as it was when it was opened."""
        self._told = told
        self.failure: FileError | None = None
        """Why the file could not be read to its end, where that is so."""
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        """For the header of the request."""
        kind = mimetypes.guess_type(path.name)[0] or _UNKNOWN
        self._head = (
            f"--{boundary}\r\n"
            f'content-disposition: form-data; name="file"; filename="{_field(path.name)}"\r\n'
            f"content-type: {kind}\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()

    @property
    def length(self) -> int:
        """Bytes of the whole body."""
        return len(self._head) + self.file.size + len(self._tail)

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Yield the body; each piece is asked for when the one before was taken.

        Raises:
            OSError: the file cannot be read to its end; `failure` says why.
        """
        yield self._head
        sent, size = 0, self.file.size
        while sent < size:
            try:
                piece = await asyncio.to_thread(self._opened.read, min(PIECE, size - sent))
                if not piece:
                    raise OSError(0, "it became shorter meanwhile")
            except OSError as error:
                self.failure = FileError(f"{self.file.name} cannot be read: {error.strerror}")
                raise
            yield piece
            sent += len(piece)
            self._told(sent)
        yield self._tail

    def close(self) -> None:
        """Close the file."""
        self._opened.close()


def _field(name: str) -> str:
    """Return a file's name as it may stand between quotes in a header: nothing in it acts."""
    plain = "".join(letter if letter.isprintable() else "_" for letter in repaired(name))
    return plain.replace("\\", "_").replace('"', "%22")
