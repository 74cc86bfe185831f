"""The rows that the lists print: ratings, inspections, money, changes, councils. Pure.

A row holds values (a grade, whole pounds, a day); how a value is worded for people in a table is
its column's business.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from syncer.digest import items
from syncer.errors import UnknownCouncil
from syncer.model import (
    Absence,
    Area,
    Council,
    Event,
    FundingFields,
    FundingKind,
    Grade,
    InspectionFields,
    InterventionFields,
    PaymentFields,
    Qualifier,
    Record,
    RecordKind,
    ReportFields,
    Standing,
)
from syncer.quantities.money import format_pounds
from syncer.quantities.periods import find_periods
from syncer.records.payment_links import Link, link
from syncer.records.standing import in_order, standing, when
from syncer.timetable import LONDON
from syncer.views.listing import Column, Listing, Row, humanise, link_column, plain_columns, worded

if TYPE_CHECKING:
    from syncer.register.councils import Register

NOT_INSPECTED = "has not been inspected yet"
NOT_KNOWN = "not known"
NEVER_READ = "its page was never read"
NOT_LISTED = "earlier reports are not listed on the page"
LATEST_UNREAD = "the latest report could not be read yet"
AREAS = tuple(Area)
NO_REPORT: dict[str, Any] = {
    "first_day": None,
    "last_day": None,
    "published": None,
    "framework": None,
    "url": "",
    "report_url": "",
    "inspection_id": None,
}
COUNTED_ALWAYS = (Grade.OUTSTANDING, Grade.GOOD, Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE)
COUNTED_WHERE_ANY = (Grade.ADEQUATE, Grade.NOT_JUDGED, *Absence)
NEW_COUNCIL = dt.timedelta(days=180)
LONGEST_YEAR = 366
"""Days."""

REPORTS_FROM = dt.date(2013, 11, 1)
"""The first day of the single inspection framework. Of the years before it Ofsted's pages list
almost nothing, although every council had been inspected."""

ALL_INSPECTED_BY = dt.date(2018, 4, 1)
"""By then every council of 2013 had a report under that framework, whose inspections ended in
December 2017: one of which nothing is listed after this day was not inspected in the years that
the pages cover."""


@dataclass(frozen=True)
class Window:
    """Which records are looked at: published from `since`, published by `as_of`, begun by
    `inspected_by`; of these councils (slugs; where none is named, of all)."""

    since: dt.date | None = None
    as_of: dt.date | None = None
    inspected_by: dt.date | None = None
    councils: tuple[str, ...] = ()

    def lets_in(self, record: Record) -> bool:
        """Return whether a record is within. One whose publication nobody dates counts from its
        last day, else from when it was first seen."""
        published = _published(record)
        if self.since and published < self.since:
            return False
        if self.as_of and published > self.as_of:
            return False
        return self._is_of_councils(record) and self._had_begun(record, published)

    def _is_of_councils(self, record: Record) -> bool:
        return not self.councils or not set(self.councils).isdisjoint(record.councils)

    def _had_begun(self, record: Record, published: dt.date) -> bool:
        """Return whether an inspection or visit had begun by `inspected_by`; one of which only the
        publication is known had begun by then."""
        if self.inspected_by is None:
            return True
        if not isinstance(record.fields, ReportFields):
            return True

        first = record.fields.first_day or published
        return first <= self.inspected_by


def _published(record: Record) -> dt.date:
    """Return the day a record was published; of one that nobody dates, its last day, else the day
    it was first seen."""
    if record.published:
        return record.published
    if isinstance(record.fields, ReportFields) and record.fields.last_day:
        return record.fields.last_day
    return record.first_seen.date()


class CouncilLabel(NamedTuple):
    """How a council is printed: its GSS code and its name."""

    gss: str
    name: str


def end_of(day: dt.date) -> dt.datetime:
    """Return the last second of a day in England, as UTC."""
    last_second = dt.time(23, 59, 59)
    local = dt.datetime.combine(day, last_second, LONDON)
    return local.astimezone(dt.UTC)


def change_in_words(what: str, old: str, new: str) -> str:
    """Return what changed, in one line: "overall effectiveness: good → outstanding"."""
    before = humanise(old) or "–"
    after = humanise(new) or "–"
    return f"{humanise(what)}: {before} → {after}"


def pounds_column(name: str, heading: str = "") -> Column:
    """Return a column of whole pounds."""

    def wording(row: Row) -> str:
        return pounds(row[name])

    return Column(
        name,
        heading,
        right=True,
        wording=wording,
        unit="£",
    )


def council_label(register: Register, slug: str) -> CouncilLabel:
    """Return how a council is printed; one that the register no longer has by its slug, without a
    code."""
    try:
        council = register.by_slug(slug)
    except UnknownCouncil:
        return CouncilLabel("", slug)
    return CouncilLabel(council.gss, council.name)


# -- Ratings ---------------------------------------------------------------------------------------


def not_read(councils: Iterable[Council], read: Collection[str], day: dt.date) -> frozenset[str]:
    """Return the councils of which it is not known whether they were inspected: their page was
    never well read, nor a table of all ("" in `read`). Those that opened lately may have no page
    yet (DESIGN §6.5), and are not among them."""
    if "" in read:
        return frozenset()

    found = set()
    for council in councils:
        if council.slug not in read and not _opened_lately(council, day):
            found.add(council.slug)
    return frozenset(found)


def _opened_lately(council: Council, day: dt.date) -> bool:
    if council.opened is None:
        return False
    until = council.opened + NEW_COUNCIL
    return council.opened <= day < until


def why_unknown(
    council: Council, inspections: Sequence[Record], unread: bool, day: dt.date | None = None
) -> str:
    """Return why nothing can be said of how a council stood on a day (now, without one): one of
    NEVER_READ, NOT_LISTED, LATEST_UNREAD; empty where something can (DESIGN §6.10)."""
    if inspections:
        latest = in_order(inspections)[-1]
        return LATEST_UNREAD if latest.unread else ""
    if unread:
        return NEVER_READ
    return "" if is_covered(council, day) else NOT_LISTED


def is_covered(council: Council, day: dt.date | None) -> bool:
    """Return whether a council of which no report had been listed by a day had never been
    inspected, as far as the pages reach."""
    if day is None:
        return True
    if day >= ALL_INSPECTED_BY:
        return True
    return is_of_covered_years(council)


def is_of_covered_years(council: Council) -> bool:
    """Return whether a council began in the years that Ofsted's pages cover."""
    return council.opened is not None and council.opened >= REPORTS_FROM


def reaches_back(council: Council, known: Sequence[Record], day: dt.date | None = None) -> bool:
    """Return whether what is known of a council on a day (now, without one) reaches back to its
    first inspection. Of one whose first known inspection is later than the first that every council
    of its age had, it does not."""
    if not is_covered(council, day):
        return False
    if is_of_covered_years(council) or not known:
        return True

    first = min(when(each) for each in known)
    return first < ALL_INSPECTED_BY


def known_standing(
    inspections: Sequence[Record], area: Area, reason: str, reaches: bool
) -> Standing:
    """Return the standing in an area after these inspections: unknown for the reason that
    `why_unknown` gave, where it gave one. *Never judged* is said only where what is known
    `reaches_back` to the first inspection (DESIGN §6.10)."""
    if reason in (NEVER_READ, NOT_LISTED):
        return Standing(area, Absence.UNKNOWN)

    known = standing(inspections, area)
    if known.value is Absence.NEVER_JUDGED and not reaches:
        return Standing(area, Absence.UNKNOWN)
    return known


def ratings(
    councils: Iterable[Council],
    inspections: Iterable[Record],
    unread: Collection[str] = (),
    day: dt.date | None = None,
) -> Listing:
    """Return how each council stood on a day (now, without one) after the given inspections, one
    row a council; the overall grades counted below. `unread` are the councils of `not_read`."""
    inspected = by_council(inspections)
    rows = []
    for council in _by_name(councils):
        mine = inspected.get(council.slug, [])
        reason = why_unknown(council, mine, council.slug in unread, day)
        reaches = reaches_back(council, mine, day)
        rows.append(_rating_row(council, mine, reason, reaches))

    columns = _rating_columns(rows)
    return Listing(columns, rows, closing_of_ratings(rows), name="ratings")


def _by_name(councils: Iterable[Council]) -> list[Council]:
    return sorted(councils, key=lambda council: council.name)


def by_council(inspections: Iterable[Record]) -> dict[str, list[Record]]:
    """Return the inspections that count, by their council's slug."""
    found: dict[str, list[Record]] = {}
    for record in inspections:
        if record.withdrawn or len(record.councils) != 1:
            continue
        (slug,) = record.councils
        own = found.setdefault(slug, [])
        own.append(record)

    return found


def _rating_columns(rows: Sequence[Row]) -> tuple[Column, ...]:
    """Return the columns of ratings: an area in which nobody has a grade is left out of the
    table."""
    return (
        Column("council"),
        *plain_columns("gss", "region", hidden=True),
        *_area_columns(rows),
        Column("first_day", hidden=True),
        Column("last_day", "inspected"),
        Column("published"),
        worded("framework", hidden=True),
        link_column("url"),
        Column("note", hidden=True),
        link_column("report_url"),
        Column("inspection_id", hidden=True),
    )


def _area_columns(rows: Sequence[Row]) -> Iterator[Column]:
    for area in AREAS:
        shown = area is Area.OVERALL or _is_graded(rows, area)
        yield _graded(area, hidden=not shown)


def _is_graded(rows: Sequence[Row], area: Area) -> bool:
    """Return whether any of these councils has a grade in an area."""
    ungraded = (Absence.NEVER_JUDGED, Absence.NO_LONGER_JUDGED)
    return any(row[area] not in ungraded for row in rows)


def _rating_row(council: Council, inspections: Sequence[Record], reason: str, reaches: bool) -> Row:
    return {
        "council": council.name,
        "gss": council.gss,
        "region": council.region,
        **_grades(inspections, reason, reaches),
        **_latest_report(inspections),
        "note": reason,
    }


def _grades(inspections: Sequence[Record], reason: str, reaches: bool) -> dict[str, str]:
    """Return the standing in each area after these inspections."""
    grades = {}
    for area in AREAS:
        now = known_standing(inspections, area, reason, reaches)
        grades[str(area)] = str(now.value)
    return grades


def _latest_report(inspections: Sequence[Record]) -> dict[str, Any]:
    """Return the days, the framework and the address of the latest of these inspections."""
    if not inspections:
        return NO_REPORT

    latest = in_order(inspections)[-1]
    said = latest.inspection
    return {
        "first_day": said.first_day,
        "last_day": said.last_day,
        "published": latest.published,
        "framework": said.framework,
        "url": latest.url,
        "report_url": said.report_url or "",
        "inspection_id": latest.id,
    }


def _graded(area: Area, hidden: bool) -> Column:
    """Return the column of one area. A council without a report is said to be so once, under
    overall effectiveness."""
    is_overall = area is Area.OVERALL

    def wording(row: Row) -> str:
        if row["note"] == NOT_LISTED:
            return NOT_KNOWN if is_overall else ""
        if row[area] != Absence.NEVER_JUDGED:
            return humanise(row[area])

        inspected = row["published"] or row["first_day"]
        return NOT_INSPECTED if is_overall and not inspected else ""

    heading = short_area(area)
    return Column(str(area), heading, hidden, wording=wording)


def short_area(area: Area) -> str:
    """Return the heading of an area: "overall" for overall effectiveness."""
    return humanise(area).removesuffix(" effectiveness")


def closing_of_ratings(rows: Sequence[Row]) -> str:
    """Return how many councils have each overall grade, in one line ("Overall effectiveness: 30
    outstanding, 61 good, …"), and what *not known* means where it stands in a row."""
    listed = ", ".join(_overall_counts(rows))
    counted = f"Overall effectiveness: {listed} ({len(rows)} councils)"
    if any(row["note"] == NOT_LISTED for row in rows):
        return f"{counted}\n{NOT_KNOWN.capitalize()}: {NOT_LISTED}."
    return counted


def _overall_counts(rows: Sequence[Row]) -> Iterator[str]:
    """Yield how many councils have each overall grade; one of COUNTED_WHERE_ANY only where a
    council has it."""
    count = Counter(row[Area.OVERALL] for row in rows)
    for value in (*COUNTED_ALWAYS, *COUNTED_WHERE_ANY):
        if value in COUNTED_ALWAYS or count[value]:
            yield f"{count[value]} {humanise(value)}"


# -- Inspections and visits ------------------------------------------------------------------------


def said_if(name: str, text: str) -> Column:
    """Return a column that says something where its value is true, and nothing elsewhere."""

    def wording(row: Row) -> str:
        return text if row[name] else ""

    return Column(name, "", wording=wording)


REPORT_COLUMNS = (
    Column("council"),
    Column("gss", hidden=True),
    worded("kind"),
    worded("framework", hidden=True),
    Column("first_day", "from"),
    Column("last_day", "to"),
    Column("published"),
    *(worded(str(area), short_area(area)) for area in AREAS),
    Column("lead_inspector", hidden=True),
    Column("length"),
    Column("theme"),
    Column("priority_actions", hidden=True),
    link_column("url"),
    Column("source", hidden=True),
    said_if("unread", "not read yet"),
    said_if("withdrawn", "withdrawn"),
    worded("send_outcome", "SEND outcome"),
    link_column("report_url"),
    Column("id", hidden=True),
)


def inspections(register: Register, records: Iterable[Record]) -> Listing:
    """Return one row an inspection or visit, oldest first; one whose report could not be read yet
    has `unread` true and no grades."""
    rows = []
    for record in sorted(records, key=_began):
        rows.append(_report_row(register, record))

    return Listing(
        REPORT_COLUMNS,
        rows,
        _counted(rows, "report"),
        name="inspections",
    )


def _began(record: Record) -> tuple[dt.date, dt.date, int]:
    """Return where a report stands among others: by the first day it is known of, which is the
    last resort of when it was first seen."""
    said = record.report
    seen = record.first_seen.date()
    published = record.published or seen
    began = said.first_day or said.last_day or published

    return began, published, record.id


def _report_row(register: Register, record: Record) -> Row:
    label = council_label(register, record.councils[0])
    said = record.report
    return {
        "council": label.name,
        "gss": label.gss,
        "kind": kind_of_report(record),
        "framework": said.framework,
        "first_day": said.first_day,
        "last_day": said.last_day,
        "published": record.published,
        **_grades_of_report(said),
        "lead_inspector": said.lead_inspector or "",
        "length": said.length or "",
        "theme": said.theme or "",
        "priority_actions": list(said.priority_actions or ()),
        "url": record.url,
        "source": record.source,
        "unread": record.unread,
        "withdrawn": record.withdrawn,
        "send_outcome": said.send_outcome or "",
        "report_url": said.report_url or "",
        "id": record.id,
    }


def kind_of_report(record: Record) -> str:
    """Return of which kind a report is; of one that does not say, whether it is an inspection or a
    visit."""
    return str(record.report.kind or record.record)


def _grades_of_report(said: ReportFields) -> dict[str, Grade | None]:
    """Return what a report says of each area; a visit says nothing of any."""
    grades = said.grades() if isinstance(said, InspectionFields) else {}
    return {str(area): grades.get(area) for area in AREAS}


def _counted(rows: Sequence[Row], noun: str) -> str:
    number = len(rows)
    ending = "" if number == 1 else "s"
    return f"{number} {noun}{ending}"


# -- Money -----------------------------------------------------------------------------------------

MONEY_COLUMNS = (
    Column("councils", hidden=True),
    Column("council_names", "council"),
    Column("programme"),
    worded("kind"),
    pounds_column("amount"),
    worded("qualifier", ""),
    Column("amount_text", hidden=True),
    Column("period"),
    Column("announced"),
    Column("funder"),
    *plain_columns("determination", "capital", "ring_fenced", hidden=True),
    worded("status"),
    Column("joint"),
    link_column("url"),
    Column("quote", hidden=True),
    Column("what", "for"),
    Column("paid"),
    *plain_columns("supplier", "transaction", hidden=True),
    Column("settles", right=True),
    *plain_columns("published", "source", "id", hidden=True),
)


def pounds(amount: int | None) -> str:
    """Return whole pounds for a reader; nothing where no figure was given."""
    if amount is None:
        return ""
    return format_pounds(amount)


def awards(register: Register, records: Iterable[Record]) -> Listing:
    """Return one row an award (or allocation, partnership, payment), as given: a joint sum is one
    row with all its councils. A payment names the awards among the rows that it seems to settle:
    inferred, and not added to them in the total below."""
    listed = list(records)
    settles: dict[int, list[int]] = {}
    settled = 0
    for each in _links(listed):
        awarded = settles.setdefault(each.payment, [])
        awarded.append(each.award)
        settled += each.pounds

    rows = []
    for record in listed:
        awarded = settles.get(record.id, [])
        row = _money_row(register, record, awarded)
        rows.append(row)

    return Listing(
        MONEY_COLUMNS,
        rows,
        total_of(rows, settled),
        name="awards",
    )


def _links(records: Iterable[Record]) -> list[Link]:
    """Return which of these payments settle which of these awards, council by council."""
    payments: dict[tuple[str, ...], list[Record]] = {}
    awarded: dict[tuple[str, ...], list[Record]] = {}
    for record in records:
        is_payment = record.record is RecordKind.PAYMENT
        by_councils = payments if is_payment else awarded
        own = by_councils.setdefault(record.councils, [])
        own.append(record)

    links: list[Link] = []
    for councils, paid in payments.items():
        own = awarded.get(councils, [])
        linking = link(own, paid)
        links += linking.links

    return links


def _money_row(register: Register, record: Record, settles: list[int]) -> Row:
    said = record.funding
    labels = [council_label(register, slug) for slug in record.councils]
    return {
        "councils": [label.gss for label in labels],
        "council_names": [label.name for label in labels],
        "programme": said.programme or "",
        "kind": kind_of_money(record),
        **_amount(said),
        "period": said.period or "",
        "announced": said.announced or record.published,
        "funder": said.funder or "",
        **_conditions(said),
        "joint": len(record.councils) > 1,
        "url": record.url,
        "quote": said.quote or "",
        "what": _purpose(register, said),
        **_payment(said),
        "settles": settles,
        **_record(record),
    }


def _record(record: Record) -> Row:
    return {
        "published": record.published,
        "source": record.source,
        "id": record.id,
    }


def _payment(said: FundingFields) -> Row:
    """Return what only a payment has: its day, to whom, and under which number."""
    if not isinstance(said, PaymentFields):
        return {"paid": None, "supplier": "", "transaction": ""}
    return {
        "paid": said.paid,
        "supplier": said.supplier or "",
        "transaction": said.transaction or "",
    }


def kind_of_money(record: Record) -> str:
    """Return of which kind money is, where it says so; else whether it is a payment or an award."""
    is_payment = record.record is RecordKind.PAYMENT
    otherwise = FundingKind.PAYMENT if is_payment else FundingKind.AWARD
    return str(record.funding.kind or otherwise)


def _amount(said: FundingFields) -> Row:
    return {
        "amount": said.amount,
        "qualifier": said.qualifier or "",
        "amount_text": said.amount_text or "",
    }


def _conditions(said: FundingFields) -> Row:
    """Return under which determination money is given, and what binds it."""
    return {
        "determination": said.determination or "",
        "capital": said.capital,
        "ring_fenced": said.ring_fenced,
        "status": said.status or "",
    }


def _purpose(register: Register, said: FundingFields) -> str:
    """Return what money is for: the area of a payment, else what its announcement says."""
    area = said.area if isinstance(said, PaymentFields) else None
    return area or said.what or _helped(register, said.helped or ())


def _helped(register: Register, slugs: Sequence[str]) -> str:
    """Return what a partnership is for: "to help Stoke-on-Trent"."""
    if not slugs:
        return ""

    names = []
    for slug in slugs:
        names.append(council_label(register, slug).name)
    return f"to help {' and '.join(names)}"


def total_of(rows: Sequence[Row], settled: int = 0) -> str:
    """Return the sum of the rows' amounts, and what it leaves open: "Total: £1,250,000 in 3 lines;
    1 without a figure". So many pounds of payments settle what stands in other rows."""
    priced = [row for row in rows if row["amount"] is not None]
    total = format_pounds(sum(row["amount"] for row in priced) - settled)
    parts = [f"Total: {total} in {_counted(rows, 'line')}"]
    parts += _not_added(settled)
    parts += _qualified(priced)
    parts += _without_figure(len(rows) - len(priced))
    return "; ".join(parts)


def _not_added(settled: int) -> Iterator[str]:
    if settled:
        yield f"payments of {format_pounds(settled)} settle awards among them and are not added"


def _without_figure(number: int) -> Iterator[str]:
    if number:
        yield f"{number} without a figure"


def _qualified(priced: Sequence[Row]) -> Iterator[str]:
    """Yield how many figures are not exact, by how they are not: `2 "up to"`."""
    count = Counter(row["qualifier"] for row in priced)
    exact = {"", Qualifier.EXACT}
    for qualifier in sorted(set(count) - exact):
        yield f'{count[qualifier]} "{humanise(qualifier)}"'


def financial_year(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and last day of "2025-26" (or 2025/26, 2025-2026, 25/26). Raises
    ValueError."""
    typed = text.strip()
    for period in find_periods(typed):
        if period.text == typed and period.first and period.last:
            days = (period.first, period.last)
            if _is_year(*days):
                return days

    raise ValueError(f"{text!r} is not a financial year like 2025-26")


def _is_year(first: dt.date, last: dt.date) -> bool:
    length = last - first
    return length.days <= LONGEST_YEAR


def days_of(record: Record) -> tuple[dt.date, dt.date] | None:
    """Return the days that money is for: its period where that says them, else the day it was
    announced, paid or published; None where nothing says a day."""
    said = record.funding
    for period in find_periods(said.period or ""):
        if period.first:
            return period.first, period.last or period.first

    day = said.period_start or _paid(said) or said.announced or record.published
    return (day, day) if day else None


def _paid(said: FundingFields) -> dt.date | None:
    return said.paid if isinstance(said, PaymentFields) else None


def in_year(record: Record, year: tuple[dt.date, dt.date]) -> bool:
    """Return whether money is (also) for that financial year."""
    days = days_of(record)
    if days is None:
        return False

    first, last = days
    begins, ends = year
    return first <= ends and last >= begins


# -- Changes ---------------------------------------------------------------------------------------

CHANGE_COLUMNS = (
    Column("id", right=True),
    Column("kind", hidden=True),
    worded("change"),
    worded("record"),
    Column("council", hidden=True),
    Column("council_name", "council"),
    Column("area", "what", wording=lambda row: _what_changed(row)),
    Column("old", wording=lambda row: _value_of(row, "old")),
    Column("new", wording=lambda row: _value_of(row, "new")),
    Column("effective", hidden=True),
    Column("published"),
    Column("noticed_at", hidden=True),
    Column("source", hidden=True),
    link_column("url", hidden=False),
    said_if("held", "held"),
    Column("joint", hidden=True),
    *plain_columns("title", "programme", hidden=True),
    link_column("report_url"),
    *plain_columns("inspection_id", "record_id", "corrects", hidden=True),
)


HELD_COLUMNS = (
    *(column for column in CHANGE_COLUMNS if column.name not in ("held", "change")),
    Column("reason"),
)


def changes(register: Register, events: Iterable[Event], councils: Collection[str] = ()) -> Listing:
    """Return one row an event and council (of those given, if any): a joint award's rows share
    their id and have `joint` true."""
    rows = []
    for event in events:
        for slug in event.councils:
            if not councils or slug in councils:
                rows.append(_change_row(register, event, slug))

    closing = _counted(rows, "line")
    return Listing(CHANGE_COLUMNS, rows, closing, "No change was noticed.", "changes")


def _change_row(register: Register, event: Event, slug: str) -> Row:
    label = council_label(register, slug)
    return {
        "id": event.id,
        "kind": str(event.kind),
        "change": str(event.change or ""),
        "record": str(event.record),
        "council": label.gss,
        "council_name": label.name,
        "area": event.area,
        "old": event.old,
        "new": event.new,
        "effective": event.effective,
        "published": event.published,
        "noticed_at": event.noticed_at,
        "source": event.source,
        "url": event.url,
        "held": event.held,
        "joint": len(event.councils) > 1,
        **_about_record(event),
        "corrects": event.corrects or None,
    }


def _about_record(event: Event) -> Row:
    """Return what a change is about: in words, and by the id of its record in the other lists."""
    said = event.detail.fields
    of_report = event.record in (RecordKind.INSPECTION, RecordKind.VISIT)
    number = event.record_id or None
    return {
        "title": what_happened(event),
        "programme": said.programme or "" if isinstance(said, FundingFields) else "",
        "report_url": said.report_url or "" if isinstance(said, ReportFields) else "",
        "inspection_id": number if of_report else None,
        "record_id": number,
    }


def what_happened(event: Event) -> str:
    """Return what happened, in a line: the title of a notice, what an inspection, a visit or a sum
    of money is called in a message."""
    said = event.detail.fields
    if isinstance(said, InterventionFields) and said.title:
        return said.title
    if event.record is RecordKind.INSPECTION:
        return items.inspection_title(event)
    return items.title_of(event)


def _what_changed(row: Row) -> str:
    """Return what a change is about: the judgement, the programme of money, else what happened."""
    if row["record"] == RecordKind.INSPECTION and row["area"]:
        return humanise(row["area"])

    about = row["programme"] or row["title"] or humanise(row["record"])
    if row["area"] in ("", "amount", "state"):
        return str(about)
    return f"{about}: {humanise(row['area'])}"


def _value_of(row: Row, name: str) -> str:
    """Return a value as people read it: pounds as such."""
    value = row[name]
    is_sum = row["area"] == "amount" or row["programme"]
    if is_sum and value.lstrip("-").isdecimal():
        return pounds(int(value))
    return humanise(value)


def held(register: Register, events: Iterable[Event]) -> Listing:
    """Return the events that are kept back, and why."""
    rows = []
    for event in events:
        for slug in event.councils:
            row = _change_row(register, event, slug)
            rows.append({**row, "reason": event.hold_reason})

    return Listing(
        HELD_COLUMNS,
        rows,
        "`syncer held release ID` lets a line go, `syncer held discard ID` throws it away.",
        "Nothing is held.",
        "held",
    )


# -- Councils --------------------------------------------------------------------------------------

COUNCIL_COLUMNS = (
    *plain_columns("slug", "name"),
    Column("official_name", hidden=True),
    *plain_columns("gss", "region", "type", "opened", "closed"),
    *plain_columns(
        "dfe_code",
        "provider_ids",
        "old_gss",
        "predecessors",
        "successors",
        "neighbours",
        "trust",
        "aliases",
        hidden=True,
    ),
)


def councils(found: Iterable[Council]) -> Listing:
    """Return the register's rows with every name and code."""
    rows = [_council_row(council) for council in found]
    return Listing(COUNCIL_COLUMNS, rows, _counted(rows, "council"), name="councils")


def _council_row(council: Council) -> Row:
    row: dict[str, Any] = {}
    for column in COUNCIL_COLUMNS:
        value = getattr(council, column.name)
        if isinstance(value, tuple):
            value = list(value)
        row[column.name] = value
    return row
