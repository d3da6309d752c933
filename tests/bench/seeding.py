"""Stores to measure with: 10,000 conversations and 200,000 messages, Chinese among them.

The rows are written in the oldest schema, which never changes, and are brought up to date as the
store of any user would be. It takes half a minute, so a store is made once and then copied.
"""

import random
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from acechat.store.backups import daily_backup
from acechat.store.migrations import STEPS, migrate
from acechat.store.search import index_some

CONVERSATIONS = 10_000
MESSAGES = 200_000
LAST_OF_500 = "Thelastoffivehundred"
LAST_OF_10000 = "Thelastoftenthousand"
TITLE_OF_500 = "Five hundred"
TITLE_OF_10000 = "Ten thousand"

_DAY = 86_400.0
_WORDS = (
    "harbour ledger winter copper signal orchard thread marble canyon window lantern bridge "
    "velvet engine garden pocket silver anchor butter circle dragon elbow feather glacier hammer "
    "island jacket kettle lemon magnet needle ocean pepper quarry ribbon saddle tunnel umbrella "
    "valley wagon yellow zipper"
).split()
_CHINESE = "缓存 数据库 天气 机器学习 杭州 问题 回答 速度 窗口 文件 网络 时间".split()


def _sentence(choose: random.Random, words: int) -> str:
    chosen = choose.choices(_WORDS, k=words)
    if choose.random() < 0.2:
        chosen[choose.randrange(words)] = choose.choice(_CHINESE)
    return " ".join(chosen)


def _texts(choose: random.Random) -> list[str]:
    """Return answers to choose from; some are Markdown of several kinds."""
    made: list[str] = []
    for number in range(400):
        parts = [f"{_sentence(choose, 40).capitalize()}." for _ in range(1 + number % 3)]
        if number % 4 == 0:
            parts.append("\n".join(f"- {_sentence(choose, 5)}" for _ in range(4)))
        if number % 7 == 0:
            parts.append(f"```python\nfor {choose.choice(_WORDS)} in range(10):\n    print()\n```")
        made.append("\n\n".join(parts))
    return made


def _lengths() -> Iterator[tuple[str, int, bool]]:
    """Yield title, number of messages and whether it is pinned, of each conversation."""
    choose = random.Random(1)
    yield TITLE_OF_500, 500, True
    yield TITLE_OF_10000, 10_000, True
    left, others = MESSAGES - 10_500, CONVERSATIONS - 2
    for number in range(others):
        length = 2 * max(1, round(left / (others - number) / 2))
        left -= length
        yield _sentence(choose, 4), length, False


def make_store(path: Path, conversations: Iterable[tuple[str, int, bool]] | None = None) -> None:
    """Make a store at `path`, by default the large one.

    Args:
        path: Where nothing is yet.
        conversations: Title, number of messages and whether it is pinned, the newest first.
    """
    choose = random.Random(2)
    texts = _texts(choose)
    now = time.time()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        migrate(connection, None, STEPS[:1])
        connection.execute("BEGIN")
        for number, (title, length, pinned) in enumerate(conversations or _lengths()):
            name = f"{number:032x}"
            # Newest first; they reach back three years.
            then = now - 3600 - number * 3 * 365 * _DAY / CONVERSATIONS
            connection.execute(
                """
                INSERT INTO conversations (id, title, folded_title, pinned, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                (name, title, title.lower(), pinned, then, then),
            )
            last = {500: LAST_OF_500, 10_000: LAST_OF_10000}.get(length, "")
            connection.executemany(
                """
                INSERT INTO messages (
                    id, conversation_id, position, role, status, model, created_at, seconds, text
                )
                VALUES (?, ?, ?, ?, 'complete', ?, ?, ?, ?)
                """,
                (
                    (
                        f"{number:016x}{position:016x}",
                        name,
                        position,
                        "assistant" if position % 2 else "user",
                        "prepared" if position % 2 else "",
                        then,
                        2.0 if position % 2 else None,
                        (choose.choice(texts) if position % 2 else f"{_sentence(choose, 9)}?")
                        + (f"\n\n{last}" if last and position == length - 1 else ""),
                    )
                    for position in range(length)
                ),
            )
        connection.execute("COMMIT")
        migrate(connection, None)
        connection.execute("BEGIN")
        while index_some(connection):
            pass
        connection.execute("COMMIT")


def seeded_home(cache: Path, home: Path) -> None:
    """Put the store into the folder `home`; make it in the folder `cache` where it is not there.

    It has the backup of today, so that none is made while something is measured.
    """
    kept = cache / f"store-{len(STEPS)}.db"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        make_store(unfinished)
        unfinished.replace(kept)
    home.mkdir(parents=True, exist_ok=True)
    store = home / "conversations.db"
    shutil.copy(kept, store)
    store.chmod(0o600)
    backup = daily_backup(store, datetime.now().astimezone().date())
    backup.parent.mkdir(mode=0o700)
    backup.touch()
