"""The user's files: found as they are typed, read as shells and browsers write them."""

import os
from contextlib import suppress
from pathlib import Path
from threading import Timer

import pytest

from acechat.errors import FileError
from acechat.local_files import OFFERED, first_file, local_file, matching_paths, typed_path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "Report.pdf",
        "readme.md",
        "two words.txt",
        ".hidden",
        "src/main.py",
        "a\nb",
        "a\x1b",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("text")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("re", ["readme.md", "Report.pdf"]),
        ("RE", ["readme.md", "Report.pdf"]),
        ("sr", ["src/"]),
        ("src/", ["src/main.py"]),
        ("src/m", ["src/main.py"]),
        ("~/rep", ["~/Report.pdf"]),
        ("./two", ["./two words.txt"]),
        (".h", [".hidden"]),
        ("h", []),
        ("a", []),
        ("nowhere/", []),
        ("readme.md/", []),
        ("a\0b/", []),
        ("", ["readme.md", "Report.pdf", "src/", "two words.txt"]),
    ],
)
def test_what_a_path_may_become(typed: str, found: list[str], folder: Path) -> None:
    assert matching_paths(typed) == found


def test_an_absolute_path_stays_one(folder: Path) -> None:
    assert matching_paths(f"{folder}/Rep") == [f"{folder}/Report.pdf"]


def test_of_many_the_first_are_offered(tmp_path: Path) -> None:
    for number in range(3 * OFFERED):
        (tmp_path / f"{number:04}").touch()
    found = matching_paths(f"{tmp_path}/")
    assert found == [f"{tmp_path}/{number:04}" for number in range(OFFERED)]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/a/b.txt", "/a/b.txt"),
        ("  /a/two words.txt\n", "/a/two words.txt"),
        ("/a/two\\ words.txt", "/a/two words.txt"),
        ("'/a/two words.txt'", "/a/two words.txt"),
        ('"/a/two words.txt"', "/a/two words.txt"),
        ("'/a/it'\\''s'", "/a/it's"),
        ("/a/it's", "/a/it's"),
        ("file:///a/two%20words.txt", "/a/two words.txt"),
        ("FILE://localhost/a", "/a"),
        ("/a/100%20b", "/a/100%20b"),
    ],
)
def test_a_path_is_read_however_it_was_written(text: str, path: str) -> None:
    assert typed_path(text) == Path(path)


def test_a_relative_path_begins_here_and_a_tilde_at_home(folder: Path) -> None:
    assert typed_path("src/main.py") == folder / "src" / "main.py"
    assert typed_path("~/Report.pdf") == folder / "Report.pdf"


def test_the_first_reading_that_is_a_file_counts(folder: Path) -> None:
    assert first_file(["Report.pdf.", "Report.pdf"]) == folder / "Report.pdf"
    assert first_file(["src", "nowhere", "a\0b", "x" * 5000]) is None


def test_a_file_that_was_written_anew_is_another_one(folder: Path) -> None:
    path = folder / "Report.pdf"
    before = local_file(path)
    assert before == local_file(path)
    os.utime(path, ns=(1, 1))
    assert local_file(path) != before


def test_a_name_that_cannot_be_is_refused() -> None:
    with pytest.raises(FileError, match="no file has such a name"):
        local_file(Path("/a\0b"))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def write() -> None:
        # Nobody reads, unless somebody waits to.
        with suppress(OSError):
            os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))

    writer = Timer(5.0, write)
    writer.start()
    with pytest.raises(FileError, match="is no plain file"):
        local_file(pipe)
    assert not writer.finished.is_set()
    writer.cancel()
