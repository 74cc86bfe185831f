"""One council's page: who it is, how it stands, every inspection, visit and sum of money, and money
beside ratings by year. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from syncer.model import Absence, Area, Council, Record, RecordKind, Standing
from syncer.records.identity import may_be_one
from syncer.records.payment_links import link
from syncer.records.standing import in_order, standing, when
from syncer.views.lists import (
    AREAS,
    Column,
    Listing,
    Row,
    awards,
    days_of,
    inspections,
    plain,
    pounds,
    who,
    worded,
    words,
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
        """The council's records of these kinds, oldest first."""
        return [record for kind in kinds for record in self.records.get(kind, ())]

    @property
    def inspections(self) -> list[Record]:
        return in_order(self.of(RecordKind.INSPECTION))


def since_words(day: dt.date, today: dt.date) -> str:
    """How long ago, roughly: "12 days", "5 months", "3 years 2 months"."""
    days = (today - day).days
    months = round(days / MONTH_DAYS)
    if days < 60:
        return f"{days} day{'' if days == 1 else 's'}"
    if months < 24:
        return f"{months} months"
    years, rest = divmod(months, 12)
    return f"{years} years" + (f" {rest} month{'' if rest == 1 else 's'}" if rest else "")


def as_json(history: History) -> dict[str, Any]:
    """The whole page as one object."""
    return {
        "council": identity(history),
        "ratings": {row["area"]: _without(row, "area") for row in ratings(history).rows},
        "last_inspection": last_inspection(history),
        "inspections": reports(history, RecordKind.INSPECTION).rows,
        "visits": reports(history, RecordKind.VISIT).rows,
        "years": years(history).rows,
        "awards": money(history, RecordKind.AWARD).rows,
        "payments": payments(history).rows,
        "interventions": interventions(history).rows,
        "conflicts": conflicts(history.register, history.conflicts).rows,
    }


def _without(row: Row, name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


def identity(history: History) -> dict[str, Any]:
    """Names, codes, region, days, and the councils before and after."""
    council = history.council
    plain = (
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
    several = ("old_gss", "provider_ids", "aliases", "neighbours", "predecessors", "successors")
    return {name: getattr(council, name) for name in plain} | {
        name: list(getattr(council, name)) for name in several
    }


def ratings(history: History) -> Listing:
    """The standing in each area, since when, and from which report."""
    by_id = {record.id: record for record in history.inspections}
    rows = []
    for area in AREAS:
        now = standing(history.inspections, area)
        if history.unread and not history.inspections:
            now = Standing(area, Absence.UNKNOWN)
        report = by_id.get(now.inspection)
        rows.append(
            {
                "area": str(area),
                "grade": str(now.value),
                "first_day": now.first_day,
                "note": words(now.note),
                "published": report.published if report else None,
                "url": report.url if report else "",
            }
        )
    columns = (
        worded("area"),
        worded("grade"),
        Column("first_day", "inspected"),
        *plain("published", "note"),
        Column("url", hidden=True),
    )
    return Listing(columns, rows)


def last_inspection(history: History) -> dict[str, Any] | None:
    """The latest inspection and how long ago it was; None where there was none."""
    if not history.inspections:
        return None
    latest = history.inspections[-1]
    day = when(latest)
    fields = latest.fields
    said = {name: fields.get(name) for name in ("first_day", "last_day", "kind", "length")}
    return {
        **said,
        "published": latest.published,
        "unread": latest.unread,
        "url": latest.url,
        "days_since": (history.today - day).days,
        "since": since_words(day, history.today),
    }


def on_days(latest: dict[str, Any]) -> str:
    """The days of an inspection; of one known from a table alone, which may not give them, when its
    report was published."""
    first, last = latest["first_day"], latest["last_day"]
    return f"{first} to {last or first}" if first else f"published on {latest['published']}"


def reports(history: History, kind: RecordKind) -> Listing:
    """The council's inspections, or its visits."""
    listing = inspections(
        history.register, history.inspections if kind is RecordKind.INSPECTION else history.of(kind)
    )
    columns = tuple(
        replace(c, hidden=c.hidden and c.name != "url")
        for c in listing.columns
        if c.name != "council"
    )
    return Listing(columns, [_without(row, "council") for row in listing.rows], empty=f"No {kind}.")


def money(history: History, kind: RecordKind) -> Listing:
    """The council's awards, or the payments to it."""
    return awards(history.register, history.of(kind))


def payments(history: History) -> Listing:
    """The payments over £25,000 to the council, and which award each settles: inferred, and said to
    be."""
    awarded = {record.id: record for record in history.of(RecordKind.AWARD)}
    paid = history.of(RecordKind.PAYMENT)
    linking = link(awarded.values(), paid)
    settles = {
        each.payment: f"{awarded[each.award].fields.get('programme', 'an award')} (inferred)"
        for each in linking.links
    }
    settles |= dict.fromkeys(linking.reversed, "taken back")
    rows = [
        {
            "paid": record.fields.get("paid", ""),
            "amount": record.fields.get("amount"),
            "area": record.fields.get("area", ""),
            "settles": settles.get(record.id, ""),
            "published": record.published,
            "url": record.url,
        }
        for record in paid
    ]
    columns = (
        Column("paid"),
        Column("amount", right=True, wording=_pounds_of("amount")),
        Column("area"),
        Column("settles"),
        Column("published"),
        Column("url", hidden=True),
    )
    return Listing(columns, sorted(rows, key=lambda row: str(row["paid"])))


def interventions(history: History) -> Listing:
    """Notices, directions and commissioners, with their state."""
    names = ("what", "service", "issued", "state")
    rows = [
        {
            **{name: record.fields.get(name, "") for name in names},
            "published": record.published,
            "url": record.url,
        }
        for record in history.of(RecordKind.INTERVENTION)
    ]
    return Listing((*(worded(name) for name in names), Column("published"), Column("url")), rows)


# -- Money beside ratings --------------------------------------------------------------------------


def year_of(day: dt.date) -> str:
    """The financial year of a day, 1 April to 31 March: "2025-26"."""
    first = day.year if (day.month, day.day) >= (4, 1) else day.year - 1
    return f"{first}-{(first + 1) % 100:02}"


def years(history: History) -> Listing:
    """By financial year: the grades at its end, the inspections in it, and the money for it (an
    award of several years stands in its first; what is shared with other councils is counted apart,
    because nobody says which part is whose)."""
    inspected, given = _by_year(history.inspections), _by_year(history.of(RecordKind.AWARD))
    paid = _by_year(history.of(RecordKind.PAYMENT))
    rows = [
        _year(year, history, inspected.get(year, ()), given.get(year, ()), paid.get(year, ()))
        for year in sorted({*inspected, *given, *paid})
    ]
    columns = (
        Column("year"),
        worded("overall_effectiveness", "overall"),
        worded("leadership"),
        Column("inspections", right=True),
        *(Column(n, right=True, wording=_pounds_of(n)) for n in ("awarded", "shared", "paid")),
    )
    return Listing(columns, rows)


def _pounds_of(name: str) -> Any:
    return lambda row: pounds(row[name]) if row[name] else ""


def _by_year(records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        days = (when(record),) if record.record is RecordKind.INSPECTION else days_of(record)
        if days and days[0] > dt.date.min:
            found.setdefault(year_of(days[0]), []).append(record)
    return found


def _year(
    year: str,
    history: History,
    inspected: Sequence[Record],
    given: Sequence[Record],
    paid: Sequence[Record],
) -> Row:
    end = dt.date(int(year[:4]) + 1, 3, 31)
    by_then = [record for record in history.inspections if when(record) <= end]
    grades = {
        str(area): str(standing(by_then, area).value) for area in (Area.OVERALL, Area.LEADERSHIP)
    }
    own, shared = (
        _sum(r for r in given if (len(r.councils) > 1) is joint) for joint in (False, True)
    )
    return {
        "year": year,
        **grades,
        "inspections": len(inspected),
        "awarded": own,
        "shared": shared,
        "paid": _sum(paid),
    }


def _sum(records: Iterable[Record]) -> int:
    return sum(int(str(record.fields.get("amount", 0))) for record in records)


# -- Contradictions --------------------------------------------------------------------------------

TITLE_KIND = "title_kind"


def conflicts(register: Register, found: Iterable[Mapping[str, Any]]) -> Listing:
    """What sources disagree on: the value that was chosen and the other, each with its source. Rows
    as `store.records.conflicts` gives them, `councils` being slugs."""
    names = (
        "record",
        "council",
        "published",
        "field",
        "chosen",
        "chosen_source",
        "other",
        "other_source",
        "since",
        "url",
    )
    columns = tuple(
        worded(n) if n in ("record", "field", "chosen", "other") else Column(n, hidden=n == "since")
        for n in names
    )
    rows = [
        {
            "record": c["record"],
            "council": [who(register, slug)[1] for slug in c["councils"]],
            "published": c["published"],
            "field": c["field"],
            "chosen": c["chosen_value"],
            "chosen_source": c["chosen_source"],
            "other": c["other_value"],
            "other_source": c["other_source"],
            "since": c["since"],
            "url": c["url"],
        }
        for c in found
    ]
    return Listing(columns, rows, empty="The sources agree.")


def possible_twins(awards: Iterable[Record]) -> list[dict[str, Any]]:
    """Awards that were kept apart and may be one, as rows like those of the other
    contradictions."""
    by_councils: dict[tuple[str, ...], list[Record]] = {}
    for award in awards:
        by_councils.setdefault(award.councils, []).append(award)
    pairs = (
        (a, b)
        for own in by_councils.values()
        for n, a in enumerate(own)
        for b in own[n + 1 :]
        if may_be_one(a, b)
    )
    return [
        {
            "record": str(a.record),
            "councils": list(a.councils),
            "published": a.published,
            "field": "possible duplicate",
            "since": a.first_seen.date(),
            "chosen_value": _said(a),
            "chosen_source": a.source,
            "other_value": _said(b),
            "other_source": b.source,
            "url": b.url,
        }
        for a, b in pairs
    ]


def _said(award: Record) -> str:
    return " ".join(
        filter(
            None, (str(award.fields.get("amount_text", "")), str(award.fields.get("programme", "")))
        )
    )


def title_conflicts(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Reports that are of another kind than the title they are listed under says (DESIGN §5.6: the
    document's own is taken)."""
    return [
        {
            "record": str(r.record),
            "councils": r.councils,
            "published": r.published,
            "field": "kind",
            "chosen_value": r.fields["kind"],
            "chosen_source": r.source,
            "other_value": r.fields[TITLE_KIND],
            "other_source": "title of the entry",
            "since": r.first_seen.date(),
            "url": r.url,
        }
        for r in records
        if not r.unread and TITLE_KIND in r.fields and r.fields[TITLE_KIND] != r.fields.get("kind")
    ]
