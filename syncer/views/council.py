"""One council's page: who it is, how it stands, every inspection, visit and sum of money, and money
beside ratings by year. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from syncer.model import Absence, Area, Council, Record, RecordKind, ReportFields
from syncer.records.identity import may_be_one
from syncer.records.payment_links import link
from syncer.records.standing import in_order, when
from syncer.views import improvements
from syncer.views.lists import (
    AREAS,
    NEVER_READ,
    NOT_INSPECTED,
    NOT_KNOWN,
    NOT_LISTED,
    Column,
    Listing,
    Row,
    awards,
    council_label,
    days_of,
    humanise,
    inspections,
    known_standing,
    plain_columns,
    pounds,
    why_unknown,
    worded,
)

if TYPE_CHECKING:
    from syncer.register.councils import Register

MONTH_DAYS = 30.44


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
    if days < 60:
        return _count(days, "day")
    if months < 24:
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
    rated = ratings(history)
    by_area = {row["area"]: _without(row, "area") for row in rated.rows}
    return {
        "council": identity(history),
        "ratings": by_area,
        "last_inspection": last_inspection(history),
        "inspections": reports(history, RecordKind.INSPECTION).rows,
        "improve": improve(history)[0],
        "improve_before": improve(history)[1],
        "visits": reports(history, RecordKind.VISIT).rows,
        "years": years(history).rows,
        "awards": money(history, RecordKind.AWARD).rows,
        "payments": payments(history).rows,
        "interventions": interventions(history).rows,
        "conflicts": conflicts(history.register, history.conflicts).rows,
    }


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
    facts = {name: getattr(history.council, name) for name in PLAIN_FACTS}
    for name in LISTED_FACTS:
        several = getattr(history.council, name)
        facts[name] = list(several)
    return facts


# -- Ratings ---------------------------------------------------------------------------------------


def ratings(history: History) -> Listing:
    """Return the standing in each area, since when, and from which report."""
    by_id = {record.id: record for record in history.inspections}
    reason = why_unknown(history.council, history.inspections, history.unread, history.today)
    rows = [_area_row(history, area, reason, by_id) for area in AREAS]
    columns = (
        worded("area"),
        Column("grade", wording=_grade_or_not_known),
        Column("first_day", "inspected"),
        *plain_columns("published", "note"),
        Column("url", hidden=True),
    )
    return Listing(columns, rows)


def _area_row(history: History, area: Area, reason: str, by_id: Mapping[int, Record]) -> Row:
    now = known_standing(history.inspections, area, reason)
    report = by_id.get(now.inspection)
    return {
        "area": str(area),
        "grade": str(now.value),
        "first_day": now.first_day,
        "note": humanise(now.note) or reason,
        "published": report.published if report else None,
        "url": report.url if report else "",
    }


def _grade_or_not_known(row: Row) -> str:
    if row["note"] == NOT_LISTED:
        return NOT_KNOWN
    return humanise(row["grade"])


def last_inspection(history: History) -> dict[str, Any] | None:
    """Return the latest inspection and how long ago it was; None where none is known."""
    if not history.inspections:
        return None
    latest = history.inspections[-1]
    day = when(latest)
    said = latest.inspection
    return {
        "first_day": said.first_day,
        "last_day": said.last_day,
        "kind": said.kind,
        "length": said.length,
        "published": latest.published,
        "unread": latest.unread,
        "url": latest.url,
        "days_since": (history.today - day).days,
        "since": since_words(day, history.today),
    }


def inspected_in_words(history: History) -> str:
    """Return one sentence about the latest inspection, or about why there is none to speak of."""
    latest = last_inspection(history)
    if latest is None:
        return _no_inspection(history)
    if latest["unread"]:
        return f"A report published on {latest['published']} could not be read yet: {latest['url']}"
    kind = f"{latest['length']} inspection" if latest["length"] else "inspection"
    days = on_days(latest)
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
    columns = []
    for column in listing.columns:
        if column.name == "url":
            column = replace(column, hidden=False)
        if column.name != "council":
            columns.append(column)

    rows = [_without(row, "council") for row in listing.rows]
    return Listing(tuple(columns), rows, empty=f"No {kind}.")


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
        rows.append(
            {
                "paid": record.payment.paid or "",
                "amount": record.payment.amount,
                "area": record.payment.area or "",
                "settles": settles.get(record.id, ""),
                "published": record.published,
                "url": record.url,
            }
        )
    rows.sort(key=lambda row: str(row["paid"]))
    return Listing(PAYMENT_COLUMNS, rows)


def _settled(history: History) -> dict[int, str]:
    """Return what each payment settles, by its record number; nothing where no award fits."""
    awarded = {record.id: record for record in history.of(RecordKind.AWARD)}
    payments = history.of(RecordKind.PAYMENT)
    linking = link(awarded.values(), payments)

    settles = {}
    for each in linking.links:
        award = awarded[each.award]
        programme = award.funding.programme or "an award"
        settles[each.payment] = f"{programme} (inferred)"
    for payment in linking.reversed:
        settles[payment] = "taken back"
    return settles


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
        said = record.intervention
        rows.append(
            {
                "what": said.what or "",
                "service": said.service or "",
                "issued": said.issued or "",
                "state": said.state or "",
                "published": record.published,
                "url": record.url,
            }
        )
    return Listing(INTERVENTION_COLUMNS, rows)


# -- Money beside ratings --------------------------------------------------------------------------


def year_of(day: dt.date) -> str:
    """Return the financial year of a day, 1 April to 31 March: "2025-26"."""
    begins = dt.date(day.year, 4, 1)
    first = day.year if day >= begins else day.year - 1
    last = (first + 1) % 100
    return f"{first}-{last:02}"


def years(history: History) -> Listing:
    """Return, by financial year, the grades at its end, the inspections in it, and the money for
    it: an award of several years stands in its first; what is shared with other councils is
    counted apart, because nobody says which part is whose."""
    inspected = _by_year(history.inspections)
    given = _by_year(history.of(RecordKind.AWARD))
    paid = _by_year(history.of(RecordKind.PAYMENT))

    rows = []
    for year in sorted({*inspected, *given, *paid}):
        row = _grades_at_the_end_of(year, history)
        row["inspections"] = len(inspected.get(year, []))
        row |= _awarded_and_shared(given.get(year, []))
        row["paid"] = _sum(paid.get(year, []))
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


def _by_year(records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        if record.record is RecordKind.INSPECTION:
            day = when(record)
        else:
            days = days_of(record)
            day = days[0] if days else dt.date.min

        if day > dt.date.min:
            year = year_of(day)
            found.setdefault(year, []).append(record)
    return found


def _grades_at_the_end_of(year: str, history: History) -> dict[str, Any]:
    """Return the row of a year with its grades; of a year that is not over, those of today."""
    first = int(year[:4])
    last_day = dt.date(first + 1, 3, 31)
    end = min(last_day, history.today)

    by_then = [record for record in history.inspections if when(record) <= end]
    reason = why_unknown(history.council, by_then, history.unread, end)
    row: dict[str, Any] = {"year": year}
    for area in (Area.OVERALL, Area.LEADERSHIP):
        standing = known_standing(by_then, area, reason)
        row[str(area)] = str(standing.value)
    return row


def _not_known_note(rows: Sequence[Row]) -> str:
    """Return what *not known* means in the years, where it stands there."""
    unknown = [row for row in rows if row[Area.OVERALL] == Absence.UNKNOWN]
    if not unknown:
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
    Column("url"),
)


def conflicts(register: Register, found: Iterable[Mapping[str, Any]]) -> Listing:
    """Return what sources disagree on: the value that was chosen and the other, each with its
    source. Rows as `store.records.conflicts` gives them, `councils` being slugs."""
    rows = [_conflict_row(register, conflict) for conflict in found]
    return Listing(CONFLICT_COLUMNS, rows, empty="The sources agree.")


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
    by_councils: dict[tuple[str, ...], list[Record]] = {}
    for award in awards:
        by_councils.setdefault(award.councils, []).append(award)

    found = []
    for own in by_councils.values():
        for first, second in combinations(own, 2):
            if may_be_one(first, second):
                found.append(_twins(first, second))
    return found


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
        if record.unread or not isinstance(said, ReportFields):
            continue
        if said.title_kind in (None, said.kind):
            continue
        found.append(
            {
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
        )
    return found
