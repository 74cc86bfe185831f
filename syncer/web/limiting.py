"""How much one client, and one mail address, may ask for in a time. Counted in memory: what must
hold across a restart (one confirmation an hour) is in the store."""

from __future__ import annotations

import math
import threading
import time

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

POSTS = RateLimitItemPerMinute(60, 10, namespace="posts")
"""Forms that one client may send: 60 in 10 minutes."""

ASKED = RateLimitItemPerHour(10, namespace="asked")
"""Forms that may be sent for one mail address."""

WRONG_LINKS = RateLimitItemPerMinute(30, 10, namespace="wrong")
"""Links that were not made here, by one client. One that was made here is never refused."""

MOST_COUNTED = 20_000
"""Clients and addresses that are remembered; of more the oldest are forgotten."""


class TooMany(Exception):  # noqa: N818 (it is an answer)
    """More was asked for than is allowed. `seconds`: after which it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class _Bounded(MemoryStorage):
    """A memory that does not grow for ever: the library keeps each name it has ever seen."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._turn = threading.Lock()
        super().__init__()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        with self._turn:
            if key not in self.events:
                self._make_room()
            return super().acquire_entry(key, limit, expiry, amount)

    def _make_room(self) -> None:
        while len(self.events) >= self._most:
            oldest = next(iter(self.events))
            with self.locks[oldest]:
                self.events.pop(oldest, None)
            self.locks.pop(oldest, None)


class Limits:
    """What was asked for lately, and by whom."""

    def __init__(self, most: int = MOST_COUNTED) -> None:
        self._storage = _Bounded(most)
        self._limiter = MovingWindowRateLimiter(self._storage)

    def count(self, limit: RateLimitItem, who: str) -> None:
        """Count one more request. Raises TooMany where that is more than the limit."""
        if self._limiter.hit(limit, who):
            return

        until = self._limiter.get_window_stats(limit, who).reset_time
        seconds = math.ceil(until - time.time())
        raise TooMany(max(seconds, 1))

    def __len__(self) -> int:
        return len(self._storage.events)
