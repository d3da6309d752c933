"""Says which seed was played, and how each life went."""

import os

import pytest


def pytest_report_header() -> str:
    return f"soak: SEED={os.environ.get('SEED', '0')} ROUNDS={os.environ.get('ROUNDS', '3')}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lives = [
        f"{report.nodeid.rpartition('[')[2].rstrip(']'):>3}  {value}"
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == "life" and report.when == "call"
    ]
    if lives:
        terminalreporter.section("lives that were ended by SIGKILL")
        terminalreporter.write_line("\n".join(lives))
