"""A conversation as a Markdown file, and how texts are written for other programs."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from acechat.clean import clean, clean_line
from acechat.models import Conversation, Message, Role, Status, title_of
from acechat.paths import write_whole

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

UNTITLED = "Untitled conversation"
"""The title of a conversation that has none."""

_SENTINEL = "\n\n# end\n"

_ACTS_ON_TERMINALS = re.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)

_HTML_ENDS = ("-->", "?>", "]]>", "</script>", "</style>", "</pre>", "</textarea>", ">")


def to_markdown(conversation: Conversation, messages: Sequence[Message]) -> str:
    """Return a conversation as a Markdown document with front matter, cleaned."""
    title = clean_line(conversation.title) or _first_title(messages) or UNTITLED
    parts = [_front_matter(conversation, messages, title), f"# {title}"]
    for message in messages:
        parts.extend(_question(message) if message.role is Role.USER else _answer(message))
    return "\n\n".join(parts) + "\n"


def json_text(value: object, *, indent: int | None = None) -> str:
    """Return JSON that people can read and that no terminal acts on.

    Letters of all scripts stay as they are; what a terminal could act on is written as escapes, so
    that nothing of the raw text is lost.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _ACTS_ON_TERMINALS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def iso_time(seconds: float) -> str:
    """Return a time in ISO 8601, in UTC, with milliseconds: `2026-01-02T03:04:05.678Z`."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_new(path: Path, *texts: str, replace: bool = False) -> None:
    """Write exported texts, whole or not at all, readable by the file's owner only.

    Each is encoded on its own: one call for hundreds of megabytes would hold up all threads.

    Raises:
        FileExistsError: there is a file already, and `replace` is false.
        OSError: it cannot be written; what was there is untouched.
    """
    encoded = (text.encode("utf-8", "replace") for text in texts)
    write_whole(path, encoded, overwrite=replace)


def _first_title(messages: Iterable[Message]) -> str:
    return next((title_of(clean(message.text)) for message in messages if message.text), "")


def _front_matter(conversation: Conversation, messages: Sequence[Message], title: str) -> str:
    models = _each_once(message.model for message in messages if message.role is Role.ASSISTANT)
    presets = _each_once(message.preset for message in messages)
    lines = [("title", [title]), ("id", [conversation.id])]
    lines.append(("model", models or _each_once([conversation.model or ""])))
    lines.append(("preset", presets or _each_once([conversation.preset or ""])))
    written = [f"{_key(name, values)}: {_yaml(values)}" for name, values in lines if values]
    # Times are plain in YAML; everything else is quoted.
    written.append(f"created: {iso_time(conversation.created_at)}")
    written.append(f"updated: {iso_time(conversation.updated_at)}")
    return "\n".join(("---", *written, "---"))


def _key(name: str, values: Sequence[str]) -> str:
    return name if len(values) == 1 else f"{name}s"


def _yaml(values: Sequence[str]) -> str:
    """Write texts as YAML: a JSON string is a double-quoted YAML string too."""
    return json_text(clean(values[0]) if len(values) == 1 else [clean(value) for value in values])


def _each_once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def _question(message: Message) -> Iterator[str]:
    yield "## Question"
    facts = (_readable_time(message.created_at), _version(message))
    yield " · ".join(fact for fact in facts if fact)
    yield _closed(message.text)
    if message.references:
        yield "\n".join(f"- <{_autolink(url)}>" for url in message.references)


def _answer(message: Message) -> Iterator[str]:
    yield "## Answer"
    facts = [clean_line(message.model), _readable_time(message.created_at)]
    if message.seconds is not None:
        facts.append(f"{message.seconds:.1f} s")
    facts.append(_version(message))
    yield " · ".join(fact for fact in facts if fact)
    if message.text.strip():
        yield _closed(message.text)
    if note := _ending(message):
        yield f"> {note}"


def _version(message: Message) -> str:
    """Say which one it is of several messages in the same place; only it is in the document."""
    return f"version {message.version} of {message.versions}" if message.versions > 1 else ""


def _ending(message: Message) -> str:
    """Say how an answer ended, where that is not as it should be."""
    word = "" if message.status is Status.COMPLETE else f"**{message.status.value}**"
    if (error := message.error) is None:
        return word
    named = f"code {clean_line(error.code)}"
    if error.trace_id:
        named = f"{named}, trace id {clean_line(error.trace_id)}"
    return f"{word or '**note**'}: {clean_line(error.message)} ({named})"


def _readable_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _autolink(url: str) -> str:
    return clean_line(url).replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")


def _closed(text: str) -> str:
    """Return `text`, cleaned, so that nothing it leaves open swallows what follows it.

    An answer that was cut off often ends inside a fence. Whether a heading after it would still be
    one is asked of a Markdown parser; the first line that makes it one is added.
    """
    text = clean(text).strip("\n")
    fences = [match[1] for match in _FENCE.finditer(text)]
    if not fences and not re.search(r"^ {0,3}<", text, re.MULTILINE):
        return text
    closers = [max((f for f in fences if f[0] == sign), key=len, default="") for sign in "`~"]
    closers.extend(end for end in _HTML_ENDS if end.replace("/", "").strip(">-?]") in text.lower())
    for closer in ("", *filter(None, closers)):
        candidate = f"{text}\n{closer}" if closer else text
        if _ends_outside(candidate):
            return candidate
    return text


def _ends_outside(text: str) -> bool:
    tokens = _parser().parse(text + _SENTINEL)
    return tokens[-1].type == "heading_close" and tokens[-1].level == 0


@cache
def _parser() -> "MarkdownIt":
    # Making one takes as long as parsing a text.
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    # Only blocks matter here, and they are a small part of the work.
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser
