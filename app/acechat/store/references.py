"""What is kept of the files and URLs of a conversation beside its messages.

What goes with its next question, as the draft does, and what was found out of its references. The
empty place is the new conversation's, as for drafts.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

from acechat.files import Attached, KeptFiles, LookedAt

MAX_LOOKED = 200
"""URLs of a conversation of which it is kept what they are; the newest stay."""


def files(connection: sqlite3.Connection, place: str) -> KeptFiles:
    """Return what is kept in a place."""
    row: tuple[str, str] | None = connection.execute(
        "SELECT attached, looked FROM files WHERE conversation_id = ?", (place,)
    ).fetchone()
    if row is None:
        return KeptFiles()
    # What another program wrote there is not ours to understand.
    with suppress(ValueError, TypeError, AttributeError):
        return KeptFiles(tuple(map(_attached, _rows(row[0]))), dict(map(_looked_at, _rows(row[1]))))
    return KeptFiles()


def keep_files(
    connection: sqlite3.Connection,
    place: str,
    attached: Sequence[Attached],
    looked: Mapping[str, LookedAt],
) -> None:
    """Keep what goes with the next question, and what was found out beside what was before."""
    known = [*{**files(connection, place).looked, **looked}.items()][-MAX_LOOKED:]
    if not (attached or known):
        connection.execute("DELETE FROM files WHERE conversation_id = ?", (place,))
        return
    connection.execute(
        """
        INSERT INTO files (conversation_id, attached, looked) VALUES (?1, ?2, ?3)
        ON CONFLICT (conversation_id) DO UPDATE SET attached = ?2, looked = ?3
        """,
        (
            place,
            json.dumps(
                [[a.name, str(a.path) if a.path else None, a.size, a.url] for a in attached]
            ),
            json.dumps([[url, s.answers, s.words, s.content_type, s.size] for url, s in known]),
        ),
    )


def _rows(column: str) -> list[list[str | int | None]]:
    return cast("list[list[str | int | None]]", json.loads(column))


def _attached(row: list[str | int | None]) -> Attached:
    name, path, size, url = row
    return Attached(str(name), None if path is None else Path(str(path)), _number(size), str(url))


def _looked_at(row: list[str | int | None]) -> tuple[str, LookedAt]:
    url, answers, words, content_type, size = row
    return str(url), LookedAt(bool(answers), str(words), str(content_type), _number(size))


def _number(size: str | int | None) -> int | None:
    return None if size is None else int(size)
