"""Calls that block: they run beside the program, and its end does not wait for them."""

import asyncio
import subprocess
import sys
import threading

import pytest

from acechat.threads import PatientThreads


async def test_calls_run_side_by_side_and_give_back_what_they_return_or_raise() -> None:
    asyncio.get_running_loop().set_default_executor(PatientThreads())
    meeting = threading.Barrier(20, timeout=10)

    def meets(number: int) -> int:
        meeting.wait()
        return number

    async with asyncio.timeout(10):
        assert await asyncio.gather(
            *(asyncio.to_thread(meets, number) for number in range(20))
        ) == list(range(20))
    with pytest.raises(ZeroDivisionError):
        await asyncio.to_thread(lambda: 1 // 0)


PROGRAM = """
import asyncio, threading, time
from acechat.threads import PatientThreads

began = threading.Barrier(3)
ending = threading.Event()

class Threads(PatientThreads):
    def shutdown(self, wait=True, *, cancel_futures=False):
        # From here on nothing but the end itself can let the write finish.
        ending.set()
        super().shutdown(wait, cancel_futures=cancel_futures)

async def main():
    asyncio.get_running_loop().set_default_executor(Threads())
    stuck = asyncio.ensure_future(asyncio.to_thread(hangs))
    soon = asyncio.ensure_future(asyncio.to_thread(writes))
    await asyncio.sleep(0)
    began.wait()
    stuck.cancel()

def hangs():
    began.wait()
    threading.Event().wait(60)

def writes():
    began.wait()
    ending.wait()
    # What is written takes a moment: an end that does not wait is over before.
    time.sleep(0.2)
    print("written", flush=True)

asyncio.run(main())
"""


def test_the_end_waits_for_a_write_and_for_nothing_that_is_stuck() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=20, check=True
    )
    assert (done.stdout, done.stderr) == ("written\n", "")
