"""A conversation as it grows: streaming, following, the keyboard, what is copied."""

import re
import time
from dataclasses import replace

import pytest
from textual.geometry import Region
from textual.screen import ModalScreen

from acechat import clock
from acechat.models import Countdown, Failure, Phase, Status, Turn
from acechat.widgets.entry_view import NEW_TEXT
from acechat.widgets.transcript import PAINT_SECONDS
from widgets.transcript_host import (
    PROSE,
    RICH,
    Reader,
    answer,
    question,
    reading,
    talk,
    turn_of,
)

LONG = "\n\n".join(f"Paragraph {number}. {PROSE}" for number in range(40))


def ended(turn: Turn, text: str, status: Status = Status.COMPLETE) -> None:
    """Let the turn be over, as the service does."""
    turn.answer = replace(turn.answer, text=text, status=status, seconds=3.2)


def ticking(reader: Reader) -> int:
    """How many timers of the transcript are running."""
    return sum(1 for timer in reader.view._timers if timer._task and not timer._task.done())


# Streaming.


async def test_the_first_words_are_painted_at_once() -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn) as reader:
        reader.view.extend("a0", "Hello")
        assert reader.view._rows[2].strip.text.rstrip() == "   Hello▍"
        await reader.sees("   Hello▍")


async def test_many_words_are_painted_twenty_times_a_second_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn) as reader:
        painted = 0
        redraw = reader.view._redraw

        def counted() -> None:
            nonlocal painted
            painted += 1
            redraw()

        monkeypatch.setattr(reader.view, "_redraw", counted)
        began = time.monotonic()
        for number in range(60):
            for word in range(5):
                reader.view.extend("a0", f"word{number}.{word} ")
            await reader.pilot.pause(0.005)
        took = time.monotonic() - began
        await reader.sees("word59.4")
        # The label may count on once a second beside that.
        assert painted <= took / PAINT_SECONDS + took + 4
        assert painted >= 3


async def test_a_burst_costs_two_paints() -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn) as reader:
        renders = reader.view._entries[-1].document
        for number in range(3000):
            reader.view.extend("a0", f"w{number} ")
        assert renders.renders <= 2
        await reader.sees("w2999▍")


async def test_what_is_closed_is_never_drawn_again() -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn, size=(80, 60)) as reader:
        document = reader.view._entries[-1].document
        reader.view.extend("a0", "\n\n".join([RICH] * 3) + "\n\n")
        await reader.settled()
        for word in range(30):
            await reader.pilot.pause(0.001)
            before = document.renders
            reader.view.extend("a0", f"word{word} ")
            reader.view._paint()
            assert document.renders - before <= 1


async def test_growing_text_repaints_its_own_rows_only(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn) as reader:
        # Its label counts no seconds, however long this takes.
        monkeypatch.setattr(clock, "now", lambda: turn.started_at)
        reader.view.extend("a0", "First paragraph.\n\nThe second")
        await reader.settled()
        rows: list[int] = []

        def refresh(*regions: Region) -> None:
            rows.extend(region.height for region in regions)

        monkeypatch.setattr(reader.view, "refresh", refresh)
        reader.view.extend("a0", " grows")
        reader.view._paint()
        assert rows == [1]
        reader.view.count_on()
        assert rows == [1]


async def test_the_mark_at_the_end_of_the_text() -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn) as reader:
        assert "▍" not in reader.text
        for text, row in (
            ("Some *words*", "   Some words▍"),
            ("\n\n- an item", "   • an item▍"),
            ("\n\n他们", "   他们▍"),
        ):
            reader.view.extend("a0", text)
            await reader.sees(row)
        reader.view.extend("a0", "\n\n```py\nx = 1")
        await reader.sees("x = 1▍")
        ended(turn, "Done.")
        reader.view.finish(turn.answer)
        await reader.sees("   Done.")
        assert "▍" not in reader.text


async def test_waiting_is_counted_from_the_third_second() -> None:
    turn = turn_of(0, phase=Phase.WAITING, waited=1.0)
    async with reading([question(0), turn.answer], turn) as reader:
        seen = ""
        while not (counted := re.search(r"waiting · (\d+) s", reader.text)):
            seen = reader.rows[2]
            await reader.pilot.pause(0.05)
        assert seen in {"", "   gpt-5.1 · waiting"}
        assert int(counted[1]) >= 3
        await reader.until(lambda: counted[0] not in reader.text)


async def test_after_half_a_minute_the_label_says_why() -> None:
    turn = turn_of(0, phase=Phase.WAITING, waited=31)
    async with reading([question(0), turn.answer], turn, size=(90, 20)) as reader:
        await reader.sees("gpt-5.1 · waiting · 3")
        await reader.sees(" s · reasoning models can take minutes · esc stops")


async def test_sending_again_is_counted_down() -> None:
    turn = turn_of(0, phase=Phase.RETRYING)
    async with reading([question(0), turn.answer], turn) as reader:
        turn.countdown = Countdown(clock.now() + 3, Failure("x", "slow down"), 2, 3)
        reader.view.count_on()
        await reader.sees("slow down · trying again in 3 s (2 of 3) · esc stops")
        await reader.sees("trying again in 2 s")
        turn.phase, turn.countdown = Phase.WAITING, None
        reader.view.count_on()
        await reader.sees("gpt-5.1 · waiting")
        assert "again" not in reader.text


async def test_nothing_ticks_when_nothing_happens() -> None:
    turn = turn_of(0)
    async with reading(talk(6)) as reader:
        assert ticking(reader) == 0
        reader.view.add(question(9))
        reader.view.add(turn.answer, turn)
        assert ticking(reader) == 1
        reader.view.extend("a0", "words")
        assert ticking(reader) == 1
        # The pause after a paint ends by itself.
        await reader.until(lambda: reader.view._paint_timer is None)
        reader.view.show(talk(6))
        await reader.until(lambda: ticking(reader) == 0)
        reader.view.show([question(9), turn.answer], turn)
        assert ticking(reader) == 1
        ended(turn, "words")
        reader.view.finish(turn.answer)
        await reader.until(lambda: ticking(reader) == 0)


async def test_the_final_text_takes_the_place_of_what_arrived() -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn) as reader:
        reader.view.extend("a0", "See [it][1], th")
        await reader.sees("th▍")
        ended(turn, "See [it][1], then.\n\n[1]: https://x.org")
        reader.view.finish(turn.answer)
        await reader.sees("   See it[1], then.")
        await reader.sees("gpt-5.1 · 12:04 · 3.2 s")
        assert [link.url for link in await reader.view.links()] == ["https://x.org"]


async def test_a_failed_turn_shows_why() -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn) as reader:
        failure = Failure("used_up", "Your balance is used up.", "trace-1")
        turn.answer = replace(turn.answer, status=Status.FAILED, error=failure)
        reader.view.finish(turn.answer)
        await reader.sees("▌ Your balance is used up.")
        assert "used_up · trace-1" in reader.text


async def test_text_that_is_replaced_leaves_nothing_behind() -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn) as reader:
        reader.view.extend("a0", LONG)
        await reader.settled()
        reader.view.rewrite("a0", "Only this")
        await reader.sees("   Only this▍")
        assert reader.rows[0].startswith(" ▌ question 0")
        assert "Paragraph" not in reader.text


async def test_a_running_answer_is_shown_with_what_has_arrived_before() -> None:
    turn = turn_of(0)
    turn.append("Before, ")
    async with reading([question(0), turn.answer], turn) as reader:
        await reader.sees("Before,▍")
        turn.append("and after")
        reader.view.extend("a0", "and after")
        await reader.sees("   Before, and after▍")
        assert reader.view.current is not None
        assert reader.view.current.source == "Before, and after"


async def test_text_for_a_message_that_is_not_running_is_left_to_the_end() -> None:
    async with reading(talk(4)) as reader:
        reader.view.extend("a1", "late")
        reader.view.extend("unknown", "late")
        reader.view.rewrite("a0", "late")
        reader.view.finish(answer(77, "unknown"))
        reader.view.take_away("unknown")
        await reader.pilot.pause()
        assert "late" not in reader.text


# Following.


async def test_the_end_is_followed_while_it_is_in_view() -> None:
    turn = turn_of(50)
    async with reading([*talk(30), question(50), turn.answer], turn) as reader:
        for number in range(30):
            reader.view.extend("a50", f"Line {number}.\n\n")
            reader.view._paint()
            await reader.pilot.pause()
            assert f"Line {number}." in reader.text
            assert reader.view.scroll_offset.y == reader.view.max_scroll_y
        assert NEW_TEXT.strip() not in reader.text


@pytest.mark.parametrize("how", ["wheel", "page up", "k", "scrollbar"])
async def test_a_reader_who_went_up_is_left_where_they_are(how: str) -> None:
    turn = turn_of(50)
    async with reading([*talk(30), question(50), turn.answer], turn) as reader:
        reader.view.extend("a50", LONG)
        await reader.settled()
        match how:
            case "wheel":
                await reader.wheels(-1, 2)
            case "page up":
                reader.view.page(-1)
            case "k":
                await reader.presses("tab", "k")
            case _:
                await reader.pilot.click(reader.view.vertical_scrollbar, offset=(0, 1))
        await reader.settled()
        assert not reader.view.following
        before = reader.rows
        assert NEW_TEXT.strip() not in reader.text
        for number in range(10):
            reader.view.extend("a50", f"\n\nLine {number}.")
            reader.view._paint()
            await reader.settled()
        assert reader.rows[:-1] == before[:-1]
        assert reader.rows[-1].endswith(NEW_TEXT.rstrip())
        ended(turn, f"{LONG}\n\nAll of it.")
        reader.view.finish(turn.answer)
        await reader.settled()
        assert reader.rows[:-1] == before[:-1]


@pytest.mark.parametrize("how", ["end", "G", "wheel", "page down", "notice", "follow", "j"])
async def test_the_end_is_followed_again(how: str) -> None:
    turn = turn_of(50)
    async with reading([*talk(30), question(50), turn.answer], turn) as reader:
        reader.view.extend("a50", LONG)
        await reader.settled()
        await reader.wheels(-1, 3)
        reader.view.extend("a50", "\n\nMore")
        await reader.sees(NEW_TEXT.rstrip())
        match how:
            case "end" | "G":
                await reader.presses("tab", how)
            case "wheel":
                await reader.wheels(1, 10)
            case "page down":
                reader.view.page(1)
            case "notice":
                await reader.pilot.click(reader.view, offset=(70, reader.view.size.height - 1))
            case "j":
                await reader.presses("tab", "j", "j")
            case _:
                reader.view.follow()
        await reader.settled()
        assert reader.view.following
        assert "More▍" in reader.text
        assert NEW_TEXT.strip() not in reader.text
        reader.view.extend("a50", "\n\nAnd the end")
        await reader.sees("And the end▍")


async def test_scrolling_down_at_the_end_goes_on_following() -> None:
    turn = turn_of(50)
    async with reading([*talk(30), question(50), turn.answer], turn) as reader:
        await reader.wheels(1, 3)
        reader.view.page(1)
        await reader.presses("tab", "down", "down")
        assert reader.view.following
        reader.view.extend("a50", LONG)
        await reader.settled()
        assert reader.view.following
        assert "Paragraph 39." in reader.text


async def test_a_label_that_counts_on_is_no_new_text() -> None:
    turn = turn_of(50, phase=Phase.WAITING, waited=5)
    async with reading([*talk(30), question(50), turn.answer], turn) as reader:
        await reader.wheels(-1, 3)
        reader.view.count_on()
        await reader.pilot.pause()
        assert not reader.view.following
        assert NEW_TEXT.strip() not in reader.text


async def test_what_is_shorter_than_the_view_stands_at_its_top() -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn) as reader:
        assert reader.rows[0].startswith(" ▌ question 0")
        reader.view.extend("a0", "Short.")
        await reader.wheels(-1)
        await reader.wheels(1)
        await reader.sees("Short.")
        assert reader.rows[0].startswith(" ▌ question 0")
        assert reader.view.following
        reader.view.extend("a0", LONG)
        await reader.sees("Paragraph 39.")


async def test_a_new_question_goes_to_the_end() -> None:
    async with reading(talk(60)) as reader:
        await reader.wheels(-1, 5)
        assert not reader.view.following
        reader.view.add(question(70, "What now?"))
        await reader.sees("What now?")
        assert reader.view.following


async def test_another_conversation_is_shown_from_its_end() -> None:
    async with reading(talk(60)) as reader:
        reader.view.page(-1)
        reader.view.show(talk(8, "the other"))
        await reader.settled()
        assert reader.view.following
        assert "the other" in reader.text
        reader.view.show([])
        await reader.pilot.pause()
        assert reader.text.strip() == ""
        assert reader.view.current is None


async def test_text_that_shrinks_under_the_reader_leaves_no_gap() -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn) as reader:
        reader.view.extend("a0", LONG)
        await reader.settled()
        reader.view.page(-1)
        await reader.settled()
        reader.view.rewrite("a0", "Short")
        await reader.sees("Short▍")
        assert reader.rows[0].startswith(" ▌ question 0")
        assert NEW_TEXT.strip() not in reader.text
        reader.view.extend("a0", LONG)
        reader.view.follow()
        await reader.sees("Paragraph 39.")


# The keyboard.


def marked(reader: Reader) -> list[str]:
    """The rows that carry the mark of the keyboard, without it."""
    return [row.removeprefix(" █").strip() for row in reader.rows if row.startswith(" █")]


async def test_the_message_with_the_keyboard_is_marked_only_with_the_focus() -> None:
    async with reading(talk(6)) as reader:
        assert marked(reader) == []
        await reader.presses("tab")
        assert marked(reader) == ["answer 2", "", "gpt-5.1 · 12:04 · 3.2 s"]
        await reader.presses("k")
        (row,) = marked(reader)
        assert row.startswith("question 2")
        # The tint ends with the message: the blank row after it has none.
        y = reader.row_with("question 2")
        tints = [
            {segment.style.bgcolor for segment in strip if segment.style}
            for strip in reader.strips[y - 1 : y + 2]
        ]
        assert tints[0] == tints[2] != tints[1]
        assert all(len(tint) == 1 for tint in tints)
        reader.host.screen.set_focus(None)
        await reader.pilot.pause()
        assert marked(reader) == []
        await reader.presses("tab")
        assert marked(reader)[0].startswith("question 2")


async def test_messages_one_by_one() -> None:
    async with reading(talk(40)) as reader:
        await reader.presses("tab")
        seen: list[str] = []
        for key in ("k", "up", "k", "up"):
            await reader.presses(key)
            seen.append(marked(reader)[0].split("  ")[0])
        assert seen == ["question 19", "answer 18", "question 18", "answer 17"]
        for key in ("j", "down"):
            await reader.presses(key)
            seen.append(marked(reader)[0].split("  ")[0])
        assert seen[4:] == ["question 18", "answer 18"]


async def test_the_whole_way_up_and_down_every_message_is_seen_whole() -> None:
    async with reading(talk(60)) as reader:
        await reader.presses("tab", "g")
        assert reader.rows[0].startswith(" █ question 0")
        for number in range(1, 60):
            await reader.presses("j")
            assert marked(reader)[0].split("  ")[0].endswith(f" {number // 2}")
            assert len(marked(reader)) == (3 if number % 2 else 1)
        assert reader.view.following
        await reader.presses("home")
        assert reader.rows[0].startswith(" █ question 0")
        assert not reader.view.following


async def test_a_message_longer_than_the_view_is_paged_through_first() -> None:
    text = "\n\n".join(f"Paragraph {number}." for number in range(60))
    async with reading([question(0), answer(0, text), *talk(20)]) as reader:
        await reader.presses("tab", "g", "j")
        seen: set[str] = set()
        for _ in range(12):
            seen.update(row.removeprefix(" █").strip() for row in reader.rows)
            if reader.view.focused_message != 1:
                break
            await reader.presses("j")
            await reader.settled()
        assert reader.view.focused_message == 2
        assert {f"Paragraph {number}." for number in range(60)} <= seen
        await reader.presses("k")
        await reader.settled()
        # By its end, coming from below.
        assert "Paragraph 59." in reader.text
        assert reader.view.focused_message == 1
        presses = 0
        while reader.view.focused_message == 1:
            await reader.presses("k")
            await reader.settled()
            presses += 1
            assert presses < 12
        assert reader.rows[0].startswith(" █ question 0")


async def test_a_message_that_turns_out_long_is_shown_by_its_end_from_below() -> None:
    code = "```\n" + "\n".join(f"row {number}" for number in range(150)) + "\n```\n\nThe end."
    wide = "word " * 1000
    async with reading(
        [question(0), answer(0, wide), question(1), answer(1, code), *talk(12)]
    ) as reader:
        await reader.presses("tab", *("k" * 12))
        await reader.settled()
        assert reader.view.focused_message == 3
        assert "The end." in reader.text
        assert "3.2 s" in reader.text
        reader.view.focused_message = 2
        await reader.presses("k")
        await reader.settled()
        assert reader.rows[-2].endswith("3.2 s")


async def test_the_keyboard_goes_on_where_the_reader_has_gone() -> None:
    async with reading(talk(100)) as reader:
        await reader.presses("tab")
        for _ in range(3):
            reader.view.page(-1)
        await reader.settled()
        assert marked(reader) == []
        before = reader.view.scroll_offset.y
        await reader.presses("k")
        assert marked(reader)
        assert reader.view.scroll_offset.y == before


async def test_the_focus_comes_to_what_is_in_view() -> None:
    async with reading(talk(100)) as reader:
        for _ in range(3):
            reader.view.page(-1)
        await reader.settled()
        before = reader.view.scroll_offset.y
        await reader.presses("tab")
        assert marked(reader)
        assert reader.view.scroll_offset.y == before


async def test_a_click_takes_a_message() -> None:
    async with reading(talk(6)) as reader:
        await reader.presses("tab")
        await reader.pilot.click(reader.view, offset=reader.at("answer 1"))
        await reader.pilot.pause()
        assert marked(reader)[0] == "answer 1"
        await reader.drags(reader.at("question 0"), reader.at("answer 0", last=True))
        assert marked(reader)[0] == "answer 1"


async def test_the_keyboard_stays_on_its_message() -> None:
    turn = turn_of(50)
    async with reading([*talk(8), question(50), answer(51, "failed"), turn.answer], turn) as reader:
        await reader.presses("tab", "k", "k", "k")
        assert reader.view.focused_message == 7
        reader.view.extend("a50", PROSE)
        ended(turn, PROSE)
        reader.view.finish(turn.answer)
        reader.view.take_away("a51")
        assert reader.view.focused_message == 7
        assert marked(reader)[0] == "answer 3"
        await reader.presses("G")
        assert reader.view.focused_message == 9
        reader.view.take_away("q50")
        assert reader.view.focused_message == 8
        reader.view.take_away("a50")
        assert reader.view.focused_message == 7
        # The same conversation, read anew with one message more.
        reader.view.show(talk(10))
        await reader.settled()
        assert reader.view.focused_message == 7
        reader.view.show([question(90), answer(90, "other")])
        await reader.settled()
        assert reader.view.focused_message == 1


async def test_what_still_arrives_for_an_answer_that_was_taken_away_is_nothing() -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn) as reader:
        reader.view.take_away("a0")
        reader.view.extend("a0", PROSE)
        reader.view.count_on()
        await reader.settled()
        assert [row for row in reader.rows if "question 0" in row]
        assert not [row for row in reader.rows if "waiting" in row or "connecting" in row]


async def test_taking_a_message_away_moves_nothing_else() -> None:
    async with reading([*talk(40), answer(77, LONG), *talk(40)[:2]]) as reader:
        reader.view.page(-1)
        await reader.settled()
        reader.view.page(-1)
        await reader.settled()
        before = [row for row in reader.rows if "Paragraph" in row]
        reader.view.take_away("a3")
        await reader.settled()
        assert [row for row in reader.rows if "Paragraph" in row] == before
        reader.view.take_away("a77")
        await reader.settled()
        assert "Paragraph" not in reader.text


async def test_every_message_can_be_taken_away() -> None:
    async with reading(talk(6)) as reader:
        await reader.presses("tab")
        for message in talk(6):
            reader.view.take_away(message.id)
            await reader.presses("k", "j")
        assert reader.view.focused_message is None
        assert reader.text.strip() == ""
        await reader.presses("g", "G", "k", "j", "pageup", "pagedown")
        reader.view.add(question(1, "again"))
        await reader.sees("again")


# What can be taken out.


# Several messages.


def picked(reader: Reader) -> list[str]:
    """The first row of each message that the keyboard has chosen."""
    return [row[3:].split("  ")[0] for row in reader.rows if row.startswith(" █ ")]


async def test_several_messages_are_chosen_with_shift_or_after_a_key() -> None:
    messages = [question(0), question(1), question(2), question(3)]
    for keys in (("shift+up", "K"), ("v", "k", "up")):
        async with reading(messages) as reader:
            await reader.presses("tab", *keys)
            assert picked(reader) == ["question 1", "question 2", "question 3"]
            assert [entry.source for entry in reader.view.chosen] == picked(reader)
            await reader.presses("shift+down")
            assert picked(reader) == ["question 2", "question 3"]
            assert reader.view.unchoose()
            await reader.settled()
            assert picked(reader) == ["question 2"]
            assert not reader.view.unchoose()


async def test_choosing_goes_on_through_messages_that_are_taken_away_or_come() -> None:
    async with reading([question(0), question(1), question(2), question(3)]) as reader:
        await reader.presses("tab", "shift+up", "shift+up")
        reader.view.take_away("q2")
        await reader.settled()
        assert picked(reader) == ["question 1", "question 3"]
        reader.view.take_away("q3")
        await reader.settled()
        assert [entry.source for entry in reader.view.chosen] == ["question 1"]
        reader.view.show([question(7)])
        await reader.settled()
        assert [entry.source for entry in reader.view.chosen] == ["question 7"]


# Code wider than its frame.


WIDE_CODE = "```py\n" + "".join(f"{n} " + "0123456789" * 20 + "\n" for n in range(3)) + "```"


async def test_a_key_lets_long_lines_of_code_go_on_behind_their_frame() -> None:
    async with reading([question(0), answer(0, WIDE_CODE)]) as reader:
        wrapped = reader.rows
        assert "›" not in reader.text
        await reader.presses("tab", "w")
        assert [row[-1] for row in reader.rows if " 0123456789" in row] == ["›"] * 3
        await reader.presses("l")
        assert reader.rows[reader.row_with("c 1") + 1].startswith(" █ ‹ 678901")
        await reader.presses(
            "shift+right", "greater_than_sign", "h", "less_than_sign", "shift+left"
        )
        assert "‹" not in reader.text
        await reader.presses("w", "shift+tab")
        reader.host.screen.set_focus(None)
        await reader.settled()
        assert [row[3:] for row in reader.rows] == [row[3:] for row in wrapped]


async def test_only_the_code_of_one_message_is_moved() -> None:
    async with reading([answer(0, WIDE_CODE), answer(1, WIDE_CODE)]) as reader:
        await reader.presses("tab", "w", "k", "l")
        assert len([row for row in reader.rows if "‹" in row]) == 3
        assert "‹" in reader.rows[reader.row_with("c 1") + 1]


async def test_the_wheel_with_shift_moves_the_code_under_it() -> None:
    async with reading([question(0), answer(0, WIDE_CODE)]) as reader:
        await reader.presses("tab", "w")
        top = reader.view.scroll_offset.y
        await reader.wheels(1, 2, shift=True, y=reader.row_with(" 0123"))
        assert len([row for row in reader.rows if "‹" in row]) == 3
        await reader.wheels(-1, 2, shift=True, y=reader.row_with("‹"))
        assert "‹" not in reader.text
        assert reader.view.scroll_offset.y == top


async def test_the_row_being_read_stays_when_code_is_wrapped() -> None:
    messages = [*talk(10, WIDE_CODE), question(9, "here?"), *talk(10, WIDE_CODE)]
    async with reading(messages) as reader:
        await reader.presses("tab")
        await reader.reads("here?")
        for _ in range(4):
            await reader.presses("w")
            await reader.settled()
            assert "here?" in reader.rows[0]


async def test_the_current_message() -> None:
    async with reading(talk(6)) as reader:
        view = reader.view
        assert view.current is view.entry("a2")
        await reader.presses("tab", "k")
        assert view.current is view.entry("q2")
        assert view.current is not None
        assert view.current.source == "question 2"
        assert view.current.is_question
        # Without the focus, the keyboard is on no message.
        reader.host.screen.set_focus(None)
        assert view.current is view.entry("a2")
        assert view.entry("unknown") is None


async def test_code_and_links_of_the_current_message_or_the_last_that_has_some() -> None:
    messages = [
        question(0),
        answer(0, "```py\none\n```\n\nSee [a](https://x.org/a).\n\n```\ntwo\n```"),
        question(1),
        answer(1, "Nothing here."),
        question(2),
    ]
    async with reading(messages) as reader:
        assert [(code.number, code.text) for code in await reader.view.codes()] == [
            (1, "one"),
            (2, "two"),
        ]
        assert [link.url for link in await reader.view.links()] == ["https://x.org/a"]
        await reader.presses("tab", "k")
        assert await reader.view.codes() == []
        assert await reader.view.links() == []
        await reader.presses("k", "k")
        assert len(await reader.view.codes()) == 2
        reader.view.show([])
        assert await reader.view.codes() == []


async def test_code_is_not_looked_for_in_a_thousand_messages() -> None:
    messages = [question(0), answer(0, "```\nold\n```"), *talk(1000)]
    async with reading(messages) as reader:
        assert await reader.view.codes() == []
        drawn = [entry for entry in reader.view._entries if entry._document is not None]
        assert len(drawn) <= 60
        assert "answer 499" in reader.text


async def test_changed_keys_are_told_when_a_dialog_closes() -> None:
    failed = answer(0, status=Status.FAILED, error=Failure("used_up", "Nothing is left."))
    async with reading([question(0), failed]) as reader:
        assert "F5 send the question again" in reader.text
        reader.view._key_of = "^t{:.0}".format
        await reader.host.push_screen(ModalScreen[None]())
        reader.host.pop_screen()
        await reader.sees("^t send the question again")


async def test_labels_follow_the_day() -> None:
    async with reading([question(0)]) as reader:
        assert reader.rows[0].endswith(" 12:04")
        reader.view._today = lambda: reader.view.look.today.replace(day=21)
        reader.view.add(answer(0, "tomorrow"))
        await reader.sees("Fri 12:04")
