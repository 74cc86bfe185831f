"""What the commands print: records, events and councils → rows. Pure.

A row holds values (a grade, whole pounds, a day); how a value is worded for people in a table is
its column's business.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from syncer.errors import UnknownCouncil
from syncer.model import (
    Absence,
    Area,
    Council,
    Event,
    FundingKind,
    Grade,
    Qualifier,
    Record,
    RecordKind,
    Value,
)
from syncer.quantities.money import format_pounds
from syncer.quantities.periods import find_periods
from syncer.records.standing import in_order, standing

if TYPE_CHECKING:
    from syncer.register.councils import Register

Row = Mapping[str, Any]
ENGLAND = ZoneInfo("Europe/London")
NOT_INSPECTED = "has not been inspected yet"
AREAS = tuple(Area)
NEW_COUNCIL = dt.timedelta(days=180)


@dataclass(frozen=True)
class Column:
    """One key of a row; `wording` says how a table words its value, `hidden` leaves it out of the
    table."""

    name: str
    heading: str = ""
    hidden: bool = False
    right: bool = False
    wording: Callable[[Row], str] | None = None


@dataclass(frozen=True)
class Listing:
    """Rows to print. `closing` stands under a table; `empty` is said, not as data, where there is
    no row."""

    columns: tuple[Column, ...]
    rows: Sequence[Row]
    closing: str = ""
    empty: str = "Nothing to show."


@dataclass(frozen=True)
class Window:
    """Which records are looked at: published from `since`, published by `as_of`, begun by
    `inspected_by`; of these councils (slugs; none: of all)."""

    since: dt.date | None = None
    as_of: dt.date | None = None
    inspected_by: dt.date | None = None
    councils: tuple[str, ...] = ()

    def lets_in(self, record: Record) -> bool:
        """Whether a record is within. One whose publication nobody dates counts from its last day,
        else from when it was first seen."""
        published = record.published or _day(record, "last_day") or record.first_seen.date()
        reported = record.record in (RecordKind.INSPECTION, RecordKind.VISIT)
        if (
            self.inspected_by
            and reported
            and (_day(record, "first_day") or published) > self.inspected_by
        ):
            return False  # (what was published by then had begun by then)
        if self.councils and not set(self.councils) & set(record.councils):
            return False
        return (self.since is None or published >= self.since) and (
            self.as_of is None or published <= self.as_of
        )


def end_of(day: dt.date) -> dt.datetime:
    """The last second of a day in England."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), ENGLAND).astimezone(dt.UTC)


def words(value: object) -> str:
    """A value of the model as people say it: "requires improvement"."""
    return str(value).replace("_", " ") if value not in (None, "") else ""


def worded(name: str, heading: str = "", hidden: bool = False) -> Column:
    """A column whose values are words of the model."""
    return Column(name, heading, hidden, wording=lambda row: words(row[name]))


def plain(*names: str, hidden: bool = False) -> tuple[Column, ...]:
    """Columns whose values are shown as they are."""
    return tuple(Column(name, hidden=hidden) for name in names)


def who(register: Register, slug: str) -> tuple[str, str]:
    """GSS code and name of a council; of one that the register no longer has, only its slug."""
    try:
        council = register.by_slug(slug)
    except UnknownCouncil:
        return "", slug
    return council.gss, council.name


def _day(record: Record, name: str) -> dt.date | None:
    value = record.fields.get(name)
    return dt.date.fromisoformat(str(value)) if value else None


# -- Ratings ---------------------------------------------------------------------------------------


def not_read(councils: Iterable[Council], read: Collection[str], day: dt.date) -> frozenset[str]:
    """The councils of which it is not known whether they were inspected: their page was never well
    read, nor a table of all ("" in `read`). Those that opened lately may have no page yet (DESIGN
    §6.5), and are not among them."""
    if "" in read:
        return frozenset()
    return frozenset(
        c.slug
        for c in councils
        if c.slug not in read and not (c.opened and c.opened <= day < c.opened + NEW_COUNCIL)
    )


def ratings(
    councils: Iterable[Council], inspections: Iterable[Record], unread: Collection[str] = ()
) -> Listing:
    """How each council stands in each area after the given inspections, one row a council; the
    overall grades counted below. `unread` are those without inspections that cannot be said to be
    never judged."""
    by_council: dict[str, list[Record]] = {}
    for record in inspections:
        if not record.withdrawn and len(record.councils) == 1:
            by_council.setdefault(record.councils[0], []).append(record)
    ordered = sorted(councils, key=lambda c: c.name)
    rows = [
        _rating_row(council, by_council.get(council.slug, []), council.slug in unread)
        for council in ordered
    ]
    graded = {
        area
        for area in AREAS
        for row in rows
        if row[area] not in (Absence.NEVER_JUDGED, Absence.NO_LONGER_JUDGED)
    }
    areas = (
        _graded(area, hidden=area is not Area.OVERALL and area not in graded) for area in AREAS
    )
    columns = (
        Column("council"),
        *plain("gss", "region", hidden=True),
        *areas,
        Column("first_day", hidden=True),
        Column("last_day", "inspected"),
        Column("published"),
        worded("framework", hidden=True),
        Column("url", hidden=True),
    )
    return Listing(columns, rows, overall_counted(rows))


def _rating_row(council: Council, inspections: Sequence[Record], unread: bool) -> Row:
    grades = {str(area): str(standing(inspections, area).value) for area in AREAS}
    if unread and not inspections:
        grades = dict.fromkeys(grades, str(Absence.UNKNOWN))
    latest = in_order(inspections)[-1] if inspections else None
    return {
        "council": council.name,
        "gss": council.gss,
        "region": council.region,
        **grades,
        "first_day": _day(latest, "first_day") if latest else None,
        "last_day": _day(latest, "last_day") if latest else None,
        "published": latest.published if latest else None,
        "framework": latest.fields.get("framework") if latest else None,
        "url": latest.url if latest else "",
    }


def _graded(area: Area, hidden: bool) -> Column:
    def wording(row: Row) -> str:
        if row[area] != Absence.NEVER_JUDGED:
            return words(row[area])
        inspected = row["published"] is not None or row["first_day"] is not None
        return NOT_INSPECTED if area is Area.OVERALL and not inspected else ""

    return Column(str(area), words(area).removesuffix(" effectiveness"), hidden, wording=wording)


def overall_counted(rows: Iterable[Row]) -> str:
    """How many councils have each overall grade, in one line: "Overall effectiveness: 30
    outstanding, 61 good, …"."""
    count = Counter(row[Area.OVERALL] for row in rows)
    usual = (Grade.OUTSTANDING, Grade.GOOD, Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE)
    rare = (Grade.ADEQUATE, Grade.NOT_JUDGED, *Absence)
    parts = [f"{count[value]} {words(value)}" for value in (*usual, *(v for v in rare if count[v]))]
    return f"Overall effectiveness: {', '.join(parts)} ({sum(count.values())} councils)"


# -- Inspections and visits ------------------------------------------------------------------------

SAID = ("lead_inspector", "length", "theme")


def inspections(register: Register, records: Iterable[Record]) -> Listing:
    """One row an inspection or visit, oldest first; one whose report could not be read yet has
    `unread` true and no grades."""
    rows = [_report_row(register, record) for record in records]
    columns = (
        Column("council"),
        Column("gss", hidden=True),
        worded("kind"),
        worded("framework", hidden=True),
        Column("first_day", "from"),
        Column("last_day", "to"),
        Column("published"),
        *(worded(str(a), words(a).removesuffix(" effectiveness")) for a in AREAS),
        Column("lead_inspector", hidden=True),
        Column("length"),
        Column("theme"),
        Column("priority_actions", hidden=True),
        *plain("url", "source", hidden=True),
        Column("unread", "", wording=lambda row: "not read yet" if row["unread"] else ""),
        Column("withdrawn", "", wording=lambda row: "withdrawn" if row["withdrawn"] else ""),
    )
    return Listing(columns, rows, _counted(rows, "report"))


def _report_row(register: Register, record: Record) -> Row:
    gss, name = who(register, record.councils[0])
    fields = record.fields
    return {
        "council": name,
        "gss": gss,
        "kind": fields.get("kind", str(record.record)),
        "framework": fields.get("framework"),
        "first_day": _day(record, "first_day"),
        "last_day": _day(record, "last_day"),
        "published": record.published,
        **{str(area): fields.get(area) for area in AREAS},
        **{said: fields.get(said, "") for said in SAID},
        "priority_actions": _several(fields.get("priority_actions", ())),
        "url": record.url,
        "source": record.source,
        "unread": record.unread,
        "withdrawn": record.withdrawn,
    }


def _several(value: object) -> list[str]:
    return (
        [str(v) for v in value]
        if isinstance(value, tuple | list)
        else [str(value)]
        if value
        else []
    )


def _counted(rows: Sequence[Row], noun: str) -> str:
    return f"{len(rows)} {noun}{'' if len(rows) == 1 else 's'}"


# -- Money -----------------------------------------------------------------------------------------

MONEY_COLUMNS = (
    Column("councils", hidden=True),
    Column("council_names", "council"),
    Column("programme"),
    worded("kind"),
    Column("amount", right=True, wording=lambda row: pounds(row["amount"])),
    worded("qualifier", ""),
    Column("amount_text", hidden=True),
    Column("period"),
    Column("announced"),
    Column("funder"),
    *plain("determination", "capital", "ring_fenced", hidden=True),
    worded("status"),
    Column("joint"),
    *plain("url", "quote", hidden=True),
    Column("what", "for"),
)


def pounds(amount: int | None) -> str:
    """Whole pounds for a reader; nothing where no figure was given."""
    return "" if amount is None else format_pounds(amount)


def awards(register: Register, records: Iterable[Record]) -> Listing:
    """One row an award (or allocation, partnership, payment), as given: a joint sum is one row with
    all its councils. The total below is that of the rows."""
    rows = [_money_row(register, record) for record in records]
    return Listing(MONEY_COLUMNS, rows, total_of(rows))


def _money_row(register: Register, record: Record) -> Row:
    fields, named = record.fields, [who(register, slug) for slug in record.councils]
    kind = FundingKind.PAYMENT if record.record is RecordKind.PAYMENT else FundingKind.AWARD
    return {
        "councils": [gss for gss, _ in named],
        "council_names": [name for _, name in named],
        "programme": fields.get("programme", ""),
        "kind": fields.get("kind", str(kind)),
        "amount": fields.get("amount"),
        "qualifier": fields.get("qualifier", ""),
        "amount_text": fields.get("amount_text", ""),
        "period": fields.get("period", ""),
        "announced": _day(record, "announced") or record.published,
        "funder": fields.get("funder", ""),
        "determination": fields.get("determination", ""),
        "capital": fields.get("capital"),
        "ring_fenced": fields.get("ring_fenced"),
        "status": fields.get("status", ""),
        "joint": len(record.councils) > 1,
        "url": record.url,
        "quote": fields.get("quote", ""),
        "what": fields.get("area")
        or fields.get("what")
        or _helped(register, fields.get("helped", ())),
    }


def _helped(register: Register, slugs: Value) -> str:
    """What a partnership is for: "to help Stoke-on-Trent"."""
    names = [who(register, slug)[1] for slug in slugs] if isinstance(slugs, tuple) else []
    return f"to help {' and '.join(names)}" if names else ""


def total_of(rows: Sequence[Row]) -> str:
    """The sum of the rows' amounts, and what it leaves open: "Total: £1,250,000 in 3 lines; 1
    without a figure"."""
    figures = [row["amount"] for row in rows if row["amount"] is not None]
    loose = Counter(
        row["qualifier"]
        for row in rows
        if row["amount"] is not None and row["qualifier"] not in ("", Qualifier.EXACT)
    )
    parts = [f"Total: {format_pounds(sum(figures))} in {_counted(rows, 'line')}"]
    parts += [f'{n} "{words(qualifier)}"' for qualifier, n in sorted(loose.items())]
    if missing := len(rows) - len(figures):
        parts.append(f"{missing} without a figure")
    return "; ".join(parts)


def financial_year(text: str) -> tuple[dt.date, dt.date]:
    """First and last day of "2025-26" (or 2025/26, 2025-2026, 25/26). Raises ValueError."""
    periods = [
        p for p in find_periods(text.strip()) if p.first and p.last and p.text == text.strip()
    ]
    first, last = (periods[0].first, periods[0].last) if len(periods) == 1 else (None, None)
    if first is None or last is None or (last - first).days > 366:
        raise ValueError(f"{text!r} is not a financial year like 2025-26")
    return first, last


def days_of(record: Record) -> tuple[dt.date, dt.date] | None:
    """The days that money is for: its period where that says them, else the day it was announced,
    paid or published."""
    said = next((p for p in find_periods(str(record.fields.get("period", ""))) if p.first), None)
    start, end = (said.first, said.last) if said else (_day(record, "period_start"), None)
    day = start or _day(record, "paid") or _day(record, "announced") or record.published
    return (day, end or day) if day else None


def in_year(record: Record, year: tuple[dt.date, dt.date]) -> bool:
    """Whether money is (also) for that financial year."""
    days = days_of(record)
    return days is not None and days[0] <= year[1] and days[1] >= year[0]


# -- Changes ---------------------------------------------------------------------------------------

CHANGE_COLUMNS = (
    Column("id", right=True),
    Column("kind", hidden=True),
    worded("change"),
    Column("record", hidden=True),
    Column("council", hidden=True),
    Column("council_name", "council"),
    Column("area", "what", wording=lambda row: words(row["area"] or row["record"])),
    worded("old"),
    worded("new"),
    Column("effective", hidden=True),
    Column("published"),
    Column("noticed_at", hidden=True),
    Column("source", hidden=True),
    Column("url"),
    Column("held", "", wording=lambda row: "held" if row["held"] else ""),
    Column("joint", hidden=True),
)


def changes(register: Register, events: Iterable[Event], councils: Collection[str] = ()) -> Listing:
    """One row an event and council (of those given, if any): a joint award's rows share their id
    and have `joint` true."""
    rows = [
        _change_row(register, event, slug)
        for event in events
        for slug in event.councils
        if not councils or slug in councils
    ]
    return Listing(CHANGE_COLUMNS, rows, _counted(rows, "line"), "No change was noticed.")


def _change_row(register: Register, event: Event, slug: str) -> Row:
    gss, name = who(register, slug)
    return {
        "id": event.id,
        "kind": str(event.kind),
        "change": str(event.change or ""),
        "record": str(event.record),
        "council": gss,
        "council_name": name,
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
    }


def held(register: Register, events: Iterable[Event]) -> Listing:
    """The events that are kept back, and why."""
    rows = [
        {**_change_row(register, event, slug), "reason": event.hold_reason}
        for event in events
        for slug in event.councils
    ]
    columns = (*(c for c in CHANGE_COLUMNS if c.name not in ("held", "change")), Column("reason"))
    return Listing(
        columns,
        rows,
        "`syncer held release ID` lets a line go, `syncer held discard ID` throws it away.",
        "Nothing is held.",
    )


# -- Councils --------------------------------------------------------------------------------------

COUNCIL_COLUMNS = (
    *plain("slug", "name"),
    Column("official_name", hidden=True),
    *plain("gss", "region", "type", "opened", "closed"),
    *plain(
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
    """The register's rows with every name and code."""
    rows = [
        {column.name: _listed(getattr(council, column.name)) for column in COUNCIL_COLUMNS}
        for council in found
    ]
    return Listing(COUNCIL_COLUMNS, rows, _counted(rows, "council"))


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
