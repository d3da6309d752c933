"""Everything that can go wrong, as this program names it.

    ChatError               a turn did not end well
        Unreachable         nothing was sent: the server surely did not take the question
        TimedOut            sent, and then silence for too long
        Rejected            the server answered with an error
        Interrupted         the connection broke after the question went out
        BadStream           what came back cannot be read
    StoreError              the conversations cannot be read or written
        StoreBusy           another program holds the file; the same call may succeed later
        UnknownConversation no conversation has this id
    SettingsError           the settings file, or a value in it, is not right
    ServerError             the embedded server cannot be started
    FileError               a file of this machine cannot be uploaded as it is

The message of each is one sentence for the user. No library's exception leaves the room that uses
the library.
"""

from acechat.models import Failure

MAX_MESSAGE = 500
"""Characters of a server's message that are kept and shown (`reliability.md` section 3)."""

UNREACHABLE = "unreachable"
UNTRUSTED = "untrusted"
PROXY = "proxy"
TIMED_OUT = "timed_out"
NO_REPLY = "no_reply"
CUT_OFF = "cut_off"
BAD_STREAM = "bad_stream"
EMPTY_REPLY = "empty_reply"
TOO_LARGE = "too_large"
REDIRECTED = "redirected"
OTHER_SERVER = "other_server"
PROCESS_ENDED = "process_ended"
PROGRAM_FAILED = "program_failed"
NOT_SENT = "not_sent"
FLAWED = "flawed"
"""The codes of failures that no server named."""

UNSENT = (NOT_SENT, OTHER_SERVER, UNREACHABLE, UNTRUSTED, PROXY)
"""Of these, the ones after which surely nothing was sent: it was neither asked nor charged."""

TOKEN_CODES = frozenset({"invalid_token", "token_expired", "no_token", "token_mismatched"})
"""The codes of servers that speak of the token itself (`api.md` section 4)."""


class ChatError(Exception):
    """A turn did not end well."""

    def __init__(
        self, message: str, *, code: str, trace_id: str | None = None, charged: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        """One sentence for the user."""
        self.code = code
        """The server's `error.code`, or one of the codes above."""
        self.trace_id = trace_id
        """What the provider's support asks for."""
        self.charged = charged
        """The question may have been taken, and charged for, all the same."""

    @property
    def failure(self) -> Failure:
        """The form in which it is kept with the answer."""
        charged = "; it may have been charged." if self.charged else ""
        message = self.message.rstrip(".") if charged else self.message
        return Failure(self.code, message[: MAX_MESSAGE - len(charged)] + charged, self.trace_id)


class Unreachable(ChatError):
    """Nothing was sent: name not found, refused, connect time-out, certificate, proxy."""

    def __init__(self, message: str, *, retryable: bool, code: str = UNREACHABLE) -> None:
        super().__init__(message, code=code)
        self.retryable = retryable
        """Trying again by itself may help: false for certificates and wrong settings."""


class TimedOut(ChatError):
    """The question went out and nothing came for too long."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code=TIMED_OUT, charged=True)


class Rejected(ChatError):
    """The server answered with an error."""

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: int,
        trace_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, code=code, trace_id=trace_id, charged=status >= 500)
        self.status = status
        """The HTTP status; 200 for an error inside a stream."""
        self.retry_after = retry_after
        """Seconds that the server asked to wait."""


class Interrupted(ChatError):
    """The connection broke after the question went out; text may have arrived."""

    def __init__(self, message: str, *, code: str = CUT_OFF) -> None:
        super().__init__(message, code=code, charged=True)


class BadStream(ChatError):
    """What came back cannot be read as an answer."""

    def __init__(self, message: str, *, code: str = BAD_STREAM) -> None:
        super().__init__(message, code=code, charged=True)


class StoreError(Exception):
    """The conversations cannot be read or written."""


class StoreBusy(StoreError):
    """Another program has held the conversations for longer than a call waits."""


class UnknownConversation(StoreError):
    """No conversation has this id, or several begin with it."""


class SettingsError(Exception):
    """The settings file, or a value in it, is not right; the message names the line or the key."""


class ServerError(Exception):
    """The embedded server cannot be started."""


class FileError(Exception):
    """A file cannot be uploaded or shown: too large, not there, not what it should be."""
