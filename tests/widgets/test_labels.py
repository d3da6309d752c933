"""The small words of the transcript."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from acechat.errors import NOT_SENT
from acechat.models import Carried, Countdown, Failure, Message, Phase, Role, Status
from acechat.widgets.labels import (
    clock_time,
    counted,
    duration,
    ended_label,
    references_label,
    running_label,
    version_mark,
)

TODAY = date(2026, 11, 20)


def at(*when: int) -> float:
    return datetime(*when).astimezone().timestamp()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ((2026, 11, 20, 9, 5), "09:05"),
        ((2026, 11, 19, 23, 59), "Thu 23:59"),
        ((2026, 11, 14, 8, 0), "Sat 08:00"),
        ((2026, 11, 13, 8, 0), "2026-11-13 08:00"),
        ((2026, 11, 21, 0, 1), "00:01"),
    ],
)
def test_the_day_is_told_where_it_was_not_today(when: tuple[int, ...], told: str) -> None:
    assert clock_time(at(*when), TODAY) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.04, "0.0 s"),
        (3.21, "3.2 s"),
        (9.94, "9.9 s"),
        (9.97, "10 s"),
        (12.4, "12 s"),
        (59.7, "1 min 0 s"),
        (125.4, "2 min 5 s"),
        (3700, "61 min 40 s"),
    ],
)
def test_durations(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def test_seconds_are_counted_whole() -> None:
    assert [counted(seconds) for seconds in (3, 59, 60, 61)] == [
        "3 s",
        "59 s",
        "1 min 0 s",
        "1 min 1 s",
    ]


ANSWER = Message(
    "a",
    "c",
    Role.ASSISTANT,
    "text",
    model="gpt-5.1",
    created_at=at(2026, 11, 20, 14, 2),
    seconds=3.2,
)


@pytest.mark.parametrize(
    ("status", "seconds", "told"),
    [
        (Status.COMPLETE, 3.2, "gpt-5.1 · 14:02 · 3.2 s"),
        (Status.COMPLETE, None, "gpt-5.1 · 14:02"),
        (Status.STOPPED, 3.2, "gpt-5.1 · 14:02 · stopped after 3.2 s · F5 sends it again"),
        (Status.STOPPED, None, "gpt-5.1 · 14:02 · stopped · F5 sends it again"),
        (Status.INTERRUPTED, 3.2, "gpt-5.1 · 14:02 · cut off after 3.2 s"),
        (Status.INTERRUPTED, None, "gpt-5.1 · 14:02 · cut off"),
        (Status.FAILED, 3.2, "gpt-5.1 · 14:02 · failed"),
        (Status.STREAMING, None, "gpt-5.1 · 14:02 · arriving in another window"),
    ],
)
def test_what_became_of_an_answer(status: Status, seconds: float | None, told: str) -> None:
    assert ended_label(replace(ANSWER, status=status, seconds=seconds), TODAY, "F5") == told


def test_no_key_is_named_where_none_sends_again() -> None:
    stopped = replace(ANSWER, status=Status.STOPPED)
    assert ended_label(stopped, TODAY, "") == "gpt-5.1 · 14:02 · stopped after 3.2 s"


def test_a_complete_answer_with_a_flaw_says_so() -> None:
    flawed = replace(ANSWER, error=Failure("flawed", "a line could not be read"))
    assert ended_label(flawed, TODAY, "F5") == "gpt-5.1 · 14:02 · 3.2 s · a part could not be read"


def test_a_failed_answer_does_not_say_it_twice() -> None:
    failed = replace(ANSWER, status=Status.FAILED, error=Failure("used_up", "no"))
    assert ended_label(failed, TODAY, "F5") == "gpt-5.1 · 14:02 · failed"


def test_names_from_outside_are_inert() -> None:
    hostile = replace(ANSWER, model="gpt\x1b[2J\n\u202e5")
    assert ended_label(hostile, TODAY, "F5") == "gpt␛[2J 5 · 14:02 · 3.2 s"


@pytest.mark.parametrize(
    ("phase", "elapsed", "told"),
    [
        (Phase.CONNECTING, 0.1, "o3 · connecting"),
        (Phase.WAITING, 2.9, "o3 · waiting"),
        (Phase.WAITING, 3.0, "o3 · waiting · 3 s"),
        (Phase.WAITING, 29.9, "o3 · waiting · 29 s"),
        (
            Phase.WAITING,
            30.0,
            "o3 · waiting · 30 s · reasoning models can take minutes · esc stops",
        ),
        (
            Phase.WAITING,
            65.0,
            "o3 · waiting · 1 min 5 s · reasoning models can take minutes · esc stops",
        ),
        (Phase.RECEIVING, 1.4, "o3 · receiving"),
        (Phase.RECEIVING, 64.0, "o3 · receiving · 1 min 4 s"),
    ],
)
def test_what_an_answer_is_doing(phase: Phase, elapsed: float, told: str) -> None:
    assert running_label("o3", phase, elapsed, "esc") == told


def test_sending_again_is_counted_down() -> None:
    countdown = Countdown(100.0, Failure("unreachable", "cannot\x1b reach x.test."), 2, 3)

    def label(now: float) -> str:
        return running_label("o3", Phase.RETRYING, 9.0, "esc", countdown=countdown, now=now)

    why = "o3 · cannot␛ reach x.test"
    assert label(96.1) == f"{why} · trying again in 4 s (2 of 3) · esc stops"
    assert label(100.3) == f"{why} · trying again in 0 s (2 of 3) · esc stops"
    assert label(39.9) == f"{why} · trying again in 1 min 0 s (2 of 3) · esc stops"


def test_a_silence_in_the_middle_is_named_from_its_thirtieth_second_on() -> None:
    assert "no data" not in running_label("o3", Phase.RECEIVING, 90.0, "esc", quiet=29.9)
    assert running_label("o3", Phase.RECEIVING, 90.0, "esc", quiet=42.7) == (
        "o3 · receiving · 1 min 30 s · no data for 42 s · esc stops"
    )


@pytest.mark.parametrize(
    ("carried", "told"),
    [
        (Carried.NOTHING, "3.2 s"),
        (Carried.WHOLE, "3.2 s · context rebuilt"),
        (Carried.CUT, "3.2 s · context rebuilt from its newest part"),
    ],
)
def test_an_answer_tells_that_its_question_carried_the_transcript(
    carried: Carried, told: str
) -> None:
    answer = Message(
        "a", "c", Role.ASSISTANT, "x", created_at=at(2026, 11, 20, 9), seconds=3.2, carried=carried
    )
    assert ended_label(answer, TODAY, "F5") == f"09:00 · {told}"


def test_no_key_is_named_where_none_stops() -> None:
    assert "stops" not in running_label("o3", Phase.WAITING, 40.0, "")


@pytest.mark.parametrize(
    ("references", "told"),
    [
        ((), "without references"),
        (("https://x.org/a/b.pdf",), "with pdf b.pdf"),
        (("https://x.org/a/", "https://x.org/t.csv?v=1"), "with page a, table t.csv?v=1"),
        (("https://x.org",), "with page x.org"),
        (("https://x.org/\x1b]52;c;x",), "with page ␛]52;c;x"),
    ],
)
def test_references_are_named_by_kind_and_file(references: tuple[str, ...], told: str) -> None:
    assert references_label(references) == told


def test_the_mark_says_which_of_how_many_versions_it_is() -> None:
    message = Message("1", "c", Role.ASSISTANT, "text")
    assert version_mark(message) == ""
    assert version_mark(replace(message, version=2, versions=13)) == "‹ 2/13 ›"


def test_an_answer_that_waits_in_line_says_so_and_how_to_stop() -> None:
    waits = "gpt-5.1 · waiting for one of four answers to end"
    assert running_label("gpt-5.1", Phase.IN_LINE, 0.0, "esc") == f"{waits} · esc stops"
    assert running_label("gpt-5.1", Phase.IN_LINE, 12.0, "esc") == f"{waits} · 12 s · esc stops"


def test_an_answer_whose_question_was_never_sent_says_so() -> None:
    answer = Message("a", "c", Role.ASSISTANT, "", Status.INTERRUPTED, model="gpt-5.1")
    unsent = replace(answer, error=Failure(NOT_SENT, "not sent: the program ended"))
    assert ended_label(unsent, date(1970, 1, 1), "F5").endswith("not sent")
    assert ended_label(answer, date(1970, 1, 1), "F5").endswith("cut off")
