"""How long each step of a question may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. There is no limit for a whole answer: a reasoning model may write for long."""

    connect: float = 10.0
    """For connecting, TLS and a proxy's tunnel (`api.md` section 8)."""
    write: float = 30.0
    """For the network to take a piece of the question."""
    first_byte: float = 600.0
    """From the question to the first byte of its answer: twice what the provider's SDK allows."""
    between: float = 120.0
    """Without a byte in the middle of an answer."""
    awake: float = 10.0
    """After the machine has slept through a limit: what came meanwhile is read at once."""
    look: float = 5.0
    """Between two looks whether the machine has slept."""
    check: float = 30.0
    """For the answer to a check of the token, and for the whole text of an error."""
    stored: float = 120.0
    """From the last byte of a file to the answer: the server has to put up to 100 MB away."""
    glance: float = 10.0
    """For everything that is done to see whether a URL answers."""
    fetched: float = 60.0
    """For all of an image that is shown: 20 MB at 3 Mbit/s."""
