"""Carrying a transcript into a new server conversation."""

from acechat.models import Carried, Message, Role
from acechat.services.rebuild import CUT_MARK, MAX_CARRIED, carried_question


def message(number: int, role: Role, text: str) -> Message:
    return Message(id=f"m{number}", conversation_id="c", role=role, text=text)


QUESTION = message(9, Role.USER, "and now?")


def test_a_first_question_goes_as_it_is() -> None:
    assert carried_question([], QUESTION) == ("and now?", Carried.NOTHING)
    assert carried_question([QUESTION], QUESTION) == ("and now?", Carried.NOTHING)


def test_all_that_was_said_comes_in_its_order() -> None:
    said = [
        message(1, Role.USER, "one"),
        message(2, Role.ASSISTANT, "two"),
        message(3, Role.ASSISTANT, ""),
        QUESTION,
        message(10, Role.ASSISTANT, "not this"),
    ]
    text, carried = carried_question(said, QUESTION)
    assert carried is Carried.WHOLE
    assert text.index("User:\none") < text.index("Assistant:\ntwo") < text.index("and now?")
    assert "not this" not in text
    assert CUT_MARK not in text


def test_a_long_transcript_is_cut_from_its_oldest_end_and_says_so() -> None:
    said = [message(n, Role.USER, f"[{n}]" + "x" * 5_000) for n in range(8)]
    text, carried = carried_question([*said, QUESTION], QUESTION)
    assert carried is Carried.CUT
    assert len(text) < MAX_CARRIED + 500
    assert CUT_MARK in text
    assert "[7]" in text
    assert "[0]" not in text
    assert text.endswith("and now?")
