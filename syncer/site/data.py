"""Every list as a file for programs, at an address that stays, and the page that says what they
hold: the files are the site's programming interface."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial

from syncer.model import Area, Council, RecordKind
from syncer.site import addresses
from syncer.site.facts import Facts
from syncer.site.page import Download, Pages, SitePage
from syncer.views import council as council_view
from syncer.views import improvements, interventions, lists
from syncer.views.counts import Step, counts, last_days
from syncer.views.forms import as_bytes, json_text
from syncer.views.keys import keys_of
from syncer.views.listing import Column, Listing, Row

FORMS = {"csv": "CSV", "json": "JSON", "xlsx": "Excel"}
"""The suffix of a file, and what a link to it says."""

INSPECTION, VISIT = RecordKind.INSPECTION, RecordKind.VISIT
AREA_KEY = {"area": "the judgement: one row a day for each"}
Files = Iterator[tuple[str, Callable[[], bytes]]]


@dataclass(frozen=True)
class DataList:
    """One list: its name, what it is, what makes it, and the list whose keys it has."""

    name: str
    about: str
    make: Callable[[Facts], Listing]
    keys_as: str = ""

    @property
    def keys(self) -> Mapping[str, str]:
        """What each key holds, in order."""
        known = keys_of(self.keys_as or self.name)
        return {**AREA_KEY, **known} if self.name == "counts" else known


def _ratings(facts: Facts) -> Listing:
    return lists.ratings(facts.councils, facts.of(INSPECTION), facts.unread, facts.day)


def _inspections(facts: Facts) -> Listing:
    return lists.inspections(facts.register, facts.of(INSPECTION, VISIT))


def _improve(facts: Facts) -> Listing:
    return improvements.search(facts.register, facts.of(INSPECTION), (), None)


def _interventions(facts: Facts) -> Listing:
    known = facts.of(RecordKind.INTERVENTION)
    return interventions.interventions(facts.register, known, facts.day)


def _awards(facts: Facts) -> Listing:
    return lists.awards(facts.register, facts.of(RecordKind.AWARD))


def _payments(facts: Facts) -> Listing:
    """Return the payments alone, each with the awards that it seems to settle."""
    awards = facts.of(RecordKind.AWARD)
    both = lists.awards(facts.register, [*awards, *facts.of(RecordKind.PAYMENT)])
    return replace(both, rows=both.rows[len(awards) :], name="payments")


def _changes(facts: Facts) -> Listing:
    return lists.changes(facts.register, facts.events)


def _councils(facts: Facts) -> Listing:
    return lists.councils(facts.register)


def _counts(facts: Facts) -> Listing:
    """Return the councils at each grade at the end of every quarter, area by area."""
    columns: dict[str, Column] = {"area": Column("area")}
    rows: list[Row] = []
    for area in Area:
        counted = _counted(facts, area)
        columns |= {column.name: column for column in counted.columns}
        rows += [{"area": str(area), **row} for row in counted.rows]

    whole = [{**dict.fromkeys(columns), **row} for row in rows]
    return Listing(_in_order(columns), whole, name="counts")


def _counted(facts: Facts, area: Area) -> Listing:
    days = last_days(lists.REPORTS_FROM, facts.day, Step.QUARTER)
    read = [council.slug for council in facts.register if council.slug not in facts.unread]
    return counts(facts.register, facts.of(INSPECTION), read, area, days)


def _in_order(columns: Mapping[str, Column]) -> tuple[Column, ...]:
    """Return the columns in the order in which they are described."""
    places = {key: place for place, key in enumerate([*AREA_KEY, *keys_of("counts")])}
    return tuple(sorted(columns.values(), key=lambda column: places[column.name]))


LISTS = (
    DataList("ratings", "How each council stands now in every area.", _ratings),
    DataList("inspections", "Every inspection and visit.", _inspections),
    DataList("improve", "Everything that an inspection says must improve.", _improve),
    DataList("awards", "Every award and allocation.", _awards),
    DataList("payments", "Every payment of the department’s spending files.", _payments, "awards"),
    DataList("interventions", "Every notice, direction and commissioner.", _interventions),
    DataList("changes", "Everything that changed, as it was noticed.", _changes),
    DataList("councils", "Every council, with its names and codes.", _councils),
    DataList("counts", "How many councils stood at each grade, by quarter.", _counts),
)


def downloads(*names: str) -> tuple[Download, ...]:
    """Return the links to the files of these lists."""
    found = []
    for name in names:
        for form, words in FORMS.items():
            text = words if len(names) == 1 else f"{name} ({words})"
            found.append(Download(addresses.data_file(name, form), text))
    return tuple(found)


OF_PAGE = {
    addresses.COUNCILS: downloads("ratings", "councils", "inspections"),
    addresses.CHANGES: downloads("changes"),
    addresses.INTERVENTIONS: downloads("interventions"),
    addresses.FUNDING: downloads("awards", "payments"),
    addresses.PROGRAMMES: downloads("awards", "payments"),
    addresses.IMPROVE: downloads("improve"),
    addresses.OVER_TIME: downloads("counts"),
}
"""The lists that a page shows."""


def downloads_of(page: str) -> tuple[Download, ...]:
    """Return the links to the data behind a page, by its address."""
    if page in OF_PAGE:
        return OF_PAGE[page]
    return (Download(f"{page}data.json", "JSON"),) if page.startswith(addresses.COUNCILS) else ()


def files(facts: Facts) -> Files:
    """Yield every file of data with what makes its bytes."""
    read = {source.source: source.last_good for source in facts.freshness if source.last_good}
    for each in LISTS:
        listing = cache(partial(_made, each, facts, read))
        for form in FORMS:
            yield addresses.data_file(each.name, form), partial(_bytes, listing, form)

    for council in facts.register:
        yield addresses.data_of(council.slug), partial(_of_council, facts, council)


def _made(each: DataList, facts: Facts, read: Mapping[str, dt.datetime]) -> Listing:
    return replace(each.make(facts), read=read)


def _bytes(listing: Callable[[], Listing], form: str) -> bytes:
    return as_bytes(listing(), form)


def _of_council(facts: Facts, council: Council) -> bytes:
    """Return all that a council's page shows, as one object."""
    whole = council_view.as_json(facts.history(council))
    return f"{json_text(whole, indent=2)}\n".encode()


def pages(facts: Facts) -> Pages:
    """Yield the page that lists the files and describes their keys."""
    yield addresses.DATA, lambda: _page(facts)


def _page(facts: Facts) -> SitePage:
    listed = [(each, downloads(each.name)) for each in LISTS]
    example = facts.councils[0]
    return SitePage(
        "Data",
        "data.html.j2",
        {"lists": listed, "example": example},
        description="Every list as CSV, JSON and Excel at an address that stays, key by key.",
    )
