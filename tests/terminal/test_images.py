"""An image on a terminal: colours and half cells, and not one byte of its file."""

from pathlib import Path

from faults import FaultServer, held, whole
from hostile import ALL
from images import image_file, speaking
from terminals import at_a_terminal


async def test_an_image_is_drawn_and_nothing_of_its_file_acts(tmp_path: Path) -> None:
    image = speaking(ALL, "\x1b_Gi=1;AAAA\x1b\\", "\x1bPq#0;2;0;0;0~\x1b\\")
    async with FaultServer(whole(image, kind="image/png")) as server:
        (tmp_path / "config.toml").write_text(f'references = ["{server.url}/red.png"]\n')
        async with at_a_terminal(tmp_path, {"COLORTERM": "truecolor"}) as terminal:
            await terminal.sees("answers.")
            await terminal.presses("f7")
            await terminal.sees("red.png")
            await terminal.presses("down", "p")
            await terminal.sees("PNG · 60 × 40", "▀" * 30)
            assert terminal.audit.strange == []
            await terminal.presses("escape", "escape")
            await terminal.sees("> Ask anything")
            assert terminal.audit.strange == []
    assert b"\x1b[38;2;" in terminal.written


UNHURRIED = "import acechat.typed_ahead as ahead; ahead.PATIENCE_SECONDS = 30.0"
"""Keys wait longer for what they are for than they do for a user: the machine may be busy."""


async def test_keys_that_are_typed_meanwhile_are_not_lost(tmp_path: Path) -> None:
    # The library asks the terminal when it is imported, and would take what is typed for answers.
    async with FaultServer(whole(image_file(1600, 900), kind="image/png")) as server:
        (tmp_path / "config.toml").write_text(f'references = ["{server.url}/red.png"]\n')
        async with at_a_terminal(tmp_path, {}, patch=UNHURRIED) as terminal:
            await terminal.sees("answers.")
            await terminal.presses("f7")
            await terminal.sees("red.png")
            await terminal.presses("down", "p", "escape", "escape")
            terminal.types("every letter of this")
            await terminal.sees("> every letter of this")
            assert b"\x1b[c" not in terminal.written
            assert b"\x1b_G" not in terminal.written
            assert terminal.audit.strange == []


async def test_leaving_ends_what_is_being_fetched(tmp_path: Path) -> None:
    async with FaultServer(held(head=False)) as server:
        (tmp_path / "config.toml").write_text(f'references = ["{server.url}/red.png"]\n')
        async with at_a_terminal(tmp_path, {}) as terminal:
            await terminal.sees("answers.")
            await terminal.presses("f7")
            await terminal.sees("red.png")
            await terminal.presses("down", "p")
            await terminal.sees("fetching …")
            await terminal.presses("ctrl+q")
            await terminal.gone()
            await server.left.wait()
