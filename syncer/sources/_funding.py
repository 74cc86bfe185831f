"""Statements of funding → observations, for every source that reads money: one way to name fields
and keys, and to say what is new.

A key holds no amount: a figure that is edited silently stays the same entry, and its record moves.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from syncer.errors import SyncerError
from syncer.funding.endings import ending_of, issue_named_in
from syncer.model import (
    AwardFields,
    Certainty,
    Evidence,
    FundingFields,
    FundingKind,
    InterventionFields,
    Observation,
    PaymentFields,
    Possible,
    Problem,
    RecordKind,
    Statement,
)
from syncer.quantities.partial_dates import iso_of
from syncer.quantities.periods import find_periods
from syncer.reading import Entry, Page, Reading
from syncer.register.programmes import load_programmes
from syncer.sources._entry_keys import keys_of

RECORDS = {
    FundingKind.AWARD: RecordKind.AWARD,
    FundingKind.ALLOCATION: RecordKind.AWARD,
    FundingKind.PARTNERSHIP: RecordKind.AWARD,
    FundingKind.PAYMENT: RecordKind.PAYMENT,
    FundingKind.INTERVENTION: RecordKind.INTERVENTION,
}
FIELDS: Mapping[FundingKind, type[FundingFields]] = {
    FundingKind.AWARD: AwardFields,
    FundingKind.ALLOCATION: AwardFields,
    FundingKind.PARTNERSHIP: AwardFields,
    FundingKind.PAYMENT: PaymentFields,
    FundingKind.INTERVENTION: InterventionFields,
}
YEAR = re.compile(r"\b20\d\d\b")


@dataclass(frozen=True)
class Reader:
    """Who reads a page of money: the source's name and parser. `retold`: somebody else than the
    funder speaks, also of what was long before."""

    source: str
    parser: int
    retold: bool = False


def reading(
    reader: Reader, page: Page, statements: Iterable[Statement], problems: Sequence[Problem] = ()
) -> Reading:
    """Return what a page says that was read as these statements. Its notes: `published`, and those
    of its version."""
    found = tuple(statements)
    told = [each for each in found if each.certainty is Certainty.TOLD]
    doubtful = [each for each in found if each.certainty is Certainty.POSSIBLE]

    made = tuple(_observations(reader, page, told))
    possibles = tuple(_possible(reader, page, each) for each in doubtful)
    return Reading(
        entries(page, made),
        made,
        tuple(problems),
        gone=_gone(reader, page, made),
        possibles=possibles,
    )


def _gone(reader: Reader, page: Page, made: Sequence[Observation]) -> frozenset[str]:
    """Return the keys of what an older parser made of the same bytes, and this one does not: it
    never was."""
    still_there = {observation.key for observation in made}
    gone = set()
    for key, before in page.before.items():
        by_older_parser = before.parser < reader.parser and before.sha256 == page.sha256
        if by_older_parser and key not in still_there:
            gone.add(key)
    return frozenset(gone)


def _possible(reader: Reader, page: Page, statement: Statement) -> Possible:
    """Return a doubtful statement as what would be observed were it told. It is known by its
    councils, its sum and its words: other words are another question to the operator."""
    (would_be,) = _observations(reader, page, [statement])
    pounds = statement.money.pounds if statement.money else None
    words = " ".join(statement.quote.casefold().split())

    known_by = f"{would_be.councils} {pounds} {words}"
    digest = hashlib.sha256(known_by.encode()).hexdigest()
    observation = replace(would_be, key=f"possible {digest[:16]}")
    return Possible(observation, statement.why, statement.p)


def as_before(page: Page, *, withdrawn: bool = False) -> Reading:
    """Return what a page says that moved elsewhere, or that the source has taken back
    (`withdrawn`): what it said before."""
    before = tuple(page.before.values())
    return Reading(entries(page, before), before, withdrawn=withdrawn)


def unread(error: SyncerError, what: str, url: str) -> Reading:
    """Return the reading of a page or file that was fetched and cannot be read: a problem, and not
    a good read."""
    problem = Problem(error.name, f"{what}: {error}", url, error.hint)
    return Reading(problems=(problem,), good=False)


def entries(page: Page, made: Iterable[Observation]) -> tuple[Entry, ...]:
    """Return the lines of a page, one for each observation."""
    title = str(page.notes.get("title", ""))
    return tuple(Entry(each.key, title, each.published, page.link) for each in made)


# -- One statement ---------------------------------------------------------------------------------


def _observations(
    reader: Reader, page: Page, statements: Sequence[Statement]
) -> Iterator[Observation]:
    """Yield an observation for each statement, under a key that lasts from read to read."""
    keys = keys_of(statements, page.before)

    for statement, key in zip(statements, keys, strict=True):
        published = _published(page, key) or statement.announced
        dated = _dated(statement, published, page)
        fields = _fields(
            dated, published, background=reader.retold and _is_background(dated, published)
        )
        evidence = Evidence(page.sha256, statement.quote)

        yield Observation(
            source=reader.source,
            page=page.key,
            key=key,
            record=RECORDS[statement.kind],
            councils=tuple(sorted(statement.councils)),
            fields=fields,
            published=published,
            url=page.link,
            sha256=page.sha256,
            parser=reader.parser,
            evidence=dict.fromkeys((*fields.said(), "quote"), evidence),
        )


def _published(page: Page, key: str) -> dt.date | None:
    """Return the page's own day; for what an edit brought, the day of that edit."""
    published: dt.date | None = page.notes["published"]
    edited: dt.date | None = page.notes.get("edited")
    if key not in page.before:
        return edited or published

    days = (published, page.before[key].published)
    return max(filter(None, days), default=None)


def _dated(statement: Statement, published: dt.date | None, page: Page) -> Statement:
    """Return the statement, announced on the day of the edit that brought it unless the text names
    another day."""
    of_the_page = page.notes["published"]
    names_a_day = statement.announced not in (None, of_the_page)
    if names_a_day or published == of_the_page:
        return statement
    return replace(statement, announced=published)


def _fields(statement: Statement, published: dt.date | None, background: bool) -> FundingFields:
    """Return what the statement says, and nothing that it does not."""
    announced = None if background else statement.announced or published
    fields = _with_figure(FIELDS[statement.kind](), statement)
    fields = _with_words(fields, statement)
    fields = replace(
        fields,
        period_start=_first_day(statement.period),
        announced=announced,
        background=background or None,
    )

    if isinstance(fields, InterventionFields):
        return _with_state(fields, statement.status or "issued", announced)
    return fields


def _first_day(period: str) -> dt.date | None:
    for found in find_periods(period):
        if found.first:
            return found.first
    return None


def _with_words(fields: FundingFields, statement: Statement) -> FundingFields:
    return replace(
        fields,
        kind=statement.kind,
        programme=statement.programme or None,
        funder=statement.funder or None,
        period=statement.period or None,
        determination=statement.determination or None,
        status=statement.status or None,
        helped=statement.helped or None,
        what=statement.what or None,
        quote=statement.quote or None,
        capital=statement.capital,
        ring_fenced=statement.ring_fenced,
    )


def _with_figure(fields: FundingFields, statement: Statement) -> FundingFields:
    money = statement.money
    if money is None:
        return fields
    return replace(
        fields,
        amount=money.pounds,
        qualifier=money.qualifier,
        amount_text=money.text,
        low=money.low,
        high=money.high,
    )


def _with_state(
    fields: InterventionFields, state: str, since: dt.date | None
) -> InterventionFields:
    """Return the intervention with its state, and the day on which it came to it."""
    fields = replace(fields, state=state)
    if state == "issued":
        named = issue_named_in(fields.quote or "")
        return replace(fields, issued=since, refers_to=iso_of(named) if named else None)
    if state == "revised":
        return replace(fields, revised=since)
    if state == "lifted":
        return _with_end(fields, since)
    return fields


def _with_end(fields: InterventionFields, since: dt.date | None) -> InterventionFields:
    """Return an intervention that has ended, with the day and with the issue of what has ended, as
    far as the sentence says them. Of an end in an earlier year that is told in passing no day is
    known."""
    end = ending_of(fields.quote or "")
    if end is None:
        return replace(fields, lifted=since)

    years = YEAR.findall(end.sentence.replace(end.issued, ""))
    is_past = since is not None and bool(years) and max(map(int, years)) < since.year
    return replace(
        fields,
        lifted=None if is_past else since,
        refers_to=iso_of(end.issued) if end.issued else None,
    )


def _is_background(statement: Statement, published: dt.date | None) -> bool:
    """Return whether money is told of in passing, of a programme that had ended before: nothing was
    announced on that day."""
    if statement.kind is FundingKind.INTERVENTION or published is None:
        return False

    names_a_day = statement.announced not in (None, published)
    last_year = _last_year(statement.programme)
    return not names_a_day and last_year is not None and last_year < published.year


def _last_year(programme: str) -> int | None:
    """Return the year in which a programme ended; None where that is not known."""
    for known in load_programmes().all:
        if known.name == programme:
            return known.last_year
    return None
