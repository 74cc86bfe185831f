"""Money by programme and financial year, and the payments beside it that are not added to it. Pure.

An award or an allocation says what a council is given; a payment of the department over £25,000 is
the same money on its way. Both are shown and never added: the pounds would be counted twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from syncer.model import PrintedTotal, Record
from syncer.records.payment_links import Linking, link
from syncer.views.council import year_of
from syncer.views.lists import days_of

NOT_NAMED = "No programme named"
NO_YEAR = "no year"


@dataclass(frozen=True)
class Sum:
    """Some lines of money added up: how many they are, their pounds, how many of them state no
    figure, and how many a figure that is no exact one ("up to", "over", "about")."""

    lines: int = 0
    pounds: int = 0
    unstated: int = 0
    inexact: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            self.lines + other.lines,
            self.pounds + other.pounds,
            self.unstated + other.unstated,
            self.inexact + other.inexact,
        )


def added(records: Iterable[Record]) -> Sum:
    """Return the sum of some lines. What several councils are given together counts once."""
    found = Sum()
    for record in records:
        found += _sum_of(record)
    return found


def _sum_of(record: Record) -> Sum:
    said = record.funding
    if said.amount is None:
        return Sum(lines=1, unstated=1)

    is_inexact = said.qualifier not in (None, "exact")
    return Sum(1, said.amount, inexact=int(is_inexact))


def programme_of(record: Record) -> str:
    """Return the programme that money is given under, as its source names it."""
    return record.funding.programme or NOT_NAMED


def year_given(record: Record) -> str:
    """Return the financial year that money stands in: of several years, the first."""
    days = days_of(record)
    return year_of(days[0]) if days else NO_YEAR


def by_programme(awards: Iterable[Record]) -> dict[str, list[Record]]:
    """Return the lines of each programme, the programmes by name; those that name none, last."""
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for record in awards:
        found[programme_of(record)].append(record)
    names = sorted(found, key=lambda name: (name == NOT_NAMED, name.casefold()))
    return {name: found[name] for name in names}


def by_year(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Return the lines of each financial year, the latest year first."""
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[year_given(record)].append(record)
    years = sorted(found, key=lambda year: (year != NO_YEAR, year), reverse=True)
    return {year: found[year] for year in years}


@dataclass(frozen=True)
class ProgrammeYears:
    """One programme: its sum in each year that has a line, and in all."""

    programme: str
    years: Mapping[str, Sum]
    total: Sum


@dataclass(frozen=True)
class MoneyTable:
    """Programmes by years, the latest year first: what stands in a row, and in a column, adds up to
    its total, and both ways to the same."""

    years: tuple[str, ...]
    rows: tuple[ProgrammeYears, ...]
    totals: Mapping[str, Sum]
    total: Sum


def money_table(awards: Iterable[Record]) -> MoneyTable:
    """Return what was given under each programme, year by year."""
    every = list(awards)
    rows = [_years_of(name, lines) for name, lines in by_programme(every).items()]
    totals = {year: added(lines) for year, lines in by_year(every).items()}
    return MoneyTable(tuple(totals), tuple(rows), totals, added(every))


def _years_of(programme: str, lines: Sequence[Record]) -> ProgrammeYears:
    years = {year: added(own) for year, own in by_year(lines).items()}
    return ProgrammeYears(programme, years, added(lines))


# -- The sources' own totals -----------------------------------------------------------------------


@dataclass(frozen=True)
class ComparedTotal:
    """A total as its table prints it, and the lines that rest on that table added up. `url` is
    where both stand."""

    url: str
    printed: PrintedTotal
    lines: Sum

    @property
    def difference(self) -> int:
        """How many pounds more is printed than the lines add up to; negative where it is less."""
        return self.printed.pounds - self.lines.pounds


def compared(
    totals: Iterable[tuple[str, PrintedTotal]], awards: Iterable[Record]
) -> list[ComparedTotal]:
    """Return the totals that tables print, each beside what the lines of the same table, programme
    and period add up to. A total of which no line is among the awards is left out."""
    lines: defaultdict[tuple[object, ...], list[Record]] = defaultdict(list)
    for record in awards:
        said = record.funding
        about = (said.programme or "", said.period or "", said.determination or "", said.capital)
        lines[record.url, *about].append(record)

    found = []
    for url, total in totals:
        own = lines.get((url, total.programme, total.period, total.determination, total.capital))
        if own:
            found.append(ComparedTotal(url, total, added(own)))
    return found


# -- Payments --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Paid:
    """The payments of one financial year, by what they are: those that seem to settle an award that
    is known, those that were taken back with those that took them back, and all others."""

    year: str
    settling: Sum
    reversed: Sum
    others: Sum

    @property
    def total(self) -> Sum:
        """All payments of the year."""
        return self.settling + self.reversed + self.others


@dataclass(frozen=True)
class Settled:
    """Which payments seem to settle which award, both by their record ids: inferred, because no
    payment names its award. `reversed` were taken back, or took one back."""

    awards: Mapping[int, int]
    reversed: frozenset[int]


def settled(awards: Iterable[Record], payments: Iterable[Record]) -> Settled:
    """Return what the payments seem to settle, council by council."""
    of_payment: dict[int, int] = {}
    taken_back: set[int] = set()
    for linking in _by_council(awards, payments):
        of_payment |= {each.payment: each.award for each in linking.links}
        taken_back |= linking.reversed
    return Settled(of_payment, frozenset(taken_back))


def _by_council(awards: Iterable[Record], payments: Iterable[Record]) -> Iterator[Linking]:
    """Yield the links of each council that was paid."""
    given: defaultdict[tuple[str, ...], list[Record]] = defaultdict(list)
    for award in awards:
        given[award.councils].append(award)

    paid: defaultdict[tuple[str, ...], list[Record]] = defaultdict(list)
    for payment in payments:
        paid[payment.councils].append(payment)

    for councils, own in paid.items():
        yield link(given[councils], own)


def paid_by_year(payments: Iterable[Record], links: Settled) -> tuple[Paid, ...]:
    """Return the payments of each financial year, the latest first."""
    found = []
    for year, own in by_year(payments).items():
        found.append(_paid(year, own, links))
    return tuple(found)


def _paid(year: str, payments: Sequence[Record], links: Settled) -> Paid:
    settling, taken_back, others = Sum(), Sum(), Sum()
    for payment in payments:
        if payment.id in links.awards:
            settling += _sum_of(payment)
        elif payment.id in links.reversed:
            taken_back += _sum_of(payment)
        else:
            others += _sum_of(payment)
    return Paid(year, settling, taken_back, others)
