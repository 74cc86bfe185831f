"""Notices, directions and commissioners: those in force, then those that have ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from syncer.digest import wording
from syncer.model import Record, RecordKind
from syncer.records.interventions import in_force, since
from syncer.site import addresses
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage
from syncer.views.interventions import OLDER
from syncer.views.listing import humanise


@dataclass(frozen=True)
class InterventionRow:
    """One intervention as a page shows it: whose, what, its state and since when it has it, the
    title or words it was read from, and where."""

    councils: tuple[str, ...]
    what: str
    service: str
    state: str
    since: dt.date | None
    in_force: bool
    title: str
    quote: str
    url: str
    change: str


def pages(facts: Facts) -> Pages:
    """Yield the list of interventions."""
    yield addresses.INTERVENTIONS, lambda: _all(facts)


def _all(facts: Facts) -> SitePage:
    rows = intervention_rows(facts)
    model = {
        "in_force": [row for row in rows if row.in_force],
        "ended": [row for row in rows if not row.in_force],
        "older": OLDER,
    }
    return SitePage(
        "Interventions",
        "interventions.html.j2",
        model,
        description="Improvement notices, directions and commissioners in children’s services.",
        feed=addresses.feed_of(addresses.INTERVENTIONS),
    )


def intervention_rows(
    facts: Facts, councils: Collection[str] | None = None
) -> list[InterventionRow]:
    """Return the interventions (at these councils, where some are given), the latest first."""
    found = []
    for record in facts.of(RecordKind.INTERVENTION):
        if councils is None or not set(record.councils).isdisjoint(councils):
            found.append(record)

    found.sort(key=lambda record: since(record) or dt.date.min, reverse=True)
    return [_row(facts, record) for record in found]


def _row(facts: Facts, record: Record) -> InterventionRow:
    said = record.intervention
    return InterventionRow(
        councils=record.councils,
        what=wording.capital(humanise(said.what or "intervention")),
        service=wording.one_line(humanise(said.service)),
        state=humanise(said.state),
        since=since(record),
        in_force=in_force(record, facts.day),
        title=wording.one_line(said.title or ""),
        quote=wording.one_line(said.quote or ""),
        url=record.url,
        change=facts.change_of(record.id),
    )
