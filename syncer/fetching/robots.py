"""What a site asks robots not to read, kept for a day: by whoever asks often, across runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, MutableMapping

from protego import Protego

KEPT = dt.timedelta(days=1)

Kept = MutableMapping[str, tuple[dt.datetime, str]]
"""Origin → when its robots.txt was read, and its text (empty: there is none)."""


class Robots:
    """The rules of each origin. `kept` may outlive this object; `clock` gives aware moments."""

    def __init__(self, kept: Kept, clock: Callable[[], dt.datetime]) -> None:
        self._kept, self._clock = kept, clock
        self._parsed: dict[str, Protego] = {}

    def rules(self, origin: str, read: Callable[[str], str]) -> Protego:
        """Return the rules of one origin; `read` gives the text of its robots.txt, and what it
        raises passes through."""
        if not self._is_fresh(origin):
            text = read(origin)
            self._kept[origin] = (self._clock(), text)
            self._parsed.pop(origin, None)

        if origin not in self._parsed:
            _, text = self._kept[origin]
            self._parsed[origin] = Protego.parse(text)
        return self._parsed[origin]

    def _is_fresh(self, origin: str) -> bool:
        """Return whether an origin's text was read within a day, and not at a time to come."""
        if origin not in self._kept:
            return False

        at, _ = self._kept[origin]
        age = self._clock() - at
        return dt.timedelta() <= age < KEPT
