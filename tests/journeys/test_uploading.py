"""Files that go with a question, from the path to the reference."""

import asyncio
import json
from pathlib import Path

import pytest

from acechat.settings_file import load_settings
from fault_rows import TOKEN
from faults import FaultServer, held, refusing, whole
from hostile import ARGUMENT
from journeys.at_the_api import ended, kept, shown_messages
from journeys.with_files import ACCOUNT, ANSWER, TAKEN, TOLD, URL, names, with_files
from person import at_the_program


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF-1.7" * 200)
    return path


async def test_the_first_upload_is_agreed_to_and_its_url_goes_with_the_question(
    report: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(home, api, platform, settings="") as person,
    ):
        await names(person, report)
        await person.sees("Upload report.pdf?", TOLD, "127.0.0.1")
        assert platform.connections == 0
        await person.presses("y")
        await person.sees("▪ report.pdf  1.6 kB", "1 ref")
        assert load_settings(home / "config.toml").settings.public_uploads
        await person.asks("What is in it?")
        await ended(person)
        await person.sees_no("▪ report.pdf")
        await person.asks("And now?")
        await ended(person, 2)
        # The second file is not asked about.
        await asyncio.to_thread(report.write_bytes, b"%PDF-1.7" * 300)
        await names(person, report)
        await person.sees("▪ report.pdf  2.4 kB")
        # What is there is not uploaded once more.
        await names(person, report)
        await person.sees("2 refs")
    assert [r.fields.get("references") for r in api.requests] == [[URL], None]
    assert [r.headers["authorization"] for r in platform.requests] == [f"Bearer {ACCOUNT}"] * 2
    assert [r.headers["authorization"] for r in api.requests] == [f"Bearer {TOKEN}"] * 2
    assert ACCOUNT not in repr(api.requests)
    assert TOKEN not in repr(platform.requests)
    ((_, messages),) = await kept(home)
    assert messages[0].references == (URL,)


async def test_who_does_not_agree_keeps_what_was_typed(report: Path, tmp_path: Path) -> None:
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(tmp_path / "home", api, platform, settings="") as person,
    ):
        await names(person, report)
        await person.sees(TOLD)
        await person.presses("escape")
        await person.until(
            "the words", lambda: person.app.chat_screen.prompt.draft == f"/file {report}"
        )
        assert platform.connections == 0
        await person.presses("enter")
        await person.sees(TOLD)


async def test_a_question_waits_in_sight_for_its_file(report: Path, tmp_path: Path) -> None:
    slow = held(head=False, after=[json.dumps({"file_url": URL}).encode()])
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(slow) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        await names(person, report)
        await person.sees("◌ report.pdf  99 % of 1.6 kB · esc cancels")
        await person.asks("What is in it?")
        await person.sees("uploading, then sending", "> What is in it?")
        assert api.connections == 0
        platform.gate.set()
        await ended(person)
        await person.until("an empty prompt", lambda: not person.app.chat_screen.prompt.draft)
    assert [r.fields["references"] for r in api.requests] == [[URL]]


async def test_escape_cancels_an_upload_and_keeps_the_question(
    report: Path, tmp_path: Path
) -> None:
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(held(head=False)) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        await names(person, report)
        await person.sees("◌ report.pdf")
        await person.asks("What is in it?")
        await person.sees("uploading, then sending")
        await person.presses("escape")
        await person.sees("report.pdf is left out", "> What is in it?")
        await person.sees_no("◌ report.pdf")
        await asyncio.wait_for(platform.left.wait(), 15)
        assert api.connections == 0
        await person.until("no wait", lambda: "then sending" not in person.screen)
        await person.presses("enter")
        await ended(person)
    assert "references" not in api.requests[0].fields


async def test_what_is_changed_while_it_waits_is_not_sent(report: Path, tmp_path: Path) -> None:
    slow = held(head=False, after=[json.dumps({"file_url": URL}).encode()])
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(slow) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        await names(person, report)
        await person.sees("◌ report.pdf")
        await person.asks("What is in")
        await person.sees("uploading, then sending")
        await person.types(" it?")
        platform.gate.set()
        await person.sees("changed meanwhile; ⏎ sends it", "▪ report.pdf", "> What is in it?")
        assert api.connections == 0
        await person.presses("enter")
        await ended(person)
    assert api.requests[0].fields["question"] == "What is in it?"


async def test_a_missing_account_token_is_asked_for_and_the_file_goes_then(
    report: Path, tmp_path: Path
) -> None:
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(tmp_path / "home", api, platform, token="") as person,
    ):
        await names(person, report)
        await person.sees("the account token is missing; enter it here", "which token")
        assert platform.connections == 0
        await person.types(ACCOUNT)
        await person.presses("enter")
        await person.sees("saved")
        await person.presses("escape")
        await person.sees("▪ report.pdf")
    assert [r.headers["authorization"] for r in platform.requests] == [f"Bearer {ACCOUNT}"]


async def test_a_refused_token_leads_to_its_field_and_enter_tries_again(
    report: Path, tmp_path: Path
) -> None:
    script = [refusing("401 Unauthorized", detail="Invalid token."), TAKEN]
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(script) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        await names(person, report)
        await person.sees("the platform does not take this token", "account token")
        await person.presses("escape")
        await person.sees("! report.pdf", "Invalid token. · ⏎ tries again, esc leaves it out")
        await person.asks("What is in it?")
        await ended(person)
    assert api.requests[0].fields["references"] == [URL]
    assert len(platform.requests) == 2


async def test_a_fault_keeps_the_file_and_the_question(report: Path, tmp_path: Path) -> None:
    script = [whole(b"<html>", "502 Bad Gateway", kind="text/html")] * 2
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(script) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        await names(person, report)
        await person.sees("! report.pdf", "HTTP 502")
        await person.asks("What is in it?")
        await person.sees("not sent: a file is missing", "> What is in it?")
        await person.presses("escape")
        await person.sees("report.pdf is left out")
        await person.presses("enter")
        await ended(person)
    assert len(platform.requests) == 2
    assert len(api.requests) == 1


async def test_what_cannot_be_uploaded_is_said_and_stays(tmp_path: Path) -> None:
    large = tmp_path / "film.mkv"
    with large.open("wb") as file:
        file.truncate(101_000_000)
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        prompt = person.app.chat_screen.prompt
        for path, words in (
            (large, "film.mkv has 101 MB; at most 100 MB can be uploaded"),
            (tmp_path, "is a folder; name a file in it"),
            (tmp_path / "nowhere", "nowhere cannot be read: No such file or directory"),
        ):
            await names(person, path)
            await person.sees(words)
            await person.until("it stays", lambda p=path: prompt.draft == f"/file {p}")
        await names(person, "")
        await person.sees("name a file: /file PATH")
        assert platform.connections == 0


async def test_other_conversations_have_their_own_files(report: Path, tmp_path: Path) -> None:
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        await person.asks("First?")
        await ended(person)
        first = person.app.chat_screen.conversation.id
        await names(person, report)
        await person.sees("▪ report.pdf")
        await person.presses("ctrl+n")
        await person.until("a new one", lambda: not shown_messages(person))
        await person.sees_no("▪ report.pdf")
        await person.asks("Second?")
        await ended(person)
        await person.app.chat_screen.open_conversation(first)
        await person.sees("▪ report.pdf")
    assert all("references" not in request.fields for request in api.requests)


async def test_hostile_names_are_inert(tmp_path: Path) -> None:
    path = tmp_path / ARGUMENT.replace("/", "").replace("\n", "")[:80]
    path.write_text("text")
    refused = refusing("400 Bad Request", error=f"{ARGUMENT} is bad")
    async with (
        FaultServer(ANSWER) as api,
        FaultServer([TAKEN, refused]) as platform,
        with_files(tmp_path / "home", api, platform, settings="") as person,
    ):
        attaching = person.app.chat_screen.attaching
        person.app.chat_screen.background(_add(attaching, path), "test")
        await person.sees("Upload", TOLD)
        assert not set(person.screen) & set("\x1b\x07\x9b\x9d\u202a\u2066")
        await person.presses("y")
        await person.sees("▪ ␛[5;8m")
        await asyncio.to_thread(path.write_text, "another text")
        person.app.chat_screen.background(_add(attaching, path), "test")
        await person.sees("! ␛[5;8m")
        assert not set(person.screen) & set("\x1b\x07\x9b\x9d\u202a\u2066")


async def _add(attaching: object, path: Path) -> None:
    await attaching.add_files([path])  # pyright: ignore[reportAttributeAccessIssue]


async def test_without_a_token_this_machine_takes_the_file_and_asks_nothing(
    report: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    async with at_the_program(home) as person:
        await person.until("a connection", lambda: person.app.chat_screen.connection)
        await names(person, report)
        await person.sees("▪ report.pdf")
        await person.asks("Which keys are there?")
        await ended(person)
    ((_, messages),) = await kept(home)
    (url,) = messages[0].references
    assert url.startswith("http://127.0.0.1:")
    assert url.endswith("/report.pdf")


async def test_a_reference_is_checked_without_any_token_and_only_on_its_key(
    report: Path, tmp_path: Path
) -> None:
    there = whole(b"", "200 OK", kind="image/png")
    async with (
        FaultServer(ANSWER) as api,
        FaultServer(TAKEN) as platform,
        FaultServer(there) as elsewhere,
        with_files(tmp_path / "home", api, platform) as person,
    ):
        url = f"{elsewhere.url}/picture"
        await person.presses("f7")
        await person.sees("References of this conversation")
        person.app.screen.query_one("LineInput").value = url  # pyright: ignore[reportAttributeAccessIssue]
        await person.presses("enter", "down")
        await person.sees("page", url, "c check")
        assert elsewhere.connections == 0
        await person.presses("c")
        await person.sees("image     ", "answers  http")
    (request,) = elsewhere.requests
    assert request.method == "HEAD"
    assert not {"authorization", "cookie"} & set(request.headers)
    assert ACCOUNT not in repr(request)
    assert TOKEN not in repr(request)
