"""The model that answers from the manual."""

from pathlib import Path

import pytest

from acechat.models import Message, Role
from acechat.server.answering import Asked, Exchange
from acechat.server.guide import Guide
from acechat.server.manual import find_docs, read_sections
from acechat.services.rebuild import carried_question

SMALL = Path(__file__).parent / "small_manual"
DOCS = find_docs()


@pytest.fixture
def guide() -> Guide:
    return Guide(SMALL)


def talk(guide: Guide, *questions: str) -> str:
    """Ask one question after the other and return the last answer."""
    history: tuple[Exchange, ...] = ()
    answer = ""
    for question in questions:
        answer = guide.reply(Asked(question, history=history))
        history += (Exchange(question, answer),)
    return answer


def source(answer: str) -> str:
    """The first section that an answer names as its source."""
    last = answer.splitlines()[-1]
    assert last.startswith("*From the manual: "), answer
    return last.removeprefix("*From the manual: ").split(".*")[0].split(" · ")[0]


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("how do I add a token?", "Settings › Token"),
        ("Token", "Settings › Token"),
        ("where do I put my API key", "Settings › Token"),
        ("which key switches the model?", "Keys › Anywhere"),
        ("How can I copy an answer?", "Keys › Anywhere"),
        ("how do I quit", "Keys › Anywhere"),
        ("change keyboard shortcuts", "Keys › Changing a key"),
        ("can I use a system prompt?", "Settings › Presets"),
        ("dark mode", "Settings › Themes"),
        ("run ollama offline", "Models on this machine › Starting one"),
        ("where is the config file?", "Settings › File"),
        ("multi-line question?", "Keys › In the prompt"),
        ("what does ctrl+y do", "Keys › Anywhere"),
        ("setings", "Settings"),
        ("NO_COLOR", "Settings › Themes"),
    ],
)
def test_a_question_finds_its_section(guide: Guide, question: str, section: str) -> None:
    assert source(talk(guide, question)) == section


def test_the_section_is_quoted_with_its_code(guide: Guide) -> None:
    answer = talk(guide, "how do I add a token?")
    assert answer.startswith("The manual says under **Settings › Token**:\n\nPress F2, choose")
    assert "```sh\nexport ACEDATACLOUD_API_TOKEN=...\n```" in answer


def test_of_a_long_table_only_the_rows_asked_for_are_quoted(guide: Guide) -> None:
    answer = talk(guide, "which key switches the model?")
    assert "| key | what it does |\n| --- | --- |\n| F4 | switches the model |\n\n" in answer


def test_links_within_the_manual_pictures_and_comments_are_not_quoted(guide: Guide) -> None:
    assert "see *Settings*." in talk(guide, "Keys")
    assert "*a chart*" in talk(guide, "how much memory")
    assert "not for readers" not in talk(guide, "Themes")


def test_a_heading_in_code_begins_no_section() -> None:
    headings = [section.heading for section in read_sections(SMALL)]
    assert "a comment that is no heading" not in headings
    assert headings[0] == "Start here"


def test_a_page_named_by_its_title_tells_what_else_is_on_it(guide: Guide) -> None:
    answer = talk(guide, "settings?")
    assert "The page also covers Token, Token on macOS, Presets, Themes, File." in answer


def test_a_follow_up_leans_on_the_question_before(guide: Guide) -> None:
    assert source(talk(guide, "how do I add a token?", "and on macOS?")) == (
        "Settings › Token on macOS"
    )


def test_a_question_of_its_own_does_not(guide: Guide) -> None:
    assert source(talk(guide, "how do I add a token?", "themes?")) == "Settings › Themes"


def test_what_a_question_carries_counts_as_asked_before(guide: Guide) -> None:
    said = [
        Message("1", "c", Role.USER, "how do I add a token?"),
        Message("2", "c", Role.ASSISTANT, "Press F2.\n\nUser of old terminals: press escape."),
        Message("3", "c", Role.USER, "and on macOS?"),
    ]
    carried, _ = carried_question(said, said[-1])
    assert carried != "and on macOS?"
    assert source(talk(guide, carried)) == "Settings › Token on macOS"
    assert source(talk(guide, carried, "themes?")) == "Settings › Themes"
    assert talk(guide, carried, "thanks") == talk(guide, "thanks")


def test_more_goes_on_with_the_next_section(guide: Guide) -> None:
    first = talk(guide, "how do I copy an answer?")
    announced = first.rpartition("Say “more” for ")[2].rstrip(".*")
    second = talk(guide, "how do I copy an answer?", "more")
    assert second.startswith(f"Next, **{announced}**:")
    third = talk(guide, "how do I copy an answer?", "more", "more")
    assert source(third) not in {source(first), source(second)}


def test_more_comes_to_an_end(guide: Guide) -> None:
    assert talk(guide, "NO_COLOR", "more").startswith("That was all I found.")
    assert talk(guide, "more").startswith("There is nothing to go on with.")


@pytest.mark.parametrize("question", ["hi", "Hello!", "what can you do?", "help", "Who are you?"])
def test_it_says_what_it_is_for(guide: Guide, question: str) -> None:
    answer = talk(guide, question)
    assert "I am the guide" in answer
    assert "- **Keys**: In the prompt, Anywhere, Changing a key" in answer


def test_thanks_are_not_searched_for(guide: Guide) -> None:
    assert talk(guide, "thanks!").startswith("You are welcome.")


@pytest.mark.parametrize(
    "question",
    ["What is the capital of France?", "write a python function to sort a list", "你好吗", "?!"],
)
def test_it_is_honest_about_what_it_does_not_know(guide: Guide, question: str) -> None:
    answer = talk(guide, question)
    assert answer.startswith("I found nothing about that in the manual")
    assert "- **Settings**: Token" in answer


@pytest.mark.parametrize(
    "question", ['" OR "', "NEAR(a b)", "token*", "a' --", "heading:token", ")"]
)
def test_a_question_is_never_a_query(guide: Guide, question: str) -> None:
    assert talk(guide, question)


def test_it_says_once_that_a_preset_changes_nothing(guide: Guide) -> None:
    first = guide.reply(Asked("themes", preset="You are a pirate."))
    assert first.startswith("*I search the manual, so the preset changes nothing here.*\n\nThe")
    earlier = (Exchange("themes", first),)
    second = guide.reply(Asked("presets", preset="You are a pirate.", history=earlier))
    assert second.startswith("The manual says")


def test_it_says_that_it_cannot_read_references(guide: Guide) -> None:
    url = "https://example.org/a.pdf"
    first = guide.reply(Asked("themes", references=(url,)))
    assert first.startswith(f"*I cannot read the reference you gave: {url}*")
    earlier = (Exchange("themes", first, (url,)),)
    assert guide.reply(Asked("presets", references=(url,), history=earlier)).startswith(
        "The manual"
    )


async def test_the_pieces_are_the_answer(guide: Guide) -> None:
    asked = Asked("how do I add a token?")
    quick = Guide(SMALL, pace=100_000)
    pieces = [piece async for piece in quick.answer(asked)]
    assert "".join(pieces) == guide.reply(asked)
    assert len(pieces) > 20


def test_without_a_manual_it_says_so(tmp_path: Path) -> None:
    assert Guide(tmp_path).reply(Asked("hi")).startswith("The manual was not installed")


def test_a_long_section_is_cut_down_to_what_was_asked(tmp_path: Path) -> None:
    filler = "\n\n".join(f"Paragraph {number} {'goes on ' * 40}" for number in range(30))
    text = f"# Long\n\nIt begins here.\n\n{filler}\n\nThe zebra is here:\n\n```\nzebra()\n```\n"
    (tmp_path / "index.md").write_text(text)
    answer = Guide(tmp_path).reply(Asked("where is the zebra?"))
    assert "It begins here.\n\n" in answer
    assert "…\n\nThe zebra is here:\n\n```\nzebra()\n```" in answer
    assert len(answer) < 2500


def test_every_page_of_the_manual_is_found_by_its_title() -> None:
    assert DOCS is not None
    guide = Guide(DOCS)
    titles = [page.read_text().splitlines()[0].removeprefix("# ") for page in DOCS.glob("*.md")]
    for title in titles:
        assert source(talk(guide, title)).split(" › ")[0] == title
