"""The run in a real terminal is collected only where tmux is installed; CI installs it."""

import shutil

TMUX = shutil.which("tmux")

collect_ignore = [] if TMUX else ["test_end_to_end.py"]


def pytest_report_header() -> str:
    return "terminal: tmux" if TMUX else "terminal: no tmux, the run in a real terminal is left out"
