"""Finding something ever said, and going there."""

from dataclasses import replace
from pathlib import Path

import pytest

from acechat.models import Conversation, Message, Role, Status, new_id
from acechat.screens.panel import LineInput
from acechat.screens.search import SearchScreen
from acechat.store.conversations import ConversationStore
from faults import FaultServer, complete, held, stream
from journeys.at_the_api import at_the_api
from person import Person
from store.samples import ask

ANSWERS = {
    "Why is the sky blue?": "Rayleigh scattering.",
    "今天杭州的天气怎么样？": "晴。",
    "How do lifetimes differ?": "A lifetime names a region.",
}


@pytest.fixture
async def kept(tmp_path: Path) -> dict[str, Conversation]:
    """Keep a conversation for each question; return them by it."""
    store = await ConversationStore.open(tmp_path / "conversations.db")
    found: dict[str, Conversation] = {}
    for question, answer in ANSWERS.items():
        key = new_id()
        asked = Message(new_id(), key, Role.USER, question)
        row = Message(new_id(), key, Role.ASSISTANT, "", model="gpt-5.1")
        await store.begin_turn(Conversation(key), asked, row)
        await store.finish_turn(replace(row, text=answer, status=Status.COMPLETE), unread=False)
        found[question] = await store.conversation(key)
    await store.close()
    return found


def focused(person: Person) -> str | None:
    transcript = person.app.chat_screen.transcript
    index = transcript.focused_message
    return None if index is None else person.app.chat_screen.messages[index].text


async def test_a_word_is_found_as_it_is_typed_and_gone_to(
    tmp_path: Path, kept: dict[str, Conversation]
) -> None:
    async with FaultServer(complete(stream("-"))) as server, at_the_api(tmp_path, server) as person:
        await person.sees("Today", "lifetimes")
        await person.presses("ctrl+f")
        await person.sees("Find in all conversations", "from:me", "in:title")
        await person.types("scatter")
        await person.sees("Rayleigh scattering.", "gpt-5.1 ·")
        await person.presses("enter")
        await person.sees_no("Find in all conversations")
        screen = person.app.chat_screen
        assert screen.conversation.title == "Why is the sky blue?"
        await person.until("is on it", lambda: focused(person) == "Rayleigh scattering.")
        assert screen.focused is screen.transcript


async def test_a_single_chinese_letter_is_enough(
    tmp_path: Path, kept: dict[str, Conversation]
) -> None:
    async with FaultServer(complete(stream("-"))) as server, at_the_api(tmp_path, server) as person:
        await person.sees("Today")
        await person.presses("ctrl+f")
        await person.types("晴")
        await person.sees("晴。")
        await person.presses("enter")
        await person.until("is on it", lambda: focused(person) == "晴。")


async def test_filters_narrow_and_mistakes_in_them_are_named(
    tmp_path: Path, kept: dict[str, Conversation]
) -> None:
    async with FaultServer(complete(stream("-"))) as server, at_the_api(tmp_path, server) as person:
        await person.sees("Today")
        await person.types("/find lifetime from:me")
        await person.presses("enter")
        await person.sees("Find in all conversations", "How do lifetimes differ?", "you ·")
        assert "names a region" not in person.screen
        await person.types("x")
        await person.sees("from: me or model, not “mex”")
        await person.presses("escape")
        await person.sees_no("Find in all conversations")


async def test_nothing_found_is_said(tmp_path: Path, kept: dict[str, Conversation]) -> None:
    async with FaultServer(complete(stream("-"))) as server, at_the_api(tmp_path, server) as person:
        await person.sees("Today")
        await person.presses("ctrl+f")
        await person.types("nowhere")
        await person.sees("nothing was found")
        await person.presses("enter")
        await person.sees("nothing was found")


async def test_a_hit_on_another_line_brings_that_line_back(
    tmp_path: Path, kept: dict[str, Conversation]
) -> None:
    conversation = kept["Why is the sky blue?"]
    store = await ConversationStore.open(tmp_path / "conversations.db")
    question = (await store.messages(conversation.id))[0]
    row = Message(new_id(), conversation.id, Role.ASSISTANT, "", model="grok-3")
    await store.begin_turn(conversation, question, row)
    await store.finish_turn(replace(row, text="Because.", status=Status.COMPLETE), unread=False)
    await store.close()
    async with FaultServer(complete(stream("-"))) as server, at_the_api(tmp_path, server) as person:
        await person.sees("Today")
        await person.presses("ctrl+f")
        await person.types("rayleigh")
        await person.sees("Rayleigh scattering.")
        await person.presses("enter")
        await person.sees("another version of what was said")
        await person.until("is on it", lambda: focused(person) == "Rayleigh scattering.")


async def test_a_new_answer_is_found_at_once(tmp_path: Path) -> None:
    script = [complete(stream("A marmalade sky.")), held(*stream("half of a ")[:1])]
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        await person.asks("one")
        await person.sees("A marmalade sky.", "done in")
        await person.asks("two")
        await person.sees("half of a")
        await person.presses("ctrl+f")
        await person.types("marmal")
        await person.sees("gpt-5.1 ·", "A marmalade sky.")


async def test_enter_waits_for_the_answer_to_what_was_typed(
    tmp_path: Path, kept: dict[str, Conversation]
) -> None:
    async with FaultServer(complete(stream("-"))) as server, at_the_api(tmp_path, server) as person:
        await person.sees("Today")
        await person.presses("ctrl+f")
        await person.types("lifetime")
        await person.sees("A lifetime names a region.")
        dialog = person.app.screen
        assert isinstance(dialog, SearchScreen)
        # Without a moment between the keys, as from a fast typist or a script.
        line = dialog.query_one(LineInput)
        line.value = "rayleigh"
        await line.action_submit()
        await person.until("is on it", lambda: focused(person) == "Rayleigh scattering.")


async def test_the_search_begins_with_the_words_of_the_last_time(
    tmp_path: Path, kept: dict[str, Conversation]
) -> None:
    async with FaultServer(complete(stream("-"))) as server, at_the_api(tmp_path, server) as person:
        await person.sees("Today")
        await person.presses("ctrl+f")
        await person.types("sky")
        await person.sees("Why is the sky blue?", "you ·")
        await person.presses("down", "enter")
        await person.until("is on it", lambda: focused(person) == "Why is the sky blue?")
        await person.presses("ctrl+f")
        await person.sees("Find in all conversations", "you ·")
        await person.types("names")
        await person.sees("A lifetime names a region.")
        assert "you ·" not in person.screen


async def test_a_hit_on_another_version_is_shown_while_an_answer_is_arriving(
    tmp_path: Path, kept: dict[str, Conversation]
) -> None:
    script = [held(*stream("A new attempt")[:1])]
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        await person.sees("Today")
        await person.presses("ctrl+f")
        await person.types("rayleigh")
        await person.sees("Rayleigh scattering.")
        await person.presses("enter")
        await person.until("is on it", lambda: focused(person) == "Rayleigh scattering.")
        await person.presses("r")
        await person.sees("A new")
        await person.presses("ctrl+f", "enter")
        await person.until("is on it", lambda: focused(person) == "Rayleigh scattering.")
        # What arrives stays as a version, and goes on.
        await person.sees("‹ 1/2 ›", "receiving")
        # The first one ends the marks.
        await person.presses("escape", "escape")
        await person.until("over", lambda: not person.app.chat_screen.turns.streaming)
        await person.presses("right")
        await person.sees("A new", "stopped after", "‹ 2/2 ›")


async def test_a_large_store_is_searched_while_it_is_taken_into_the_index(
    tmp_path: Path, kept: dict[str, Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    # One message a batch, and one that is found without the index.
    monkeypatch.setattr("acechat.store.search.BATCH", 1)
    monkeypatch.setattr("acechat.store.search.UNINDEXED", 1)
    monkeypatch.setattr("acechat.services.library.REST_SECONDS", 0.5)
    async with FaultServer(complete(stream("-"))) as server, at_the_api(tmp_path, server) as person:
        await person.sees("Today")
        await person.presses("ctrl+f")
        await person.types("region")
        await person.sees("A lifetime names a region.", "still indexing (", "left)")


async def test_a_hit_deep_in_a_long_answer_opens_where_the_words_are(tmp_path: Path) -> None:
    store = await ConversationStore.open(tmp_path / "conversations.db")
    paragraphs = [f"Paragraph {number} says nothing.\n\n" for number in range(300)]
    paragraphs[200] = "Here is the **Marma**lade that was lost.\n\n"
    paragraphs[250] = "And marmalade once more.\n\n"
    await ask(store, "Where is it?", "".join(paragraphs))
    await ask(store, "marmalade elsewhere", "No.")
    await store.close()
    async with FaultServer(complete(stream("-"))) as server, at_the_api(tmp_path, server) as person:
        await person.sees("Today")
        await person.presses("ctrl+f")
        await person.types("marmalade once from:model")
        await person.sees("gpt-5.1 ·")
        await person.presses("enter")
        await person.sees_no("Find in all conversations")
        await person.sees("Here is the Marmalade that was lost.", "1 of 2")
        screen = person.app.chat_screen
        assert screen.focused is screen.transcript
        await person.presses("n")
        await person.sees("And marmalade once more.", "2 of 2")
        await person.presses("escape")
        await person.sees_no("2 of 2")


async def test_words_that_are_not_seen_where_they_stand_lead_nowhere_else(tmp_path: Path) -> None:
    store = await ConversationStore.open(tmp_path / "conversations.db")
    conversation = await ask(store, "Where?", "[here](https://example.com/hidden)")
    await ask(store, "and where is it hidden?", "Nowhere.", conversation)
    await store.close()
    async with FaultServer(complete(stream("-"))) as server, at_the_api(tmp_path, server) as person:
        await person.sees("Today")
        await person.presses("ctrl+f")
        await person.types("hidden from:model")
        await person.sees("gpt-5.1 ·")
        await person.presses("enter")
        await person.sees("1 ")
        await person.until("is on it", lambda: (focused(person) or "").startswith("[here]"))
