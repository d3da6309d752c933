"""How keys are written for users: the same in the help, in the footer and beside the prompt."""

import pytest

from acechat.commands import BY_ID, COMMANDS, keys_of
from acechat.key_names import key_label


@pytest.mark.parametrize(
    ("keys", "label"),
    [
        ("ctrl+n", "^n"),
        ("escape", "esc"),
        ("enter", "⏎"),
        ("slash", "/"),
        ("f4,ctrl+o", "F4"),
        ("G,end", "G"),
        ("k", "k"),
        ("end", "end"),
        ("f", "f"),
        ("pageup", "pgup"),
        ("shift+enter", "shift+⏎"),
        ("ctrl+shift+f5", "^shift+F5"),
        ("question_mark", "?"),
        ("left_square_bracket", "["),
        ("space", "space"),
        ("tab", "tab"),
        (" up , k", "↑"),
        ("", ""),
    ],
)
def test_a_key_is_written_as_users_write_it(keys: str, label: str) -> None:
    assert key_label(keys) == label


def test_every_command_with_a_key_has_a_short_label() -> None:
    for command in COMMANDS:
        if command.keys:
            assert 0 < len(key_label(command.keys)) <= 9


def test_the_users_keys_take_the_place_of_the_defaults() -> None:
    command = BY_ID["chat.new"]
    assert keys_of(command, {}) == command.keys
    assert keys_of(command, {"chat.new": "ctrl+t"}) == "ctrl+t"
    assert keys_of(command, {"app.quit": "ctrl+t"}) == command.keys
