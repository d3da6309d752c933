"""The exit codes of the program."""

COMPLETE = 0
"""It was done."""

FAILED = 1
"""It could not be done, or not whole."""

USAGE = 2
"""What was asked for, or the settings, make no sense; nothing was changed."""

STOPPED = 130
"""The user ended it: 128 and the number of SIGINT, as shells have it."""
