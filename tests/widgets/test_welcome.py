"""The first page: what this is, who answers, questions to try."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from textual import on
from textual.pilot import Pilot
from textual.widgets import OptionList

from acechat.connection import GUIDE_QUESTIONS, QUESTIONS
from acechat.widgets.welcome import HINT, PURPOSE, TOKENS, Welcome
from widgets.widget_host import Host

NOTE = "No token yet: the guide on this machine answers. F2 adds a token."


class Page(Host):
    """Keeps the questions that were taken."""

    def __init__(self, welcome: Welcome) -> None:
        super().__init__(welcome)
        self.chosen: list[str] = []

    @on(Welcome.Chosen)
    def _chosen(self, event: Welcome.Chosen) -> None:
        self.chosen.append(event.question)


@asynccontextmanager
async def shown(
    size: tuple[int, int] = (93, 35), *, theme: str = "acechat-dark"
) -> AsyncGenerator[tuple[Page, Welcome, Pilot[None]]]:
    page = Page(welcome := Welcome())
    async with page.run_test(size=size, notifications=True, tooltips=True) as pilot:
        page.theme = theme
        page.screen.set_focus(None)
        await pilot.pause()
        yield page, welcome, pilot


def told(page: Page) -> list[str]:
    """The rows that are not blank, without the space around them."""
    return [row.strip() for row in page.rows(page.query_one(Welcome)) if row.strip()]


async def test_before_anybody_is_connected_it_says_what_this_is() -> None:
    async with shown() as (page, _welcome, _pilot):
        assert told(page) == ["acechat", PURPOSE]


async def test_questions_who_answers_and_where_a_token_is_had() -> None:
    async with shown() as (page, welcome, pilot):
        welcome.offer(GUIDE_QUESTIONS)
        welcome.set_note(NOTE)
        await pilot.pause()
        assert told(page) == ["acechat", PURPOSE, HINT, *GUIDE_QUESTIONS, NOTE, TOKENS]
        welcome.set_note("the guide on this machine answers.")
        await pilot.pause()
        assert told(page)[-1] == "the guide on this machine answers."
        welcome.set_note("")
        welcome.offer(QUESTIONS)
        await pilot.pause()
        assert told(page) == ["acechat", PURPOSE, HINT, *QUESTIONS]
        welcome.offer(())
        await pilot.pause()
        assert told(page) == ["acechat", PURPOSE]


async def test_enter_sends_the_highlighted_question() -> None:
    async with shown() as (page, welcome, pilot):
        welcome.offer(QUESTIONS)
        await pilot.press("tab", "enter")
        await pilot.press("down", "down", "enter")
        assert page.chosen == [QUESTIONS[0], QUESTIONS[2]]
        welcome.offer(GUIDE_QUESTIONS)
        await pilot.press("enter")
        assert page.chosen[2:] == [GUIDE_QUESTIONS[0]]


async def test_a_click_sends_a_question() -> None:
    async with shown() as (page, welcome, pilot):
        welcome.offer(QUESTIONS)
        await pilot.pause()
        await pilot.click(OptionList, offset=(5, 1))
        await pilot.pause()
        assert page.chosen == [QUESTIONS[1]]


async def test_a_question_is_marked_only_with_the_focus() -> None:
    async with shown() as (page, welcome, pilot):
        welcome.offer(QUESTIONS)
        await pilot.pause()

        def grounds() -> set[object]:
            region = welcome.query_one(OptionList).region
            strips = page.screen._compositor.render_strips()[region.y : region.bottom]
            return {
                s.style.bgcolor for strip in strips for s in strip if s.style and s.text.strip()
            }

        assert len(grounds()) == 1
        await pilot.press("tab")
        assert len(grounds()) == 2


@pytest.mark.parametrize(
    ("size", "questions", "note"),
    [
        # What the chat screen leaves of 60×20 and 60×16.
        ((60, 15), GUIDE_QUESTIONS, NOTE),
        ((60, 12), GUIDE_QUESTIONS, NOTE),
        ((60, 15), QUESTIONS, ""),
        ((60, 15), QUESTIONS, "SmolLM2-135M on this machine answers."),
        ((80, 19), GUIDE_QUESTIONS, NOTE),
    ],
)
async def test_nothing_is_cut_off_in_a_small_window(
    size: tuple[int, int], questions: tuple[str, ...], note: str
) -> None:
    async with shown(size) as (page, welcome, pilot):
        welcome.offer(questions)
        welcome.set_note(note)
        await pilot.pause()
        words = " ".join(told(page))
        assert words.startswith("acechat")
        for text in (PURPOSE, HINT, *questions, note):
            assert text in words
        assert not welcome.show_vertical_scrollbar


async def test_a_window_that_is_too_small_can_be_scrolled() -> None:
    async with shown((40, 8)) as (page, welcome, pilot):
        welcome.offer(QUESTIONS)
        welcome.set_note(NOTE)
        await pilot.pause()
        await pilot.press("tab", "down", "down")
        await pilot.pause()
        assert "Write a polite note" in " ".join(told(page))
        await pilot.resize_terminal(93, 35)
        assert told(page)[0] == "acechat"
        assert "" in [row.strip() for row in page.rows(welcome)][14:20]


async def test_text_from_outside_is_inert() -> None:
    async with shown() as (page, welcome, pilot):
        welcome.offer(("[/x] [@click=app.quit]q[/]\x1b[2J",))
        welcome.set_note("[/y] \x1b]52;c;x\x07")
        await pilot.pause()
        assert "[/x] [@click=app.quit]q[/]␛[2J" in told(page)
        assert told(page)[-1].startswith("[/y] ␛]52")


@pytest.mark.parametrize("theme", ["ansi-dark", "acechat-light", "textual-dark"])
async def test_any_theme_will_do(theme: str) -> None:
    async with shown(theme=theme) as (page, welcome, pilot):
        welcome.offer(QUESTIONS)
        welcome.set_note(NOTE)
        await pilot.press("tab")
        assert NOTE in told(page)
