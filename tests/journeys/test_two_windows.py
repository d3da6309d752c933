"""Two programs on the same conversations at the same time."""

import asyncio
from pathlib import Path

import pytest

from acechat.models import Status
from acechat.screens.alongside import ELSEWHERE
from faults import FaultServer, complete, held, in_three, stream
from journeys.at_the_api import at_the_api, ended, kept, shown_messages

LOOK = "acechat.screens.chat.LOOK_SECONDS"

FIRST, *REST = stream("It is ", "blue.")


async def test_what_happens_in_one_window_is_seen_in_the_other(tmp_path: Path) -> None:
    script = [complete([FIRST, *REST]), complete(stream("Red."))]
    async with (
        FaultServer(script) as server,
        at_the_api(tmp_path, server) as here,
        at_the_api(tmp_path, server) as there,
    ):
        await here.asks("Why?")
        await ended(here)
        # The list follows within seconds.
        await there.sees("Today", "Why?")
        listed = there.app.chat_screen.shelf.listed
        assert [each.title for each in listed] == ["Why?"]
        await there.app.chat_screen.open_conversation(listed[0].id)
        await there.sees("It is blue.")
        # And so do the text of the open conversation, its title and its model.
        await here.asks("/model grok-3")
        await here.asks("/rename Colours")
        await here.sees("grok-3", "Colours")
        await here.asks("At dusk?")
        await ended(here, 2)
        await there.sees("At dusk?", "Red.", "Colours", "grok-3 · 127.0.0.1")
        assert shown_messages(there) == shown_messages(here)


async def test_a_conversation_that_is_answered_in_one_window_waits_in_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LOOK, 0.2)
    script = [held(FIRST, after=REST), complete(stream("Red."))]
    async with (
        FaultServer(script) as server,
        at_the_api(tmp_path, server) as here,
        at_the_api(tmp_path, server) as there,
    ):
        await here.asks("Why?")
        await here.sees("It is▍")
        await there.sees("Today", "Why?")
        (listed,) = there.app.chat_screen.shelf.listed
        await there.app.chat_screen.open_conversation(listed.id)
        await there.sees("arriving in another window", f"> {ELSEWHERE}")
        assert "esc stop" not in there.screen
        await there.asks("At dusk?")
        await there.sees(ELSEWHERE, "> At dusk?")
        await there.presses("f5", "f8")
        assert len(server.requests) == 1
        server.gate.set()
        await ended(here)
        await there.sees("It is blue.")
        await there.sees_no("arriving in another window")
        await there.presses("enter")
        await there.sees("Red.", "done in")
        await here.sees("At dusk?", "Red.")
        first, second = server.requests
        assert "id" not in first.fields
        assert (second.fields["question"], second.fields["id"]) == (
            "At dusk?",
            "7cdb293b-2267-4979-a1ec-48d9ad149916",
        )
    ((_, messages),) = await kept(tmp_path)
    assert [m.text for m in messages] == ["Why?", "It is blue.", "At dusk?", "Red."]
    assert {m.status for m in messages} == {Status.COMPLETE}


async def test_an_answer_is_read_along_in_the_other_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LOOK, 0.2)
    go_on = asyncio.Event()
    async with (
        FaultServer(in_three(go_on)) as server,
        at_the_api(tmp_path, server) as here,
        at_the_api(tmp_path, server) as there,
    ):
        await here.asks("Count")
        await here.sees("one▍")
        await there.sees("Today", "Count")
        (listed,) = there.app.chat_screen.shelf.listed
        await there.app.chat_screen.open_conversation(listed.id)
        await there.sees("one▍", "arriving in another window")
        await there.until("a mark", lambda: "◌ Count" in there.screen or "◍ Count" in there.screen)
        shown: list[object] = []
        show = there.app.chat_screen.show_messages

        def counted(*words: object) -> None:
            shown.append(words)
            show(*words)  # pyright: ignore[reportArgumentType]

        monkeypatch.setattr(there.app.chat_screen, "show_messages", counted)
        go_on.set()
        await there.sees("one two▍")
        server.gate.set()
        await there.sees("one two three", "▸ Count", "> Ask anything")
        await there.sees_no("another window")
        # The text grew; nothing was built anew for it.
        assert not shown
        assert shown_messages(there)[1].status is Status.COMPLETE
        assert not there.app.chat_screen.alongside.follows(listed.id)


async def test_what_another_window_receives_is_deleted_after_a_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LOOK, 0.2)
    async with (
        FaultServer(held(FIRST, after=REST)) as server,
        at_the_api(tmp_path, server) as here,
        at_the_api(tmp_path, server) as there,
    ):
        await here.asks("Why?")
        await here.sees("It is▍")
        await there.sees("Today", "Why?")
        await there.presses("f3", "f3", "d")
        await there.sees("Another window is receiving an answer here.", "y yes")
        await there.presses("y")
        await there.sees("deleted “Why?”", "nothing here yet")
        server.gate.set()
        await ended(here)
        await there.sees("nothing here yet")
    assert await kept(tmp_path) == []


async def test_what_was_deleted_in_the_other_window_cannot_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LOOK, 0.2)
    async with (
        FaultServer(complete([FIRST, *REST])) as server,
        at_the_api(tmp_path, server) as here,
        at_the_api(tmp_path, server) as there,
    ):
        await here.asks("Why?")
        await ended(here)
        await there.sees("Today", "Why?")
        (listed,) = there.app.chat_screen.shelf.listed
        await there.app.chat_screen.open_conversation(listed.id)
        await there.sees("It is blue.")
        await here.presses("f3", "f3", "d")
        await here.sees("deleted “Why?”")
        await there.sees("nothing here yet")
        await there.asks("At dusk?")
        await there.sees("not sent: this conversation was deleted", "> At dusk?", "It is blue.")
        assert len(server.requests) == 1
        await here.presses("f3", "f3", "u")
        await there.sees("Today")
        await there.presses("enter")
        await ended(there, 2)
    ((_, messages),) = await kept(tmp_path)
    assert len(messages) == 4
