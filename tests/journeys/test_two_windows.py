"""Two programs on the same conversations at the same time."""

from pathlib import Path

import pytest

from acechat.models import Status
from faults import FaultServer, complete, held, stream
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
        await there.sees("arriving in another window")
        await there.asks("At dusk?")
        await there.sees(
            "not sent: another window is receiving an answer of this conversation", "> At dusk?"
        )
        await there.presses("f5")
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
