"""Versions and branches in the transcript: their marks, and staying in place when one is shown."""

from dataclasses import replace

import pytest

from acechat.models import Message
from widgets.transcript_host import PROSE, answer, question, reading, talk

LONG = "\n\n".join(f"Paragraph {number}. {PROSE}" for number in range(40))


def version(message: Message, number: int, of: int = 2, text: str = "") -> Message:
    other = replace(message, version=number, versions=of)
    return replace(other, id=f"{message.id}-{number}", text=text) if text else other


async def test_marks_stand_before_the_time_of_a_question_and_under_an_answer() -> None:
    messages = [version(question(0), 1, 3), version(answer(0, "text"), 2), question(1)]
    async with reading(messages) as reader:
        assert reader.rows[reader.row_with("question 0")].endswith("‹ 1/3 ›  12:04")
        assert "gpt-5.1 · 12:04 · 3.2 s · ‹ 2/2 ›" in reader.text
        assert reader.text.count("›") == 2


@pytest.mark.parametrize("width", [80, 120])
async def test_a_long_question_leaves_room_for_its_mark(width: int) -> None:
    async with reading([version(question(0, PROSE * 5), 12, 34)], size=(width, 20)) as reader:
        first = reader.rows[reader.row_with("The quick")]
        assert first.endswith("  ‹ 12/34 ›  12:04")


@pytest.mark.parametrize("width", [40, 50, 60])
async def test_a_narrow_question_has_its_mark_under_it(width: int) -> None:
    async with reading([version(question(0, PROSE), 12, 34)], size=(width, 20)) as reader:
        assert "   ‹ 12/34 ›" in reader.rows


async def test_branches_are_told_of() -> None:
    messages = talk(4)
    async with reading(messages) as reader:
        reader.view.set_branches("branched from “Trips”", {"a0": 1, "q1": 2})
        reader.view.show(messages)
        await reader.sees("branched from “Trips”")
        assert reader.row_with("branched from") == reader.row_with("question 0") + 1
        assert "3.2 s · 1 branch" in reader.text
        assert reader.row_with("2 branches") == reader.row_with("question 1") + 1


@pytest.mark.parametrize("other", ["short", f"Another. {LONG}", "\n\n".join(["word"] * 9)])
async def test_a_version_is_shown_where_the_one_before_it_stood(other: str) -> None:
    before, after = talk(12, LONG), talk(12, f"What came after. {LONG}")
    place = 7
    async with reading(before) as reader:
        reader.view.focus_message("q3")
        await reader.sees("question 3")
        reader.view.focused_message = place
        row = reader.row_with("question 3") + 2
        line = [*before[:place], version(before[place], 2, text=other), *after[place + 1 :]]
        reader.view.show(line, None, place)
        await reader.until(lambda: reader.rows[row].startswith(f" █ {other.split(maxsplit=1)[0]}"))
        assert reader.row_with("question 3") == row - 2
        assert reader.view.focused_message == place


async def test_a_version_whose_beginning_is_out_of_view_is_shown_from_its_beginning() -> None:
    messages = talk(6, LONG)
    async with reading(messages) as reader:
        reader.view.focus_message("a1")
        await reader.presses("pagedown", "pagedown")
        assert "Paragraph 0." not in reader.text
        line = [*messages[:3], version(messages[3], 2, text=f"Another. {LONG}"), *messages[4:]]
        reader.view.show(line, None, 3)
        await reader.sees("Another.")
        assert reader.row_with("Another.") == 0


async def test_the_end_is_followed_where_the_version_ends_there() -> None:
    messages = talk(6, LONG)
    async with reading(messages) as reader:
        reader.view.focus_message("a0")
        assert not reader.view.following
        reader.view.show([messages[0], version(messages[1], 2, text="short")], None, 1)
        await reader.sees("short")
        assert reader.view.following
        assert reader.view.focused_message == 1
