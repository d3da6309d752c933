"""`acechat ask` with several models: printed in order and whole, kept as versions."""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from acechat.__main__ import main
from acechat.errors import Rejected
from acechat.events import RequestSent
from acechat.models import Message, Status
from acechat.store.conversations import ConversationStore
from cli.scripted_api import HANG, ScriptedApi, answer
from cli.test_cli_ask import Capture, Play, play

__all__ = ["play"]

BOTH = ["ask", "Why?", "-M", "gpt-5.1", "-M", "glm-5"]


def versions(home: Path) -> list[Message]:
    async def read() -> list[Message]:
        store = await ConversationStore.open(home / "conversations.db")
        try:
            (conversation,) = await store.conversations()
            last = (await store.messages(conversation.id))[-1]
            return [await store.message(each) for each in await store.versions(last.id)]
        finally:
            await store.close()

    return asyncio.run(read())


def asked(api: ScriptedApi) -> list[str]:
    return [options.model for _, options, _ in api.asked]


def test_each_stands_under_its_name_in_the_order_of_the_command(
    play: Play, home: Path, capsys: Capture
) -> None:
    api = play(answer("Because", "."), answer("Therefore\n", server_id="srv-2"))
    assert main(BOTH) == 0
    assert capsys.readouterr().out == "## gpt-5.1\n\nBecause.\n\n## glm-5\n\nTherefore\n"
    assert asked(api) == ["gpt-5.1", "glm-5"]
    assert [(m.model, m.text, m.status, m.server_id) for m in versions(home)] == [
        ("gpt-5.1", "Because.", Status.COMPLETE, "srv-1"),
        ("glm-5", "Therefore\n", Status.COMPLETE, "srv-2"),
    ]


def test_json_is_one_array(play: Play, capsys: Capture) -> None:
    play(answer("Because."), answer("Therefore.", server_id="srv-2"))
    assert main([*BOTH, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(each["model"], each["answer"], each["server_id"]) for each in found] == [
        ("gpt-5.1", "Because.", "srv-1"),
        ("glm-5", "Therefore.", "srv-2"),
    ]


def test_one_that_fails_gives_the_code_and_the_others_are_printed(
    play: Play, home: Path, capsys: Capture
) -> None:
    refused = Rejected("no balance", code="used_up", status=403)
    play([RequestSent(), refused], answer("Therefore."))
    assert main(BOTH) == 1
    out, err = capsys.readouterr()
    assert out.endswith("## glm-5\n\nTherefore.\n")
    assert "no balance (code used_up)" in err
    assert [m.status for m in versions(home)] == [Status.FAILED, Status.COMPLETE]


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_a_signal_stops_all(as_json: bool, play: Play, home: Path, capsys: Capture) -> None:
    api = play([*answer("Bec"), HANG], [*answer("The"), HANG])
    hanging: list[None] = []

    def stop() -> None:
        hanging.append(None)
        if len(hanging) == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    api.on_hang = stop
    assert main([*BOTH, *(["--json"] if as_json else [])]) == 130
    out = capsys.readouterr().out
    if as_json:
        assert [(e["answer"], e["status"]) for e in json.loads(out)] == [
            ("Bec", "stopped"),
            ("The", "stopped"),
        ]
    else:
        assert out == "## gpt-5.1\n\nBec\n"
    assert [(m.text, m.status) for m in versions(home)] == [
        ("Bec", Status.STOPPED),
        ("The", Status.STOPPED),
    ]


@pytest.mark.parametrize(
    ("models", "sentence"),
    [(["a", "b", "a"], "a model is named twice"), (["a", "b", "c", "d", "e"], "5 models are too")],
)
def test_what_cannot_be_compared(
    models: list[str], sentence: str, play: Play, home: Path, capsys: Capture
) -> None:
    api = play()
    options = [part for model in models for part in ("-M", model)]
    assert main(["ask", "Why?", *options]) == 2
    assert sentence in capsys.readouterr().err
    assert api.asked == []


def test_one_model_is_asked_as_ever(play: Play, capsys: Capture) -> None:
    api = play(answer("Because."))
    assert main(["ask", "Why?", "-M", "glm-5"]) == 0
    assert capsys.readouterr().out == "Because.\n"
    assert asked(api) == ["glm-5"]
