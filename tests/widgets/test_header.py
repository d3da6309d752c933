"""The header line: what gives way when there is little room."""

import pytest

from acechat.widgets.header import UNTITLED, HeaderLine
from widgets.widget_host import hosted


def filled(**parts: object) -> HeaderLine:
    header = HeaderLine()
    values: dict[str, object] = {
        "title": "Rust lifetimes, explained",
        "model": "gpt-5.1",
        "preset": "Terse reviewer",
        "references": 2,
        "server": "api",
        **parts,
    }
    for name, value in values.items():
        setattr(header, name, value)
    return header


@pytest.mark.parametrize(
    ("width", "right"),
    [
        (93, "gpt-5.1 · Terse reviewer · 2 refs · api"),
        (70, "gpt-5.1 · Terse reviewer · 2 refs · api"),
        (67, "gpt-5.1 · Terse reviewer · 2 refs"),
        (60, "gpt-5.1 · Terse reviewer"),
        (45, "gpt-5.1"),
    ],
)
async def test_the_least_important_part_gives_way_first(width: int, right: str) -> None:
    async with hosted(header := filled(), size=(width, 5)) as (host, _pilot):
        (line,) = host.rows(header)
        assert line.startswith("Rust lifetimes, explain")
        assert line.endswith(f"  {right}")


@pytest.mark.parametrize("width", [20, 24, 30, 40])
async def test_title_and_model_never_go(width: int) -> None:
    async with hosted(header := filled(), size=(width, 5)) as (host, _pilot):
        (line,) = host.rows(header)
        assert line.startswith("Ru")
        assert line.endswith("gpt-5.1")
        assert "…" in line or width == 40


async def test_parts_that_are_empty_take_no_room() -> None:
    async with hosted(header := filled(preset="", references=0), size=(80, 5)) as (host, _pilot):
        (line,) = host.rows(header)
        assert line.endswith("  gpt-5.1 · api")
    async with hosted(header := filled(model="", preset="", references=0)) as (host, _pilot):
        (line,) = host.rows(header)
        assert line.endswith("  api")


@pytest.mark.parametrize(
    ("title", "width", "left"),
    [
        ("Lisbon", 70, "Lisbon  branched from “Trips”"),
        ("Branch of Trips", 70, "Branch of Trips"),
        ("Lisbon", 40, "Lisbon"),
    ],
)
async def test_a_branch_says_what_it_branched_off_where_there_is_room(
    title: str, width: int, left: str
) -> None:
    header = filled(title=title, origin="Trips", preset="", references=0)
    async with hosted(header, size=(width, 5)) as (host, _pilot):
        (line,) = host.rows(header)
        assert line.removesuffix("gpt-5.1 · api").rstrip() == left


async def test_one_reference() -> None:
    async with hosted(header := filled(references=1), size=(80, 5)) as (host, pilot):
        assert "1 ref ·" in host.rows(header)[0]
        header.references = 3
        await pilot.pause()
        assert "3 refs" in host.rows(header)[0]


async def test_a_conversation_without_a_title() -> None:
    async with hosted(header := filled(title=""), size=(80, 5)) as (host, _pilot):
        assert host.rows(header)[0].startswith(UNTITLED)


async def test_hostile_names_are_inert() -> None:
    hostile = filled(
        title="[/x]\x1b[31m", model="[@click=app.quit]m", preset="\x9b[/]", server="a\nb"
    )
    async with hosted(hostile, size=(100, 5)) as (host, pilot):
        (line,) = host.rows(hostile)
        assert line.startswith("[/x]␛[31m")
        assert "[@click=app.quit]m" in line
        await pilot.click(hostile, offset=(90, 0))
        assert host.is_running


async def test_wide_characters_are_counted_as_two_cells() -> None:
    async with hosted(header := filled(title="杭州天气" * 10), size=(60, 5)) as (host, _pilot):
        (line,) = host.rows(header)
        assert "…" in line
        assert line.endswith("gpt-5.1 · Terse reviewer")
