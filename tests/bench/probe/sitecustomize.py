"""Notes how long the event loop of a program was held up, without waking it.

Python imports this by itself where its folder is on PYTHONPATH. A callback that took longer than
`BENCH_PROBE_SECONDS` is written to the file `BENCH_PROBE_FILE`: when it began, and how long it
took, in seconds of the monotonic clock. What is quick costs a third of a microsecond.
"""

import os
import time
from asyncio import events

_FILE = os.environ.get("BENCH_PROBE_FILE")
_SECONDS = float(os.environ.get("BENCH_PROBE_SECONDS", "0.02"))

if _FILE:
    _run = events.Handle._run
    _file = open(_FILE, "a", buffering=1)  # noqa: PTH123, SIM115

    def _watched(self: events.Handle) -> None:
        began = time.monotonic()
        _run(self)
        took = time.monotonic() - began
        if took > _SECONDS:
            _file.write(f"{began} {took}\n")

    events.Handle._run = _watched
