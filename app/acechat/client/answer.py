"""The lines of one answer become events, whatever a server does to them (`api.md` section 3)."""

from collections.abc import Iterable

import msgspec

from acechat.client import wire
from acechat.client.refusal import rejected
from acechat.client.surrogates import repaired, split_half
from acechat.errors import EMPTY_REPLY, TOO_LARGE, BadStream, ChatError, Interrupted
from acechat.events import ApiEvent, ConversationOpened, StreamFlawed, TextDelta, TextReplaced

MAX_ANSWER = 32 * 1024 * 1024
"""Characters of one answer; the same as the cap of a line."""

MAX_ID = 256
"""Characters of a conversation id; the provider's have 36."""

_TAIL = 32
"""Bytes before the end of `answer` that are compared to see that a line goes on with it."""


class AnswerReader:
    """Turns lines into events and knows the text so far.

    The text grows by what is new in each line. `answer`, which repeats everything, is decoded only
    where a line does not fit the one before it, and once more at the end: a line fits when its
    `answer` on the wire is as long as the last one and `delta_answer` together, ends with that
    delta, and has the same bytes before it.
    """

    def __init__(self, token: str = "") -> None:
        self._token = token
        self._out: list[ApiEvent] = []
        self._fresh: list[str] = []
        self._parts: list[str] = []
        self._size = 0
        self._half = ""
        self._known = 0
        """Bytes that `answer` has on the wire where it holds the text so far and no more."""
        self._tail = b""
        """The last bytes of these; empty where only deltas came."""
        self._last_delta = b""
        self._last_answer: tuple[memoryview, int] | None = None
        """The newest `answer` that was not decoded, and the characters of the text with it."""
        self._cumulative: bool | None = None
        self._repeated = 0
        self._raw_id = b""
        self._id = ""
        self._lines = 0
        self._whole = False
        self._stray: list[bytes] = []
        self._stray_size = 0
        self._flawed = False
        self.error: ChatError | None = None
        """What the server said went wrong; nothing is read after it."""
        self.done = False
        """The server marked the end of the answer; nothing is read after it."""

    @property
    def text(self) -> str:
        """Everything said so far."""
        self._parts = ["".join(self._parts)]
        return self._parts[0]

    @property
    def over(self) -> bool:
        """Nothing that may follow can change the answer."""
        return self.done or self.error is not None

    @property
    def self_contained(self) -> bool:
        """The answer came as one object without a delta: it is whole because it could be read."""
        return self._lines == 1 and self._whole

    def read(self, lines: Iterable[bytes]) -> list[ApiEvent]:
        """Take in `lines` and return what they say; text of several lines is one event."""
        for line in lines:
            if self.over:
                break
            self._read(line)
        return self._events()

    def finish(self, tail: bytes | None = None, *, cut: bool = False) -> list[ApiEvent]:
        """Take in the end of the body and what came behind its last newline; return what is left.

        Sets `error` where a body holds no answer, or ends in the middle of an object. `cut` says
        that the body is known to be cut off.
        """
        if tail and not self.over:
            self._read_tail(tail, cut=cut)
        if self._stray and not self.over and not cut:
            stray, self._stray = self._stray, []
            self._read(b"\n".join(stray))
            if self._stray:
                self._flaw()
        self._verify()
        if self._half:
            self._half = ""
            self._append("\ufffd")
        if not self._size and self.error is None and (self.done or not cut):
            self.error = (
                BadStream("what the server sent is not an answer")
                if self._flawed
                else BadStream("the reply is empty", code=EMPTY_REPLY)
            )
        return self._events()

    def _read(self, framed: bytes) -> None:
        line = wire.unframed(framed)
        if line == wire.DONE:
            self.done = True
        if not line or self.done:
            return
        try:
            parsed = wire.parse(line)
        except wire.Unreadable:
            self._read_garbage(line)
            return
        if parsed is not None and self._recognise(parsed):
            if self._stray:
                self._stray = []
                self._flaw()
        elif self._stray:
            self._put_aside(line)

    def _read_tail(self, tail: bytes, *, cut: bool) -> None:
        line = wire.unframed(tail)
        try:
            wire.parse(line)
        except wire.Unreadable:
            if line == wire.DONE or not (cut or (self._lines and line.startswith(b"{"))):
                self._read(tail)
            elif not cut:
                self.error = Interrupted("the answer was cut off in the middle of a line")
        else:
            self._read(tail)

    def _read_garbage(self, line: bytes) -> None:
        if wire.is_page(line):
            self.error = (
                Interrupted("the answer was cut off by a web page")
                if self._size
                else BadStream("the server sent a web page instead of an answer")
            )
        elif self._lines == 0 and (self._stray or line.lstrip()[:1] in (b"{", b"[")):
            # One object over many lines begins like this; the end of the body will tell.
            self._put_aside(line)
        else:
            self._flaw()

    def _put_aside(self, line: bytes) -> None:
        self._stray_size += len(line)
        if self._stray_size > MAX_ANSWER:
            self._too_large()
        self._stray.append(line)

    def _recognise(self, line: wire.Line) -> bool:
        """Take in an object; return False for one that says nothing to this program."""
        kind = wire.kind_of(line)
        failure = wire.error_in(line)
        answer = wire.string_in(line.answer)
        delta = wire.string_in(line.delta_answer)
        if kind == "text_delta" and delta is None:
            delta = wire.string_in(line.content)
        if kind in {"", "text_delta"}:
            self._take_id(line.conversation_id)
            self._take_id(line.id)
        elif kind == "done":
            self._take_id(line.conversation_id)
            self.done = True
            delta = None
        elif kind != "error":
            return False
        if answer is not None or delta is not None:
            self._lines += 1
            self._whole = delta is None
            # An empty `answer` takes nothing away: some servers end with one.
            self._take_text(answer or None, delta or None)
        if failure is not None:
            self.error = rejected(failure, 200, self._token)
            # Text that arrived shows that the server took the question.
            self.error.charged = self._size > 0
        return failure is not None or self.done or answer is not None or delta is not None

    def _take_id(self, raw: msgspec.Raw) -> None:
        view = bytes(memoryview(raw))
        if not view or view == self._raw_id:
            return
        self._raw_id = view
        server_id = repaired(wire.name_in(raw))
        if server_id.strip() and len(server_id) <= MAX_ID and server_id != self._id:
            self._id = server_id
            self._out.append(ConversationOpened(server_id))

    def _take_text(self, answer: memoryview | None, delta: memoryview | None) -> None:
        if answer is None:
            if delta is not None:
                self._add(delta)
                self._known += len(delta)
                self._tail = b""
        elif delta is not None and answer == delta:
            self._take_unlike_others(answer, delta)
        elif self._cumulative is False and delta is None:
            self._compare(answer, replaces=False)
        else:
            self._repeated = 0
            self._take_cumulative(answer, delta)

    def _take_unlike_others(self, answer: memoryview, delta: memoryview) -> None:
        """Take in a line that says it is the whole answer: the first, or one that is alone.

        Where line after line does, `answer` is not cumulative. One that says the same as the first
        may be that line sent twice: which it was, a later line tells.
        """
        if not self._known:
            self._add(delta)
            self._remember(answer, delta)
        elif self._cumulative:
            self._compare(answer)
        elif self._cumulative is None and bytes(delta) == self._last_delta:
            self._repeated += 1
        else:
            for _ in range(self._repeated):
                self._add(memoryview(self._last_delta))
            self._repeated = 0
            self._cumulative = False
            self._last_answer = None
            self._add(delta)

    def _take_cumulative(self, answer: memoryview, delta: memoryview | None) -> None:
        known = self._known
        goes_on = len(answer) >= known and (
            bytes(answer[known - len(self._tail) : known]) == self._tail
        )
        if not goes_on or self._cumulative is False:
            self._compare(answer)
        elif delta is None:
            self._take_rest(answer)
        elif len(answer) == known + len(delta) and answer[known:] == delta:
            self._add(delta)
            self._remember(answer, delta)
        elif not (self._tail and len(answer) == known and bytes(delta) == self._last_delta):
            self._compare(answer)

    def _take_rest(self, answer: memoryview) -> None:
        rest = answer[self._known :]
        decoded = wire.text_of(rest)
        if decoded is None or (self._known and not self._tail):
            self._compare(answer)
            return
        self._say(decoded)
        self._remember(answer, rest)

    def _remember(self, answer: memoryview, delta: memoryview) -> None:
        if self._known:
            self._cumulative = True
        self._known = len(answer)
        self._tail = bytes(answer[-_TAIL:])
        self._last_delta = bytes(delta)
        self._last_answer = (answer, self._size + len(self._half))

    def _compare(self, answer: memoryview, *, replaces: bool = True) -> None:
        """Decode the whole `answer` and make the text what it says."""
        decoded = wire.text_of(answer)
        if decoded is None:
            self._flaw()
            return
        text, half = split_half(decoded.text)
        text = repaired(text)
        known = self.text
        if text.startswith(known):
            self._half = ""
            self._append(text[len(known) :])
        elif replaces:
            self._replace(text)
        else:
            self._say(decoded)
            return
        if decoded.damaged:
            self._flaw()
        self._half = half
        self._cumulative = True if replaces or known else self._cumulative
        self._known = len(answer)
        self._tail = bytes(answer[-_TAIL:])
        self._last_delta = b""
        self._last_answer = None

    def _verify(self) -> None:
        """Hold the text against the newest `answer`: lines that fitted may hide a rewritten one."""
        if self._last_answer is None:
            return
        answer, size = self._last_answer
        self._last_answer = None
        decoded = wire.text_of(answer)
        if decoded is None or decoded.damaged:
            return
        text = self.text + self._half
        if repaired(decoded.text) != repaired(text[:size]):
            self._replace(repaired(decoded.text) + self.text[size:])

    def _add(self, string: memoryview) -> None:
        if (decoded := wire.text_of(string)) is not None:
            self._say(decoded)

    def _say(self, decoded: wire.Decoded) -> None:
        if decoded.damaged:
            self._flaw()
        text, self._half = split_half(self._half + decoded.text)
        self._append(repaired(text))

    def _append(self, text: str) -> None:
        if text:
            self._parts.append(text)
            self._fresh.append(text)
            self._grow(len(text))

    def _replace(self, text: str) -> None:
        self._fresh = []
        self._parts = [text]
        self._size = 0
        self._out.append(TextReplaced(text))
        self._grow(len(text))

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > MAX_ANSWER:
            self._too_large()

    def _too_large(self) -> None:
        limit = MAX_ANSWER // 1024 // 1024
        self.error = BadStream(f"the answer is larger than {limit} MB", code=TOO_LARGE)

    def _flaw(self) -> None:
        if not self._flawed:
            self._flawed = True
            self._out.append(StreamFlawed("a part of the answer could not be read"))

    def _events(self) -> list[ApiEvent]:
        if self._fresh:
            self._out.append(TextDelta("".join(self._fresh)))
            self._fresh = []
        out, self._out = self._out, []
        return out
