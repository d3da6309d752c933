"""`acechat stats`."""

import json
from pathlib import Path

import pytest

from acechat.__main__ import main
from acechat.cli.codes import COMPLETE

Captured = pytest.CaptureFixture[str]


def test_questions_are_counted_and_timed(home: Path, capsys: Captured) -> None:
    for _ in range(2):
        assert main(["ask", "How do I switch the model?"]) == COMPLETE
    capsys.readouterr()
    assert main(["stats", "--days", "3"]) == COMPLETE
    told = capsys.readouterr().out
    assert told.startswith("2 questions in 3 days\n")
    (line,) = [line for line in told.splitlines() if line.startswith("guide")]
    assert line.split()[:3] == ["guide", "··█", "2"]
    assert line.count(" s") == 2
    assert main(["stats", "--json"]) == COMPLETE
    told = json.loads(capsys.readouterr().out)
    assert [(each["model"], each["questions"]) for each in told["days"]] == [("guide", 2)]
    (times,) = told["models"]
    assert (times["questions"], times["complete"]) == (2, 2)
    assert 0 < times["first_seconds"] <= times["seconds"]


def test_nothing_asked_says_so(home: Path, capsys: Captured) -> None:
    assert main(["stats"]) == COMPLETE
    assert capsys.readouterr().out == "Nothing was asked in 30 days.\n"
    assert main(["stats", "--json"]) == COMPLETE
    assert json.loads(capsys.readouterr().out) == {"days": [], "models": []}


@pytest.mark.parametrize("days", ["0", "-1", "x", "99999"])
def test_a_number_of_days_that_is_none_is_refused(days: str, home: Path, capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        main(["stats", f"--days={days}"])
    assert "must be a number from 1 to 3650" in capsys.readouterr().err


def test_a_question_that_was_never_sent_is_not_counted(
    home: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACEDATACLOUD_API_TOKEN", "x" * 32)
    # Nobody listens there.
    monkeypatch.setenv("ACEDATACLOUD_API_BASE_URL", "http://127.0.0.1:9")
    assert main(["ask", "Why?"]) != COMPLETE
    capsys.readouterr()
    assert main(["stats"]) == COMPLETE
    assert capsys.readouterr().out == "Nothing was asked in 30 days.\n"
