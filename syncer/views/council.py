"""One council's page: who it is, how it stands, every inspection, visit and sum of money, and money
beside ratings by year. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from syncer.model import Absence, Area, Council, Record, RecordKind, ReportFields, Standing
from syncer.records.identity import may_be_one
from syncer.records.payment_links import link
from syncer.records.standing import in_order, when
from syncer.views import improvements
from syncer.views.listing import Column, Listing, Row, humanise, link_column, plain_columns, worded
from syncer.views.lists import (
    AREAS,
    NEVER_READ,
    NOT_INSPECTED,
    NOT_KNOWN,
    NOT_LISTED,
    awards,
    council_label,
    days_of,
    inspections,
    known_standing,
    pounds,
    reaches_back,
    why_unknown,
)

if TYPE_CHECKING:
    from syncer.register.councils import Register

MONTH_DAYS = 30.44
IN_DAYS_BELOW = 60
"""Days: from here on a time is said in months."""
IN_MONTHS_BELOW = 24
"""Months: from here on it is said in years."""


@dataclass(frozen=True)
class History:
    """What is known of one council on one day: its records by kind (none withdrawn), and the
    contradictions about them. `unread`: no page that would list its inspections was ever read."""

    council: Council
    register: Register
    today: dt.date
    records: Mapping[RecordKind, Sequence[Record]]
    conflicts: Sequence[Mapping[str, Any]] = ()
    unread: bool = False

    def of(self, *kinds: RecordKind) -> list[Record]:
        """Return the council's records of these kinds, oldest first."""
        found: list[Record] = []
        for kind in kinds:
            found += self.records.get(kind, ())
        return found

    @property
    def inspections(self) -> list[Record]:
        """The council's inspections, oldest first."""
        return in_order(self.of(RecordKind.INSPECTION))


def since_words(day: dt.date, today: dt.date) -> str:
    """Return how long ago a day was, roughly: "12 days", "5 months", "3 years 2 months"."""
    days = (today - day).days
    months = round(days / MONTH_DAYS)
    if days < IN_DAYS_BELOW:
        return _count(days, "day")
    if months < IN_MONTHS_BELOW:
        return f"{months} months"

    years, rest = divmod(months, 12)
    if not rest:
        return f"{years} years"
    return f"{years} years {_count(rest, 'month')}"


def _count(number: int, noun: str) -> str:
    ending = "" if number == 1 else "s"
    return f"{number} {noun}{ending}"


def as_json(history: History) -> dict[str, Any]:
    """Return the whole page as one object."""
    latest, before = improve(history)
    return {
        "council": identity(history),
        "ratings": _ratings_by_area(history),
        "last_inspection": last_inspection(history),
        "inspections": reports(history, RecordKind.INSPECTION).rows,
        "improve": latest,
        "improve_before": before,
        "visits": reports(history, RecordKind.VISIT).rows,
        "years": years(history).rows,
        "awards": money(history, RecordKind.AWARD).rows,
        "payments": payments(history).rows,
        "interventions": interventions(history).rows,
        "conflicts": conflicts(history.register, history.conflicts).rows,
    }


def _ratings_by_area(history: History) -> dict[str, Row]:
    rated = ratings(history)
    return {row["area"]: _without(row, "area") for row in rated.rows}


def _without(row: Row, name: str) -> dict[str, Any]:
    others = dict(row)
    others.pop(name)
    return others


PLAIN_FACTS = (
    "slug",
    "name",
    "official_name",
    "gss",
    "region",
    "type",
    "opened",
    "closed",
    "dfe_code",
    "trust",
)
LISTED_FACTS = (
    "old_gss",
    "provider_ids",
    "aliases",
    "neighbours",
    "predecessors",
    "successors",
)


def identity(history: History) -> dict[str, Any]:
    """Return names, codes, region, days, and the councils before and after."""
    council = history.council
    facts = {name: getattr(council, name) for name in PLAIN_FACTS}
    for name in LISTED_FACTS:
        facts[name] = list(getattr(council, name))

    return facts


# -- Ratings ---------------------------------------------------------------------------------------


def _grade_or_not_known(row: Row) -> str:
    if row["note"] == NOT_LISTED:
        return NOT_KNOWN
    return humanise(row["grade"])


RATING_COLUMNS = (
    worded("area"),
    Column("grade", wording=_grade_or_not_known),
    Column("first_day", "inspected"),
    *plain_columns("published", "note"),
    Column("url", hidden=True),
)


def ratings(history: History) -> Listing:
    """Return the standing in each area, since when, and from which report."""
    inspections = history.inspections
    by_id = {record.id: record for record in inspections}
    reason = why_unknown(history.council, inspections, history.unread, history.today)

    reaches = reaches_back(history.council, inspections, history.today)

    rows = []
    for area in AREAS:
        now = known_standing(inspections, area, reason, reaches)
        rows.append(_area_row(now, by_id.get(now.inspection), reason))

    return Listing(RATING_COLUMNS, rows)


def _area_row(now: Standing, report: Record | None, reason: str) -> Row:
    """Return how an area stands: `report` is what that rests on, `reason` why it is not known."""
    return {
        "area": str(now.area),
        "grade": str(now.value),
        "first_day": now.first_day,
        "note": humanise(now.note) or reason,
        "published": report.published if report else None,
        "url": report.url if report else "",
    }


def last_inspection(history: History) -> dict[str, Any] | None:
    """Return the latest inspection and how long ago it was; None where none is known."""
    if not history.inspections:
        return None

    latest = history.inspections[-1]
    said = latest.inspection
    return {
        "first_day": said.first_day,
        "last_day": said.last_day,
        "kind": said.kind,
        "length": said.length,
        "published": latest.published,
        "unread": latest.unread,
        "url": latest.url,
        **_ago(when(latest), history.today),
    }


def _ago(day: dt.date, today: dt.date) -> dict[str, Any]:
    """Return how long ago a day was, in days and in words."""
    return {
        "days_since": (today - day).days,
        "since": since_words(day, today),
    }


def inspected_in_words(history: History) -> str:
    """Return one sentence about the latest inspection, or about why there is none to speak of."""
    latest = last_inspection(history)
    if latest is None:
        return _no_inspection(history)
    if latest["unread"]:
        return f"A report published on {latest['published']} could not be read yet: {latest['url']}"

    days = on_days(latest)
    kind = "inspection"
    if latest["length"]:
        kind = f"{latest['length']} inspection"
    return f"Last inspected {latest['since']} ago ({kind}, {days}): {latest['url']}"


def _no_inspection(history: History) -> str:
    reason = why_unknown(history.council, [], history.unread, history.today)
    if reason == NEVER_READ:
        return (
            "Its inspections were never read: `syncer sync` reads them, `syncer status` says what "
            "went wrong."
        )
    if reason == NOT_LISTED:
        return f"How {history.council.name} stood is {NOT_KNOWN}: {NOT_LISTED}."
    return f"{history.council.name} {NOT_INSPECTED}."


def on_days(latest: dict[str, Any]) -> str:
    """Return the days of an inspection; of one known from a table alone, which may not give them,
    when its report was published."""
    first = latest["first_day"]
    if first is None:
        return f"published on {latest['published']}"
    last = latest["last_day"] or first
    return f"{first} to {last}"


# -- Reports, money, interventions -----------------------------------------------------------------


def _pounds_column(name: str) -> Column:
    """Return a column of whole pounds; nothing is shown of a sum of nothing."""

    def wording(row: Row) -> str:
        return pounds(row[name] or None)

    return Column(name, right=True, wording=wording)


PAYMENT_COLUMNS = (
    Column("paid"),
    _pounds_column("amount"),
    *plain_columns("area", "settles", "published"),
    Column("url", hidden=True),
)


def reports(history: History, kind: RecordKind) -> Listing:
    """Return the council's inspections, or its visits."""
    listing = inspections(history.register, history.of(kind))
    columns = tuple(_columns_of_one_council(listing.columns))
    rows = [_without(row, "council") for row in listing.rows]
    return Listing(columns, rows, empty=f"No {kind}.")


def _columns_of_one_council(columns: Iterable[Column]) -> Iterator[Column]:
    """Yield the columns without the council's name, and with the address shown."""
    for column in columns:
        if column.name == "url":
            yield replace(column, hidden=False)
        elif column.name != "council":
            yield column


def improve(history: History) -> tuple[list[Row], list[Row]]:
    """Return what the latest inspection says must improve, and what the one before it said."""
    return improvements.beside(history.register, history.inspections)


def money(history: History, kind: RecordKind) -> Listing:
    """Return the council's awards, or the payments to it."""
    records = history.of(kind)
    return awards(history.register, records)


def payments(history: History) -> Listing:
    """Return the payments over £25,000 to the council, and which award each settles: inferred, and
    said to be."""
    settles = _settled(history)
    rows = []
    for record in history.of(RecordKind.PAYMENT):
        award = settles.get(record.id, "")
        rows.append(_payment_row(record, award))

    rows.sort(key=lambda row: str(row["paid"]))
    return Listing(PAYMENT_COLUMNS, rows)


def _payment_row(record: Record, settles: str) -> Row:
    said = record.payment
    return {
        "paid": said.paid or "",
        "amount": said.amount,
        "area": said.area or "",
        "settles": settles,
        "published": record.published,
        "url": record.url,
    }


def _settled(history: History) -> dict[int, str]:
    """Return what each payment settles, by its record number; nothing where no award fits."""
    awarded = {award.id: award for award in history.of(RecordKind.AWARD)}
    payments = history.of(RecordKind.PAYMENT)
    linking = link(awarded.values(), payments)

    settles = {}
    for each in linking.links:
        settles[each.payment] = _inferred(awarded[each.award])
    for payment in linking.reversed:
        settles[payment] = "taken back"

    return settles


def _inferred(award: Record) -> str:
    """Return the programme of an award that a payment seems to settle."""
    programme = award.funding.programme or "an award"
    return f"{programme} (inferred)"


INTERVENTION_COLUMNS = (
    worded("what"),
    worded("service"),
    worded("issued"),
    worded("state"),
    *plain_columns("published", "url"),
)


def interventions(history: History) -> Listing:
    """Return notices, directions and commissioners, with their state."""
    rows = []
    for record in history.of(RecordKind.INTERVENTION):
        rows.append(_intervention_row(record))
    return Listing(INTERVENTION_COLUMNS, rows)


def _intervention_row(record: Record) -> Row:
    said = record.intervention
    return {
        "what": said.what or "",
        "service": said.service or "",
        "issued": said.issued or "",
        "state": said.state or "",
        "published": record.published,
        "url": record.url,
    }


# -- Money beside ratings --------------------------------------------------------------------------


def year_of(day: dt.date) -> str:
    """Return the financial year of a day, 1 April to 31 March: "2025-26"."""
    begins = dt.date(day.year, 4, 1)
    first = day.year
    if day < begins:
        first -= 1

    last = (first + 1) % 100
    return f"{first}-{last:02}"


def _years_from_first_to_last(known: Iterable[str]) -> list[str]:
    """Return every financial year from the first to the last of these, those of which nothing is
    known too: a gap is to be seen."""
    begins = [int(year[:4]) for year in known]
    if not begins:
        return []
    first, last = min(begins), max(begins)
    return [year_of(dt.date(begin, 4, 1)) for begin in range(first, last + 1)]


def years(history: History) -> Listing:
    """Return, by financial year, the grades at its end, the inspections in it, and the money for
    it: an award of several years stands in its first; what is shared with other councils is
    counted apart, because nobody says which part is whose. No year between the first and the last
    is left out."""
    inspected = _by_year(history.inspections)
    awarded = _by_year(history.of(RecordKind.AWARD))
    paid = _by_year(history.of(RecordKind.PAYMENT))

    rows = []
    for year in _years_from_first_to_last([*inspected, *awarded, *paid]):
        grades = _grades_at_the_end_of(year, history)
        row = {
            "year": year,
            **grades,
            "inspections": len(inspected[year]),
            **_awarded_and_shared(awarded[year]),
            "paid": _sum(paid[year]),
        }
        rows.append(row)
    return Listing(YEAR_COLUMNS, rows, _not_known_note(rows))


def _awarded_and_shared(awards: Iterable[Record]) -> dict[str, int]:
    """Return the pounds awarded to this council alone, and those awarded to it with others."""
    alone, shared = [], []
    for award in awards:
        if len(award.councils) == 1:
            alone.append(award)
        else:
            shared.append(award)
    return {"awarded": _sum(alone), "shared": _sum(shared)}


def _year_grade(area: Area, heading: str = "") -> Column:
    def wording(row: Row) -> str:
        if row[area] == Absence.UNKNOWN:
            return NOT_KNOWN
        return humanise(row[area])

    return Column(str(area), heading, wording=wording)


YEAR_COLUMNS = (
    Column("year"),
    _year_grade(Area.OVERALL, "overall"),
    _year_grade(Area.LEADERSHIP),
    Column("inspections", right=True),
    *(_pounds_column(name) for name in ("awarded", "shared", "paid")),
)


def _by_year(records: Iterable[Record]) -> defaultdict[str, list[Record]]:
    """Return the records by the financial year they are for; those that say no day are in none."""
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        day = _day_of(record)
        if day > dt.date.min:
            found[year_of(day)].append(record)

    return found


def _day_of(record: Record) -> dt.date:
    """Return the day by which a record belongs to a year: of money, the first that it is for.
    dt.date.min where nothing says a day."""
    if record.record is RecordKind.INSPECTION:
        return when(record)

    days = days_of(record)
    return days[0] if days else dt.date.min


def _grades_at_the_end_of(year: str, history: History) -> dict[str, str]:
    """Return the grades at the end of a year; of a year that is not over, those of today."""
    end = min(_last_day(year), history.today)
    by_then = _begun_by(end, history.inspections)
    reason = why_unknown(history.council, by_then, history.unread, end)

    reaches = reaches_back(history.council, history.inspections, end)

    grades = {}
    for area in (Area.OVERALL, Area.LEADERSHIP):
        standing = known_standing(by_then, area, reason, reaches)
        grades[str(area)] = str(standing.value)

    return grades


def _begun_by(day: dt.date, inspections: Iterable[Record]) -> list[Record]:
    return [record for record in inspections if when(record) <= day]


def _last_day(year: str) -> dt.date:
    """Return the last day of a financial year, as `year_of` writes it."""
    first = int(year[:4])
    return dt.date(first + 1, 3, 31)


def _not_known_note(rows: Sequence[Row]) -> str:
    """Return what *not known* means in the years, where it stands there."""
    if all(row[Area.OVERALL] != Absence.UNKNOWN for row in rows):
        return ""
    return f"{NOT_KNOWN.capitalize()}: the report could not be read, or {NOT_LISTED}."


def _sum(records: Iterable[Record]) -> int:
    return sum(record.funding.amount or 0 for record in records)


# -- Contradictions --------------------------------------------------------------------------------

CONFLICT_COLUMNS = (
    worded("record"),
    *plain_columns("council", "published"),
    worded("field"),
    worded("chosen"),
    Column("chosen_source"),
    worded("other"),
    Column("other_source"),
    Column("since", hidden=True),
    link_column("url", hidden=False),
)


def conflicts(register: Register, found: Iterable[Mapping[str, Any]]) -> Listing:
    """Return what sources disagree on: the value that was chosen and the other, each with its
    source. Rows as `store.records.conflicts` gives them, `councils` being slugs."""
    rows = [_conflict_row(register, conflict) for conflict in found]
    return Listing(CONFLICT_COLUMNS, rows, empty="The sources agree.", name="conflicts")


def _conflict_row(register: Register, conflict: Mapping[str, Any]) -> Row:
    return {
        "record": conflict["record"],
        "council": [council_label(register, slug).name for slug in conflict["councils"]],
        "published": conflict["published"],
        "field": conflict["field"],
        "chosen": conflict["chosen_value"],
        "chosen_source": conflict["chosen_source"],
        "other": conflict["other_value"],
        "other_source": conflict["other_source"],
        "since": conflict["since"],
        "url": conflict["url"],
    }


def possible_twins(awards: Iterable[Record]) -> list[dict[str, Any]]:
    """Return the awards that were kept apart and may be one, as rows like those of the other
    contradictions."""
    found = []
    for own in _by_councils(awards):
        for first, second in combinations(own, 2):
            if may_be_one(first, second):
                found.append(_twins(first, second))
    return found


def _by_councils(awards: Iterable[Record]) -> Iterable[list[Record]]:
    """Return the awards to the same councils together."""
    found: defaultdict[tuple[str, ...], list[Record]] = defaultdict(list)
    for award in awards:
        found[award.councils].append(award)
    return found.values()


def _twins(first: Record, second: Record) -> dict[str, Any]:
    return {
        "record": str(first.record),
        "councils": list(first.councils),
        "published": first.published,
        "field": "possible duplicate",
        "since": first.first_seen.date(),
        "chosen_value": _sum_and_programme(first),
        "chosen_source": first.source,
        "other_value": _sum_and_programme(second),
        "other_source": second.source,
        "url": second.url,
    }


def _sum_and_programme(award: Record) -> str:
    said = award.funding
    parts = filter(None, (said.amount_text, said.programme))
    return " ".join(parts)


def title_conflicts(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Return the reports that are of another kind than the title they are listed under says
    (DESIGN §5.6: the document's own is taken)."""
    found = []
    for record in records:
        said = record.fields
        if isinstance(said, ReportFields) and not record.unread and _has_another_title(said):
            found.append(_title_conflict(record, said))
    return found


def _has_another_title(said: ReportFields) -> bool:
    return said.title_kind is not None and said.title_kind != said.kind


def _title_conflict(record: Record, said: ReportFields) -> dict[str, Any]:
    return {
        "record": str(record.record),
        "councils": record.councils,
        "published": record.published,
        "field": "kind",
        "chosen_value": said.kind,
        "chosen_source": record.source,
        "other_value": said.title_kind,
        "other_source": "title of the entry",
        "since": record.first_seen.date(),
        "url": record.url,
    }
