"""What holds for all tests."""

import signal

# A shell that starts a run in the background has it ignore ctrl+c, and its children after it; the
# tests of what ctrl+c does need it to be heard.
signal.signal(signal.SIGINT, signal.default_int_handler)
