"""Statements of funding → observations, for every source that reads money: one way to name fields and keys."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from syncer.model import Evidence, FundingKind, Observation, RecordKind, Statement, Value
from syncer.periods import find_periods

RECORDS = {
    FundingKind.AWARD: RecordKind.AWARD, FundingKind.ALLOCATION: RecordKind.AWARD, FundingKind.PARTNERSHIP: RecordKind.AWARD,
    FundingKind.PAYMENT: RecordKind.PAYMENT, FundingKind.INTERVENTION: RecordKind.INTERVENTION,
}  # fmt: skip


@dataclass(frozen=True)
class Document:
    """Where statements were read: the source, the page they are remembered under, where people are sent, when it was published, the
    archived bytes, and the version of the reader."""

    source: str
    page: str
    link: str
    published: dt.date | None
    sha256: str
    parser: int


def observations(statements: Iterable[Statement], document: Document) -> tuple[Observation, ...]:
    """One observation a statement. The key holds no amount, so that a figure that is edited silently stays the same entry."""
    seen: Counter[str] = Counter()
    return tuple(_observation(statement, document, seen) for statement in statements)


def _observation(statement: Statement, document: Document, seen: Counter[str]) -> Observation:
    year = statement.period if statement.kind is FundingKind.ALLOCATION else ""
    name = " ".join(filter(None, (statement.kind, *statement.councils, statement.programme or statement.what, year)))
    seen[name] += 1
    key = name if seen[name] == 1 else f"{name} #{seen[name]}"
    fields = dict(_fields(statement, document))
    evidence = {each: Evidence(document.sha256, statement.quote) for each in (*fields, "quote")}
    published = document.published or statement.announced
    return Observation(document.source, document.page, key, RECORDS[statement.kind], tuple(sorted(statement.councils)), fields, published,
                       document.link, document.sha256, document.parser, evidence)  # fmt: skip


def _fields(statement: Statement, document: Document) -> Iterator[tuple[str, Value]]:
    """What the statement says, and nothing that it does not."""
    yield "kind", str(statement.kind)
    announced = statement.announced or document.published
    said: Mapping[str, Value] = {
        "programme": statement.programme, "funder": statement.funder, "period": statement.period, "determination": statement.determination,
        "status": statement.status, "helped": statement.helped, "what": statement.what, "quote": statement.quote,
        "announced": announced.isoformat() if announced else "",
    }  # fmt: skip
    yield from ((name, value) for name, value in said.items() if value)
    yield from ((name, value) for name, value in (("capital", statement.capital), ("ring_fenced", statement.ring_fenced)) if value is not None)
    if statement.kind is FundingKind.INTERVENTION:
        yield "state", statement.status or "issued"
        if announced:
            yield "issued", announced.isoformat()
    if starts := [p.first for p in find_periods(statement.period) if p.first]:
        yield "period_start", starts[0].isoformat()
    if (money := statement.money) is not None:
        yield from (("amount", money.pounds), ("qualifier", str(money.qualifier)), ("amount_text", money.text), ("low", money.low))
        if money.high is not None:
            yield "high", money.high
