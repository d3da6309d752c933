"""Telling `/` commands from questions."""

import pytest

from acechat.slash import SLASH_COMMANDS, Call, Mistake, Question, matching, parse


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "/etc/passwd is what?",
        "/etc/passwd",
        "/ is the root",
        "/",
        "/1 of 2",
        "/*comment*/",
        "and /new",
        " /new",
        "a\n/new",
        "",
    ],
)
def test_questions_stay_as_they_are(text: str) -> None:
    assert parse(text) == Question(text)


@pytest.mark.parametrize(
    ("text", "sent"), [("//x", "/x"), ("//new", "/new"), ("///", "//"), ("//a\nb", "/a\nb")]
)
def test_two_slashes_send_one(text: str, sent: str) -> None:
    assert parse(text) == Question(sent)


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("/new", "new", ""),
        ("/NEW ", "new", ""),
        ("/model gpt-5.1", "model", "gpt-5.1"),
        ("/model  ", "model", ""),
        ("/rename  Two  words ", "rename", "Two  words"),
        ("/ref https://example.org/a?b=/c", "ref", "https://example.org/a?b=/c"),
    ],
)
def test_calls(text: str, name: str, argument: str) -> None:
    assert parse(text) == Call(name, argument)


@pytest.mark.parametrize("text", ["/foo", "/foo bar", "/help me", "/usr", "/rename a\nb"])
def test_mistakes_say_how_to_send_the_text_all_the_same(text: str) -> None:
    meant = parse(text)
    assert isinstance(meant, Mistake)
    assert "//" in meant.reason
    assert text.split(maxsplit=1)[0] in meant.reason


def test_matching_narrows_by_the_beginning() -> None:
    assert [command.name for command in matching("/ren")] == ["rename"]
    assert matching("/") == list(SLASH_COMMANDS)
    assert matching("/zzz") == []


def test_the_table_is_sound() -> None:
    names = [command.name for command in SLASH_COMMANDS]
    assert len(set(names)) == len(names)
    for command in SLASH_COMMANDS:
        assert parse(f"/{command.name}") == Call(command.name, "")
        assert command.summary == command.summary[0].lower() + command.summary[1:]
