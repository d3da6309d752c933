"""The sidebar: conversations in, requests out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from textual.widgets import Input, Static

from acechat.models import Conversation, Status
from acechat.widgets.grouping import grouped, heading_of
from acechat.widgets.header import UNTITLED
from acechat.widgets.rows import ConversationList
from acechat.widgets.sidebar import Sidebar
from widgets.widget_host import Host, hosted

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12).astimezone(UTC).timestamp()
DAY = 86_400.0


def conversation(
    id: str,
    title: str = "",
    days: float = 0,
    *,
    pinned: bool = False,
    unread: bool = False,
    status: Status | None = None,
) -> Conversation:
    return Conversation(
        id,
        title or f"title {id}",
        updated_at=NOON - days * DAY,
        pinned=pinned,
        unread=unread,
        status=status,
    )


SOME = [
    conversation("a", "Release checklist", 30, pinned=True),
    conversation("b", "Rust lifetimes", 0),
    conversation("c", "Postgres index", 0.01),
    conversation("d", "杭州天气", 1),
    conversation("e", "Trip to Lisbon", 3),
    conversation("f", "Sourdough", 40),
    conversation("g", "Old things", 400),
]


def rows(host: Host) -> list[str]:
    return [row for row in host.rows(host.query_one(ConversationList)) if row]


def show(
    sidebar: Sidebar,
    conversations: list[Conversation],
    opened: str | None = None,
    streaming: set[str] | None = None,
) -> None:
    sidebar.show(conversations, opened=opened, streaming=streaming or set(), today=TODAY)


def title(host: Host) -> str:
    return str(host.query_one("#sidebar-title", Static).content)


Request = Sidebar.Opened | Sidebar.RenameRequested | Sidebar.PinRequested
RequestForSeveral = Sidebar.ArchiveRequested | Sidebar.DeleteRequested


def asked(host: Host, kind: type[Request]) -> list[str]:
    return [message.conversation_id for message in host.said(kind)]


def asked_for_several(host: Host, kind: type[RequestForSeveral]) -> list[tuple[str, ...]]:
    return [message.conversation_ids for message in host.said(kind)]


@pytest.mark.parametrize(
    ("day", "heading"),
    [
        (date(2026, 11, 21), "Today"),
        (date(2026, 11, 20), "Today"),
        (date(2026, 11, 19), "Yesterday"),
        (date(2026, 11, 18), "Previous 7 days"),
        (date(2026, 11, 13), "Previous 7 days"),
        (date(2026, 11, 12), "November"),
        (date(2026, 1, 1), "January"),
        (date(2025, 11, 20), "November 2025"),
    ],
)
def test_headings(day: date, heading: str) -> None:
    assert heading_of(day, TODAY) == heading


def test_days_are_counted_in_local_time() -> None:
    midnight = datetime(2026, 11, 20).astimezone()
    before = Conversation("x", updated_at=(midnight - timedelta(minutes=1)).timestamp())
    after = Conversation("y", updated_at=(midnight + timedelta(minutes=1)).timestamp())
    names = {each.id: name for name, members in grouped([before, after], TODAY) for each in members}
    assert names == {"x": "Yesterday", "y": "Today"}


async def test_groups_pinned_first_then_newest_first() -> None:
    async with hosted(sidebar := Sidebar(), size=(80, 40)) as (host, pilot):
        show(sidebar, SOME[::-1])
        await pilot.pause()
        assert rows(host) == [
            "Pinned",
            "▪ Release checklist",
            "Today",
            "  Rust lifetimes",
            "  Postgres index",
            "Yesterday",
            "  杭州天气",
            "Previous 7 days",
            "  Trip to Lisbon",
            "October",
            "  Sourdough",
            "October 2025",
            "  Old things",
        ]


async def test_a_mark_says_what_is_most_worth_knowing_and_moves_no_title() -> None:
    each = [
        conversation("a", "one", unread=True, status=Status.FAILED, pinned=True),
        conversation("b", "two", 0.01, unread=True, status=Status.COMPLETE),
        conversation("c", "three", 0.02, status=Status.INTERRUPTED),
        conversation("d", "four", 0.03, unread=True, status=Status.FAILED),
        conversation("e", "five", 0.04, unread=True, status=Status.STREAMING),
        conversation("f", "six", 0.05, status=Status.STOPPED),
    ]
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, each, opened="d", streaming={"e"})
        await pilot.pause()
        assert rows(host) == [
            "Pinned",
            "! one",
            "Today",
            "● two",
            "! three",
            "▸ four",
            "◌ five",
            "  six",
        ]


async def test_a_title_is_cut_and_never_wraps() -> None:
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, [conversation("a", "A very long title that goes on and on and on")])
        await pilot.pause()
        (_, row) = rows(host)
        assert row.startswith("  A very long title")
        assert row.endswith("…")


async def test_hostile_and_empty_titles_are_inert() -> None:
    titles = ["[/x]", "[@click=app.quit]go", "a\x1b]52;c;aGk=\x07b", "", "two\nlines", "x\u202ey"]
    each = [
        Conversation(str(number), title, updated_at=NOON - number)
        for number, title in enumerate(titles)
    ]
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, each)
        await pilot.pause()
        assert [row.strip() for row in rows(host)] == [
            "Today",
            "[/x]",
            "[@click=app.quit]go",
            "a␛]52;c;aGk=␇b",
            UNTITLED,
            "two lines",
            "xy",
        ]
        for y in range(1, 7):
            await pilot.hover(ConversationList, offset=(4, y))
        await pilot.click(ConversationList, offset=(4, 2))
        assert asked(host, Sidebar.Opened) == ["1"]


async def test_keys_ask_for_what_they_say() -> None:
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, SOME, opened="b")
        sidebar.focus_list()
        await pilot.press("enter", "down", "enter", "r", "p", "d", "u")
        assert asked(host, Sidebar.Opened) == ["b", "c"]
        assert asked(host, Sidebar.RenameRequested) == ["c"]
        assert asked(host, Sidebar.PinRequested) == ["c"]
        assert asked_for_several(host, Sidebar.DeleteRequested) == [("c",)]
        assert len(host.said(Sidebar.UndoRequested)) == 1


async def test_several_are_chosen_and_asked_for_together() -> None:
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, SOME, opened="b")
        sidebar.focus_list()
        # Pinned first, then today's.
        await pilot.press("home", "space")
        assert [row.split()[0] for row in rows(host) if "✓" in row] == ["✓"]
        await pilot.press("down", "x")
        assert title(host) == "2 chosen"
        assert sum(row.startswith("✓ ") for row in rows(host)) == 2
        await pilot.press("d", "a")
        assert asked_for_several(host, Sidebar.DeleteRequested) == [("a", "c")]
        assert asked_for_several(host, Sidebar.ArchiveRequested) == [("a", "c")]
        # What has gone from the list is not chosen any more.
        show(sidebar, SOME[1:2], opened="b")
        await pilot.pause()
        assert title(host) == "Conversations"
        await pilot.press("d")
        assert asked_for_several(host, Sidebar.DeleteRequested)[-1] == ("b",)


async def test_shift_and_the_arrows_choose_and_give_back() -> None:
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, SOME, opened="b")
        sidebar.focus_list()
        listed = host.query_one(ConversationList)
        await pilot.press("home", "shift+up", "shift+down", "shift+down")
        assert listed.chosen == ("a", "b", "c")
        await pilot.press("shift+up")
        assert listed.chosen == ("a", "b")
        await pilot.press("escape")
        assert listed.chosen == ()
        assert title(host) == "Conversations"


async def test_keys_can_be_given_to_other_commands() -> None:
    keys = {"sidebar.open": "o", "sidebar.delete": "x"}
    async with hosted(sidebar := Sidebar(), keys=keys) as (host, pilot):
        show(sidebar, SOME, opened="b")
        sidebar.focus_list()
        await pilot.press("enter", "d")
        assert not host.heard
        await pilot.press("o", "x")
        assert asked(host, Sidebar.Opened) == ["b"]
        assert asked_for_several(host, Sidebar.DeleteRequested) == [("b",)]


async def test_an_empty_list_says_so_and_asks_for_nothing() -> None:
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, [])
        sidebar.focus_list()
        await pilot.press("down", "enter", "r", "d")
        assert rows(host) == ["nothing here yet"]
        assert not host.heard


async def test_the_highlight_stays_on_its_conversation() -> None:
    async with hosted(sidebar := Sidebar()) as (_host, pilot):
        show(sidebar, SOME)
        sidebar.focus_list()
        await pilot.press("down", "down", "down")
        assert sidebar.highlighted == "d"
        show(sidebar, [conversation("new", "Newest", -0.01), *SOME])
        assert sidebar.highlighted == "d"


async def test_the_highlight_goes_to_the_next_when_its_conversation_is_deleted() -> None:
    async with hosted(sidebar := Sidebar()) as (_host, pilot):
        show(sidebar, SOME)
        sidebar.focus_list()
        await pilot.press("down")
        assert sidebar.highlighted == "b"
        show(sidebar, [each for each in SOME if each.id != "b"])
        assert sidebar.highlighted == "c"


async def test_the_scroll_position_stays() -> None:
    many = [conversation(f"{number:03}", days=number / 1000) for number in range(200)]
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, many)
        await pilot.pause()
        listed = host.query_one(ConversationList)
        listed.scroll_to(y=90, animate=False)
        await pilot.pause()
        show(sidebar, [conversation("new", days=-0.01), *many])
        await pilot.pause()
        assert listed.scroll_offset.y == 90


async def test_marks_change_without_building_the_list_again() -> None:
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, SOME)
        await pilot.pause()
        options = list(host.query_one(ConversationList).options)
        sidebar.set_streaming({"b"})
        assert sidebar.mark(conversation("d", "杭州天气", unread=True))
        await pilot.pause()
        assert rows(host)[3:7] == [
            "◌ Rust lifetimes",
            "  Postgres index",
            "Yesterday",
            "● 杭州天气",
        ]
        sidebar.set_streaming(())
        assert sidebar.mark(conversation("b", "Rust lifetimes", status=Status.FAILED))
        await pilot.pause()
        assert rows(host)[3] == "! Rust lifetimes"
        show(sidebar, SOME, opened="c")
        assert list(host.query_one(ConversationList).options) == options


async def test_a_new_title_shows_at_once() -> None:
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, SOME)
        assert sidebar.mark(conversation("c", "Another title"))
        await pilot.pause()
        assert rows(host)[4] == "  Another title"
        assert not sidebar.mark(conversation("unknown"))


async def test_nothing_ticks_when_nothing_streams() -> None:
    async with hosted(sidebar := Sidebar()) as (host, _pilot):
        show(sidebar, SOME, streaming={"b"})
        listed = host.query_one(ConversationList)
        host.animation_level = "full"
        sidebar.set_streaming({"b"})
        assert listed.pulsing
        sidebar.set_streaming(())
        assert not listed.pulsing


async def test_filtering_asks_once_typing_rests() -> None:
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, SOME)
        sidebar.focus_list()
        await pilot.press("/", "r", "d")
        await pilot.pause(0.2)
        assert [message.text for message in host.said(Sidebar.FilterChanged)][-1] == "rd"
        assert not asked_for_several(host, Sidebar.DeleteRequested)
        show(sidebar, [SOME[1]])
        await pilot.press("enter")
        assert [message.text for message in host.said(Sidebar.FilterTaken)] == ["rd"]


async def test_a_filter_that_finds_nothing_says_so() -> None:
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, SOME)
        sidebar.focus_list()
        await pilot.press("/", "x")
        show(sidebar, [])
        await pilot.pause()
        assert rows(host) == ["no title matches"]


async def test_escape_drops_the_filter_and_down_keeps_it() -> None:
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, SOME)
        sidebar.focus_list()
        await pilot.press("/", "r", "down")
        await pilot.pause(0.2)
        assert host.focused is host.query_one(ConversationList)
        assert sidebar.filter_text == "r"
        assert host.query_one("#sidebar-filter", Input).display
        await pilot.press("/", "escape")
        assert host.focused is host.query_one(ConversationList)
        assert not host.query_one("#sidebar-filter", Input).display
        assert [message.text for message in host.said(Sidebar.FilterChanged)] == ["r", ""]


async def test_mouse_opens_begins_and_filters() -> None:
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, SOME)
        await pilot.pause()
        await pilot.click(ConversationList, offset=(4, 4))
        assert asked(host, Sidebar.Opened) == ["b"]
        await pilot.click("#sidebar-new")
        assert len(host.said(Sidebar.NewRequested)) == 1
        await pilot.click("#sidebar-hint")
        assert host.focused is host.query_one("#sidebar-filter", Input)


async def test_the_end_is_told_once() -> None:
    many = [conversation(f"{number:03}", days=number / 1000) for number in range(100)]
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, many)
        sidebar.focus_list()
        await pilot.press("end", "up", "end")
        assert len(host.said(Sidebar.EndReached)) == 1
        show(sidebar, [*many, *(conversation(f"x{n}", days=2 + n / 1000) for n in range(100))])
        await pilot.press("end")
        assert len(host.said(Sidebar.EndReached)) == 2


async def test_the_focus_shows_in_the_row_and_nowhere_else() -> None:
    async with hosted(sidebar := Sidebar(), Static("other")) as (host, pilot):
        show(sidebar, SOME, opened="b")
        host.set_focus(None)
        await pilot.pause()
        before = host.screen._compositor.render_strips()
        sidebar.focus_list()
        await pilot.pause()
        after = host.screen._compositor.render_strips()
        changed = [y for y, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
        assert len(changed) == 1


@pytest.mark.parametrize("theme", ["acechat-light", "ansi-dark", "ansi-light", "nord"])
async def test_headings_are_visible_and_muted_after_the_theme_has_changed(theme: str) -> None:
    async with hosted(sidebar := Sidebar()) as (host, pilot):
        show(sidebar, SOME)
        await pilot.pause()
        host.theme = theme
        await pilot.pause()
        strips = host.screen._compositor.render_strips()
        (heading,) = [s for strip in strips for s in strip if s.text.strip() == "Yesterday"]
        assert heading.style is not None
        if theme.startswith("ansi"):
            assert heading.style.dim
            assert heading.style.color is not None
            assert heading.style.color.is_default
        else:
            assert heading.style.color != heading.style.bgcolor
