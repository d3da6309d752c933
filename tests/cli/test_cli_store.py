"""What the command line says of conversations that are damaged, newer, or not to be written."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from acechat.__main__ import main
from acechat.store.conversations import ConversationStore
from acechat.store.migrations import STEPS
from cli.scripted_api import Connecting, ScriptedApi, answer
from store.samples import ask
from store.test_store_damage import kill, page_that_holds, root, spoil

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def api(home: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedApi:
    api = ScriptedApi([answer("Because.")])
    for where in ("acechat.connection.connect", "acechat.cli.asking.connect"):
        monkeypatch.setattr(where, Connecting(api))
    return api


@pytest.fixture
def file(home: Path) -> Path:
    """A store with ten conversations."""

    async def make() -> None:
        store = await ConversationStore.open(home / "conversations.db")
        for number in range(10):
            await ask(store, f"question {number}", f"answer {number} " + "word " * 700)
        await store.close()

    asyncio.run(make())
    return home / "conversations.db"


def doctor(capsys: Capture) -> tuple[int, dict[str, str], list[str]]:
    code = main(["doctor", "--json"])
    found = json.loads(capsys.readouterr().out)
    return code, found["store"], found["problems"]


def test_what_was_saved_of_a_damaged_store_is_told_and_the_command_goes_on(
    file: Path, capsys: Capture
) -> None:
    spoil(file, root(file, "messages_in_order"))
    kill(file)
    assert main(["list"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 10
    (aside,) = file.parent.glob("*.damaged-*")
    assert err.startswith(f"acechat: {file} was damaged (")
    assert err.endswith(
        "saved: conversations 10, messages 20, drafts 0; nothing was lost; "
        f"the damaged file is {aside}\n"
    )
    assert main(["list"]) == 0
    assert capsys.readouterr().err == ""


def test_the_doctor_finds_damage_and_names_what_was_set_aside(
    file: Path, api: ScriptedApi, capsys: Capture
) -> None:
    spoil(file, page_that_holds(file, b"answer 5"))
    code, found, problems = doctor(capsys)
    assert (code, found["health"], len(problems)) == (1, "not well", 1)
    assert "start acechat again, which saves what can be read of it" in problems[0]
    code, found, problems = doctor(capsys)
    assert (code, problems) == (0, [])
    assert found["health"].startswith("no damage found; conversations: 10")
    assert found["set aside"] == str(next(file.parent.glob("*.damaged-*")))


def test_a_question_makes_the_backup_of_the_day(
    file: Path, api: ScriptedApi, capsys: Capture
) -> None:
    assert doctor(capsys)[1]["backups"] == "none yet"
    assert main(["ask", "why?"]) == 0
    (backup,) = (file.parent / "backups").glob("*.db")
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM conversations").fetchone() == (11,)
    capsys.readouterr()
    assert doctor(capsys)[1]["backups"] == f"1, the newest is {backup}"


def test_a_backup_that_cannot_be_made_does_not_fail_the_answer(
    file: Path, api: ScriptedApi, capsys: Capture
) -> None:
    (file.parent / "backups").write_text("in the way")
    assert main(["ask", "why?"]) == 0
    assert "the conversations cannot be backed up: " in capsys.readouterr().err


def test_a_newer_store_is_listed_and_exported_and_not_asked_in(
    file: Path, api: ScriptedApi, capsys: Capture
) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    before = file.read_bytes()
    refusal = f"{file} was written by a newer acechat, so this one only reads it"
    assert main(["list"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 10
    assert err == f"acechat: {refusal}\n"
    assert main(["export", "--all"]) == 0
    assert "question 7" in capsys.readouterr().out
    assert main(["ask", "why?"]) == 1
    assert capsys.readouterr().err.endswith(
        f"acechat: the conversations cannot be written: {refusal}\n"
    )
    assert api.asked == []
    assert doctor(capsys)[2] == [refusal]
    assert file.read_bytes() == before
