"""What holds for all tests."""

import os
import signal

# A shell that starts a run in the background has it ignore ctrl+c, and its children after it; the
# tests of what ctrl+c does need it to be heard.
signal.signal(signal.SIGINT, signal.default_int_handler)

# No test looks into the keyring of whoever runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
