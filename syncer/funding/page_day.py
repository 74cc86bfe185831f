"""On which day a page was published, and a sentence speaks of, by the words themselves."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from syncer.quantities.dates import ranges_in

_LABELLED = re.compile(
    r"\b(?:published|answered|posted|dated?|first published)\b(?: on)?:?\s*", re.I
)
_AMERICAN = re.compile(
    r"\b(January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(20\d\d)\b"
)
_MONTH_ONLY = re.compile(
    r"\b(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\s+(20\d\d)\b"
)
_OTHER_DAY = re.compile(
    r"\b(?:by|until|before|since|to|from|due|of|between|after|and|through|ends?|ended|began|begins"
    r"|launched)\s+(?:the end of |end of |in |on )?$",
    re.I,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


_LABEL_REACH = 40
"""Characters after "Published" within which its day stands."""


def published_on(top: str) -> dt.date | None:
    """Return the day the page was published, by its own first lines: a labelled day, else the first
    day, else the first month (its first)."""
    for label in _LABELLED.finditer(top):
        labelled = top[label.end() : label.end() + _LABEL_REACH]
        day = day_in(labelled, loose=False)
        if day:
            return day

    return day_in(top)


def day_in(text: str, loose: bool = True) -> dt.date | None:
    """Return the first day printed in the text ("4th October 2019", "September 20, 2018",
    "28/6/21"); with `loose`, else the first day of the first month printed ("May 2023"); None where
    there is neither."""
    found = [*_british_days(text), *_american_days(text)]
    if found:
        return min(found)[1]
    if loose:
        return _month_in(text)
    return None


def _british_days(text: str) -> Iterator[tuple[int, dt.date]]:
    """Yield where each day stands, and the day; not what a deadline or a span names."""
    for days in ranges_in(text):
        place = text.find(days.text)
        if days.start == days.end and not _OTHER_DAY.search(text[:place]):
            yield place, days.start


def _american_days(text: str) -> Iterator[tuple[int, dt.date]]:
    """Yield "September 20, 2018" likewise; not the 31st of a short month."""
    for match in _AMERICAN.finditer(text):
        try:
            day = dt.date(int(match[3]), _month_number(match[1]), int(match[2]))
        except ValueError:
            continue
        yield match.start(), day


def _month_in(text: str) -> dt.date | None:
    for found in _MONTH_ONLY.finditer(text):
        if not _OTHER_DAY.search(text[: found.start()]):
            return dt.date(int(found[2]), _month_number(found[1]), 1)

    return None


def _month_number(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1
