"""What was attached and found out before the program ended is there when it starts again."""

import sqlite3
from pathlib import Path

from faults import FaultServer, held, whole
from images import image_file
from journeys.at_the_api import ended
from journeys.with_files import ANSWER, TAKEN, URL, names, with_files
from person import Person, at_the_program

IMAGE = whole(image_file(640, 360), kind="image/png")


async def kept(person: Person) -> None:
    """Wait until all that is being stored is on disk."""
    await person.until(
        "everything is stored",
        lambda: all(w.is_finished for w in person.app.workers if w.group == "files"),
    )


async def test_files_of_a_question_that_was_not_sent(tmp_path: Path) -> None:
    home, report = tmp_path / "home", tmp_path / "report.pdf"
    report.write_bytes(b"%PDF-1.7" * 200)
    async with FaultServer(ANSWER) as api, FaultServer(TAKEN) as platform:
        async with with_files(home, api, platform) as person:
            await names(person, report)
            await person.sees("▪ report.pdf  1.6 kB")
            await kept(person)
        async with with_files(home, api, platform, again=True) as person:
            await person.sees("▪ report.pdf  1.6 kB", "1 ref")
            await person.asks("What is in it?")
            await ended(person)
            await person.sees_no("▪ report.pdf")
            await kept(person)
        async with with_files(home, api, platform, again=True) as person:
            await person.sees("answers.")
            assert "report.pdf" not in person.screen
        assert [r.fields.get("references") for r in api.requests] == [[URL]]
        assert len(platform.requests) == 1


async def test_a_file_that_was_on_its_way_is_uploaded_with_the_question(tmp_path: Path) -> None:
    home, report = tmp_path / "home", tmp_path / "report.pdf"
    report.write_bytes(b"%PDF-1.7" * 200)
    async with FaultServer(ANSWER) as api:
        async with FaultServer(held(head=False)) as silent, with_files(home, api, silent) as person:
            await names(person, report)
            await person.sees("◌ report.pdf")
            await kept(person)
        async with FaultServer(TAKEN) as platform:
            async with with_files(home, api, platform, again=True) as person:
                await person.sees("! report.pdf", "is to be uploaded again")
                assert platform.connections == 0
                await person.asks("What is in it?")
                await ended(person)
            assert [r.fields.get("references") for r in api.requests] == [[URL]]


async def test_a_file_of_this_machines_server_goes_nowhere_else_unasked(tmp_path: Path) -> None:
    home, report = tmp_path / "home", tmp_path / "report.pdf"
    report.write_bytes(b"%PDF-1.7" * 200)
    async with at_the_program(home) as person:
        await person.sees("No token yet")
        await names(person, report)
        await person.sees("▪ report.pdf")
        await kept(person)
    async with FaultServer(ANSWER) as api, FaultServer(TAKEN) as platform:
        async with with_files(home, api, platform, settings="", again=True) as person:
            await person.sees("! report.pdf")
            await person.asks("What is in it?")
            await person.sees("Upload report.pdf?")
            await person.presses("n")
            await person.sees("not sent: a file is missing")
        assert platform.connections == 0
        assert not api.requests


async def test_what_was_found_out_of_references(tmp_path: Path) -> None:
    async with FaultServer(IMAGE) as server:
        (tmp_path / "config.toml").write_text(f'references = ["{server.url}/picture"]\n')
        for start in (1, 2):
            async with at_the_program(tmp_path) as person:
                await person.sees("No token yet")
                await person.presses("f7")
                await person.sees("/picture")
                if start == 1:
                    await person.presses("down", "c")
                await person.sees("image     ", " kB · answers  http")
                await kept(person)
        assert [request.method for request in server.requests] == ["HEAD"]


async def test_nothing_of_a_temporary_conversation(tmp_path: Path) -> None:
    report = tmp_path / "report.pdf"
    report.write_bytes(b"%PDF-1.7" * 200)
    home = tmp_path / "home"
    async with at_the_program(home) as person:
        await person.sees("No token yet")
        await person.presses("alt+n")
        await person.sees("temporary")
        await names(person, report)
        await person.sees("▪ report.pdf")
        await kept(person)
    with sqlite3.connect(home / "conversations.db") as connection:
        rows = connection.execute("SELECT * FROM files").fetchall()
    connection.close()
    assert "report.pdf" not in repr(rows)
