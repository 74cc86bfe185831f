"""A council's money on its page: by year and by programme, with totals that agree, and what is not
added and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from syncer.digest import wording
from syncer.digest.sums import for_when
from syncer.model import FundingKind, Record, RecordKind
from syncer.views import council as views
from syncer.views.council import History
from syncer.views.listing import Row

UNNAMED = "Programme not named"


@dataclass(frozen=True)
class ProgrammeSum:
    """What a council is given under one programme: pounds, lines, and how many of these state no
    figure."""

    name: str
    kind: str
    pounds: int
    lines: int
    without_figure: int


@dataclass(frozen=True)
class AwardLine:
    """One award as it is shown: the sum as printed, the councils that share it (none: it is this
    one's alone), its words, where they stand, and its changes (numbers)."""

    programme: str
    kind: str
    amount: str
    pounds: int | None
    period: str
    record: Record
    shared_with: tuple[str, ...]
    quote: str


@dataclass(frozen=True)
class CouncilMoney:
    """The money of one council. `awarded` is the sum of the years, of the programmes, and of the
    lines that are the council's alone; `shared` and `paid` are not in it."""

    years: Sequence[Row]
    programmes: Sequence[ProgrammeSum]
    awards: Sequence[AwardLine]
    awarded: int
    undated: int
    shared: int
    paid: int
    without_figure: int


def of(history: History) -> CouncilMoney:
    """Return the money of a council."""
    awards = history.of(RecordKind.AWARD)
    alone = [record for record in awards if len(record.councils) == 1]
    joint = [record for record in awards if len(record.councils) > 1]
    years = views.years(history).rows
    awarded = _sum(alone)
    return CouncilMoney(
        years=years,
        programmes=_programmes(alone),
        awards=[_line(record, history) for record in reversed(awards)],
        awarded=awarded,
        undated=awarded - sum(row["awarded"] for row in years),
        shared=_sum(joint),
        paid=_sum(history.of(RecordKind.PAYMENT)),
        without_figure=sum(record.funding.amount is None for record in alone),
    )


def _sum(records: Iterable[Record]) -> int:
    return sum(record.funding.amount or 0 for record in records)


def _programmes(awards: Iterable[Record]) -> list[ProgrammeSum]:
    """Return the sum of each programme and kind, the largest first."""
    by_name: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in awards:
        by_name[_programme(record), _kind(record)].append(record)

    found = []
    for (name, kind), own in by_name.items():
        missing = sum(record.funding.amount is None for record in own)
        found.append(ProgrammeSum(name, kind, _sum(own), len(own), missing))
    return sorted(found, key=lambda each: (-each.pounds, each.name, each.kind))


def _programme(record: Record) -> str:
    return record.funding.programme or UNNAMED


def _kind(record: Record) -> str:
    return wording.FUNDING_WORDS[record.funding.kind or FundingKind.AWARD]


def _line(record: Record, history: History) -> AwardLine:
    said = record.funding
    amount = "amount not stated"
    if said.amount is not None:
        amount = wording.money(said.amount, said.qualifier or "", said.amount_text or "")
    others = [slug for slug in record.councils if slug != history.council.slug]
    return AwardLine(
        _programme(record),
        _kind(record),
        amount,
        said.amount,
        for_when(said.period) if said.period else "",
        record,
        tuple(others),
        wording.one_line(said.quote or ""),
    )
