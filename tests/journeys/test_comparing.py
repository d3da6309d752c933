"""One question to several models: beside each other, each stoppable, one of them goes on."""

from pathlib import Path

import pytest

from acechat.errors import StoreError
from acechat.models import Message, Role, Status
from acechat.screens.compare import CompareScreen
from acechat.screens.palette import Palette
from acechat.store.conversations import ConversationStore
from faults import Exchange, FaultServer, refusing
from journeys.at_the_api import at_the_api, ended, kept, shown_messages
from journeys.gates import Gates
from person import Person

A, B, C = "gpt-5.1", "grok-3", "o3"


async def marks(person: Person, *models: str) -> None:
    """Mark models in the picker, the first of which is marked already."""
    await person.sees("Compare models")
    for model in models:
        await person.types(model)
        await person.until("it is found", lambda model=model: f"  {model}  " in person.screen)
        await person.presses("space")
        await person.sees("type to narrow")


async def compares(person: Person, question: str, *models: str) -> CompareScreen:
    """Ask the conversation's model and these, and wait for the columns."""
    await person.types(question)
    await person.presses("f9")
    await marks(person, *models)
    await person.presses("enter")
    return await columns_of(person)


async def columns_of(person: Person) -> CompareScreen:
    await person.until("the comparison", lambda: isinstance(person.app.screen, CompareScreen))
    screen = person.app.screen
    assert isinstance(screen, CompareScreen)
    await person.until("the keyboard", lambda: screen.column.answer.has_focus)
    return screen


async def all_answers(home: Path) -> dict[str, Message]:
    """Return the answers to the last question on disk, by model, shown or not."""
    ((conversation, messages),) = await kept(home)
    store = await ConversationStore.open(home / "conversations.db")
    found = [await store.message(each) for each in await store.versions(messages[-1].id)]
    await store.close()
    assert conversation.id == messages[0].conversation_id
    return {message.model: message for message in found}


async def test_all_arrive_at_the_same_time_and_one_goes_on(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await compares(person, "Why?", B, C)
        await person.sees(f"{A} on Why? so far▍", f"{B} on Why? so far▍", f"{C} on Why? so far▍")
        assert sorted(gates.models) == sorted([A, B, C])
        assert all("id" not in request.fields for request in server.requests)
        gates.let(B)
        await person.sees(f"{B} on Why? so far, and the end")
        await person.sees("s · 8 words")
        gates.let(A, C)
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)
        await person.presses("right", "enter")
        await person.sees(f"{B} · ", "‹ 2/3 ›")
        assert person.app.screen is person.app.chat_screen
        # It goes on in the winner's server conversation.
        await person.asks("And?")
        await ended(person, 2)
        await person.sees(f"{B} on And? so far, and the end")
        assert server.requests[-1].fields["id"] == f"id-{B}"
        assert server.requests[-1].fields["model"] == B
    ((_, messages),) = await kept(tmp_path)
    assert [m.text for m in messages][:2] == ["Why?", f"{B} on Why? so far, and the end"]


async def test_what_goes_on_where_others_are_still_arriving(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await compares(person, "Why?", B)
        await person.sees(f"{B} on Why? so far▍")
        await person.presses("tab", "enter")
        await person.sees("the other answers go on", "‹ 2/2 ›", f"{B} on Why? so far▍")
        # What is asked now waits for both.
        await person.asks("And?")
        await person.sees("queued · sent when this answer ends")
        gates.let(B)
        await person.sees(f"{B} on Why? so far, and the end")
        assert "And?" not in gates.asked
        gates.let(A)
        await ended(person, 2)
        await person.sees(f"{B} on And? so far, and the end")
    ((_, messages),) = await kept(tmp_path)
    assert messages[1].model == B
    assert {m.status for m in messages} == {Status.COMPLETE}


async def test_each_can_be_stopped_and_all(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await compares(person, "Why?", B, C)
        await person.sees(f"{A} on Why? so far▍", f"{B} on Why? so far▍", f"{C} on Why? so far▍")
        await person.presses("right", "escape")
        await person.sees("stopped after")
        await person.sees_no(f"{B} on Why? so far▍")
        await person.sees(f"{A} on Why? so far▍", f"{C} on Why? so far▍")
        await person.presses("S")
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)
        found = await all_answers(tmp_path)
        assert {message.status for message in found.values()} == {Status.STOPPED}
        assert found[C].text == f"{C} on Why? so far"
        # Where nothing arrives any more, the same key leaves; the first one stays.
        await person.presses("escape")
        await person.sees(f"{A} · ", "‹ 1/3 ›")


async def test_leaving_lets_all_go_on_and_the_comparison_can_be_looked_at_again(
    tmp_path: Path,
) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await compares(person, "Why?", B)
        await person.sees(f"{B} on Why? so far▍")
        await person.presses("q")
        await person.sees("the other answers go on", f"{A} on Why? so far▍", "‹ 1/2 ›")
        gates.let(A)
        await person.sees(f"{A} on Why? so far, and the end")
        await person.presses("f9")
        await columns_of(person)
        await person.sees(f"{A} on Why? so far, and the end", f"{B} on Why? so far▍")
        gates.let(B)
        await person.sees(f"{B} on Why? so far, and the end")
        await person.presses("escape")
        await person.until("back", lambda: person.app.screen is person.app.chat_screen)
    found = await all_answers(tmp_path)
    assert {message.status for message in found.values()} == {Status.COMPLETE}
    assert {message.server_id for message in found.values()} == {f"id-{A}", f"id-{B}"}


async def test_a_conversation_is_carried_to_those_who_do_not_know_it(tmp_path: Path) -> None:
    gates = Gates()
    gates.let("One?")
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await person.asks("One?")
        await ended(person)
        await person.types("Two?")
        await person.presses("f9")
        await marks(person, B)
        await person.presses("enter")
        await columns_of(person)
        await person.until("both are asked", lambda: len(server.requests) == 3)
        fields = {str(r.fields["model"]): r.fields for r in server.requests[1:]}
        assert (fields[A]["question"], fields[A]["id"]) == ("Two?", f"id-{A}")
        assert "id" not in fields[B]
        assert "One? so far, and the end" in str(fields[B]["question"])
        assert str(fields[B]["question"]).endswith("Two?")
        await person.presses("S")
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)


async def test_one_that_fails_is_asked_again_in_its_place(tmp_path: Path) -> None:
    gates = Gates()
    broken = refusing("500 Broken", error={"code": "api_error", "message": "It broke."})

    async def behave(exchange: Exchange) -> None:
        times = [r.fields["model"] for r in server.requests].count(B)
        if exchange.request.fields["model"] == B and times == 1:
            await broken(exchange)
        else:
            await gates(exchange)

    async with FaultServer(behave) as server, at_the_api(tmp_path, server) as person:
        screen = await compares(person, "Why?", B)
        await person.sees("It broke; it may have been charged.", "failed")
        await person.presses("right", "r")
        await person.sees("the other answers are still arriving")
        gates.let(A)
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)
        await person.presses("r")
        await person.sees(f"{B} on Why? so far▍")
        assert "id" not in server.requests[-1].fields
        await person.sees_no("It broke")
        gates.let(B)
        await person.sees(f"{B} on Why? so far, and the end")
        assert [column.message.model for column in screen._columns] == [A, B]
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)
        await person.presses("left", "enter")
        await person.sees(f"{A} · ", "‹ 1/2 ›")
    found = await all_answers(tmp_path)
    assert {model: message.status for model, message in found.items()} == {
        A: Status.COMPLETE,
        B: Status.COMPLETE,
    }


async def test_more_than_four_wait_for_their_turn(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await compares(person, "Why?", B, C)
        await person.sees(f"{C} on Why? so far▍")
        await person.presses("q")
        await person.sees("the other answers go on")
        first = person.app.chat_screen.conversation.id
        await person.presses("ctrl+n")
        await person.until("new", lambda: person.app.chat_screen.conversation.id != first)
        await compares(person, "How?")
        await person.sees(f"{A} on How? so far▍", "waiting for one of four answers to")
        gates.let(C)
        await person.sees(f"{B} on How? so far▍", "waiting for one of four answers to")
        gates.let(A, B)
        await person.sees(f"{C} on How? so far, and the end")
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)


async def test_the_next_question_can_be_written_after_the_models_are_marked(
    tmp_path: Path,
) -> None:
    gates = Gates()
    gates.let("One?")
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await person.asks("/compare")
        await marks(person, B)
        await person.presses("enter")
        await person.sees(f"asking {A}, {B}; esc asks one only")
        await person.presses("escape")
        await person.sees_no("asking")
        await person.asks("One?")
        await ended(person)
        assert gates.models == [A]
        # The same models are offered again.
        await person.asks("/compare Two?")
        await person.sees("2 of 4 marked")
        await person.presses("enter")
        await columns_of(person)
        await person.until("both are asked", lambda: len(gates.models) == 3)
        await person.presses("S")
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)
        assert [m.text for m in shown_messages(person) if m.role is Role.USER] == ["One?", "Two?"]


async def test_copying_takes_the_answer_of_the_keyboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates = Gates()
    gates.let("Why?")
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await compares(person, "Why?", B)
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)
        copied: list[str] = []

        def copy(text: str, what: str) -> None:
            copied.append(text)

        monkeypatch.setattr(person.app.chat_screen.copying, "text", copy)
        await person.presses("y", "right", "y")
        await person.until("both", lambda: len(copied) == 2)
        assert copied == [f"{model} on Why? so far, and the end" for model in (A, B)]


async def test_at_least_two_and_at_most_four_are_asked(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await person.types("Why?")
        await person.presses("f9")
        await person.sees("mark two to four")
        await person.presses("space", "enter")
        # Enter marks where there are too few.
        await person.sees("mark two to four")
        await marks(person, B, C, "grok-4.5")
        await person.sees("4 of 4 marked")
        await person.types("o1")
        await person.until("found", lambda: "  o1  " in person.screen)
        await person.presses("space")
        await person.sees("4 at most")
        await person.presses("escape")
        await person.sees_no("Compare models")
        await person.sees("> Why?")
        assert not gates.asked


@pytest.mark.parametrize("size", [(100, 30), (60, 20), (40, 12)])
async def test_it_can_be_used_at_any_size(size: tuple[int, int], tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        screen = await compares(person, "Why?", B, C)
        await person.pilot.resize_terminal(*size)
        for model in (B, C, A):
            await person.presses("tab")
            await person.until("it is on", lambda model=model: screen.column.message.model == model)
            await person.sees(f"{model} on Why?")
        gates.let("Why?")
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)
        await person.presses("enter")
        await person.until("back", lambda: person.app.screen is person.app.chat_screen)


async def test_quitting_in_the_midst_of_it_keeps_what_arrived(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await compares(person, "Why?", B)
        await person.sees(f"{A} on Why? so far▍", f"{B} on Why? so far▍")
        await person.presses("ctrl+q")
        await person.until("gone", lambda: not person.app.is_running)
    assert person.app._exception is None
    found = await all_answers(tmp_path)
    assert {model: (m.status, m.text) for model, m in found.items()} == {
        model: (Status.STOPPED, f"{model} on Why? so far") for model in (A, B)
    }


async def test_an_answer_that_is_there_is_compared_with_others(tmp_path: Path) -> None:
    gates = Gates()
    gates.let("One?", "Two?")
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        for count, question in enumerate(("One?", "Two?"), 1):
            await person.asks(question)
            await ended(person, count)
        await person.presses("tab", "g", "f9")
        await person.sees(f"Compare with {A}", "mark one to three")
        for model in (B, C):
            await person.types(model)
            await person.until("found", lambda model=model: f"  {model}  " in person.screen)
            await person.presses("space")
            await person.sees("type to narrow")
        await person.presses("enter")
        await columns_of(person)
        # What is there is shown as it is: nobody is asked for it again.
        await person.sees(f"{A} on One? so far, and the", "from before · ")
        await person.sees(f"{B} on One? so far, and the end", f"{C} on One? so far, and the end")
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)
        assert sorted(gates.models) == [A, A, B, C]
        assert all("id" not in request.fields for request in server.requests[2:])
        await person.presses("right", "enter")
        await person.sees(f"{B} · ", "‹ 2/3 ›")
        assert [m.text for m in shown_messages(person)] == [
            "One?",
            f"{B} on One? so far, and the end",
        ]
        # The line that it was on is a version away, with what came after.
        await person.presses("tab", "G", "left")
        await person.sees("‹ 1/3 ›", f"{A} on Two? so far, and the end")


async def test_whoever_leaves_such_a_comparison_is_where_they_were(tmp_path: Path) -> None:
    gates = Gates()
    gates.let("One?", "Two?")
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        for count, question in enumerate(("One?", "Two?"), 1):
            await person.asks(question)
            await ended(person, count)
        before = [m.id for m in shown_messages(person)]
        await person.presses("tab", "g", "f9")
        await person.sees("mark one to three")
        await person.types(B)
        await person.until("found", lambda: f"  {B}  " in person.screen)
        # Enter marks the first, and asks.
        await person.presses("enter")
        await person.sees("1 of 3 marked")
        await person.presses("enter")
        await columns_of(person)
        await person.sees(f"{B} on One? so far, and the end")
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)
        await person.presses("escape")
        await person.sees("‹ 1/2 ›", f"{A} on Two? so far, and the end")
        assert [m.id for m in shown_messages(person)] == before
        # It goes on in the server conversation that it was in.
        await person.presses("escape")
        await person.asks("Three?")
        await person.until("asked", lambda: len(server.requests) == 4)
        assert server.requests[-1].fields["id"] == f"id-{A}"
        gates.let("Three?")
        await ended(person, 3)


async def test_an_answer_without_text_gives_its_place_to_those_that_are_compared(
    tmp_path: Path,
) -> None:
    gates = Gates()
    gates.let("Why?")
    broken = refusing("500 Broken", error={"code": "api_error", "message": "It broke."})

    async def behave(exchange: Exchange) -> None:
        await (broken if len(server.requests) == 1 else gates)(exchange)

    async with FaultServer(behave) as server, at_the_api(tmp_path, server) as person:
        await person.asks("Why?")
        await person.sees("It broke; it may have been charged.")
        await ended(person)
        await person.presses("tab", "f9")
        await marks(person, B)
        await person.presses("enter")
        await columns_of(person)
        await person.sees(f"{A} on Why? so far, and the end", f"{B} on Why? so far, and the end")
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)
        await person.presses("enter")
        await person.sees("‹ 1/2 ›")
    assert set(await all_answers(tmp_path)) == {A, B}


async def test_the_choice_is_not_lost_where_it_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates = Gates()
    gates.let("Why?")
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await compares(person, "Why?", B)
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)
        library = person.app.chat_screen.library

        async def refuses(message_id: str) -> None:
            raise StoreError("the disk is full")

        with monkeypatch.context() as full:
            full.setattr(library, "show_version", refuses)
            first = person.app.screen
            await person.presses("right", "enter")
            await person.sees("the disk is full")
            await person.until("it is shown again", lambda: person.app.screen is not first)
        screen = await columns_of(person)
        assert screen.column.message.model == B
        await person.presses("enter")
        await person.sees(f"{B} · ", "‹ 2/2 ›")
        assert person.app.chat_screen.model == B


async def test_the_marks_stay_where_the_question_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates = Gates()
    gates.let("Why?", "One?", B)
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await person.asks("One?")
        await ended(person)
        store = person.app._store
        assert store is not None

        async def refuses(*_: object, **__: object) -> None:
            raise StoreError("the disk is full")

        await person.types("Why?")
        with monkeypatch.context() as full:
            full.setattr(store, "begin_turn", refuses)
            await person.presses("f9")
            await marks(person, B)
            await person.presses("enter")
            await person.sees("not sent: the disk is full", "> Why?")
        await person.sees(f"asking {A}, {B}; esc asks one only")
        # They are this conversation's: they are there when it is open again.
        here = person.app.chat_screen.conversation.id
        await person.presses("ctrl+n")
        await person.sees_no("asking")
        person.app.chat_screen.open_listed(here)
        await person.sees(f"asking {A}, {B}; esc asks one only", "> Why?")
        await person.presses("enter")
        await columns_of(person)
        await person.until("both are asked", lambda: sorted(gates.models) == [A, A, B])
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)


async def test_the_palette_over_it_lists_what_works_there(tmp_path: Path) -> None:
    gates = Gates()
    async with FaultServer(gates) as server, at_the_api(tmp_path, server) as person:
        await compares(person, "Why?", B)
        await person.sees(f"{A} on Why? so far▍", f"{B} on Why? so far▍")
        await person.presses("ctrl+p")
        await person.sees(
            "Commands that work here", "go on with this answer", "copy the last answer"
        )
        palette = person.app.screen
        assert isinstance(palette, Palette)
        assert not {"chat.new", "chat.model", "chat.search"} & {c.id for c in palette.choices}
        await person.types("stop all")
        await person.presses("enter")
        await person.until("all over", lambda: not person.app.chat_screen.turns.streaming)
        assert isinstance(person.app.screen, CompareScreen)
        await person.presses("right", "ctrl+p")
        await person.sees("Commands that work here")
        await person.types("go on with this")
        await person.presses("enter")
        await person.sees(f"{B} · ", "‹ 2/2 ›")
