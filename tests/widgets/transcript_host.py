"""A transcript in a small application: messages to show, a reader's hands, and the screen."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.strip import Strip

from acechat import clock, commands
from acechat.key_names import key_label
from acechat.models import Failure, Message, Phase, Role, Status, Turn
from acechat.widgets.transcript import Transcript
from widgets.widget_host import Host, hosted

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, 4).astimezone().timestamp()

PATIENCE = 20.0
"""Seconds after which a reader gives up; the machine may be busy."""

PROSE = "The quick brown fox jumps over the lazy dog and then goes on to see the rest of it. "

RICH = (
    f"## A heading\n\n{PROSE * 3}\n\n- one {PROSE}\n- two\n  - three\n\n"
    "```python\ndef f(x):\n    return x + 1\n\nclass A:\n    pass\n```\n\n"
    "| a | b |\n|---|---|\n| 1 | 2 |\n\nThe end of it.\n"
)
"""An answer with a bit of everything."""


def question(
    number: int, text: str = "", *, references: tuple[str, ...] = (), at: float = NOON
) -> Message:
    return Message(
        f"q{number}", "c", Role.USER, text or f"question {number}", references=references,
        created_at=at,
    )  # fmt: skip


def answer(
    number: int,
    text: str = "",
    *,
    status: Status = Status.COMPLETE,
    error: Failure | None = None,
    model: str = "gpt-5.1",
    seconds: float | None = 3.2,
) -> Message:
    return Message(
        f"a{number}", "c", Role.ASSISTANT, text, status=status, model=model, created_at=NOON,
        seconds=seconds, error=error,
    )  # fmt: skip


def talk(count: int, text: str = "") -> list[Message]:
    """Questions and answers in turn, `count` messages."""
    return [
        question(index // 2)
        if index % 2 == 0
        else answer(index // 2, text or f"answer {index // 2}")
        for index in range(count)
    ]


def turn_of(number: int, *, phase: Phase = Phase.RECEIVING, waited: float = 0.0) -> Turn:
    """A turn that was begun some seconds ago."""
    begun = answer(number, status=Status.STREAMING, seconds=None)
    return Turn(question(number), begun, clock.now() - waited, phase)


class Reader:
    """Looks at a transcript, and has keyboard and mouse."""

    def __init__(self, view: Transcript, host: Host, pilot: Pilot[None]) -> None:
        self.view = view
        self.host = host
        self.pilot = pilot

    @property
    def strips(self) -> list[Strip]:
        """What is on the screen where the transcript is, without its scrollbar."""
        region = self.view.scrollable_content_region
        screen = self.host.screen._compositor.render_strips()
        return [
            screen[y].crop(region.x, region.right)
            for y in range(region.y, min(region.bottom, len(screen)))
        ]

    @property
    def rows(self) -> list[str]:
        """The same as text."""
        return [strip.text.rstrip() for strip in self.strips]

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    def row_with(self, text: str) -> int:
        """The first row that shows `text`."""
        for y, row in enumerate(self.rows):
            if text in row:
                return y
        raise AssertionError(f"{text!r} is not in\n{self.text}")

    def style_of(self, text: str) -> Style:
        """The style of the first character of `text` on the screen."""
        y = self.row_with(text)
        at = self.rows[y].index(text)
        for segment in self.strips[y]:
            at -= len(segment.text)
            if at < 0:
                assert segment.style is not None
                return segment.style
        raise AssertionError(text)

    def lit(self) -> list[str]:
        """What is painted as selected, row by row, without the rows where nothing is."""
        ground = self.view.look.selection.bgcolor
        rows = [
            "".join(s.text for s in strip if s.style is not None and s.style.bgcolor == ground)
            for strip in self.strips
        ]
        return [row for row in rows if row]

    @property
    def selected(self) -> str | None:
        return self.host.screen.get_selected_text()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until `condition()` holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, self.text
            await self.pilot.pause(0.01)

    async def sees(self, text: str) -> None:
        await self.until(lambda: text in self.text)

    async def presses(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def wheels(
        self, direction: int, times: int = 1, *, shift: bool = False, y: int = 2
    ) -> None:
        """Turn the wheel over a row of the transcript, up for -1 and down for 1."""
        kind = events.MouseScrollDown if direction > 0 else events.MouseScrollUp
        x, y = self.view.region.offset + Offset(2, y)
        for _ in range(times):
            event = kind(None, x, y, 0, 0, 0, shift, False, False, screen_x=x, screen_y=y)
            self.host.screen._forward_event(event)
            await self.pilot.pause()

    async def moves(self, offset: tuple[int, int], by: int) -> None:
        """Move the mouse `by` rows, to a cell of the transcript."""
        x, y = self.view.region.offset + Offset(*offset)
        event = events.MouseMove(
            None, x, y, 0, by, 1, False, False, False, screen_x=x, screen_y=y
        )  # fmt: skip
        self.host.screen._forward_event(event)
        await self.pilot.pause()

    async def drags(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Select with the mouse, from cell to cell, both included."""
        await self.pilot.mouse_down(self.view, offset=start)
        await self.pilot.hover(self.view, offset=end)
        await self.pilot.mouse_up(self.view, offset=end)
        await self.pilot.pause()

    def at(self, text: str, *, last: bool = False) -> tuple[int, int]:
        """The cell where `text` begins, or where it ends."""
        y = self.row_with(text)
        before = self.rows[y].partition(text)[0]
        return cell_len(before) + (cell_len(text) - 1 if last else 0), y

    async def reads(self, text: str) -> None:
        """Scroll back until `text` stands in the first row."""
        while text not in self.text:
            assert self.view.scroll_offset.y > 0, text
            self.view.page(-1)
            await self.settled()
        self.view.scroll_to(y=self.view.scroll_offset.y + self.row_with(text), animate=False)
        await self.settled()
        assert text in self.rows[0]

    async def settled(self) -> None:
        """Wait until all that is in view is drawn."""
        await self.until(lambda: self.view._rest is None)
        await self.pilot.pause()

    async def resizes(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.settled()


def key_of(command_id: str) -> str:
    return key_label(commands.BY_ID[command_id].keys)


def title_of(command_id: str) -> str:
    command = commands.BY_ID[command_id]
    return command.hint or command.title


@asynccontextmanager
async def reading(
    messages: list[Message] | None = None,
    turn: Turn | None = None,
    *,
    size: tuple[int, int] = (80, 25),
    theme: str = "acechat-dark",
) -> AsyncGenerator[Reader]:
    """Show messages in a transcript; its first row is the second of the screen."""
    view = Transcript(key_of=key_of, title_of=title_of, today=lambda: TODAY)
    async with hosted(view, size=size, theme=theme) as (host, pilot):
        # In the program, the prompt has the focus.
        host.screen.set_focus(None)
        await pilot.pause()
        view.show(messages or [], turn)
        reader = Reader(view, host, pilot)
        await reader.settled()
        yield reader
