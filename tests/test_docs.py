"""The manual says what the program does."""

import argparse
import re
from dataclasses import fields
from pathlib import Path

from acechat.cli.dispatch import parser_of_all
from acechat.commands import COMMANDS
from acechat.key_names import key_label
from acechat.settings import Settings

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
