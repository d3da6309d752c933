"""What messages look like, and that the row being read never moves."""

import itertools
from dataclasses import replace
from types import SimpleNamespace

import pytest
from textual import _time
from textual.color import Color

from acechat.models import Failure, Message, Phase, Status
from acechat.themes import THEMES, theme_names
from acechat.widgets import reading as reading_view
from acechat.widgets.entries import Entry
from acechat.widgets.reading import SETTLE_SECONDS
from test_themes import ENOUGH, contrast
from widgets.transcript_host import (
    NOON,
    PROSE,
    RICH,
    answer,
    question,
    reading,
    talk,
    turn_of,
)

DAY = 86_400

HOSTILE = "\x1b[2J\x1b]52;c;aGk=\x07[/x][@click=app.quit]q[/]\u202e\x9b"

REFUSED = Failure("invalid_token", "The server does not accept this token.", "2f1c9a7e")


def failed(
    number: int, failure: Failure, *, text: str = "", status: Status = Status.FAILED
) -> Message:
    return answer(number, text, status=status, error=failure)


# What stands around the text.


async def test_a_question_has_a_bar_and_its_time_at_the_right() -> None:
    messages = [question(0, "why?", at=NOON - 2 * DAY), question(1, "one\ntwo")]
    async with reading(messages, size=(60, 12)) as reader:
        assert reader.rows[:5] == [
            " ▌ why?" + " " * 42 + "Wed 12:04",
            "",
            " ▌ one" + " " * 47 + "12:04",
            " ▌ two",
            "",
        ]
        assert reader.style_of("▌").color == reader.view.look.styles.bar.color
        assert reader.style_of("12:04").color == reader.view.look.styles.label.color


async def test_a_long_question_keeps_away_from_its_time() -> None:
    async with reading([question(0, PROSE * 2)], size=(60, 12)) as reader:
        assert reader.rows[0].endswith("  12:04")
        assert all(len(row) < 45 for row in reader.rows[1:])


async def test_an_answer_is_indented_and_labelled() -> None:
    async with reading([question(0), answer(0, "Because.")], size=(60, 12)) as reader:
        assert reader.rows[2:6] == ["   Because.", "", "   gpt-5.1 · 12:04 · 3.2 s", ""]


async def test_text_is_never_wider_than_a_column_and_code_may_be() -> None:
    code = "```\n" + "x" * 130 + "\n```"
    async with reading(
        [question(0), answer(0, f"{PROSE * 4}\n\n{code}")], size=(160, 25)
    ) as reader:
        rows = [row for row in reader.rows if "quick" in row or "lazy" in row]
        assert rows
        assert all(len(row) <= 3 + 96 for row in rows)
        assert "x" * 130 in reader.text


async def test_references_are_told_only_where_they_change() -> None:
    one, two = ("https://x.org/a.pdf",), ("https://x.org/a.pdf", "https://x.org/b")
    told = [(), one, one, two, (), ()]
    messages = [question(index, references=references) for index, references in enumerate(told)]
    async with reading(messages, size=(60, 30)) as reader:
        rows = [row.strip() for row in reader.rows if row and "▌" not in row]
        assert rows == ["with pdf a.pdf", "with pdf a.pdf, page b", "without references"]
        reader.view.add(question(6, references=one))
        reader.view.add(question(7, references=one))
        await reader.pilot.pause()
        rows = [row.strip() for row in reader.rows if row and "▌" not in row]
        assert rows[3:] == ["with pdf a.pdf"]


async def test_a_failure_says_what_why_and_which_keys_help() -> None:
    async with reading([question(0), failed(0, REFUSED)], size=(80, 14)) as reader:
        assert reader.rows[2:9] == [
            " ▌ The server does not accept this token.",
            " ▌ Enter a token in the settings; the question is kept.",
            " ▌ invalid_token · 2f1c9a7e",
            " ▌ F2 settings   F5 send the question again",
            "",
            "   gpt-5.1 · 12:04 · failed",
            "",
        ]
        styles = reader.view.look.styles
        assert reader.style_of("The server").color == styles.error_text.color
        assert reader.style_of("Enter a token").color == reader.view.look.palette.text.color
        assert reader.style_of("invalid_token").color == styles.label.color
        assert reader.style_of("F2").bold
        assert not reader.style_of(" settings").bold


async def test_a_failure_keeps_the_text_that_arrived() -> None:
    cut = failed(
        0, Failure("cut_off", "The connection broke."), text="Half of", status=Status.INTERRUPTED
    )
    async with reading([question(0), cut], size=(80, 14)) as reader:
        assert reader.rows[2:5] == ["   Half of", "", " ▌ The connection broke."]
        await reader.sees("gpt-5.1 · 12:04 · cut off after 3.2 s")


async def test_a_flaw_of_a_whole_answer_is_told_quietly() -> None:
    flawed = failed(0, Failure("flawed", "A line was odd."), text="Whole.", status=Status.COMPLETE)
    async with reading([question(0), flawed], size=(80, 14)) as reader:
        assert reader.rows[2:6] == [
            "   Whole.",
            "",
            "   gpt-5.1 · 12:04 · 3.2 s · a part could not be read",
            "",
        ]


async def test_a_stopped_answer_offers_nothing_loud() -> None:
    async with reading([question(0), answer(0, "Half", status=Status.STOPPED)]) as reader:
        await reader.sees("stopped after 3.2 s")
        assert reader.text.count("▌") == 1


@pytest.mark.parametrize("width", [30, 24])
async def test_what_is_too_long_for_the_window_is_wrapped_not_cut(width: int) -> None:
    turn = turn_of(1, phase=Phase.WAITING, waited=40)
    messages = [
        question(0, references=("https://x.org/a-long-name.pdf", "https://x.org/another.csv")),
        failed(0, REFUSED),
        question(1),
        turn.answer,
    ]
    async with reading(messages, turn, size=(width, 60)) as reader:
        words = " ".join(reader.text.replace("▌", " ").split())
        for told in (
            "with pdf a-long-name.pdf, table another.csv",
            "The server does not accept this token.",
            "invalid_token · 2f1c9a7e",
            "F2 settings F5 send the question",
            "reasoning models can take minutes · esc stops",
        ):
            assert told in words


async def test_text_from_outside_is_inert_wherever_it_stands() -> None:
    messages = [
        question(0, HOSTILE, references=(f"https://x.org/{HOSTILE}",)),
        replace(failed(0, Failure(HOSTILE, HOSTILE, HOSTILE), text=HOSTILE), model=HOSTILE),
        answer(1, f"```{HOSTILE}\n{HOSTILE}\n```\n\n| {HOSTILE} |\n|---|\n| {HOSTILE} |"),
    ]
    async with reading(messages, size=(120, 40)) as reader:
        assert "[@click=app.quit]" in reader.text
        assert not set(reader.text) & set("\x1b\x07\x9b\u202e")
        for strip in reader.strips:
            assert not any(segment.style and "@click" in segment.style.meta for segment in strip)
        await reader.pilot.click(reader.view, offset=reader.at("app.quit"))
        assert reader.host.is_running


# Colours.


def everything() -> list[Message]:
    return [
        question(0, references=("https://x.org/a.pdf",)),
        answer(0, f"{RICH}\n\n> A *quote* of `code`, ~~gone~~, [a link](https://x.org).\n\n***\n"),
        question(1),
        failed(1, REFUSED),
    ]


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_text_is_readable_in_our_themes(theme: str) -> None:
    async with reading(everything(), size=(100, 60), theme=theme) as reader:
        reader.view.focus()
        await reader.pilot.pause()
        for strip in reader.strips:
            for text, style, _ in strip:
                if style is None or not any(character.isalnum() for character in text):
                    continue
                assert style.color is not None
                assert style.bgcolor is not None
                front = Color.from_rich_color(style.color)
                back = Color.from_rich_color(style.bgcolor)
                assert contrast(front, back) >= ENOUGH, text


async def test_no_text_stands_on_a_ground_of_its_own_in_any_theme() -> None:
    async with reading(everything(), size=(100, 60)) as reader:
        for theme in theme_names():
            reader.host.theme = theme
            await reader.pilot.pause()
            drawn = [segment for strip in reader.strips for segment in strip if segment.style]
            grounds = {segment.style.bgcolor for segment in drawn if segment.style}
            assert grounds == {reader.view.look.base.bgcolor}, theme
            # Nor is anything drawn in the colour of the ground, but in the terminal's own.
            same = [
                segment.text
                for segment in drawn
                if segment.style and segment.style.color == segment.style.bgcolor
            ]
            assert "ansi" in theme or not "".join(same).strip(), theme


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
async def test_terminals_with_few_colours_get_their_own_colours_only(theme: str) -> None:
    async with reading(everything(), size=(100, 60), theme=theme) as reader:
        for strip in reader.strips:
            for text, style, _ in strip:
                if style is not None and style.color is not None:
                    assert style.color.is_default or style.color.number is not None, text
        assert reader.style_of("gpt-5.1").dim
        assert not reader.style_of("F2").dim


async def test_selected_text_is_painted_over_its_own_colours() -> None:
    for theme in (
        "acechat-dark",
        "acechat-light",
        "acechat-contrast",
        "textual-light",
        "ansi-dark",
    ):
        async with reading([question(0), answer(0, "One **two** three.")], theme=theme) as reader:
            await reader.drags(reader.at("One"), reader.at("three", last=True))
            style = reader.style_of("two")
            assert style.bold
            assert style.bgcolor != reader.view.look.base.bgcolor
            assert style.color != style.bgcolor


async def test_without_colours_everything_can_still_be_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with reading(everything(), size=(100, 60)) as reader:
        for strip in reader.strips:
            for text, style, _ in strip:
                if style is not None and style.color is not None and text.strip():
                    red, green, blue = style.color.get_truecolor()
                    assert red == green == blue
        assert "█" not in reader.text
        reader.view.focus()
        await reader.pilot.pause()
        assert "█" in reader.text


async def test_a_theme_changes_everything_at_once() -> None:
    async with reading(everything(), size=(100, 60)) as reader:
        dark = [strip.text for strip in reader.strips]
        reader.host.theme = "acechat-light"
        await reader.pilot.pause()
        assert [strip.text for strip in reader.strips] == dark
        light = reader.host.available_themes["acechat-light"]
        assert (
            reader.style_of("question 0").bgcolor == Color.parse(light.background or "").rich_color
        )
        assert reader.style_of("question 0").color == Color.parse(light.foreground or "").rich_color
        assert reader.style_of("def").color == reader.view.look.palette.keyword.color


# Sizes.


@pytest.mark.parametrize(
    "size", [(20, 5), (8, 3), (1, 1), (3, 2), (200, 3), (12, 60), (300, 100), (80, 1)]
)
async def test_any_size_of_window_will_do(size: tuple[int, int]) -> None:
    turn = turn_of(2)
    messages = [*everything(), question(2), turn.answer]
    async with reading(messages, turn, size=size) as reader:
        reader.view.focus()
        for key in ("k", "k", "j", "g", "G", "pageup"):
            await reader.presses(key)
            reader.view.extend("a2", RICH)
        await reader.resizes(80, 24)
        await reader.presses("G")
        await reader.settled()
        assert "The end of it." in reader.text


async def test_a_view_that_was_hidden_is_drawn_when_it_is_shown() -> None:
    async with reading() as reader:
        reader.view.display = False
        await reader.pilot.pause()
        reader.view.show(talk(30))
        reader.view.add(question(99, "the last"))
        reader.view.display = True
        await reader.sees("the last")
        assert reader.view.following


async def test_a_storm_of_sizes_ends_where_it_began() -> None:
    async with reading([*talk(20), answer(50, RICH * 3), *talk(20)]) as reader:
        for _ in range(3):
            reader.view.page(-1)
        await reader.settled()
        before = reader.rows
        for width in (60, 200, 61, 20, 133, 79, 119, 90, 80):
            await reader.pilot.resize_terminal(width, 5 + width % 40)
        await reader.resizes(80, 25)
        assert reader.rows == before


# The row being read.


def numbered(count: int) -> str:
    """Paragraphs that tell where in the text they are, some of them long."""
    return "\n\n".join(
        f"Paragraph {index} begins. " + PROSE * (index % 4) for index in range(count)
    )


async def test_the_row_being_read_stays_at_the_top_whatever_the_width() -> None:
    messages = [*talk(10), question(50), answer(50, numbered(80)), *talk(10)]
    async with reading(messages, size=(120, 30)) as reader:
        await reader.reads("Paragraph 40 begins.")
        for width in (60, 200, 40, 120, 60, 120, 60, 120):
            await reader.resizes(width, 30)
            assert reader.rows[0] == "   Paragraph 40 begins."
        for height in (10, 50, 20, 30):
            await reader.resizes(120, height)
            assert reader.rows[0] == "   Paragraph 40 begins."
        for theme in ("acechat-light", "ansi-dark", "acechat-dark"):
            reader.host.theme = theme
            await reader.settled()
            assert reader.rows[0] == "   Paragraph 40 begins."
        assert not reader.view.following


async def test_a_row_in_mid_paragraph_stays_in_view_whatever_the_width() -> None:
    long = " ".join(f"word{number}" for number in range(2000))
    async with reading([question(0), answer(0, long)], size=(120, 30)) as reader:
        for _ in range(3):
            reader.view.page(-1)
        await reader.settled()
        word = reader.rows[0].split()[0]
        for width in (60, 200, 33, 120, 60, 120, 61, 120):
            await reader.resizes(width, 30)
            assert word in reader.rows[0].split()


async def test_what_is_near_the_end_comes_back_after_a_wide_window() -> None:
    messages = [*talk(4), question(50), answer(50, numbered(30))]
    async with reading(messages, size=(60, 20)) as reader:
        await reader.reads("Paragraph 23 begins.")
        await reader.resizes(200, 50)
        assert "Paragraph 23 begins." in reader.text
        await reader.resizes(60, 20)
        assert "Paragraph 23 begins." in reader.rows[0]


async def test_following_goes_on_through_sizes_and_themes() -> None:
    async with reading([*talk(40), question(50), answer(50, numbered(30))]) as reader:
        for size in ((60, 20), (200, 50), (40, 10), (80, 25)):
            await reader.resizes(*size)
            assert reader.view.following
            assert "gpt-5.1 · 12:04 · 3.2 s" in " ".join(reader.rows[-3:])


def misjudged(count: int) -> str:
    """Words of which only one fits into a row of 80: far more rows than the text is long."""
    return " ".join(f"word{number}{'x' * 41}" for number in range(count))


async def test_scrolling_up_never_jumps_over_rows() -> None:
    """Heights of messages above are guesses, and these guesses are far off."""
    code = "```\n" + "\n".join(f"row {number}" for number in range(90)) + "\n```"
    blank = "one" + "\n" * 80 + "two"
    messages = [
        question(0, "top"),
        answer(0, code),
        answer(1, misjudged(300)),
        answer(2, blank),
        *talk(12),
    ]
    async with reading(messages) as reader:
        seen = reader.rows
        while reader.view.scroll_offset.y > 0:
            reader.view.page(-1)
            await reader.settled()
            page = reader.rows
            overlap = next(n for n in range(len(page), 0, -1) if page[-n:] == seen[:n])
            assert overlap >= 2
            seen = page[: len(page) - overlap] + seen
        assert seen[0].startswith(" ▌ top")
        told = [row.strip(" │") for row in seen if "row " in row]
        assert told == [f"row {number}" for number in range(90)]
        told = [row.strip(" x") for row in seen if "xxx" in row]
        assert told == [f"word{number}" for number in range(300)]


async def test_the_wheel_moves_by_its_own_step_into_what_was_not_seen() -> None:
    async with reading([question(0), answer(0, misjudged(300)), *talk(8)]) as reader:
        for _ in range(40):
            before = reader.rows
            await reader.wheels(-1)
            await reader.settled()
            after = reader.rows
            step = next(step for step in range(1, 25) if after[step:] == before[:-step])
            assert step <= 3


async def test_a_jump_by_the_scrollbar_draws_what_it_comes_to() -> None:
    async with reading(talk(2000)) as reader:
        bar = reader.view.vertical_scrollbar
        await reader.pilot.mouse_down(bar, offset=(0, 23))
        await reader.pilot.hover(bar, offset=(0, 10))
        await reader.pilot.mouse_up(bar, offset=(0, 10))
        await reader.settled()
        assert "question" in reader.text
        assert "answer" in reader.text
        assert not reader.view.following
        await reader.pilot.click(bar, offset=(0, 0))
        await reader.settled()
        assert 0 < reader.view.scroll_offset.y < reader.view.max_scroll_y


# Only what is seen is drawn.


@pytest.mark.parametrize("count", [500, 10_000])
async def test_opening_draws_only_what_is_in_view(count: int) -> None:
    async with reading(talk(count, RICH), size=(120, 40)) as reader:
        drawn = [entry for entry in reader.view._entries if entry._document is not None]
        assert "The end of it." in reader.text
        assert len(drawn) <= 5
        assert sum(entry.document.renders for entry in drawn) <= 40


async def test_messages_that_were_seen_long_ago_give_their_rows_back() -> None:
    async with reading(talk(400, RICH)) as reader:
        for _ in range(100):
            reader.view.page(-1)
            await reader.settled()
        drawn = [entry for entry in reader.view._entries if entry._document is not None]
        assert len(drawn) <= 60
        reader.view.follow()
        await reader.settled()
        assert "The end of it." in reader.text


async def test_a_very_long_answer_is_opened_in_steps_and_ends_at_its_end() -> None:
    async with reading() as reader:
        reader.view.show([question(0), answer(0, RICH * 2500)])
        # The reader could press a key by now; the rest is drawn behind that.
        assert reader.view._rest is not None
        await reader.settled()
        assert "The end of it." in reader.text
        assert reader.view.following


async def test_what_arrives_is_drawn_for_so_long_and_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, prepare = 0.0, Entry.prepare

    def slow(entry: Entry, first: int, last: int) -> bool:
        nonlocal now
        now += SETTLE_SECONDS * 0.6
        return prepare(entry, first, last)

    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn) as reader:
        monkeypatch.setattr(reading_view, "time", SimpleNamespace(monotonic=lambda: now))
        monkeypatch.setattr(Entry, "prepare", slow)
        reader.view.extend("a0", RICH * 100)
        assert reader.view._rest is not None
        assert now < 1.5 * SETTLE_SECONDS
        await reader.sees("The end of it.")


async def test_a_machine_that_stands_still_for_a_moment_leaves_nothing_undrawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with reading() as reader:
        # Every look at the clock takes a tenth of a second.
        clock = itertools.count(_time.get_time())
        monkeypatch.setattr(_time, "get_time", lambda: next(clock) / 10)
        reader.view.show([question(0), answer(0, RICH * 2500)])
        assert reader.view._rest is not None
        await reader.settled()
        assert "The end of it." in reader.text


async def test_a_key_in_the_middle_of_drawing_adds_no_work_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = 0
    prepare = Entry.prepare

    def counted(entry: Entry, first: int, last: int) -> bool:
        nonlocal steps
        steps += 1
        return prepare(entry, first, last)

    async with reading() as reader:
        reader.view.show([question(0), answer(0, RICH * 2500)])
        assert reader.view._rest is not None
        monkeypatch.setattr(Entry, "prepare", counted)
        for _ in range(20):
            reader.view.page(-1)
        assert steps == 0
        await reader.settled()
        assert reader.view._rest is None


async def test_a_wide_row_of_the_view_is_as_wide_as_the_view() -> None:
    async with reading(
        [question(0, "天" * 200), answer(0, "👩‍👩‍👧" * 90)], size=(41, 30)
    ) as reader:
        assert {strip.cell_length for strip in reader.strips} == {40}
