"""The file in which the embedded server keeps its conversations."""

import sqlite3
import stat
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from acechat.errors import ServerError
from acechat.server.answering import Asked, Exchange
from acechat.server.conversations import SCHEMA, Conversations

URL = "https://example.org/a.png"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "server.db"


@pytest.fixture
def kept(path: Path) -> Generator[Conversations]:
    with closing(Conversations(path)) as conversations:
        yield conversations


def keep(conversations: Conversations, question: str, answer: str, id: str | None = None) -> str:
    begun = conversations.begin(id, "guide", Asked(question, references=(URL,)))
    assert begun is not None
    conversations.finish(begun[1], answer)
    return begun[0]


def test_conversations_outlive_the_server(path: Path) -> None:
    with closing(Conversations(path)) as conversations:
        conversation = keep(conversations, "one", "1")
        keep(conversations, "two", "2", conversation)
    with closing(Conversations(path)) as conversations:
        assert conversations.history(conversation) == (
            Exchange("one", "1", (URL,)),
            Exchange("two", "2", (URL,)),
        )


def test_two_servers_use_one_file(path: Path, kept: Conversations) -> None:
    with closing(Conversations(path)) as other:
        conversation = keep(other, "one", "1")
        keep(kept, "two", "2", conversation)
        assert [turn.question for turn in other.turns(conversation)] == ["one", "two"]


def test_nobody_else_may_read_it(path: Path, kept: Conversations) -> None:
    keep(kept, "one", "1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_unanswered_question_is_no_history(kept: Conversations) -> None:
    conversation = keep(kept, "one", "1")
    begun = kept.begin(conversation, "guide", Asked("two"))
    assert begun is not None
    assert kept.history(conversation) == (Exchange("one", "1", (URL,)),)
    kept.finish(begun[1], "")
    assert [turn.question for turn in kept.turns(conversation)] == ["one"]


def test_a_first_question_without_an_answer_leaves_nothing(kept: Conversations) -> None:
    begun = kept.begin(None, "guide", Asked("one"))
    assert begun is not None
    kept.finish(begun[1], "")
    assert kept.history(begun[0]) is None
    assert kept.batch(0, 10) == ([], 0)


def test_what_was_deleted_cannot_be_continued(kept: Conversations) -> None:
    conversation = keep(kept, "one", "1")
    assert kept.delete(conversation)
    assert not kept.delete(conversation)
    assert kept.history(conversation) is None
    assert kept.turns(conversation) == []
    assert kept.begin(conversation, "guide", Asked("two")) is None


def test_a_damaged_file_is_set_aside_by_name(path: Path) -> None:
    path.write_bytes(b"this is no database at all" * 100)
    with closing(Conversations(path)) as conversations:
        assert conversations.batch(0, 10) == ([], 0)
    (aside,) = path.parent.glob("server.db.damaged-*")
    assert aside.read_bytes().startswith(b"this is no database")


def test_a_newer_file_is_left_alone(path: Path) -> None:
    with closing(Conversations(path)) as conversations:
        keep(conversations, "one", "1")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    with pytest.raises(ServerError, match="written by a newer version"):
        Conversations(path)
    assert list(path.parent.glob("*.damaged-*")) == []


def test_a_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"cannot open its conversations, .*nowhere/server\.db"):
        Conversations(tmp_path / "nowhere" / "server.db")
