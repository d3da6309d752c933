"""Counting what was asked, and how long the answers took."""

from dataclasses import replace
from datetime import date, datetime

from acechat.errors import UNSENT
from acechat.models import Conversation, DayCount, Failure, ModelTimes, Status, new_id
from acechat.services.usage import rows, since
from acechat.store.conversations import ConversationStore
from store.samples import turn

TODAY = date(2026, 3, 30)
"""The day after the clocks changed in many places."""


def at(day: int, hour: int) -> float:
    return datetime(2026, 3, day, hour).astimezone().timestamp()


async def answered(
    store: ConversationStore,
    model: str,
    when: float,
    *,
    status: Status = Status.COMPLETE,
    first: float | None = 0.5,
    took: float | None = 2.0,
    code: str = "",
) -> None:
    conversation = Conversation(new_id())
    question, answer = turn(conversation, model=model)
    answer = replace(answer, created_at=when)
    await store.begin_turn(conversation, question, answer)
    await store.finish_turn(
        replace(
            answer,
            text="x",
            status=status,
            seconds=took,
            first_seconds=first,
            error=Failure(code, "why") if code else None,
        ),
        unread=False,
    )


async def test_days_and_middle_times_of_each_model(store: ConversationStore) -> None:
    await answered(store, "gpt-5.1", at(30, 1), first=0.4, took=1.0)
    await answered(store, "gpt-5.1", at(30, 23), first=0.8, took=3.0)
    await answered(store, "gpt-5.1", at(1, 0), first=9.0, took=90.0)
    await answered(store, "grok-3", at(29, 12), status=Status.STOPPED, took=0.1)
    await answered(store, "glm-5", at(30, 12), status=Status.FAILED, first=None)
    await answered(store, "old", datetime(2026, 2, 28, 23).astimezone().timestamp())
    usage = await store.usage(since(TODAY))
    assert usage.days == (
        DayCount(date(2026, 3, 1), "gpt-5.1", 1),
        DayCount(date(2026, 3, 29), "grok-3", 1),
        DayCount(TODAY, "glm-5", 1),
        DayCount(TODAY, "gpt-5.1", 2),
    )
    assert usage.models[0] == ModelTimes("gpt-5.1", 3, 3, 0.8, 3.0)
    assert set(usage.models[1:]) == {
        ModelTimes("grok-3", 1, 0, 0.5, None),
        ModelTimes("glm-5", 1, 0, None, None),
    }


async def test_what_was_never_sent_does_not_count(store: ConversationStore) -> None:
    await answered(store, "gpt-5.1", at(30, 1))
    await answered(store, "gpt-5.1", at(30, 2), status=Status.FAILED, code="api_error")
    for code in UNSENT:
        await answered(store, "gpt-5.1", at(30, 3), status=Status.FAILED, code=code)
    await answered(store, "gpt-5.1", at(30, 4), status=Status.INTERRUPTED, code="not_sent")
    # It was stopped while it waited for others to end.
    await answered(store, "gpt-5.1", at(30, 5), status=Status.STOPPED, took=None)
    usage = await store.usage(since(TODAY))
    assert usage.days == (DayCount(TODAY, "gpt-5.1", 2),)
    assert usage.models == (ModelTimes("gpt-5.1", 2, 1, 0.5, 2.0),)


async def test_the_chart_has_a_letter_for_each_day(store: ConversationStore) -> None:
    for _ in range(4):
        await answered(store, "gpt-5.1", at(30, 12))
    await answered(store, "gpt-5.1", at(28, 12), status=Status.INTERRUPTED)
    (row,) = rows(await store.usage(since(TODAY)), TODAY)
    assert row.chart == "·" * 27 + "▂·█"
    assert (row.answers, row.unfinished, row.first, row.took) == (5, 1, "0.5 s", "2.0 s")


async def test_nothing_asked_is_nothing_shown(store: ConversationStore) -> None:
    assert rows(await store.usage(since(TODAY)), TODAY) == []
