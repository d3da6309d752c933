"""Looking for words in every message: an index of folded text, and what it finds.

The index says which messages may hold what is looked for; each is then looked at. Messages that
are not in the index yet, as those that are arriving, are looked at as well.
"""

import re
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing

from acechat.folding import dense_letters, fold
from acechat.models import Found, Role, SearchQuery
from acechat.store.rows import stored

BATCH = 200
"""Messages that are taken into the index at a time: 15 ms for texts of 600 characters."""
CANDIDATES = 300
"""Messages that hold what is looked for, from the newest, among which the best come first."""
UNINDEXED = 1_000
"""Messages not yet in the index that are looked at, from the newest."""
TITLES = 20
"""Titles that are shown before messages."""
SHORTEST = 3
"""Letters that the index can tell apart."""

_SELECT = """
    SELECT m.id, m.conversation_id, m.role, m.model, m.created_at, m.text, c.title, c.archived
"""
_FROM = """
    FROM messages AS m JOIN conversations AS c ON c.id = m.conversation_id
"""
_Row = tuple[str, str, str, str, float, str, str, int]


def index_some(connection: sqlite3.Connection) -> int:
    """Take messages that are not in the index into it; return how many there were."""
    rows: list[tuple[int, str]] = connection.execute(
        """
        SELECT number, text FROM messages WHERE NOT indexed AND status <> 'streaming'
        ORDER BY number DESC LIMIT ?
        """,
        (BATCH,),
    ).fetchall()
    for number, text in rows:
        folded = fold(text)
        connection.execute("INSERT INTO trigrams (rowid, text) VALUES (?, ?)", (number, folded))
        if letters := dense_letters(folded):
            connection.execute(
                "INSERT INTO letters (rowid, text) VALUES (?, ?)", (number, " ".join(letters))
            )
    connection.executemany(
        "UPDATE messages SET indexed = 1 WHERE number = ?", [(number,) for number, _ in rows]
    )
    return len(rows)


def forget(connection: sqlite3.Connection, condition: str, parameters: Sequence[object]) -> None:
    """Take messages out of the index, before their text changes or goes.

    Args:
        connection: The open file.
        condition: Which messages, as SQL.
        parameters: What its question marks stand for.
    """
    # The condition is one of this package's own.
    rows: list[tuple[int, str]] = connection.execute(
        f"SELECT number, text FROM messages WHERE indexed AND ({condition})",  # noqa: S608
        parameters,
    ).fetchall()
    for number, text in rows:
        # An index that holds no texts has to be told what it held.
        folded = fold(text)
        connection.execute(
            "INSERT INTO trigrams (trigrams, rowid, text) VALUES ('delete', ?, ?)",
            (number, folded),
        )
        if letters := dense_letters(folded):
            connection.execute(
                "INSERT INTO letters (letters, rowid, text) VALUES ('delete', ?, ?)",
                (number, " ".join(letters)),
            )
        connection.execute("UPDATE messages SET indexed = 0 WHERE number = ?", (number,))


def search(connection: sqlite3.Connection, query: SearchQuery, limit: int) -> list[Found]:
    """Return titles, then messages: those with whole words first, the newest among equals."""
    found = _titles(connection, query) if query.words and query.role is None else []
    if query.titles_only:
        return found[:limit]
    rank = _Rank(query.words)
    hits: list[tuple[int, int, Found]] = []
    seen: set[str] = set()
    with closing(_candidates(connection, query)) as rows:
        for row in rows:
            if row[0] in seen or not rank.holds(folded := fold(row[5])):
                continue
            seen.add(row[0])
            hits.append((-rank(folded), len(hits), _found(row)))
            if len(hits) == CANDIDATES:
                break
    hits.sort(key=lambda hit: hit[:2])
    return [*found, *(hit[2] for hit in hits)][:limit]


class _Rank:
    """How well a text answers."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._whole = [re.compile(rf"(?<!\w){re.escape(word)}(?!\w)") for word in words]
        self._begun = [re.compile(rf"(?<!\w){re.escape(word)}") for word in words]

    def holds(self, folded: str) -> bool:
        return all(word in folded for word in self._words)

    def __call__(self, folded: str) -> int:
        whole = sum(1 for word in self._whole if word.search(folded))
        return whole + sum(1 for word in self._begun if word.search(folded))


def _found(row: _Row) -> Found:
    return Found(
        conversation_id=row[1],
        title=row[6],
        archived=bool(row[7]),
        message_id=row[0],
        role=Role(row[2]),
        model=row[3],
        created_at=row[4],
        text=row[5],
    )


def _titles(connection: sqlite3.Connection, query: SearchQuery) -> list[Found]:
    condition = " AND ".join(["instr(folded_title, ?) > 0"] * len(query.words))
    span, times = _span("updated_at", query)
    rows: list[tuple[str, str, int, str | None, float]] = connection.execute(
        # The condition is made of the same words for each word that is looked for.
        "SELECT id, title, archived, model, updated_at FROM conversations "  # noqa: S608
        f"WHERE deleted_at IS NULL AND {condition}{span} "
        "ORDER BY updated_at DESC, number DESC LIMIT ?",
        (*(stored(word) for word in query.words), *times, TITLES),
    ).fetchall()
    return [
        Found(key, title, bool(archived), None, None, model or "", used, "")
        for key, title, archived, model, used in rows
        if query.model in fold(model or "")
    ]


def _candidates(connection: sqlite3.Connection, query: SearchQuery) -> Generator[_Row]:
    """Yield messages that may hold what is looked for, the newest first."""
    narrowed, parameters = _narrowed(query)
    yield from _rows(
        connection,
        f"{_SELECT}{_FROM} WHERE NOT m.indexed{narrowed} ORDER BY m.number DESC LIMIT {UNINDEXED}",
        parameters,
    )
    table, expression = _expression(query.words)
    if table:
        # CROSS JOIN keeps the index in front: it is read backwards, and only as far as need be.
        yield from _rows(
            connection,
            f"{_SELECT} FROM {table} CROSS JOIN messages AS m ON m.number = {table}.rowid "
            "JOIN conversations AS c ON c.id = m.conversation_id "
            f"WHERE {table} MATCH ?{narrowed} ORDER BY {table}.rowid DESC",
            (expression, *parameters),
        )
    else:
        likes = "".join(" AND m.text LIKE ? ESCAPE '\\'" for _ in query.words)
        yield from _rows(
            connection,
            f"{_SELECT}{_FROM} WHERE m.indexed{likes}{narrowed} ORDER BY m.number DESC",
            (*map(_like, query.words), *parameters),
        )


def _rows(
    connection: sqlite3.Connection, statement: str, parameters: Sequence[object]
) -> Generator[_Row]:
    cursor = connection.execute(statement, parameters)
    try:
        yield from cursor
    finally:
        # An unfinished statement would hold its read lock, and no other process could write.
        cursor.close()


def _expression(words: Sequence[str]) -> tuple[str, str]:
    """Return the index that can be asked for `words`, and the question in its language."""
    triples = dict.fromkeys(
        stored(word)[place : place + SHORTEST]
        for word in words
        for place in range(len(word) - SHORTEST + 1)
    )
    if triples:
        return "trigrams", " AND ".join(map(_quoted, triples))
    letters = dict.fromkeys(letter for word in words for letter in dense_letters(word))
    return ("letters", " AND ".join(map(_quoted, letters))) if letters else ("", "")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _like(word: str) -> str:
    escaped = re.sub(r"([%_\\])", r"\\\1", stored(word))
    return f"%{escaped}%"


def _narrowed(query: SearchQuery) -> tuple[str, list[object]]:
    condition, parameters = " AND c.deleted_at IS NULL", list[object]()
    if query.role is not None:
        condition += " AND m.role = ?"
        parameters.append(query.role)
    if query.model:
        # Names of models are ASCII, whose case LIKE does not see.
        condition += " AND m.model LIKE ? ESCAPE '\\'"
        parameters.append(_like(query.model))
    span, times = _span("m.created_at", query)
    return condition + span, [*parameters, *times]


def _span(column: str, query: SearchQuery) -> tuple[str, list[object]]:
    condition, parameters = "", list[object]()
    if query.after is not None:
        condition += f" AND {column} >= ?"
        parameters.append(query.after)
    if query.before is not None:
        condition += f" AND {column} < ?"
        parameters.append(query.before)
    return condition, parameters
