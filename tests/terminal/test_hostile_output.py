"""What the commands print on a terminal: letters, and nothing that acts."""

from pathlib import Path

import pytest

from escapes import Audit
from faults import Behaviour, FaultServer, complete, line, refusing, stream
from hostile import ALL, ARGUMENT, LINE
from journeys.at_the_api import environ_for
from terminal.kept import HOME, MARKDOWN, keep_hostile
from terminals import at_a_terminal


async def printed(home: Path, behave: Behaviour, *arguments: str) -> str:
    """Run a command on a terminal, look at all that it writes, and return it."""
    async with (
        FaultServer(behave) as server,
        at_a_terminal(home, environ_for(server), *arguments) as terminal,
    ):
        # A clock on standard error goes back to the beginning of its line.
        terminal.audit = Audit(controls="\r\n\t")
        await terminal.gone()
        assert terminal.audit.strange == []
        return terminal.written.decode()


FINE = complete(stream("fine"))
LETTERS = complete([line(delta_answer=letter, id=ALL) for letter in MARKDOWN])
BROKEN = complete([line(delta_answer=ALL), line(error={"code": ALL, "message": ALL}, trace_id=ALL)])
REFUSED = refusing("400 Bad Request", error={"code": LINE, "message": ALL}, trace_id=LINE)


@pytest.mark.parametrize(
    ("behave", "arguments", "shown"),
    [
        (LETTERS, ("ask", "Why?"), "␛[5;8m"),
        (LETTERS, ("ask", "--json", "Why?"), "\\u001b[5;8m"),
        (BROKEN, ("ask", "Why?"), "␛[5;8m"),
        (REFUSED, ("ask", "Why?"), "␛[5;8m"),
        (FINE, ("ask", "--preset", ARGUMENT, "--ref", ARGUMENT, ARGUMENT), "acechat: "),
        (FINE, ("ask", "--conversation", ARGUMENT, "Why?"), "acechat: "),
        (FINE, ("list",), "␛[5;8m"),
        (FINE, ("list", "--json"), "\\u001b[5;8m"),
        (FINE, ("export", "--all"), "\\u001b[5;8m"),
        (FINE, ("export", "--all", "--format", "md"), "␛[5;8m"),
        (FINE, ("export", ARGUMENT), "acechat: "),
        (FINE, ("export", "--all", "-o", f"/no/{ARGUMENT}"), "acechat: "),
        (FINE, ("models",), "gpt"),
        (FINE, ("paths",), "␛[5;8m"),
        (FINE, ("doctor",), "␛[5;8m"),
        (FINE, ("serve", "--gguf", ARGUMENT), "acechat: "),
        (FINE, ("list", ARGUMENT), "acechat"),
        (FINE, ("list", "-n", ARGUMENT), "acechat"),
        (FINE, (f"--{ARGUMENT}",), "acechat"),
    ],
    ids=lambda value: (
        " ".join(word for word in value if word.isprintable()) if isinstance(value, tuple) else ""
    ),
)
async def test_a_command(
    behave: Behaviour, arguments: tuple[str, ...], shown: str, tmp_path: Path
) -> None:
    home = tmp_path / HOME
    await keep_hostile(home)
    assert shown in await printed(home, behave, *arguments)
