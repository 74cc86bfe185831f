"""What comes first in a digest, and what its subject names."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from syncer.digest import compose, items, samples, wording
from syncer.model import Area, Change, Event, Grade, InspectionFields, RecordKind
from syncer.records.standing import RANK

WHO, NOW = samples.subscriber(), replace(samples.context(), followed=())
AREAS = [str(area) for area in Area]


def judged(slug: str, number: int, before: str, after: str) -> list[Event]:
    """One inspection of which only leadership is told."""
    change = Change.UNCHANGED
    if before != after:
        fell = RANK[Grade(after)] < RANK[Grade(before)]
        change = Change.DECLINED if fell else Change.IMPROVED
    day = dt.date(2026, 7, 6)
    said = InspectionFields(first_day=day, last_day=day)
    moves = {Area.LEADERSHIP: (before, after, change)}
    return samples.ratings(slug, number, moves, "2026-08-03", said)


def test_interventions_and_inadequate_come_first_then_declines_then_improvements() -> None:
    notice = [e for e in samples.others() if e.record is RecordKind.INTERVENTION]
    events = [
        *judged("brent", 41, "good", "good"),
        *judged("leeds", 42, "requires_improvement", "outstanding"),
        *judged("wigan", 43, "outstanding", "requires_improvement"),
        *judged("coventry", 44, "inadequate", "inadequate"),
        *judged("somerset", 45, "requires_improvement", "inadequate"),
        *notice,
    ]
    made = compose(WHO, events, NOW)
    assert [group.heading for group in made.groups] == [
        "Trafford",
        "Somerset",
        "Coventry",
        "Wigan",
        "Leeds",
        "In brief",
    ]
    assert made.subject == (
        "Trafford: Improvement notice issued; also Somerset, Coventry and 3 others"
    )
    assert made.intro[0].startswith(
        "One intervention, two inspections with an inadequate judgement, one inspection that "
        "declined, one inspection that improved and one inspection without a change."
    )


def test_more_than_two_councils_stand_in_a_table_at_the_top_that_leads_to_each() -> None:
    events = [*samples.trafford(), *samples.brent(), *judged("leeds", 42, "good", "outstanding")]
    made = compose(WHO, events, NOW)
    assert [row.heading for row in made.overview] == ["Trafford", "Leeds", "Brent"]
    assert [row.anchor for row in made.overview] == [group.anchor for group in made.groups]
    assert made.overview[0].what == "Leadership requires improvement → inadequate, and 3 more"
    assert compose(WHO, samples.trafford(), NOW).overview == ()


def test_who_follows_few_councils_is_shown_all_that_must_improve_and_others_its_beginning() -> None:
    asked = tuple(f"Item {n}" for n in range(1, 8))
    now = replace(NOW, inspections={1: InspectionFields(improve=asked)})
    (few,) = compose(WHO, samples.trafford(), replace(now, followed=("trafford",))).groups
    assert (few.items[0].improve, few.items[0].improve_more) == (asked, "")
    (many,) = compose(WHO, samples.trafford(), now).groups
    assert many.items[0].improve == asked[:3]
    assert many.items[0].improve_more == "and four more in the report"


def test_what_is_inadequate_again_is_named_though_nothing_changed() -> None:
    made = compose(WHO, judged("leeds", 42, "inadequate", "inadequate"), NOW)
    assert made.subject == "Leeds inspected again: leadership inadequate as before"


# -- Real days -------------------------------------------------------------------------------------


def real_days(shared: Path) -> Iterator[list[Event]]:
    """Every day on which inspections were published, with the grades of each and of the one
    before it at that council."""
    councils = {name: c.slug for c in NOW.register for name in c.provider_ids}
    with (shared / "replay/world/reports.csv").open(encoding="utf-8") as source:
        of_file = {
            row["file_id"]: councils.get(row["provider_id"]) for row in csv.DictReader(source)
        }
    with (shared / "ofsted/expected.csv").open(encoding="utf-8") as source:
        rows = [row for row in csv.DictReader(source) if row["kind"] == "inspection"]
    days: dict[str, list[Event]] = defaultdict(list)
    before: dict[str, dict[str, str]] = defaultdict(dict)
    for number, row in enumerate(sorted(rows, key=lambda row: row["published"]), 1):
        slug = of_file.get(row["file_id"])
        if slug is None:
            continue
        moves = {Area(a): move(before[slug].get(a, ""), row[a]) for a in AREAS if row[a]}
        before[slug] |= {a: row[a] for a in AREAS if row[a]}
        start = dt.date.fromisoformat(row["inspection_start"])
        said = InspectionFields(first_day=start, last_day=start)
        days[row["published"]] += samples.ratings(slug, number, moves, row["published"], said)
    yield from days.values()


def move(old: str, new: str) -> tuple[str, str, Change]:
    ranks = {str(grade): rank for grade, rank in RANK.items()}
    if old not in ranks or new not in ranks:
        return "", new, Change.FIRST_JUDGED
    if old == new:
        return old, new, Change.UNCHANGED
    return old, new, Change.IMPROVED if ranks[new] > ranks[old] else Change.DECLINED


def test_the_worst_thing_of_every_real_day_is_in_the_subject(shared: Path) -> None:
    seen = 0
    for events in real_days(shared):
        said = compose(WHO, events, NOW).subject
        became = [e for e in events if e.new == "inadequate" and e.old != "inadequate"]
        again = [e for e in events if e.new == "inadequate"]
        fell = [e for e in events if e.change is Change.DECLINED]
        for worst in (became, again, fell):
            if worst:
                named = {
                    (items.council_names(NOW, e.councils), wording.grade(e.new)) for e in worst
                }
                assert any(said.startswith(name) and grade in said for name, grade in named), said
                seen += 1
                break
    assert seen > 60
