"""What a question is sent with: the conversation's own choices over the defaults."""

import pytest

from acechat.models import Conversation, Preset
from acechat.options import default_model, options_for
from acechat.settings import Settings

SETTINGS = Settings(
    model="gpt-5.1",
    preset="Terse",
    presets=(Preset("Terse", "Be terse."), Preset("Kind", "Be kind.")),
    references=("https://a.test/x.pdf",),
)
NEW = Conversation("c")


def test_a_conversation_without_choices_follows_the_defaults() -> None:
    options = options_for(NEW, SETTINGS, "gpt-5.1")
    assert options.model == "gpt-5.1"
    assert options.preset == "Be terse."
    assert options.references == ("https://a.test/x.pdf",)
    assert options.stateful
    assert options.stream


def test_its_own_choices_go_before_them() -> None:
    own = Conversation(
        "c", model="grok-3", preset="Answer in rhyme.", references=("https://b.test/y.png",)
    )
    options = options_for(own, SETTINGS, "gpt-5.1")
    assert options.model == "grok-3"
    assert options.preset == "Answer in rhyme."
    assert options.references == ("https://b.test/y.png",)


def test_nothing_can_be_chosen_too() -> None:
    options = options_for(Conversation("c", preset="", references=()), SETTINGS, "gpt-5.1")
    assert options.preset == ""
    assert options.references == ()


def test_references_of_one_question_come_last_and_only_once() -> None:
    extra = ("https://a.test/x.pdf", "https://b.test/y.png", "https://b.test/y.png")
    options = options_for(NEW, SETTINGS, "gpt-5.1", extra_references=extra)
    assert options.references == ("https://a.test/x.pdf", "https://b.test/y.png")


def test_a_preset_that_is_not_in_the_library_is_none() -> None:
    assert options_for(NEW, Settings(preset="gone"), "m").preset == ""


def test_how_it_is_asked_is_a_setting() -> None:
    options = options_for(NEW, Settings(stream=False, stateful=False), "m")
    assert (options.stream, options.stateful) == (False, False)


@pytest.mark.parametrize(
    ("chosen", "served", "model"),
    [
        ("", (), "gpt-5.1"),
        ("brand-new", (), "brand-new"),
        ("guide", ("guide", "sample"), "guide"),
        ("gpt-5.4", ("guide", "sample"), "gpt-5.1"),
    ],
    ids=["none", "an open list", "a closed list", "not in a closed list"],
)
def test_the_default_model(chosen: str, served: tuple[str, ...], model: str) -> None:
    assert default_model(Settings(model=chosen), served, "gpt-5.1") == model
