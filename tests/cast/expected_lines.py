"""Every line that people must be told, worked out from the lists of facts beside the replay: which
report was published when, and what each says. Written apart from the product, from the rules alone
(DESIGN §5.1–5.4), so that an error would have to be made twice.

Councils are GSS codes, days `datetime.date`, grades as in the lists.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

AREAS = (
    "overall_effectiveness",
    "leadership",
    "help_and_protection",
    "children_in_care",
    "care_leavers",
    "adoption",
)
BEST_FIRST = ("outstanding", "good", "requires_improvement", "inadequate")
VISITS = ("focused_visit", "monitoring_visit", "jtai", "send")


class Line(NamedTuple):
    """One line as it must be told. A visit has its kind for an area, and nothing old or new."""

    published: dt.date
    council: str
    area: str
    old: str
    new: str
    change: str


@dataclass(frozen=True)
class Report:
    """One published file: what the lists say of it."""

    council: str
    published: dt.date
    kind: str
    framework: str
    began: dt.date
    grades: Mapping[str, str]


def reports(shared: Path) -> list[Report]:
    """Every report of the replay, in the order of publication."""
    said = {row["file_id"]: row for row in _rows(shared / "ofsted" / "expected.csv")}
    codes = {
        row["provider_id"]: row["gss"]
        for row in _rows(shared / "replay" / "world" / "councils.csv")
    }
    found = []
    for row in _rows(shared / "replay" / "world" / "reports.csv"):
        facts, published = said[row["file_id"]], dt.date.fromisoformat(row["published"])
        began = dt.date.fromisoformat(facts["inspection_start"] or row["published"])
        grades = {area: facts[area] for area in AREAS if facts[area]}
        found.append(
            Report(
                codes[row["provider_id"]],
                published,
                facts["kind"],
                facts["framework"],
                began,
                grades,
            )
        )
    return sorted(found, key=lambda r: (r.published, r.council, r.began))


def lines(shared: Path, after: dt.date, until: dt.date) -> list[Line]:
    """The lines of everything published after one day, up to and on another."""
    known: dict[str, list[Report]] = defaultdict(list)
    found: list[Line] = []
    for report in reports(shared):
        if report.published > until:
            break
        if report.kind == "inspection":
            earlier = sorted(
                (r for r in known[report.council] if r.began < report.began), key=lambda r: r.began
            )
            found += _judged(report, earlier)
            known[report.council].append(report)
        elif report.kind in VISITS:
            found.append(Line(report.published, report.council, report.kind, "", "", ""))
    return [line for line in found if line.published > after]


def publication_days(shared: Path, after: dt.date, until: dt.date) -> list[dt.date]:
    """The days on which something was published."""
    return sorted({r.published for r in reports(shared) if after < r.published <= until})


def walking_days(shared: Path, after: dt.date, until: dt.date) -> list[dt.date]:
    """Every day of publication, and the day after each."""
    published = publication_days(shared, after, until)
    return sorted({*published, *(day + dt.timedelta(days=1) for day in published)})


def _judged(report: Report, earlier: list[Report]) -> Iterator[Line]:
    for area in AREAS:
        new = report.grades.get(area, "")
        old, change = _against(area, new, earlier)
        if new:
            yield Line(report.published, report.council, area, old, new, change)
        elif (
            area == "overall_effectiveness"
            and report.framework == "ilacs_2026"
            and old
            and earlier[-1].framework != "ilacs_2026"
        ):
            yield Line(report.published, report.council, area, old, "", "no_longer_judged")


def _against(area: str, new: str, earlier: list[Report]) -> tuple[str, str]:
    """What stood before, and what the new grade means against it."""
    if area == "care_leavers" and earlier and earlier[-1].framework == "ilacs":
        return "", "judged_apart"
    old = next((r.grades[area] for r in reversed(earlier) if area in r.grades), "")
    if not old:
        return "", "first_judged"
    if old not in BEST_FIRST or new not in BEST_FIRST:
        return old, "not_comparable"
    step = BEST_FIRST.index(old) - BEST_FIRST.index(new)
    return old, "improved" if step > 0 else "declined" if step < 0 else "unchanged"


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
