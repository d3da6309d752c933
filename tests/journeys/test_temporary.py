"""A conversation of which nothing is kept."""

from pathlib import Path

from faults import FaultServer, complete, held, stream
from journeys.at_the_api import at_the_api, ended, kept
from person import Person

BLUE = complete(stream("It is blue."))
RED = complete(stream("It is red."))


async def begins(person: Person) -> None:
    await person.presses("alt+n")
    await person.sees("temporary conversation", "temporary: nothing of this conversation is kept")


async def test_it_is_marked_and_every_question_carries_what_was_said(tmp_path: Path) -> None:
    async with FaultServer([BLUE, RED, BLUE]) as server, at_the_api(tmp_path, server) as person:
        await begins(person)
        await person.asks("Why?")
        await ended(person)
        await person.sees("temporary · Why?", "It is blue.")
        await person.asks("And in the evening?")
        await ended(person, 2)
        await person.sees("It is red.", "nothing here yet")
        assert "context rebuilt" not in person.screen
        first, second = (request.fields for request in server.requests)
        assert (first["question"], first["stateful"]) == ("Why?", False)
        assert "id" not in second
        assert second["stateful"] is False
        asked = str(second["question"])
        assert "Why?" in asked
        assert "It is blue." in asked
        assert asked.endswith("And in the evening?")
        # Other versions of an answer are there for as long as the conversation is.
        await person.presses("f5")
        await person.sees("‹ 2/2 ›")
        assert "And in the evening?" in str(server.requests[2].fields["question"])
    assert await kept(tmp_path) == []


async def test_leaving_it_asks_once_something_was_said_and_then_forgets_it(
    tmp_path: Path,
) -> None:
    async with FaultServer([BLUE, RED]) as server, at_the_api(tmp_path, server) as person:
        await person.asks("Why?")
        await ended(person)
        await begins(person)
        # Nothing was said yet: nothing is asked.
        await person.types("half")
        await person.presses("ctrl+n")
        await person.sees_no("temporary")
        assert person.app.chat_screen.prompt.draft == ""
        await begins(person)
        await person.asks("Secret?")
        await ended(person)
        screen = person.app.chat_screen
        screen.sidebar.focus_list()
        await person.presses("enter")
        await person.sees("This temporary conversation ends now, and nothing of it is kept.")
        await person.presses("escape")
        await person.sees_no("ends now")
        assert screen.conversation.temporary
        await person.presses("enter")
        await person.sees("ends now")
        await person.presses("e")
        await person.until("the other one is open", lambda: screen.conversation.title == "Why?")
        await person.sees_no("temporary")
        await person.until("it is shown", lambda: "It is blue." in person.screen)
        # Neither the prompt nor the list knows what was asked.
        screen.prompt.focus()
        await person.presses("up")
        await person.until("the last question", lambda: screen.prompt.draft == "Why?")
    ((conversation, _),) = await kept(tmp_path)
    assert conversation.title == "Why?"


async def test_an_answer_that_arrives_is_stopped_with_it(tmp_path: Path) -> None:
    script = [held(*stream("It is ", "blue.")[:1]), RED]
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        await begins(person)
        await person.asks("Why?")
        await person.sees("It is▍")
        await person.presses("ctrl+n")
        await person.sees("ends now")
        await person.presses("e")
        await person.sees_no("temporary")
        assert not person.app.chat_screen.turns.streaming
        await person.asks("Other?")
        await ended(person)
        await person.sees("It is red.")
    ((conversation, _),) = await kept(tmp_path)
    assert conversation.title == "Other?"


async def test_it_can_be_kept_and_goes_on_as_any_other(tmp_path: Path) -> None:
    async with FaultServer([BLUE, RED, BLUE]) as server, at_the_api(tmp_path, server) as person:
        await begins(person)
        await person.asks("Why?")
        await ended(person)
        await person.presses("ctrl+n")
        await person.sees("ends now")
        await person.presses("k")
        await person.sees("kept: the conversation is in the list now")
        await person.sees_no("temporary")
        ((conversation, messages),) = await kept(tmp_path)
        assert [m.text for m in messages] == ["Why?", "It is blue."]
        await person.app.chat_screen.open_conversation(conversation.id)
        await person.asks("And?")
        await ended(person, 2)
        assert server.requests[1].fields["stateful"] is True
        assert "It is blue." in str(server.requests[1].fields["question"])
    ((_, messages),) = await kept(tmp_path)
    assert len(messages) == 4


async def test_what_would_put_it_on_disk_says_so(tmp_path: Path) -> None:
    async with FaultServer([BLUE, RED]) as server, at_the_api(tmp_path, server) as person:
        await person.types("/temporary")
        await person.presses("enter")
        await person.sees("temporary: nothing of this conversation is kept")
        await person.presses("alt+n")
        await person.presses("ctrl+g")
        await person.sees("an editor would put the text on disk")
        await person.asks("Why?")
        await ended(person)
        person.app.chat_screen.transcript.focus()
        await person.presses("b")
        await person.sees("a branch would be kept; keep this temporary conversation first")
        await person.app.chat_screen.run_action("screen.archive_conversation")
        await person.sees("a temporary conversation is in no list")
        await person.presses("e")
        await person.sees("editing your question")
        await person.presses("escape")
        await person.sees("temporary: nothing of this conversation is kept")
    assert await kept(tmp_path) == []
