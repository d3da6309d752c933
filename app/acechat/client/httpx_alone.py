"""httpx without its own command line, which would load click and pygments: 3.5 MB for nothing."""

import sys
from types import ModuleType

_COMMAND_LINE = "httpx._main"


def _main() -> None:
    """Stand for the command line; httpx does without it where click is not installed."""


if "httpx" not in sys.modules:
    _stub = ModuleType(_COMMAND_LINE)
    _stub.__dict__["main"] = _main
    sys.modules[_COMMAND_LINE] = _stub

import httpx as httpx  # noqa: E402, PLC0414

sys.modules.pop(_COMMAND_LINE, None)
