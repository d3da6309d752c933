"""Every fault of the API and of the network, as a user sees it, and what is on disk afterwards."""

import asyncio
import json
import time
import unicodedata
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from textual import events

from acechat.errors import FLAWED, OTHER_SERVER
from acechat.models import Conversation, Message, Role, Status
from acechat.screens.settings import SettingsScreen
from acechat.settings import Settings
from acechat.settings_file import save_settings
from acechat.start import ScreenOptions
from acechat.store.conversations import ConversationStore
from fault_rows import ROWS, TOKEN, Row
from fault_rows.row import ANSWER, GOOD
from faults import (
    SERVER_ID,
    Behaviour,
    Exchange,
    FaultServer,
    close_at_once,
    complete,
    cut,
    held,
    line,
    refusing,
    stream,
    typed,
    whole,
)
from journeys.at_the_api import at_the_api, ended, environ_for, kept, shown_messages
from person import Person, at_the_program

QUESTION = "Why?"

AGAIN = "F5 send the question again"
SETTINGS = "F2 settings"
MODEL = "F4 model"
REBUILD = "F8 go on in a new server conversation"

STEPS = {
    "bad_request": ("Change the question, the model or the references.", (MODEL, AGAIN)),
    "token_mismatched": ("Enter a token in the settings", (SETTINGS, AGAIN)),
    "api_not_implemented": ("Choose another model or the other endpoint.", (MODEL, SETTINGS)),
    "invalid_token": ("Enter a token in the settings", (SETTINGS, AGAIN)),
    "token_expired": ("Enter a token in the settings", (SETTINGS, AGAIN)),
    "used_up": ("Top up your balance at platform.acedata.cloud", (AGAIN,)),
    "disabled": ("This service is not enabled for your account.", (AGAIN,)),
    "forbidden": ("The server refuses this; change the question or the model.", (AGAIN,)),
    "not_found": ("The server no longer knows this conversation.", (REBUILD,)),
    "request_entity_too_large": ("Shorten the question or use fewer references.", (AGAIN,)),
    "api_error": ("Sent again, the server may hold it twice", (AGAIN, REBUILD)),
    "chat_error": ("Sent again, the server may hold it twice", (AGAIN, REBUILD)),
}
"""The next step and the keys for every code of `api.md` section 4, but for 429."""

DOCUMENTED = [row for row in ROWS if row.trace_id == "trace-1" and row.code in STEPS]
ELSE = [
    row
    for row in ROWS
    if row.error
    and row not in DOCUMENTED
    and row.code != "too_many_requests"
    # One of them takes half a second to inflate, the others as long to be made.
    and row.name not in {"bomb", "one line of 8 MB", "a line that never ends"}
]
GOOD_AGAIN = complete(GOOD)


def is_clean(screen: str) -> bool:
    """Whether nothing on the screen could act on a terminal."""
    controls = {"Cc", "Cs"}
    bidi = {chr(point) for point in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
    return not any(
        (unicodedata.category(letter) in controls and letter != "\n") or letter in bidi
        for letter in screen
    )


def flat(screen: str) -> str:
    """Return the transcript without its breaks, bars and spaces, to look for long sentences."""
    rows = [row.rpartition("┃")[2].strip().removeprefix("▌") for row in screen.split("\n")]
    return "".join("".join(rows).split())


def test_all_documented_codes_are_here() -> None:
    assert {row.code for row in DOCUMENTED} == set(STEPS)


@pytest.mark.parametrize("row", DOCUMENTED, ids=str)
async def test_an_error_is_one_sentence_a_step_and_a_key(row: Row, tmp_path: Path) -> None:
    step, keys = STEPS[row.code]
    async with (
        FaultServer([row.behave, GOOD_AGAIN]) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks(QUESTION)
        failed = await ended(person)
        await person.sees(row.says, step, f"{row.code} · trace-1", "   ".join(keys), "· failed")
        # Only an error of its own leaves open whether the server has taken the question.
        assert ("it may have been charged." in person.screen) is row.name.startswith("500")
        assert len(server.requests) == 1
        ((conversation, messages),) = await kept(tmp_path)
        assert conversation.status is Status.FAILED
        assert [(m.role, m.text) for m in messages] == [(Role.USER, QUESTION), (Role.ASSISTANT, "")]
        assert messages[1].error == failed.error
        assert failed.error is not None
        assert (failed.error.code, failed.error.trace_id) == (row.code, "trace-1")

        await person.presses("f8" if row.code == "not_found" else "f5")
        await ended(person)
        await person.sees("Hello, wörld!", "done in")
        await person.sees_no(step)
        assert [request.fields["question"] for request in server.requests] == [QUESTION] * 2
        ((conversation, messages),) = await kept(tmp_path)
        assert [(m.text, m.status) for m in messages] == [
            (QUESTION, Status.COMPLETE),
            (ANSWER, Status.COMPLETE),
        ]
        assert conversation.server_id == SERVER_ID


@pytest.mark.parametrize("rows", [ELSE[0::3], ELSE[1::3], ELSE[2::3]], ids=["one", "two", "three"])
@pytest.mark.parametrize("streaming", [True, False], ids=["ndjson", "json"])
async def test_every_other_fault_ends_in_words(
    streaming: bool, rows: list[Row], tmp_path: Path
) -> None:
    save_settings(tmp_path / "config.toml", Settings(stream=streaming))
    async with (
        FaultServer([row.behave for row in rows]) as server,
        at_the_api(tmp_path, server) as person,
    ):
        for number, row in enumerate(rows, 1):
            # As Enter and ^n do, which other journeys press.
            person.app.chat_screen.turns.ask("?")
            if row.name == "reset":
                await person.sees(row.text[:6])
                server.gate.set()
            answer = await ended(person)
            assert len(server.requests) == number, row.name
            outcome = "cut off after" if row.text else "failed"
            await person.sees(outcome, "F5 send the question again")
            assert flat(row.code) in flat(person.screen), row.name
            assert answer.text == row.text, row.name
            assert answer.error is not None
            assert row.says in answer.error.message
            assert flat(answer.error.message) in flat(person.screen), row.name
            assert is_clean(person.screen), row.name
            assert TOKEN not in person.screen
            await person.app.chat_screen.open_new()
        found = await kept(tmp_path)
    assert [messages[1].text for _, messages in reversed(found)] == [row.text for row in rows]
    assert {messages[0].text for _, messages in found} == {"?"}


# A wrong token.


def takes(token: str) -> Behaviour:
    """Answer those who have `token`, and refuse all others."""

    async def behave(exchange: Exchange) -> None:
        if exchange.request.headers["authorization"] == f"Bearer {token}":
            await GOOD_AGAIN(exchange)
        else:
            error = {"code": "invalid_token", "message": "token not right"}
            await refusing("401 Unauthorized", error=error)(exchange)

    return behave


async def test_a_wrong_token_leads_to_its_field_and_the_new_one_is_used_at_once(
    tmp_path: Path,
) -> None:
    right = "ffff6789abcdef0123456789abcdefff"
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0o600)
    async with (
        FaultServer(takes(right)) as server,
        at_the_api(tmp_path, server, token="") as person,
    ):
        await person.asks(QUESTION)
        await person.sees("token not right", "F2 settings", "F5 send the question again")
        await person.presses("f2")
        await person.sees("paste a token", "kept in a file that only you can read: ••••cdef")
        screen = person.app.screen
        assert isinstance(screen, SettingsScreen)
        field = screen.field("token")
        assert field is not None
        await person.until("the field has the keyboard", lambda: screen.focused is field.control)
        await person.types(right)
        assert right not in person.screen
        await person.presses("enter")
        await person.sees("saved", "••••efff")
        await person.presses("escape", "f5")
        await person.sees("Hello, wörld!", "done in")
        assert [m.text for m in shown_messages(person)] == [QUESTION, ANSWER]
        # Without a failure in sight the settings open where they always do.
        await person.presses("f2")
        await person.sees("This conversation", "Who answers the next question.")
    assert (tmp_path / "token").read_text().strip() == right


async def test_a_token_of_the_environment_goes_before_one_that_is_entered(tmp_path: Path) -> None:
    async with (
        FaultServer(takes("another")) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks(QUESTION)
        await person.sees("token not right")
        await person.presses("f2")
        await person.sees("paste a token")
        await person.types("another")
        await person.presses("enter")
        await person.sees("ACEDATACLOUD_API_TOKEN is set and goes before what is kept here")


# What is sent again by itself, and what is not.


async def test_too_many_requests_are_waited_for_in_sight(tmp_path: Path) -> None:
    error = {"code": "too_many_requests", "message": "slow down"}
    busy = refusing("429 Too Many Requests", "retry-after: 1", error=error, trace_id="trace-9")
    async with (
        FaultServer([busy, busy, busy, GOOD_AGAIN]) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks(QUESTION)
        await person.sees("slow down · trying again in", "(2 of 3) · esc stops")
        await person.sees("slow down · trying again in", "(3 of 3) · esc stops")
        await ended(person)
        await person.sees("Wait a little, then send it again.", "too_many_requests · trace-9")
        assert len(server.requests) == 3
        await person.presses("f5")
        await person.sees("Hello, wörld!", "done in")
        assert len(server.requests) == 4
    ((_, messages),) = await kept(tmp_path)
    assert [m.text for m in messages] == [QUESTION, ANSWER]


def _http_date(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "requests", "says"),
    [
        ([], 3, "too_many_requests"),
        (["retry-after: soon"], 3, "too_many_requests"),
        (["retry-after: nan"], 3, "too_many_requests"),
        (["retry-after: 0"], 3, "too_many_requests"),
        ([f"retry-after: {_http_date(0)}"], 3, "too_many_requests"),
        ([f"retry-after: {_http_date(86_400)}"], 1, "the server asks to wait 24 hours"),
        (["retry-after: 61"], 1, "the server asks to wait 61 seconds"),
    ],
    ids=["none", "unreadable", "not a number", "seconds", "a date", "a far date", "too long"],
)
@pytest.mark.parametrize("streaming", [True, False], ids=["ndjson", "json"])
async def test_how_often_it_is_asked_where_the_server_is_busy(
    headers: list[str],
    requests: int,
    says: str,
    streaming: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("acechat.services.retrying.FIRST_BUSY_WAIT", 0.01)
    save_settings(tmp_path / "config.toml", Settings(stream=streaming))
    error = {"code": "too_many_requests", "message": "slow down"}
    busy = refusing("429 Too Many Requests", *headers, error=error)
    async with FaultServer(busy) as server, at_the_api(tmp_path, server) as person:
        assert person.app._chat is not None
        person.app._chat._jitter = lambda: 0.0
        await person.asks(QUESTION)
        await ended(person)
        await person.sees("slow down", says, AGAIN)
        assert len(server.requests) == requests
    ((_, messages),) = await kept(tmp_path)
    assert [(m.text, m.status) for m in messages] == [
        (QUESTION, Status.COMPLETE),
        ("", Status.FAILED),
    ]


async def test_a_day_is_named_and_not_waited_for(tmp_path: Path) -> None:
    error = {"code": "too_many_requests", "message": "slow down"}
    busy = refusing("429 Too Many Requests", "retry-after: 86400", error=error)
    async with FaultServer(busy) as server, at_the_api(tmp_path, server) as person:
        await person.asks(QUESTION)
        await person.sees("slow down; the server asks to wait 24 hours", AGAIN)
        assert len(server.requests) == 1


async def test_escape_ends_a_countdown(tmp_path: Path) -> None:
    error = {"code": "too_many_requests", "message": "slow down"}
    busy = refusing("429 Too Many Requests", "retry-after: 50", error=error)
    async with (
        FaultServer([busy, GOOD_AGAIN]) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks(QUESTION)
        await person.sees("slow down · trying again in 50 s (2 of 3) · esc stops")
        pressed = time.monotonic()
        await person.presses("escape")
        await person.sees("stopped after")
        # It takes some 50 ms; the promise is 0.2 s, and this machine may be busy.
        assert time.monotonic() - pressed < 1.0
        assert len(server.requests) == 1
        await person.presses("f5")
        await person.sees("Hello, wörld!", "done in")
    ((_, messages),) = await kept(tmp_path)
    assert [m.text for m in messages] == [QUESTION, ANSWER]


async def test_a_server_that_is_away_is_tried_three_times_in_sight(tmp_path: Path) -> None:
    async with FaultServer(GOOD_AGAIN) as away:
        pass
    async with at_the_api(tmp_path, away) as person:
        assert person.app._chat is not None
        # Of 0.5 s and of twice that.
        person.app._chat._jitter = lambda: 1.0
        await person.asks(QUESTION)
        for number in (2, 3):
            told = f"it refused the connection · trying again in {number - 2} s ({number} of 3)"
            await person.until(told, lambda told=told: flat(told) in flat(person.screen))
        await ended(person)
        await person.sees(
            "cannot reach 127.0.0.1: it refused the connection",
            "Check the network and the base URL; nothing was sent.",
            f"{SETTINGS}   {AGAIN}",
            "unreachable",
        )
        await person.presses("f2")
        await person.sees("Where the API is.")
        screen = person.app.screen
        assert isinstance(screen, SettingsScreen)
        field = screen.field("base_url")
        assert field is not None
        await person.until("the field has the keyboard", lambda: screen.focused is field.control)
    ((_, messages),) = await kept(tmp_path)
    assert [m.status for m in messages] == [Status.COMPLETE, Status.FAILED]


# Broken connections.


@pytest.mark.parametrize(
    ("behave", "text"),
    [
        (close_at_once, ""),
        (cut([*GOOD[:2], GOOD[2][:30]]), "Hello, wör"),
        (cut(GOOD[:2]), "Hello, wör"),
    ],
    ids=["before a byte", "in mid-line", "between lines"],
)
async def test_a_broken_connection_keeps_what_came_and_leaves_the_rest_to_the_user(
    behave: Behaviour, text: str, tmp_path: Path
) -> None:
    async with (
        FaultServer([behave, GOOD_AGAIN]) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks(QUESTION)
        await ended(person)
        outcome = "cut off after" if text else "no reply from"
        await person.sees(
            text, outcome, "it may have been charged.", "the server may hold it twice", AGAIN
        )
        assert len(server.requests) == 1
        await person.presses("f5")
        await ended(person)
        await person.sees("wörld!", "done in")
    ((_, messages),) = await kept(tmp_path)
    assert [(m.text, m.status) for m in messages] == [
        (QUESTION, Status.COMPLETE),
        (ANSWER, Status.COMPLETE),
    ]
    store = await ConversationStore.open(tmp_path / "conversations.db")
    versions = [await store.message(key) for key in await store.versions(messages[1].id)]
    await store.close()
    # What had come stays, as the first of two versions.
    assert [m.text for m in versions] == ([text, ANSWER] if text else [ANSWER])


# A conversation that the server does not know.


async def test_a_forgotten_conversation_goes_on_with_its_transcript(tmp_path: Path) -> None:
    error = {"code": "not_found", "message": "no such conversation"}
    forgotten = refusing("404 Not Found", error=error, trace_id="t")
    script = [
        complete(stream("Because of Rayleigh scattering.")),
        forgotten,
        complete(stream("It is red.", server_id="a-new-id")),
        complete(stream("Yes.", server_id="a-new-id")),
    ]
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        await person.asks(QUESTION)
        await ended(person)
        await person.asks("And at dusk?")
        await person.sees("no such conversation", REBUILD)
        await person.presses("f8")
        await person.sees("It is red.", "done in")
        sent = server.requests[2].fields
        assert "id" not in sent
        assert sent["stateful"] is True
        carried = str(sent["question"])
        parts = [QUESTION, "Because of Rayleigh scattering.", "And at dusk?"]
        assert [carried.count(part) for part in parts] == [1, 1, 1]
        assert [carried.index(part) for part in parts] == sorted(map(carried.index, parts))
        await person.asks("Really?")
        await ended(person, 3)
        assert server.requests[3].fields["id"] == "a-new-id"
        assert server.requests[3].fields["question"] == "Really?"
    ((conversation, messages),) = await kept(tmp_path)
    assert conversation.server_id == "a-new-id"
    assert [m.text for m in messages] == [
        QUESTION,
        "Because of Rayleigh scattering.",
        "And at dusk?",
        "It is red.",
        "Really?",
        "Yes.",
    ]


@pytest.mark.parametrize("streaming", [True, False], ids=["ndjson", "json"])
async def test_without_an_id_the_next_question_carries_the_transcript(
    streaming: bool, tmp_path: Path
) -> None:
    save_settings(tmp_path / "config.toml", Settings(stream=streaming))
    script = [
        complete(stream("It is blue.", server_id=None)),
        complete(stream("It is red.", server_id="first") + stream("", server_id="last")),
        complete(stream("Yes.", server_id=None)),
        complete(stream("Gladly.", server_id=None)),
    ]
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        await person.asks(QUESTION)
        await ended(person)
        await person.sees("gave no conversation id; the next question carries the transcript")
        await person.asks("And at dusk?")
        await ended(person, 2)
        await person.sees("context rebuilt")
        assert "id" not in server.requests[1].fields
        assert "It is blue." in str(server.requests[1].fields["question"])
        # The last id that came is the right one, and stays where none comes.
        for number, question in enumerate(("Really?", "Go on"), 3):
            await person.asks(question)
            await ended(person, number)
            assert server.requests[-1].fields["id"] == "last"
            assert server.requests[-1].fields["question"] == question
    ((conversation, _),) = await kept(tmp_path)
    assert conversation.server_id == "last"


async def test_an_id_of_another_server_is_sent_nowhere(tmp_path: Path) -> None:
    store = await ConversationStore.open(tmp_path / "conversations.db")
    conversation = Conversation("c" * 32, server_id="secret-id", server="https://other.test/aichat")
    question = Message("q" * 32, conversation.id, Role.USER, "an old question")
    answer = Message("a" * 32, conversation.id, Role.ASSISTANT, "an old answer", Status.COMPLETE)
    await store.begin_turn(conversation, question, answer)
    await store.finish_turn(answer, unread=False)
    await store.close()
    async with (
        FaultServer(complete(stream("Gladly."))) as server,
        at_the_api(tmp_path, server, newest=True) as person,
    ):
        await person.sees("an old answer")
        await person.asks("Go on")
        await person.sees("https://other.test/aichat", OTHER_SERVER, REBUILD)
        assert flat("so nothing was sent") in flat(person.screen)
        assert server.connections == 0
        await person.presses("f8")
        await person.sees("Gladly.", "done in", "context rebuilt")
        (request,) = server.requests
        assert b"secret-id" not in request.body
        assert b"an old answer" in request.body
    ((kept_conversation, _),) = await kept(tmp_path)
    assert (kept_conversation.server_id, kept_conversation.server) == (
        SERVER_ID,
        f"{server.url}/aichat",
    )


async def test_an_answer_with_a_line_that_cannot_be_read_is_marked(tmp_path: Path) -> None:
    async with (
        FaultServer(complete([GOOD[0], b"{]\n", *GOOD[1:]])) as server,
        at_the_api(tmp_path, server) as person,
    ):
        await person.asks(QUESTION)
        await person.sees("Hello, wörld!", "done in", "a part could not be read")
    ((_, (_, answer)),) = await kept(tmp_path)
    assert (answer.text, answer.status) == (ANSWER, Status.COMPLETE)
    assert answer.error is not None
    assert answer.error.code == FLAWED


# The other formats.


async def test_one_object_instead_of_a_stream(tmp_path: Path) -> None:
    save_settings(tmp_path / "config.toml", Settings(stream=False))
    one = whole(json.dumps({"answer": ANSWER, "id": SERVER_ID}).encode())
    async with FaultServer(one) as server, at_the_api(tmp_path, server) as person:
        await person.asks(QUESTION)
        await person.sees("Hello, wörld!", "done in")
        assert server.requests[0].headers["accept"] == "application/json"
    ((conversation, messages),) = await kept(tmp_path)
    assert conversation.server_id == SERVER_ID
    assert messages[1].text == ANSWER


async def test_the_newer_endpoint_streams(tmp_path: Path) -> None:
    save_settings(tmp_path / "config.toml", Settings(endpoint="aichat2"))
    first, *rest = typed("Hello,", " newer world")
    behave = held(first, rest[0], after=rest[1:])
    async with FaultServer(behave) as server, at_the_api(tmp_path, server) as person:
        await person.asks(QUESTION)
        await person.sees("Hello,▍", "receiving")
        server.gate.set()
        await person.sees("Hello, newer world", "done in")
        assert server.requests[0].path == "/aichat2/conversations"
        assert server.requests[0].headers["accept"] == "application/x-ndjson"


# Hostile text.

HOSTILE = (
    "\x1b[31mred \x1b]52;c;QUFB\x07 \x1b]8;;https://evil.test\x1b\\link \x9b1m\x9d0;t\x9c "
    "[@click=app.quit]quit[/] [/x] [bold \u202eback\u202c \u2066iso\u2069 nul\x00 bell\x07 del\x7f"
)


async def test_hostile_text_from_everywhere_is_inert(tmp_path: Path) -> None:
    store = await ConversationStore.open(tmp_path / "conversations.db")
    conversation = Conversation("c" * 32, title=f"title {HOSTILE}", renamed=True)
    question = Message("q" * 32, conversation.id, Role.USER, f"asked {HOSTILE}", model=HOSTILE)
    answer = Message("a" * 32, conversation.id, Role.ASSISTANT, f"said {HOSTILE}", model=HOSTILE)
    await store.begin_turn(conversation, question, answer)
    await store.finish_turn(answer, unread=False)
    await store.save_draft(conversation.id, f"draft {HOSTILE}")
    await store.close()
    error = {"code": f"code{HOSTILE}"[:60], "message": f"message {HOSTILE}"}
    rows = [f"| a | {HOSTILE} |\n", "|---|---|\n", f"| [/x] | {HOSTILE} |\n\n```{HOSTILE}\n"]
    script = [
        complete(stream(f"answer {HOSTILE}\n\n", *rows, HOSTILE, server_id=HOSTILE)),
        refusing("400 Bad Request", error=error, trace_id=f"trace{HOSTILE}"),
        cut([line(delta_answer="half")]),
    ]
    options = ScreenOptions(continue_newest=True, model=f"model{HOSTILE}")
    async with (
        FaultServer(script) as server,
        at_the_program(tmp_path, environ=environ_for(server), options=options) as person,
    ):
        await person.sees("said ␛[31mred", "asked ␛[31mred", "draft ␛[31mred", "title ␛[31mred")
        assert is_clean(person.screen)
        person.app.post_message(events.Paste(f"pasted {HOSTILE}"))
        await person.sees("pasted ␛[31mred")
        assert is_clean(person.screen)
        # What is pasted is not sent by keys that come with it; a person takes longer than that.
        await asyncio.sleep(0.15)
        await person.presses("enter")
        await ended(person, 2)
        await person.sees("answer ␛[31mred", "[@click=app.quit]quit[/]")
        assert is_clean(person.screen)
        await point_at_everything(person)
        await person.presses("f5")
        await person.asks("more")
        await ended(person, 3)
        await person.sees("message ␛[31mred", "code␛[31m", "trace␛[31m")
        assert is_clean(person.screen)
        await point_at_everything(person)
        await person.presses("ctrl+n")
        await person.presses("up")
        await person.presses("f2")
        await person.sees("This conversation")
        assert is_clean(person.screen)
        await person.presses("escape", "f4")
        await person.sees("type to narrow", "recent")
        assert is_clean(person.screen)
        assert person.app.is_running
        assert person.app._exception is None


async def point_at_everything(person: Person) -> None:
    """Move the mouse over the transcript and click on every fourth row of it."""
    transcript = person.app.chat_screen.transcript
    for row in range(0, transcript.size.height, 4):
        await person.pilot.click(transcript, offset=(8, row))


# The token.


async def test_a_token_that_errors_echo_is_nowhere(tmp_path: Path) -> None:
    echo = {"code": TOKEN, "message": f"bad token {TOKEN}, really {TOKEN}"}
    script = [
        refusing("400 Bad Request", f"x-trace-id: {TOKEN}", error=echo, trace_id=TOKEN),
        refusing("500 Internal Server Error", error=f"Bearer {TOKEN} is not right"),
        complete([*GOOD[:2], line(error=echo, trace_id=TOKEN)]),
        refusing("302 Found", f"location: https://{TOKEN}.test/"),
    ]
    async with FaultServer(script) as server, at_the_api(tmp_path, server) as person:
        for number in range(1, len(script) + 1):
            await person.asks(f"Q{number}")
            await ended(person, number)
            await person.sees("••••", f"Q{number}")
            assert TOKEN not in person.screen
        await person.presses("f2")
        await person.sees("This conversation")
        assert TOKEN not in person.screen
        await person.presses("escape", "ctrl+q")
    assert all(request.headers["authorization"] == f"Bearer {TOKEN}" for request in server.requests)
    files = files_in(tmp_path)
    assert "conversations.db" in files
    assert not [name for name, content in files.items() if TOKEN.encode() in content]


def files_in(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.rglob("*") if path.is_file()}
