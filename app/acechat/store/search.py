"""Looking for words in every message: an index of folded text, and what it finds.

The index says which messages may hold what is looked for; each is then looked at. Messages that
are not in the index yet, as those that are arriving, are looked at as well.

A search is done in looks of a limited time, from the newest message to the oldest, so that neither
keys nor the texts of running answers wait for it.
"""

import re
import sqlite3
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from itertools import islice

from acechat.folding import dense_letters, fold
from acechat.models import Findings, Found, Role, SearchQuery
from acechat.store.rows import stored

BATCH = 50
"""Messages that are taken into the index at a time: larger batches are not faster in all."""
BATCH_LETTERS = 40_000
"""After so many characters a batch ends: a long answer takes as long as many short ones."""
CANDIDATES = 300
"""Messages that hold what is looked for, from the newest, among which the best come first."""
UNINDEXED = 1_000
"""Messages not yet in the index that are looked at, from the newest."""
TITLES = 5
"""Titles that are shown before messages, and no more, or messages would be out of sight."""
LOOK_SECONDS = 0.02
"""After so much work of the processor a look ends, and the next one goes on from there."""
RANGE = 10_000
"""Messages that one statement goes through: 6 ms where each of them has to be read."""
SHORTEST = 3
"""Letters that the index can tell apart."""
ASKED = 40
"""Words, or triples of letters, that SQLite is asked for; what it finds is looked at for all."""
OCCURRENCES = 20
"""How many places of a word are looked at for one where it is a whole word."""

_SELECT = """
    SELECT
        m.number, m.id, m.conversation_id, m.role, m.model, m.created_at, m.text, c.title,
        c.archived
"""
_FROM = """
    FROM messages AS m JOIN conversations AS c ON c.id = m.conversation_id
"""
_Row = tuple[int, str, str, str, str, float, str, str, int]


def index_some(connection: sqlite3.Connection) -> int:
    """Take messages that are not in the index into it; return how many there were."""
    waiting = connection.execute(
        """
        SELECT number, text FROM messages WHERE NOT indexed AND status <> 'streaming'
        ORDER BY number DESC LIMIT ?
        """,
        (BATCH,),
    )
    rows: list[tuple[int, str]] = []
    letters_left = BATCH_LETTERS
    for row in waiting:
        rows.append(row)
        letters_left -= len(row[1])
        if letters_left <= 0:
            break
    waiting.close()
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


def _unread(connection: sqlite3.Connection) -> int:
    """Return how many messages are neither in the index nor looked at without it."""
    # Those that are arriving cannot be in it; the planner would count them in a larger index.
    row: tuple[int] = connection.execute(
        """
        SELECT
            (SELECT COUNT(*) FROM messages WHERE NOT indexed)
            - (
                SELECT COUNT(*) FROM messages INDEXED BY messages_streaming
                WHERE status = 'streaming'
            )
        """
    ).fetchone()
    return max(0, row[0] - UNINDEXED)


def search(
    connection: sqlite3.Connection,
    query: SearchQuery,
    limit: int,
    rest: range | None = None,
    clock: Callable[[], float] = time.thread_time,
) -> Findings:
    """Take one look for what is asked, for `LOOK_SECONDS`.

    Titles come first, then messages: those with whole words first, the newest among equals.

    Args:
        connection: The open file.
        query: What is looked for.
        limit: How many hits are returned at most.
        rest: The numbers of the messages that the looks before have left over; None begins.
        clock: Returns the seconds that are counted for a look.
    """
    unread = _unread(connection)
    titles = _titles(connection, query, limit) if rest is None and query.words else []
    if query.titles_only:
        return Findings(tuple(titles), None, unread)
    hits = _Hits(query.words)
    if rest is None and not hits.are_enough(_unindexed_rows(connection, query)):
        rest = _numbers(connection, query)
    if rest:
        deadline = clock() + LOOK_SECONDS
        left_over, rest = rest, None
        rows = _indexed_rows(connection, query, left_over)
        with closing(hits.looked_at(rows)) as reached:
            for number in reached:
                if clock() >= deadline:
                    rest = range(left_over.start, number) or None
                    break
    return Findings((*titles, *hits.best())[:limit], rest, unread)


class _Hits:
    """Messages that hold all words, and how well."""

    def __init__(self, words: Sequence[str]) -> None:
        # What is long is rare.
        self._words = sorted(words, key=len, reverse=True)
        self._found: dict[str, Found] = {}

    def are_enough(self, rows: Generator[_Row | int]) -> bool:
        """Look at all rows; return whether more need not be looked for."""
        for _ in self.looked_at(rows):
            pass
        return len(self._found) >= CANDIDATES

    def looked_at(self, rows: Generator[_Row | int]) -> Generator[int]:
        """Look at rows one by one, until there are enough; yield the number that was reached."""
        try:
            for row in rows:
                if isinstance(row, int):
                    yield row
                    continue
                folded = fold(row[6])
                if all(word in folded for word in self._words):
                    rank = sum(_fit(word, folded) for word in self._words)
                    self._found[row[1]] = _found(row, rank)
                    if len(self._found) >= CANDIDATES:
                        return
                yield row[0]
        finally:
            # An unfinished statement would hold its read lock, and no other process could write.
            rows.close()

    def best(self) -> list[Found]:
        """Return what was found, the best first."""
        return sorted(self._found.values(), key=lambda hit: hit.order)


def _fit(word: str, folded: str) -> int:
    """Return 2 where `word` is a whole word of the text, 1 where one begins with it, else 0."""
    fit = 0
    place = folded.find(word)
    for _ in range(OCCURRENCES):
        if place < 0:
            break
        if place == 0 or not _is_in_word(folded[place - 1]):
            end = place + len(word)
            if end == len(folded) or not _is_in_word(folded[end]):
                return 2
            fit = 1
        place = folded.find(word, place + 1)
    return fit


def _is_in_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _found(row: _Row, rank: int) -> Found:
    return Found(
        conversation_id=row[2],
        title=row[7],
        archived=bool(row[8]),
        message_id=row[1],
        role=Role(row[3]),
        model=row[4],
        created_at=row[5],
        text=row[6],
        rank=rank,
    )


def _titles(connection: sqlite3.Connection, query: SearchQuery, limit: int) -> list[Found]:
    if query.role is not None:
        return []
    words = [stored(word) for word in query.words]
    asked = words[:ASKED]
    condition = " AND ".join(["instr(folded_title, ?) > 0"] * len(asked))
    span, times = _span("updated_at", query)
    rows: list[tuple[str, str, str, int, str | None, float]] = connection.execute(
        # The condition is made of the same words for each word that is looked for.
        "SELECT id, title, folded_title, archived, model, updated_at FROM conversations "  # noqa: S608
        f"WHERE deleted_at IS NULL AND {condition}{span} "
        "ORDER BY updated_at DESC, number DESC LIMIT ?",
        (*asked, *times, CANDIDATES),
    ).fetchall()
    found = [
        Found(
            conversation_id=key,
            title=title,
            archived=bool(archived),
            message_id=None,
            role=None,
            model=model or "",
            created_at=used,
            text="",
            rank=sum(_fit(word, folded) for word in words),
        )
        for key, title, folded, archived, model, used in rows
        if query.model in fold(model or "") and all(word in folded for word in words)
    ]
    return sorted(found, key=lambda hit: hit.order)[: limit if query.titles_only else TITLES]


def _numbers(connection: sqlite3.Connection, query: SearchQuery) -> range:
    """Return the numbers between which those of all messages of the time are."""
    span, times = _span("created_at", query)
    if span:
        # The sign keeps SQLite from walking through the table in search of the first number.
        statement = f"SELECT MIN(+number), MAX(+number) FROM messages WHERE TRUE{span}"  # noqa: S608
    else:
        statement = "SELECT (SELECT MIN(number) FROM messages), (SELECT MAX(number) FROM messages)"
    row: tuple[int | None, int | None] = connection.execute(statement, times).fetchone()
    return range(row[0] or 0, (row[1] or -1) + 1)


def _unindexed_rows(connection: sqlite3.Connection, query: SearchQuery) -> Generator[_Row | int]:
    narrowed, parameters = _narrowed(query)
    yield from _rows(
        connection,
        f"{_SELECT}{_FROM} WHERE NOT m.indexed{narrowed} ORDER BY m.number DESC LIMIT {UNINDEXED}",
        parameters,
    )


def _indexed_rows(
    connection: sqlite3.Connection, query: SearchQuery, numbers: range
) -> Generator[_Row | int]:
    """Yield messages that may hold what is looked for, the newest first.

    Between them come numbers: all messages of this number and of higher ones have been yielded.
    """
    narrowed, parameters = _narrowed(query)
    table, expression = _expression(query.words)
    if table:
        # CROSS JOIN keeps the index in front: it is read backwards, and only as far as need be.
        statement = (
            f"{_SELECT} FROM {table} CROSS JOIN messages AS m ON m.number = {table}.rowid "
            "JOIN conversations AS c ON c.id = m.conversation_id "
            f"WHERE {table} MATCH ? AND {table}.rowid >= ? AND {table}.rowid < ?{narrowed} "
            f"ORDER BY {table}.rowid DESC"
        )
        asked: list[object] = [expression]
        rest = parameters
    else:
        likes = list(map(_likes, query.words[:ASKED]))
        any_of = (" OR ".join(["m.text LIKE ? ESCAPE '\\'"] * len(like)) for like in likes)
        statement = (
            f"{_SELECT}{_FROM} WHERE m.indexed AND m.number >= ? AND m.number < ?"
            f"{''.join(f' AND ({like})' for like in any_of)}{narrowed} ORDER BY m.number DESC"
        )
        asked = []
        rest = [pattern for like in likes for pattern in like] + parameters
    for end in range(numbers.stop, numbers.start, -RANGE):
        first = max(numbers.start, end - RANGE)
        yield from _rows(connection, statement, [*asked, first, end, *rest])
        yield first


def _rows(
    connection: sqlite3.Connection, statement: str, parameters: Sequence[object]
) -> Generator[_Row]:
    cursor = connection.execute(statement, parameters)
    try:
        yield from cursor
    finally:
        cursor.close()


def _expression(words: Sequence[str]) -> tuple[str, str]:
    """Return the index that can be asked for `words`, and the question in its language."""
    triples = dict.fromkeys(
        triple
        for word in words
        for place in range(len(word) - SHORTEST + 1)
        # The language of the index ends at a NUL.
        if "\0" not in (triple := stored(word)[place : place + SHORTEST])
    )
    if triples:
        return "trigrams", " AND ".join(map(_quoted, islice(triples, ASKED)))
    letters = dict.fromkeys(letter for word in words for letter in dense_letters(word))
    return ("letters", " AND ".join(map(_quoted, islice(letters, ASKED)))) if letters else ("", "")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _like(word: str) -> str:
    escaped = re.sub(r"([%_\\])", r"\\\1", stored(word))
    return f"%{escaped}%"


def _likes(word: str) -> list[str]:
    """Return patterns for `word` in its cases: LIKE knows only those of ASCII letters."""
    cases = (word,) if word.isascii() else (word, word.upper(), word.capitalize())
    return list(dict.fromkeys(map(_like, cases)))


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
