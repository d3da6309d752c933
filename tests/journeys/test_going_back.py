"""Going back: other answers, edited questions, branches, and what the server is sent for them."""

from pathlib import Path

from acechat.models import Status
from acechat.store.conversations import ConversationStore
from faults import Behaviour, FaultServer, complete, held, refusing, stream
from journeys.at_the_api import at_the_api, kept, shown_messages
from person import Person

CARRIED = "This conversation goes on from here. What was said so far:"


def says(text: str, server_id: str) -> Behaviour:
    """Answer in the server conversation `server_id`."""
    return complete(stream(text, server_id=server_id))


def sent(server: FaultServer, number: int) -> tuple[object, object, str]:
    """Return id and model of a request, and the question without what it carries."""
    fields = server.requests[number].fields
    question = str(fields["question"])
    carried, _, asked = question.rpartition("Answer this now:\n\n")
    assert bool(carried) == question.startswith(CARRIED)
    return fields.get("id"), fields["model"], asked


def carried(server: FaultServer, number: int) -> str:
    """Return the transcript that a request carries."""
    question = str(server.requests[number].fields["question"])
    return question.partition("<transcript>\n")[2].partition("\n</transcript>")[0]


def line(person: Person) -> list[str]:
    """Return the texts of the messages that are shown."""
    return [message.text for message in shown_messages(person)]


async def in_the_transcript(person: Person, *keys: str) -> None:
    """Put the keyboard on the last message, and press keys there."""
    screen = person.app.chat_screen
    if not screen.transcript.has_focus:
        await person.presses("tab")
    await person.until("the transcript has the keyboard", lambda: screen.transcript.has_focus)
    await person.presses("G", *keys)


async def asks(person: Person, question: str, *texts: str) -> None:
    """Ask in the prompt, and wait until these messages are the line."""
    screen = person.app.chat_screen
    screen.prompt.focus()
    await person.until("the prompt has the keyboard", lambda: screen.prompt.has_focus)
    await person.asks(question)
    await shows(person, *texts)


async def shows(person: Person, *texts: str) -> None:
    """Wait until these messages are the line, and nothing is under way."""
    screen = person.app.chat_screen

    def so() -> bool:
        running = any(m.status is Status.STREAMING for m in screen.messages)
        return line(person) == list(texts) and not running and not screen.prompt.busy

    await person.until(f"the line is {texts}", so)


def marks(person: Person) -> list[str]:
    """Return which version of how many each message is that is not the only one."""
    return [f"{m.version}/{m.versions}" for m in shown_messages(person) if m.versions > 1]


WHY = ("Why blue?", "Scattering.")


async def test_every_line_goes_on_in_its_own_server_conversation(tmp_path: Path) -> None:
    script = [
        says("Scattering.", "s1"),
        says("Red.", "s1"),
        says("Red and gold.", "s2"),
        says("White.", "s1"),
        says("Not on Mars.", "s2"),
        says("Because.", "s3"),
        says("Butter-coloured.", "s4"),
    ]
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        await asks(person, "Why blue?", *WHY)
        await asks(person, "Dusk?", *WHY, "Dusk?", "Red.")
        assert [sent(server, n)[0] for n in (0, 1)] == [None, "s1"]

        # Another answer: a new server conversation, which is told what was said before.
        await in_the_transcript(person, "r")
        await shows(person, *WHY, "Dusk?", "Red and gold.")
        await person.sees("context rebuilt · ‹ 2/2 ›")
        assert sent(server, 2) == (None, "gpt-5.1", "Dusk?")
        assert carried(server, 2) == "User:\nWhy blue?\n\nAssistant:\nScattering."

        # Back to the first one, which nothing has touched: it goes on where it was.
        await in_the_transcript(person, "left")
        await shows(person, *WHY, "Dusk?", "Red.")
        await person.sees("‹ 1/2 ›")
        await person.sees_no("context rebuilt")
        await asks(person, "Noon?", *WHY, "Dusk?", "Red.", "Noon?", "White.")
        assert sent(server, 3) == ("s1", "gpt-5.1", "Noon?")
        assert carried(server, 3) == ""

        # And so does the other one.
        await in_the_transcript(person, "up", "up", "right")
        await shows(person, *WHY, "Dusk?", "Red and gold.")
        assert person.app.chat_screen.transcript.focused_message == 3
        await asks(person, "Always?", *WHY, "Dusk?", "Red and gold.", "Always?", "Not on Mars.")
        assert sent(server, 4) == ("s2", "gpt-5.1", "Always?")

        # The first question, put another way: nothing was said before it.
        await in_the_transcript(person, "g", "e")
        await person.sees("editing your question, esc leaves it as it was", "> Why blue?")
        await person.types(" Say")
        await person.presses("enter")
        await shows(person, "Why blue? Say", "Because.")
        assert marks(person) == ["2/2"]
        await person.sees_no("context rebuilt")
        assert sent(server, 5) == (None, "gpt-5.1", "Why blue? Say")

        # A question in the middle of the first line.
        await in_the_transcript(person, "g", "left")
        await shows(person, *WHY, "Dusk?", "Red and gold.", "Always?", "Not on Mars.")
        await in_the_transcript(person, "g", "down", "down", "e")
        await person.sees("editing your question", "> Dusk?")
        await person.presses("ctrl+u")
        await person.types("Dawn?")
        await person.presses("enter")
        await shows(person, *WHY, "Dawn?", "Butter-coloured.")
        assert sent(server, 6) == (None, "gpt-5.1", "Dawn?")
        assert carried(server, 6) == "User:\nWhy blue?\n\nAssistant:\nScattering."
    # Tomorrow the same line is shown, and all others are still there.
    ((conversation, messages),) = await kept(tmp_path)
    assert [m.text for m in messages] == [*WHY, "Dawn?", "Butter-coloured."]
    assert conversation.server_id == "s4"
    assert (messages[0].version, messages[2].version) == (1, 2)


async def test_a_single_question_is_asked_again_as_it_was(tmp_path: Path) -> None:
    script = [says("Seven.", "s1"), says("Eleven.", "s2"), says("Thirteen.", "s3")]
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        await asks(person, "A prime?", "A prime?", "Seven.")
        # From the prompt too.
        await person.presses("f5")
        await shows(person, "A prime?", "Eleven.")
        await person.sees_no("context rebuilt")
        assert sent(server, 1) == (None, "gpt-5.1", "A prime?")
        assert carried(server, 1) == ""
        # With another model, this once.
        await in_the_transcript(person, "R")
        await person.sees("Model")
        await person.types("grok-3")
        await person.presses("enter")
        await shows(person, "A prime?", "Thirteen.")
        assert sent(server, 2) == (None, "grok-3", "A prime?")
        await person.sees("grok-3 · ", "‹ 3/3 ›")
        assert person.app.chat_screen.model == "gpt-5.1"
        assert shown_messages(person)[-1].model == "grok-3"
        await asks(person, "And?", "A prime?", "Thirteen.", "And?", "Thirteen.")
        assert sent(server, 3) == ("s3", "gpt-5.1", "And?")


async def test_where_the_server_keeps_nothing_nothing_is_carried(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("stateful = false\n", encoding="utf-8")
    answer = complete(stream("Seven.", server_id=None))
    async with FaultServer(answer) as server, at_the_api(tmp_path, server) as person:
        await asks(person, "A prime?", "A prime?", "Seven.")
        line = ("A prime?", "Seven.", "Another?", "Seven.")
        await asks(person, "Another?", *line)
        await person.presses("f5")
        await person.until("it was asked again", lambda: len(server.requests) == 3)
        await shows(person, *line)
        assert server.requests[2].fields["stateful"] is False
        assert sent(server, 2) == (None, "gpt-5.1", "Another?")
        assert carried(server, 2) == ""
        assert marks(person) == ["2/2"]


async def test_an_earlier_answer_can_be_asked_for_again(tmp_path: Path) -> None:
    script = [says("One.", "s1"), says("Two.", "s1"), held(*stream("Un"), after=stream("o."))]
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        await asks(person, "First?", "First?", "One.")
        await asks(person, "Second?", "First?", "One.", "Second?", "Two.")
        await in_the_transcript(person, "g", "down", "r")
        await person.sees("Un▍", "‹ 2/2 ›")
        await person.sees_no("Second?")
        # Nothing changes its place while an answer arrives.
        await in_the_transcript(person, "left")
        await person.sees("an answer is still arriving; other versions can be seen when")
        await person.presses("e")
        await person.sees("an answer is still arriving, esc stops it")
        server.gate.set()
        await shows(person, "First?", "Uno.")
        await in_the_transcript(person, "right")
        await person.sees("this is the newest version")
        await person.presses("left")
        await shows(person, "First?", "One.", "Second?", "Two.")
        await person.presses("left")
        await person.sees("this is the first version")
        await person.presses("up", "left")
        await person.sees("there is only this version")


async def test_a_draft_comes_back_when_an_edited_question_is_sent_or_left(tmp_path: Path) -> None:
    script = [says("One.", "s1"), says("Two.", "s2")]
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        screen = person.app.chat_screen
        await asks(person, "First?", "First?", "One.")
        await person.types("my draft")
        await in_the_transcript(person, "e")
        await person.sees("editing your question", "> First?")
        await person.types(" oops")
        await person.presses("escape")
        await person.sees("> my draft")
        await person.sees_no("editing your question")
        # What was typed is not lost: it is the last of the questions of the prompt.
        await person.presses("up")
        await person.sees("> First? oops")
        await person.presses("down")
        await person.sees("> my draft")

        await in_the_transcript(person, "e")
        await person.sees("> First?")
        await person.types(" Yes")
        # Elsewhere meanwhile: both are kept.
        await person.presses("ctrl+n")
        await person.sees("Ask anything")
        await screen.open_conversation(screen.shelf.listed[0].id)
        await person.sees("> my draft")
        await in_the_transcript(person, "e")
        await person.sees("> First? Yes")
        await person.presses("enter")
        await shows(person, "First? Yes", "Two.")
        await person.sees("> my draft")
        assert [str(r.fields["question"]) for r in server.requests] == ["First?", "First? Yes"]
    store = await ConversationStore.open(tmp_path / "conversations.db")
    (conversation,) = await store.conversations()
    assert await store.draft(conversation.id) == "my draft"
    await store.close()


async def test_a_question_that_begins_with_a_slash_can_be_edited(tmp_path: Path) -> None:
    script = [says("A folder.", "s1"), says("A folder of temporary files.", "s2")]
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        await asks(person, "//tmp is what?", "/tmp is what?", "A folder.")
        await in_the_transcript(person, "e")
        await person.sees("> //tmp is what?")
        await person.types(" say")
        await person.presses("enter")
        await shows(person, "/tmp is what? say", "A folder of temporary files.")
        assert sent(server, 1)[2] == "/tmp is what? say"


async def test_a_refused_question_is_put_better_in_the_same_server_conversation(
    tmp_path: Path,
) -> None:
    refused = refusing("403 Forbidden", error={"code": "forbidden", "message": "not this"})
    script = [says("One.", "s1"), refused, says("Two.", "s1")]
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        await asks(person, "First?", "First?", "One.")
        await person.asks("Bad")
        await person.sees("not this")
        await in_the_transcript(person, "e")
        await person.sees("> Bad")
        await person.types(" no more")
        await person.presses("enter")
        await shows(person, "First?", "One.", "Bad no more", "Two.")
        assert sent(server, 2) == ("s1", "gpt-5.1", "Bad no more")
        assert carried(server, 2) == ""


async def test_a_branch_goes_its_own_way_and_both_lead_to_each_other(tmp_path: Path) -> None:
    script = [says("One.", "s1"), says("Two.", "s1"), says("Three.", "s2"), says("Four.", "s1")]
    line = ("First?", "One.", "Second?", "Two.")
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        screen = person.app.chat_screen
        await asks(person, "First?", *line[:2])
        await asks(person, "Second?", *line)
        origin = screen.conversation
        await in_the_transcript(person, "B")
        await person.sees("this conversation has no branches, b makes one")
        await person.presses("g", "down", "b")
        await shows(person, "First?", "One.")
        await person.sees("Branch of First?", "branched from “First?”, B goes there")
        branch = screen.conversation
        await asks(person, "Elsewhere?", "First?", "One.", "Elsewhere?", "Three.")
        await person.sees("context rebuilt")
        assert sent(server, 2) == (None, "gpt-5.1", "Elsewhere?")
        assert carried(server, 2) == "User:\nFirst?\n\nAssistant:\nOne."

        # There and back; the message that it branched off has the keyboard.
        await in_the_transcript(person, "B")
        await shows(person, *line)
        assert screen.conversation.id == origin.id
        await person.until("the keyboard is there", lambda: screen.transcript.has_focus)
        assert screen.transcript.focused_message == 1
        await person.sees("1 branch")
        await asks(person, "Third?", *line, "Third?", "Four.")
        assert sent(server, 3) == ("s1", "gpt-5.1", "Third?")
        await in_the_transcript(person, "B")
        await shows(person, "First?", "One.", "Elsewhere?", "Three.")
        assert screen.conversation.id == branch.id

        # Of several, the one that is picked; a branch of a branch leads to both.
        await in_the_transcript(person, "b")
        await person.sees("branched from “Branch of First?”")
        await in_the_transcript(person, "B")
        await person.until("it is open", lambda: screen.conversation.id == branch.id)
        await person.until("the keyboard is there", lambda: screen.transcript.has_focus)
        await person.presses("B")
        await person.sees("Branches", "this one branched off", "⏎ take")
        await person.presses("enter")
        await person.until("it is open", lambda: screen.conversation.id == origin.id)

        # Without its origin it stays whole, and says so.
        await screen.library.delete(origin.id)
        await screen.open_conversation(branch.id)
        await person.sees("branched from a conversation that was deleted")
    found = {c.id: [m.text for m in messages] for c, messages in await kept(tmp_path)}
    assert found[branch.id] == ["First?", "One.", "Elsewhere?", "Three."]


async def test_a_branch_without_origin_says_so(tmp_path: Path) -> None:
    async with FaultServer(says("One.", "s1")) as server, at_the_api(tmp_path, server) as person:
        screen = person.app.chat_screen
        await asks(person, "First?", "First?", "One.")
        origin = screen.conversation
        await in_the_transcript(person, "b")
        await person.sees("branched from “First?”")
        await screen.library.delete(origin.id)
        await in_the_transcript(person, "B")
        await person.sees("the conversation that this one branched off was deleted")


async def test_a_branch_that_ends_with_a_question_asks_it(tmp_path: Path) -> None:
    script = [says("One.", "s1"), says("Another one.", "s2")]
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        await asks(person, "First?", "First?", "One.")
        await in_the_transcript(person, "g", "b")
        await shows(person, "First?")
        await in_the_transcript(person, "r")
        await shows(person, "First?", "Another one.")
        assert sent(server, 1) == (None, "gpt-5.1", "First?")
        assert marks(person) == []


async def test_what_another_window_shows_meanwhile_is_not_mixed_up(tmp_path: Path) -> None:
    script = [says("One.", "s1"), says("Two.", "s1"), says("Uno.", "s2"), says("Dos.", "s3")]
    async with (
        FaultServer(script) as server,
        at_the_api(tmp_path, server) as here,
        at_the_api(tmp_path, server) as there,
    ):
        await asks(here, "First?", "First?", "One.")
        await asks(here, "Second?", "First?", "One.", "Second?", "Two.")
        screen = there.app.chat_screen
        await there.sees("Today", "First?")
        await screen.open_conversation(screen.shelf.listed[0].id)
        await in_the_transcript(there, "e")
        await there.sees("> Second?")
        # Here the line is left in which the question stands.
        await in_the_transcript(here, "g", "r")
        await shows(here, "First?", "Uno.")
        await there.types(" Yes")
        await there.presses("enter")
        await there.sees("Dos.")
        assert carried(server, 3) == "User:\nFirst?\n\nAssistant:\nOne."
    ((_, messages),) = await kept(tmp_path)
    assert [m.text for m in messages] == ["First?", "One.", "Second? Yes", "Dos."]
