"""Pictures of the screens: a change of how something looks is seen before it is made."""

import pytest
from textual.pilot import Pilot

from acechat.models import Failure, Message, Phase, Role, Status, Turn
from acechat.screens.bring_in import ImportScreen
from acechat.screens.compare import CompareScreen
from acechat.screens.temporary import LeaveScreen
from acechat.widgets.queued_lines import QueuedLines
from fakes import FakeStore
from pictures.pictured import ANSWER, EVERYWHERE, NOON, Compare, Screens, acts, filled


@pytest.mark.parametrize(
    ("theme", "size"),
    [
        ("acechat-dark", (120, 40)),
        ("acechat-light", (80, 24)),
        ("acechat-contrast", (80, 24)),
        ("ansi-dark", (80, 24)),
        ("acechat-dark", (60, 20)),
    ],
)
def test_a_conversation(snap_compare: Compare, theme: str, size: tuple[int, int]) -> None:
    assert snap_compare(Screens(filled(), theme), terminal_size=size, run_before=acts())


def test_first_start(snap_compare: Compare) -> None:
    app = Screens(FakeStore(), "acechat-dark", newest=False)
    assert snap_compare(app, terminal_size=(80, 24), run_before=acts())


def test_an_error(snap_compare: Compare) -> None:
    app = Screens(filled(Status.FAILED), "acechat-dark")
    assert snap_compare(app, terminal_size=(100, 24), run_before=acts())


def test_the_message_with_the_keyboard(snap_compare: Compare) -> None:
    app = Screens(filled(), "acechat-dark")
    assert snap_compare(app, terminal_size=(100, 30), run_before=acts("tab", "up"))


def test_the_list_over_a_narrow_screen(snap_compare: Compare) -> None:
    app = Screens(filled(), "acechat-dark")
    assert snap_compare(app, terminal_size=(70, 24), run_before=acts("f3"))


def test_picking_a_model(snap_compare: Compare) -> None:
    app = Screens(filled(), "acechat-light")
    assert snap_compare(app, terminal_size=(100, 30), run_before=acts("f4", "o", "3"))


def compared() -> list[Turn]:
    """Return three answers to one question, each of which ended in another way."""
    question = Message(
        "q", "c0", Role.USER, "How do lifetimes differ from scopes?", created_at=NOON
    )
    failure = Failure("api_error", "The model is overloaded.", "2f1c-trace")
    answers = [
        Message("a", "c0", Role.ASSISTANT, ANSWER, model="gpt-5.1", seconds=3.2),
        Message(
            "b",
            "c0",
            Role.ASSISTANT,
            "A scope is where a name can be used;\na **lifetime** is",
            status=Status.STOPPED,
            model="grok-3",
            seconds=1.4,
        ),
        Message("c", "c0", Role.ASSISTANT, "", status=Status.FAILED, model="o3", error=failure),
    ]
    return [Turn(question, answer, 0.0, Phase.RECEIVING) for answer in answers]


@pytest.mark.parametrize(
    ("theme", "size"),
    [
        ("acechat-dark", (120, 40)),
        ("acechat-light", (80, 24)),
        ("ansi-dark", (120, 30)),
        ("acechat-dark", (60, 20)),
    ],
)
def test_a_comparison(snap_compare: Compare, theme: str, size: tuple[int, int]) -> None:
    async def act(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, Screens)
        await app.ready.wait()
        await app.push_screen(CompareScreen(app.chat_screen, compared()))
        await pilot.pause()
        await pilot.press("right")
        await pilot.pause()

    app = Screens(filled(), theme)
    assert snap_compare(app, terminal_size=size, run_before=act)


def test_questions_that_wait(snap_compare: Compare) -> None:
    async def act(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, Screens)
        await app.ready.wait()
        lines = QueuedLines()
        app.chat_screen.query_one("#main").mount(lines, before=app.chat_screen.prompt)
        lines.show(["And with structs?", "Is there a rule of thumb that one can remember?", "Why?"])
        await pilot.pause()

    assert snap_compare(Screens(filled(), "acechat-dark"), terminal_size=(100, 30), run_before=act)


def test_too_little_room(snap_compare: Compare) -> None:
    app = Screens(filled(), "acechat-dark")
    assert snap_compare(app, terminal_size=(38, 9), run_before=acts())


OLDER = ("slash", *"delete", "minus", *"older", "space", *"10d", "enter")


@pytest.mark.parametrize(("theme", "size"), EVERYWHERE)
def test_deleting_what_is_old(snap_compare: Compare, theme: str, size: tuple[int, int]) -> None:
    app = Screens(filled(), theme)
    assert snap_compare(app, terminal_size=size, run_before=acts(*OLDER))


@pytest.mark.parametrize(("theme", "size"), EVERYWHERE)
def test_saving(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, theme: str, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("HOME", "/home/reader")
    app = Screens(filled(), theme)
    keys = ("slash", *"export", "escape", "enter", "down", "down", "right")
    assert snap_compare(app, terminal_size=size, run_before=acts(*keys))


@pytest.mark.parametrize(("theme", "size"), EVERYWHERE)
def test_bringing_in_a_file(snap_compare: Compare, theme: str, size: tuple[int, int]) -> None:
    app = Screens(filled(), theme)

    async def act(pilot: Pilot[None]) -> None:
        await acts()(pilot)
        await app.push_screen(ImportScreen())
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=act)


@pytest.mark.parametrize(("theme", "size"), EVERYWHERE)
def test_leaving_a_temporary_conversation(
    snap_compare: Compare, theme: str, size: tuple[int, int]
) -> None:
    app = Screens(filled(), theme)

    async def act(pilot: Pilot[None]) -> None:
        await acts("alt+n")(pilot)
        await app.push_screen(LeaveScreen())
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=act)


@pytest.mark.parametrize(("theme", "size"), EVERYWHERE)
def test_several_conversations_are_chosen(
    snap_compare: Compare, theme: str, size: tuple[int, int]
) -> None:
    app = Screens(filled(), theme)
    keys = ("f3", "home", "space", "x") if size[0] < 90 else ("f3", "f3", "home", "space", "x")
    assert snap_compare(app, terminal_size=size, run_before=acts(*keys))
