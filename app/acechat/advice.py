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


_AGAIN = ("chat.again",)
_SETTINGS = ("app.settings", "chat.again")

_TOKEN_CODES = {"invalid_token", "token_expired", "no_token", "token_mismatched", "http_401"}

_ADVICE: dict[str, Advice] = {
    **{code: Advice("Enter a token in the settings; the question is kept.", _SETTINGS)
       for code in _TOKEN_CODES},
    "used_up": Advice("Top up your balance at platform.acedata.cloud; the question is kept.", _AGAIN),
    "http_402": Advice("Top up your balance at platform.acedata.cloud; the question is kept.", _AGAIN),
    "disabled": Advice("This service is not enabled for your account.", _AGAIN),
    "forbidden": Advice("The server refuses this; change the question or the model.", _AGAIN),
    "not_found": Advice(
        "The server no longer knows this conversation. Go on in a new one that carries the "
        "transcript.",
        ("chat.rebuild",),
    ),
    errors.OTHER_SERVER: Advice(
        "Go on here in a new server conversation that carries the transcript.", ("chat.rebuild",)
    ),
    "bad_request": Advice("Change the question, the model or the references.",
                          ("chat.model", "chat.again")),
    "api_not_implemented": Advice("Choose another model or the other endpoint.",
                                  ("chat.model", "app.settings")),
    "request_entity_too_large": Advice("Shorten the question or use fewer references.", _AGAIN),
    "too_many_requests": Advice("Wait a little, then send it again.", _AGAIN),
    errors.UNREACHABLE: Advice("Check the network and the base URL; nothing was sent.", _SETTINGS),
    errors.REDIRECTED: Advice("Check the base URL in the settings.", _SETTINGS),
    "store": Advice("", _AGAIN),
}  # fmt: skip

_OTHERWISE = Advice("", _AGAIN)


def advice(failure: Failure) -> Advice:
    """Return what helps against `failure`, decided by its code (`api.md` section 4)."""
    return _ADVICE.get(failure.code, _OTHERWISE)
