"""The first day with the program: no token, nothing set up, everything from the keyboard."""

from pathlib import Path

from acechat.start import ScreenOptions
from person import at_the_program


async def test_a_newcomer_gets_an_answer_and_finds_it_again_tomorrow(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("acechat", "No token yet", "How do I add my API token?")
        await person.asks("How do I switch the model?")
        await person.sees("guide ·", "F4", "done in")
        assert "How do I switch the model?" in person.screen
        await person.presses("ctrl+q")
    async with at_the_program(tmp_path, options=ScreenOptions(continue_newest=True)) as person:
        await person.sees("How do I switch the model?", "F4", "guide ·")
        await person.asks("and how do I copy code?")
        await person.sees("done in")
        assert len(person.app.chat_screen.messages) == 4


async def test_one_of_the_offered_questions_is_sent_by_enter(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("How do I add my API token?")
        await person.presses("tab", "enter")
        await person.sees("done in")
        assert person.app.chat_screen.messages[0].text == "How do I add my API token?"


async def test_an_offered_question_leaves_what_is_being_typed(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("How do I add my API token?")
        await person.types("half a question")
        await person.presses("tab", "enter")
        await person.sees("done in", "> half a question")


async def test_the_model_changes_in_mid_conversation_and_the_conversation_goes_on(
    tmp_path: Path,
) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        await person.asks("Which keys are there?")
        await person.sees("done in")
        server_id = person.app.chat_screen.conversation.server_id
        assert server_id
        await person.presses("f4")
        await person.sees("on this machine")
        await person.types("sam")
        await person.presses("enter")
        await person.sees("the next question goes to sample")
        await person.asks("20 words, as fast as possible")
        await person.until("the second answer", lambda: len(person.app.chat_screen.messages) == 4)
        await person.sees("sample ·", "done in")
        messages = person.app.chat_screen.messages
        assert [message.model for message in messages] == ["guide", "guide", "sample", "sample"]
        assert person.app.chat_screen.conversation.server_id == server_id


async def test_escape_stops_and_keeps_what_arrived(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        await person.asks("/model sample")
        await person.asks("5000 words, slowly")
        await person.until(
            "some text",
            lambda: (
                (entry := person.app.chat_screen.transcript.current) is not None
                and not entry.is_question
                and len(entry.source) > 20
            ),
        )
        await person.presses("escape")
        await person.sees("stopped after", "· F5 sends it again")
        kept = person.app.chat_screen.messages[-1]
        assert kept.status.value == "stopped"
        assert len(kept.text) > 20


async def test_an_answer_goes_on_while_another_conversation_is_open(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        await person.asks("/model sample")
        await person.asks("120 words, 40 a second")
        await person.until("it arrives", lambda: any(mark in person.screen for mark in "◌◍"))
        await person.presses("ctrl+n")
        await person.sees("How do I add my API token?")
        await person.sees("● 120 words, 40 a second")
        await person.presses("f3", "f3")
        await person.presses("tab")
        first = person.app.chat_screen.shelf.listed[0]
        assert first.unread
        assert first.status is not None
        assert first.status.value == "complete"


async def test_what_was_typed_is_there_again(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        await person.types("half a question")
        await person.presses("ctrl+q")
    async with at_the_program(tmp_path) as person:
        await person.sees("> half a question")


async def test_an_answer_in_mid_stream_survives_quitting(tmp_path: Path) -> None:
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        await person.asks("/model sample")
        await person.asks("5000 words, slowly")
        await person.sees("receiving")
        await person.presses("ctrl+q")
    async with at_the_program(tmp_path, options=ScreenOptions(continue_newest=True)) as person:
        await person.sees("5000 words, slowly", "stopped after")
        assert person.app.chat_screen.messages[-1].text
