"""What the latest inspection of each council says must improve, item by item, as its report words
it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from syncer.digest import wording
from syncer.digest.message_model import GradeBadge
from syncer.model import Area, Council, Record
from syncer.site import addresses
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage
from syncer.site.standings import badge_of
from syncer.views import improvements

LIST_WORDS = {
    "immediate_actions": "Priority and immediate action",
    "areas_for_improvement": "Area for improvement",
    "recommendations": "Recommendation",
}
"""What an item is called where it is not simply what needs to improve."""


@dataclass(frozen=True)
class ImproveRow:
    """One item: whose, from the inspection that began when, in the words of its report, and where
    that is. `listed` is empty, or what an older report calls it; `leadership` is the grade that the
    council has in leadership."""

    council: Council
    leadership: GradeBadge
    inspected: dt.date | None
    listed: str
    text: str
    report: str


def pages(facts: Facts) -> Pages:
    """Yield the list of what must improve."""
    yield addresses.IMPROVE, lambda: _all(facts)


def _all(facts: Facts) -> SitePage:
    rows = list(improve_rows(facts))
    listed = {row.council.slug for row in rows}
    without = [council for council in facts.councils if council.slug not in listed]
    return SitePage(
        "What needs to improve",
        "improve.html.j2",
        {"rows": rows, "without": without, "councils": len(listed)},
        description="What Ofsted says must improve, from the latest inspection of each council.",
    )


def improve_rows(facts: Facts) -> Iterator[ImproveRow]:
    """Yield every item of the latest inspection of each council, the councils by name; of one whose
    latest report could not be read or has no list, none."""
    for council in facts.councils:
        latest = facts.context.latest.get(council.slug)
        if latest is not None:
            yield from _of_report(facts, council, latest)


def _of_report(facts: Facts, council: Council, report: Record) -> Iterator[ImproveRow]:
    standing = facts.standings[council.slug][Area.LEADERSHIP]
    badge = badge_of(standing, facts.reasons[council.slug])
    for item in improvements.rows_of(facts.register, report):
        yield ImproveRow(
            council,
            badge,
            item["first_day"],
            LIST_WORDS.get(item["list"], ""),
            wording.one_line(item["text"]),
            item["report_url"] or item["url"],
        )
