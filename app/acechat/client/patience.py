"""How long an answer is waited for, also where the machine sleeps meanwhile, or we are stopped."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from acechat import clock
from acechat.client.timeouts import Timeouts


class Patience:
    """Limits waits, one at a time. Time that the machine sleeps counts: connections end in it.

    The loop's own clock stands still while the machine sleeps, so its timers do not see that. While
    the program is stopped it goes on: a limit is then over before anything that came is read.
    """

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._wait: asyncio.Timeout | None = None
        self._looking: asyncio.TimerHandle | None = None
        self._looked = (0.0, 0.0)

    @asynccontextmanager
    async def limit(self, seconds: float) -> AsyncGenerator[None]:
        """Wait inside for no longer than this.

        Raises:
            TimeoutError: it took longer.
        """
        if self._looking is None:
            self._look_later()
        async with asyncio.timeout(seconds) as wait:
            self._wait = wait
            try:
                yield
            finally:
                self._wait = None

    def end(self) -> None:
        """Look no more whether the machine sleeps."""
        if self._looking is not None:
            self._looking.cancel()

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._looked = clock.now(), loop.time()
        self._looking = loop.call_later(self._timeouts.look, self._look)

    def _look(self) -> None:
        (slept_from, awake_from), loop = self._looked, asyncio.get_running_loop()
        now, wait = loop.time(), self._wait
        passed, awake = clock.now() - slept_from, now - awake_from
        self._look_later()
        # What goes beyond one look was spent asleep or stopped.
        if wait is None or wait.expired() or passed < 2 * self._timeouts.look:
            return
        when = wait.when()
        if when is not None:
            # Whatever has come meanwhile is read first.
            wait.reschedule(max(when - (passed - awake), now + self._timeouts.awake))
