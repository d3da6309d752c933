"""The clock by which waits are told: it goes on while the machine sleeps."""

import sys
import time

if sys.platform == "linux":

    def now() -> float:
        """Return seconds that only ever grow; their beginning means nothing."""
        # The monotonic clock stands still there while the machine sleeps.
        return time.clock_gettime(time.CLOCK_BOOTTIME)

elif sys.platform == "darwin":

    def now() -> float:
        """Return seconds that only ever grow; their beginning means nothing."""
        # Python's own monotonic clock is another one there, which stands still.
        return time.clock_gettime(time.CLOCK_MONOTONIC)

else:
    now = time.monotonic
