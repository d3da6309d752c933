"""Draws one image and ends: `python -m acechat.pictures COLUMNS LINES BACKGROUND`.

The image is read from the input. What goes out is a line of JSON, and six bytes a cell: the colours
of its upper and of its lower half. The library asks the terminal what it can show when it is
imported, and takes the answer, or a key, from whoever reads there; here is no terminal to ask. An
image that is made to take all memory takes it here.
"""

import io
import json
import resource
import sys
from contextlib import suppress
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError
from rich.console import Console
from textual_image.renderable.halfcell import Image as HalfcellImage

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP", "TIFF", "ICO")
"""What is read; others are rare, and some of their readers start other programs."""

MAX_PIXELS = 64_000_000
"""Of an image; a camera has 50 million, and four bytes of each are held here more than once."""

MAX_BYTES = 2 << 30
"""Of memory that may be taken; some systems know no such limit."""

MAX_CPU_SECONDS = 10
"""An image of `MAX_PIXELS` took 1.5 s."""

_BROKEN = (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError)
"""What readers of images raise upon what is none."""


class _NotShown(Exception):
    """The image cannot be shown; the message is for the user."""


def main() -> None:
    """Draw what is in the input."""
    for limit, most in ((resource.RLIMIT_AS, MAX_BYTES), (resource.RLIMIT_CPU, MAX_CPU_SECONDS)):
        with suppress(OSError, ValueError):
            resource.setrlimit(limit, (most, most))
    columns, lines, background = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    try:
        head, cells = _drawn(sys.stdin.buffer, columns, lines, background)
    except _NotShown as error:
        head, cells = {"problem": str(error)}, b""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + cells)


def _drawn(
    source: BinaryIO, columns: int, lines: int, background: str
) -> tuple[dict[str, str | int], bytes]:
    """Return what the image is, and its cells.

    Raises:
        _NotShown: it is none, is broken or too large.
    """
    Image.MAX_IMAGE_PIXELS = None  # `MAX_PIXELS` says it in words of ours
    try:
        image = Image.open(io.BytesIO(source.read()), formats=FORMATS)
    except UnidentifiedImageError:
        raise _NotShown("this is no image that can be shown here") from None
    except (*_BROKEN, MemoryError):
        raise _NotShown("the image is broken") from None
    width, height, kind = image.width, image.height, image.format or ""
    if width * height > MAX_PIXELS:
        many = f"{width * height / 1e6:.0f} megapixels"
        raise _NotShown(f"the image has {many}; at most {MAX_PIXELS // 10**6} are shown")
    try:
        # Twice what is drawn is enough to draw from; what a JPEG need not unpack, it does not.
        image.draft("RGB", (columns * 2, lines * 4))
        image = ImageOps.exif_transpose(image)
        width, height = (height, width) if _turned(image, width, height) else (width, height)
        cells = _cells(image, columns, lines, background)
    except MemoryError:
        raise _NotShown("the image takes too much memory to be shown") from None
    except _BROKEN:
        raise _NotShown("the image is broken") from None
    shown, tall, colours = cells
    head = {"format": kind, "width": width, "height": height, "columns": shown, "lines": tall}
    return head, colours


def _turned(image: Image.Image, width: int, height: int) -> bool:
    """Whether the image lies across what its file says: cameras note how they were held."""
    return width != height and (image.width > image.height) != (width > height)


def _cells(image: Image.Image, columns: int, lines: int, background: str) -> tuple[int, int, bytes]:
    """Return columns, lines and colours of the image: all of it, never enlarged."""
    scale = min(columns / image.width, lines * 2 / image.height, 1.0)
    shown = max(1, round(image.width * scale))
    tall = max(1, round(image.height * scale / 2))
    image.thumbnail((shown * 2, tall * 4))
    image = image.convert("RGBA")
    behind = Image.new("RGBA", image.size, background)
    flat = Image.alpha_composite(behind, image).convert("RGB")
    console = Console(
        file=io.StringIO(), width=shown, height=tall, force_terminal=True, color_system="truecolor"
    )
    colours = bytearray()
    drawn = HalfcellImage(flat, width=shown, height=tall)
    for line in console.render_lines(drawn, pad=False):
        for _, style, _ in line:
            assert style is not None
            for colour in (style.color, style.bgcolor):
                assert colour is not None
                colours += bytes(colour.get_truecolor())
    return shown, tall, bytes(colours)


if __name__ == "__main__":
    main()
