"""Money: what was given by programme and year, a page for each programme, and the payments beside
it that are not added."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from syncer.digest import wording
from syncer.digest.message_model import Fact, facts_of
from syncer.model import Record, RecordKind
from syncer.register.programmes import Programme, load_programmes
from syncer.site import addresses
from syncer.site.addresses import FUNDING, PROGRAMMES, slug_of
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage
from syncer.views import lists
from syncer.views.listing import humanise
from syncer.views.programmes import (
    NOT_NAMED,
    ComparedTotal,
    Paid,
    Sum,
    added,
    by_programme,
    by_year,
    compared,
    money_table,
    paid_by_year,
    year_given,
)

LONGEST_QUOTE = 300
"""Characters of a quote in a table; the page of the change has all of it."""


@dataclass(frozen=True)
class MoneyLine:
    """One line of money as a page shows it: whose, of which year, how much in words and in pounds
    (None: not stated), of which kind, and where it is said. `change` is the address of the page of
    the change that told it; empty where it was known from the first read on."""

    councils: tuple[str, ...]
    programme: str
    year: str
    period: str
    amount: str
    pounds: int | None
    kind: str
    announced: dt.date | None
    quote: str
    url: str
    change: str


@dataclass(frozen=True)
class NamedProgramme:
    """One programme that money was given under: its name, where its page lies, what the register
    knows of it (None: nothing), and its lines."""

    name: str
    address: str
    known: Programme | None
    lines: tuple[Record, ...]


def pages(facts: Facts) -> Pages:
    """Yield funding by programme and year, the list of programmes, and the page of each."""
    yield FUNDING, lambda: _funding(facts)
    yield PROGRAMMES, lambda: _all(facts)
    for programme in programmes(facts):
        yield programme.address, partial(_one, facts, programme)


def programmes(facts: Facts) -> list[NamedProgramme]:
    """Return every programme that money was given under, by name. Two names that make the same
    address are one programme, so that no line is lost."""
    found: dict[str, NamedProgramme] = {}
    for name, lines in by_programme(facts.of(RecordKind.AWARD)).items():
        address = addresses.programme(slug_of(name))
        before = found.get(address)
        if before is None:
            found[address] = NamedProgramme(name, address, _known(name), tuple(lines))
        else:
            both = (*before.lines, *lines)
            found[address] = NamedProgramme(before.name, address, before.known, both)
    return list(found.values())


def _known(name: str) -> Programme | None:
    try:
        return load_programmes().named(name)
    except KeyError:
        return None


# -- Lines -----------------------------------------------------------------------------------------


def money_lines(facts: Facts, records: Iterable[Record]) -> list[MoneyLine]:
    """Return lines of money as pages show them, the latest year first, then by council."""
    lines = [_line(facts, record) for record in records]
    lines.sort(key=lambda line: line.councils)
    lines.sort(key=lambda line: line.year, reverse=True)
    return lines


def _line(facts: Facts, record: Record) -> MoneyLine:
    said = record.funding
    return MoneyLine(
        councils=record.councils,
        programme=wording.one_line(said.programme or NOT_NAMED),
        year=year_given(record),
        period=wording.one_line(said.period or ""),
        amount=_amount_words(record),
        pounds=said.amount,
        kind=humanise(said.kind or record.record),
        announced=said.announced or record.published,
        quote=wording.shortened(said.quote or "", LONGEST_QUOTE),
        url=record.url,
        change=facts.change_of(record.id),
    )


def _amount_words(record: Record) -> str:
    said = record.funding
    if said.amount is None:
        return "not stated"
    return wording.money(said.amount, said.qualifier or "", said.amount_text or "")


# -- Programmes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class YearOfProgramme:
    """One financial year of a programme: how many councils its lines name, and what they add up
    to."""

    year: str
    councils: int
    sum: Sum


@dataclass(frozen=True)
class ProgrammeRow:
    """A programme in the list of all."""

    name: str
    address: str
    funder: str
    years: str
    councils: int
    sum: Sum


def _all(facts: Facts) -> SitePage:
    rows = [_row(programme) for programme in programmes(facts)]
    total = added(facts.of(RecordKind.AWARD))
    return SitePage(
        "Programmes",
        "programmes.html.j2",
        {"rows": rows, "total": total},
        description="Every funding programme that a council was given money under.",
    )


def _row(programme: NamedProgramme) -> ProgrammeRow:
    years = sorted({year_given(record) for record in programme.lines})
    return ProgrammeRow(
        programme.name,
        programme.address,
        programme.known.funder if programme.known else "",
        years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}",
        _how_many_councils(programme.lines),
        added(programme.lines),
    )


def _how_many_councils(records: Iterable[Record]) -> int:
    return len({slug for record in records for slug in record.councils})


def _one(facts: Facts, programme: NamedProgramme) -> SitePage:
    lines = programme.lines
    payments = _payments_of(facts, lines)
    model = {
        "about": _about(programme),
        "years": _years(lines),
        "total": added(lines),
        "printed_totals": [_said(each) for each in compared(facts.printed_totals, lines)],
        "closing": lists.awards(facts.register, lines).closing,
        "lines": money_lines(facts, lines),
        "payments": money_lines(facts, payments),
        "paid": added(payments),
    }
    return SitePage(
        programme.name,
        "programme.html.j2",
        model,
        description=f"What councils were given under {programme.name}, line by line.",
        feed=addresses.feed_of(programme.address),
        trail=((PROGRAMMES, "Programmes"),),
    )


@dataclass(frozen=True)
class SaidTotal:
    """What a source's own total says beside ours, in words, whether both agree, the row as printed,
    and where it stands."""

    says: str
    agrees: bool
    quote: str
    url: str


def _said(total: ComparedTotal) -> SaidTotal:
    lines = wording.counted(total.lines.lines, "line")
    period = f" for {total.printed.period}" if total.printed.period else ""
    printed = wording.pounds(total.printed.pounds)
    says = f"The source prints a total of {printed}{period}. The {lines} here that rest on it add"

    agrees = total.difference == 0
    if agrees:
        says += " up to the same."
    else:
        more = "more" if total.difference < 0 else "less"
        says += f" up to {wording.pounds(total.lines.pounds)}: "
        says += f"{wording.pounds(abs(total.difference))} {more}."
    return SaidTotal(says, agrees, wording.shortened(total.printed.quote, LONGEST_QUOTE), total.url)


def _about(programme: NamedProgramme) -> tuple[Fact, ...]:
    known = programme.known
    if known is None:
        return ()

    until = f"to {known.last_year}" if known.last_year else "onwards"
    return facts_of(
        ("Funder", known.funder),
        ("Announced", f"{known.first_year} {until}"),
        ("Kind", humanise(known.kind)),
    )


def _years(lines: Sequence[Record]) -> list[YearOfProgramme]:
    found = []
    for year, own in by_year(lines).items():
        found.append(YearOfProgramme(year, _how_many_councils(own), added(own)))
    return found


def _payments_of(facts: Facts, awards: Sequence[Record]) -> list[Record]:
    """Return the payments that seem to settle some of these awards."""
    ids = {award.id for award in awards}
    links = facts.settled.awards
    return [payment for payment in facts.of(RecordKind.PAYMENT) if links.get(payment.id, 0) in ids]


# -- Funding ---------------------------------------------------------------------------------------


def _funding(facts: Facts) -> SitePage:
    awards = facts.of(RecordKind.AWARD)
    paid = paid_by_year(facts.of(RecordKind.PAYMENT), facts.settled)
    model = {
        "table": money_table(awards),
        "shared": added(award for award in awards if len(award.councils) > 1),
        "address_of": {programme.name: programme.address for programme in programmes(facts)},
        "paid": paid,
        "paid_total": _total_paid(paid),
    }
    return SitePage(
        "Funding by programme and year",
        "funding.html.j2",
        model,
        description="What councils were given, by programme and financial year, with totals.",
    )


def _total_paid(years: Iterable[Paid]) -> Paid:
    settling, taken_back, others = Sum(), Sum(), Sum()
    for year in years:
        settling += year.settling
        taken_back += year.reversed
        others += year.others
    return Paid("All years", settling, taken_back, others)
