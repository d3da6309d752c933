"""`acechat search`."""

import json
from pathlib import Path

import pytest

from acechat.__main__ import main
from acechat.cli.codes import COMPLETE, FAILED, USAGE

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def full(home: Path, tmp_path: Path, capsys: Captured) -> str:
    """Bring in one conversation; return its id."""
    row = {
        "id": "a1b2c3d4" * 4,
        "title": "Colours\x1b[31m",
        "created_at": "2026-01-02T03:04:05.678Z",
        "messages": [
            {"role": role, "text": text, "model": model, "created_at": "2026-01-02T03:04:06.000Z"}
            for role, text, model in (
                ("user", "Why is the Café blue?", ""),
                ("assistant", "first line\nPaint\x1b]52;c;x\x07 of the café.", "gpt-5.1"),
            )
        ],
    }
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row))
    assert main(["import", str(path)]) == COMPLETE
    capsys.readouterr()
    return str(row["id"])


def test_what_is_found_is_printed_with_its_line(full: str, capsys: Captured) -> None:
    assert main(["search", "CAFE"]) == COMPLETE
    told = capsys.readouterr().out
    assert "a1b2c3d4  2026-01-02" in told
    assert "you  Colours␛[31m\n  Why is the Café blue?\n" in told
    assert "gpt-5.1  Colours␛[31m\n  Paint␛]52;c;x␇ of the café.\n" in told
    assert "\x1b" not in told


def test_a_search_can_be_narrowed_and_quoted(full: str, capsys: Captured) -> None:
    assert main(["search", "cafe", "from:me"]) == COMPLETE
    assert "Paint" not in capsys.readouterr().out
    assert main(["search", "the cafe"]) == COMPLETE
    assert len(capsys.readouterr().out.splitlines()) == 4
    assert main(["search", "cafe the"]) == FAILED
    capsys.readouterr()
    assert main(["search", "-n", "1", "cafe"]) == COMPLETE
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_json_for_programs(full: str, capsys: Captured) -> None:
    assert main(["search", "--json", "paint"]) == COMPLETE
    (hit,) = json.loads(capsys.readouterr().out)
    assert (hit["conversation_id"], hit["role"], hit["model"]) == (full, "assistant", "gpt-5.1")
    assert hit["line"] == "Paint␛]52;c;x␇ of the café."


def test_nothing_found_is_exit_code_1(full: str, capsys: Captured) -> None:
    assert main(["search", "nowhere"]) == FAILED
    assert "nothing was found" in capsys.readouterr().err
    assert main(["search", "--json", "nowhere"]) == FAILED
    assert capsys.readouterr().out.strip() == "[]"


def test_a_mistake_is_named(home: Path, capsys: Captured) -> None:
    assert main(["search", "after:soon"]) == USAGE
    assert "a date is like" in capsys.readouterr().err
    assert main(["search", "in:title"]) == USAGE
    assert "type a word" in capsys.readouterr().err
