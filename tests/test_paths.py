"""Where the files are, and that a file is written whole or not at all."""

import os
import stat
import sys
from pathlib import Path

import pytest

from acechat.paths import Paths, find_paths, make_folder, write_whole


def test_one_folder_for_everything(tmp_path: Path) -> None:
    paths = find_paths({"ACECHAT_HOME": str(tmp_path), "XDG_CONFIG_HOME": "/elsewhere"})
    assert paths == Paths(tmp_path, tmp_path, tmp_path)
    assert paths.settings == tmp_path / "config.toml"
    files = {paths.settings, paths.token, paths.store, paths.server_store, paths.log}
    assert len(files) == 5


def test_the_one_folder_is_absolute_and_knows_the_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    assert find_paths({"ACECHAT_HOME": "~/chat"}).config == Path("/home/ann/chat")
    assert find_paths({"ACECHAT_HOME": "chat"}).config == Path.cwd() / "chat"
    assert find_paths({"ACECHAT_HOME": "~nobody-here/x"}).config.name == "x"


def test_xdg_folders_are_honoured() -> None:
    paths = find_paths(
        {"HOME": "/h", "XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d", "XDG_STATE_HOME": "/s"}
    )
    assert paths == Paths(Path("/c/acechat"), Path("/d/acechat"), Path("/s/acechat"))


@pytest.mark.parametrize("system", ["linux", "freebsd14"])
def test_without_them_the_specifications_defaults_are_used(
    monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    # What counts is the environment that was given, and a relative folder never.
    monkeypatch.setenv("XDG_CONFIG_HOME", "/other")
    paths = find_paths({"HOME": "/h", "XDG_CONFIG_HOME": "relative", "XDG_DATA_HOME": ""})
    assert paths == Paths(
        Path("/h/.config/acechat"), Path("/h/.local/share/acechat"), Path("/h/.local/state/acechat")
    )


def test_xdg_folders_are_honoured_on_a_mac_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    paths = find_paths({"HOME": "/h", "XDG_CONFIG_HOME": "/c"})
    assert paths.config == Path("/c/acechat")
    assert paths.data.name == "acechat"


def test_looking_for_paths_makes_nothing(tmp_path: Path) -> None:
    find_paths({"ACECHAT_HOME": str(tmp_path / "new")})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_private(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_a_file_is_written_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_whole(tmp_path / "f", b"text")
    finally:
        os.umask(before)
    assert (tmp_path / "f").read_bytes() == b"text"
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o600


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"a long text before")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_must_not_be_replaced_is_not(tmp_path: Path) -> None:
    path = tmp_path / "f"
    write_whole(path, b"first", overwrite=False)
    with pytest.raises(FileExistsError):
        write_whole(path, b"second", overwrite=False)
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def no_second_name(path: Path, target: Path) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_a_new_file_is_whole_also_where_files_have_one_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "hardlink_to", no_second_name)
    test_a_file_that_must_not_be_replaced_is_not(tmp_path)


@pytest.mark.parametrize("names", ["several", "one"])
def test_a_new_file_that_fails_is_not_there(
    names: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Path, target: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "replace", broken)
    monkeypatch.setattr(Path, "hardlink_to", broken if names == "several" else no_second_name)
    with pytest.raises(OSError, match="Input/output error"):
        write_whole(tmp_path / "f", b"text", overwrite=False)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"before")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_on_the_disk_before_it_takes_its_name_and_the_name_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a power cut could leave an empty file under the name, or none."""
    done: list[str] = []
    forced, named = os.fsync, Path.replace

    def force(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        done.append("folder" if is_folder else f"{os.fstat(descriptor).st_size} bytes")
        forced(descriptor)

    def name(path: Path, target: Path) -> Path:
        done.append("name")
        return named(path, target)

    monkeypatch.setattr(os, "fsync", force)
    monkeypatch.setattr(Path, "replace", name)
    write_whole(tmp_path / "f", [b"a ", b"text"])
    assert done == ["6 bytes", "name", "folder"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "no" / "f", b"text")


def test_what_a_killed_program_left_half_written_goes_with_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "token"
    left = tmp_path / ".token.unfinished"
    left.write_bytes(b"secr")
    # It may still be written by somebody else.
    write_whole(path, b"first")
    assert sorted(tmp_path.iterdir()) == [left, path]
    assert left.read_bytes() == b"secr"
    long_ago = left.stat().st_mtime - 7200
    os.utime(left, (long_ago, long_ago))
    write_whole(path, b"second")
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"second"
