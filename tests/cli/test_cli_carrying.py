"""`acechat import` and `acechat sync`."""

import json
import zipfile
from pathlib import Path

import pytest

from acechat.__main__ import main
from acechat.cli.codes import COMPLETE, FAILED, USAGE

Captured = pytest.CaptureFixture[str]


def exported(capsys: Captured) -> str:
    capsys.readouterr()
    assert main(["export", "--all", "--format", "jsonl"]) == COMPLETE
    return capsys.readouterr().out


@pytest.fixture
def line(home: Path, capsys: Captured, tmp_path: Path) -> str:
    """A conversation of another machine, as it was exported there."""
    found = {
        "id": "a" * 32,
        "title": "Sorting",
        "created_at": "2026-01-02T03:04:05.678Z",
        "updated_at": "2026-01-02T03:05:00.000Z",
        "messages": [
            {"role": role, "text": text, "created_at": "2026-01-02T03:04:06.000Z"}
            for role, text in (("user", "How?"), ("assistant", "So \u2028 and so."))
        ],
    }
    return json.dumps(found)


def test_an_export_comes_back_byte_for_byte(
    line: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "first.jsonl"
    first.write_text(f"{line}\n")
    assert main(["import", str(first)]) == COMPLETE
    assert capsys.readouterr().out == (
        "conversations: 1 new, 0 changed, 0 as they were; messages: 2 new\n"
    )
    second = tmp_path / "second.jsonl"
    second.write_text(exported(capsys))
    monkeypatch.setenv("ACECHAT_HOME", str(tmp_path / "another"))
    assert main(["import", str(second)]) == COMPLETE
    assert exported(capsys) == second.read_text()
    assert main(["import", "--json", str(second)]) == COMPLETE
    assert json.loads(capsys.readouterr().out) == {
        "new": 0,
        "changed": 0,
        "unchanged": 1,
        "messages": 0,
        "problems": [],
    }


def test_a_line_that_is_wrong_is_named_and_the_others_come(
    line: str, tmp_path: Path, capsys: Captured
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"x": 1}}\n\n{line}\n{{\n')
    assert main(["import", str(path)]) == FAILED
    said = capsys.readouterr()
    assert "1 new" in said.out
    assert "line 1: this is not a conversation" in said.err
    assert "line 4: this is not JSON" in said.err


def test_what_has_no_end_is_one_sentence(
    home: Path, line: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acechat.chatgpt.MAX_BYTES", 1_000_000)
    monkeypatch.setattr("acechat.importing.MAX_LINE", 1_000_000)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", " " * 2_000_000)
    assert main(["import", str(bomb)]) == FAILED
    assert capsys.readouterr().err == f"acechat: {bomb}: this is larger than 1 MB, unpacked\n"
    lines = tmp_path / "lines.jsonl"
    lines.write_text(f"{line}\n" + "x" * 2_000_000)
    assert main(["import", str(lines)]) == FAILED
    found = capsys.readouterr()
    assert found.out.startswith("conversations: 1 new")
    assert found.err == f"acechat: {lines}: line 2: longer than 1 million characters\n"


def test_a_file_that_is_not_there_is_named(home: Path, tmp_path: Path, capsys: Captured) -> None:
    assert main(["import", str(tmp_path / "nowhere")]) == USAGE
    assert "nowhere cannot be read: No such file" in capsys.readouterr().err


def test_a_reader_that_has_gone_is_not_taken_for_a_file_that_cannot_be_read(
    line: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(line)

    def gone(text: str) -> None:
        raise BrokenPipeError

    with monkeypatch.context() as patch:
        patch.setattr("acechat.cli.import_command.write_line", gone)
        patch.setattr("acechat.cli.dispatch.leave_stdout", lambda: None)
        assert main(["import", str(path)]) == COMPLETE
    assert capsys.readouterr().err == ""


def test_a_file_writes_nothing_outside_of_the_shared_folder(
    line: str, tmp_path: Path, capsys: Captured
) -> None:
    folder, path = tmp_path / "shared", tmp_path / "a.jsonl"
    folder.mkdir()
    evil = json.dumps({**json.loads(line), "id": "../../../evil"})
    path.write_text(f"{evil}\n{line}\n")
    assert main(["import", str(path)]) == FAILED
    assert "line 1: id is missing or is no id" in capsys.readouterr().err
    assert main(["sync", str(folder)]) == COMPLETE
    assert not list(tmp_path.rglob("*evil*"))


def test_two_homes_meet_in_a_folder(
    line: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, path = tmp_path / "shared", tmp_path / "a.jsonl"
    folder.mkdir()
    path.write_text(line)
    assert main(["import", str(path)]) == COMPLETE
    there = exported(capsys)
    assert main(["sync", str(folder)]) == COMPLETE
    assert "1 written" in capsys.readouterr().out
    monkeypatch.setenv("ACECHAT_HOME", str(tmp_path / "another"))
    assert main(["sync", str(folder)]) == COMPLETE
    assert "1 new" in capsys.readouterr().out
    assert exported(capsys) == there


def test_a_folder_that_is_not_there_is_not_made(
    home: Path, tmp_path: Path, capsys: Captured
) -> None:
    assert main(["sync", str(tmp_path / "unmounted")]) == FAILED
    assert "unmounted is not a folder; make it first" in capsys.readouterr().err
    assert not (tmp_path / "unmounted").exists()
