"""Images become cells: whole, in their shape, and whatever is in them harms nobody."""

import asyncio
import io
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from acechat.errors import FileError
from acechat.files import CELL, Drawn
from acechat.pictures.drawing import draw, is_installed
from acechat.tokens import VARIABLE
from images import BLUE, RED, image_file

BLACK = "#000000"


def colours(drawn: Drawn, line: int = 0) -> list[tuple[int, int, int]]:
    """Return the colours of the upper halves of a line."""
    start = line * drawn.columns * CELL
    cells = drawn.cells[start : start + drawn.columns * CELL]
    return [(cells[at], cells[at + 1], cells[at + 2]) for at in range(0, len(cells), CELL)]


@pytest.mark.parametrize(
    ("size", "drawn"),
    [
        ((1600, 900), (71, 20)),
        ((900, 1600), (22, 20)),
        ((4000, 400), (80, 4)),
        ((16, 16), (16, 8)),  # never enlarged
        ((3000, 2), (80, 1)),
        ((2, 3000), (1, 20)),
        ((1, 1), (1, 1)),
    ],
)
async def test_an_image_keeps_its_shape_and_fits(
    size: tuple[int, int], drawn: tuple[int, int]
) -> None:
    shown = await draw(image_file(*size), 80, 20, BLACK)
    assert (shown.columns, shown.lines) == drawn
    assert (shown.width, shown.height) == size
    assert len(shown.cells) == shown.columns * shown.lines * CELL


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("RGB", "PNG"),
        ("RGBA", "PNG"),
        ("P", "GIF"),
        ("CMYK", "JPEG"),
        ("RGB", "WEBP"),
        ("RGB", "BMP"),
        ("RGB", "TIFF"),
    ],
)
async def test_formats_are_shown_in_their_colours(mode: str, kind: str) -> None:
    shown = await draw(image_file(40, 40, mode, kind), 40, 20, BLACK)
    assert shown.format == kind
    line = colours(shown, 10)
    for colour, wanted in ((line[5], RED), (line[35], BLUE)):
        # Formats that lose something lose little.
        assert all(abs(a - b) < 48 for a, b in zip(colour, wanted, strict=True)), line


async def test_what_is_transparent_shows_the_colour_behind_it() -> None:
    clear = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 255, 255, 0)).save(clear, "PNG")
    shown = await draw(clear.getvalue(), 80, 20, "#102030")
    assert set(colours(shown)) == {(0x10, 0x20, 0x30)}


async def test_a_photo_lies_as_the_camera_was_held() -> None:
    held = Image.Exif()
    held[0x0112] = 6
    shown = await draw(image_file(600, 300, kind="JPEG", exif=held), 80, 20, BLACK)
    assert (shown.width, shown.height) == (300, 600)
    assert (shown.columns, shown.lines) == (20, 20)
    # What was at the left is at the top.
    assert [colours(shown, at)[10][0] > 100 for at in (2, 17)] == [True, False]


def claiming(width: int, height: int) -> bytes:
    """Return a PNG that says of itself that it is very large."""
    start = image_file(1, 1)
    head = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + start[24:29]
    return start[:12] + head + zlib.crc32(head).to_bytes(4, "big") + start[33:]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no image that can be shown"),
        (b"<svg/>", "no image that can be shown"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "no image that can be shown"),
        (image_file(500, 300)[:200], "is broken"),
        (image_file(64, 64, kind="JPEG")[:400], "is broken"),
        (claiming(30_000, 30_000), "has 900 megapixels; at most 64 are shown"),
        (claiming(2**31 - 1, 2**31 - 1), "megapixels; at most 64 are shown"),
        (claiming(0, 0), "image"),
    ],
)
async def test_what_cannot_be_shown_is_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(FileError, match=words) as caught:
        await draw(content, 80, 20, BLACK)
    assert str(caught.value).isprintable()


def instead(folder: Path, monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Have a script do the drawing."""
    script = folder / "python"
    script.write_text("\n".join(("#!/bin/sh", *lines)))
    script.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(script))


async def test_being_cancelled_ends_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Instead of drawing it takes the image, tells who it is and what it knows, and waits.
    told = tmp_path / "told"
    os.mkfifo(told)
    speak = f'echo "$$ token=${VARIABLE}" > {told}'
    instead(tmp_path, monkeypatch, "cat > /dev/null", speak, "exec sleep 60")
    monkeypatch.setenv(VARIABLE, "0a" * 16)
    drawing = asyncio.create_task(draw(image_file(8, 8), 80, 20, BLACK))
    number, token = (await asyncio.to_thread(told.read_text)).split()
    drawing.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(10):
            await drawing
    with pytest.raises(ProcessLookupError):
        os.kill(int(number), 0)
    assert token == "token="


async def test_what_takes_too_long_is_ended_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(tmp_path, monkeypatch, "exec sleep 5")
    monkeypatch.setattr("acechat.pictures.drawing.PATIENCE_SECONDS", 0.1)
    with pytest.raises(FileError, match="the image takes too long to be drawn"):
        await draw(image_file(8, 8), 80, 20, BLACK)


async def test_a_process_that_ends_before_it_says_anything_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(tmp_path, monkeypatch, "cat > /dev/null")
    with pytest.raises(FileError, match="the image cannot be drawn"):
        await draw(image_file(8, 8), 80, 20, BLACK)


def test_what_is_made_to_take_all_memory_or_time_does_so_elsewhere_and_not_for_long() -> None:
    program = (
        "import resource; from acechat.pictures.__main__ import main; main();"
        "limits = (resource.RLIMIT_CPU, resource.RLIMIT_AS);"
        "print(*(resource.getrlimit(limit)[0] for limit in limits))"
    )
    command = [sys.executable, "-c", program, "8", "8", BLACK]
    ended = subprocess.run(command, input=b"", capture_output=True, check=True)
    seconds, memory = map(int, ended.stdout.split()[-2:])
    assert seconds == 10
    # Some systems know no such limit.
    assert memory == 2 << 30 or sys.platform != "linux"


def test_without_the_extra_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_installed()
    monkeypatch.setitem(sys.modules, "textual_image", None)
    assert not is_installed()
