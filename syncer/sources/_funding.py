"""Statements of funding → observations, for every source that reads money: one way to name fields
and keys, and to say what is new.

- A key holds no amount: a figure that is edited silently stays the same entry, and its record
  moves.
- What appears on a page that was read before is dated by the edit that brought it, not by the day
  on which the page was first published: the agreements of 2026 stand on a page of 2021.
- A page is one version as long as it says the same: pages are republished, and news sites change
  their frame, without an edit.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from syncer.funding.tables import RowFault, TableReading
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
from syncer.quantities.periods import find_periods
from syncer.reading import Entry, KnownPage, Page, Reading
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
MAX_LISTED = 5
_ADD_NAME = (
    "If one is a council, add its name with [councils] register, then read again with "
    "`syncer sync --full`."
)
_OPEN_TABLE = "Open the file and look at these rows; report it if they are plain to read."
ROWS = "#rows"
"""After an address: what is wrong with the rows of a table there, whether or not the table could be
fetched again."""


@dataclass(frozen=True)
class Version:
    """What a page says now. `sha256` are the bytes that first said it, `edited` is the day on which
    a page that was read before came to say it (None: it says what it said, or is new), `notes` are
    what the next read has to know."""

    sha256: str
    edited: dt.date | None
    notes: Mapping[str, Any]


def version(known: KnownPage | None, said: str | bytes, sha256: str, on: dt.date) -> Version:
    """The version of a page that now says `said` in the bytes `sha256`; `on` is the day of the
    edit, if it was edited."""
    digest = hashlib.sha256(said if isinstance(said, bytes) else said.encode()).hexdigest()
    before = known.notes if known is not None and known.last_good is not None else {}
    if before.get("digest") == digest:
        edited = dt.date.fromisoformat(before["edited"]) if before.get("edited") else None
        return Version(
            before["sha256"],
            edited,
            {"digest": digest, "sha256": before["sha256"], "edited": edited},
        )
    edited = on if before.get("digest") else None
    return Version(sha256, edited, {"digest": digest, "sha256": sha256, "edited": edited})


def reading(
    source: str,
    parser: int,
    page: Page,
    statements: Iterable[Statement],
    problems: Sequence[Problem] = (),
    *,
    retold: bool = False,
) -> Reading:
    """What a page says that was read as these statements. Its notes: `published`, and those of its
    version. What an older parser made of the same bytes, and this one does not, never was.
    `retold`: somebody else than the funder speaks, also of what was long before."""
    found = tuple(statements)
    told = [each for each in found if each.certainty is Certainty.TOLD]
    doubtful = [each for each in found if each.certainty is Certainty.POSSIBLE]
    made = tuple(_observations(source, parser, page, told, retold))
    possibles = tuple(_possible(source, parser, page, each, retold) for each in doubtful)
    gone = frozenset(
        k for k, o in page.before.items() if o.parser < parser and o.sha256 == page.sha256
    ) - {o.key for o in made}
    return Reading(entries(page, made), made, tuple(problems), gone=gone, possibles=possibles)


def _possible(source: str, parser: int, page: Page, statement: Statement, retold: bool) -> Possible:
    """Return a doubtful statement as what would be observed were it told. It is known by its
    councils, its sum and its words: other words are another question to the operator."""
    (would_be,) = _observations(source, parser, page, [statement], retold)
    pounds = statement.money.pounds if statement.money else None
    words = " ".join(statement.quote.casefold().split())
    known_by = f"{would_be.councils} {pounds} {words}"
    key = "possible " + hashlib.sha256(known_by.encode()).hexdigest()[:16]
    return Possible(replace(would_be, key=key), statement.why, statement.p)


def as_before(page: Page, *, withdrawn: bool = False) -> Reading:
    """What a page says that moved elsewhere, or that the source has taken back (`withdrawn`): what
    it said before."""
    return Reading(
        entries(page, page.before.values()), tuple(page.before.values()), withdrawn=withdrawn
    )


def unread(page: Page, name: str, message: str, hint: str, url: str) -> Reading:
    """A page or file that was fetched and cannot be read: a problem, and not a good read."""
    return Reading(problems=(Problem(name, message, url, hint),), good=False)


def row_problems(reading: TableReading, url: str, where: str = "") -> list[Problem]:
    """Return what is wrong with the rows of a table, as one problem of each kind; `where` names the
    sheet."""
    problems: list[Problem] = []
    if reading.unmatched:
        said = _listed(reading.unmatched, "with no council that is known", where)
        problems.append(Problem("UnmatchedRows", said, url + ROWS, _ADD_NAME))
    if reading.unread:
        said = _listed(reading.unread, "whose amount could not be read", where)
        problems.append(Problem("UnreadRows", said, url + ROWS, _OPEN_TABLE))
    if reading.misfits:
        said = _listed(reading.misfits, "whose total does not fit", where)
        problems.append(Problem("TotalMismatch", said, url + ROWS, _OPEN_TABLE))
    return problems


def _listed(faults: Sequence[RowFault], what: str, where: str) -> str:
    """Return the first rows in words, and how many more there are."""
    named = "; ".join(str(fault) for fault in faults[:MAX_LISTED])
    more = f"; and {len(faults) - MAX_LISTED} more" if len(faults) > MAX_LISTED else ""
    count = f"{len(faults)} {'row' if len(faults) == 1 else 'rows'} {what}"
    return f"{where}: {count}: {named}{more}" if where else f"{count}: {named}{more}"


def entries(page: Page, made: Iterable[Observation]) -> tuple[Entry, ...]:
    """The lines of a page, one for each observation."""
    return tuple(
        Entry(o.key, str(page.notes.get("title", "")), o.published, page.link) for o in made
    )


# -- One statement ---------------------------------------------------------------------------------


def _observations(
    source: str, parser: int, page: Page, statements: Iterable[Statement], retold: bool
) -> Iterator[Observation]:
    told = list(statements)
    for statement, key in zip(told, keys_of(told, page.before), strict=True):
        published = _published(page, key) or statement.announced
        if published != page.notes["published"] and statement.announced in (
            None,
            page.notes["published"],
        ):
            statement = replace(statement, announced=published)
        background = retold and _is_background(statement, published)
        fields = _fields(statement, published, background=background)
        evidence = dict.fromkeys((*fields.said(), "quote"), Evidence(page.sha256, statement.quote))
        yield Observation(
            source,
            page.key,
            key,
            RECORDS[statement.kind],
            tuple(sorted(statement.councils)),
            fields,
            published,
            page.link,
            page.sha256,
            parser,
            evidence,
        )


def _published(page: Page, key: str) -> dt.date | None:
    """The page's own day; for what an edit brought, the day of that edit."""
    published: dt.date | None = page.notes["published"]
    edited: dt.date | None = page.notes.get("edited")
    if key in page.before:
        return max(filter(None, (published, page.before[key].published)), default=None)
    return edited or published


def _fields(statement: Statement, published: dt.date | None, background: bool) -> FundingFields:
    """Return what the statement says, and nothing that it does not."""
    announced = None if background else statement.announced or published
    fields = _with_figure(FIELDS[statement.kind](), statement)
    fields = replace(
        fields,
        kind=statement.kind,
        programme=statement.programme or None,
        funder=statement.funder or None,
        period=statement.period or None,
        period_start=next((p.first for p in find_periods(statement.period) if p.first), None),
        determination=statement.determination or None,
        status=statement.status or None,
        helped=statement.helped or None,
        what=statement.what or None,
        quote=statement.quote or None,
        announced=announced,
        background=background or None,
        capital=statement.capital,
        ring_fenced=statement.ring_fenced,
    )
    if isinstance(fields, InterventionFields):
        return _with_state(fields, statement.status or "issued", announced)
    return fields


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
    days = {
        "issued": replace(fields, state=state, issued=since),
        "revised": replace(fields, state=state, revised=since),
        "lifted": replace(fields, state=state, lifted=since),
    }
    return days.get(state, replace(fields, state=state))


def _is_background(statement: Statement, published: dt.date | None) -> bool:
    """Whether money is told of in passing, of a programme that had ended before: nothing was
    announced on that day."""
    if (
        statement.kind is FundingKind.INTERVENTION
        or published is None
        or statement.announced not in (None, published)
    ):
        return False
    last = next((p.last_year for p in load_programmes().all if p.name == statement.programme), None)
    return last is not None and last < published.year
