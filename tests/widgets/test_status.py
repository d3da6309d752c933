"""The status line: hints that fit the focus, and what goes on."""

import pytest

from acechat.bindings import keymap_of
from acechat.widgets.status import StatusLine, hints_for, narrowed
from widgets.widget_host import hosted


async def test_hints_of_the_prompt() -> None:
    async with hosted(status := StatusLine(), size=(120, 5)) as (host, _pilot):
        (line,) = host.rows(status)
        assert line == ("⏎ send  ^j newline  ^n new  F4 model  F2 settings  ^p commands  F1 help")


async def test_while_busy_stopping_comes_first_and_enter_queues() -> None:
    async with hosted(status := StatusLine(), size=(120, 5)) as (host, pilot):
        status.show_hints("prompt", True)
        status.set_activity("receiving · 1.4 s")
        await pilot.pause()
        (line,) = host.rows(status)
        assert line.startswith("esc stop  ⏎ queue  ^j newline")
        assert "send" not in line
        assert line.endswith("  receiving · 1.4 s")


@pytest.mark.parametrize(
    ("place", "first"),
    [
        ("sidebar", "⏎ open  space choose"),
        ("transcript", "↑↓"),
        ("filter", "⏎ open  ↓ to the list  esc show all  ^n new"),
        ("find", "⏎ to the text  ↓ next place  ↑ place before  esc close  ^n new"),
        ("questions", "⏎ send  ↓ next question  ^n new"),
    ],
)
async def test_hints_follow_the_focus(place: str, first: str) -> None:
    async with hosted(status := StatusLine(), size=(120, 5)) as (host, pilot):
        status.show_hints(place, False)  # type: ignore[arg-type]
        await pilot.pause()
        assert host.rows(status)[0].startswith(first)


async def test_a_narrow_line_keeps_four_hints() -> None:
    async with hosted(status := StatusLine(), size=(80, 5)) as (host, _pilot):
        assert host.rows(status) == ["⏎ send  ^j newline  ^n new  F1 help"]


async def test_hints_give_way_to_the_activity_and_the_help_stays() -> None:
    async with hosted(status := StatusLine(), size=(50, 5)) as (host, pilot):
        status.set_activity("waiting 31 s · esc stops")
        await pilot.pause()
        (line,) = host.rows(status)
        assert line.endswith("waiting 31 s · esc stops")
        assert line.startswith("⏎ send  F1 help")


async def test_one_hint_is_left_when_the_activity_is_long() -> None:
    async with hosted(status := StatusLine(), size=(40, 5)) as (host, pilot):
        status.set_activity("this goes on and on and on and on and on and on")
        await pilot.pause()
        (line,) = host.rows(status)
        assert line.startswith("F1 help  this goes on")
        assert line.endswith("…")


async def test_hints_show_the_keys_of_the_user() -> None:
    async with hosted(status := StatusLine(), size=(120, 5)) as (host, pilot):
        status.keys = keymap_of("ctrl+j", {"app.help": "ctrl+t"})
        await pilot.pause()
        (line,) = host.rows(status)
        assert line.startswith("^j send  ⏎ newline")
        assert line.endswith("^t help")


async def test_the_activity_can_be_cleared_and_is_inert() -> None:
    async with hosted(status := StatusLine(), size=(120, 5)) as (host, pilot):
        status.set_activity("[/x]\x1b[2J")
        await pilot.pause()
        assert host.rows(status)[0].endswith("[/x]␛[2J")
        status.set_activity("")
        await pilot.pause()
        assert host.rows(status)[0].endswith("F1 help")


async def test_a_hint_can_be_clicked() -> None:
    async with hosted(status := StatusLine(), size=(120, 5)) as (host, pilot):
        # Behind the rule above and a column of padding.
        await pilot.click(status, offset=(1, 1))
        await pilot.click(status, offset=(10, 1))
        await pilot.click(status, offset=(118, 1))
        assert [message.key for message in host.said(StatusLine.Pressed)] == ["enter", "ctrl+j"]


def test_a_command_without_a_key_is_no_hint() -> None:
    shown = {hint.command_id for hint in hints_for("prompt", {"app.settings": ""}, busy=False)}
    assert "app.settings" not in shown
    assert "app.help" in shown


def test_narrowing_keeps_the_first_and_the_help() -> None:
    hints = hints_for("sidebar", {}, busy=False)
    kept = [hint.words for hint in narrowed(hints, 3)]
    assert kept == ["open", "choose", "help"]
