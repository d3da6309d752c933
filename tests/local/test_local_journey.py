"""A conversation with a real model in the full program: streamed, stopped, switched, kept."""

import os
from pathlib import Path

from acechat.models import Status
from acechat.server.names import model_name
from acechat.start import ScreenOptions
from person import at_the_program

GGUF = os.environ["ACECHAT_TEST_GGUF"]
MODEL = model_name(Path(GGUF))


async def test_a_real_model_answers_and_the_conversation_goes_on(tmp_path: Path) -> None:
    async with at_the_program(tmp_path, options=ScreenOptions(gguf=GGUF)) as person:
        screen = person.app.chat_screen
        await person.sees(MODEL)
        await person.asks("Tell me a long story about a lighthouse.")
        await person.until(
            "a sentence of the story",
            lambda: (
                (last := screen.transcript.current) is not None
                and not last.is_question
                and len(last.source) > 80
            ),
        )
        await person.presses("escape")
        await person.until("the end", lambda: not screen.prompt.busy)
        story = screen.messages[-1]
        assert story.model == MODEL
        assert story.status in {Status.STOPPED, Status.COMPLETE}
        assert len(story.text) > 80
        assert " ".join(story.text.split()[:3]) in " ".join(person.screen.split())

        await person.asks("/model guide")
        await person.sees("the next question goes to guide")
        await person.asks("How do I copy code?")
        await person.sees("guide ·", "done in")
        await person.presses("ctrl+q")
    async with at_the_program(tmp_path, options=ScreenOptions(continue_newest=True)) as person:
        await person.sees("How do I copy code?")
        models = [message.model for message in person.app.chat_screen.messages]
        assert models == [MODEL, MODEL, "guide", "guide"]
