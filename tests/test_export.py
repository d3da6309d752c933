"""A conversation as JSON lines and as Markdown."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from acechat.export import (
    iso_time,
    json_text,
    to_markdown,
    write_new,
)
from acechat.models import Conversation, Failure, Message, Role, Status

CONVERSATION = Conversation(
    id="c" * 32,
    title="Sorting in Python",
    server_id="srv-1",
    server="https://api.acedata.cloud/aichat",
    model="gpt-5.1",
    preset="Be terse.",
    references=("https://example.org/a.pdf",),
    pinned=True,
    created_at=1_767_323_045.678,
    updated_at=1_767_323_100.0,
)


def question(text: str = "How do I sort?", references: tuple[str, ...] = ()) -> Message:
    return Message(
        id="q",
        conversation_id=CONVERSATION.id,
        role=Role.USER,
        text=text,
        model="gpt-5.1",
        preset="Be terse.",
        references=references,
        created_at=1_767_323_045.678,
    )


def answer(
    text: str = "Use `sorted`.",
    status: Status = Status.COMPLETE,
    error: Failure | None = None,
    model: str = "gpt-5.1",
) -> Message:
    return Message(
        id="a",
        conversation_id=CONVERSATION.id,
        role=Role.ASSISTANT,
        text=text,
        status=status,
        model=model,
        preset="Be terse.",
        created_at=1_767_323_046.0,
        seconds=3.21049,
        error=error,
    )


def headings(markdown: str) -> list[str]:
    tokens = MarkdownIt("commonmark").parse(markdown.split("---\n", 2)[2])
    return [
        tokens[place + 1].content
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0
    ]


def test_times_have_milliseconds_and_a_z() -> None:
    assert iso_time(0) == "1970-01-01T00:00:00.000Z"


def test_letters_of_all_scripts_stay_readable_in_json() -> None:
    assert json_text({"a": "é漢🙂"}) == '{"a": "é漢🙂"}'
    assert json_text("a\ud800") == '"a\\ud800"'


def test_markdown_reads_from_top_to_bottom() -> None:
    text = to_markdown(
        CONVERSATION,
        [question(references=("https://example.org/b.png",)), answer(), question("And lists?")],
    )
    assert text == (
        "---\n"
        'title: "Sorting in Python"\n'
        f'id: "{"c" * 32}"\n'
        'model: "gpt-5.1"\n'
        'preset: "Be terse."\n'
        "created: 2026-01-02T03:04:05.678Z\n"
        "updated: 2026-01-02T03:05:00.000Z\n"
        "---\n\n"
        "# Sorting in Python\n\n"
        "## Question\n\n"
        "2026-01-02 03:04 UTC\n\n"
        "How do I sort?\n\n"
        "- <https://example.org/b.png>\n\n"
        "## Answer\n\n"
        "gpt-5.1 · 2026-01-02 03:04 UTC · 3.2 s\n\n"
        "Use `sorted`.\n\n"
        "## Question\n\n"
        "2026-01-02 03:04 UTC\n\n"
        "And lists?\n"
    )


def test_several_models_are_all_named() -> None:
    text = to_markdown(CONVERSATION, [answer(), answer(model="glm-5"), answer()])
    assert 'models: ["gpt-5.1", "glm-5"]\n' in text


def test_a_title_that_is_missing_is_the_first_question() -> None:
    bare = Conversation(id="c")
    assert headings(to_markdown(bare, [question("\n\nWhat?\nmore")]))[0] == "What?"
    assert headings(to_markdown(bare, []))[0] == "Untitled conversation"


@pytest.mark.parametrize(
    ("status", "failure", "note"),
    [
        (Status.STOPPED, None, "> **stopped**\n"),
        (
            Status.FAILED,
            Failure("used_up", "the balance is used up", "t-9"),
            "> **failed**: the balance is used up (code used_up, trace id t-9)\n",
        ),
        (
            Status.INTERRUPTED,
            Failure("cut_off", "the connection broke"),
            "> **interrupted**: the connection broke (code cut_off)\n",
        ),
        (
            Status.COMPLETE,
            Failure("flawed", "a line could not be read"),
            "> **note**: a line could not be read (code flawed)\n",
        ),
    ],
)
def test_an_answer_that_did_not_end_well_says_so(
    status: Status, failure: Failure | None, note: str
) -> None:
    assert to_markdown(CONVERSATION, [answer("Half", status, failure)]).endswith(f"Half\n\n{note}")
    empty = to_markdown(CONVERSATION, [answer("", status, failure)])
    assert empty.endswith(f"3.2 s\n\n{note}")


@pytest.mark.parametrize(
    "text",
    [
        "```python\nprint(1)",
        "~~~~\ncode\n~~~",
        "````md\n```\ninner\n```",
        "   ```\ncode",
        "1. step\n   ```sh\n   ls",
        "- ```\n  code",
        "> ```\n> quoted",
        "text\n<!-- a comment",
        "<script>\nx = 1",
        "<pre>\nx",
        "<?php\necho",
        "<![CDATA[ x",
        "<!DOCTYPE\nx",
        "```a\nx\n```\n\n~~~\ny",
        "| a | b |\n| - | - |",
    ],
)
def test_nothing_that_is_left_open_swallows_what_follows(text: str) -> None:
    markdown = to_markdown(CONVERSATION, [answer(text), question(text), answer("End.")])
    assert headings(markdown)[-3:] == ["Answer", "Question", "Answer"]
    assert text in markdown


def test_what_is_closed_already_is_left_as_it_is() -> None:
    text = "Look:\n\n```python\nprint(1)\n```"
    assert f"\n\n{text}\n\n## Question" in to_markdown(CONVERSATION, [answer(text), question()])


@given(
    st.lists(st.sampled_from(["```", "~~~", "````", "> ", "- ", "   ", "x", "\n", "<!--", "-->"]))
)
@settings(deadline=None)
def test_any_mix_of_fences_leaves_the_headings(parts: list[str]) -> None:
    markdown = to_markdown(CONVERSATION, [answer("".join(parts)), question("Then?")])
    assert headings(markdown)[-1] == "Question"


@given(st.text(st.sampled_from("a\x1b\x07\x9b\u202e\u2066\u2028\x00\r\ud800é")))
def test_markdown_is_clean(text: str) -> None:
    hostile = Conversation(id="c", title=f"t{text}", preset=text)
    failure = Failure(f"c{text}", f"m{text}", f"i{text}")
    message = answer(text, Status.FAILED, failure, model=f"m{text}")
    markdown = to_markdown(hostile, [question(text, (f"https://e.org/{text}",)), message])
    assert not set(markdown) & set("\x1b\x07\x9b\u202e\u2066\u2028\x00\r\ud800")
    markdown.encode()


def test_a_file_is_not_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    write_new(path, "first")
    with pytest.raises(FileExistsError):
        write_new(path, "second")
    assert path.read_text() == "first"
    write_new(path, "third", replace=True)
    assert path.read_text() == "third"
    assert list(tmp_path.iterdir()) == [path]
