"""Words found in a conversation: marked where they are seen, gone to wherever they are."""

from typing import Any

import pytest

from acechat.widgets.entries import Entry
from acechat.widgets.finding_view import FindingView
from acechat.widgets.seeker import Seeker, Tally
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

TOLD: list[Tally] = []


@pytest.fixture(autouse=True)
def _told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is told; there is no screen here that would hear it."""
    TOLD.clear()
    begin = FindingView.Told.__init__

    def kept(message: FindingView.Told, tally: Tally) -> None:
        TOLD.append(tally)
        begin(message, tally)

    monkeypatch.setattr(FindingView.Told, "__init__", kept)


async def counted(reader: Reader) -> str:
    """What is told when everything was looked at."""
    await reader.until(lambda: TOLD and TOLD[-1].complete)
    await reader.settled()
    return TOLD[-1].words


async def goes(reader: Reader, step: int) -> str:
    TOLD.clear()
    assert reader.view.next_match(step)
    return await counted(reader)


def lit(reader: Reader, *, here: bool) -> list[str]:
    """What is marked, row by row; `here` is the place that was gone to."""
    styles = reader.view.look.styles
    ground = (styles.match_here if here else styles.match).bgcolor
    rows = [
        "".join(s.text for s in strip if s.style is not None and s.style.bgcolor == ground)
        for strip in reader.strips
    ]
    return [row for row in rows if row]


def current(reader: Reader) -> str:
    """The text of the message that was gone to."""
    assert reader.view.focused_message is not None
    return reader.view._entries[reader.view.focused_message].source


async def test_every_place_in_view_is_marked_and_the_nearest_is_gone_to() -> None:
    async with reading([question(0, "A café?"), answer(0, "One CAFÉ, and **ca**fe.")]) as reader:
        reader.view.mark("cafe")
        assert await counted(reader) == "1 of 3"
        assert lit(reader, here=True) == ["café"]
        assert lit(reader, here=False) == ["CAFÉcafe"]
        assert await goes(reader, 1) == "2 of 3"
        assert lit(reader, here=True) == ["CAFÉ"]
        assert await goes(reader, -1) == "1 of 3"


async def test_behind_the_last_place_it_goes_on_from_the_top_and_says_so() -> None:
    async with reading([question(0, "needle"), answer(0, "needle")]) as reader:
        reader.view.mark("needle")
        await counted(reader)
        assert await goes(reader, -1) == "2 of 2 · from the end again"
        assert await goes(reader, 1) == "1 of 2 · from the top again"
        assert await goes(reader, 1) == "2 of 2"


async def test_a_place_deep_in_what_was_never_read_is_brought_into_view() -> None:
    code = f"```\n{'x = 1; ' * 40}needle\n```\n"
    deep = f"{PROSE}\n\n" * 4000 + code + f"{PROSE}\n\n" * 50
    async with reading([question(0), answer(0, deep), *talk(40, RICH)]) as reader:
        reader.view.action_wrap()
        reader.view.mark("needle")
        assert await counted(reader) == "1 of 1"
        assert lit(reader, here=True) == ["needle"]


async def test_what_is_taken_away_while_it_is_looked_for_is_not_gone_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with reading([answer(0, "no"), question(1, "needle")]) as reader:
        look = Seeker.nearest

        async def slow(seeker: Seeker, *where: Any) -> object:
            found = await look(seeker, *where)
            reader.view.take_away("q1")
            return found

        monkeypatch.setattr(Seeker, "nearest", slow)
        reader.view.mark("needle")
        assert await counted(reader) == "not found"
        assert lit(reader, here=True) == []


async def test_a_place_that_was_never_seen_is_brought_into_view() -> None:
    messages = [*talk(200, RICH), question(200, "needle one"), *talk(200, RICH)]
    messages[40] = question(40, "needle two")
    async with reading(messages) as reader:
        assert reader.view.following
        reader.view.mark("needle")
        # Nothing is found from here on, so it is the last one before.
        assert await counted(reader) == "2 of 2"
        assert "needle one" in reader.text
        assert current(reader) == "needle one"
        assert not reader.view.following
        assert 5 <= reader.row_with("needle one") <= 10
        assert await goes(reader, -1) == "1 of 2"
        assert "needle two" in reader.text


async def test_words_are_looked_for_from_where_marking_began() -> None:
    messages = [question(0, "na"), *talk(60), question(61, "nee"), *talk(60), question(99, "ne")]
    async with reading(messages) as reader:
        await reader.presses("tab", "g")
        await reader.settled()
        for words, seen in (("na", "na"), ("ne", "nee"), ("nee", "nee"), ("na", "na")):
            TOLD.clear()
            reader.view.mark(words)
            await counted(reader)
            assert lit(reader, here=True) == [words]
            assert current(reader) == seen


async def test_what_is_not_there_is_said() -> None:
    async with reading(talk(20)) as reader:
        top = reader.view.scroll_offset.y
        reader.view.mark("nowhere")
        assert await counted(reader) == "not found"
        assert await goes(reader, 1) == "not found"
        assert reader.view.scroll_offset.y == top
        assert not lit(reader, here=False)


async def test_unmarking_leaves_nothing_and_moves_nothing() -> None:
    async with reading([question(0, "needle"), *talk(80, RICH)]) as reader:
        reader.view.mark("needle")
        await counted(reader)
        before = reader.rows
        reader.view.unmark()
        await reader.settled()
        assert reader.rows == before
        assert not lit(reader, here=True)
        assert not reader.view.next_match(1)


async def test_a_place_behind_the_frame_of_code_is_brought_into_sight() -> None:
    text = f"```\n{'x' * 300} needle\n```"
    async with reading([question(0), answer(0, text)]) as reader:
        await reader.presses("tab", "w")
        assert "needle" not in reader.text
        reader.view.mark("needle")
        await counted(reader)
        assert lit(reader, here=True) == ["needle"]


async def test_marks_stay_through_sizes_and_themes() -> None:
    async with reading([question(0), answer(0, f"{PROSE * 4}needle {PROSE}")]) as reader:
        reader.view.mark("needle")
        await counted(reader)
        await reader.resizes(50, 25)
        reader.host.theme = "acechat-light"
        await reader.settled()
        assert lit(reader, here=True) == ["needle"]


async def test_text_that_arrives_is_marked_and_counted_at_its_end() -> None:
    turn = turn_of(0)
    async with reading([question(0, "needle"), turn.answer], turn) as reader:
        reader.view.mark("needle")
        assert await counted(reader) == "1 of 1"
        reader.view.extend("a0", "A needle and ")
        await reader.until(lambda: lit(reader, here=False) == ["needle"])
        TOLD.clear()
        reader.view.finish(answer(0, "A needle and a needle."))
        assert await counted(reader) == "1 of 3"
        TOLD.clear()
        reader.view.add(question(1, "needle"))
        assert await counted(reader) == "1 of 4"
        TOLD.clear()
        reader.view.take_away("a0")
        assert await counted(reader) == "1 of 2"


async def test_a_conversation_that_is_read_anew_is_looked_through_anew() -> None:
    async with reading([question(0, "needle")]) as reader:
        reader.view.mark("needle")
        await counted(reader)
        TOLD.clear()
        reader.view.show([question(0, "needle"), answer(0, "needle")])
        assert await counted(reader) == "2"
        assert await goes(reader, 1) == "1 of 2"


async def test_typing_on_ends_what_was_looked_for_before() -> None:
    async with reading(talk(2000, RICH)) as reader:
        for words in ("t", "th", "the ", "the end of it"):
            reader.view.mark(words)
        assert await counted(reader) == "1000 of 1000"
        assert {each.total for each in TOLD} <= set(range(1001))


async def test_messages_that_cannot_hold_the_words_are_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []
    make = Entry.to_seek_in

    def counted_reads(entry: Entry) -> object:
        read.append(entry.message.id)
        return make(entry)

    messages = talk(10_000, RICH)
    messages[5000] = question(7777, "the needle")
    async with reading(messages) as reader:
        monkeypatch.setattr(Entry, "to_seek_in", counted_reads)
        seen = sum(entry._document is not None for entry in reader.view._entries)
        reader.view.mark("needle")
        assert await counted(reader) == "1 of 1"
        assert set(read) == {"q7777"}
        assert len(read) <= 4
        # What was looked through was not kept, but for the place that was gone to.
        now = sum(entry._document is not None for entry in reader.view._entries)
        assert now - seen <= 30
