"""The keys of the table of commands, as Textual gets them."""

from textual.binding import Binding

from acechat.bindings import bindings_for, keymap_of
from acechat.commands import COMMANDS


def test_every_command_is_bound_under_its_id_so_that_it_can_be_given_a_key() -> None:
    places = ("anywhere", "prompt", "transcript", "compare", "sidebar")
    bound = [binding for place in places for binding in bindings_for(place)]
    assert all(isinstance(binding, Binding) and not binding.show for binding in bound)
    ids = {binding.id for binding in bound if isinstance(binding, Binding)}
    assert ids == {command.id for command in COMMANDS}


def test_a_prefix_narrows() -> None:
    some = bindings_for("anywhere", prefix="app.")
    assert some
    assert all(isinstance(each, Binding) and (each.id or "").startswith("app.") for each in some)


def test_the_keymap_is_the_users_keys() -> None:
    assert keymap_of("enter", {"app.help": "f12"}) == {"app.help": "f12"}


def test_the_other_send_key_swaps_the_two() -> None:
    keys = keymap_of("ctrl+j", {})
    assert keys["chat.send"] == "ctrl+j"
    assert keys["chat.newline"].split(",")[0] == "enter"


def test_the_users_own_key_for_sending_wins_over_the_swap() -> None:
    assert keymap_of("ctrl+j", {"chat.send": "f12"})["chat.send"] == "f12"
