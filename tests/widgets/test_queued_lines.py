"""The questions that wait, above the prompt."""

from acechat.widgets.queued_lines import QueuedLines
from widgets.widget_host import hosted


async def test_each_has_a_line_with_what_becomes_of_it() -> None:
    async with hosted(lines := QueuedLines(), size=(80, 10)) as (host, pilot):
        lines.show(["And\x1b[2J then?", "Why?"])
        await pilot.pause()
        first, second = host.rows(lines)
        assert first.startswith("And␛[2J then?")
        assert first.endswith("queued · sent when this answer ends")
        assert second.startswith("Why?")
        assert second.endswith("queued · ↑ takes it back")


async def test_of_many_only_the_first_are_shown() -> None:
    async with hosted(lines := QueuedLines(), size=(80, 10)) as (host, pilot):
        lines.show([f"number {number}" for number in range(6)])
        await pilot.pause()
        rows = host.rows(lines)
        assert len(rows) == 4
        assert rows[-1].startswith("and 3 more")
        lines.show([])
        await pilot.pause()
        assert not lines.display


async def test_a_long_question_on_a_narrow_screen_is_one_line() -> None:
    async with hosted(lines := QueuedLines(), size=(40, 10)) as (host, pilot):
        lines.show(["word " * 200_000])
        await pilot.pause()
        (row,) = host.rows(lines)
        assert "…" in row
        assert row.endswith("queued")
