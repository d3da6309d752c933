"""Images for the tests, as the bytes of their files."""

import io

from PIL import Image, PngImagePlugin

RED, BLUE = (200, 20, 40), (20, 40, 200)


def image_file(
    width: int, height: int, mode: str = "RGB", kind: str = "PNG", **options: object
) -> bytes:
    """Return an image whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    written = io.BytesIO()
    image.convert(mode).save(written, kind, **options)
    return written.getvalue()


def speaking(*texts: str) -> bytes:
    """Return an image whose file holds texts, as it may hold a comment."""
    spoken = PngImagePlugin.PngInfo()
    for number, text in enumerate(texts):
        spoken.add_itxt(f"Comment {number}", text)
    return image_file(60, 40, pnginfo=spoken)
