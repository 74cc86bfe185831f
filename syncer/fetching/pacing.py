"""When a host may be asked again: the least time between two requests, and longer when it is in
trouble or asks for it."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

from syncer.errors import Unreachable


class Turns:
    """One clock per host. `delay_seconds` holds for hosts that `delays` does not name; no wait is
    longer than `longest_wait`."""

    def __init__(
        self,
        delay_seconds: float,
        delays: Mapping[str, float],
        longest_wait: float,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._delay_seconds = delay_seconds
        self._delays = delays
        self._longest_wait = longest_wait
        self._monotonic = monotonic
        self._sleep = sleep
        self._next: dict[str, float] = {}

    def wait(self, host: str) -> None:
        """Sleep until it is the host's turn. Raises Unreachable when the host asked for more than
        `longest_wait`."""
        now = self._monotonic()
        pause = self._next.get(host, now) - now
        if pause > self._longest_wait:
            raise Unreachable(f"{host} asked to be left alone for another {pause:.0f} seconds")
        if pause > 0:
            self._sleep(pause)

        delay = self._delays.get(host, self._delay_seconds)
        self._next[host] = self._monotonic() + delay

    def postpone(self, host: str, seconds: float) -> None:
        """Leave the host alone for so long, from now."""
        now = self._monotonic()
        planned = self._next.get(host, now)
        self._next[host] = max(planned, now + seconds)


def backoff(attempt: int, first: float, longest: float) -> float:
    """Return the seconds before the next try: `first` doubled with every attempt, half of it by
    chance, so that not all return at once."""
    doubled = first * 2 ** (attempt - 1)
    whole: float = min(longest, doubled)
    share = random.uniform(0.5, 1)
    return whole * share


def retry_after(headers: Mapping[str, str], now: dt.datetime) -> float:
    """Return the seconds a site asks for (RFC 9110 §10.2.3); a date is counted from the site's own
    Date, not our clock."""
    asked = headers.get("Retry-After", "").strip()
    if asked.isdecimal():
        return float(asked)

    try:
        since = parsedate_to_datetime(headers["Date"]) if "Date" in headers else now
        pause = parsedate_to_datetime(asked) - since
    except (TypeError, ValueError):
        return 0.0
    return max(0.0, pause.total_seconds())
