"""How long is waited before a question is sent again, and when it is not."""

import pytest

from acechat.errors import Rejected, Unreachable
from acechat.services.retrying import NOT_BY_WAITING, TRIES, name_the_wait, wait_before_next_try

AWAY = Unreachable("cannot reach api.test", retryable=True)


def busy(retry_after: float | None = None) -> Rejected:
    return Rejected("slow", code="too_many_requests", status=429, retry_after=retry_after)


@pytest.mark.parametrize(
    ("error", "waits"),
    [
        # 0.5 s, twice that, and so on up to 8 s; of each a random part.
        (AWAY, [0.25, 0.5]),
        # 2 s and twice that, and up to a second more.
        (busy(), [2.5, 4.5]),
        (busy(0.0), [0.0, 0.0]),
        (busy(60.0), [60.0, 60.0]),
        (busy(60.1), [None, None]),
        (Rejected("no balance", code="used_up", status=429, retry_after=1.0), [None, None]),
        (Unreachable("its certificate is not trusted", retryable=False), [None, None]),
        (Rejected("broken", code="api_error", status=503, retry_after=1.0), [None, None]),
    ],
    ids=str,
)
def test_the_times_between_the_tries(
    error: Unreachable | Rejected, waits: list[float | None]
) -> None:
    tries = range(1, TRIES)
    assert [wait_before_next_try(error, attempt, lambda: 0.5) for attempt in tries] == waits
    assert wait_before_next_try(error, TRIES, lambda: 0.5) is None


def test_doubling_ends_at_eight_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acechat.services.retrying.TRIES", 20)
    waits = [wait_before_next_try(AWAY, attempt, lambda: 1.0) for attempt in (4, 5, 6, 19)]
    assert waits == [4.0, 8.0, 8.0, 8.0]


@pytest.mark.parametrize(
    "status", [200, 301, 400, 401, 402, 403, 404, 408, 413, 425, 499, 500, 504]
)
def test_what_another_status_answers_is_never_sent_again_unasked(status: int) -> None:
    refused = Rejected("no", code=f"http_{status}", status=status, retry_after=0.0)
    assert wait_before_next_try(refused, 1, lambda: 0.5) is None


@pytest.mark.parametrize("code", sorted(NOT_BY_WAITING))
def test_what_no_wait_mends_is_not_waited_for_and_no_wait_is_named(code: str) -> None:
    refused = Rejected("refused.", code=code, status=429, retry_after=5.0)
    assert wait_before_next_try(refused, 1, lambda: 0.5) is None
    name_the_wait(refused)
    assert refused.message == "refused."


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (None, "slow"),
        (1.9, "slow"),
        (2.0, "slow; the server asks to wait 2 seconds"),
        (119.0, "slow; the server asks to wait 119 seconds"),
        (120.0, "slow; the server asks to wait 2 minutes"),
        (7200.0, "slow; the server asks to wait 2 hours"),
    ],
)
def test_a_wait_that_nobody_waits_is_named(seconds: float | None, told: str) -> None:
    refused = busy(seconds)
    name_the_wait(refused)
    assert refused.message == told
