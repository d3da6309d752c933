"""The rows of the report: what is asked of each number, and of what it is made."""

from collections.abc import Callable
from dataclasses import dataclass

Numbers = dict[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One target."""

    title: str
    run: str
    """The run that measures it, by its name in `runs.RUNS`."""
    value: Callable[[Numbers], float]
    limit: float
    unit: str
    """`x` for a ratio to the reference, else what `limit` is counted in."""
    reference: str = ""
    """What a ratio is taken to."""


def _of(name: str, scale: float = 1.0) -> Callable[[Numbers], float]:
    return lambda numbers: numbers[name] * scale


def _ratio(name: str, to: str) -> Callable[[Numbers], float]:
    return lambda numbers: numbers[name] / numbers[to]


ROWS: tuple[Row, ...] = (
    Row(
        "start to usable prompt", "start", _ratio("start_empty", "start_bare"), 1.3, "x", "bare app"
    ),
    Row(
        "... with 10,000 conversations",
        "start",
        _ratio("start_large", "start_empty"),
        1.1,
        "x",
        "empty store",
    ),
    Row(
        "acechat --version",
        "version",
        _ratio("version_time", "python_time"),
        3,
        "x",
        "python -c pass",
    ),
    Row("memory at rest", "start", _of("memory_at_rest"), 60, "MB"),
    Row("memory, 500 messages open", "conversations", _of("open_500_memory"), 75, "MB"),
    Row("memory after 8,000 tokens", "stream", _of("stream_8000_memory"), 90, "MB"),
    Row(
        "2,000 tokens at 500/s, CPU",
        "stream",
        _ratio("stream_2000_cpu", "stream_reference_cpu"),
        0.4,
        "x",
        "MarkdownStream app",
    ),
    Row(
        "8,000 tokens at 500/s, CPU",
        "stream",
        _ratio("stream_8000_cpu", "stream_2000_cpu"),
        4.4,
        "x",
        "2,000 tokens",
    ),
    Row("behind the server at the end", "stream", _of("stream_8000_behind", 1e3), 150, "ms"),
    Row("longest freeze, 8,000 tokens", "keys", _of("freeze", 1e3), 60, "ms"),
    Row("key echo p99, 8,000 tokens", "keys", _of("echo_p99", 1e3), 60, "ms"),
    Row("8,000 tokens at once", "burst", _ratio("burst", "reading"), 4, "x", "reading alone"),
    Row("open 500 messages", "conversations", _of("open_500", 1e3), 150, "ms"),
    Row("open 10,000 messages", "conversations", _of("open_10000", 1e3), 250, "ms"),
    Row("page up or down p99", "conversations", _of("page_p99", 1e3), 30, "ms"),
    Row("filter 10,000 titles, per key p95", "filter", _of("filter_p95", 1e3), 30, "ms"),
    Row("search 200,000 messages, per key p95", "search", _of("search_p95", 1e3), 50, "ms"),
    Row("longest freeze, answer of 1 MB", "heavy", _of("freeze_megabyte", 1e3), 100, "ms"),
    Row("longest freeze, table of 200x30", "heavy", _of("freeze_table", 1e3), 100, "ms"),
    Row("longest freeze, 2,000 paragraphs", "heavy", _of("freeze_paragraphs", 1e3), 100, "ms"),
    Row("longest freeze, word of 100 KB", "heavy", _of("freeze_word", 1e3), 100, "ms"),
    Row("idle, of one core", "idle", _of("idle", 100), 0.5, "%"),
)
"""Every row that is asked for, in its order."""
