"""Requests and replies of the API as they are on the wire, `api.md` sections 1 to 4 and 7."""

from uuid import uuid4

import msgspec
from starlette.responses import Response

from acechat.models import Reference
from acechat.server.conversations import Kept, KeptTurn

NDJSON = "application/x-ndjson"
"""`api.md` section 1."""

MAX_BATCH = 100
"""Conversations in one `retrieve_batch`, `api.md` section 7."""

BYTES_A_TOKEN = 4
"""For the `usage` of an answer: a rule of thumb for English, as no tokenizer is at hand."""


class ApiError(Exception):
    """What the client is told instead of an answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status."""
        self.code = code
        """`error.code`, `api.md` section 4."""
        self.message = message
        """`error.message`: one sentence."""
        self.trace_id = str(uuid4())
        """`trace_id`, new for each error."""


class Body(msgspec.Struct, frozen=True):
    """The body of a request, of either endpoint; fields that are not known are ignored."""

    model: str | None = None
    question: str | None = None
    id: str | None = None
    stateful: bool | None = None
    preset: str | None = None
    references: list[str] | None = None
    action: str | None = None
    offset: int = 0
    limit: int = MAX_BATCH
    title: str | None = None


class Question(msgspec.Struct, frozen=True):
    """A body that asks something, checked."""

    model: str
    question: str
    id: str | None
    stateful: bool
    preset: str
    references: tuple[str, ...]


class _Error(msgspec.Struct):
    code: str
    message: str


class _ErrorReply(msgspec.Struct):
    error: _Error
    trace_id: str


class _TypedError(msgspec.Struct, tag_field="type", tag="error"):
    message: str
    code: str
    status: int
    trace_id: str


class _Answer(msgspec.Struct, omit_defaults=True):
    answer: str
    id: str | None = None


class _Line(msgspec.Struct, omit_defaults=True):
    answer: str
    delta_answer: str
    id: str | None = None


class _TextDelta(msgspec.Struct, omit_defaults=True, tag_field="type", tag="text_delta"):
    content: str
    delta_answer: str
    id: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class _Done(msgspec.Struct, tag_field="type", tag="done"):
    conversation_id: str | None
    usage: _Usage
    terminal_reason: str


class _Message(msgspec.Struct, omit_defaults=True):
    role: str
    content: str
    model: str
    references: tuple[str, ...] = ()


class _Conversation(msgspec.Struct, omit_defaults=True):
    id: str
    title: str
    model: str
    created_at: float
    updated_at: float
    messages: list[_Message] | None = None


class _Batch(msgspec.Struct):
    items: list[_Conversation]
    count: int


class _Deleted(msgspec.Struct):
    id: str
    deleted: bool = True


_encoder = msgspec.json.Encoder()


def parse_body(data: bytes) -> Body:
    """Read the body of a request.

    Raises:
        ApiError: it is not an object of the API; the message names the field.
    """
    try:
        return msgspec.json.decode(data, type=Body)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        field = where.rstrip("`").removeprefix(".")
        message = f"`{field}`: {what[:1].lower()}{what[1:]}" if field else f"the body: {what}"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"the body is not JSON: {error}"
    raise ApiError(400, "bad_request", message)


def parse_question(body: Body, models: list[str], *, stateful: bool) -> Question:
    """Check what is asked; `stateful` is the endpoint's default.

    Raises:
        ApiError: something is missing or cannot be right.
    """
    here = f"the models here are {', '.join(models)}"
    if not body.model:
        raise ApiError(400, "bad_request", f"`model` is missing; {here}")
    if body.model not in models:
        raise ApiError(400, "bad_request", f"there is no model `{body.model}`; {here}")
    if body.question is None:
        raise ApiError(400, "bad_request", "`question` is missing")
    if not body.question.strip():
        raise ApiError(400, "bad_request", "`question` is empty")
    references = tuple(body.references or ())
    for number, reference in enumerate(references):
        try:
            Reference.parse(reference)
        except ValueError as error:
            raise ApiError(400, "bad_request", f"`references[{number}]`: {error}") from None
    return Question(
        model=body.model,
        question=body.question,
        id=body.id,
        stateful=stateful if body.stateful is None else body.stateful,
        preset=body.preset or "",
        references=references,
    )


def json_reply(value: msgspec.Struct, status: int = 200) -> Response:
    """Return an object as a whole reply."""
    return Response(_encoder.encode(value), status, media_type="application/json")


def error_reply(error: ApiError) -> Response:
    """Return an error as a whole reply."""
    reply = _ErrorReply(_Error(error.code, error.message), error.trace_id)
    return json_reply(reply, error.status)


def error_line(error: ApiError) -> bytes:
    """Return an error as a line of an answer that has begun."""
    return _encoder.encode(_ErrorReply(_Error(error.code, error.message), error.trace_id)) + b"\n"


def typed_error_line(error: ApiError) -> bytes:
    """Return an error as a line of the newer endpoint."""
    line = _TypedError(error.message, error.code, error.status, error.trace_id)
    return _encoder.encode(line) + b"\n"


def answer_reply(answer: str, conversation_id: str | None) -> Response:
    """Return a whole answer."""
    return json_reply(_Answer(answer, conversation_id))


def answer_line(answer: str, delta: str, conversation_id: str | None) -> bytes:
    """Return a line of an answer: everything so far, and what this line adds."""
    return _encoder.encode(_Line(answer, delta, conversation_id)) + b"\n"


def text_line(delta: str, conversation_id: str | None) -> bytes:
    """Return a line of an answer of the newer endpoint."""
    return _encoder.encode(_TextDelta(delta, delta, conversation_id)) + b"\n"


def done_line(conversation_id: str | None, prompt: str, answer: str) -> bytes:
    """Return the last line of an answer of the newer endpoint."""
    asked, answered = _tokens(prompt), _tokens(answer)
    usage = _Usage(asked, answered, asked + answered)
    return _encoder.encode(_Done(conversation_id, usage, "completed")) + b"\n"


def _tokens(text: str) -> int:
    return -(-len(text.encode()) // BYTES_A_TOKEN)


def conversation_reply(kept: Kept, turns: list[KeptTurn] | None = None) -> Response:
    """Return a kept conversation, with its messages where they are given."""
    conversation = _conversation(kept)
    if turns is not None:
        conversation.messages = []
        for turn in turns:
            question = _Message("user", turn.question, turn.model, turn.references)
            conversation.messages.append(question)
            if turn.answer:
                conversation.messages.append(_Message("assistant", turn.answer, turn.model))
    return json_reply(conversation)


def batch_reply(items: list[Kept], count: int) -> Response:
    """Return some of the kept conversations, and how many there are in all."""
    return json_reply(_Batch([_conversation(item) for item in items], count))


def deleted_reply(conversation_id: str) -> Response:
    """Return that a conversation was deleted."""
    return json_reply(_Deleted(conversation_id))


def _conversation(kept: Kept) -> _Conversation:
    return _Conversation(kept.id, kept.title, kept.model, kept.created_at, kept.updated_at)
