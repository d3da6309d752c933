"""What is said of other programs is what was measured, and what did not happen is said too."""

from pathlib import Path

import pytest

from bench.peers import installing
from bench.peers.__main__ import markdown, table
from bench.peers.installing import NotInstalled, installed, version_of
from bench.peers.measuring import ROWS, Numbers
from bench.peers.programs import PEERS


def test_every_other_program_is_pinned_with_all_it_needs() -> None:
    for peer in PEERS[1:]:
        assert version_of(peer.name, peer.distribution)
        lines = (installing.PINS / f"{peer.name}.txt").read_text().splitlines()
        assert all("==" in line for line in lines)


def test_the_table_says_what_did_not_happen() -> None:
    fast: Numbers = {row.name: 2.0 for row in ROWS}
    slow: Numbers = {name: value for name, value in fast.items() if not name.endswith("8000")}
    results = {"acechat": [fast, fast, fast], "elia": [slow, fast, slow]}
    lines = markdown(results)
    assert lines[0].startswith("| | acechat | elia 1.")
    assert "| start to usable prompt | 2.00 s | 2.00 s |" in lines
    assert "| 8,000 tokens at 500/s: CPU | 2.00 s | not in 60 s |" in lines
    assert table(results)[-1].split()[-3:] == ["2", "ms", "–"]


def test_what_pip_says_last_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "PINS", tmp_path)
    monkeypatch.setattr(installing, "ENVIRONMENTS", installing.TESTS.parent / ".venv-peers-test")
    (tmp_path / "nothing.txt").write_text("not a requirement\n")

    def refused(*command: str) -> None:
        raise NotInstalled("no matching distribution")

    monkeypatch.setattr(installing, "_run", refused)
    with pytest.raises(NotInstalled, match="no matching distribution"):
        installed("nothing")
