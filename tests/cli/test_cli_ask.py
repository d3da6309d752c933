"""`acechat ask` against a scripted API: what is printed, sent, kept and returned."""

import asyncio
import json
import os
import re
import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from acechat.__main__ import main
from acechat.errors import BadStream, Interrupted, Rejected, Unreachable
from acechat.events import ConversationOpened, RequestSent, StreamFlawed, TextDelta, TextReplaced
from acechat.models import Conversation, Message
from acechat.services.chat import ChatService
from acechat.store.conversations import ConversationStore
from cli.scripted_api import HANG, Connecting, ScriptedApi, Step, answer

Play = Callable[..., ScriptedApi]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def play(home: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    def scripts(*steps: list[Step | str], closed_models: tuple[str, ...] = ()) -> ScriptedApi:
        api = ScriptedApi(list(steps))
        monkeypatch.setattr("acechat.cli.asking.connect", Connecting(api, closed_models))
        return api

    return scripts


def kept(home: Path) -> list[tuple[Conversation, list[Message]]]:
    async def read() -> list[tuple[Conversation, list[Message]]]:
        store = await ConversationStore.open(home / "conversations.db")
        try:
            return [row async for row in store.export_rows()]
        finally:
            await store.close()

    return asyncio.run(read())


def test_the_answer_is_text_and_nothing_else(play: Play, home: Path, capsys: Capture) -> None:
    api = play(answer("Use ", "`sorted`", "."))
    assert main(["ask", "How", "do I", "sort?"]) == 0
    assert capsys.readouterr() == ("Use `sorted`.\n", "")
    assert api.asked[0][0] == "How do I sort?"
    assert api.closed == 1
    ((conversation, messages),) = kept(home)
    assert conversation.title == "How do I sort?"
    assert (conversation.server_id, conversation.server) == ("srv-1", "scripted/aichat")
    assert [(m.text, m.status) for m in messages] == [
        ("How do I sort?", "complete"),
        ("Use `sorted`.", "complete"),
    ]


def test_an_answer_with_a_newline_at_its_end_gets_no_second(play: Play, capsys: Capture) -> None:
    play(answer("one\n", "two\n"))
    assert main(["ask", "x"]) == 0
    assert capsys.readouterr().out == "one\ntwo\n"


def test_what_is_piped_in_comes_after_the_question(
    play: Play, pipe: Callable[[bytes], None]
) -> None:
    api = play(answer("ok"), answer("ok"))
    pipe("\ufeffdef f():\r\n    pass\n".encode())
    assert main(["ask", "Explain this"]) == 0
    pipe(b"only this \xff\n")
    assert main(["ask"]) == 0
    assert [question for question, _, _ in api.asked] == [
        "Explain this\n\ndef f():\n    pass",
        "only this \ufffd",
    ]


def test_without_a_question_nothing_is_asked(play: Play, home: Path, capsys: Capture) -> None:
    api = play()
    assert main(["ask"]) == 2
    assert main(["ask", "  "]) == 2
    assert "there is no question" in capsys.readouterr().err
    assert api.asked == []
    assert not home.exists()


def test_hostile_text_reaches_no_terminal(play: Play, capsys: Capture) -> None:
    play(answer("a\x1b]52;c;eA==\x07b\u202ec\x9b", "31m"))
    assert main(["ask", "x"]) == 0
    assert capsys.readouterr().out == "a␛]52;c;eA==␇bc31m\n"


def test_a_hostile_error_is_one_line(play: Play, capsys: Capture) -> None:
    play([RequestSent(), Rejected("no\x1b[2J\nno", code="forbidden", status=403)])
    assert main(["ask", "x"]) == 1
    first = capsys.readouterr().err.splitlines()[0]
    assert first == "acechat: no␛[2J no (code forbidden)"


def test_options_travel_with_the_question(play: Play, home: Path) -> None:
    api = play(answer("ok"))
    references = ("--ref", "https://e.org/a.pdf", "--ref", "https://e.org/b.png")
    assert main(["ask", "x", "-m", "glm-5", "--preset", "editor", *references]) == 0
    options = api.asked[0][1]
    assert options.model == "glm-5"
    assert options.preset.startswith("Improve the text")
    assert options.references == ("https://e.org/a.pdf", "https://e.org/b.png")
    assert options.stateful
    conversation = kept(home)[0][0]
    assert conversation.model == "glm-5"
    assert conversation.preset == options.preset


def test_the_settings_are_the_defaults(play: Play, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text(
        'model = "glm-4.6"\npreset = "Editor"\nreferences = ["https://e.org/1"]\n'
        "stream = false\nstateful = false\n"
    )
    api = play(answer("ok"), answer("ok"))
    assert main(["ask", "x", "--ref", "https://e.org/2", "--ref", "https://e.org/1"]) == 0
    assert main(["ask", "x", "--preset", ""]) == 0
    options = api.asked[0][1]
    assert (options.model, options.stream, options.stateful) == ("glm-4.6", False, False)
    assert options.preset.startswith("Improve")
    assert options.references == ("https://e.org/1", "https://e.org/2")
    assert api.asked[1][1].preset == ""


def test_a_preset_can_be_its_own_text(play: Play) -> None:
    api = play(answer("ok"))
    assert main(["ask", "x", "--preset", "You are a pirate."]) == 0
    assert api.asked[0][1].preset == "You are a pirate."


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--preset", "Pirate"], 'there is no preset "Pirate"'),
        (
            ["--preset", "Terse reveiwer"],
            'there is no preset "Terse reveiwer"; did you mean "Terse reviewer"?',
        ),
        (["--ref", "file:///etc/passwd"], "--ref: a reference starts with https:// or http://"),
        (["-c"], "there is no conversation yet to go on with"),
        (["--conversation", "abcdef"], "no conversation has an id that begins with “abcdef”"),
    ],
)
def test_what_makes_no_sense_is_exit_2_and_nothing_is_sent(
    play: Play, home: Path, capsys: Capture, options: list[str], sentence: str
) -> None:
    api = play()
    assert main(["ask", "x", *options]) == 2
    assert capsys.readouterr() == ("", f"acechat: {sentence}\n")
    assert api.asked == []
    assert kept(home) == []


def test_a_broken_settings_file_is_exit_2_and_stays(
    play: Play, home: Path, capsys: Capture
) -> None:
    api = play()
    home.mkdir()
    (home / "config.toml").write_text("mouse = maybe\n")
    assert main(["ask", "x"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"acechat: {home}/config.toml, line 1: ")
    assert err.count("\n") == 1
    assert api.asked == []
    assert (home / "config.toml").read_text() == "mouse = maybe\n"
    assert list(home.iterdir()) == [home / "config.toml"]


def test_an_unknown_setting_is_a_warning(play: Play, home: Path, capsys: Capture) -> None:
    home.mkdir()
    (home / "config.toml").write_text("mosue = true\n")
    play(answer("ok"))
    assert main(["ask", "x"]) == 0
    assert 'line 1: there is no setting "mosue"; did you mean "mouse"?' in capsys.readouterr().err


def test_going_on_sends_the_servers_id(play: Play, home: Path) -> None:
    api = play(answer("one"), answer("two"), answer("three"))
    assert main(["ask", "first", "-m", "glm-5", "--preset", "Editor"]) == 0
    identity = kept(home)[0][0].id
    assert main(["ask", "-c", "second"]) == 0
    assert main(["ask", "--conversation", identity[:8], "third", "-m", "o3"]) == 0
    assert [server_id for _, _, server_id in api.asked] == [None, "srv-1", "srv-1"]
    assert [options.model for _, options, _ in api.asked] == ["glm-5", "glm-5", "o3"]
    assert api.asked[1][1].preset.startswith("Improve")
    ((conversation, messages),) = kept(home)
    # What was chosen for one question is not the conversation's choice.
    assert conversation.model == "glm-5"
    assert [m.text for m in messages] == ["first", "one", "second", "two", "third", "three"]


def test_an_id_is_never_sent_to_another_server(play: Play, capsys: Capture) -> None:
    play(answer("one"))
    assert main(["ask", "first"]) == 0
    api = play(answer("two"), answer("three"))
    api.server = "elsewhere/aichat"
    capsys.readouterr()
    assert main(["ask", "-c", "second"]) == 1
    assert api.asked == []
    assert "add --rebuild" in capsys.readouterr().err.lower()
    assert main(["ask", "-c", "second", "--rebuild"]) == 0
    question, _, server_id = api.asked[0]
    assert server_id is None
    assert "first" in question
    assert "second" in question


def test_a_model_of_another_server_gives_way(play: Play, home: Path) -> None:
    play(answer("one"))
    assert main(["ask", "first", "-m", "o3"]) == 0
    api = play(answer("two"), closed_models=("gpt-5.1",))
    assert main(["ask", "-c", "second"]) == 0
    assert api.asked[0][1].model == "gpt-5.1"
    assert kept(home)[0][0].model == "o3"


def test_json_is_one_object(play: Play, home: Path, capsys: Capture) -> None:
    play(answer("a\x1b[1m", "é"))
    assert main(["ask", "x", "--json", "-m", "glm-5"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "\x1b" not in out
    found = json.loads(out)
    ((conversation, messages),) = kept(home)
    assert found == {
        "id": messages[1].id,
        "conversation": conversation.id,
        "server_id": "srv-1",
        "model": "glm-5",
        "answer": "a\x1b[1mé",
        "status": "complete",
        "seconds": pytest.approx(messages[1].seconds, abs=0.001),
    }


@pytest.mark.parametrize("as_json", [False, True])
def test_an_answer_that_is_cut_off_is_printed_and_is_exit_1(
    play: Play, home: Path, capsys: Capture, *, as_json: bool
) -> None:
    play([*answer("Half an "), Interrupted("the connection broke")])
    assert main(["ask", "x", *(["--json"] if as_json else [])]) == 1
    out, err = capsys.readouterr()
    if as_json:
        assert (json.loads(out)["answer"], json.loads(out)["status"]) == ("Half an ", "interrupted")
    else:
        assert out == "Half an \n"
    assert err.splitlines()[0] == (
        "acechat: the connection broke; it may have been charged (code cut_off)"
    )
    assert kept(home)[0][1][1].status == "interrupted"


@pytest.mark.parametrize(
    ("error", "first", "second"),
    [
        (
            Rejected("wrong token", code="invalid_token", status=401, trace_id="t-1"),
            "wrong token (code invalid_token, trace id t-1)",
            "Set ACEDATACLOUD_API_TOKEN",
        ),
        (
            Rejected("empty", code="used_up", status=403),
            "empty (code used_up)",
            "platform.acedata.cloud",
        ),
        (Rejected("gone", code="not_found", status=404), "gone (code not_found)", "--rebuild"),
        (
            Unreachable("cannot reach api.acedata.cloud", retryable=False),
            "cannot reach api.acedata.cloud (code unreachable)",
            "Check the network",
        ),
        (BadStream("this is no answer"), "this is no answer; it may have been charged", ""),
    ],
)
def test_an_error_is_one_sentence_and_a_next_step(
    play: Play, home: Path, capsys: Capture, error: Step, first: str, second: str
) -> None:
    play([error])
    assert main(["ask", "x"]) == 1
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert lines[0].startswith(f"acechat: {first}")
    assert second in "".join(lines[1:])
    assert len(lines) <= 2
    # The question is kept.
    assert [m.text for m in kept(home)[0][1]] == ["x", ""]


def test_a_try_that_is_repeated_is_announced(
    play: Play, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acechat.cli.asking.ChatService", partial(ChatService, jitter=lambda: 0.0))
    play([Unreachable("cannot reach here", retryable=True)], answer("ok"))
    assert main(["ask", "x"]) == 0
    out, err = capsys.readouterr()
    assert out == "ok\n"
    assert re.fullmatch(r"acechat: cannot reach here; trying again in \d\.\d s \(2 of 3\)\n", err)


def test_a_flawed_answer_is_complete_and_says_so(play: Play, capsys: Capture) -> None:
    play([*answer("text"), StreamFlawed("a line could not be read")])
    assert main(["ask", "x"]) == 0
    assert capsys.readouterr() == ("text\n", "acechat: a line could not be read (code flawed)\n")


def test_a_replaced_answer_goes_on_where_it_can(play: Play, capsys: Capture) -> None:
    play([RequestSent(), TextDelta("Hel"), TextReplaced("Hello"), TextDelta("!")])
    assert main(["ask", "x"]) == 0
    assert capsys.readouterr() == ("Hello!\n", "")


def test_a_rewritten_answer_is_printed_again(play: Play, capsys: Capture) -> None:
    play([RequestSent(), TextDelta("Good bye"), TextReplaced("Hello"), TextDelta("!")])
    assert main(["ask", "x"]) == 0
    out, err = capsys.readouterr()
    assert out == "Good bye\n\nHello!\n"
    assert err == "acechat: the server has rewritten its answer; the new one follows\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("as_json", [False, True])
def test_a_signal_stops_the_answer_and_keeps_it(
    play: Play, home: Path, capsys: Capture, number: signal.Signals, *, as_json: bool
) -> None:
    api = play([*answer("Half an "), HANG])
    arrived = threading.Event()

    def stop() -> None:
        arrived.wait(10)
        os.kill(os.getpid(), number)

    api.on_hang = arrived.set
    thread = threading.Thread(target=stop)
    thread.start()
    try:
        assert main(["ask", "x", *(["--json"] if as_json else [])]) == 130
    finally:
        thread.join()
    out = capsys.readouterr().out
    if as_json:
        found = json.loads(out)
        assert (found["answer"], found["status"]) == ("Half an ", "stopped")
        assert found["seconds"] >= 0
    else:
        assert out == "Half an \n"
    assert kept(home)[0][1][1].text == "Half an "
    assert kept(home)[0][1][1].status == "stopped"
    assert api.closed == 1


def test_a_store_that_cannot_be_opened_is_exit_1(play: Play, home: Path, capsys: Capture) -> None:
    api = play()
    home.mkdir()
    with closing(sqlite3.connect(home / "conversations.db")) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    assert main(["ask", "x"]) == 1
    assert "another program's database" in capsys.readouterr().err
    assert api.asked == []


def test_the_id_of_a_server_that_comes_late_is_printed(play: Play, capsys: Capture) -> None:
    play([RequestSent(), TextDelta("x"), ConversationOpened("late")])
    assert main(["ask", "x", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["server_id"] == "late"
