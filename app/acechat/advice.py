"""What a failure means for the user: the next step, and the commands that take it."""

from dataclasses import dataclass

from acechat import errors
from acechat.models import Failure


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about a failure."""

    step: str
    """One short sentence; empty where the failure's own message says it all."""
    commands: tuple[str, ...]
    """Ids of the commands that help, the best first."""
    setting: str = ""
    """The setting that helps, on which the settings open; empty where none does."""


_AGAIN = ("chat.again",)
_SETTINGS = ("app.settings", "chat.again")

_TOKEN = Advice("Enter a token in the settings; the question is kept.", _SETTINGS, "token")
_TOP_UP = Advice("Top up your balance at platform.acedata.cloud; the question is kept.", _AGAIN)
_FORBIDDEN = Advice("The server refuses this; change the question or the model.", _AGAIN)
_REQUEST = Advice("Change the question, the model or the references.", ("chat.model", "chat.again"))
_SHORTER = Advice("Shorten the question or use fewer references.", _AGAIN)
_WAIT = Advice("Wait a little, then send it again.", _AGAIN)
_NOT_SENT = Advice("Nothing was charged; send it when you like.", _AGAIN)
_TAKEN = Advice(
    "Sent again, the server may hold it twice; in a new server conversation, once.",
    ("chat.again", "chat.rebuild"),
)

_ADVICE: dict[str, Advice] = {
    "invalid_token": _TOKEN,
    "token_expired": _TOKEN,
    "no_token": _TOKEN,
    "token_mismatched": _TOKEN,
    "http_401": _TOKEN,
    "used_up": _TOP_UP,
    "http_402": _TOP_UP,
    "disabled": Advice("This service is not enabled for your account.", _AGAIN),
    "forbidden": _FORBIDDEN,
    "http_403": _FORBIDDEN,
    "not_found": Advice(
        "The server no longer knows this conversation. Go on in a new one that carries the "
        "transcript.",
        ("chat.rebuild",),
    ),
    # Nothing says that it is the conversation that is not known; it may be the URL.
    "http_404": Advice(
        "Check the base URL, or go on in a new server conversation.",
        ("app.settings", "chat.rebuild"),
        "base_url",
    ),
    errors.OTHER_SERVER: Advice(
        "Go on here in a new server conversation that carries the transcript.", ("chat.rebuild",)
    ),
    "bad_request": _REQUEST,
    "http_400": _REQUEST,
    "api_not_implemented": Advice(
        "Choose another model or the other endpoint.", ("chat.model", "app.settings"), "endpoint"
    ),
    "request_entity_too_large": _SHORTER,
    "http_413": _SHORTER,
    "too_many_requests": _WAIT,
    "http_429": _WAIT,
    errors.UNREACHABLE: Advice(
        "Check the network and the base URL; nothing was sent.", _SETTINGS, "base_url"
    ),
    errors.UNTRUSTED: Advice(
        "Name the certificates to trust in the settings; nothing was sent.", _SETTINGS, "ca_file"
    ),
    errors.PROXY: Advice("Correct the variable and start acechat again; nothing was sent.", _AGAIN),
    errors.REDIRECTED: Advice("Check the base URL in the settings.", _SETTINGS, "base_url"),
    "api_error": _TAKEN,
    "chat_error": _TAKEN,
    errors.TIMED_OUT: _TAKEN,
    errors.NO_REPLY: _TAKEN,
    errors.CUT_OFF: _TAKEN,
    errors.PROCESS_ENDED: _TAKEN,
    errors.PROGRAM_FAILED: _TAKEN,
    errors.NOT_SENT: _NOT_SENT,
}

_OTHERWISE = Advice("", _AGAIN)


def advice(failure: Failure) -> Advice:
    """Return what helps against `failure`, decided by its code (`api.md` section 4)."""
    if found := _ADVICE.get(failure.code):
        return found
    return _TAKEN if failure.code.startswith("http_5") else _OTHERWISE
