"""The installed program as a user runs it, against the embedded server."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

ACECHAT = [sys.executable, "-m", "acechat"]
APP = str(Path(__file__).parents[2] / "app")
LONG = "3000 words, no tables"


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "ACECHAT_HOME": str(home), "PYTHONPATH": APP, "TERM": "xterm-256color"}


def acechat(home: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ACECHAT, *arguments],
        env=environment(home),
        input=given,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


@contextmanager
def asking(home: Path, *arguments: str) -> Generator[subprocess.Popen[bytes]]:
    """Ask for a long answer and go on once it has begun to arrive."""
    child = subprocess.Popen(
        [*ACECHAT, "ask", "-m", "sample", LONG, *arguments],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def conversations(home: Path) -> list[dict[str, list[dict[str, str]]]]:
    exported = acechat(home, "export", "--all")
    assert exported.returncode == 0
    return [json.loads(line) for line in exported.stdout.splitlines()]


def servers_of(home: Path) -> list[int]:
    """Return the processes of embedded servers under this home."""
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"acechat.server" in words and str(home).encode() in b" ".join(words):
            found.append(int(entry.parent.name))
    return found


def test_a_question_its_answer_and_the_next_one(home: Path) -> None:
    first = acechat(home, "ask", "How do I add", given="my API token?")
    assert first.returncode == 0
    assert "ACEDATACLOUD_API_TOKEN" in first.stdout
    assert "\x1b" not in first.stdout
    assert first.stderr == (
        "acechat: no token yet, so this machine answers; "
        "set ACEDATACLOUD_API_TOKEN to ask the API\n"
    )
    second = acechat(home, "ask", "-c", "--json", "more")
    found = json.loads(second.stdout)
    assert (found["status"], found["model"]) == ("complete", "guide")
    ((kept),) = conversations(home)
    assert kept["id"] == found["conversation"]
    assert kept["server_id"] == found["server_id"]
    assert [message["text"] for message in kept["messages"]] == [
        "How do I add\n\nmy API token?",
        first.stdout.removesuffix("\n"),
        "more",
        found["answer"],
    ]
    listed = acechat(home, "list")
    assert found["conversation"][:8] in listed.stdout
    assert "guide" in listed.stdout
    assert servers_of(home) == []


def test_a_reader_that_leaves_ends_it_quietly(home: Path) -> None:
    with asking(home) as child:
        assert child.stdout is not None
        assert child.stdout.read(1)
        child.stdout.close()
        assert child.wait(20) == 130
        assert child.stderr is not None
        assert child.stderr.read().count(b"\n") == 1
    ((kept),) = conversations(home)
    assert kept["messages"][1]["status"] == "stopped"
    assert servers_of(home) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_and_the_text_stays(home: Path, number: signal.Signals) -> None:
    with asking(home) as child:
        assert child.stdout is not None
        begun = child.stdout.read(1)
        asked = time.monotonic()
        child.send_signal(number)
        rest = child.stdout.read()
        assert child.wait(20) == 130
        assert time.monotonic() - asked < 5
    ((kept),) = conversations(home)
    assert kept["messages"][1]["status"] == "stopped"
    assert (begun + rest).decode() == kept["messages"][1]["text"].rstrip("\n") + "\n"
    assert servers_of(home) == []


def test_on_a_terminal_it_counts_while_it_waits(home: Path) -> None:
    parent, child = pty.openpty()
    done = subprocess.Popen(
        [*ACECHAT, "ask", "How do I add a token?"],
        env=environment(home),
        stdin=child,
        stdout=child,
        stderr=child,
        start_new_session=True,
    )
    os.close(child)
    seen = b""
    try:
        while select.select([parent], [], [], 30)[0]:
            try:
                piece = os.read(parent, 65536)
            except OSError:
                break
            if not piece:
                break
            seen += piece
        assert done.wait(20) == 0
    finally:
        done.kill()
        done.wait()
        os.close(parent)
    text = seen.decode()
    assert "waiting 0 s" in text
    assert "ACEDATACLOUD_API_TOKEN" in text
    assert re.search(r"acechat: guide · \d+\.\d s · conversation [0-9a-f]{8}\r\n$", text)
    assert not set(text) & set(map(chr, [*range(9), *range(11, 13), *range(14, 32), 127]))


def test_doctor_finds_all_well(home: Path) -> None:
    acechat(home, "ask", "hello")
    done = acechat(home, "doctor", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["problems"]) == (0, [])
    assert found["server"]["answers"] == "embedded"


def test_the_api_is_asked_with_the_token_of_the_environment(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`serve` stands in for the API: another process, its own token and address."""
    monkeypatch.setenv("ACECHAT_SERVER_TOKEN", "0123456789abcdef0123456789abcdef")
    server = subprocess.Popen(
        [*ACECHAT, "serve", "--port", "0"],
        env=environment(home / "server"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        monkeypatch.setenv("ACEDATACLOUD_API_BASE_URL", url)
        monkeypatch.setenv("ACEDATACLOUD_API_TOKEN", "0123456789abcdef0123456789abcdef")
        done = acechat(home, "ask", "-m", "guide", "How do I add a token?", "--json")
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["status"] == "complete"
        assert conversations(home)[0]["server"] == f"{url}/aichat"
        monkeypatch.setenv("ACEDATACLOUD_API_TOKEN", "ffffffffffffffffffffffffffffffff")
        refused = acechat(home, "ask", "-m", "guide", "again")
        assert refused.returncode == 1
        assert "code invalid_token" in refused.stderr
        assert "Set ACEDATACLOUD_API_TOKEN" in refused.stderr
        assert "ffffffff" not in refused.stderr + refused.stdout
        assert acechat(home, "doctor").returncode == 1
    finally:
        server.terminate()
        server.communicate(timeout=20)
