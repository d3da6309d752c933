"""`acechat list` and `acechat export`: what is kept, printed and written to files."""

import asyncio
import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acechat.__main__ import main
from acechat.models import Conversation, Message, Role, Status
from acechat.store.conversations import ConversationStore
from acechat.store.database import Database

Capture = pytest.CaptureFixture[str]


def fill(home: Path, *titles: str, pinned: int | None = None) -> list[str]:
    """Keep conversations with these titles, the oldest first, and return their ids."""

    async def write() -> None:
        now = iter(range(1_767_323_045, 1_767_400_000, 60))
        store = await ConversationStore.open(
            home / "conversations.db", clock=lambda: float(next(now))
        )
        try:
            for place, (identity, title) in enumerate(zip(identities, titles, strict=True)):
                conversation = Conversation(id=identity, title=title, created_at=1_767_323_000.0)
                question = Message(f"q{place}", identity, Role.USER, f"About {title}?")
                answer = Message(f"a{place}", identity, Role.ASSISTANT, "", model="glm-5")
                await store.begin_turn(conversation, question, answer)
                await store.finish_turn(
                    replace(answer, text=f"This: {title}\x1b[1m", status=Status.COMPLETE),
                    unread=False,
                )
                if place == pinned:
                    await store.save_conversation(replace(conversation, pinned=True))
        finally:
            await store.close()

    home.mkdir()
    identities = [f"{place:04x}" * 8 for place in range(10, 10 + len(titles))]
    asyncio.run(write())
    return identities


def test_nothing_is_kept_yet(home: Path, capsys: Capture) -> None:
    assert main(["list"]) == 0
    assert capsys.readouterr() == ("There are no conversations yet.\n", "")
    assert main(["list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["export", "--all"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["export", "abcd"]) == 2
    assert capsys.readouterr().err == "acechat: there is no conversation abcd\n"
    assert not home.exists()


def test_the_list_is_a_table_newest_first(home: Path, capsys: Capture) -> None:
    identities = fill(home, "Old", "漢字 \x1b[2J\x07", "New", pinned=0)
    assert main(["list"]) == 0
    rows = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    assert [row[0] for row in rows] == [identities[place][:8] for place in (0, 2, 1)]
    assert [row[2] for row in rows] == ["glm-5"] * 3
    assert [row[3] for row in rows] == ["* Old", "New", "漢字 ␛[2J␇"]
    assert all(len(row[1]) == len("2026-01-02 03:04") for row in rows)


def test_the_list_can_be_cut(home: Path, capsys: Capture) -> None:
    fill(home, *(f"t{number}" for number in range(25)))
    assert main(["list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 20
    assert main(["list", "-n", "2"]) == 0
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()] == ["t24", "t23"]
    assert main(["list", "-n", "0"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 25


def test_more_conversations_take_no_more_questions_to_the_file(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home, *(f"t{number}" for number in range(25)))
    read = Database.read
    times = 0

    async def counted(*told: Any) -> Any:
        nonlocal times
        times += 1
        return await read(*told)

    monkeypatch.setattr(Database, "read", counted)
    taken: list[int] = []
    for count in ("2", "20"):
        before = times
        assert main(["list", "-n", count]) == 0
        taken.append(times - before)
    assert taken[0] == taken[1]
    assert capsys.readouterr().out.count("glm-5") == 22


@pytest.mark.parametrize("count", ["-1", "x", "1.5", ""])
def test_a_number_that_is_none_is_exit_2(home: Path, capsys: Capture, count: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["list", f"-n={count}"])
    assert caught.value.code == 2
    assert "must be a number, 0 for all" in capsys.readouterr().err


def test_the_list_as_json(home: Path, capsys: Capture) -> None:
    (identity,) = fill(home, "A “title”")
    assert main(["list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "id": identity,
            "title": "A “title”",
            "model": "glm-5",
            "pinned": False,
            "status": "complete",
            "created_at": "2026-01-02T03:03:20.000Z",
            "updated_at": "2026-01-02T03:05:05.000Z",
        }
    ]


def test_one_conversation_is_markdown(home: Path, capsys: Capture) -> None:
    identities = fill(home, "First", "Second")
    assert main(["export", identities[0][:8]]) == 0
    out = capsys.readouterr().out
    assert out.startswith('---\ntitle: "First"\n')
    assert out.endswith("This: First␛[1m\n")
    assert "Second" not in out


def test_all_are_json_lines(home: Path, capsys: Capture) -> None:
    identities = fill(home, "First", "Second")
    assert main(["export", "--all"]) == 0
    lines = capsys.readouterr().out.splitlines()
    found = [json.loads(line) for line in lines]
    assert [one["id"] for one in found] == identities[::-1]
    assert found[1]["messages"][1]["text"] == "This: First\x1b[1m"
    assert "\x1b" not in "".join(lines)


def test_all_can_be_markdown_too(home: Path, capsys: Capture) -> None:
    fill(home, "First", "Second")
    assert main(["export", "--all", "--format", "md"]) == 0
    out = capsys.readouterr().out
    assert out.index('\n\n---\ntitle: "First"\n') > out.index('---\ntitle: "Second"\n') == 0


@pytest.mark.parametrize(
    ("name", "options", "start"),
    [
        ("a.md", [], "---\n"),
        ("a.jsonl", [], "{"),
        ("a.txt", [], "---\n"),
        ("a.md", ["--format", "jsonl"], "{"),
        ("a.MD", ["--all"], "---\n"),
        ("a", ["--all"], "{"),
    ],
)
def test_the_suffix_decides_the_format(
    home: Path, tmp_path: Path, capsys: Capture, name: str, options: list[str], start: str
) -> None:
    (identity,) = fill(home, "First")
    which = [] if "--all" in options else [identity]
    assert main(["export", *which, *options, "-o", str(tmp_path / name)]) == 0
    assert capsys.readouterr() == ("", "")
    assert (tmp_path / name).read_text().startswith(start)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_file_that_is_there_stays_until_forced(
    home: Path, tmp_path: Path, capsys: Capture
) -> None:
    (identity,) = fill(home, "First")
    target = tmp_path / "a.md"
    target.write_text("mine")
    assert main(["export", identity, "-o", str(target)]) == 2
    assert capsys.readouterr().err == f"acechat: {target} is there already; --force replaces it\n"
    assert target.read_text() == "mine"
    assert main(["export", identity, "-o", str(target), "--force"]) == 0
    assert target.read_text().startswith("---\n")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.md", "home"]


def test_a_file_that_cannot_be_written_is_exit_1(
    home: Path, tmp_path: Path, capsys: Capture
) -> None:
    (identity,) = fill(home, "First")
    target = tmp_path / "no" / "a.md"
    assert main(["export", identity, "-o", str(target)]) == 1
    assert capsys.readouterr().err == (
        f"acechat: {target} cannot be written: No such file or directory\n"
    )


def test_an_unknown_conversation_writes_nothing(
    home: Path, tmp_path: Path, capsys: Capture
) -> None:
    fill(home, "First")
    target = tmp_path / "a.md"
    assert main(["export", "ffffffff", "-o", str(target)]) == 2
    assert "ffffffff" in capsys.readouterr().err
    assert not target.exists()


@pytest.mark.parametrize("arguments", [[], ["abcd", "--all"], ["abcd", "--format", "pdf"]])
def test_export_needs_one_choice(home: Path, capsys: Capture, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["export", *arguments])
    assert caught.value.code == 2
    assert "acechat export: error:" in capsys.readouterr().err
