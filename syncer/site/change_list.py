"""Every change, the newest first: on one page as long as they are few, else the latest on the first
page and all of a year on a page of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

from syncer.digest import items, wording
from syncer.digest.message_model import GradeLine
from syncer.digest.weight import Weight, weight_of
from syncer.model import Event
from syncer.site import addresses
from syncer.site.addresses import CHANGES
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage
from syncer.subscriptions.match import kind_of

FEW = 300
"""Lines that one page shows; of more, the first page has as many as this and each year its own."""

KIND_WORDS = {
    "rating": "Judgement",
    "visit": "Visit",
    "money": "Money",
    "payment": "Payment",
    "intervention": "Intervention",
    "council": "Reorganisation",
}


@dataclass(frozen=True)
class Told:
    """One change within a line: where its page lies, and what it says. `grades` is empty for
    whatever is no judgement."""

    address: str
    text: str
    grades: tuple[GradeLine, ...] = ()


@dataclass(frozen=True)
class ChangeRow:
    """One line of the list: all changes of one inspection that were noticed together, or a single
    other one. `tag` is as in a message: Correction, Withdrawn, Told late."""

    noticed: dt.datetime
    published: dt.date | None
    councils: tuple[str, ...]
    kind: str
    title: str
    tag: str
    weight: Weight
    told: tuple[Told, ...]

    @property
    def day(self) -> dt.date:
        """The day on which it was noticed, in London."""
        return wording.local_day(self.noticed)


def pages(facts: Facts) -> Pages:
    """Yield the list of changes, and that of each year where they are many."""
    yield CHANGES, lambda: _all(facts)
    for year in _years_of_pages(facts):
        yield _address(year), partial(_year, facts, year)


def _address(year: int) -> str:
    """Return where the changes of a year lie: beside those of single changes, whose last word is a
    number."""
    return f"{CHANGES}year-{year}/"


def _years_of_pages(facts: Facts) -> list[int]:
    """Return the years that have a page of their own, the latest first; none where the changes are
    few."""
    if len(change_rows(facts)) <= FEW:
        return []
    return sorted({_year_of(event) for event in facts.events}, reverse=True)


def _year_of(event: Event) -> int:
    return wording.local_day(event.noticed_at).year


def _all(facts: Facts) -> SitePage:
    rows = change_rows(facts)
    years = _years_of_pages(facts)
    return SitePage(
        "Changes",
        "changes.html.j2",
        {
            "rows": rows[:FEW] if years else rows,
            "all": len(rows),
            "years": [(_address(year), str(year)) for year in years],
            "since": facts.events[0].noticed_at if facts.events else None,
        },
        description="Every change in Ofsted ratings and government funding, the newest first.",
        feed=addresses.FEED,
    )


def _year(facts: Facts, year: int) -> SitePage:
    events = [event for event in facts.events if _year_of(event) == year]
    rows = rows_of(events)
    return SitePage(
        f"Changes noticed in {year}",
        "changes.html.j2",
        {"rows": rows, "all": len(rows), "years": [], "since": None},
        trail=((CHANGES, "Changes"),),
    )


def change_rows(facts: Facts, councils: Collection[str] | None = None) -> list[ChangeRow]:
    """Return the changes (at these councils, where some are given), the newest first."""
    if councils is None:
        return rows_of(facts.events)
    own = [event for event in facts.events if not set(event.councils).isdisjoint(councils)]
    return rows_of(own)


def rows_of(events: Sequence[Event]) -> list[ChangeRow]:
    """Return a line for each inspection and each other change, the newest first, the gravest first
    among those noticed together."""
    blocks: dict[tuple[object, ...], list[Event]] = {}
    for event in events:
        blocks.setdefault(_block_of(event), []).append(event)

    rows = [_row(block) for block in blocks.values()]
    rows.sort(key=lambda row: row.weight)
    rows.sort(key=lambda row: row.noticed, reverse=True)
    return rows


def _block_of(event: Event) -> tuple[object, ...]:
    """Return what all changes of one line have in common."""
    if kind_of(event) == "rating":
        return event.noticed_at, event.councils, event.about, event.kind
    return (event.id,)


def _row(block: Sequence[Event]) -> ChangeRow:
    event = block[0]
    kind = kind_of(event)
    is_rating = kind == "rating"
    title = items.inspection_title(event) if is_rating else items.title_of(event)
    return ChangeRow(
        noticed=event.noticed_at,
        published=event.published,
        councils=event.councils,
        kind=KIND_WORDS.get(kind, kind),
        title=title,
        tag=items.tag_of(event),
        weight=min(weight_of(each) for each in block),
        told=tuple(_told(each, title) for each in block),
    )


def _told(event: Event, title: str) -> Told:
    address = addresses.change(event.id)
    if kind_of(event) != "rating":
        return Told(address, title)
    line = items.grade_line(event)
    return Told(address, line.says, (line,))
