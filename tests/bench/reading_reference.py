"""The reference for reading: a program that takes the lines of an answer and shows nothing.

Prints how many seconds it took from asking to the end. Everything is loaded before it asks.
"""

import asyncio
import sys
import time

import httpx
import msgspec


class Line(msgspec.Struct):
    """What is wanted of a line; the answer so far is passed over."""

    delta_answer: str = ""


async def read(url: str, question: str) -> float:
    """Return how long it takes to read the whole answer."""
    decode = msgspec.json.Decoder(Line).decode
    letters, rest = 0, b""
    async with httpx.AsyncClient(timeout=None) as client:
        began = time.monotonic()
        async with client.stream("POST", url, json={"question": question}) as response:
            async for piece in response.aiter_bytes():
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    letters += len(decode(line).delta_answer)
        return time.monotonic() - began


if __name__ == "__main__":
    print(asyncio.run(read(f"{sys.argv[1]}/aichat/conversations", sys.argv[2])))
