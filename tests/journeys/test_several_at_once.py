"""Several answers at the same time: four arrive, the others wait and say so."""

from pathlib import Path

from acechat.models import Conversation, Message, Status
from acechat.waiting import AT_ONCE
from faults import FaultServer
from journeys.at_the_api import at_the_api, ended, kept
from journeys.gates import Gates
from person import Person

FOUR = ["one", "two", "three", "four"]
WAITS = "waiting for one of four answers to end"


async def asks_anew(person: Person, *questions: str) -> None:
    """Ask each question in a conversation of its own, and wait until it is on its way."""
    screen = person.app.chat_screen
    for question in questions:
        before = screen.conversation.id
        await person.presses("ctrl+n")
        await person.until("a new one", lambda before=before: screen.conversation.id != before)
        await person.asks(question)
        await person.until("it is shown", lambda: screen.messages)


async def by_question(home: Path) -> dict[str, tuple[Conversation, Message]]:
    """Return the conversations on disk and their last messages."""
    return {messages[0].text: (each, messages[-1]) for each, messages in await kept(home)}


async def test_the_fifth_waits_for_one_of_four_in_its_turn(tmp_path: Path) -> None:
    assert len(FOUR) == AT_ONCE
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await asks_anew(person, *FOUR)
        await person.until("four are asked", lambda: len(gates.asked) == AT_ONCE)
        await asks_anew(person, "five")
        await person.sees(WAITS, "esc stops")
        await asks_anew(person, "six")
        await person.sees(WAITS)
        await person.until(
            "six are marked", lambda: len(person.app.chat_screen.turns.streaming) == AT_ONCE + 2
        )
        await person.until("marks", lambda: person.screen.count("◌") == AT_ONCE + 2)
        # What waits is on disk like any other question.
        found = await by_question(tmp_path)
        assert found["six"][1].status is Status.STREAMING
        assert sorted(gates.asked) == sorted(FOUR)
        gates.let("two")
        await person.until("the fifth is asked", lambda: gates.asked[-1] == "five")
        await person.sees(WAITS)
        await person.sees("● two")
        gates.let("one")
        await person.sees("on six so far▍")
        gates.let("three", "four", "five", "six")
        await ended(person)
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)
    for question, (_, answer) in (await by_question(tmp_path)).items():
        assert answer.status is Status.COMPLETE
        assert answer.text.endswith(f"on {question} so far, and the end")


async def test_escape_ends_the_wait_and_nothing_is_sent(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await asks_anew(person, *FOUR, "five")
        await person.sees(WAITS)
        await person.presses("escape")
        await person.sees("stopped")
        await person.sees_no(WAITS)
        gates.let(*FOUR)
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)
        assert sorted(gates.asked) == sorted(FOUR)
        found = await by_question(tmp_path)
        assert found["five"][1].status is Status.STOPPED
        # One key sends it.
        await person.presses("f5")
        await person.sees("on five so far▍")
        gates.let("five")
        await ended(person)
        assert gates.asked[-1] == "five"


async def test_leaving_while_one_waits(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await asks_anew(person, *FOUR, "five")
        await person.sees(WAITS)
        await person.presses("ctrl+q")
        await person.until("gone", lambda: not person.app.is_running)
    assert sorted(gates.asked) == sorted(FOUR)
    found = await by_question(tmp_path)
    assert {answer.status for _, answer in found.values()} == {Status.STOPPED}
