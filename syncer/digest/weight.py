"""How grave a piece of news is (DESIGN §7.8): it orders the digest and names its subject. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import IntEnum

from syncer.digest import wording
from syncer.model import Change, Event, EventKind, Grade, ReportFields
from syncer.records.interventions import ENDED
from syncer.subscriptions.match import kind_of


class Weight(IntEnum):
    """The gravest comes first."""

    INTERVENTION = 0
    INADEQUATE = 1
    DECLINED = 2
    URGENT_VISIT = 3
    IMPROVED = 4
    JUDGED = 5
    UNCHANGED = 6
    MONEY = 7
    VISIT = 8
    COUNCIL = 9
    PAYMENT = 10

    @property
    def is_grave(self) -> bool:
        """Return whether this is of the kind that a subject always names (DESIGN §7.8)."""
        return self <= Weight.INADEQUATE


OF_CHANGE = {
    Change.DECLINED: Weight.DECLINED,
    Change.IMPROVED: Weight.IMPROVED,
    Change.UNCHANGED: Weight.UNCHANGED,
    Change.NO_LONGER_JUDGED: Weight.UNCHANGED,
}
OF_KIND = {"money": Weight.MONEY, "council": Weight.COUNCIL, "payment": Weight.PAYMENT}
COUNTED = {
    Weight.INTERVENTION: ("intervention", "interventions"),
    Weight.INADEQUATE: (
        "inspection with an inadequate judgement",
        "inspections with an inadequate judgement",
    ),
    Weight.DECLINED: ("inspection that declined", "inspections that declined"),
    Weight.URGENT_VISIT: ("visit with findings to act on", "visits with findings to act on"),
    Weight.IMPROVED: ("inspection that improved", "inspections that improved"),
    Weight.JUDGED: ("other inspection", "other inspections"),
    Weight.UNCHANGED: ("inspection without a change", "inspections without a change"),
    Weight.MONEY: ("line of money", "lines of money"),
    Weight.VISIT: ("other visit", "other visits"),
    Weight.COUNCIL: ("reorganisation", "reorganisations"),
    Weight.PAYMENT: ("payment", "payments"),
}


def weight_of(event: Event) -> Weight:
    """Return how grave one event is."""
    kind = kind_of(event)
    if kind == "rating":
        return _of_judgement(event)
    if kind == "intervention":
        return _of_intervention(event)
    if kind == "visit":
        return _of_visit(event)
    return OF_KIND[kind]


def _of_judgement(event: Event) -> Weight:
    if event.kind is EventKind.WITHDRAWN:
        return Weight.JUDGED
    if event.new == Grade.INADEQUATE and event.change is not Change.NO_LONGER_JUDGED:
        return Weight.INADEQUATE
    return _of_change(event.change)


def _of_change(change: Change | None) -> Weight:
    """Return how grave a change is by itself, whatever the grade."""
    if change is None:
        return Weight.JUDGED
    return OF_CHANGE.get(change, Weight.JUDGED)


def _of_intervention(event: Event) -> Weight:
    if event.kind is EventKind.WITHDRAWN:
        return Weight.JUDGED

    state = event.new or event.detail.intervention.state
    if state in ENDED:
        return Weight.JUDGED
    return Weight.INTERVENTION


def _of_visit(event: Event) -> Weight:
    said = event.detail.fields
    is_told = event.kind is not EventKind.WITHDRAWN
    if is_told and isinstance(said, ReportFields) and _is_urgent(said):
        return Weight.URGENT_VISIT
    return Weight.VISIT


def _is_urgent(said: ReportFields) -> bool:
    """Return whether a report names areas for priority action, or systemic failings."""
    return bool(said.priority_actions) or said.send_outcome == "systemic_failings"


def counted(weights: Iterable[Weight]) -> str:
    """Return what a digest holds, in a sentence: "One decline, two improvements and a visit"."""
    counts = Counter(weights)
    parts = []
    for weight in sorted(counts):
        words = COUNTED[weight]
        parts.append(wording.counted(counts[weight], *words))
    return wording.capital(wording.listed(parts))
