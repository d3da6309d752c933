"""One row of the table: a fault, and what must come of it."""

from dataclasses import dataclass

from faults import SERVER_ID, Behaviour, complete, stream

ANSWER = "Hello, wörld! 你好 😀\n- one\n- two"
"""The text of most rows."""

DELTAS = ("Hello", ", wör", "ld! ", "你好 😀", "\n- one", "\n- two")
GOOD = stream(*DELTAS)
BODY = b"".join(GOOD)
SINGLE = {"answer": ANSWER, "id": SERVER_ID}
PAGE = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"
TOKEN = "0123456789abcdef0123456789abcdef"
"""The token that rows echo."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fault."""

    name: str
    behave: Behaviour
    text: str = ANSWER
    """The answer that is kept, right and once."""
    error: str = ""
    """The name of the exception's class; empty where the answer is complete."""
    code: str = ""
    says: str = ""
    """A part of the message."""
    trace_id: str | None = None
    flawed: bool = False
    """The user is told that a part could not be read."""
    ids: tuple[str, ...] = (SERVER_ID,)
    """The conversation ids in the order they were given."""

    def __str__(self) -> str:
        return self.name


def ok(name: str, behave: Behaviour, text: str = ANSWER, **more: object) -> Row:
    """Return a row that ends well."""
    return Row(name, behave, text, **more)  # pyright: ignore[reportArgumentType]


def lines(*said: bytes) -> Behaviour:
    """Return a good stream of these lines."""
    return complete(said)


def failed(
    name: str, behave: Behaviour, error: str, code: str, says: str = "", trace: str | None = None
) -> Row:
    """Return a row that ends without an answer."""
    return Row(name, behave, "", error, code, says, trace, ids=())


def partial(name: str, behave: Behaviour, text: str, says: str, **more: object) -> Row:
    """Return a row that ends in the middle."""
    fields = {"error": "Interrupted", "code": "cut_off", **more}
    return Row(name, behave, text, says=says, **fields)  # pyright: ignore[reportArgumentType]
