"""The manual says what the program does."""

import argparse
import re
from dataclasses import fields
from pathlib import Path

from acechat.cli.dispatch import parser_of_all
from acechat.commands import COMMANDS
from acechat.key_names import key_label
from acechat.settings import Settings
from bench.__main__ import SECTION as BENCH_SECTION
from bench.peers.__main__ import SECTION as PEERS_SECTION
from bench.peers.installing import version_of
from bench.peers.measuring import ROWS as PEER_ROWS
from bench.peers.programs import PEERS
from bench.rows import ROWS

DOCS = Path(__file__).parent.parent / "docs"


def test_the_page_of_keys_names_every_command_with_its_keys() -> None:
    rows = (DOCS / "keys.md").read_text(encoding="utf-8").splitlines()
    for command in COMMANDS:
        row = next((row for row in rows if f"`{command.id}` |" in row), "")
        assert command.title in row, command.id
        for key in filter(None, command.keys.split(",")):
            assert f"`{key_label(key)}`" in row, command.id


def test_the_page_of_the_command_line_names_every_command_with_its_options() -> None:
    page = " ".join((DOCS / "command-line.md").read_text(encoding="utf-8").split())
    (commands,) = (
        action
        for action in parser_of_all()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    for name, parser in commands.choices.items():
        assert f"acechat {name}" in page
        for action in parser._actions:
            names = [re.escape(option) for option in action.option_strings]
            if names and action.dest != "help":
                assert re.search(rf"(?<![\w-])({'|'.join(names)})(?![\w-])", page), (name, names)


def test_the_page_of_settings_names_every_setting() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    for field in fields(Settings):
        assert f"| `{field.name}` |" in text


def test_the_first_page_names_every_page() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    for page in DOCS.glob("*.md"):
        if page.name != "index.md":
            title = page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
            assert f"*{title}*" in index


def test_every_test_that_the_page_of_promises_names_is_there() -> None:
    rows = (DOCS / "reliability.md").read_text(encoding="utf-8").splitlines()
    table = [row for row in rows if row.startswith("| ") and "---" not in row]
    named = 0
    for row in table:
        tests = re.findall(r"`([a-z_/]+\.py)::(test_\w+)`", row)
        assert tests or "shown by" in row, f"nothing shows: {row}"
        for file, test in tests:
            text = (Path(__file__).parent / file).read_text(encoding="utf-8")
            assert f"def {test}(" in text, f"{file}::{test}"
            named += 1
    assert named > 50


def section(page: Path, heading: str) -> list[str]:
    """Return the lines of the table under a heading."""
    _, _, text = page.read_text(encoding="utf-8").partition(f"## {heading}\n")
    return [line for line in text.partition("\n## ")[0].splitlines() if line.startswith("| ")]


def test_the_page_of_speed_has_every_row_that_is_measured_with_what_is_promised() -> None:
    table = section(DOCS / "performance.md", BENCH_SECTION)
    assert len(table) == len(ROWS) + 2
    for row, line in zip(ROWS, table[2:], strict=True):
        title, _, _, limit, verdict = (cell.strip() for cell in line.strip("|").split("|"))
        assert title == (f"{row.title}, to {row.reference}" if row.reference else row.title)
        assert (float(limit.split()[0]), limit.split()[1]) == (row.limit, row.unit)
        assert verdict in {"met", "**missed**"}


def test_the_first_table_beside_other_programs_is_that_of_the_page_of_speed() -> None:
    table = section(DOCS / "performance.md", PEERS_SECTION)
    assert [line.split("|")[1].strip() for line in table[2:]] == [row.title for row in PEER_ROWS]
    for peer in PEERS:
        version = f" {version_of(peer.name, peer.distribution)}" if peer.distribution else ""
        assert f" {peer.name}{version} " in table[0]
    assert section(DOCS.parent / "README.md", PEERS_SECTION) == table
