"""The prompt: keys in, messages out."""

import time

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Static

from acechat.bindings import keymap_of
from acechat.slash import SLASH_COMMANDS
from acechat.widgets.pastes import Burst, Pastes, size_label
from acechat.widgets.prompt import PLACEHOLDER, Prompt
from acechat.widgets.suggestions import Suggestions
from widgets.widget_host import Host, hosted

LONG = "\n".join(f"line {number}" for number in range(812))


class Above(Static):
    """What lies above the prompt."""

    def on_mount(self) -> None:
        self.styles.height = "1fr"


def texts(host: Host) -> list[str]:
    return [message.text for message in host.said(Prompt.Submitted)]


async def paste(host: Host, pilot: Pilot[None], text: str) -> None:
    host.post_message(events.Paste(text))
    await pilot.pause()


def burst(host: Host, *keys: tuple[str, str | None]) -> None:
    """Send keys as a terminal does that pastes them: all within a millisecond."""
    at = time.monotonic()
    for number, (name, character) in enumerate(keys):
        event = events.Key(name, character)
        event.time = at + number * 0.0001
        host.post_message(event)


async def test_enter_sends_and_keeps_the_text_until_it_is_taken() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        await pilot.press(*"hello", "enter")
        assert texts(host) == ["hello"]
        assert prompt.text == "hello"
        prompt.clear()
        await pilot.pause()
        assert prompt.text == ""
        await pilot.press("ctrl+z")
        assert prompt.text == "hello"


async def test_two_presses_of_enter_are_one_question() -> None:
    async with hosted(Prompt()) as (host, pilot):
        await pilot.press(*"hello", "enter", "enter", "enter")
        assert texts(host) == ["hello"]


async def test_a_changed_text_may_follow_at_once() -> None:
    async with hosted(Prompt()) as (host, pilot):
        await pilot.press(*"hello", "enter", "!", "enter")
        assert texts(host) == ["hello", "hello!"]


async def test_after_an_answer_the_same_question_may_be_asked_again() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        await pilot.press(*"again", "enter")
        prompt.busy = True
        prompt.clear()
        prompt.busy = False
        await pilot.press(*"again", "enter")
        assert texts(host) == ["again", "again"]


async def test_enter_takes_what_was_typed_just_before_it() -> None:
    async with hosted(Prompt()) as (host, pilot):
        at = time.monotonic()
        for number, name in enumerate(("h", "i", "enter")):
            event = events.Key(name, name if len(name) == 1 else "\r")
            event.time = at + number * 0.03
            host.post_message(event)
        await pilot.pause()
        assert texts(host) == ["hi"]


@pytest.mark.parametrize("key", ["ctrl+j", "shift+enter", "alt+enter"])
async def test_new_lines(key: str) -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        await pilot.press("a", key, "b")
        assert prompt.text == "a\nb"
        assert not texts(host)


async def test_send_key_setting_swaps_enter_and_ctrl_j() -> None:
    async with hosted(prompt := Prompt(), keys=keymap_of("ctrl+j", {})) as (host, pilot):
        await pilot.press("a", "enter", "b")
        assert prompt.text == "a\nb"
        await pilot.press("ctrl+j")
        assert texts(host) == ["a\nb"]


async def test_the_user_can_give_sending_another_key() -> None:
    keys = keymap_of("enter", {"chat.send": "f12", "chat.newline": "enter"})
    async with hosted(prompt := Prompt(), keys=keys) as (host, pilot):
        await pilot.press("a", "enter", "b", "f12")
        assert prompt.text == "a\nb"
        assert texts(host) == ["a\nb"]


@pytest.mark.parametrize("text", ["", "  ", "\n\n"])
async def test_nothing_is_not_sent(text: str) -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        prompt.load(text)
        await pilot.press("enter")
        assert not host.heard


async def test_while_busy_a_question_is_handed_on_once_and_stays_until_it_is_taken() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        prompt.busy = True
        await pilot.press(*"next", "enter", "enter")
        assert texts(host) == ["next"]
        assert prompt.text == "next"


async def test_up_takes_a_queued_question_back_only_into_an_empty_prompt() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        prompt.set_history(["earlier"])
        prompt.has_queue = True
        await pilot.press("up")
        assert (len(host.said(Prompt.TakenBack)), prompt.text) == (1, "")
        await pilot.press("x", "up")
        assert (len(host.said(Prompt.TakenBack)), prompt.text) == (1, "earlier")


async def test_commands_work_while_busy() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        prompt.busy = True
        await pilot.press(*"/help", "enter")
        assert [message.name for message in host.said(Prompt.CommandEntered)] == ["help"]


async def test_tab_leaves_the_prompt() -> None:
    async with hosted(prompt := Prompt(), Input(id="other")) as (host, pilot):
        await pilot.press("a", "tab")
        assert prompt.text == "a"
        assert host.focused is not None
        assert host.focused.id == "other"


async def test_it_grows_from_one_to_ten_lines() -> None:
    async with hosted(prompt := Prompt(), size=(60, 30)) as (_host, pilot):
        assert prompt.content_size.height == 1
        await pilot.press("a", *["ctrl+j"] * 4)
        assert prompt.content_size.height == 5
        await pilot.press(*["ctrl+j"] * 12)
        assert prompt.content_size.height == 10


async def test_an_empty_prompt_says_what_it_takes() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        assert host.rows(prompt) == [f"> {PLACEHOLDER}"]
        await pilot.press(*"hi")
        assert host.rows(prompt)[0] == "> hi"


async def test_a_click_puts_the_cursor_where_it_points() -> None:
    async with hosted(prompt := Prompt()) as (_host, pilot):
        await pilot.press(*"hello")
        # One column of padding, two of the sign, then the text.
        await pilot.click(prompt, offset=(5, 1))
        await pilot.press("X")
        assert prompt.text == "heXllo"


async def test_wide_characters_are_kept_and_the_terminal_cursor_follows_them() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        await pilot.press("杭", "州")
        assert prompt.text == "杭州"
        # An input method puts its candidates where the terminal's own cursor is.
        assert host.cursor_position.x == prompt.content_region.x + 2 + 4


# Pastes.


async def test_a_small_paste_is_text() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        await paste(host, pilot, "one\r\ntwo\rthree")
        assert prompt.text == "one\ntwo\nthree"


async def test_a_large_paste_is_a_chip_that_is_sent_in_full() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        await pilot.press(*"see ")
        await paste(host, pilot, LONG)
        assert prompt.text == f"see [{size_label(len(LONG))} pasted, 812 lines]"
        assert prompt.draft == f"see {LONG}"
        await pilot.pause(0.2)
        await pilot.press("enter")
        assert texts(host) == [f"see {LONG}"]


async def test_a_megabyte_is_pasted_without_lag() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        text = "x" * (1024 * 1024)
        began = time.perf_counter()
        await paste(host, pilot, text)
        await pilot.press("!")
        assert prompt.text == "[1.0 MB pasted, 1 line]!"
        assert prompt.draft == f"{text}!"
        assert time.perf_counter() - began < 1.5


async def test_a_paste_cannot_act_on_the_terminal() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        await paste(host, pilot, "a\x1b]52;c;aGk=\x07b\x9b31mc\u202ed")
        assert not set(prompt.text) & set("\x1b\x07\x9b\u202e")
        await paste(host, pilot, "\x1b[31m" * 2000)
        assert "\x1b" not in prompt.draft


async def test_different_pastes_of_one_size_are_told_apart() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        first, second = "a" * 5000, "b" * 5000
        await paste(host, pilot, first)
        await paste(host, pilot, second)
        assert prompt.draft == first + second
        assert prompt.text == "[4.9 KB pasted, 1 line][4.9 KB pasted, 1 line, no. 2]"


async def test_a_chip_is_deleted_as_one() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        await paste(host, pilot, LONG)
        await pilot.press("backspace")
        assert prompt.text == ""
        await paste(host, pilot, LONG)
        await pilot.press("home", "delete")
        assert prompt.text == ""
        await pilot.press("ctrl+z")
        assert prompt.draft == LONG


async def test_a_chip_is_copied_and_cut_in_full() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        await paste(host, pilot, LONG)
        await pilot.press("shift+home")
        assert prompt.selected_text == LONG
        await pilot.press("super+c")
        assert host.copied == [LONG]
        await pilot.press("ctrl+x")
        assert host.copied == [LONG, LONG]
        assert prompt.text == ""


async def test_a_draft_with_a_paste_comes_back_as_it_was() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        await pilot.press(*"see ")
        await paste(host, pilot, LONG)
        shown, draft = prompt.text, prompt.draft
        prompt.load("another")
        prompt.load(draft)
        assert (prompt.text, prompt.draft) == (shown, draft)


async def test_a_huge_draft_of_another_day_is_a_chip() -> None:
    async with hosted(prompt := Prompt()) as (_host, _pilot):
        prompt.load("y" * 300_000)
        assert prompt.text == "[293.0 KB pasted, 1 line]"
        assert prompt.draft == "y" * 300_000


async def test_enter_inside_a_paste_that_arrives_as_keys_does_not_send() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        burst(host, ("l", "l"), ("s", "s"), ("a", "a"), ("enter", "\r"), ("b", "b"))
        await pilot.pause()
        assert not texts(host)
        assert prompt.text == "lsa\nb"


async def test_enter_behind_the_escape_of_a_split_paste_does_not_send() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        # The terminal driver hands on the pieces as keys, then the rest as a paste.
        burst(host, ("circumflex_accent", "^"), ("enter", "\r"))
        await paste(host, pilot, "rest")
        assert not texts(host)
        assert prompt.text == "^\nrest"


async def test_enter_right_after_a_paste_does_not_send() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        pasted, enter = events.Paste("text"), events.Key("enter", "\r")
        enter.time = pasted.time + 0.02
        host.post_message(pasted)
        host.post_message(enter)
        await pilot.pause()
        assert not texts(host)
        assert prompt.text == "text\n"


def test_typing_is_no_burst() -> None:
    burst = Burst()
    assert not any(burst.key(number * 0.03, "x") for number in range(50))
    assert not burst.key(3.0, "h")
    assert not burst.key(3.002, "i")
    # Two letters and Enter can share a packet of a slow connection.
    assert not burst.key(3.004, "enter")


def test_pastes_that_are_not_in_use_are_forgotten_at_last() -> None:
    pastes = Pastes()
    kept = pastes.fold("k" * 5000)
    others = [pastes.fold("x" * (6000 + number * 2000)) for number in range(100)]
    pastes.forget(kept)
    assert pastes.expand(kept) == "k" * 5000
    assert pastes.expand(others[0]) == others[0]
    assert pastes.expand(others[-1]) == "x" * 204_000


@pytest.mark.parametrize(
    ("count", "label"),
    [(812, "812 B"), (1024, "1.0 KB"), (4300, "4.2 KB"), (1024 * 1024, "1.0 MB")],
)
def test_sizes(count: int, label: str) -> None:
    assert size_label(count) == label


# Earlier questions.


async def test_up_and_down_walk_through_earlier_questions_and_keep_the_draft() -> None:
    async with hosted(prompt := Prompt()) as (_host, pilot):
        prompt.set_history(["first", "second\nwith two lines"])
        await pilot.press(*"draft", "up")
        assert prompt.text == "second\nwith two lines"
        await pilot.press("up")
        assert prompt.text == "first"
        await pilot.press("up")
        assert prompt.text == "first"
        await pilot.press("down")
        assert prompt.text == "second\nwith two lines"
        await pilot.press("down")
        assert prompt.text == "draft"
        await pilot.press("down")
        assert prompt.text == "draft"


async def test_what_was_changed_on_the_way_is_kept() -> None:
    async with hosted(prompt := Prompt()) as (_host, pilot):
        prompt.set_history(["first"])
        await pilot.press("up", "!", "down", "a", "up")
        assert prompt.text == "first!"
        await pilot.press("down")
        assert prompt.text == "a"


async def test_up_moves_within_a_text_of_several_lines() -> None:
    async with hosted(prompt := Prompt()) as (_host, pilot):
        prompt.set_history(["first"])
        await pilot.press("a", "ctrl+j", "b", "up")
        assert prompt.text == "a\nb"
        assert prompt.cursor_location == (0, 1)
        await pilot.press("up")
        assert prompt.text == "first"


# Drafts.


async def test_a_draft_is_handed_on_once_typing_rests() -> None:
    async with hosted(Prompt()) as (host, pilot):
        await pilot.press(*"abc")
        assert not host.said(Prompt.DraftChanged)
        await pilot.pause(0.7)
        assert [message.text for message in host.said(Prompt.DraftChanged)] == ["abc"]


async def test_what_the_screen_puts_in_is_no_new_draft() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        await pilot.press(*"abc")
        prompt.load("other")
        await pilot.pause(0.7)
        prompt.clear()
        await pilot.pause(0.7)
        assert not host.said(Prompt.DraftChanged)


async def test_a_draft_that_was_emptied_is_handed_on() -> None:
    async with hosted(prompt := Prompt()) as (host, pilot):
        prompt.load("old")
        await pilot.press("ctrl+u")
        await pilot.pause(0.7)
        assert [message.text for message in host.said(Prompt.DraftChanged)] == [""]


# Commands.


async def test_a_command_is_called_and_leaves_an_empty_prompt() -> None:
    async with hosted(Above(), prompt := Prompt()) as (host, pilot):
        await pilot.press(*"/model gpt-5.1", "enter")
        (call,) = host.said(Prompt.CommandEntered)
        assert (call.name, call.argument) == ("model", "gpt-5.1")
        assert prompt.text == ""
        assert not texts(host)


async def test_an_unknown_command_is_refused_and_kept() -> None:
    async with hosted(Above(), prompt := Prompt()) as (host, pilot):
        await pilot.press(*"/foo", "enter")
        (refusal,) = host.said(Prompt.Refused)
        assert "/foo" in refusal.reason
        assert prompt.text == "/foo"
        assert not host.said(Prompt.CommandEntered)


async def test_two_slashes_send_one() -> None:
    async with hosted(Above(), Prompt()) as (host, pilot):
        await pilot.press(*"//new", "enter")
        assert texts(host) == ["/new"]


async def test_slash_lists_the_commands_above_the_prompt() -> None:
    async with hosted(Above(), prompt := Prompt()) as (host, pilot):
        await pilot.press("/")
        suggestions = host.query_one(Suggestions)
        assert suggestions.display
        assert host.rows(suggestions)[0].split() == ["/new", "QUESTION", "new", "conversation"]
        assert suggestions.region.width == host.size.width
        assert host.focused is prompt


async def test_the_list_lies_right_above_the_rule_and_moves_nothing() -> None:
    async with hosted(Above(), prompt := Prompt()) as (host, pilot):
        before = prompt.region
        await pilot.press("/")
        assert prompt.region == before
        assert host.query_one(Suggestions).region.bottom == before.y


async def test_the_list_is_no_higher_than_the_room_above() -> None:
    async with hosted(Above(), Prompt(), size=(60, 5)) as (host, pilot):
        await pilot.press("/")
        suggestions = host.query_one(Suggestions)
        assert suggestions.region.y == 0
        assert suggestions.region.height == 3


async def test_typing_narrows_the_list_and_a_space_closes_it() -> None:
    async with hosted(Above(), Prompt()) as (host, pilot):
        await pilot.press(*"/re")
        suggestions = host.query_one(Suggestions)
        names = [row.split()[0] for row in host.rows(suggestions)]
        assert names == ["/ref", "/refs", "/rename"]
        await pilot.press("f", "space")
        assert not suggestions.display


async def test_tab_completes_a_command_that_takes_an_argument() -> None:
    async with hosted(Above(), prompt := Prompt()) as (host, pilot):
        await pilot.press(*"/mo", "tab")
        assert prompt.text == "/model "
        await pilot.press(*"o3", "enter")
        (call,) = host.said(Prompt.CommandEntered)
        assert (call.name, call.argument) == ("model", "o3")


async def test_enter_completes_and_calls_a_command_that_stands_alone() -> None:
    async with hosted(Above(), Prompt()) as (host, pilot):
        await pilot.press(*"/he", "enter")
        assert [message.name for message in host.said(Prompt.CommandEntered)] == ["help"]


async def test_enter_completes_a_command_that_takes_an_argument_first() -> None:
    async with hosted(Above(), prompt := Prompt()) as (host, pilot):
        await pilot.press(*"/mod", "enter")
        assert prompt.text == "/model "
        assert not host.said(Prompt.CommandEntered)
        await pilot.press("enter")
        (call,) = host.said(Prompt.CommandEntered)
        assert (call.name, call.argument) == ("model", "")


async def test_up_and_down_choose_and_escape_closes() -> None:
    async with hosted(Above(), prompt := Prompt()) as (host, pilot):
        prompt.set_history(["earlier"])
        await pilot.press("/", "down", "down", "tab")
        assert prompt.text.strip() == f"/{SLASH_COMMANDS[2].name}"
        prompt.load("")
        await pilot.press("/", "escape")
        assert not host.query_one(Suggestions).display
        assert prompt.text == "/"
        await pilot.press("n")
        assert host.query_one(Suggestions).display


async def test_a_suggestion_can_be_clicked() -> None:
    async with hosted(Above(), prompt := Prompt()) as (host, pilot):
        await pilot.press("/")
        await pilot.click(Suggestions, offset=(5, 1))
        assert prompt.text.strip() == f"/{SLASH_COMMANDS[1].name}"
        assert host.focused is prompt


async def test_arguments_are_suggested_once_something_is_typed() -> None:
    async with hosted(Above(), prompt := Prompt()) as (host, pilot):
        prompt.set_arguments({"model": ["gpt-5.1", "grok-3", "o3"]})
        await pilot.press(*"/model ")
        assert not host.query_one(Suggestions).display
        await pilot.press("g")
        suggestions = host.query_one(Suggestions)
        assert [row.strip() for row in host.rows(suggestions)] == ["gpt-5.1", "grok-3"]
        await pilot.press("down", "enter")
        (call,) = host.said(Prompt.CommandEntered)
        assert (call.name, call.argument) == ("model", "grok-3")


async def test_hostile_arguments_are_inert() -> None:
    async with hosted(Above(), prompt := Prompt()) as (host, pilot):
        prompt.set_arguments({"preset": ["x[/x]", "x[@click=app.quit]", "x\x1b]52;c;aGk=\x07"]})
        await pilot.press(*"/preset x")
        rows = [row.strip() for row in host.rows(host.query_one(Suggestions))]
        assert rows[:2] == ["x[/x]", "x[@click=app.quit]"]
        assert "\x1b" not in "".join(rows)
        await pilot.hover(Suggestions, offset=(5, 1))


async def test_commands_keep_their_keys_while_the_prompt_has_the_focus() -> None:
    taken = {"f6", "f7", "ctrl+y", "ctrl+g", "ctrl+o", "ctrl+n", "ctrl+b", "ctrl+p", "pageup"}
    async with hosted(Above(), prompt := Prompt()) as (host, _pilot):
        mine = {key for key, active in host.screen.active_bindings.items() if active.node is prompt}
        assert not taken & mine


FIFTEEN = "\n".join(f"line {number}" for number in range(15))
"""More than the prompt shows at once, and not enough to become a chip."""


@pytest.mark.parametrize(
    "keys",
    [
        ("ctrl+z",),
        ("ctrl+z", "ctrl+shift+z", "ctrl+z"),
        (*["shift+up"] * 14, "shift+home", "delete"),
        (*["shift+up"] * 14, "shift+home", "x", "ctrl+z", "ctrl+z"),
    ],
    ids=["undone", "done again", "deleted", "typed over"],
)
async def test_many_lines_can_be_taken_away_at_once(keys: tuple[str, ...]) -> None:
    async with hosted(Above(), prompt := Prompt()) as (host, pilot):
        prompt.focus()
        await paste(host, pilot, FIFTEEN)
        assert prompt.text == FIFTEEN
        assert prompt.show_vertical_scrollbar
        await pilot.press(*keys)
        assert prompt.text == ""
        await pilot.press("a")
        assert prompt.text == "a"


async def test_a_question_of_many_lines_leaves_the_prompt() -> None:
    async with hosted(Above(), prompt := Prompt()) as (host, pilot):
        prompt.focus()
        await paste(host, pilot, FIFTEEN)
        prompt.clear()
        await pilot.pause()
        assert prompt.text == ""
